import { resourcesOf } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import { endlessError, pageOf, pageQuery } from '../../impcentral/paging.ts'
import { SHAPES, type Whole } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'

/** Sizes that a page of builds may have, so that each begins where one of another size ended. */
const SIZES = [100, 50, 25, 10, 5, 1] as const
const FIRST_SIZE = 5
/** From this size on, the builds of the first page are read again. */
const WORTH_AGAIN = 25
/** A page stays below these: all of its code is in memory at once, and a slow line must not run into a timeout. */
const MOST_BYTES = 8 << 20
const MOST_MS = 15_000
const PATIENCE_MS = 120_000
/** Pages that are under way together: no more than this, and no more code than two large pages have. */
const WIDEST = 16
/** Pages in a row that bring nothing new: a list that goes round. */
const MOST_REPEATED = 20

/** A build of a list, which may carry its code. */
export type Build = Whole<'build'>

/** A stretch of the list; `count` is what the server gave for it. */
interface Stretch {
  readonly builds: readonly Build[]
  readonly count: number
  readonly isLast: boolean
  /** How many builds there are, rounded up to pages, if the server told. */
  readonly total: number | undefined
}

/**
 * Lists builds page by page in their order, with as many on a page as their code allows: a list carries all code, or none
 * (impcentral-api.md 2.4). Once the first page tells how large they are, pages are read several at a time. A page that takes too long is asked
 * for again with fewer builds. Each build comes once. Throws DATA for a list that goes round.
 */
export async function* listBuilds(
  client: Client,
  filter: Readonly<Record<string, string>>,
  now: () => number,
): AsyncGenerator<readonly Build[]> {
  const filters = Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [`filter[${name}]`, value]),
  )
  const seen = new Set<string>()
  const ahead: Promise<Stretch>[] = []
  let offset = 0
  let end = Infinity
  let most: number = FIRST_SIZE
  let bytesEach = MOST_BYTES
  let width = 1
  let repeated = 0

  async function page(from: number, size: number): Promise<Stretch> {
    const begin = now()
    const query = { ...filters, ...pageQuery(from / size + 1, size) }
    const document = await client.api.get('/deployments', query, { timeout: PATIENCE_MS })
    const { items, isLast, lastPage } = pageOf(
      document,
      resourcesOf(document, SHAPES.deployments) as readonly Build[],
      size,
    )
    const bytes = items.reduce((sum, { attributes: { device_code, agent_code } }) => {
      return sum + (device_code?.length ?? 0) + (agent_code?.length ?? 0)
    }, 1)
    bytesEach = from === 0 ? bytes / Math.max(1, items.length) : Math.max(bytesEach, bytes / size)
    most = Math.max(1, Math.min(MOST_BYTES / bytesEach, (MOST_MS / (now() - begin + 1)) * items.length, 100))
    return { builds: items, count: items.length, isLast, total: lastPage && lastPage * size }
  }

  /** A stretch of builds, in smaller pages where one page of them takes too long. */
  async function stretch(from: number, size: number): Promise<Stretch> {
    try {
      return await page(from, size)
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      if (from > 0 && error.code === 'NOT_FOUND') return END
      if (error.code !== 'TIMEOUT' || size === 1) throw error
      const part = SIZES.find((one) => one < size && size % one === 0) ?? 1
      const parts: Stretch[] = []
      for (let at = from; at < from + size; at += part) {
        const next = await stretch(at, part)
        parts.push(next)
        if (next.isLast || next.count === 0) break
      }
      const last = parts.at(-1) as Stretch
      return {
        ...last,
        builds: parts.flatMap(({ builds }) => builds),
        count: parts.reduce((sum, { count }) => sum + count, 0),
      }
    }
  }

  for (;;) {
    while (ahead.length < width && offset < end) {
      const size = SIZES.find((one) => one <= most && offset % one === 0) ?? 1
      const next = stretch(offset, size)
      next.catch(() => undefined)
      ahead.push(next)
      offset += size
    }
    const next = await ahead.shift()
    if (next === undefined) return
    const { builds, count, isLast, total } = next
    const fresh = builds.filter(({ id }) => !seen.has(id))
    for (const { id } of fresh) seen.add(id)
    yield fresh
    if (isLast || count === 0) {
      // Nothing goes on behind the end.
      await Promise.allSettled(ahead)
      return
    }
    repeated = fresh.length === 0 ? repeated + 1 : 0
    if (repeated > MOST_REPEATED) throw endlessError(`${repeated} pages repeat what was there before`)
    // Large pages from the beginning take fewer requests than small ones up to where a large one may begin.
    if (offset === FIRST_SIZE && most >= WORTH_AGAIN) offset = 0
    // A list may have grown since; what is behind the end it told is found one page at a time.
    end = Math.max(total ?? Infinity, ahead.length === 0 ? offset + 1 : 0)
    const pages = Math.floor((2 * MOST_BYTES) / (bytesEach * Math.max(1, Math.floor(most))))
    width = Math.max(1, Math.min(pages, WIDEST, total === undefined ? width * 2 : WIDEST))
  }
}

const END: Stretch = { builds: [], count: 0, isLast: true, total: undefined }
