import { ImptError } from '../../output/error.ts'
import { isObject } from '../../session/json-file.ts'
import { sha256 } from '../code.ts'
import type { Disk } from './disk.ts'
import type { Folder } from './read.ts'
import { recordAt } from './redo.ts'

const DESCRIBING = '.impt/describing'

/** What an entry of a `builds.json` is to say once its build is made. */
interface Describing {
  /** The group's path, and its id in the cloud. */
  readonly group: string
  readonly groupId: string
  /** The code that is deployed. */
  readonly digest: string
  /** Of the file as the plan read it. */
  readonly sha: string
  readonly index: number
  readonly names: readonly ('tags' | 'origin')[]
  readonly tags: readonly string[]
  readonly origin?: string | undefined
}

/**
 * Makes a build with `make`, and then its entry in `builds.json` say what it has. Before, nothing there changes: what fails leaves the file as
 * it was, and whoever is killed between the two finds the rest done by the next plan. Throws CONFLICT, and makes nothing, if the file was
 * edited since it was read. Gives what `make` gave, and the SHA-256 of the file.
 */
export async function describing<T>(
  disk: Disk,
  wanted: Describing,
  make: () => Promise<T>,
): Promise<{ readonly made: T; readonly sha: string }> {
  await unedited(disk, wanted)
  const note = noteOf(wanted)
  await disk.write(note, JSON.stringify(wanted), true)
  let made: T
  try {
    made = await make()
  } catch (error) {
    // What may have been done after all is found by the next plan.
    if (error instanceof ImptError && !error.mayBeDone) await disk.remove(note)
    throw error
  }
  const sha = await describeBuild(disk, wanted)
  await disk.remove(note)
  return { made, sha }
}

/**
 * Ends what a killed apply left between a build and its entry. `current`: the digest of the code that is current in a group of the cloud;
 * undefined of one that was not read. Whether a file changed.
 */
export async function finishDescribing(
  disk: Disk,
  { shas, tree }: Folder,
  current: (groupId: string) => string | undefined,
): Promise<boolean> {
  let isChanged = false
  const groups = new Set(tree.products.flatMap((one) => one.groups.map(({ path }) => path)))
  for (const { name } of await disk.list(DESCRIBING)) {
    const note = `${DESCRIBING}/${name}`
    const left = await recordAt(disk, note, isDescribing)
    if (left === undefined) continue
    const digest = current(left.groupId)
    if (digest === undefined) continue
    if (digest === left.digest && groups.has(left.group) && shas.get(fileOf(left)) === left.sha) {
      await describeBuild(disk, left)
      isChanged = true
    }
    await disk.remove(note)
  }
  return isChanged
}

function isDescribing(value: unknown): value is Describing {
  if (!isObject(value)) return false
  const { group, groupId, digest, sha, index, names, tags, origin } = value
  return (
    [group, groupId, digest, sha].every((one) => typeof one === 'string') &&
    Number.isInteger(index) &&
    Array.isArray(names) &&
    names.every((one) => one === 'tags' || one === 'origin') &&
    Array.isArray(tags) &&
    tags.every((one) => typeof one === 'string') &&
    (origin === undefined || typeof origin === 'string')
  )
}

const fileOf = ({ group }: Describing) => `${group}/builds.json`
const noteOf = ({ group }: Describing) => `${DESCRIBING}/${sha256(group).slice(0, 16)}.json`

async function unedited(disk: Disk, wanted: Describing): Promise<Buffer> {
  const bytes = await disk.read(fileOf(wanted))
  if (bytes !== undefined && sha256(bytes) === wanted.sha) return bytes
  throw new ImptError('CONFLICT', `"${disk.name}/${fileOf(wanted)}" was edited after it was looked at.`, {
    hint: 'Look at the plan again: what is done is what was reviewed',
  })
}

/** Makes the entry say the tags or the origin that the build has, and leaves the rest of the file as the person wrote it. Gives its SHA-256 then. */
async function describeBuild(disk: Disk, wanted: Describing): Promise<string> {
  const { index, names, tags, origin } = wanted
  const bytes = await unedited(disk, wanted)
  const { modify, applyEdits } = await import('jsonc-parser')
  const [, mark = '', rest = ''] = /^(\ufeff?)([^]*)$/.exec(bytes.toString('utf8')) ?? []
  let text = rest
  const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' }
  const values = { tags: tags.length === 0 ? undefined : tags, origin }
  for (const name of names)
    text = applyEdits(text, modify(text, [index, name], values[name], { formattingOptions }))
  await disk.write(fileOf(wanted), mark + text)
  return sha256(mark + text)
}
