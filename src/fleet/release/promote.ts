import { createHash } from 'node:crypto'
import type { Whole } from '../../entities/kinds.ts'
import type { CallOptions } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import { ImptError } from '../../output/error.ts'
import type { Progress } from './progress.ts'
import type { ReleasePlan, StageGroup } from './types.ts'

/** Tag of builds that a release is at work with, seen by other machines. */
export const RUNNING = 'release-running'
/** Characters of all tags of a build (impcentral-api.md 9). */
const MOST_TAG_CHARACTERS = 500

/** The tag of the builds that a release made. */
function tagOf({ kind, id }: Pick<ReleasePlan, 'kind' | 'id'>): string {
  return `${kind}-${id}`
}

/** The id of the release in the tags of a build. */
export function releaseIn(tags: readonly string[]): string | undefined {
  for (const tag of tags) {
    const [, id] = /^(?:release|rollback)-(\d{8}-\d{6}-[0-9a-f]{4})$/.exec(tag) ?? []
    if (id !== undefined) return id
  }
  return undefined
}

/** Both texts of a build; a server that tells none is an error: unknown is never the same as empty. */
export async function codeOf(client: Client, id: string, options: CallOptions) {
  const build = (await client.deployments.get(id, options)) as Whole<'build'>
  const { device_code: device, agent_code: agent } = build.attributes
  if (typeof device !== 'string' || typeof agent !== 'string')
    throw new ImptError('DATA', `The server does not tell the code of Deployment "${id}".`, {
      hint: 'Nothing was changed',
    })
  return { build, device, agent }
}

interface Promotion {
  readonly build: string
  readonly made: boolean
  /** When the copy was made, by the clock of the server. */
  readonly created?: string
  readonly before?: string
  /** The server gives equal text another SHA. */
  readonly isOddSha: boolean
}

/**
 * Gives a group the build of a release: flags the present one and copies the new one there, or finds the copy that an earlier run made.
 * A group that has this text already gets none. Throws CONFLICT if the server holds another text than was sent: nothing restarts then.
 */
export async function promote(
  client: Client,
  plan: ReleasePlan,
  group: StageGroup,
  wasBegun: boolean,
  options: CallOptions,
): Promise<Promotion> {
  const { build: source, device, agent } = await codeOf(client, group.source.id, options)
  const read = await client.deviceGroups.get(group.id, options)
  const current = read.relationships?.['current_deployment']?.id
  const own = async () => {
    const found = await collect(
      client.deployments.list({ 'devicegroup.id': group.id, tags: tagOf(plan) }, options),
    )
    return found.find((one) => one.relationships?.['devicegroup']?.id === group.id)
  }
  const tags = tagsFor(plan, source.attributes.tags ?? [])
  const checked = async (id: string, made: boolean): Promise<Promotion> => {
    const copy = await codeOf(client, id, options)
    if (copy.device !== device || copy.agent !== agent)
      throw new ImptError(
        'CONFLICT',
        `Deployment "${id}" in Device Group "${group.name}" holds another text than was sent; nothing was restarted.`,
        { hint: 'Look at it with "impt build diff"' },
      )
    const before = made ? group.before : current
    const created = copy.build.attributes.created_at
    return {
      build: id,
      made,
      ...(made && typeof created === 'string' && { created }),
      ...(before !== undefined && { before }),
      isOddSha: copy.build.attributes.sha !== source.attributes.sha,
    }
  }

  if (wasBegun) {
    const made = await own()
    // What was current before had the text already, and was only tagged.
    if (made !== undefined) return checked(made.id, made.id !== group.before)
  }
  if (current !== group.before)
    throw new ImptError(
      'CONFLICT',
      `Device Group "${group.name}" got another build since the release was planned: ${current ?? 'none'}.`,
      { hint: 'Abort this release and start another one' },
    )
  if (current !== undefined) {
    const present = await codeOf(client, current, options)
    if (present.device === device && present.agent === agent) {
      const known = present.build.attributes.tags ?? []
      await client.deployments.update(current, { tags: tagsFor(plan, known) }, options)
      return checked(current, false)
    }
    if (present.build.attributes.flagged !== true)
      await client.deployments.update(current, { flagged: true }, options)
  }
  const { description } = source.attributes
  const reason = plan.reason === '' ? '' : `: ${plan.reason}`
  try {
    const made = await client.deployments.create(
      {
        device_code: device,
        agent_code: agent,
        flagged: true,
        tags,
        ...(typeof description === 'string' && description !== '' && { description }),
        origin: `impt ${plan.kind} ${plan.id} from ${group.source.group}/${group.source.label} by ${plan.by}${reason}`,
      },
      { type: group.type, id: group.id },
      options,
    )
    return await checked(made.id, true)
  } catch (error) {
    if (!(error instanceof ImptError) || !error.mayBeDone) throw error
    const made = await own()
    if (made === undefined) throw error
    return checked(made.id, true)
  }
}

/** Ours, then those of the source as far as there is room; a marker of another release is not taken along. */
function tagsFor(plan: ReleasePlan, source: readonly string[]): readonly string[] {
  const tags: string[] = []
  let length = 0
  for (const tag of [tagOf(plan), RUNNING, ...plan.settings.tags, ...source]) {
    if (tags.includes(tag) || length + tag.length > MOST_TAG_CHARACTERS) continue
    tags.push(tag)
    length += tag.length
  }
  return tags
}

/** Takes the marker off a build; a build that is gone has none. */
export async function unmark(client: Client, build: string, options: CallOptions): Promise<void> {
  try {
    const { attributes } = (await client.deployments.get(build, options)) as Whole<'build'>
    const tags = attributes.tags ?? []
    if (!tags.includes(RUNNING)) return
    await client.deployments.update(build, { tags: tags.filter((tag) => tag !== RUNNING) }, options)
  } catch (error) {
    if (!(error instanceof ImptError) || error.code !== 'NOT_FOUND') throw error
  }
}

/** Takes the markers off all builds of a release. */
export async function unmarkAll(client: Client, { promoted }: Progress, options: CallOptions): Promise<void> {
  for (const { build } of promoted.values()) await unmark(client, build, options)
}

/**
 * Reads that a group still has the build of the release. Throws CONFLICT with the other build and its creator (impcentral-api.md 3: there
 * are no locks).
 */
export async function assertOurs(
  client: Client,
  group: StageGroup,
  build: string,
  options: CallOptions,
): Promise<void> {
  const read = await client.deviceGroups.get(group.id, options)
  const current = read.relationships?.['current_deployment']?.id
  if (current === build) return
  let by = ''
  if (current !== undefined) {
    const other = await client.deployments.get(current, options).catch(() => undefined)
    const creator = other?.relationships?.['creator']?.id
    const account =
      creator === undefined ? undefined : await client.accounts.get(creator, options).catch(() => undefined)
    const name = account?.attributes['username'] ?? creator
    if (typeof name === 'string') by = ` by ${name}`
  }
  throw new ImptError(
    'CONFLICT',
    `Device Group "${group.name}" runs another build than this release put there: ${current ?? 'none'}${by}.`,
    { hint: 'Look at it with "impt build diff", then abort this release or put its build back' },
  )
}

/** Tells whether variables are as they were, without telling them. */
export function fingerprint(id: string, env: unknown): string {
  const entries = Object.entries((env ?? {}) as Record<string, unknown>).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([id, entries]))
    .digest('hex')
    .slice(0, 16)
}
