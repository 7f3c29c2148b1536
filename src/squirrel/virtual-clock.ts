/** The clock of a world: virtual milliseconds since 1970, and how they relate to the wall clock. */

/**
 * `fast`: time jumps to the next event at once, at most `ahead` seconds beyond the last thing that came from outside, and follows the
 * wall clock from there; with `until` (virtual milliseconds since 1970) it ends exactly there, whatever the wall clock says. `real`: time follows the wall clock. `scaled`: it runs `factor` times as fast.
 */
export type TimeMode =
  | { kind: 'fast'; ahead?: number; until?: number }
  | { kind: 'real' }
  | { kind: 'scaled'; factor: number }

/** An hour: longer than any test, short enough that an endless timer does not occupy the machine. */
const defaultAhead = 3600

export class VirtualClock {
  /** Virtual time; goes back only when time that ran ahead returns to the wall clock. */
  now: number
  private mode: TimeMode
  private readonly wall: () => number
  private anchor: { wall: number; virtual: number }
  private readonly today: () => number

  /**
   * `start`: virtual time at the beginning; `wall`: a clock in milliseconds that never jumps; `today`: milliseconds since 1970 on the wall,
   * which `real` time begins with; without it, it goes on from where it is.
   */
  constructor(start: number, mode: TimeMode, wall: () => number, today: () => number = () => this.now) {
    this.now = start
    this.mode = mode
    this.wall = wall
    this.today = today
    // A world is made a while after it was asked for.
    if (mode.kind === 'real') this.now = Math.max(start, today())
    this.anchor = { wall: wall(), virtual: this.now }
  }

  /** True when time does not pass by itself while code runs. */
  get isVirtual(): boolean {
    return this.mode.kind === 'fast'
  }

  /** Returns by how much the clock was set forward, in milliseconds; below zero for back. */
  setMode(mode: TimeMode): number {
    this.touch()
    const before = this.now
    if (mode.kind === 'real' && this.mode.kind !== 'real') this.now = this.today()
    this.mode = mode
    this.anchor = { wall: this.wall(), virtual: this.now }
    return this.now - before
  }

  /** Something came from outside: time that follows the wall clock catches up, time that runs ahead may run on from here. */
  touch(): void {
    if (this.mode.kind === 'fast') this.anchor = { wall: this.wall(), virtual: this.now }
    else this.now = Math.max(this.now, this.reached())
  }

  /** Nothing happened for so many milliseconds on the wall, because somebody stopped the code: time that follows the wall stood as well. */
  stood(milliseconds: number): void {
    this.anchor.wall += milliseconds
  }

  /** Wall milliseconds until an event that is due at the virtual time `due` may happen. */
  wait(due: number): number {
    const missing = due - this.reached()
    if (missing <= 0) return 0
    return this.mode.kind === 'scaled' ? missing / this.mode.factor : missing
  }

  /** Moves on to an event. */
  advance(due: number): void {
    if (due > this.now) this.now = due
  }

  /** Time as running code sees it: under `fast` the moment of the event, else the wall clock as well. */
  read(): number {
    return this.mode.kind === 'fast' ? this.now : Math.max(this.now, this.reached())
  }

  /** The latest virtual time that may be shown now. */
  private reached(): number {
    if (this.mode.kind === 'fast' && this.mode.until !== undefined) return this.mode.until
    const { wall, virtual } = this.anchor
    const passed = this.wall() - wall
    if (this.mode.kind === 'scaled') return virtual + passed * this.mode.factor
    if (this.mode.kind === 'real') return virtual + passed
    return virtual + passed + (this.mode.ahead ?? defaultAhead) * 1000
  }
}
