/** A thing to do at a moment of virtual time. */
export type Event = {
  /** Virtual milliseconds since 1970. */
  due: number
  readonly sequence: number
  /** Empty once it was cancelled. */
  act: (() => void) | null
  /** Whose event it is; it may keep or postpone the event instead of letting it happen. */
  readonly owner: EventOwner | null
}

export type EventOwner = { admits(event: Event): boolean }

/** A binary heap of events, ordered by due time, then by the order in which they were added. */
export class EventQueue {
  private readonly heap: Event[] = []
  private added = 0

  /** Number of events, the cancelled ones included. */
  get size(): number {
    return this.heap.length
  }

  add(due: number, act: () => void, owner: EventOwner | null = null): Event {
    const event: Event = { due, sequence: this.added++, act, owner }
    this.push(event)
    return event
  }

  /** Puts an event that came out of the queue back in at another time; its place among equals stays. */
  postpone(event: Event, due: number): void {
    event.due = due
    this.push(event)
  }

  /** Moves all events by so many milliseconds, as the clock was. */
  shift(milliseconds: number): void {
    for (const event of this.heap) event.due += milliseconds
  }

  /** The next event that was not cancelled, undefined when nothing is left. */
  peek(): Event | undefined {
    while (this.heap[0]?.act === null) this.pop()
    return this.heap[0]
  }

  pop(): Event | undefined {
    const first = this.heap[0]
    const last = this.heap.pop()
    if (first !== undefined && last !== undefined && last !== first) this.sink(last)
    return first
  }

  private push(event: Event): void {
    let at = this.heap.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = this.heap[parent] as Event
      if (!isBefore(event, above)) break
      this.heap[at] = above
      at = parent
    }
    this.heap[at] = event
  }

  private sink(event: Event): void {
    const { heap } = this
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++
      if (!isBefore(heap[child] as Event, event)) break
      heap[at] = heap[child] as Event
      at = child
    }
    heap[at] = event
  }
}

function isBefore(one: Event, other: Event): boolean {
  return one.due < other.due || (one.due === other.due && one.sequence < other.sequence)
}
