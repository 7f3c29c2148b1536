/** A model that is written in Squirrel: a class whose methods the buses call, in a machine of its own. */
import { type CompiledUnit, compile } from '../language/compile.ts'
import { native, nativeTable } from '../language/library/native.ts'
import { raise } from '../language/run/errors.ts'
import { blobOf } from '../language/values/blob.ts'
import { SqClass, SqInstance, construct, member } from '../language/values/class.ts'
import { SqTable } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { utf8Encode } from '../utf8.ts'
import { charge } from '../language/run/state.ts'
import { SqFloat, SqFunction, type SqValue, isNumeric, num } from '../language/values/values.ts'
import { Vm } from '../language/vm.ts'
import type { Peripheral, PeripheralHost } from './peripheral.ts'

/** What one call of a model may take: ticks (workbench 1.2), frames, bytes. */
export const modelLimits = { ticks: 5_000_000, depth: 100, memory: 16 << 20 } as const

/** Ticks that a line of the log and an event count for, so that a loop can flood neither. */
const entryCost = 1_000
const eventCost = 200

type Surroundings = {
  host: PeripheralHost
  options: Readonly<Record<string, string | number | boolean | null>>
  /** What the code asks of the world: random numbers, the time in milliseconds since 1970. */
  random: () => number
  clock: () => number
  /** Told of every error of the model (SqError or SqAbort); what asked gets no answer. */
  failed: (error: unknown) => void
}

/**
 * Makes the peripheral of a source (a byte string): the class that the source returns, or the only one that it puts into its root table, is
 * instantiated; `host` is in the root table. Throws an Error for a source that does not compile; errors of the code go to `failed`.
 */
export function programmedPeripheral(name: string, source: string, surroundings: Surroundings): Peripheral {
  const unit = compiledModel(name, source)
  const { host, options, failed } = surroundings
  const print = (text: string) => {
    charge(entryCost)
    host.log(text)
  }
  const vm = new Vm({
    print,
    error: print,
    ticks: modelLimits.ticks,
    maxDepth: modelLimits.depth,
    memoryLimit: modelLimits.memory,
    random: surroundings.random,
    now: surroundings.clock,
  })

  function inside<T>(act: () => T, otherwise: T): T {
    let result = otherwise
    try {
      vm.call(
        new SqFunction(
          () => {
            result = act()
            return null
          },
          null,
          'host',
        ),
        vm.root,
      )
    } catch (error) {
      failed(error)
      return otherwise
    }
    return result
  }

  const methods = nativeTable([
    native('after', 'nc', (_self, seconds: SqValue, then: SqValue) => {
      if (!host.after(Math.max(0, num(seconds)), () => inside(() => vm.call(then, vm.root), null)))
        throw raise('too many functions wait for their time')
      return null
    }),
    native('pin', 's.', (_self, pin: string, level: SqValue) => {
      charge(eventCost)
      host.pin(pin, level === true || (isNumeric(level) && num(level) !== 0) ? 1 : 0)
      return null
    }),
    native('send', '.', (_self, data: SqValue) => {
      charge(eventCost)
      host.send(bytesOf(data))
      return null
    }),
    native('log', '.', (_self, value: SqValue) => {
      charge(entryCost)
      host.log(toText(value))
      return null
    }),
    native('now', '', () => new SqFloat(host.now())),
  ])
  const table = new SqTable()
  for (const [key, value] of Object.entries(options)) table.set(utf8Encode(key), optionOf(value))
  methods.set('options', table)
  vm.root.set('host', methods)

  const instance = inside<SqInstance | null>(() => {
    const cls = classIn(vm, vm.call(vm.load(unit), vm.root))
    return construct(cls, [])
  }, null)

  /** Calls a method; undefined without one, and after an error. */
  function call(method: string, ...args: SqValue[]): SqValue | undefined {
    if (instance === null) return undefined
    return inside<SqValue | undefined>(() => {
      const fn = member(instance, method)
      return fn === undefined ? undefined : vm.call(fn, instance, ...args)
    }, undefined)
  }

  return {
    write(bytes) {
      const result = call('write', bytes)
      return result !== undefined && result !== false
    },
    read(register, length) {
      const result = call('read', register === '' ? null : register, length)
      if (result === undefined || result === null || result === false) return null
      return inside(() => bytesOf(result), '')
        .slice(0, length)
        .padEnd(length, '\0')
    },
    transfer(bytes) {
      const result = call('transfer', bytes)
      const answer = result === undefined || result === null ? '' : inside(() => bytesOf(result), '')
      return answer.slice(0, bytes.length).padEnd(bytes.length, '\0')
    },
    select: (active) => void call('select', active),
    received: (bytes) => void call('received', bytes),
  }
}

/** Compiles a model (a byte string) without running it. Throws an Error with the place of the first mistake. */
export function compiledModel(name: string, source: string): CompiledUnit {
  const compiled = compile(source, name, new Map())
  if (compiled.ok) return compiled.unit
  const [first] = compiled.errors
  throw new Error(`${first?.text ?? 'does not compile'} (${name}:${first?.row ?? 1})`)
}

/** The class that a source returned or declared. */
function classIn(vm: Vm, returned: SqValue): SqClass {
  if (returned instanceof SqClass) return returned
  const known = new Set(vm.classes.values())
  const found = vm.root
    .entries()
    .map(([, value]) => value)
    .filter((value) => value instanceof SqClass && !known.has(value))
  if (found.length === 1) return found[0] as SqClass
  throw raise(
    found.length === 0
      ? 'a model must declare a class, or return one'
      : 'a model that declares several classes must return the one to use',
  )
}

/** What a method gave as bytes: a string, a blob, one byte. */
function bytesOf(value: SqValue): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return String.fromCharCode(value & 0xff)
  const blob = blobOf(value)
  if (!blob) throw raise('a model answers with a string, a blob or a byte')
  return Buffer.from(blob.bytes()).toString('latin1')
}

function optionOf(value: string | number | boolean | null): SqValue {
  if (typeof value === 'string') return utf8Encode(value)
  if (typeof value === 'number' && (value | 0) !== value) return new SqFloat(value)
  return value
}
