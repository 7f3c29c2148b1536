import { columnsOf, cutTo } from '../editor/graphemes.ts'
import type { Menu } from '../editor/state.ts'
import { styled } from './style.ts'

/** Entries that are seen at once. */
const MOST_SHOWN = 8

/** The rows of the completion menu: the entries around the chosen one, and a last row that says how many there are. */
export function menuRows(
  menu: Menu,
  { columns, rows, colour }: { columns: number; rows: number; colour: boolean },
): readonly string[] {
  const { items, selected, note } = menu
  const shown = Math.max(1, Math.min(MOST_SHOWN, rows - 3))
  const first = Math.max(0, Math.min(selected - Math.floor(shown / 2), items.length - shown))
  const visibleItems = items.slice(first, first + shown)
  const widest = Math.max(0, ...visibleItems.map((item) => columnsOf(item.label)))
  const labelColumns = Math.min(widest, Math.max(8, Math.floor(columns * 0.6)))
  const entries = visibleItems.map((item, index) => {
    const label = cutTo(item.label, Math.min(labelColumns, columns - 3))
    const room = columns - labelColumns - 5
    const detail = item.detail === undefined || room < 4 ? '' : cutTo(item.detail, room)
    const padded = ` ${label}${' '.repeat(Math.max(0, labelColumns - columnsOf(label)))} `
    const isChosen = first + index === selected
    return `${isChosen ? '>' : ' '}${styled({ text: padded, style: isChosen ? 'chosen' : 'plain' }, colour)}${styled({ text: detail, style: 'dim' }, colour)}`
  })
  const count = items.length > visibleItems.length ? `${items.length} in all` : ''
  const last = [count, note].filter(Boolean).join(', ')
  return last === ''
    ? entries
    : [...entries, styled({ text: `  ${cutTo(last, columns - 3)}`, style: 'dim' }, colour)]
}
