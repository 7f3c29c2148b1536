import type { Client } from '../impcentral/client.ts'
import { ImptError } from '../output/error.ts'
import { inLittleMemory } from '../program/garbage.ts'
import {
  isSameAccount,
  type AccountName,
  type BuildMode,
  type CodeRef,
  type FolderKind,
  type FolderSettings,
} from './account.ts'
import { readCloud, type Cloud, type CloudQuery } from './cloud/read.ts'
import { sha256 } from './code.ts'
import type { Disk } from './folder/disk.ts'
import { filesOf, type Files } from './folder/layout.ts'
import { openStaging, type Staging } from './folder/staging.ts'
import { lookAt, type Folder } from './folder/read.ts'
import { fold } from './folder/names.ts'
import { carryOut, finishMoves, STAGED_CODE, STAGING, writtenFiles } from './folder/redo.ts'
import { completed, hintsFor, hintsOf, sourcesBeside } from './merge.ts'
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
  /** How many of the new files were deleted by hand. */
  readonly restored: number
  readonly cloud: Cloud
}

/** What devices and login keys do not change. */
const IS_EARLY = /^(?:products\/|(?:account|secrets)\.json$)/
/** Git is to keep secrets out, and to change no line end: code is kept byte for byte, and a clone is to be the same folder on every system. */
const IGNORE_LINES = {
  '.gitignore': ['secrets.json', '.impt/'],
  '.gitattributes': ['*.nut -text', '*.json -text', '*.csv -text'],
} as const

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
  checkAccount(disk, old, options)
  if (!options.force) await checkUse(disk, old)
  const settings: FolderSettings = {
    ...old.settings,
    builds: options.builds ?? old.settings.builds,
    public: options.public ?? old.settings.public,
    without: options.without,
  }
  const isPublic = await publicNames(settings.public)
  return inLittleMemory(() => readAndWrite(client, disk, old, settings, isPublic, options, now))
}

async function readAndWrite(
  client: Client,
  disk: Disk,
  old: Folder,
  settings: FolderSettings,
  isPublic: CloudQuery['isPublic'],
  options: PullOptions,
  now: () => number,
): Promise<Pulled> {
  const staging = await openStaging(disk, old.shas)
  const laidOut = (read: Cloud) => {
    const done = completed(read, old, options)
    const files = new Map(filesOf(done.tree, settings, hintsOf(read, done.tree, old, done.unread)))
    const isUntouched = (path: string) => done.untouched.some((folder) => path.startsWith(`${folder}/`))
    for (const path of files.keys()) if (isUntouched(path)) files.delete(path)
    return { files, isUntouched, unread: done.unread }
  }
  // While the longest list is read the rest is put aside: most of what is written waits for the disk meanwhile.
  let early: Promise<void> = Promise.resolve()
  const reading = readCloud(client, {
    account: options.account,
    isOwn: options.isOwn,
    products: options.products,
    builds: settings.builds,
    without: settings.without,
    isPublic,
    keepCode: staging.keep,
    knownCode: knownCode(old, options.account),
    onProducts(read) {
      const { files } = laidOut(read)
      early = staging
        .put([...files].filter(([path, { sha }]) => IS_EARLY.test(path) && old.shas.get(path) !== sha))
        .then(() => disk.flush())
      early.catch(() => undefined)
    },
    now,
  })
  // Nothing is written behind an error, although the other lists may still arrive.
  await reading.then(
    () => early,
    () => Promise.allSettled([early, staging.stop()]),
  )
  const cloud = await reading
  const { files, isUntouched, unread } = laidOut(cloud)
  for (const [path, lines] of Object.entries(IGNORE_LINES)) {
    const text = await withLines(disk, path, lines)
    files.set(path, { text, sha: sha256(text) })
  }
  return {
    ...(await write(disk, old, files, isUntouched, options, staging, now)),
    unread,
    cloud,
  }
}

/** Throws CONFLICT where the folder was pulled from another account: what is only there would be taken out of it. */
function checkAccount(disk: Disk, old: Folder, { account, force }: PullOptions): void {
  const others = sourcesBeside(old, account)
    .map(({ username, host }) => `${username} on ${host}`)
    .join(', ')
  const isServed = hintsFor(old.hints, account) !== undefined
  if (others === '' || (force && isServed)) return
  throw new ImptError('CONFLICT', `The folder "${disk.name}" is of another account: ${others}.`, {
    hint: `Pull ${account.username} on ${account.host} into a folder of its own; "git diff --no-index" compares the two folders${isServed ? '. Use --force to make this folder like that account' : ''}`,
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
  { force, account }: PullOptions,
  staging: Staging,
  now: () => number,
): Promise<Omit<Pulled, 'unread' | 'cloud'>> {
  const written = await writtenFiles(disk)
  const present = new Map(old.shas)
  // What is broken hides files from the reader of the folder: they were edited here like others.
  const isNew = (await disk.list('products')).length === 0
  // By another case some disks find a file that was seen.
  const seen = new Set([...present.keys()].map(fold))
  const unseen = isNew ? [] : [...files.keys()].filter((path) => !seen.has(fold(path)))
  for (const path of [...Object.keys(IGNORE_LINES), ...unseen]) {
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
        data: { problems: edited.map((file) => ({ file, text: 'It changed here since the last pull' })) },
        hint: 'Use "impt apply" to bring the changes to the cloud, or --force to keep them in .impt/replaced',
      },
    )
  const stamp = new Date(now()).toISOString().replaceAll(':', '-')
  const replacedIn = `.impt/replaced/${stamp}`
  const isEdited = new Set(edited)
  const keep = (path: string) => (isEdited.has(path) ? { keep: `${replacedIn}/${path}` } : {})
  await staging.put(fresh)
  // What was edited here is put aside before something comes in its place.
  const moves = (await staging.moves(fresh.map(([path]) => path))).map((move) => ({
    ...move,
    ...keep(move.to),
  }))
  const shas = Object.fromEntries([...files].map(([path, { sha }]) => [path, sha]))
  const rest = Object.entries(written ?? {}).filter(
    ([path]) => isUntouched(path) || path.startsWith('hints/'),
  )
  const next = { ...Object.fromEntries(rest), ...shas }
  const isOwn = old.source !== undefined && isSameAccount(old.source, account)
  if (moves.length + gone.length > 0 || !isOwn || written === undefined || !equal(written, next))
    await carryOut(disk, {
      moves,
      removes: gone.map((path) => ({ path, ...keep(path) })),
      written: next,
      source: account,
    })
  // What an earlier pull left that was cut short, and what was put aside early for nothing, is of no more use.
  for (const folder of [STAGED_CODE, STAGING])
    if ((await disk.list(folder)).length > 0) await disk.removeAll(folder)
  const created = fresh.filter(([path]) => !present.has(path)).length
  return {
    created,
    changed: fresh.length - created,
    deleted: gone.length,
    kept: files.size - fresh.length,
    replaced: edited.length,
    replacedIn,
    restored: fresh.filter(([path]) => !present.has(path) && written?.[path] !== undefined).length,
  }
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
