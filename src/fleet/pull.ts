import { join } from 'node:path'
import type { Client } from '../impcentral/client.ts'
import { inParallel } from '../impcentral/parallel.ts'
import { ImptError } from '../output/error.ts'
import {
  type AccountName,
  type BuildMode,
  type CodeRef,
  type FolderKind,
  type FolderSettings,
} from './account.ts'
import { readCloud, type Cloud } from './cloud/read.ts'
import { codeRefOf, sha256 } from './code.ts'
import type { Disk } from './folder/disk.ts'
import { filesOf, type Content, type Files } from './folder/layout.ts'
import { lookAt, type Folder } from './folder/read.ts'
import { carryOut, finishMoves, STAGED_CODE, STAGING, writtenFiles } from './folder/redo.ts'
import { completed, hintsFor, hintsOf } from './merge.ts'
import { publicNames } from './public.ts'

export interface PullOptions {
  readonly account: AccountName
  readonly isOwn: boolean
  /** Ids of the Products to pull; all without. */
  readonly products?: readonly string[] | undefined
  readonly without: readonly FolderKind[]
  /** As before, where undefined. */
  readonly builds?: BuildMode | undefined
  readonly public?: readonly string[] | undefined
  /** Replaces files that were edited by hand; they are kept in `.impt/replaced`. */
  readonly force: boolean
}

export interface Pulled {
  readonly created: number
  readonly changed: number
  readonly deleted: number
  readonly kept: number
  readonly unread: readonly string[]
  /** How many files were edited by hand and replaced, and where they lie now. */
  readonly replaced: number
  readonly replacedIn: string
  readonly cloud: Cloud
}

const IGNORE_LINES = { '.gitignore': ['secrets.json', '.impt/'], '.gitattributes': ['*.nut -text'] } as const

/**
 * Makes a folder like the account. The folder is changed as a whole or not at all; two pulls of an unchanged account are equal byte for
 * byte. Throws CONFLICT where files were edited by hand, or where the folder is of another account.
 */
export async function pull(
  client: Client,
  disk: Disk,
  options: PullOptions,
  now: () => number,
): Promise<Pulled> {
  await finishMoves(disk)
  const old = await lookAt(disk)
  checkAccount(disk, old, options.account)
  if (!options.force) await checkUse(disk, old)
  const settings: FolderSettings = {
    ...old.settings,
    builds: options.builds ?? old.settings.builds,
    public: options.public ?? old.settings.public,
    without: options.without,
  }
  const store = await codeStore(disk, old)
  const cloud = await readCloud(client, {
    account: options.account,
    isOwn: options.isOwn,
    products: options.products,
    builds: settings.builds,
    without: settings.without,
    isPublic: await publicNames(settings.public),
    keepCode: store.keep,
    knownCode: knownCode(old, options.account),
    now,
  })
  const { tree, untouched, unread } = completed(cloud, old, options)
  const hints = hintsOf(cloud, tree, old, unread)
  const files = new Map(filesOf(tree, settings, hints))
  for (const [path, lines] of Object.entries(IGNORE_LINES)) {
    const text = await withLines(disk, path, lines)
    files.set(path, { text, sha: sha256(text) })
  }
  const isUntouched = (path: string) => untouched.some((folder) => path.startsWith(`${folder}/`))
  for (const path of files.keys()) if (isUntouched(path)) files.delete(path)
  return {
    ...(await write(disk, old, files, isUntouched, options, store.placeOf, now)),
    unread,
    cloud,
  }
}

/** Throws CONFLICT where the folder was pulled from others only. */
function checkAccount(disk: Disk, { hints }: Folder, account: AccountName): void {
  if (hints.length === 0 || hintsFor(hints, account)) return
  const others = hints.map(({ account: { username, host } }) => `${username} on ${host}`).join(', ')
  throw new ImptError('CONFLICT', `The folder "${disk.name}" is of another account: ${others}.`, {
    hint: `Pull ${account.username} on ${account.host} into a folder of its own; "impt diff" of Git or "impt plan" compares them`,
  })
}

/** A folder that is in use for something else is not filled without a word; what a fresh repository holds is no such use. */
async function checkUse(disk: Disk, { hints, shas }: Folder): Promise<void> {
  if (hints.length > 0 || shas.has('account.json')) return
  const others = (await disk.list('.')).filter(({ name }) => !/^(?:\.|readme|licen[cs]e)/i.test(name))
  const [first] = others
  if (first === undefined) return
  throw new ImptError(
    'CONFLICT',
    `The folder "${disk.name}" is not empty and was not pulled before: it holds "${first.name}".`,
    {
      hint: 'Name a folder of its own for the account, or use --force to put the account beside what is there',
    },
  )
}

/** Keeps code that is not in the folder yet beside it, so that a pull that is cut short need not fetch it again. */
async function codeStore(disk: Disk, old: Folder) {
  const places = new Map([...old.shas].flatMap(([path, sha]) => (path.endsWith('.nut') ? [[sha, path]] : [])))
  for (const { name } of await disk.list(STAGED_CODE)) {
    const place = `${STAGED_CODE}/${name}`
    const bytes = (await disk.read(place)) ?? ''
    // A crash may have cut it, and nothing says that the disk has it.
    if (places.has(name) || sha256(bytes) !== name) continue
    await disk.put(place, bytes)
    places.set(name, place)
  }
  return {
    async keep(texts: { readonly device: string; readonly agent: string }): Promise<CodeRef> {
      const ref = codeRefOf(texts)
      const writing = (['device', 'agent'] as const).map(async (side) => {
        if (places.has(ref[side])) return
        const place = `${STAGED_CODE}/${ref[side]}`
        // Noted before it is written: builds of one code arrive together.
        places.set(ref[side], place)
        await disk.put(place, texts[side])
      })
      await Promise.all(writing)
      return ref
    },
    placeOf: (sha: string) => places.get(sha),
  }
}

function knownCode(old: Folder, account: AccountName): (id: string) => CodeRef | undefined {
  const hints = hintsFor(old.hints, account)
  const known = new Map<string, CodeRef>()
  for (const group of old.tree.products.flatMap(({ groups }) => groups)) {
    const ids = hints?.entities[group.path]?.builds ?? []
    group.builds?.forEach(({ code }, i) => {
      const hint = ids[i]
      if (hint?.code === code.digest) known.set(hint.id, code)
    })
  }
  return (id) => known.get(id)
}

/** Writes what differs, as one step. Throws CONFLICT for files that were edited by hand. */
async function write(
  disk: Disk,
  old: Folder,
  files: Files,
  isUntouched: (path: string) => boolean,
  { force }: PullOptions,
  placeOf: (sha: string) => string | undefined,
  now: () => number,
): Promise<Omit<Pulled, 'unread' | 'cloud'>> {
  const written = await writtenFiles(disk)
  const present = new Map(old.shas)
  for (const path of Object.keys(IGNORE_LINES)) {
    const bytes = await disk.read(path)
    if (bytes !== undefined) present.set(path, sha256(bytes))
  }
  const fresh = [...files].filter(([path, { sha }]) => present.get(path) !== sha)
  const gone = [...present.keys()].filter(
    (path) => !files.has(path) && !path.startsWith('hints/') && !isUntouched(path),
  )
  const isOurs = (path: string) =>
    written?.[path] === present.get(path) || path.startsWith('hints/') || Object.hasOwn(IGNORE_LINES, path)
  const edited = [...fresh.map(([path]) => path), ...gone].filter(
    (path) => present.has(path) && !isOurs(path),
  )
  // Without a record (a fresh clone) nobody can tell what was edited: nothing is refused, and nothing is lost.
  if (written !== undefined && edited.length > 0 && !force)
    throw new ImptError(
      'CONFLICT',
      `${edited.length === 1 ? 'One file' : `${edited.length} files`} of "${disk.name}" changed here since the last pull, and would be replaced.`,
      {
        notes: edited.slice(0, 50),
        hint: 'Use "impt apply" to bring the changes to the cloud, or --force to keep them in .impt/replaced',
      },
    )
  const stamp = new Date(now()).toISOString().replaceAll(':', '-')
  const replacedIn = `.impt/replaced/${stamp}`
  const isEdited = new Set(edited)
  const keep = (path: string) => (isEdited.has(path) ? { keep: `${replacedIn}/${path}` } : {})
  // What a killed pull left here has nothing to do with this one.
  if ((await disk.list(STAGING)).length > 0) await disk.removeAll(STAGING)
  const moved = new Set<string>()
  const moves = fresh.map(([path, content], i) => {
    const place = 'program' in content ? placeOf(content.program) : undefined
    // Staged code goes to its place as it is; what more files need is copied.
    const isFirst = place?.startsWith(`${STAGED_CODE}/`) === true && !moved.has(place)
    const from = isFirst ? place : `${STAGING}/${i}`
    moved.add(from)
    return { from, to: path, ...keep(path), ...(!isFirst && { content, place }) }
  })
  await inParallel(moves, async ({ from, content, place }) => {
    if (content !== undefined) await stage(disk, from, content, place)
  })
  const shas = Object.fromEntries([...files].map(([path, { sha }]) => [path, sha]))
  const rest = Object.entries(written ?? {}).filter(
    ([path]) => isUntouched(path) || path.startsWith('hints/'),
  )
  const next = { ...Object.fromEntries(rest), ...shas }
  if (moves.length + gone.length > 0 || written === undefined || !equal(written, next))
    await carryOut(disk, {
      moves: moves.map(({ from, to, keep: kept }) => ({ from, to, ...(kept && { keep: kept }) })),
      removes: gone.map((path) => ({ path, ...keep(path) })),
      written: next,
    })
  // What an earlier pull left that was cut short is of no more use.
  if ((await disk.list(STAGED_CODE)).length > 0) await disk.removeAll(STAGED_CODE)
  const created = fresh.filter(([path]) => !present.has(path)).length
  return {
    created,
    changed: fresh.length - created,
    deleted: gone.length,
    kept: files.size - fresh.length,
    replaced: edited.length,
    replacedIn,
  }
}

async function stage(disk: Disk, to: string, content: Content, place: string | undefined): Promise<void> {
  if ('text' in content) return disk.put(to, content.text, content.secret === true)
  const bytes = place === undefined ? undefined : await disk.read(place)
  if (bytes === undefined)
    throw new ImptError('FILE', `File error: ${join(disk.name, to)}: its code is gone.`)
  await disk.put(to, bytes)
}

async function withLines(disk: Disk, path: string, lines: readonly string[]): Promise<string> {
  const text = (await disk.read(path))?.toString('utf8') ?? ''
  const present = new Set(text.split(/\r?\n/))
  const missing = lines.filter((line) => !present.has(line))
  const begin = text === '' || text.endsWith('\n') ? text : `${text}\n`
  return missing.length === 0 ? text : `${begin}${missing.map((line) => `${line}\n`).join('')}`
}

function equal(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}
