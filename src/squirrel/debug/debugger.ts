/** The debugger of a world, inside its thread: decides at each statement that asks whether the code stops, and answers what front ends want to know. */
import type { CompiledUnit } from '../language/compile.ts'
import { SqAbort, SqError } from '../language/run/errors.ts'
import { Call, type CallStack } from '../language/variants/frame.ts'
import type { Program } from '../program.ts'
import type { LogPlace } from '../protocol.ts'
import { type Side, type SideKind, currentSide } from '../side.ts'
import type { Watch } from '../world-host.ts'
import type { World } from '../world.ts'
import { answer } from './answers.ts'
import { Breakpoints } from './breakpoints.ts'
import { type Watched, frameOf, isCaught, rootOf, surroundingsIn } from './calls.ts'
import { evaluationNames } from './evaluate.ts'
import type { DebugEvent, DebugRequest, ExceptionFilter, StepMode, StopReason } from './protocol.ts'
import { Stop } from './stop.ts'

/** What the debugger needs of the thread. */
export type DebugHost = {
  tell(event: DebugEvent): void
  /** Waits, with everything else in the thread, until `over()`, and lets requests come in meanwhile. */
  wait(over: () => boolean): void
  wall(): number
}

/** A step that is under way: it ends in a call at most this deep, or in another callback. */
type Step = { side: SideKind; depth: number; root: Call | null }

export class Debugger implements Watch {
  readonly memory = 2
  readonly breakpoints = new Breakpoints()
  /** What is known of the code before it runs. */
  prepared: CompiledUnit[] = []
  stop: Stop | null = null
  private readonly host: DebugHost
  private readonly sides = new Map<SideKind, Watched>()
  private filters: ReadonlySet<ExceptionFilter> = new Set(['uncaught'])
  private step: Step | null = null
  private pausing: StopReason | null = null
  private evaluating = false

  constructor(host: DebugHost) {
    this.host = host
  }

  builds({ variant }: CompiledUnit): boolean {
    return variant === 'debug' || variant === 'evaluation'
  }

  instrument(side: Side, unit: CompiledUnit): Readonly<Record<string, unknown>> {
    if (unit.variant === 'evaluation') return evaluationNames()
    const watched = this.watch(side)
    const bits = new Uint8Array(unit.points.length)
    watched.units.push({ unit, bits })
    this.breakpoints.mark(unit, bits)
    const moved = this.breakpoints.placed(this.units(), true)
    if (moved.length > 0) this.host.tell({ event: 'placed', breakpoints: moved })
    return {
      D: watched.stack,
      H: bits,
      M: watched.mode,
      R: Call,
      U: unit,
      at: (call: Call) => this.reached(watched, call),
    }
  }

  place(kind: SideKind): LogPlace | undefined {
    const top = this.sides.get(kind)?.stack.top
    if (!top) return undefined
    const { file = '', line = 0 } = frameOf(top, 0)
    return { file, line }
  }

  /** Learns the places of a program that will run. */
  prepare(world: World, program: Program): void {
    this.prepared = (['device', 'agent'] as const).flatMap((kind) => {
      const compiled = world.compiled(program, kind)
      return compiled.ok ? [compiled.unit] : []
    })
  }

  /** Answers a request; throws an Error whose message is for people when it can not be fulfilled. */
  handle(request: DebugRequest, world: World): unknown {
    switch (request.request) {
      case 'breakpoints':
        return this.setBreakpoints(request.file, request.list)
      case 'functions':
        return this.setBreakpoints(null, request.list)
      case 'exceptions':
        this.filters = new Set(request.filters)
        return null
      case 'go':
        return this.go(request.mode)
      case 'pause':
        this.pausing ??= 'pause'
        this.ask()
        return null
      case 'end':
        this.breakpoints.clear()
        this.filters = new Set()
        this.remark()
        this.step = this.pausing = null
        this.ask()
        this.stop = null
        return null
      default:
        return answer(this, request, world)
    }
  }

  /** Stops at the first statement that comes. */
  stopOnEntry(): void {
    this.pausing = 'entry'
  }

  /** The units of code that runs or will run. */
  units(): CompiledUnit[] {
    const units = new Set(this.prepared)
    for (const { units: own } of this.sides.values()) for (const { unit } of own) units.add(unit)
    return [...units]
  }

  watched(kind: SideKind): Watched | undefined {
    return this.sides.get(kind)
  }

  /** An error is thrown, or the ticks are used up; the code that did it is still there. */
  thrown(error: Error): void {
    if (this.evaluating || this.stop !== null) return
    const watched = this.sides.get(currentSide().kind)
    if (watched === undefined || watched.stack.top === null) return
    if (!this.wants(error, watched)) return
    this.pause(watched, 'exception', error.message, [])
  }

  /** Whether a text is evaluated: what is asked meanwhile waits, since one text inside the other would fill the stack. */
  get isEvaluating(): boolean {
    return this.evaluating
  }

  /** Does something in which nothing stops. */
  quietly<Result>(act: () => Result): Result {
    const { evaluating } = this
    this.evaluating = true
    try {
      return act()
    } finally {
      this.evaluating = evaluating
    }
  }

  private wants(error: Error, watched: Watched): boolean {
    if (error instanceof SqAbort) return this.filters.size > 0
    if (this.filters.has('all')) return true
    if (!this.filters.has('uncaught')) return false
    // A `_get` or `_set` that throws null says "not mine" (squirrel.md 6.3).
    const { top } = watched.stack
    if (error instanceof SqError && error.value === null && top && /^_[gs]et$/.test(frameOf(top, 0).name))
      return false
    return !isCaught(watched)
  }

  private reached(watched: Watched, call: Call): void {
    if (this.evaluating) return
    let reason: StopReason | null = this.pausing
    if (reason === null && this.isStepEnd(watched, call)) reason = 'step'
    const here = this.quietly(() =>
      this.breakpoints.reached(call.unit, call.p, () => surroundingsIn(watched.side, call)),
    )
    const texts: string[] = []
    for (const { stops, message } of here.outcomes) {
      if (message === undefined) continue
      if (stops) texts.push(message)
      else this.log(watched, call, message)
    }
    if (here.ids.length > 0) this.pause(watched, 'breakpoint', texts.join('; '), here.ids)
    else if (reason !== null) this.pause(watched, reason, '', [])
  }

  private isStepEnd({ side }: Watched, call: Call): boolean {
    const { step } = this
    if (step === null || step.side !== side.kind) return false
    return call.depth <= step.depth || rootOf(call) !== step.root
  }

  private log({ side }: Watched, call: Call, text: string): void {
    const { file = '', line = 0 } = frameOf(call, 0)
    this.host.tell({ event: 'output', side: side.kind, text, file, line })
  }

  /** Stands still until somebody lets it go on. */
  private pause(watched: Watched, reason: StopReason, text: string, breakpoints: number[]): void {
    const { side } = watched
    this.pausing = this.step = null
    this.ask()
    const stop = new Stop(watched)
    this.stop = stop
    const begin = this.host.wall()
    this.host.tell({ event: 'stopped', side: side.kind, reason, text, breakpoints })
    this.host.wait(() => this.stop !== stop)
    side.world.clock.stood(this.host.wall() - begin)
    this.host.tell({ event: 'resumed' })
  }

  private go(mode: StepMode): null {
    const { stop } = this
    if (stop === null) throw new Error('the program runs')
    const { side, stack } = stop.watched
    const { top } = stack
    const depth = top?.depth ?? 0
    if (mode === 'continue') this.step = null
    else
      this.step = {
        side: side.kind,
        depth: mode === 'in' ? Infinity : mode === 'over' ? depth : depth - 1,
        root: top === null ? null : rootOf(top),
      }
    this.ask()
    this.stop = null
    return null
  }

  private setBreakpoints(file: string | null, list: Parameters<Breakpoints['replace']>[1]) {
    this.breakpoints.replace(file, list)
    this.remark()
    const ids = new Set(list.map(({ id }) => id))
    return this.breakpoints.placed(this.units(), false).filter(({ id }) => ids.has(id))
  }

  private remark(): void {
    for (const { units } of this.sides.values())
      for (const { unit, bits } of units) {
        bits.fill(0)
        this.breakpoints.mark(unit, bits)
      }
  }

  /** Tells the code whether each statement has to ask. */
  private ask(): void {
    for (const [kind, { mode }] of this.sides)
      mode[0] = this.pausing !== null || this.step?.side === kind ? 1 : 0
  }

  private watch(side: Side): Watched {
    const known = this.sides.get(side.kind)
    if (known?.side === side) return known
    const stack: CallStack = { top: null }
    const watched = { side, stack, mode: new Int32Array(1), units: [] }
    this.sides.set(side.kind, watched)
    this.ask()
    return watched
  }
}
