import { counted } from '../../output/messages.ts'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Finder } from '../../entities/finder.ts'
import {
  byGroup,
  CHANGE_KINDS,
  compare,
  type ChangeKind,
  type FleetChange,
} from '../../fleet/seeing/compare.ts'
import {
  openSnapshot,
  snapshotText,
  takeSnapshot,
  type Snapshot,
  type Taken,
} from '../../fleet/seeing/snapshot.ts'
import { cellText } from '../../output/cell.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { embeddedCloud } from '../../session/cloud.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { fileError, namingFile } from '../../session/file-error.ts'
import { exists } from '../../session/json-file.ts'
import { assertWritable } from '../../session/writable.ts'
import { ensureFolder } from '../../session/paths.ts'
import { finderOf } from '../common.ts'
import type { Context, Run } from '../context.ts'
import { listOf, numberOf, textOf } from '../options.ts'
import { listed } from './listed.ts'
import { byId } from './group.ts'

/** Bytes or characters of a snapshot that are read or written at once. */
const PIECE = 256 * 1024

/** `impt fleet snapshot [FILE]`: all fields of all devices that the account sees. */
export const snapshot: Run = async (context, options, [name]) => {
  const file = name === undefined ? undefined : resolve(context.directory, name)
  if (file !== undefined && name !== undefined && (await exists(file)))
    throw new ImptError('CONFLICT', `${visible(name)} is there already.`, { hint: 'Give another name' })
  if (name !== undefined)
    await assertWritable({ what: 'snapshot', name, hint: 'Give the name of a file' }, context.directory)
  const finder = await finderOf(context)
  const account = await finder.me()
  const taken = await takenNow(finder, account.id)
  const folder = await folderOf(context, account.id)
  if (file === undefined) await ensureFolder(folder)
  const path = file ?? join(folder, `${taken.readAt.replaceAll(':', '')}.csv`)
  await namingFile(path, () => replaceFile(path, bytesOf(snapshotText(taken)), 'secret'))
  if (file === undefined) {
    const kept = await namesIn(folder)
    for (const old of kept.slice(0, -(numberOf(options, 'keep') ?? 90))) await rm(join(folder, old))
  }
  context.info(
    `${counted(taken.count, 'device')} ${taken.count === 1 ? 'is' : 'are'} written to ${visible(path)}.`,
  )
  return {
    kind: 'record',
    record: { file: path, devices: taken.count, read_at: taken.readAt },
    ...(!context.quiet && { told: true }),
  }
}

/** `impt fleet diff [FROM] [TO]`: what moved between two snapshots. */
export const diff: Run = async (context, options, [from = '-1', to = 'now']) => {
  const finder = await finderOf(context)
  const account = await finder.me()
  const folder = await folderOf(context, account.id)
  const only = listOf(options, 'only') as readonly ChangeKind[]
  const changes: FleetChange[] = []
  // The files that are read side by side are closed whatever one of them says.
  const done = new AbortController()
  const load = async (text: string): Promise<Snapshot> => {
    if (text === 'now') return takenNow(finder, account.id)
    const path = await pathOf(context, folder, text)
    const read = await openSnapshot(textIn(path, done.signal), visible(path))
    if (read.account === account.id) return read
    throw new ImptError('CONFLICT', `${visible(path)} is a snapshot of another account.`, {
      hint: 'Log in as that account, or take one of this account with "impt fleet snapshot"',
    })
  }
  let head: string
  try {
    const before = await load(from)
    const after = await load(to)
    for await (const change of compare(before, after))
      if (only.length === 0 || only.includes(change.kind)) changes.push(change)
    head = `From ${before.readAt} to ${after.readAt}`
  } finally {
    done.abort()
  }
  const counts = new Map<string, number>()
  for (const { kind } of changes) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  const sums = [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing changed'
  head += `: ${sums}.`
  if (textOf(options, 'by') === 'group') {
    const rows = byGroup(changes)
    const kinds = CHANGE_KINDS.filter((kind) => rows.some((row) => row[kind] > 0))
    const titles = ['product', 'group', 'total', ...kinds] as const
    return listed(rows, head, {
      columns: titles.map((title) => ({ title, keeps: title !== 'product', shrinks: title === 'product' })),
      rows: rows.map((row) => titles.map((title) => cellText(row[title]) || '(none)')),
    })
  }
  const columns = ['kind', 'name', 'id', 'from', 'to', 'group', 'product'] as const
  return listed(changes, head, {
    columns: columns.map((title) => ({ title, keeps: title === 'kind' || title === 'id', shrinks: true })),
    rows: changes.map((change) => columns.map((column) => cellText(change[column]))),
  })
}

async function takenNow(finder: Finder, account: string): Promise<Taken> {
  const readAt = new Date().toISOString()
  const places = Promise.all([byId(finder, 'dg'), byId(finder, 'product')]).then(([groups, products]) => ({
    groups,
    products,
  }))
  // Whichever of the lists fails first is the one that is told.
  places.catch(() => undefined)
  return takeSnapshot(finder.list('device'), places, account, readAt)
}

/** A text in pieces that are worth a write each. */
async function* bytesOf(pieces: Iterable<string>): AsyncGenerator<Uint8Array, void, undefined> {
  let text = ''
  for (const piece of pieces) {
    text += piece
    if (text.length < PIECE) continue
    yield Buffer.from(text)
    text = ''
  }
  yield Buffer.from(text)
}

/** The text of a file, in pieces; the file is closed at its end, and by the signal. */
async function* textIn(path: string, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  try {
    for await (const piece of createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE, signal }))
      yield piece as string
  } catch (error) {
    throw fileError(path, error)
  }
}

/** Where the snapshots of an account at an endpoint lie. */
async function folderOf({ session, authDirectory }: Context, account: string): Promise<string> {
  // Without blanks at the end, as the snapshots of the embedded impCentral are named that is in the user's own folder.
  const endpoint = embeddedCloud(session)?.trimEnd() ?? (await session.endpoint(authDirectory))
  const key = createHash('sha256').update(`${endpoint} ${account}`).digest('hex').slice(0, 16)
  return join(session.folders.state, 'snapshots', key)
}

/** The names of snapshots, oldest first. */
async function namesIn(folder: string): Promise<readonly string[]> {
  const names = (await exists(folder)) ? await readdir(folder) : []
  return names.filter((name) => /^\d{4}-\d{2}-\d{2}T\d{6}\.\d{3}Z\.csv$/.test(name)).sort()
}

/** The file that a word of `fleet diff` means: `-1` is the newest snapshot, a date the last one up to its end, else a file. */
async function pathOf({ directory }: Context, folder: string, text: string): Promise<string> {
  const names = await namesIn(folder)
  const isDate = /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+Z)?$/.test(text)
  if (!isDate && !/^-[1-9]\d*$/.test(text)) return resolve(directory, text)
  const name = isDate
    ? names.findLast(
        (one) => one.slice(0, -4) <= (text.includes('T') ? text.replaceAll(':', '') : `${text}~`),
      )
    : names.at(Number(text))
  if (name !== undefined) return join(folder, name)
  const [oldest] = names
  const kept =
    oldest === undefined ? 'none is kept' : `the oldest of ${names.length} is ${readableTime(oldest)}`
  throw new ImptError('NOT_FOUND', `There is no snapshot ${isDate ? 'up to ' : ''}${text}: ${kept}.`, {
    hint:
      oldest === undefined
        ? 'Take one with "impt fleet snapshot"'
        : names.length === 1
          ? '-1 is the only one'
          : `-1 is the newest, -${names.length} the oldest`,
  })
}

/** The time in the name of a snapshot, as `fleet diff` takes it. */
function readableTime(name: string): string {
  return name.replace(/T(\d\d)(\d\d)(.*)\.csv$/, 'T$1:$2:$3')
}
