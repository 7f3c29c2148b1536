import type { BuildNode } from '../account.ts'
import { codePaths } from '../folder/layout.ts'
import type { Change, Field } from './change.ts'
import { matchBuilds } from './match.ts'
import type { GroupPair, PlanContext } from './plan.ts'

/** What differs between the builds of a group. A build that is created becomes current at once (fleet C1): older ones are made in empty groups only. */
export function planBuilds({ ours, theirs, devices }: GroupPair, context: PlanContext): readonly Change[] {
  const mine = ours.builds
  const others = theirs === undefined ? [] : theirs.builds
  if (mine === undefined || others === undefined) return []
  const found = matchBuilds(mine, others)
  const isMissing = (i: number) => found[i] === undefined
  // What is there is the beginning of what the folder has: the rest may follow in order where no device can load what is in between.
  const isBeginning = others.every((_, k) => found[k] === k)
  const mayFill = devices === 0 && isBeginning
  const made = new Set<number>()
  const theirCurrent = others.find((one) => one.current)
  const changes = mine.flatMap((build, i): readonly Change[] => {
    const base = { kind: 'build', path: ours.path, label: labelOf(build) } as const
    if (isMissing(i)) {
      if (!build.current && !mayFill) {
        const why = build.minimum
          ? 'the minimum supported deployment of the cloud is another build, and never moves back'
          : 'it would become the current build of a group that has builds or devices'
        return [{ ...base, action: 'impossible', fields: [], why }]
      }
      made.add(i)
      const op = { do: 'create build', group: ours.path, build, index: i } as const
      if (!build.current || theirCurrent === undefined || mayFill)
        return [{ ...base, action: 'create', fields: [], op }]
      return [
        {
          ...base,
          action: 'change',
          id: theirCurrent.cloud?.id,
          label: '',
          fields: [{ name: 'current', from: nameOf(theirCurrent), to: newName(build) }],
          code: { from: theirCurrent.cloud?.id ?? '', to: build.code.digest },
          why: 'taken at the next restart or reconnect',
          op,
        },
      ]
    }
    const other = others[found[i] as number] as BuildNode
    return changesOf(build, other, base)
  })
  return [
    ...changes,
    ...planMinimum(mine, others, found, made, ours.path, theirs !== undefined, context),
    ...kept(),
  ]

  /** Builds that the folder does not have; a folder of current builds says nothing of others. */
  function kept(): readonly Change[] {
    if (context.folder.settings.builds === 'current' || others === undefined) return []
    const used = new Set(found)
    return others.flatMap((build, k) =>
      used.has(k)
        ? []
        : [
            {
              kind: 'build',
              path: ours.path,
              id: build.cloud?.id,
              label: labelOf(build),
              action: 'keep',
              fields: [],
              why: 'kept (builds are never deleted)',
              lasting: true,
            },
          ],
    )
  }
}

function changesOf(
  build: BuildNode,
  other: BuildNode,
  base: { readonly kind: 'build'; readonly path: string; readonly label: string },
): readonly Change[] {
  const id = other.cloud?.id ?? ''
  const fields: Field[] = []
  const attributes: Record<string, unknown> = {}
  const note = (name: 'description' | 'flagged') => {
    if (build[name] === other[name]) return
    fields.push({ name, from: other[name], to: build[name] })
    attributes[name] = build[name] ?? null
  }
  note('description')
  if (build.tags.toSorted().join(' ') !== other.tags.toSorted().join(' ')) {
    fields.push({ name: 'tags', from: other.tags.join(', '), to: build.tags.join(', ') })
    attributes['tags'] = build.tags
  }
  note('flagged')
  const changes: Change[] = []
  if (fields.length > 0) {
    const op = { do: 'update build', id, attributes, updatedAt: other.cloud?.updatedAt } as const
    changes.push({ ...base, id, action: 'change', fields, op })
  }
  if (build.origin !== other.origin) {
    const origin = [{ name: 'origin', from: other.origin, to: build.origin }]
    changes.push({
      ...base,
      id,
      action: 'impossible',
      fields: origin,
      why: 'the origin is fixed when a build is made',
    })
  }
  return changes
}

/** The minimum only moves forward, and only where the folder says so since it was pulled (fleet C6). */
function planMinimum(
  mine: readonly BuildNode[],
  others: readonly BuildNode[],
  found: readonly (number | undefined)[],
  made: ReadonlySet<number>,
  path: string,
  exists: boolean,
  { hints }: PlanContext,
): readonly Change[] {
  const at = mine.findIndex(({ minimum }) => minimum)
  const build = mine[at]
  if (build === undefined) return []
  const theirs = others.findIndex(({ minimum }) => minimum)
  const hint = hints?.entities[path]?.minimum
  const isAsPulled =
    exists && hint !== undefined && hint.at === codePaths(mine)[at] && hint.id === others[theirs]?.cloud?.id
  const match = found[at]
  if (isAsPulled || (match !== undefined && match === theirs)) return []
  const from = others[theirs]
  const change = {
    kind: 'build',
    path,
    label: '',
    fields: [{ name: 'minimum', from: from && nameOf(from), to: nameOf(build) }],
  } as const
  if (match !== undefined && match < theirs)
    return [{ ...change, action: 'impossible', why: 'the minimum supported deployment never moves back' }]
  if (match === undefined && !made.has(at)) return []
  // The first build of a group is its minimum by itself.
  if (match === undefined && at === 0 && others.length === 0) return []
  const op = {
    do: 'set minimum',
    group: path,
    build: match === undefined ? at : (others[match]?.cloud?.id ?? ''),
  } as const
  const why = exists ? 'devices below it restart at once' : undefined
  return [{ ...change, action: 'change', why, op }]
}

/** How a build that is to be made is called: its description is that of the code before as well. */
export function newName({ tags }: Pick<BuildNode, 'tags'>): string {
  return tags.length > 0 ? tags.join(', ') : 'new code'
}

/** How a build is called in a plan: by its tags, else by what else there is. */
export function nameOf({ tags, description, cloud, code }: BuildNode): string {
  if (tags.length > 0) return tags.join(', ')
  return description ?? cloud?.id ?? code.digest.slice(0, 12)
}

function labelOf(build: BuildNode): string {
  return `${nameOf(build)}${build.current ? ' (current)' : ''}`
}
