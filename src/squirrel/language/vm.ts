import { installLibrary } from './library/install.ts'
import type { SqClass } from './values/class.ts'
import type { CompiledUnit } from './compile.ts'
import { raise } from './run/errors.ts'
import { VARIANTS } from './variants/variant.ts'
import { compileIsolated } from './run/isolate.ts'
import { forgetLines, registerLines, unitFileName } from './codegen/line-map.ts'
import { MemoryAccount } from './run/memory.ts'
import { RUNTIME_NAMES, isStackOverflow, runtime } from './run/runtime.ts'
import { type Machine, T, grant, state } from './run/state.ts'
import { SqTable } from './values/table.ts'
import { callable } from './run/calls.ts'
import type { SqFunction, SqValue } from './values/values.ts'

export interface VmOptions {
  /** What `print` writes. */
  readonly print?: (text: string) => void
  /** What `error` writes. */
  readonly error?: (text: string) => void
  /** Ticks that one call from the host may take (workbench 1.2). */
  readonly ticks?: number
  /** Most function frames. */
  readonly maxDepth?: number
  /** Most bytes of the heap the machine may hold. */
  readonly memoryLimit?: number
  /** What the code of a unit's variant is watched with: values for the names of its hooks. */
  readonly instrument?: (unit: CompiledUnit) => Readonly<Record<string, unknown>>
  /** Random numbers from 0 up to 1. */
  readonly random?: () => number
  /** Milliseconds since 1970. */
  readonly now?: () => number
}

const DEFAULT_TICKS = 100e6
const DEFAULT_DEPTH = 900
const DEFAULT_MEMORY = 64 << 20

/** A Squirrel virtual machine: one root table, any number of loaded sources. */
export class Vm implements Machine {
  readonly root = new SqTable()
  readonly classes = new Map<string, SqClass>()
  readonly print: (text: string) => void
  readonly error: (text: string) => void
  readonly random: () => number
  readonly now: () => number
  readonly started: number
  readonly ticks: number
  private readonly maxDepth: number
  private readonly instrument: NonNullable<VmOptions['instrument']>
  private readonly memory: MemoryAccount
  /** Sources in use: their line maps live as long as somebody holds them. */
  private units: CompiledUnit[] = []
  private objects = 0
  private credit = 0

  constructor(options: VmOptions = {}) {
    this.print = options.print ?? ignore
    this.error = options.error ?? ignore
    this.random = options.random ?? Math.random
    this.now = options.now ?? Date.now
    this.started = this.now()
    this.ticks = options.ticks ?? DEFAULT_TICKS
    this.instrument = options.instrument ?? (() => ({}))
    this.maxDepth = options.maxDepth ?? DEFAULT_DEPTH
    this.memory = new MemoryAccount(options.memoryLimit ?? DEFAULT_MEMORY)
    installLibrary(this)
  }

  /** Makes a compiled source ready to run: its main function, to be called with the root table. Machines share the code of a unit. */
  load(unit: CompiledUnit): SqFunction {
    this.units.push(unit)
    return loaderOf(unit)(runtime, unit.infos, this.instrument(unit))
  }

  /** Loads and runs a source; its result. */
  run(unit: CompiledUnit): SqValue {
    return this.call(this.load(unit), this.root)
  }

  /**
   * Calls a function from the host: with all its ticks, unless this machine is running already. Throws SqError for what Squirrel code
   * threw, SqAbort when it was stopped; anything else is a defect of ours.
   */
  call(callee: SqValue, self: SqValue, ...args: SqValue[]): SqValue {
    const { reserve, objects, given, machine } = state
    const [ticks, depth, credit] = T as unknown as [number, number, number]
    if (machine !== this) {
      grant(this.ticks)
      T[1] = this.maxDepth
      T[2] = this.credit
      state.objects = this.objects
      state.machine = this
    }
    try {
      return callable(callee).fn(self, ...args)
    } catch (error) {
      if (isStackOverflow(error)) throw raise('stack overflow')
      throw error
    } finally {
      if (machine !== this) {
        this.objects = state.objects
        this.credit = T[2] as number
        T[0] = ticks
        T[2] = credit
        Object.assign(state, { reserve, objects, given, machine })
      }
      T[1] = depth
    }
  }

  checkMemory(wanted: number): number {
    return this.memory.check(wanted)
  }

  /** Lets go of the machine's sources. */
  close(): void {
    this.memory.close()
    this.units = []
  }
}

type Loader = (
  names: typeof runtime,
  infos: CompiledUnit['infos'],
  watched: Readonly<Record<string, unknown>>,
) => SqFunction

const loaders = new WeakMap<CompiledUnit, Loader>()
const collected = new FinalizationRegistry<number>(forgetLines)

function loaderOf(unit: CompiledUnit): Loader {
  const known = loaders.get(unit)
  if (known !== undefined) return known
  const number = registerLines(unit.lines)
  collected.register(unit, number)
  const code = `(function ({${RUNTIME_NAMES.join(', ')}}, I, {${VARIANTS[unit.variant].names.join(', ')}}) {${unit.code}\n})`
  const loader = compileIsolated(code, unitFileName(number)) as Loader
  loaders.set(unit, loader)
  return loader
}

function ignore(): void {}
