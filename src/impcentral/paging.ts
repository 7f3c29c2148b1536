import { setImmediate } from 'node:timers/promises'
import { batchesOf, flattened } from '../output/batches.ts'
import { ImptError } from '../output/error.ts'
import type { Document } from './api.ts'
import { closable } from './iteration.ts'
import { cancelledError } from './networkfailure.ts'
import { anySignal } from './transport.ts'

export interface Page<T> {
  readonly items: readonly T[]
  readonly isLast: boolean
  /** Number of the last page, if the server told. */
  readonly lastPage?: number
  /** Number of the next page, if the server told. */
  readonly nextPage?: number
}

/** Fetches the page with a number from 1. */
type FetchPage<T> = (page: number, signal: AbortSignal) => Promise<Page<T>>

/** Largest page the server gives (impcentral-api.md 2.4). */
export const PAGE_SIZE = 100
const WIDEST = 32
/** Items of a page are compared with at least as many of the pages before it, and at most twice as many, so that memory stays constant. */
const REMEMBERED_KEYS = 2 * WIDEST * PAGE_SIZE
const MOST_REPEATED_PAGES = 20
/** A list may grow while it is read, but no list grows by more than this beyond what was announced: a tenth, and two pages. */
const MOST_GROWTH = { share: 0.1, pages: 2 }
/** Why requests for pages that nobody needs are given up; a reason of its own spares a DOMException with its stack for each list. */
const ENDED = new Error('the list has ended')

/**
 * All items in page order. Page 1 comes first; then 2, 4, 8 and up to 32 pages are fetched at once while pages are full, or 32 at once if the
 * server names the last page. A page that moved because the list changed brings no item twice (by `keyOf`). When the consumer stops, or the
 * signal is aborted, requests under way are aborted. Throws DATA for a list without end: when the next page is one that was read, when page after
 * page repeats what was there, or when there is far more than the first page announced.
 */
export function listPages<T>(
  fetchPage: FetchPage<T>,
  keyOf: (item: T) => string,
  signal?: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  const stop = new AbortController()
  return flattened(closable(readPages(fetchPage, keyOf, stop, signal), stop))
}

async function* readPages<T>(
  fetchPage: FetchPage<T>,
  keyOf: (item: T) => string,
  stop: AbortController,
  signal?: AbortSignal,
): AsyncGenerator<readonly T[], void, undefined> {
  const pageSignal = anySignal(stop.signal, signal) ?? stop.signal
  const ahead: Promise<Page<T>>[] = []
  const fresh = freshItems(keyOf)
  let nextPage = 1
  let lastPage = Infinity
  let width = 1
  let announced = Infinity
  let repeatedPages = 0

  const fetchAhead = (): void => {
    while (ahead.length < width && nextPage <= lastPage) {
      const number = nextPage++
      const page = fetchPage(number, pageSignal).catch((error: unknown) => {
        if (number > 1 && error instanceof ImptError && error.code === 'NOT_FOUND') return END
        throw error
      })
      page.catch(() => undefined)
      ahead.push(page)
    }
  }

  try {
    fetchAhead()
    for (let number = 1; ; number++) {
      const page = await ahead.shift()
      if (page === undefined) return
      const items = fresh(page.items)
      repeatedPages = items.length === 0 ? repeatedPages + 1 : 0
      if (number === 1 && page.lastPage !== undefined) announced = page.lastPage
      const ended = page.isLast || page.items.length === 0
      if (ended) stop.abort(ENDED)
      else lastPage = Math.max(page.lastPage ?? lastPage, number + 1)
      // Wait until a page is half used: one who wants only the first few items does not pay for more pages.
      const half = ended ? 0 : Math.floor(items.length / 2)
      if (half > 0) yield items.slice(0, half)
      if (!ended && items.length > 0) widen()
      yield items.slice(half)
      if (ended) return
      const fault = endlessness(number, page.nextPage, announced, repeatedPages)
      if (fault !== undefined) throw endlessError(fault)
      if (items.length === 0) widen()
      // Pages that are there already would be consumed in one go, and the requests just made would wait for that.
      await setImmediate()
    }
  } catch (error) {
    throw cancelledError(signal, error)
  } finally {
    stop.abort(ENDED)
  }

  function widen(): void {
    width = lastPage === Infinity ? Math.min(width * 2, WIDEST) : WIDEST
    fetchAhead()
  }
}

/** Why a list with a page after this one would never end; undefined when it may go on. */
function endlessness(
  number: number,
  nextPage: number | undefined,
  announced: number,
  repeatedPages: number,
): string | undefined {
  if (nextPage !== undefined && nextPage <= number) return `page ${number} points back to page ${nextPage}`
  if (repeatedPages > MOST_REPEATED_PAGES) return `${repeatedPages} pages repeat what was there before`
  const most = announced + Math.max(MOST_GROWTH.pages, announced * MOST_GROWTH.share)
  return number >= most
    ? `page 1 announced ${announced} pages, and page ${number} is not the last`
    : undefined
}

/** DATA for a list that would never end; `fault` says why. */
export function endlessError(fault: string): ImptError {
  return new ImptError('DATA', `impCentral gives a list that does not end: ${fault}.`, {
    hint: 'What came so far may be incomplete; check that the API endpoint is the base URL of an impCentral API',
  })
}

/** All items of a list as an array. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const batch of batchesOf(items)) all.push(...batch)
  return all
}

/** Turns the document of one page into a page: without `links`, a page that is not full is the last. */
export function pageOf<T>(document: Document, items: readonly T[], pageSize: number): Page<T> {
  const { links } = document
  const lastPage = pageNumberOf(links?.['last'])
  const nextPage = pageNumberOf(links?.['next'])
  const isLast = links === undefined ? items.length < pageSize : typeof links['next'] !== 'string'
  return {
    items,
    isLast,
    ...(lastPage !== undefined && { lastPage }),
    ...(nextPage !== undefined && { nextPage }),
  }
}

/** Query parameters of one page. */
export function pageQuery(page: number, pageSize: number): Record<string, string> {
  return { 'page[number]': String(page), 'page[size]': String(pageSize) }
}

const END: Page<never> = { items: [], isLast: true }

function pageNumberOf(link: unknown): number | undefined {
  if (typeof link !== 'string') return undefined
  // Only what stands behind the first question mark counts, and parsing the rest of a link takes longer.
  const query = new URLSearchParams(link.slice(link.indexOf('?') + 1))
  const value = Number(query.get('page[number]'))
  return Number.isInteger(value) && value > 0 ? value : undefined
}

/** Keeps of each page what no page shortly before had. */
function freshItems<T>(keyOf: (item: T) => string): (items: readonly T[]) => readonly T[] {
  let known = new Set<string>()
  let before = new Set<string>()
  return (items) => {
    // Fleets of devices go through here: an item is looked for in the older keys only where there are any.
    const keys = items.map(keyOf)
    const isKnown =
      before.size === 0 ? (key: string) => known.has(key) : (key: string) => known.has(key) || before.has(key)
    const fresh = items.filter((_, index) => !isKnown(keys[index] ?? ''))
    if (known.size >= REMEMBERED_KEYS) [before, known] = [known, new Set()]
    for (const key of keys) known.add(key)
    return fresh
  }
}
