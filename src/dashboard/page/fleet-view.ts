import { atMost, h, setAttribute, setText } from './dom.ts'
import type { Device, FleetStore } from './fleet-store.ts'
import { glyph } from './glyph.ts'
import { createMap } from './map.ts'
import { STATE_NAMES, STATES, type State } from './state.ts'
import { comparing, createTable, type ColumnName, type Sorting } from './table.ts'
import { countText, plural } from './text.ts'
import { commandLine, notice } from './parts.ts'

export interface FleetView {
  readonly element: HTMLElement
  readonly shown: () => void
  /** Why the last reading failed; null: it did not. */
  readonly failed: (error: string | null) => void
}

/** How often devices are sorted anew while they change, in ms. */
const SORT_MS = 500
const STORED = 'impt-fleet-as'

/** The fleet as a map and as a table, with counts that filter both. */
export function createFleetView(store: FleetStore, open: (device: Device) => void): FleetView {
  let wanted: State | undefined
  let words: readonly string[] = []
  let groupId = ''
  let as: 'map' | 'table' = sessionStorage.getItem(STORED) === 'table' ? 'table' : 'map'
  let sorting: Sorting = { by: 'state', descending: false }
  let inTable: Device[] = []
  let onMap: Device[] = []
  let failure: string | null = null
  let groupsListed = ''

  const map = createMap(open)
  const table = createTable({
    open,
    sort(by: ColumnName) {
      sorting = { by, descending: sorting.by === by && !sorting.descending }
      choose()
    },
  })

  const total = tile('All devices', undefined)
  const tiles = STATES.map((state) => ({ state, ...tile(STATE_NAMES[state], state) }))
  const search = h('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Name, id, group, Product\u2026',
    'aria-label': 'Search devices',
    spellcheck: 'false',
    autocomplete: 'off',
    oninput: () => {
      words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
      choose()
    },
  })
  const groups = h('select', {
    'aria-label': 'Device Group',
    onchange: () => {
      groupId = groups.value
      choose()
    },
  })
  const asMap = h('button', { type: 'button', onclick: () => turn('map') }, 'Map')
  const asTable = h('button', { type: 'button', onclick: () => turn('table') }, 'Table')
  const found = h('span', { class: 'found' })
  const none = h('div', { class: 'blank', hidden: true })
  const body = h('div', { class: 'panel fleet-body' }, map.element, table.element, none)
  const element = h(
    'section',
    { class: 'view fleet', 'aria-label': 'Fleet' },
    h(
      'div',
      { class: 'tiles', role: 'group', 'aria-label': 'Devices by state' },
      total.element,
      ...tiles.map((one) => one.element),
    ),
    h(
      'div',
      { class: 'bar' },
      search,
      groups,
      found,
      h('div', { class: 'choice', role: 'group', 'aria-label': 'Show as' }, asMap, asTable),
    ),
    body,
  )

  function tile(name: string, state: State | undefined) {
    const count = h('span', { class: 'count' }, '\u2013')
    const element = h(
      'button',
      {
        type: 'button',
        class: 'tile',
        'aria-pressed': 'false',
        onclick: () => {
          wanted = wanted === state ? undefined : state
          choose()
        },
      },
      count,
      h('span', { class: 'label' }, state === undefined ? null : glyph(state), name),
    )
    return { element, count }
  }

  function turn(to: 'map' | 'table'): void {
    as = to
    sessionStorage.setItem(STORED, to)
    show()
  }

  const fits = (device: Device) =>
    (wanted === undefined || device.state === wanted) &&
    (groupId === '' || (device.group.id ?? 'none') === groupId) &&
    words.every((word) => device.text.includes(word))

  /** Finds the devices that are wanted, and their orders, anew. */
  function choose(): void {
    const chosen = [...store.devices.values()].filter(fits)
    inTable = [...chosen].sort(comparing(sorting))
    onMap = chosen.sort(
      (a, b) => compareText(a.group.key, b.group.key) || compareText(a.key, b.key) || compareText(a.id, b.id),
    )
    map.show(onMap)
    table.show(inTable, sorting)
    show()
  }

  /** The same devices as before, as they are now; what fits no more goes with the next sorting. */
  function refresh(): void {
    const now = (device: Device) => store.devices.get(device.id) ?? device
    onMap = onMap.map(now)
    inTable = inTable.map(now)
    if (as === 'map') map.update(onMap)
    else table.show(inTable, sorting)
    count()
  }

  function count(): void {
    const counts = store.counts()
    const hasBegun = store.hasBegun()
    setText(total.count, hasBegun ? countText(store.devices.size) : '\u2013')
    setAttribute(total.element, 'aria-pressed', wanted === undefined)
    for (const { state, element, count } of tiles) {
      setText(count, hasBegun ? countText(counts[state]) : '\u2013')
      setAttribute(element, 'aria-pressed', state === wanted)
      element.classList.toggle('is-none', counts[state] === 0)
      element.hidden = state === 'unknown' && counts[state] === 0 && wanted !== 'unknown'
    }
  }

  function show(): void {
    count()
    const isEmpty = onMap.length === 0
    asMap.setAttribute('aria-pressed', String(as === 'map'))
    asTable.setAttribute('aria-pressed', String(as === 'table'))
    map.element.hidden = as !== 'map' || isEmpty
    table.element.hidden = as !== 'table' || isEmpty
    none.hidden = !isEmpty
    const isFiltered = wanted !== undefined || words.length > 0 || groupId !== ''
    setText(found, isFiltered ? `${countText(onMap.length)} of ${plural(store.devices.size, 'device')}` : '')
    if (isEmpty) none.replaceChildren(emptiness(isFiltered))
  }

  function emptiness(isFiltered: boolean): HTMLElement {
    if (!store.hasBegun() && failure !== null)
      return notice('The fleet cannot be read', failure, h('p', {}, 'It is tried again and again.'))
    if (!store.hasBegun())
      return notice('Reading the fleet\u2026', 'The lists of the account are being read.')
    if (isFiltered)
      return notice(
        'No device fits',
        'Nothing has all of what is searched for.',
        h(
          'button',
          {
            type: 'button',
            class: 'button',
            onclick: () => {
              wanted = undefined
              words = []
              groupId = ''
              search.value = ''
              groups.value = ''
              choose()
              search.focus()
            },
          },
          'Show all devices',
        ),
      )
    return store.about()?.sandbox === true
      ? notice(
          'No devices yet',
          'This command fills the built-in impCentral with virtual ones.',
          commandLine('impt sandbox seed --fleet products=2,groups=8,devices=200'),
        )
      : notice(
          'No devices yet',
          'Devices appear here when they are enrolled with BlinkUp into this account.',
          commandLine('impt device list --owner me'),
        )
  }

  function fillGroups(): void {
    const places = [...store.places()].sort((a, b) => compareText(a.key, b.key))
    const hasUnassigned = [...store.devices.values()].some(({ group }) => group.id === null)
    const before = groups.value
    // A list that is open is closed by new options: only other ones are put in.
    const listed = JSON.stringify([places.map(({ id, name, product }) => [id, name, product]), hasUnassigned])
    if (listed === groupsListed) return
    groupsListed = listed
    groups.replaceChildren(
      h('option', { value: '' }, 'All Device Groups'),
      ...places.map(({ id, name, product }) =>
        h('option', { value: id ?? 'none' }, product === '' ? name : `${product} / ${name}`),
      ),
      ...(hasUnassigned ? [h('option', { value: 'none' }, 'No Device Group')] : []),
    )
    groups.value = [...groups.options].some(({ value }) => value === before) ? before : ''
    groupId = groups.value
  }

  const chooseSometimes = atMost(SORT_MS, choose)
  const fillSometimes = atMost(SORT_MS, () => {
    fillGroups()
    choose()
  })
  store.onChange((ids) => {
    if (ids === null) return fillSometimes()
    if (!element.hidden) refresh()
    chooseSometimes()
  })
  setInterval(() => {
    if (!element.hidden && as === 'table') table.show(inTable, sorting)
  }, 1000)
  fillGroups()
  choose()
  return {
    element,
    shown: choose,
    failed(error) {
      failure = error
      if (!store.hasBegun()) show()
    },
  }
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
