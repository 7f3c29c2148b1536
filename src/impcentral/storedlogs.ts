import { createHash } from 'node:crypto'
import { timeOf } from './logledger.ts'
import { endlessError, type Page } from './paging.ts'
import type { LogEntry } from './types.ts'

/** Entries of a device and its agent may overtake each other a little on their way into the store. */
const OVERTAKING_MS = 5000
/** How many entries are compared with those of later pages. */
const REMEMBERED = 20_000
const MOST_REPEATED_PAGES = 100
const LONG = 100

/**
 * All stored entries of a device as the pages give them, the newest first, until they are older than `since` (ms since 1970). Pages are read
 * one after the other: what is logged meanwhile moves entries to later pages, so that an entry may come twice, but none is passed over. What came
 * before is left out, and so is what is newer than the first page; equal entries of one millisecond are left in as long as the first page shows that nothing has moved. Throws DATA for pages
 * without end.
 */
export async function* storedLogs(
  read: (page: number) => Promise<Page<LogEntry>>,
  since = -Infinity,
): AsyncGenerator<LogEntry> {
  for await (const { items } of storedPages(read, since)) yield* items
}

/** The same page by page, for whoever stops between them. A page of which everything has come before is empty. */
export async function* storedPages(
  read: (page: number) => Promise<Page<LogEntry>>,
  since = -Infinity,
): AsyncGenerator<Page<LogEntry>> {
  const known = new Set<string>()
  let first: readonly string[] = []
  let newest = Infinity
  let hasMoved = false
  let repeated = 0
  for (let number = 1; ; number++) {
    const { items, isLast } = await read(number)
    const keys = items.map(keyOf)
    if (number === 1) {
      first = keys
      newest = Math.max(...items.map(timeOf))
    } else if (!hasMoved && keys.some((key) => known.has(key)))
      hasMoved = !isSame(first, (await read(1)).items.map(keyOf))
    let isRepeated = true
    const fresh: LogEntry[] = []
    for (const [index, entry] of items.entries()) {
      const isNewer = timeOf(entry) > newest
      const isKnown = known.has(keys[index] ?? '')
      isRepeated &&= isNewer || isKnown
      if (!isNewer && !(isKnown && hasMoved)) fresh.push(entry)
    }
    yield { items: fresh, isLast }
    if (isLast || items.every((entry) => timeOf(entry) < since - OVERTAKING_MS)) return
    repeated = isRepeated ? repeated + 1 : 0
    if (repeated > MOST_REPEATED_PAGES) throw endlessError(`${repeated} pages repeat what was there before`)
    for (const key of keys) known.add(key)
    for (const key of known) {
      if (known.size <= REMEMBERED) break
      known.delete(key)
    }
  }
}

/** Entries have no id. Long ones are not kept to compare them. */
function keyOf(entry: LogEntry): string {
  const text = JSON.stringify(entry)
  return text.length > LONG ? createHash('sha256').update(text).digest('base64') : text
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((key, index) => key === other[index])
}
