/** What can be looked at while the code stands still. Its numbers are good for this stop only. */
import type { Call } from '../language/variants/frame.ts'
import type { Watched } from './calls.ts'
import type { Holder } from './values.ts'

/** Most handles of one stop. */
const most = 1_000_000

export class Stop {
  /** The side that stopped. */
  readonly watched: Watched
  /** The frames that were asked for, by their numbers from 1 on; `call` is null on a side that waits. */
  private readonly frames: { readonly watched: Watched; readonly call: Call | null }[] = []
  private readonly holders: Holder[] = []

  constructor(watched: Watched) {
    this.watched = watched
  }

  /** The number of a frame. */
  frame(watched: Watched, call: Call | null): number {
    const known = this.frames.findIndex((one) => one.watched === watched && one.call === call)
    return known < 0 ? this.frames.push({ watched, call }) : known + 1
  }

  /** The frame of a number; 0 means the innermost one of the side that stopped. Throws for any other number. */
  frameAt(id: number): { readonly watched: Watched; readonly call: Call | null } {
    if (id === 0) return { watched: this.watched, call: this.watched.stack.top }
    const found = this.frames[id - 1]
    if (!found) throw new Error('there is no such frame any more')
    return found
  }

  handle(holder: Holder): number {
    if (this.holders.length >= most) throw new Error('too many values were looked at; go on first')
    return this.holders.push(holder)
  }

  /** What a handle stands for. Throws for any other number. */
  holder(handle: number): Holder {
    const found = this.holders[handle - 1]
    if (!found) throw new Error('there is no such value any more')
    return found
  }
}
