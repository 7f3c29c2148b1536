// The room `dashboard`: a page in the browser that shows a fleet live, and the server it comes from.
// Enters: a `Source`, which reads the account, follows logs and obeys orders; messages of pages that were let in.
// Leaves: files of the page, and messages to such pages, as what they show changes.
// Not known here: the cloud, its client and the login, which never leaves the process.
import type { WebSocket } from 'ws'
import { createAdmission } from './admission.ts'
import { createFleet } from './fleet.ts'
import { listen, type PageFile } from './listener.ts'
import { createLogFeed, messageOf } from './log-feed.ts'
import { createOutbox, type Outbox } from './outbox.ts'
import type { PageMessage, Reading, ServerMessage, Watched } from './protocol.ts'
import type { Source } from './source.ts'

interface DashboardOptions {
  readonly source: Source
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number
  /** Shortest time between two readings, in ms. */
  readonly every: number
  readonly now?: () => number
  /** A browser came in with the code of an address. */
  readonly admitted?: () => void
}

export interface Dashboard {
  readonly port: number
  /** An address that works once and for a minute. */
  readonly address: () => string
  /** Shows a reading that was made elsewhere. */
  readonly show: (reading: Reading) => void
  readonly close: () => Promise<void>
}

/** How often pages are told, in ms. */
const TICK_MS = 250
/** A page that hears nothing for longer takes the connection for lost. */
const SIGN_MS = 10_000
/** How long a page may take to say who it is, in ms. */
const HELLO_MS = 5000
/** A reading may use a twentieth of the time. */
const READING_SHARE = 20
/** How often what a page watches is read again. */
const WATCH_MS = 1000

interface Page {
  readonly outbox: Outbox
  readonly socket: WebSocket
  watches: Watched | null
}

/** Starts the server. Rejects with the error of the port. */
export async function startDashboard(options: DashboardOptions): Promise<Dashboard> {
  const { source, every, now = Date.now } = options
  const stop = new AbortController()
  const admission = createAdmission(now)
  const fleet = createFleet()
  const pages = new Set<Page>()
  let status: Extract<ServerMessage, { kind: 'reading' }> = { kind: 'reading', at: null, every, error: null }
  let reading: Promise<void> | undefined
  let next: NodeJS.Timeout | undefined
  let lastSign = now()
  let lastLook = 0
  const looking = new Set<Watched>()

  const all = (act: (outbox: Outbox) => void) => {
    for (const { outbox } of pages) act(outbox)
  }
  const logs = createLogFeed(
    source,
    {
      status: (status) => all((outbox) => outbox.tellLatest({ kind: 'log-status', status })),
      lines: (lines) => all((outbox) => outbox.tellLines(lines)),
    },
    stop.signal,
  )

  function show(reading: Reading): void {
    const isFirst = fleet.reading() === undefined
    const change = fleet.apply(reading)
    status = { ...status, at: reading.at, error: null }
    all((outbox) => {
      if (change.places) outbox.tellLatest(places(reading))
      if (isFirst) outbox.tellFleet()
      else outbox.tellChange(change)
      outbox.tellLatest(status)
    })
  }

  /** Reads now, unless that is under way; the next reading follows when it may. */
  function read(): void {
    reading ??= (async () => {
      clearTimeout(next)
      const begin = now()
      try {
        show(await source.read(stop.signal))
      } catch (error) {
        status = { ...status, error: messageOf(error) }
        all((outbox) => outbox.tellLatest(status))
      }
      reading = undefined
      const wait = Math.max(every, (now() - begin) * READING_SHARE)
      status = { ...status, every: wait }
      // Nobody looks: the account is left alone.
      if (!stop.signal.aborted) next = setTimeout(() => pages.size > 0 && read(), wait)
    })()
  }

  async function tellWatched(what: Watched): Promise<void> {
    const message = await (what === 'releases' ? releases() : tests())
    for (const { outbox, watches } of pages) if (watches === what) outbox.tellLatest(message)
  }
  const releases = () =>
    source.releases().then(
      (releases): ServerMessage => ({ kind: 'releases', releases, error: null }),
      (error: unknown): ServerMessage => ({ kind: 'releases', releases: [], error: messageOf(error) }),
    )
  const tests = () =>
    source.tests().then(
      (runs): ServerMessage => ({ kind: 'tests', runs, error: null }),
      (error: unknown): ServerMessage => ({ kind: 'tests', runs: [], error: messageOf(error) }),
    )

  const ticking = setInterval(() => {
    if (now() - lastSign >= SIGN_MS) {
      lastSign = now()
      all((outbox) => outbox.tellLatest(status))
    }
    if (now() - lastLook >= WATCH_MS) {
      lastLook = now()
      const watched = new Set([...pages].flatMap(({ watches }) => watches ?? []))
      for (const what of watched) {
        // A slow disk is not asked again before it has answered.
        if (looking.has(what)) continue
        looking.add(what)
        void tellWatched(what).finally(() => looking.delete(what))
      }
    }
    all((outbox) => outbox.flush())
  }, TICK_MS)

  function connected(socket: WebSocket): void {
    let page: Page | undefined
    const late = setTimeout(() => socket.terminate(), HELLO_MS)
    socket.on('error', () => undefined)
    socket.on('close', () => {
      clearTimeout(late)
      if (page !== undefined) pages.delete(page)
    })
    socket.on('message', (data: Buffer) => {
      const message = decoded(data.toString('utf8'))
      if (message === undefined) return socket.terminate()
      if (page !== undefined) return obey(message, page)
      clearTimeout(late)
      if (message.kind !== 'hello' || !admission.admits(message.token)) {
        socket.send(JSON.stringify({ kind: 'refused' } satisfies ServerMessage))
        return socket.close()
      }
      page = { socket, outbox: createOutbox(socket, fleet, now), watches: null }
      pages.add(page)
      welcome(page)
    })
  }

  function welcome({ outbox }: Page): void {
    outbox.tell({ kind: 'welcome', about: source.about })
    const last = fleet.reading()
    if (last !== undefined) {
      outbox.tell(places(last))
      outbox.tellFleet()
    }
    outbox.tell(status)
    outbox.tell({ kind: 'log-status', status: logs.status() })
    outbox.tellLines(logs.recent())
    if (last === undefined || now() - last.at >= every) read()
  }

  function obey(message: PageMessage, page: Page): void {
    const { outbox } = page
    switch (message.kind) {
      case 'hello':
        return
      case 'read':
        return read()
      case 'doctor': {
        const { device } = message
        return void source.diagnose(device, stop.signal).then(
          (diagnosis) => outbox.tell({ kind: 'diagnosis', device, diagnosis, error: null }),
          (error: unknown) =>
            outbox.tell({ kind: 'diagnosis', device, diagnosis: null, error: messageOf(error) }),
        )
      }
      case 'follow':
        return logs.follow(message.device, message.follows)
      case 'watch':
        page.watches = message.what
        return message.what === null ? undefined : void tellWatched(message.what)
      case 'outlook': {
        const { release } = message
        return void source.outlook(release).then(
          (lines) => outbox.tell({ kind: 'outlook', release, lines, error: null }),
          (error: unknown) => outbox.tell({ kind: 'outlook', release, lines: null, error: messageOf(error) }),
        )
      }
      case 'order': {
        const { release, order, retyped } = message
        const refuse = source.about.readOnly
          ? Promise.reject(new Error('This dashboard only looks: it was started with --read-only.'))
          : source.order(release, order, retyped)
        return void refuse
          .then(
            () => outbox.tell({ kind: 'ordered', release, error: null }),
            (error: unknown) => outbox.tell({ kind: 'ordered', release, error: messageOf(error) }),
          )
          .then(() => tellWatched('releases'))
      }
      default:
        message satisfies never
    }
  }

  try {
    const listener = await listen({
      port: options.port,
      files: await pageFiles(),
      admission,
      connected,
      admitted: () => options.admitted?.(),
    })
    return {
      port: listener.port,
      address: () => `http://127.0.0.1:${listener.port}/#${admission.code()}`,
      show,
      async close() {
        stop.abort()
        clearInterval(ticking)
        clearTimeout(next)
        await listener.close()
      },
    }
  } catch (error) {
    clearInterval(ticking)
    throw error
  }
}

function places({ groups, products }: Reading): ServerMessage {
  return { kind: 'places', groups, products }
}

async function pageFiles(): Promise<Readonly<Record<string, PageFile>>> {
  const { html, script, style } = await import('./page/index.html')
  return {
    '/': { type: 'text/html', text: html },
    '/page.js': { type: 'text/javascript', text: script },
    '/page.css': { type: 'text/css', text: style },
    '/icon.svg': { type: 'image/svg+xml', text: ICON },
  }
}

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="4" fill="#0e7c66"/><path d="M4 5h2.6v6H4zM9.4 5H12v2.6H9.4zM9.4 9.2H12v1.8H9.4z" fill="#fff"/></svg>'

/** What a page said; undefined for what is no message of ours. Its texts may be anything. */
function decoded(text: string): PageMessage | undefined {
  try {
    const message = JSON.parse(text) as { readonly [name: string]: unknown } | null
    const is = (name: string) => typeof message?.[name] === 'string'
    const isKnown = (kind: unknown): boolean => {
      switch (kind as PageMessage['kind']) {
        case 'hello':
          return is('token')
        case 'read':
          return true
        case 'doctor':
          return is('device')
        case 'follow':
          return is('device') && typeof message?.['follows'] === 'boolean'
        case 'watch':
          return [null, 'releases', 'tests'].includes(message?.['what'] as string | null)
        case 'outlook':
          return is('release')
        case 'order':
          return (
            is('release') &&
            ['pause', 'resume', 'abort', 'rollback'].includes(message?.['order'] as string) &&
            (message?.['retyped'] === null || is('retyped'))
          )
        default:
          return false
      }
    }
    return isKnown(message?.['kind']) ? (message as unknown as PageMessage) : undefined
  } catch {
    return undefined
  }
}
