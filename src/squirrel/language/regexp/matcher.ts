import { raise } from '../run/errors.ts'
import { type Program, isWord } from './regexp.ts'
import { allocate, charge } from '../run/state.ts'

/** Most pairs of program step and text position one search may touch. */
const LARGEST_SEARCH = 1 << 28

/**
 * Finds the first match at or after `from`: pairs of begin and end for each capture (-1 where a group took no part), or null. Every pair of step
 * and position is tried once, so the time is at most program times text, whatever the expression. `^` stands for `from`.
 */
export function search(program: Program, text: string, from: number, anchored = false): number[] | null {
  const width = text.length - from + 1
  if (width <= 0) return null
  if (program.steps.length * width > LARGEST_SEARCH) throw raise('regular expression is too complex')
  const bytes = (program.steps.length * width) >> 3
  allocate(bytes)
  charge(bytes >> 8)
  const run = new Run(program, text, from, width)
  for (let start = from; start <= text.length; start++) {
    const found = run.at(start)
    if (found !== null || anchored) return found
  }
  return null
}

/** Captures of a match of the whole text, or null. */
export function matchWhole(program: Program, text: string): number[] | null {
  const steps = program.steps.slice(0, -1)
  return search({ ...program, steps: [...steps, { kind: 'end' }, { kind: 'match' }] }, text, 0, true)
}

class Run {
  private readonly program: Program
  private readonly text: string
  private readonly from: number
  private readonly width: number
  private readonly seen: Uint32Array

  constructor(program: Program, text: string, from: number, width: number) {
    this.program = program
    this.text = text
    this.from = from
    this.width = width
    this.seen = new Uint32Array(((program.steps.length * width) >> 5) + 1)
  }

  /** Tries at one start. Pending branches and captures to restore share one stack: [step, position] or [-1 - slot, old value]. */
  at(start: number): number[] | null {
    const { steps, captures } = this.program
    const saved = Array.from({ length: captures * 2 }, () => -1)
    const pending = [0, start]
    let taken = 0
    while (pending.length > 0) {
      let position = pending.pop() as number
      let at = pending.pop() as number
      if (at < 0) {
        saved[-1 - at] = position
        continue
      }
      while (this.visit(at, position)) {
        // A step takes about as long as a round of a loop.
        if ((++taken & 1023) === 0) charge(1024)
        const step = steps[at] as Program['steps'][number]
        if (step.kind === 'match') {
          charge(taken & 1023)
          return saved
        }
        if (step.kind === 'jump') {
          at = step.to
          continue
        }
        if (step.kind === 'split') {
          pending.push(step.second, position)
          at = step.first
          continue
        }
        if (step.kind === 'save') {
          pending.push(-1 - step.slot, saved[step.slot] as number)
          saved[step.slot] = position
        } else if (step.kind === 'set') {
          if (position >= this.text.length || step.set[this.text.charCodeAt(position) & 0xff] === 0) break
          position++
        } else if (!this.holds(step.kind, position)) {
          break
        }
        at++
      }
    }
    charge(taken & 1023)
    return null
  }

  private visit(step: number, position: number): boolean {
    const bit = step * this.width + position - this.from
    const word = bit >> 5
    const mask = 1 << (bit & 31)
    const old = this.seen[word] as number
    this.seen[word] = old | mask
    return (old & mask) === 0
  }

  private holds(what: 'start' | 'end' | 'boundary' | 'inside', position: number): boolean {
    if (what === 'start') return position === this.from
    if (what === 'end') return position === this.text.length
    const before = position > 0 && isWord(this.text.charCodeAt(position - 1))
    const after = position < this.text.length && isWord(this.text.charCodeAt(position))
    return (before !== after) === (what === 'boundary')
  }
}
