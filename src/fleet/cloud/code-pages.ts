import { resourcesOf } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import { pageOf, pageQuery } from '../../impcentral/paging.ts'
import { SHAPES, type Whole } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'

/** Sizes that a page of builds may have, so that each begins where one of another size ended. */
const SIZES = [100, 50, 25, 10, 5, 1] as const
const FIRST_SIZE = 5
/** A page stays below these: all of its code is in memory at once, and a slow line must not run into a timeout. */
const MOST_BYTES = 8 << 20
const MOST_MS = 15_000
const PATIENCE_MS = 120_000

/** A build of a list, which may carry its code. */
export type Build = Whole<'build'>

/**
 * Lists builds page by page, with as many on a page as their code allows: a list carries all code, or none (impcentral-api.md 2.4). A page
 * that takes too long is asked for again with fewer builds. Each build comes once.
 */
export async function* listBuilds(
  client: Client,
  filter: Readonly<Record<string, string>>,
  now: () => number,
): AsyncGenerator<Build> {
  const filters = Object.fromEntries(
    Object.entries(filter).map(([name, value]) => [`filter[${name}]`, value]),
  )
  const seen = new Set<string>()
  let offset = 0
  let most: number = FIRST_SIZE
  for (;;) {
    const size = SIZES.find((one) => one <= most && offset % one === 0) ?? 1
    const begin = now()
    let page
    try {
      const query = { ...filters, ...pageQuery(offset / size + 1, size) }
      const document = await client.api.get('/deployments', query, { timeout: PATIENCE_MS })
      page = pageOf(document, resourcesOf(document, SHAPES.deployments) as readonly Build[], size)
    } catch (error) {
      if (offset > 0 && error instanceof ImptError && error.code === 'NOT_FOUND') return
      if (!(error instanceof ImptError && error.code === 'TIMEOUT') || size === 1) throw error
      most = SIZES.find((one) => one < size) ?? 1
      continue
    }
    const took = now() - begin
    let bytes = 0
    for (const build of page.items) {
      bytes += (build.attributes.device_code?.length ?? 0) + (build.attributes.agent_code?.length ?? 0)
      if (seen.has(build.id)) continue
      seen.add(build.id)
      yield build
    }
    if (page.isLast || page.items.length === 0) return
    offset += size
    const count = page.items.length
    most = Math.max(1, Math.floor(count * Math.min(MOST_BYTES / (bytes + 1), MOST_MS / (took + 1), 20)))
  }
}
