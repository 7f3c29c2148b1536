import type { Listed } from '../../entities/kinds.ts'
import { tagsTold, told } from '../../entities/told.ts'
import type { Client } from '../../impcentral/client.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import { ImptError } from '../../output/error.ts'
import { named } from '../../output/messages.ts'
import { byCodePoint, type BuildNode, type CodeRef, type CodeTexts } from '../account.ts'
import { codeFolder } from '../folder/layout.ts'
import { grouped } from '../grouped.ts'
import { listBuilds, type Build } from './code-pages.ts'
import { factsOf } from './facts.ts'
import type { CloudQuery } from './read.ts'

type Group = Listed<'dg'>
/** A build without its code, which was handed on. */
type Kept = Listed<'build'> & { readonly ref: CodeRef }

/** The builds of each group by the mode of the folder, oldest first. Lists begin before the groups are known. */
export async function readBuilds(
  client: Client,
  query: CloudQuery,
  groupsRead: Promise<readonly Group[]>,
  pathsRead: Promise<ReadonlyMap<string, string>>,
  unread: Set<string>,
): Promise<Map<string, readonly BuildNode[] | undefined>> {
  const found = new Map<string, Kept>()
  const keep = async (build: Build) => {
    // Code is immutable: what is known is not fetched again (impcentral-api.md 3.5).
    const known = hasCode(build) ? undefined : query.knownCode?.(build.id)
    const whole = known || hasCode(build) ? build : ((await client.deployments.get(build.id)) as Build)
    const ref = known ?? (await query.keepCode(codeIn(whole), await placeOf(build)))
    const { device_code: _device, agent_code: _agent, ...attributes } = whole.attributes
    found.set(build.id, { ...whole, attributes, ref })
  }
  /** Where the code of a build will lie; at worst elsewhere. */
  const placeOf = async ({ id, relationships }: Build) => {
    const groupId = relationships?.['devicegroup']?.id ?? ''
    const path = (await pathsRead).get(groupId) ?? ''
    const group = (await groupsRead).find((one) => one.id === groupId)
    const isCurrent = group?.relationships?.['current_deployment']?.id === id
    return ({ digest }: CodeRef) => (isCurrent ? path : `${path}/${codeFolder(digest)}`)
  }
  const listed: string[] = []
  const keepListed = async (filter: Readonly<Record<string, string>>) => {
    // The code of a page is put aside while the next one is read; of no more pages than that, it is in memory.
    let keeping: Promise<void> = Promise.resolve()
    for await (const builds of listBuilds(client, filter, query.now)) {
      const inScope = new Set((await groupsRead).map(({ id }) => id))
      const ours = builds.filter(({ relationships }) => inScope.has(relationships?.['devicegroup']?.id ?? ''))
      listed.push(...ours.map(({ id }) => id))
      await keeping
      keeping = inParallel(ours, keep)
      keeping.catch(() => undefined)
    }
    await keeping
  }
  if (query.builds !== 'current') {
    const filters = query.products?.map((id) => ({ 'product.id': id })) ?? [{ 'owner.id': query.account.id }]
    for (const filter of filters)
      await keepListed(query.builds === 'all' ? filter : { ...filter, flagged: 'true' })
  }
  const groups = await groupsRead
  const wanted = new Map<string, Set<string>>()
  for (const { relationships, id } of groups) {
    for (const name of ['current_deployment', 'min_supported_deployment']) {
      const build = relationships?.[name]?.id
      if (build !== undefined && !found.has(build))
        wanted.set(build, (wanted.get(build) ?? new Set()).add(id))
    }
  }
  const missing = new Set<string>()
  await inParallel([...wanted], async ([build, groupIds]) => {
    try {
      await keep((await client.deployments.get(build)) as Build)
    } catch (error) {
      if (!(error instanceof ImptError) || (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND'))
        throw error
      for (const id of groupIds) {
        missing.add(id)
        unread.add(id)
      }
    }
  })
  const order = new Map(listed.map((id, i) => [id, i]))
  const byGroup = grouped([...found.values()], ({ relationships }) => relationships?.['devicegroup']?.id)
  return new Map(
    groups.map((group) => [
      group.id,
      missing.has(group.id)
        ? undefined
        : oldestFirst(byGroup.get(group.id) ?? [], order, group).map(nodeOf(group)),
    ]),
  )
}

function nodeOf({ relationships }: Group) {
  return (build: Kept): BuildNode => ({
    code: build.ref,
    description: build.attributes.description || undefined,
    origin: build.attributes.origin || undefined,
    tags: tagsTold(build).toSorted(byCodePoint),
    flagged: told(build.attributes.flagged, 'the flag', 'build', build.id),
    minimum: build.id === relationships?.['min_supported_deployment']?.id,
    current: build.id === relationships?.['current_deployment']?.id,
    cloud: { ...factsOf(build), sha: build.attributes.sha ?? undefined },
  })
}

/** By time; builds of the same moment in the direction of the list. The current one is the last, whatever the clocks say. */
function oldestFirst<T extends Listed<'build'>>(
  builds: readonly T[],
  order: ReadonlyMap<string, number>,
  { relationships }: Group,
): readonly T[] {
  const time = ({ attributes }: T) => Date.parse(attributes.created_at ?? '') || 0
  const isCurrent = ({ id }: T) => (id === relationships?.['current_deployment']?.id ? 1 : 0)
  const inList = builds.toSorted((a, b) => (order.get(a.id) ?? -1) - (order.get(b.id) ?? -1))
  const [first] = inList
  const last = inList.at(-1)
  const isNewestFirst = first !== undefined && last !== undefined && time(first) > time(last)
  if (isNewestFirst) inList.reverse()
  return inList.toSorted((a, b) => isCurrent(a) - isCurrent(b) || time(a) - time(b))
}

export function hasCode({ attributes }: Build): boolean {
  return typeof attributes.device_code === 'string' && typeof attributes.agent_code === 'string'
}

/** The code of a build; never an empty one for one that is not told: DATA then. */
export function codeIn(build: Build): CodeTexts {
  const { device_code: device, agent_code: agent } = build.attributes
  if (typeof device === 'string' && typeof agent === 'string') return { device, agent }
  throw new ImptError('DATA', `impCentral does not give the code of ${named('Deployment', build.id)}.`, {
    hint: 'It is not taken for empty. Try again, or leave builds alone with --without builds',
  })
}
