import { h, setAttribute, setText } from './dom.ts'
import type { Device } from './fleet-store.ts'
import { glyph, setGlyph } from './glyph.ts'
import { createRows } from './rows.ts'
import { STATE_NAMES, STATES } from './state.ts'
import { ageText } from './text.ts'

/** What the devices are sorted by. */
export interface Sorting {
  readonly by: ColumnName
  readonly descending: boolean
}

export type ColumnName = 'state' | 'name' | 'group' | 'since' | 'signal' | 'os' | 'imp' | 'id'

interface Column {
  readonly name: ColumnName
  readonly title: string
  readonly text: (device: Device, now: number) => string
  readonly compare: (a: Device, b: Device) => number
}

const order = (a: string | number, b: string | number) => (a < b ? -1 : a > b ? 1 : 0)
const RANK = new Map(STATES.map((state, i) => [state, STATES.length - i]))

const COLUMNS: readonly Column[] = [
  {
    name: 'name',
    title: 'Name',
    text: ({ name }) => name || '(unnamed)',
    compare: (a, b) => order(a.key, b.key),
  },
  {
    name: 'state',
    title: 'State',
    text: ({ state }) => STATE_NAMES[state],
    compare: (a, b) => order(RANK.get(a.state) ?? 0, RANK.get(b.state) ?? 0),
  },
  {
    name: 'since',
    title: 'For',
    text: ({ since }, now) => (since === null ? '' : ageText(now - since)),
    compare: (a, b) => order(b.since ?? 0, a.since ?? 0),
  },
  {
    name: 'group',
    title: 'Device Group',
    text: ({ group }) => group.name,
    compare: (a, b) => order(a.group.key, b.group.key),
  },
  {
    name: 'signal',
    title: 'Signal',
    text: ({ rssi }) => (rssi === null ? '' : `${rssi} dBm`),
    compare: (a, b) => order(a.rssi ?? -Infinity, b.rssi ?? -Infinity),
  },
  { name: 'os', title: 'impOS', text: ({ os }) => os, compare: (a, b) => order(a.os, b.os) },
  { name: 'imp', title: 'imp', text: ({ imp }) => imp, compare: (a, b) => order(a.imp, b.imp) },
  { name: 'id', title: 'Id', text: ({ id }) => id, compare: (a, b) => order(a.id, b.id) },
]

/** How devices are compared; equal ones by name and id, so that an order is always the same. */
export function comparing({ by, descending }: Sorting): (a: Device, b: Device) => number {
  const compare = COLUMNS.find(({ name }) => name === by)?.compare ?? (() => 0)
  const sign = descending ? -1 : 1
  return (a, b) => sign * compare(a, b) || order(a.key, b.key) || order(a.id, b.id)
}

interface TableOptions {
  readonly open: (device: Device) => void
  readonly sort: (by: ColumnName) => void
}

export interface Table {
  readonly element: HTMLElement
  readonly show: (devices: readonly Device[], sorting: Sorting) => void
}

/** The devices as a table of which only what is seen exists. Arrows move, Enter opens, a head sorts. */
export function createTable({ open, sort }: TableOptions): Table {
  let devices: readonly Device[] = []
  let active = 0
  const narrow = window.matchMedia('(max-width: 720px)')
  const heads = COLUMNS.map(({ name, title }) =>
    h(
      'div',
      { role: 'columnheader', class: `cell cell-${name}` },
      h('button', { class: 'sort', type: 'button', onclick: () => sort(name) }, title),
    ),
  )
  const head = h('div', { role: 'row', class: 'row row-head', 'aria-rowindex': 1 }, ...heads)
  const scroller = h('div', {
    class: 'table',
    role: 'grid',
    tabindex: 0,
    'aria-label': 'Devices',
    'aria-colcount': COLUMNS.length,
    onkeydown: (event: KeyboardEvent) => {
      if (event.target === scroller) pressed(event)
    },
    onfocus: () => rows.refresh(),
    onblur: () => rows.refresh(),
  })
  const rows = createRows({
    scroller,
    height: () => (narrow.matches ? 56 : 36),
    head: () => head.offsetHeight,
    count: () => devices.length,
    make() {
      const cells = COLUMNS.map(({ name }) => {
        const cell = h('div', { role: 'gridcell', class: `cell cell-${name}` })
        if (name === 'state') cell.append(glyph('unknown'), h('span'))
        return cell
      })
      const row = h('div', { role: 'row', class: 'row' }, ...cells)
      row.addEventListener('click', () => {
        const device = devices[Number(row.dataset['index'])]
        if (device === undefined) return
        active = Number(row.dataset['index'])
        rows.refresh()
        open(device)
      })
      return row
    },
    fill,
  })
  scroller.append(h('div', { role: 'rowgroup', class: 'row-heads' }, head), rows.element)
  narrow.addEventListener('change', rows.refresh)

  function fill(row: HTMLElement, index: number): void {
    const device = devices[index]
    if (device === undefined) return
    row.dataset['index'] = String(index)
    row.id = `device-${index}`
    setAttribute(row, 'aria-rowindex', index + 2)
    setAttribute(row, 'aria-selected', index === active)
    row.classList.toggle('is-active', index === active && document.activeElement === scroller)
    const now = Date.now()
    COLUMNS.forEach((column, i) => {
      const cell = row.children[i]
      if (cell === undefined) return
      const text = column.text(device, now)
      if (column.name === 'state') {
        setGlyph(cell.firstElementChild as SVGSVGElement, device.state)
        setText(cell.lastElementChild as Element, text)
      } else setText(cell, text)
    })
    const seen = `${device.id} ${device.changedAt}`
    const isNews = device.changedAt > 0 && performance.now() - device.changedAt < 1000
    if (
      isNews &&
      row.dataset['seen'] !== seen &&
      !window.matchMedia('(prefers-reduced-motion: reduce)').matches
    )
      row.animate([{ backgroundColor: 'var(--flash)' }, { backgroundColor: 'transparent' }], 1200)
    row.dataset['seen'] = seen
  }

  function pressed(event: KeyboardEvent): void {
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + rows.page(),
      PageUp: active - rows.page(),
      Home: 0,
      End: devices.length - 1,
    }
    const device = devices[active]
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      if (device !== undefined) open(device)
      return
    }
    const to = moves[event.key]
    if (to === undefined || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    active = Math.max(0, Math.min(devices.length - 1, to))
    rows.reveal(active)
    setAttribute(scroller, 'aria-activedescendant', devices.length > 0 ? `device-${active}` : null)
    rows.refresh()
  }

  return {
    element: scroller,
    show(next, sorting) {
      devices = next
      active = Math.max(0, Math.min(active, devices.length - 1))
      setAttribute(scroller, 'aria-rowcount', devices.length + 1)
      setAttribute(scroller, 'aria-activedescendant', null)
      COLUMNS.forEach(({ name }, i) => {
        const state = name !== sorting.by ? 'none' : sorting.descending ? 'descending' : 'ascending'
        setAttribute(heads[i] as Element, 'aria-sort', state)
      })
      rows.refresh()
    },
  }
}
