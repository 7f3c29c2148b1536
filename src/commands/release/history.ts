import type { Finder } from '../../entities/finder.ts'
import { releaseIn } from '../../fleet/release/promote.ts'
import type { PeopleTable } from '../../output/columns.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { finderOf } from '../common.ts'
import type { Run } from '../context.ts'
import { listOf } from '../options.ts'
import { listed } from '../fleet/listed.ts'
import { allReleases, releasesHere, type ShownRelease } from './shop.ts'
import { counted } from '../../output/messages.ts'

/** `impt release history`: the releases of this machine, or what the builds of groups say about any. */
export const history: Run = async (context, options) => {
  const texts = listOf(options, 'dg')
  if (texts.length > 0) {
    const rows = await cloudHistory(await finderOf(context), texts)
    const head =
      rows.length === 0
        ? 'No build of these groups says that a release made it.'
        : `${counted(rows.length, 'build')} of releases:`
    return listed(
      rows,
      head,
      tableOf(
        rows,
        ['release', 'build', 'at', 'group', 'origin', 'tags'],
        ['release', 'build'],
        ['group', 'origin', 'tags'],
      ),
    )
  }
  const rows = (await allReleases(await releasesHere(context))).map(rowOf)
  return listedReleases(rows, rows)
}

/** Releases, a line each for people; `value` is what programs get of them. */
export function listedReleases(value: readonly object[], rows: readonly ReleaseRow[]): Result {
  const head =
    rows.length === 0
      ? 'No release was started on this machine.'
      : `${counted(rows.length, 'release')}, newest first:`
  const table = tableOf(rows, RELEASES, ['release', 'state'], ['groups', 'build', 'reason', 'by'])
  return listed(value, head, table, rows)
}

type ReleaseRow = ReturnType<typeof rowOf>

/** A release in one line. */
export function rowOf({
  release,
  kind,
  state,
  started,
  by,
  reason,
  groups,
  restarted,
  errors,
  offline,
  silent,
}: ShownRelease) {
  const names = groups.map((one) => one.group).join(', ')
  const build = groups[0]?.source ?? null
  return {
    release,
    kind,
    state,
    started,
    by,
    groups: names,
    build,
    restarted,
    errors,
    offline,
    silent,
    reason,
  }
}

/** The columns of releases, what people look for first. */
const RELEASES = [
  'release',
  'state',
  'groups',
  'build',
  'errors',
  'restarted',
  'started',
  'reason',
  'by',
  'offline',
  'silent',
  'kind',
]

/** Records as a table for people with these columns; some are never left out, and some may be shortened. */
export function tableOf(
  rows: readonly Readonly<Record<string, string | number | boolean | null | undefined>>[],
  titles: readonly string[],
  keeps: readonly string[],
  shrinks: readonly string[],
): PeopleTable {
  return {
    columns: titles.map((title) => ({
      title,
      keeps: keeps.includes(title),
      shrinks: shrinks.includes(title),
    })),
    rows: rows.map((row) => titles.map((title) => visible(String(row[title] ?? '')))),
  }
}

/** What the builds of groups say about releases, from any machine. */
async function cloudHistory(finder: Finder, texts: readonly string[]) {
  const rows: {
    at: string
    group: string
    release: string | null
    build: string
    origin: string
    tags: string
  }[] = []
  for (const text of texts) {
    const { id, attributes } = await finder.find('dg', text)
    for await (const build of finder.list('build', { 'devicegroup.id': id })) {
      const { tags, origin, created_at: at } = build.attributes
      const release = releaseIn(tags ?? [])
      if (release === undefined) continue
      rows.push({
        at: at ?? '',
        group: attributes.name ?? id,
        release,
        build: build.id,
        origin: visible(origin ?? ''),
        tags: (tags ?? []).join(' '),
      })
    }
  }
  return rows.sort((a, b) => (a.at < b.at ? 1 : -1))
}
