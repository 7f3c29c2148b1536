/** `hardware.sampler` and `hardware.fixedfrequencydac`: buffers come and go at their rate; samples are the levels of the script. */
import { blobOf, newBlob } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { SqInstance } from '../language/values/class.ts'
import { allocateBytes } from '../language/run/state.ts'
import { SqArray, SqFloat, type SqValue, num } from '../language/values/values.ts'
import { currentSide, type Side } from '../side.ts'
import { type Implementation, api } from './natives.ts'
import { Pin } from './pins.ts'

/** A buffered conversion: every `period` milliseconds a buffer is full or empty and the handler gets it. */
class Conversion {
  running = false
  buffers: SqValue[] = []
  handler: SqValue = null
  period = 0
  /** Samples a second. */
  rate = 0
  pin: Pin | null = null

  start(side: Side, next: (index: number) => void): void {
    this.running = true
    const step = (index: number) =>
      void side.after(this.period, () => {
        if (!this.running) return
        next(index % this.buffers.length)
        step(index + 1)
      })
    step(0)
  }
}

const longestBuffer = 65_536

/** The code of `hardware.sampler` and `hardware.fixedfrequencydac` of one side. */
export function samplerCode(): Implementation[] {
  const input = new Conversion()
  const output = new Conversion()
  return [
    api(
      'hardware.sampler.configure',
      (_self, pin: SqValue, rate: SqValue, buffers: SqArray, handler: SqValue) => {
        configure(input, pin, rate, buffers, handler)
        return null
      },
    ),
    api('hardware.sampler.start', () => {
      const side = currentSide()
      input.start(side, (index) =>
        side.callWith('hardware.sampler', input.handler, () => sampled(side, input, index)),
      )
      return null
    }),
    api('hardware.sampler.stop', () => stop(input)),
    api('hardware.sampler.reset', () => stop(input)),
    api('hardware.sampler.getsampleratehz', () => new SqFloat(input.period === 0 ? 0 : input.rate)),
    api(
      'hardware.fixedfrequencydac.configure',
      (_self, pin: SqValue, rate: SqValue, buffers: SqArray, handler: SqValue) => {
        configure(output, pin, rate, buffers, handler)
        return null
      },
    ),
    api('hardware.fixedfrequencydac.start', () => {
      const side = currentSide()
      output.start(side, () => {
        const buffer = output.buffers.shift()
        if (buffer !== undefined) side.call('hardware.fixedfrequencydac', output.handler, buffer)
        if (output.buffers.length === 0) stop(output)
      })
      return null
    }),
    api('hardware.fixedfrequencydac.addbuffer', (_self, buffer: SqValue) => {
      output.buffers.push(buffer)
      return null
    }),
    api('hardware.fixedfrequencydac.stop', () => stop(output)),
  ]
}

function configure(
  conversion: Conversion,
  pin: SqValue,
  rate: SqValue,
  buffers: SqArray,
  handler: SqValue,
): void {
  const state = pin instanceof SqInstance ? pin.native : null
  if (!(state instanceof Pin)) throw raise('expected a pin')
  const first = buffers.a[0]
  const length = first === undefined ? 0 : typeof first === 'number' ? first : (blobOf(first)?.length ?? 0)
  if (length < 2 || length > longestBuffer || !(num(rate) > 0)) throw raise('wrong buffers or rate')
  conversion.pin = state
  conversion.rate = num(rate)
  conversion.buffers = [...buffers.a]
  conversion.handler = handler
  conversion.period = Math.min(1e9, Math.max(1, (length / 2 / num(rate)) * 1000))
}

/** Buffer full of the level that the script says, 16 bits a sample, and its length. */
function sampled(side: Side, input: Conversion, index: number): SqValue[] {
  const buffer = input.buffers[index] as SqValue
  const length = typeof buffer === 'number' ? buffer : (blobOf(buffer)?.length ?? 0)
  allocateBytes(length)
  const level = (side.world.script.analog?.[input.pin?.name ?? ''] ?? 0) as number
  const sample = Math.round((typeof level === 'number' ? level : 0) * 65_535)
  const bytes = new Uint8Array(length)
  new Uint16Array(bytes.buffer, 0, length >> 1).fill(sample)
  return [newBlob(bytes), length]
}

function stop(conversion: Conversion): null {
  conversion.running = false
  return null
}
