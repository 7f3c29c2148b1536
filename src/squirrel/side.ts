/** One of the two virtual machines of a world: its timers, its own time, its log, and how its errors end. */
import type { CompiledUnit } from './language/compile.ts'
import { callFunction } from './language/run/calls.ts'
import { SqAbort, SqError, raise } from './language/run/errors.ts'
import { apart, state, ticksLeft } from './language/run/state.ts'
import { SqFunction, type SqValue } from './language/values/values.ts'
import { Vm, type VmOptions } from './language/vm.ts'
import type { Event, EventOwner } from './event-queue.ts'
import { failureOf } from './failure.ts'
import type { LogType } from '../output/log-line.ts'
import { errorEntries } from './platform-texts.ts'
import type { World } from './world.ts'

export type SideKind = 'agent' | 'device'

const stackDepth = 900
/** Bytes that the code of a side may hold. */
const memoryLimits = { agent: 64 << 20, device: 32 << 20 } as const

/** The year 9999, in milliseconds: code can sleep no further. */
const endOfTime = 253_370_764_800_000

/** Virtual processor time in milliseconds: of a tick, and of a look at the clock. */
const tickTime = 0.0001
const clockReadTime = 0.01

/** Who wants to know which side runs: the watch over a thread, when the thread is lost. */
export const entering: { tell: (side: SideKind) => void } = { tell: () => {} }

/**
 * Plays the device script to code that listens; `level` is what the code would read now, `changed` tells it when that differs from before,
 * `deliver` brings bytes.
 */
type Player = {
  level(): SqValue
  play(before: SqValue): void
  changed?(before: SqValue): void
  deliver?(bytes: string): void
}

export class Side implements EventOwner {
  readonly kind: SideKind
  readonly world: World
  readonly vm: Vm
  /** Virtual time at which the code began. */
  started: number
  ended = false
  /** The handler of `imp.onunhandledexception`. */
  onException: SqValue = null
  /** The side is occupied until this time: it slept, or looked at the clock again and again. */
  private busyUntil: number
  private held = false
  private waiting: Event[] = []
  /** What the device script plays to the code, by pin or bus. */
  readonly players = new Map<string, Player>()
  /** What called the code that runs. */
  callback = 'main'
  /** Somebody evaluates a text on this side: nothing may pass meanwhile. */
  private looking = false
  private entered = false
  private ticksSeen = 0

  constructor(kind: SideKind, world: World, instrument: NonNullable<VmOptions['instrument']>) {
    this.kind = kind
    this.world = world
    this.started = world.clock.read()
    this.busyUntil = this.started
    const print = (text: string) => this.log(kind === 'agent' ? 'agent.log' : 'server.log', text)
    this.vm = new Vm({
      print,
      error: print,
      ticks: world.ticks,
      maxDepth: stackDepth,
      memoryLimit: memoryLimits[kind] * (world.watch?.memory ?? 1),
      random: world.random,
      instrument,
      now: () => this.now(),
    })
    sides.set(this.vm, this)
  }

  /** Virtual time for this side in milliseconds since 1970; looking takes time, so that loops that wait for the clock end. */
  now(): number {
    const { clock } = this.world
    // A model of a device runs in a machine of its own, at no cost of the code that asked it.
    if (this.entered && clock.isVirtual && state.machine === this.vm) {
      const left = ticksLeft()
      const worked = Math.max(0, this.ticksSeen - left) * tickTime
      this.ticksSeen = left
      this.busyUntil = Math.max(clock.now, this.busyUntil) + clockReadTime + worked
    }
    return Math.max(clock.read(), this.busyUntil)
  }

  /** Lets virtual time pass inside a call, as `imp.sleep` does. */
  spend(milliseconds: number): void {
    this.mayWait()
    this.busyUntil = Math.min(this.now() + milliseconds, endOfTime)
  }

  /** Does something on this side after a delay of virtual time, unless the side ends before. */
  after(milliseconds: number, act: () => void): Event {
    return this.at(this.now() + milliseconds, act)
  }

  /** The same at a moment of virtual time. */
  at(due: number, act: () => void): Event {
    return this.world.queue.add(due, act, this)
  }

  /** The clock was set by so many milliseconds: what is to come stays as far away as it is. */
  shift(milliseconds: number): void {
    this.started += milliseconds
    this.busyUntil += milliseconds
    for (const event of this.waiting) event.due += milliseconds
  }

  admits(event: Event): boolean {
    if (this.ended) return false
    if (this.held) {
      this.waiting.push(event)
      return false
    }
    if (this.busyUntil <= this.world.clock.read()) return true
    this.world.queue.postpone(event, this.busyUntil)
    return false
  }

  /** Does something that needs the connection: at once, or when a side that is held for it goes on. */
  whenConnected(act: () => void): void {
    if (this.held) this.at(this.now(), act)
    else act()
  }

  /** Holds all events while a device waits for its connection, or lets the held ones happen. */
  hold(held: boolean): void {
    this.held = held
    if (held) return
    const { waiting } = this
    this.waiting = []
    for (const event of waiting) this.world.queue.postpone(event, Math.max(event.due, this.world.clock.now))
  }

  /**
   * Calls a Squirrel function from outside; undefined when it failed, which is logged and handed to the world. `callback` names what calls
   * (`imp.wakeup`), for the message.
   */
  call(callback: string, fn: SqValue, ...args: SqValue[]): SqValue | undefined {
    return this.enter(callback, fn, () => this.vm.call(fn, this.vm.root, ...args))
  }

  /** Loads and runs the code of the side. */
  load(unit: CompiledUnit): SqValue | undefined {
    return this.enter('main', null, () => this.vm.run(unit))
  }

  /** The same with arguments that have to be made inside the machine (blobs). */
  callWith(callback: string, fn: SqValue, makeArguments: () => SqValue[]): SqValue | undefined {
    return this.enter(callback, fn, () =>
      this.inside(() => callFunction(fn, this.vm.root, ...makeArguments())),
    )
  }

  /** Runs host code inside the machine, as a native function would run. */
  run(act: () => SqValue): SqValue | undefined {
    return this.enter('main', null, () => this.inside(act))
  }

  /** Runs host code inside the machine and gives its value or error, without any consequence for the side. */
  try(act: () => SqValue): { value: SqValue } | { error: Error } {
    this.begin()
    try {
      return { value: this.inside(act) }
    } catch (error) {
      if (error instanceof SqError || error instanceof SqAbort) return { error }
      throw error
    } finally {
      this.entered = false
    }
  }

  /**
   * Runs host code inside the machine for somebody who looks on while the world stands still: with `ticks` of its own, and as if it had never run.
   * The value or the error.
   */
  aside(ticks: number, act: () => SqValue): { value: SqValue } | { error: Error } {
    const { busyUntil, entered, ticksSeen, looking } = this
    this.looking = true
    this.entered = false
    try {
      return { value: this.inside(() => apart(ticks, stackDepth, act)) }
    } catch (error) {
      if (error instanceof SqError || error instanceof SqAbort) return { error }
      throw error
    } finally {
      Object.assign(this, { busyUntil, entered, ticksSeen, looking })
    }
  }

  /** Raises when somebody only looks on: what waits for the outside would wait for ever. */
  mayWait(): void {
    if (this.looking) throw raise('not while paused')
  }

  private inside(act: () => SqValue): SqValue {
    return this.vm.call(new SqFunction(act, null, 'host'), this.vm.root)
  }

  /** Runs host code that enters the machine. */
  private enter(callback: string, fn: SqValue, act: () => SqValue): SqValue | undefined {
    if (this.ended) return undefined
    this.begin()
    const { callback: outer } = this
    this.callback = callback
    try {
      return act()
    } catch (error) {
      this.fail(error, callback, fn instanceof SqFunction ? fn : null)
      return undefined
    } finally {
      this.callback = outer
      this.entered = false
    }
  }

  /** Writes an entry of the log at this side's time. */
  log(type: LogType, text: string): void {
    this.world.log(this.now(), type, text, this.world.watch?.place?.(this.kind))
  }

  end(): void {
    this.ended = true
    this.waiting = []
    this.vm.close()
  }

  private begin(): void {
    entering.tell(this.kind)
    this.entered = true
    this.ticksSeen = this.vm.ticks
  }

  private fail(error: unknown, callback: string, fn: SqFunction | null): void {
    this.entered = false
    if (!(error instanceof SqError) && !(error instanceof SqAbort)) throw error
    if (error instanceof SqError && this.onException !== null) {
      const handler = this.onException
      // An error of the handler itself ends the code as usual.
      this.onException = null
      if (this.call('imp.onunhandledexception', handler, error.value) !== undefined)
        this.onException = handler
      return
    }
    const allowed = { ticks: this.vm.ticks, memory: memoryLimits[this.kind] }
    const failure = failureOf(error, this.kind, callback, fn, allowed)
    const type = this.kind === 'agent' ? 'agent.error' : 'server.error'
    for (const line of errorEntries(failure)) this.log(type, line)
    this.world.failed(this, failure)
  }
}

const sides = new WeakMap<object, Side>()

/** The side whose code runs now: for native functions. */
export function currentSide(): Side {
  const side = state.machine === null ? undefined : sides.get(state.machine)
  if (side === undefined) throw new Error('no side of a world is running')
  return side
}
