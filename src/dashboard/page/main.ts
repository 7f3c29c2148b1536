/** The page of `impt dashboard`: a few views on what its server tells. Nothing is kept but the token of the tab. */
import type { PageMessage, ReleaseOrder, ServerMessage } from '../protocol.ts'
import { h, setAttribute, setText } from './dom.ts'
import { createDrawer } from './drawer.ts'
import { createFleetStore } from './fleet-store.ts'
import { createFleetView } from './fleet-view.ts'
import { createLogsView } from './logs-view.ts'
import { createReleasesView } from './releases-view.ts'
import { createTestsView } from './tests-view.ts'
import { openLink, type LinkState } from './link.ts'
import { commandLine, notice } from './parts.ts'
import { ageText, clockText, countText, plural } from './text.ts'

const store = createFleetStore()
const link = openLink({ heard, changed })
/** What was asked or chosen while there was no connection. Orders are never kept: what they are about may be another one by then. */
const kept: PageMessage[] = []
const ORDERS: Readonly<Record<ReleaseOrder, string>> = {
  pause: 'pause',
  resume: 'resume',
  abort: 'abort',
  rollback: 'roll back',
}
let lastRead: number | null = null
let readError: string | null = null
let every = 30_000

const drawer = createDrawer(store, {
  diagnose: (device) => sayOrKeep({ kind: 'doctor', device }),
  showLogs(device) {
    turn('Logs')
    logs.add(device)
  },
})
const fleet = createFleetView(store, drawer.open)
const logs = createLogsView(store, {
  follow: (device, follows) => sayOrKeep({ kind: 'follow', device, follows }),
})
const releases = createReleasesView(store, {
  watch: (watch) => link.say({ kind: 'watch', what: watch ? 'releases' : null }),
  order(release, order, retyped) {
    if (!link.say({ kind: 'order', release, order, retyped }))
      releases.tellOrdered(`impt does not answer: it was not told to ${ORDERS[order]} the release.`)
  },
  outlook: (release) => sayOrKeep({ kind: 'outlook', release }),
})
const tests = createTestsView((watch) => link.say({ kind: 'watch', what: watch ? 'tests' : null }))

interface View {
  readonly name: string
  readonly element: HTMLElement
  readonly shown: () => void
  readonly left?: () => void
}
const views: readonly View[] = [
  { name: 'Fleet', ...fleet },
  { name: 'Logs', ...logs },
  { name: 'Releases', ...releases },
  { name: 'Tests', ...tests },
]
let at = views[0]

const account = h('span', { class: 'account', dir: 'auto' })
const pulse = h('span', { class: 'pulse', 'aria-hidden': 'true' })
const status = h('span', { class: 'status-text' })
const again = h(
  'button',
  { type: 'button', class: 'button is-small', onclick: () => link.say({ kind: 'read' }) },
  'Read now',
)
const tabs = views.map(({ name }) =>
  h('button', { type: 'button', class: 'tab', onclick: () => turn(name) }, name),
)
const nav = h('nav', { 'aria-label': 'Views' }, ...tabs)
const banner = h('div', { class: 'banner', role: 'status', hidden: true })
const live = h('div', { class: 'unseen', 'aria-live': 'polite', role: 'status' })
const content = h('main', {}, ...views.map(({ element }) => element))
const stage = h('div', { class: 'stage' }, content, drawer.element)
const wall = h('main', { class: 'wall', hidden: true })

document.body.replaceChildren(
  h(
    'header',
    {},
    h('h1', {}, logo(), h('span', {}, 'impt')),
    account,
    nav,
    h('div', { class: 'status' }, pulse, status, again),
  ),
  banner,
  stage,
  wall,
  live,
)
turn('Fleet')
changed(link.state())

function logo(): HTMLElement {
  return h('img', { src: '/icon.svg', alt: '', width: 22, height: 22 })
}

function turn(name: string): void {
  const to = views.find((view) => view.name === name)
  if (to !== at) at?.left?.()
  at = to
  views.forEach((view, i) => {
    view.element.hidden = view !== to
    setAttribute(tabs[i] as Element, 'aria-current', view === to ? 'page' : null)
  })
  to?.shown()
}

function sayOrKeep(message: PageMessage): void {
  if (!link.say(message)) kept.push(message)
}

function heard(message: ServerMessage): void {
  switch (message.kind) {
    case 'welcome': {
      const { about } = message
      store.setAbout(about)
      setText(account, `${about.account} \u00b7 ${about.endpoint}`)
      document.title = `${about.account} \u2013 impt dashboard`
      // A new connection knows nothing of what this page looks at.
      at?.shown()
      kept.splice(0).forEach(sayOrKeep)
      return
    }
    case 'places':
      return store.setPlaces(message.groups, message.products)
    case 'devices':
      return store.addPart(message.from, message.total, message.rows)
    case 'changed':
      return store.change(message.rows, message.gone)
    case 'reading':
      lastRead = message.at
      readError = message.error
      fleet.failed(readError)
      every = message.every
      return tick()
    case 'diagnosis':
      return drawer.tell(message.device, message.diagnosis, message.error)
    case 'log-status':
      return logs.tellStatus(message.status)
    case 'log-lines':
      return logs.tellLines(message.lines, message.skipped)
    case 'releases':
      return releases.tell(message.releases, message.error)
    case 'tests':
      return tests.tell(message.runs, message.error)
    case 'outlook':
      return releases.tellOutlook(message.release, message.lines, message.error)
    case 'ordered':
      return releases.tellOrdered(message.error)
    case 'refused':
      return
    default:
      message satisfies never
  }
}

function changed(state: LinkState): void {
  const isOut = state === 'no-address' || state === 'refused'
  wall.hidden = !isOut
  stage.hidden = isOut
  nav.hidden = isOut
  if (isOut)
    wall.replaceChildren(
      state === 'refused'
        ? notice(
            'This page is of an earlier dashboard',
            'The dashboard that it came from has ended. Start it again, and open the address that it prints.',
            commandLine('impt dashboard'),
          )
        : notice(
            'This address was used already',
            'Each address works once, for a minute. Press Enter where the dashboard runs to get a new one, or start it again.',
            commandLine('impt dashboard'),
          ),
    )
  tick()
}

/** What the head and the banner say of how fresh all this is. */
function tick(): void {
  const state = link.state()
  const age = lastRead === null ? undefined : Date.now() - lastRead
  const isOld = age !== undefined && age > 3 * every
  document.body.dataset['link'] = state === 'live' && (readError !== null || isOld) ? 'stale' : state
  setText(
    status,
    state === 'live'
      ? age === undefined
        ? readError === null
          ? 'Reading\u2026'
          : 'Not read'
        : `Read ${ageText(age)} ago`
      : state === 'connecting'
        ? 'Connecting\u2026'
        : state === 'lost'
          ? 'Connection lost'
          : 'Not connected',
  )
  again.hidden = state !== 'live'
  const of = lastRead === null ? '' : ` What you see is of ${clockText(lastRead)}.`
  const text =
    state === 'lost'
      ? `impt does not answer; the page goes on trying.${of}`
      : state === 'live' && readError !== null
        ? `The last reading failed: ${readError.replace(/\.?$/, '.')}${of}`
        : ''
  banner.hidden = text === ''
  setText(banner, text)
}

let told = ''
setInterval(() => {
  tick()
}, 1000)
setInterval(() => store.age(Date.now()), 60_000)
// A sentence for those who listen, no more often than it can be listened to.
setInterval(() => {
  if (!store.isWhole()) return
  const { online, weak, 'no-agent': down } = store.counts()
  const text = `${countText(online + weak + down)} of ${plural(store.devices.size, 'device')} online`
  if (text !== told) setText(live, text)
  told = text
}, 5000)
