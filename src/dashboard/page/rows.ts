import { h, inFrame, setAttribute } from './dom.ts'

interface RowsOptions {
  /** What scrolls; rows stand in it under each other. */
  readonly scroller: HTMLElement
  readonly height: () => number
  readonly count: () => number
  /** Makes an empty row of the pool. */
  readonly make: () => HTMLElement
  /** Shows the item of this index in a row. */
  readonly fill: (row: HTMLElement, index: number) => void
  /** Height of what sticks above the rows. */
  readonly head?: () => number
}

export interface Rows {
  readonly element: HTMLElement
  /** Fills what is to be seen anew, in the next frame. */
  readonly refresh: () => void
  /** Scrolls so that a row is in sight. */
  readonly reveal: (index: number) => void
  /** Rows that are in sight at once. */
  readonly page: () => number
  readonly isAtEnd: () => boolean
  readonly toEnd: () => void
}

/** Rows beyond both ends of what is seen, so that a fast wheel meets filled rows. */
const MARGIN = 6

/** A list of which only what is seen exists: any number of items costs what one screen of them costs. */
export function createRows({ scroller, height, count, make, fill, head = () => 0 }: RowsOptions): Rows {
  const element = h('div', { class: 'rows', role: 'rowgroup' })
  let pool: { readonly row: HTMLElement; index: number }[] = []
  let isStale = true
  let filledHeight = 0

  const draw = () => {
    const rowHeight = height()
    const total = count()
    const seen = Math.ceil(scroller.clientHeight / rowHeight) + 2 * MARGIN
    if (pool.length < Math.min(seen, total)) {
      const more = Array.from({ length: Math.min(seen, total) - pool.length }, () => ({
        row: make(),
        index: -1,
      }))
      element.append(...more.map(({ row }) => row))
      pool = [...pool, ...more].map((one) => ({ ...one, index: -1 }))
    }
    if (filledHeight !== rowHeight) isStale = true
    filledHeight = rowHeight
    element.style.height = `${total * rowHeight}px`
    const first = Math.max(
      0,
      Math.min(Math.floor(scroller.scrollTop / rowHeight) - MARGIN, total - pool.length),
    )
    // An item keeps its row while it is in sight.
    for (let i = 0; i < pool.length; i++) {
      const index = first + i
      const slot = pool[index % pool.length]
      if (slot === undefined) continue
      setAttribute(slot.row, 'hidden', index >= total)
      if (index >= total) {
        slot.index = -1
        continue
      }
      if (slot.index === index && !isStale) continue
      slot.row.style.top = `${index * rowHeight}px`
      slot.index = index
      fill(slot.row, index)
    }
    isStale = false
  }
  const soon = inFrame(draw)
  scroller.addEventListener('scroll', soon, { passive: true })
  new ResizeObserver(soon).observe(scroller)

  return {
    element,
    refresh() {
      isStale = true
      soon()
    },
    reveal(index) {
      const top = index * height()
      const room = scroller.clientHeight - head()
      if (top < scroller.scrollTop) scroller.scrollTop = top
      else if (top + height() > scroller.scrollTop + room) scroller.scrollTop = top + height() - room
      draw()
    },
    page: () => Math.max(1, Math.floor((scroller.clientHeight - head()) / height()) - 1),
    isAtEnd: () => scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 2 * height(),
    toEnd() {
      draw()
      scroller.scrollTop = scroller.scrollHeight
      draw()
    },
  }
}
