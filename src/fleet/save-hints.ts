import type { AccountName } from './account.ts'
import type { Applied } from './apply.ts'
import type { Cloud } from './cloud/read.ts'
import type { Disk } from './folder/disk.ts'
import { hintsPath, type BuildHint, type Hint } from './folder/hints.ts'
import { codePaths, json, FORMAT } from './folder/layout.ts'
import type { Folder } from './folder/read.ts'
import { matchBuilds } from './plan/match.ts'
import type { Plan } from './make-plan.ts'
import { noteSource, noteWritten } from './folder/redo.ts'
import { hintOf, hintsFor } from './merge.ts'
import { byCodePoint } from './account.ts'

/** Notes in the folder that all of it is in the cloud now, but for what a plan calls impossible. */
export function noteApplied(disk: Disk, { folder, changes }: Plan, { written }: Applied): Promise<void> {
  const stuck = new Set(changes.flatMap(({ action, path }) => (action === 'impossible' ? [path] : [])))
  const homeOf = (path: string) => path.replace(/(?:\/builds\/[^/]+)?\/[^/]+$/, '')
  const shas = new Map([...folder.shas, ...written])
  return noteWritten(disk, shas, (path) => stuck.has(path) || stuck.has(homeOf(path)))
}

/**
 * Writes down which entities of the account the folder means, as apply left them. Paths that apply did not touch keep their hints. Only ids
 * and times: the folder itself stays as the person wrote it.
 */
export async function saveHints(
  disk: Disk,
  account: AccountName,
  folder: Folder,
  cloud: Cloud,
  applied: Applied,
): Promise<void> {
  const known = hintsFor(folder.hints, account)
  const entities: Record<string, Hint> = { ...known?.entities }
  const products = new Map(cloud.tree.products.map((one) => [one.cloud?.id, one]))
  const groups = new Map(
    cloud.tree.products.flatMap((one) => one.groups.map((group) => [group.cloud?.id, group])),
  )
  for (const product of folder.tree.products) {
    const id = applied.ids.get(product.path)
    const facts = products.get(id)?.cloud
    if (id !== undefined) entities[product.path] = facts ? hintOf(facts) : { id }
    for (const group of product.groups) {
      const groupId = applied.ids.get(group.path)
      if (groupId === undefined) continue
      const theirs = groups.get(groupId)
      const builds = group.builds ?? []
      const found = matchBuilds(builds, theirs?.builds ?? [])
      const hints = builds.map(({ code }, i): BuildHint => {
        const made = applied.builds.get(`${group.path}#${i}`)
        const other = theirs?.builds?.[found[i] ?? -1]?.cloud
        if (made !== undefined) return { id: made, code: code.digest }
        // What was not made goes on meaning the build that its entry was of.
        return other === undefined
          ? (known?.entities[group.path]?.builds?.[i] ?? { id: '', code: code.digest })
          : { id: other.id, sha: other.sha, code: code.digest }
      })
      const at = builds.findIndex(({ minimum }) => minimum)
      // A minimum that the folder left where it was stays as it was hinted: the folder's mark means that build.
      const before = known?.entities[group.path]?.minimum
      const minimum =
        applied.minimums.get(group.path) ??
        before?.id ??
        theirs?.builds?.find((one) => one.minimum)?.cloud?.id
      entities[group.path] = {
        ...(theirs?.cloud ? hintOf(theirs.cloud) : { id: groupId }),
        builds: builds.length > 0 ? hints : known?.entities[group.path]?.builds,
        minimum: at < 0 ? before : { id: minimum ?? hints[at]?.id ?? '', at: codePaths(builds)[at] ?? '' },
      }
    }
  }
  const ordered = Object.fromEntries(Object.entries(entities).sort(([a], [b]) => byCodePoint(a, b)))
  const content = json({ format: FORMAT, account, unread: known?.unread ?? [], entities: ordered })
  const path = hintsPath(account)
  await noteSource(disk, folder.source)
  if ((await disk.read(path))?.toString('utf8') !== content) await disk.write(path, content)
}
