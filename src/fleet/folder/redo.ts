import { dirname } from 'node:path/posix'
import { inParallel } from '../../impcentral/parallel.ts'
import { ImptError } from '../../output/error.ts'
import { isObject } from '../../session/json-file.ts'
import type { AccountName } from '../account.ts'
import type { Disk } from './disk.ts'
import { fold } from './names.ts'

/** `keep`: what lies at `to` goes to that path first. */
export interface Move {
  readonly from: string
  readonly to: string
  readonly keep?: string
}

interface Remove {
  readonly path: string
  readonly keep?: string
}

/** What is left to do so that a folder is new as a whole. Each step may be done again. */
interface Redo {
  readonly moves: readonly Move[]
  readonly removes: readonly Remove[]
  /** SHA-256 of each file as we wrote it, by path. */
  readonly written: Readonly<Record<string, string>>
  /** Whose folder it is then; what an older impt was killed at does not say it. */
  readonly source?: AccountName
}

const REDO = '.impt/redo.json'
const WRITTEN = '.impt/written.json'
const SOURCE = '.impt/source.json'
export const STAGING = '.impt/staging'
export const STAGED_CODE = '.impt/code'

/** Writes down what is to be done, and does it. All that was put is on the disk by then: what is moved is whole after a crash too. */
export async function carryOut(disk: Disk, redo: Redo): Promise<void> {
  await disk.flush()
  await disk.write(REDO, JSON.stringify(redo), true)
  await finishMoves(disk)
}

/** Finishes what a command began that was killed: a reader sees the old folder or the new one. */
export async function finishMoves(disk: Disk): Promise<void> {
  const redo = await recordAt(disk, REDO, isRedo)
  if (redo === undefined) return
  const staged = new Set<string>()
  for (const folder of new Set(redo.moves.map(({ from }) => dirname(from))))
    for (const { name } of await disk.list(folder)) staged.add(`${folder}/${name}`)
  const take = async ({ path, keep }: Remove) => {
    if (keep !== undefined && (await disk.read(path)) !== undefined) await disk.move(path, keep)
    await disk.remove(path)
  }
  // On a disk that finds names in any case the old file is where the new one goes: it goes first, and never again once the new one is there.
  const waiting = new Set(redo.moves.flatMap(({ from, to }) => (staged.has(from) ? [fold(to)] : [])))
  const places = new Set(redo.moves.map(({ to }) => fold(to)))
  const [twins, others] = [
    redo.removes.filter(({ path }) => places.has(fold(path))),
    redo.removes.filter(({ path }) => !places.has(fold(path))),
  ]
  for (const one of twins) if (waiting.has(fold(one.path))) await take(one)
  await inParallel(redo.moves, async ({ from, to, keep }) => {
    if (!staged.has(from)) return
    if (keep !== undefined && (await disk.read(to)) !== undefined) await disk.move(to, keep)
    await disk.move(from, to)
  })
  for (const one of others) await take(one)
  await disk.write(WRITTEN, JSON.stringify(redo.written), true)
  if (redo.source !== undefined) await disk.write(SOURCE, JSON.stringify(redo.source), true)
  await disk.remove(REDO)
  await disk.removeAll(STAGING)
  await disk.removeAll(STAGED_CODE)
}

/** SHA-256 of each file as impt wrote it last; undefined in a folder that was not pulled on this machine. */
export async function writtenFiles(disk: Disk): Promise<Readonly<Record<string, string>> | undefined> {
  return recordAt(disk, WRITTEN, isObject as (value: unknown) => value is Readonly<Record<string, string>>)
}

/** Whose folder it is, as this machine knows; undefined where it does not. */
export async function lastSource(disk: Disk): Promise<AccountName | undefined> {
  return recordAt(disk, SOURCE, isAccountName)
}

/** Notes whose folder it is, before the hints of another account come beside those that tell it. */
export async function noteSource(disk: Disk, source: AccountName | undefined): Promise<void> {
  if (source !== undefined && (await lastSource(disk)) === undefined)
    await disk.write(SOURCE, JSON.stringify(source), true)
}

/**
 * Notes that the files are now as impt would write them: the cloud was made like them. Those that say what could not be done are not:
 * `isStuck` tells them, and a pull goes on to ask before it replaces them.
 */
export async function noteWritten(
  disk: Disk,
  shas: ReadonlyMap<string, string>,
  isStuck: (path: string) => boolean,
): Promise<void> {
  const before = await writtenFiles(disk)
  const noted = [...shas].map(([path, sha]) => [path, isStuck(path) && before ? before[path] : sha])
  await disk.write(WRITTEN, JSON.stringify(Object.fromEntries(noted)), true)
}

/** Whether it is what `carryOut` writes. A folder may come from anybody: nothing beyond it is moved or taken away. */
function isRedo(value: unknown): value is Redo {
  const isPath = (path: unknown) =>
    typeof path === 'string' && path !== '' && !path.split(/[/\\]/).includes('..')
  const isKept = ({ keep }: Record<string, unknown>) => keep === undefined || isPath(keep)
  if (!isObject(value)) return false
  const { moves, removes, written, source } = value
  return (
    Array.isArray(moves) &&
    moves.every((one) => isObject(one) && isPath(one['from']) && isPath(one['to']) && isKept(one)) &&
    Array.isArray(removes) &&
    removes.every((one) => isObject(one) && isPath(one['path']) && isKept(one)) &&
    isObject(written) &&
    (source === undefined || isAccountName(source))
  )
}

function isAccountName(value: unknown): value is AccountName {
  return isObject(value) && ['id', 'username', 'host'].every((name) => typeof value[name] === 'string')
}

export async function recordAt<T>(
  disk: Disk,
  path: string,
  isFit: (value: unknown) => value is T,
): Promise<T | undefined> {
  const bytes = await disk.read(path)
  if (bytes === undefined) return undefined
  const wrong = (what: string, cause?: unknown) =>
    new ImptError('FILE', `File error: ${disk.name}/${path}: it is not ${what}.`, {
      hint: 'Remove the folder .impt and pull again',
      cause,
    })
  let value: unknown
  try {
    value = JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    throw wrong('valid JSON', error)
  }
  if (!isFit(value)) throw wrong('what impt writes')
  return value
}
