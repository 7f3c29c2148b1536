/** `hardware.sampler` and `hardware.fixedfrequencydac`: buffers come and go at their rate; samples are the levels of the script. */
import { blobOf, newBlob } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { SqInstance } from '../language/values/class.ts'
import { allocateBytes } from '../language/run/state.ts'
import { SqArray, SqFloat, type SqValue, num } from '../language/values/values.ts'
import { currentSide, type Side } from '../side.ts'
import { type Implementation, api } from './natives.ts'
import { Pin, checkAble } from './pins.ts'

/** A buffered conversion: every `period` milliseconds a buffer is full or empty and the handler gets it. */
class Conversion {
  running = false
  buffers: SqValue[] = []
  handler: SqValue = null
  period = 0
  /** Samples a second. */
  rate = 0
  pins: readonly Pin[] = []
  /** How often it was started: what an earlier start planned is over. */
  private starts = 0

  start(side: Side, next: (index: number) => void): void {
    if (this.period === 0) throw raise('not configured')
    if (this.running) return
    this.running = true
    const start = ++this.starts
    const step = (index: number) =>
      void side.after(this.period, () => {
        if (!this.running || start !== this.starts) return
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
      (_self, pins: SqValue, rate: SqValue, buffers: SqArray, handler: SqValue) =>
        configure(input, pinsOf(pins, 'adc'), rate, buffers, handler),
    ),
    api('hardware.sampler.start', () => {
      const side = currentSide()
      input.start(side, (index) =>
        side.callWith('hardware.sampler', input.handler, () => sampled(side, input, index)),
      )
      return null
    }),
    api('hardware.sampler.stop', () => stop(input)),
    api('hardware.sampler.reset', () => {
      input.period = 0
      return stop(input)
    }),
    api('hardware.sampler.getsampleratehz', () => new SqFloat(input.period === 0 ? 0 : input.rate)),
    api(
      'hardware.fixedfrequencydac.configure',
      (_self, pin: SqValue, rate: SqValue, buffers: SqArray, handler: SqValue) =>
        configure(output, pinsOf(pin, 'dac'), rate, buffers, handler),
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
  pins: readonly Pin[],
  rate: SqValue,
  buffers: SqArray,
  handler: SqValue,
): null {
  const lengths = buffers.a.map((buffer) =>
    typeof buffer === 'number' ? buffer : (blobOf(buffer)?.length ?? 0),
  )
  const [length = 0] = lengths
  const frame = 2 * pins.length
  const fits = (one: number) => one >= frame && one % frame === 0 && one <= longestBuffer
  if (!fits(length) || !lengths.every(fits) || !(num(rate) > 0)) throw raise('wrong buffers or rate')
  conversion.pins = pins
  conversion.rate = num(rate)
  conversion.buffers = [...buffers.a]
  conversion.handler = handler
  conversion.period = Math.min(1e9, Math.max(1, (length / frame / num(rate)) * 1000))
  return null
}

/** The pins of an argument, each able to do what the list of the type says. */
function pinsOf(value: SqValue, kind: 'adc' | 'dac'): Pin[] {
  const states = (value instanceof SqArray ? value.a : [value]).map((pin) =>
    pin instanceof SqInstance && pin.native instanceof Pin ? pin.native : null,
  )
  if (states.length === 0) throw raise('expected a pin')
  return states.map((pin) => {
    if (pin === null) throw raise('expected a pin')
    checkAble(pin, kind)
    return pin
  })
}

/** Buffer full of the levels that the script says, 16 bits a sample, pin after pin, and its length. */
function sampled(side: Side, input: Conversion, index: number): SqValue[] {
  const buffer = input.buffers[index] as SqValue
  const length = typeof buffer === 'number' ? buffer : (blobOf(buffer)?.length ?? 0)
  allocateBytes(length)
  const bytes = new Uint8Array(length)
  const samples = new Uint16Array(bytes.buffer, 0, length >> 1)
  const levels = input.pins.map((pin) => pin.analog(side))
  for (let at = 0; at < samples.length; at++) samples[at] = levels[at % levels.length] ?? 0
  return [newBlob(bytes), length]
}

function stop(conversion: Conversion): null {
  conversion.running = false
  return null
}
