// Longer than other files: one view whose parts (choice, filter, rows, selection, place) read the same state.

import type { LogLine, LogStatus } from '../protocol.ts'
import { h, inFrame, setAttribute, setText } from './dom.ts'
import type { Device, FleetStore } from './fleet-store.ts'
import { glyph } from './glyph.ts'
import { notice } from './parts.ts'
import { createRows } from './rows.ts'
import { clockText, countText, plural, tame } from './text.ts'

interface LogsOptions {
  readonly follow: (device: string, follows: boolean) => void
}

export interface LogsView {
  readonly element: HTMLElement
  readonly shown: () => void
  readonly tellStatus: (status: LogStatus) => void
  readonly tellLines: (lines: readonly LogLine[], skipped: number) => void
  /** Follows one more device. */
  readonly add: (id: string) => void
}

/** Lines that are kept; older ones go. */
const KEPT = 10_000
/** Devices that a search offers at once. */
const OFFERED = 8
/** Characters of a line that stand in a row; the rest is shown when it is chosen. */
const ROW_CHARACTERS = 400
const HUES = 8
const READING = 'Reading the fleet\u2026'

interface Line extends LogLine {
  /** Its time in ms; NaN where the server's cannot be read. */
  readonly at: number
  readonly isError: boolean
  readonly lower: string
}

/** The logs of chosen devices as they come. Stays at the end while the end is in sight; a line that is chosen is shown whole. */
export function createLogsView(store: FleetStore, { follow }: LogsOptions): LogsView {
  let status: LogStatus = { state: 'off', devices: [], dropped: [], message: null }
  let lines: Line[] = []
  let shown: Line[] = []
  let held: Line[] | undefined
  let skipped = 0
  let words = ''
  let errorsOnly = false
  let chosen: Line | undefined
  const hues = new Map<string, number>()

  const name = (id: string) => store.devices.get(id)?.name || id
  const hue = (id: string) => {
    const known = hues.get(id) ?? hues.size % HUES
    hues.set(id, known)
    return known
  }

  const pick = h('input', {
    type: 'text',
    role: 'combobox',
    class: 'search',
    placeholder: 'Add a device\u2026',
    'aria-label': 'Add a device',
    'aria-expanded': 'false',
    'aria-controls': 'log-offers',
    'aria-autocomplete': 'list',
    autocomplete: 'off',
    spellcheck: 'false',
    oninput: offerAnew,
    onfocus: offerAnew,
    onblur: ({ relatedTarget }: FocusEvent) => offers.contains(relatedTarget as Node | null) || close(),
    onkeydown: pickPressed,
  })
  const offers = h('div', {
    class: 'offers',
    id: 'log-offers',
    role: 'listbox',
    'aria-label': 'Devices',
    hidden: true,
  })
  let offered: readonly Device[] = []
  let offeredAt = 0
  /** Enter was pressed before the fleet was here: it counts once it is. */
  let isEntered = false
  let isOffering = false

  const chips = h('ul', { class: 'chips', 'aria-label': 'Devices whose logs are shown' })
  const filter = h('input', {
    type: 'search',
    class: 'search',
    placeholder: 'Search in the lines\u2026',
    'aria-label': 'Search in the lines',
    spellcheck: 'false',
    oninput: () => {
      words = filter.value.toLowerCase()
      choose()
    },
  })
  const errors = h(
    'button',
    {
      type: 'button',
      class: 'button',
      'aria-pressed': 'false',
      onclick: () => {
        errorsOnly = !errorsOnly
        setAttribute(errors, 'aria-pressed', errorsOnly)
        choose()
      },
    },
    'Errors only',
  )
  const pause = h(
    'button',
    { type: 'button', class: 'button', 'aria-pressed': 'false', onclick: hold },
    'Pause',
  )
  const clear = h(
    'button',
    {
      type: 'button',
      class: 'button',
      onclick: () => {
        lines = []
        skipped = 0
        choose()
      },
    },
    'Clear',
  )
  const said = h('p', { class: 'log-status', role: 'status' })
  const newer = h('button', {
    type: 'button',
    class: 'button is-main newer',
    hidden: true,
    onclick: () => toEnd(),
  })
  const whole = h('div', { class: 'log-whole', hidden: true })
  const none = h('div', { class: 'blank' })

  const narrow = window.matchMedia('(max-width: 720px)')
  const scroller = h('div', {
    class: 'log',
    role: 'log',
    'aria-live': 'off',
    'aria-label': 'Log lines',
    tabindex: 0,
    onscroll: () => {
      if (rows.isAtEnd()) newer.hidden = true
    },
    onkeydown: pressed,
  })
  const rows = createRows({
    scroller,
    height: () => (narrow.matches ? 44 : 24),
    count: () => shown.length,
    make() {
      const row = h(
        'div',
        { class: 'line' },
        h('span', { class: 'line-time' }),
        h('span', { class: 'line-device', dir: 'auto' }),
        h('span', { class: 'line-type' }),
        h('span', { class: 'line-text', dir: 'auto' }),
      )
      row.addEventListener('click', () => reveal(shown[Number(row.dataset['index'])]))
      return row
    },
    fill(row, index) {
      const line = shown[index]
      const [time, device, type, text] = row.children
      if (line === undefined || !time || !device || !type || !text) return
      row.dataset['index'] = String(index)
      row.className = `line${line.isError ? ' is-error' : ''}${line === chosen ? ' is-chosen' : ''}`
      setText(time, timeText(line.ts))
      setText(device, name(line.device))
      device.className = `line-device hue-${hue(line.device)}`
      setText(type, line.type)
      setText(
        text,
        tame(line.text.length > ROW_CHARACTERS ? `${line.text.slice(0, ROW_CHARACTERS)}\u2026` : line.text),
      )
    },
  })
  rows.element.removeAttribute('role')
  scroller.append(rows.element)

  const element = h(
    'section',
    { class: 'view logs', 'aria-label': 'Logs', hidden: true },
    h('div', { class: 'bar' }, h('div', { class: 'pick' }, pick, offers), chips),
    h('div', { class: 'bar' }, filter, errors, pause, clear, said),
    h('div', { class: 'panel log-body' }, scroller, none, newer),
    whole,
  )

  function offerAnew(): void {
    offered = []
    isOffering = true
    isEntered = false
    offer()
  }

  /** Offers what fits what is typed; the choice stays on a device while that is offered. */
  function offer(): void {
    const wanted = pick.value.toLowerCase().split(/\s+/).filter(Boolean)
    const found: Device[] = []
    for (const device of store.devices.values()) {
      if (status.devices.includes(device.id) || !wanted.every((word) => device.text.includes(word))) continue
      if (found.push(device) === OFFERED) break
    }
    const isReading = found.length === 0 && !store.isWhole()
    const before = offered[offeredAt]?.id
    offered = found
    offeredAt = Math.max(
      0,
      found.findIndex(({ id }) => id === before),
    )
    setAttribute(pick, 'aria-expanded', found.length > 0 || isReading)
    offers.hidden = found.length === 0 && !isReading
    offers.replaceChildren(
      ...(isReading ? [h('div', { role: 'option', 'aria-disabled': 'true', class: 'offer' }, READING)] : []),
      ...found.map((device, i) =>
        h(
          'div',
          {
            role: 'option',
            id: `offer-${i}`,
            class: 'offer',
            'aria-selected': i === offeredAt,
            onpointerdown: (event: Event) => {
              event.preventDefault()
              take(device)
            },
          },
          glyph(device.state),
          h('span', { class: 'offer-name', dir: 'auto' }, device.name || device.id),
          h('span', { class: 'offer-group', dir: 'auto' }, device.group.name),
        ),
      ),
    )
    setAttribute(pick, 'aria-activedescendant', found.length > 0 ? `offer-${offeredAt}` : null)
  }

  store.onChange(() => {
    if (isEntered && store.isWhole()) {
      offerAnew()
      if (offered[0] !== undefined) take(offered[0])
    } else if (isOffering) offer()
  })

  function close(): void {
    offers.hidden = true
    isOffering = false
    setAttribute(pick, 'aria-expanded', 'false')
    setAttribute(pick, 'aria-activedescendant', null)
  }

  function pickPressed(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0 && !isOffering) {
      event.preventDefault()
      offerAnew()
    } else if (step !== 0 && offered.length > 0) {
      event.preventDefault()
      offeredAt = (offeredAt + step + offered.length) % offered.length
      ;[...offers.children].forEach((one, i) => setAttribute(one, 'aria-selected', i === offeredAt))
      setAttribute(pick, 'aria-activedescendant', `offer-${offeredAt}`)
    }
    if (event.key === 'Escape') {
      isEntered = false
      close()
    }
    const device = offered[offeredAt]
    if (event.key !== 'Enter') return
    event.preventDefault()
    if (!isOffering) {
      if (pick.value !== '') offerAnew()
    } else if (device !== undefined) take(device)
    else isEntered = pick.value !== ''
  }

  function take(device: Device): void {
    pick.value = ''
    close()
    add(device.id)
  }

  function add(id: string): void {
    follow(id, true)
  }

  function remove(id: string): void {
    follow(id, false)
    pick.focus()
  }

  const fits = (line: Line) =>
    (!errorsOnly || line.isError) &&
    (words === '' || line.lower.includes(words) || name(line.device).toLowerCase().includes(words))

  function choose(): void {
    shown = (held ?? lines).filter(fits)
    show()
    toEnd()
  }

  function show(): void {
    none.hidden = shown.length > 0
    scroller.hidden = shown.length === 0
    if (shown.length === 0)
      none.replaceChildren(
        status.state === 'off'
          ? notice(
              'No device is followed',
              'Add devices above, or open one in the fleet. An account has one log stream: following one here ends a stream that is open elsewhere.',
            )
          : status.state === 'failed'
            ? notice('The log stream cannot be opened', status.message ?? '')
            : lines.length === 0
              ? notice('Waiting for lines', 'What the devices and their agents log appears here.')
              : notice('No line fits', 'Nothing that came so far has what is searched for.'),
      )
    rows.refresh()
    tellSaid()
  }

  function tellSaid(): void {
    const words: Readonly<Record<LogStatus['state'], string>> = {
      off: '',
      opening: 'Opening\u2026',
      open: held === undefined ? 'Live' : 'Paused',
      reconnecting: status.message ?? '',
      closed: status.message ?? '',
      failed: status.message ?? '',
    }
    const parts = [
      words[status.state],
      ...(lines.length > 0 ? [plural(lines.length, 'line')] : []),
      ...(held === undefined ? [] : [`${countText(lines.length - held.length)} new`]),
      ...(skipped > 0 ? [`${countText(skipped)} came too fast and were left out`] : []),
      ...(status.dropped.length > 0
        ? [`left out by the server: ${status.dropped.map(name).join(', ')}`]
        : []),
    ]
    setText(said, parts.filter(Boolean).join(' \u00b7 '))
    said.classList.toggle('is-trouble', status.state === 'failed' || status.state === 'closed')
  }

  function hold(): void {
    held = held === undefined ? [...lines] : undefined
    setAttribute(pause, 'aria-pressed', held === undefined ? 'false' : 'true')
    if (held === undefined) choose()
    tellSaid()
  }

  function toEnd(): void {
    newer.hidden = true
    requestAnimationFrame(() => rows.toEnd())
  }

  function reveal(line: Line | undefined): void {
    chosen = line === chosen ? undefined : line
    whole.hidden = chosen === undefined
    if (chosen !== undefined)
      whole.replaceChildren(
        h(
          'div',
          { class: 'log-whole-head' },
          h('span', {}, `${chosen.ts} \u00b7 ${name(chosen.device)} \u00b7 ${chosen.type}`),
          h(
            'button',
            { type: 'button', class: 'close', 'aria-label': 'Close the line', onclick: () => reveal(chosen) },
            '\u2715',
          ),
        ),
        h('pre', { tabindex: 0, dir: 'auto', 'aria-label': 'The whole line' }, chosen.text),
      )
    rows.refresh()
  }

  function pressed(event: KeyboardEvent): void {
    if (event.key === 'Escape' && chosen !== undefined) return reveal(chosen)
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const at = chosen === undefined ? -1 : shown.indexOf(chosen)
    const next = at < 0 ? shown.length - 1 : Math.max(0, Math.min(shown.length - 1, at + step))
    if (shown[next] === undefined || next === at) return
    reveal(shown[next])
    rows.reveal(next)
  }

  const showSoon = inFrame(() => {
    if (element.hidden) return
    const wasAtEnd = rows.isAtEnd()
    show()
    if (wasAtEnd && held === undefined) rows.toEnd()
    else if (held === undefined) {
      newer.textContent = 'Newer lines \u2193'
      newer.hidden = false
    }
  })

  return {
    element,
    add,
    shown: choose,
    tellStatus(next) {
      const before = status
      status = next
      if (next.state === 'opening' && before.devices.length === 0) lines = []
      chips.replaceChildren(
        ...next.devices.map((id) =>
          h(
            'li',
            { class: `chip hue-${hue(id)}` },
            h('span', { dir: 'auto' }, name(id)),
            h(
              'button',
              { type: 'button', 'aria-label': `Leave out ${name(id)}`, onclick: () => remove(id) },
              '\u2715',
            ),
          ),
        ),
      )
      if (!element.hidden) show()
    },
    tellLines(more, left) {
      skipped += left
      const fresh = more.map((line) => ({
        ...line,
        at: Date.parse(line.ts),
        isError: /error|exit/.test(line.type),
        lower: `${line.type} ${line.text}`.slice(0, 4000).toLowerCase(),
      }))
      // What was stored of a device that is added later is older than what is here.
      const isLate = (fresh[0]?.at ?? 0) < (lines.at(-1)?.at ?? 0)
      lines.push(...fresh)
      if (isLate) lines.sort((a, b) => a.at - b.at || 0)
      if (lines.length > KEPT) lines = lines.slice(-KEPT)
      if (held === undefined) {
        if (isLate) shown = lines.filter(fits)
        else shown.push(...fresh.filter(fits))
        if (shown.length > KEPT) shown = shown.slice(-KEPT)
      }
      showSoon()
    },
  }
}

function timeText(ts: string): string {
  const at = Date.parse(ts)
  return Number.isNaN(at) ? ts : `${clockText(at)}.${String(new Date(at).getMilliseconds()).padStart(3, '0')}`
}
