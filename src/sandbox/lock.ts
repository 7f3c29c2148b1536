/** One server a folder: a lock file that names the process which holds it. */
import { randomBytes } from 'node:crypto'
import {
  constants,
  copyFileSync,
  linkSync,
  readdirSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'

/** The folder is held by another live server (or by one in this process). */
export class FolderInUse extends Error {
  readonly pid: number
  constructor(dir: string, pid: number) {
    super(`The sandbox folder ${dir} is in use by process ${pid}. Stop that sandbox or use another folder.`)
    this.name = 'FolderInUse'
    this.pid = pid
  }
}

/**
 * Takes the lock of the folder and returns the function that gives it back. The lock of a dead process is taken over.
 * Throws FolderInUse while its process lives.
 */
export function lockFolder(dir: string): () => void {
  const file = join(dir, 'lock')
  if (!create(file)) {
    removeStale(dir, file)
    if (!create(file)) throw new FolderInUse(dir, readLock(file)?.pid ?? 0)
  }
  // What processes left that ended while they took the lock.
  for (const name of readdirSync(dir)) {
    const pid = /^lock\.(?:takeover\.)?(\d+)\./.exec(name)?.[1]
    if (pid !== undefined && !isAlive(Number(pid))) remove(join(dir, name))
  }
  return () => remove(file)
}

/** Whether a process with this id runs; `birth`, if known, guards against a reused id. */
export function isAlive(pid: number, birth: string | null = null): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  const status = statusOf(pid)
  // A zombie has ended; its parent has not asked yet.
  if (status[0] === 'Z') return false
  return birth === null || birth === status[startedField]
}

/** What tells a process from a later one with the same id; null where the system does not say. */
export const birthOf = (pid: number): string | null => statusOf(pid)[startedField] ?? null

/** Start time, among the fields of statusOf. */
const startedField = 19

/** Fields of the process status from its state on (proc(5)); empty where there is no such file. */
function statusOf(pid: number): string[] {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

/** Makes the file with the id of this process in it, in one step: it is never there without its contents. False if it is there. */
function create(file: string): boolean {
  const whole = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(whole, JSON.stringify({ pid: process.pid, birth: birthOf(process.pid) }), {
    flag: 'wx',
    mode: 0o600,
  })
  try {
    linkSync(whole, file)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    // A file system without links.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'EOPNOTSUPP') return copyNew(whole, file)
    throw error
  } finally {
    remove(whole)
  }
}

function copyNew(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

type Holder = { pid: number; birth: string | null }

function readLock(file: string): Holder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Holder
    return typeof holder.pid === 'number' ? holder : null
  } catch {
    return null
  }
}

/** Removes a dead process's lock; a second file keeps two servers from doing it at once and losing a fresh lock. */
function removeStale(dir: string, file: string): void {
  const takeover = join(dir, 'lock.takeover')
  if (ageOf(takeover) > 5000) remove(takeover)
  if (!create(takeover)) return
  try {
    const holder = readLock(file)
    // An unreadable lock is being copied at this moment, or an earlier version died over it.
    const dead = holder ? !isAlive(holder.pid, holder.birth) : ageOf(file) > 2000
    if (dead) remove(file)
  } finally {
    remove(takeover)
  }
}

function ageOf(file: string): number {
  try {
    return Date.now() - statSync(file).mtimeMs
  } catch {
    return 0
  }
}

function remove(file: string): void {
  try {
    unlinkSync(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
