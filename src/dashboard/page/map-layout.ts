import type { Device, Place } from './fleet-store.ts'

/** Where the devices of a group lie: below a title, in rows. All in pixels of the whole map. */
interface Block {
  readonly place: Place
  readonly top: number
  readonly left: number
  readonly columns: number
  readonly width: number
  /** Index of its first device in `Layout.devices`. */
  readonly first: number
  readonly count: number
}

export interface Layout {
  /** By group and name: a device keeps its place while it changes. */
  readonly devices: readonly Device[]
  readonly blocks: readonly Block[]
  readonly cell: Cell
  readonly height: number
}

/** Size of a device with the gap after it; `named`: there is room for its name. */
export interface Cell {
  readonly width: number
  readonly height: number
  readonly gap: number
  readonly named: boolean
}

export const TITLE = 34
const AFTER = 14
export const EDGE = 16

/** The room that a device gets: a name where there are few of them, a sign where there are many. */
export function cellFor(count: number, width: number): Cell {
  if (count <= 240) {
    const room = width - 2 * EDGE
    const columns = Math.max(1, Math.floor((room + 8) / (width < 600 ? 160 : 188)))
    return { width: Math.floor((room + 8) / columns) - 8, height: 34, gap: 8, named: true }
  }
  if (count <= 3000) return { width: 16, height: 16, gap: 4, named: false }
  return { width: 11, height: 11, gap: 3, named: false }
}

/** The least columns of a block of named devices: its title needs the room of two. */
const LEAST_COLUMNS = 2

/** Lays devices out that are sorted by group already. Small groups stand beside each other. */
export function layOut(devices: readonly Device[], width: number): Layout {
  const cell = cellFor(devices.length, width)
  const step = cell.width + cell.gap
  const most = Math.max(1, Math.floor((width - 2 * EDGE + cell.gap) / step))
  const blocks: Block[] = []
  let top = 4
  let column = 0
  let rows = 0
  for (let first = 0; first < devices.length;) {
    const place = devices[first]?.group
    if (place === undefined) break
    let end = first + 1
    while (end < devices.length && devices[end]?.group === place) end++
    const count = end - first
    const columns = cell.named ? Math.min(most, Math.max(LEAST_COLUMNS, count)) : most
    if (column > 0 && column + columns > most) {
      top += TITLE + rows * (cell.height + cell.gap) + AFTER
      column = 0
      rows = 0
    }
    blocks.push({
      place,
      top,
      left: EDGE + column * step,
      columns,
      width: columns * step - cell.gap,
      first,
      count,
    })
    column += columns
    rows = Math.max(rows, Math.ceil(count / columns))
    first = end
  }
  const height = blocks.length === 0 ? top : top + TITLE + rows * (cell.height + cell.gap) + AFTER
  return { devices, blocks, cell, height }
}

/** Where a device lies, by its index. */
export function placeOf({ blocks, cell }: Layout, index: number): { x: number; y: number } {
  const block = blocks[blockOf(blocks, index)]
  if (block === undefined) return { x: 0, y: 0 }
  const i = index - block.first
  return {
    x: block.left + (i % block.columns) * (cell.width + cell.gap),
    y: block.top + TITLE + Math.floor(i / block.columns) * (cell.height + cell.gap),
  }
}

/** The device at a point, or -1. */
export function indexAt({ blocks, cell }: Layout, x: number, y: number): number {
  const block = blocks.findLast(
    ({ top, left, width }) => top + TITLE <= y && left <= x && x < left + width + cell.gap,
  )
  if (block === undefined) return -1
  const column = Math.floor((x - block.left) / (cell.width + cell.gap))
  const row = Math.floor((y - block.top - TITLE) / (cell.height + cell.gap))
  const i = row * block.columns + column
  return column < block.columns && i < block.count ? block.first + i : -1
}

/** The device beside, above or below another one; the same at an edge. */
export function neighbour(layout: Layout, index: number, key: string): number {
  const { devices, cell, height } = layout
  const last = devices.length - 1
  const { x, y } = placeOf(layout, index)
  const step = cell.width + cell.gap
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, index + 1)
    case 'ArrowLeft':
      return Math.max(0, index - 1)
    case 'Home':
      return 0
    case 'End':
      return last
    case 'ArrowDown':
    case 'ArrowUp': {
      const sign = key === 'ArrowDown' ? cell.gap : -cell.gap
      // Past titles and gaps to the next row, and to the left where that is shorter.
      for (let at = y + sign; at >= 0 && at < height; at += sign)
        for (let left = x; left >= EDGE; left -= step) {
          const found = indexAt(layout, left + 1, at)
          if (found >= 0 && placeOf(layout, found).y !== y) return found
        }
      return index
    }
    default:
      return index
  }
}

/** Index of the block that holds a device. */
function blockOf(blocks: readonly Block[], index: number): number {
  let low = 0
  let high = blocks.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((blocks[middle]?.first ?? 0) <= index) low = middle
    else high = middle - 1
  }
  return low
}
