import type { BuildNode } from '../account.ts'
import type { Cloud } from '../cloud/read.ts'
import type { Folder } from '../folder/read.ts'
import { hintsFor } from '../merge.ts'
import { newName } from './builds.ts'
import type { Change, Field, Op } from './change.ts'
import { matchBuilds } from './match.ts'
import type { Planned } from './plan.ts'

/** A build of the cloud, with no more than tags need. */
export type Tagged = Pick<BuildNode, 'code' | 'tags'> & { readonly id: string }

/** The builds of a group that have a tag, read or not. */
type FindTagged = (groupId: string, tag: string) => Promise<readonly Tagged[]>

/** A change that puts tags on a build, and what stands in its way. */
interface Tagging {
  readonly change: Change
  readonly op: Extract<Op, { readonly do: 'create build' | 'update build' }>
  /** As the folder wants it. */
  readonly build: BuildNode
  /** The tags that it has already. */
  readonly present: readonly string[]
  /** By tag: the builds of other code that have it. */
  readonly holders: ReadonlyMap<string, readonly Tagged[]>
}

/**
 * Keeps a tag with the code that it names, as Git does: where other code of a group has it, it is not given a second time. It stays there and
 * the plan says so, or where `moves` it is taken from there. Builds that the folder has have the tags that the folder says. The origin of code
 * that was edited where it lay stays with that code too: nothing can correct it later.
 */
export async function settleTags(
  { changes, ids }: Planned,
  folder: Folder,
  cloud: Cloud,
  moves: boolean,
  find: FindTagged,
): Promise<readonly Change[]> {
  const groupsOf = ({ products }: Cloud['tree']) => products.flatMap(({ groups }) => groups)
  const theirs = new Map(groupsOf(cloud.tree).map((group) => [group.cloud?.id, group.builds]))
  const ours = new Map(groupsOf(folder.tree).map((group) => [group.path, group.builds]))
  const hinted = hintsFor(folder.hints, cloud.account)?.entities
  const settled = await Promise.all(
    changes.map(async (change) => {
      const { op, path } = change
      if (op?.do !== 'create build' && op?.do !== 'update build') return [change]
      const groupId = ids.get(path) ?? ''
      const [mine, others] = [ours.get(path) ?? [], theirs.get(groupId) ?? []]
      if (others.length === 0) return [change]
      const matched = matchBuilds(mine, others)
      const at =
        op.do === 'create build' ? op.index : matched.findIndex((k) => idOf(others[k ?? -1]) === op.id)
      const build = mine[at] as BuildNode
      const present = others[matched[at] ?? -1]?.tags ?? []
      const inFolder = new Set(matched.map((k) => idOf(others[k ?? -1])))
      const holders = new Map<string, readonly Tagged[]>()
      const note = (tag: string, all: readonly Tagged[]) => {
        const found = all.filter(
          ({ id, tags, code }) =>
            tags.includes(tag) && !inFolder.has(id) && code.digest !== build.code.digest,
        )
        if (found.length > 0) holders.set(tag, found)
        return found.length > 0
      }
      const known = others.map((other) => ({ code: other.code, tags: other.tags, id: idOf(other) ?? '' }))
      for (const tag of build.tags) {
        if (present.includes(tag)) continue
        // One is enough to say that it stays.
        const isEnough = note(tag, known) && !moves
        if (!isEnough && folder.settings.builds !== 'all') note(tag, await find(groupId, tag))
      }
      const tagging = { change, op, build, present, holders }
      if (op.do === 'update build') return updates(tagging, moves)
      const before = others.find(({ current }) => current)
      const isEdited = hinted?.[path]?.builds?.some(({ id }) => id === idOf(before)) === true
      const isForeign = before !== undefined && before.code.digest !== build.code.digest
      const keepsOrigin = !(isEdited && isForeign && before.origin === build.origin)
      return creates(tagging, op, moves, isEdited, keepsOrigin)
    }),
  )
  return settled.flat()
}

function idOf(build: BuildNode | undefined): string | undefined {
  return build?.cloud?.id
}

function creates(
  tagging: Tagging,
  op: Extract<Op, { readonly do: 'create build' }>,
  moves: boolean,
  isEdited: boolean,
  keepsOrigin: boolean,
): readonly Change[] {
  const { change, build, holders } = tagging
  const tags = build.tags.filter((tag) => !holders.has(tag))
  const origin = keepsOrigin ? build.origin : undefined
  const next = { ...build, tags, origin }
  const lost = build.origin !== undefined && !keepsOrigin
  if (holders.size === 0 && !lost) return [change]
  const stays = [
    ...(moves || holders.size === 0 ? [] : [stayText(holders)]),
    ...(lost ? ['the origin stays with it'] : []),
  ]
  const leaves = [
    ...(isEdited && !moves && holders.size > 0 ? ['tags' as const] : []),
    ...(lost ? ['origin' as const] : []),
  ]
  const made: Change = {
    ...change,
    fields: change.fields.map((field) =>
      field.name === 'current' ? { ...field, to: newName(next) } : field,
    ),
    why: [...(change.why === undefined ? [] : [change.why]), ...stays].join('; '),
    op: { ...op, build: next, ...(leaves.length > 0 && { leaves }) },
  }
  return moves && holders.size > 0 ? [made, moved(tagging, op.index)] : [made]
}

function updates(tagging: Tagging, moves: boolean): readonly Change[] {
  const { change, op, build, present, holders } = tagging
  if (holders.size === 0 || op.do !== 'update build') return [change]
  const tags = build.tags.filter((tag) => !holders.has(tag))
  const isSame = tags.toSorted().join(' ') === present.toSorted().join(' ')
  const { tags: _tags, ...attributes } = op.attributes as Record<string, unknown>
  const fields = change.fields.flatMap((field): readonly Field[] =>
    field.name !== 'tags' ? [field] : isSame ? [] : [{ ...field, to: tags.join(', ') }],
  )
  const rest: Change = {
    ...change,
    fields,
    op: { ...op, attributes: isSame ? attributes : { ...attributes, tags } },
  }
  const last: Change = moves
    ? moved(tagging, op.id)
    : {
        kind: change.kind,
        path: change.path,
        id: change.id,
        label: change.label,
        action: 'impossible',
        fields: [{ name: 'tags', from: tags.join(', '), to: build.tags.join(', ') }],
        why: stayText(holders),
      }
  return fields.length > 0 ? [rest, last] : [last]
}

function moved({ change, build, holders }: Tagging, to: string | number): Change {
  const { kind, path } = change
  const from = [...new Set([...holders.values()].flat().map(({ id }) => id))]
  return {
    kind,
    path,
    id: typeof to === 'string' ? to : undefined,
    label: '',
    action: 'change',
    fields: [...holders].map(([tag, found]) => ({
      name: `tag ${tag}`,
      from: found.map(({ id }) => id).join(', '),
      to: typeof to === 'string' ? to : 'the new build',
    })),
    op: { do: 'move tags', group: path, build: to, from, moved: [...holders.keys()], tags: build.tags },
  }
}

function stayText(holders: Tagging['holders']): string {
  const tags = [...holders.keys()]
  const ids = [...new Set([...holders.values()].flat().map(({ id }) => id))]
  const text = tags.length === 1 ? tags[0] : `${tags.slice(0, -1).join(', ')} and ${tags.at(-1)}`
  const [what, verb, them] = tags.length === 1 ? ['tag', 'stays', 'it'] : ['tags', 'stay', 'them']
  return `the ${what} ${text} ${verb} with the build ${ids.join(', ')} (--move-tags moves ${them})`
}
