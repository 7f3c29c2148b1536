import { randomBytes } from 'node:crypto'
import { open, readFile, stat, unlink, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { ImptError } from '../output/error.ts'
import { codeOf, fileError } from './file-error.ts'

/** A lock whose holder has not touched it for this long is stale, whoever holds it. */
const STALE_MS = 10_000
/** A lock without its holder's name: the process died, or is, between creating and naming it. */
const UNNAMED_MS = 1_000
const TOUCH_MS = 2_000
const PATIENCE_MS = 150_000

/** Between looks at a lock that is held for long. */
const LONG_WAIT_MS = 100

/** How a lock that may be held for minutes is waited for. */
interface Turn {
  /** Milliseconds; 150 seconds by default. */
  readonly patience?: number
  /** The error of a lock that somebody else has, in place of waiting. */
  readonly refusal?: (holder: string, since: Date) => ImptError
  /** The error of a lock that stays taken. */
  readonly refused?: () => ImptError
  /** Told to others that wait: what holds the lock. */
  readonly note?: string
  /** Called once when somebody else has the lock, with who that is. */
  readonly onWait?: (holder: string) => void
  readonly signal?: AbortSignal
}

const queues = new Map<string, Promise<unknown>>()

/**
 * Runs `task` while this process alone holds the lock of `path` (the file `<path>.lock`, created exclusively; its folder must exist).
 * Calls within the process wait in order; other processes are waited for. A lock left by a dead process, or untouched for ten
 * seconds, is broken. Throws FILE when the folder is not writable or the lock stays taken too long, and the signal's error. Not re-entrant.
 */
export async function withLock<T>(path: string, task: () => Promise<T>, turn: Turn = {}): Promise<T> {
  const previous = queues.get(path)
  if (previous) turn.onWait?.(`process ${process.pid}`)
  const own = (previous ?? Promise.resolve()).catch(ignore).then(() => holding(path, task, turn))
  queues.set(path, own)
  try {
    return await own
  } finally {
    if (queues.get(path) === own) queues.delete(path)
  }
}

/**
 * Runs `task` like `withLock`, but never waits for another: throws CONFLICT with who holds the lock since when. `what` begins the message,
 * such as `The folder "backup"`.
 */
export async function tryLock<T>(path: string, what: string, task: () => Promise<T>): Promise<T> {
  if (queues.has(path)) throw taken(what, `${process.pid} ${hostname()}`, undefined)
  const turn = holding(path, task, { refusal: (holder, since) => taken(what, holder, since) })
  queues.set(path, turn)
  try {
    return await turn
  } finally {
    if (queues.get(path) === turn) queues.delete(path)
  }
}

/** Whether somebody alive holds the lock now. Only looks: who wants to take it meets no one who asked. */
export async function isLocked(path: string): Promise<boolean> {
  const lock = `${path}.lock`
  return (await contentOf(lock)) !== undefined && !(await isStale(lock))
}

function taken(what: string, holder: string, since: Date | undefined): ImptError {
  const [pid = '', host = ''] = holder.split(' ')
  const when = since === undefined ? '' : ` since ${since.toISOString()}`
  return new ImptError('CONFLICT', `${what} is in use by the process ${pid} on ${host}${when}.`, {
    hint: 'Try again when it has ended',
  })
}

async function holding<T>(path: string, task: () => Promise<T>, turn: Turn): Promise<T> {
  const lock = `${path}.lock`
  const owner = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')} ${turn.note ?? ''}`.trimEnd()
  await acquire(path, lock, owner, turn)
  const touching = setInterval(() => void touch(lock), TOUCH_MS)
  touching.unref()
  try {
    return await task()
  } finally {
    clearInterval(touching)
    if ((await contentOf(lock)) === owner) await unlink(lock).catch(ignore)
  }
}

async function acquire(path: string, lock: string, owner: string, turn: Turn): Promise<void> {
  const { patience = PATIENCE_MS, onWait, signal, refused, refusal } = turn
  const deadline = Date.now() + patience
  for (let told = false; !(await create(path, lock, owner));) {
    signal?.throwIfAborted()
    if (await isStale(lock)) await breakLock(path, lock, owner)
    else if (refusal) {
      const holder = await contentOf(lock)
      const status = await stat(lock).catch(() => undefined)
      // A holder that has not written its name yet, or is gone by now, is looked at again.
      if (holder && status) throw refusal(holder, status.birthtime)
    } else if (!told && onWait) {
      told = true
      onWait(holderOf(await contentOf(lock)))
    }
    if (Date.now() > deadline) {
      if (refused) throw refused()
      throw new ImptError('FILE', `File error: ${path}: another impt process has locked it for too long.`, {
        hint: `If no other impt is running, delete ${lock}`,
      })
    }
    await delay(onWait ? LONG_WAIT_MS : 3 + Math.random() * 12)
  }
}

/** `process 12 (note)`. */
function holderOf(content = ''): string {
  const [pid = '?', , , ...note] = content.split(' ')
  return `process ${pid}${note.length > 0 ? ` (${note.join(' ')})` : ''}`
}

async function create(path: string, lock: string, content: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    try {
      await handle.writeFile(content)
    } finally {
      await handle.close()
    }
    // Whoever took it for abandoned meanwhile has the lock now.
    return (await contentOf(lock)) === content
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw fileError(path, error)
  }
}

// Only the holder of the second lock may remove a stale first one; without it, two processes could each remove the other's new lock.
async function breakLock(path: string, lock: string, owner: string): Promise<void> {
  const breaker = `${lock}.break`
  if (!(await create(path, breaker, owner))) {
    if (await isStale(breaker)) await unlink(breaker).catch(ignore)
    return
  }
  try {
    if (await isStale(lock)) await unlink(lock).catch(ignore)
  } finally {
    await unlink(breaker).catch(ignore)
  }
}

async function isStale(lock: string): Promise<boolean> {
  const age = await ageOf(lock)
  const holder = await contentOf(lock)
  if (age > (holder === '' ? UNNAMED_MS : STALE_MS)) return true
  const [pid = '', host] = (holder ?? '').split(' ')
  return host === hostname() && /^\d+$/.test(pid) && !isAlive(Number(pid))
}

/** Milliseconds since the file was touched; 0 when it is gone. */
async function ageOf(path: string): Promise<number> {
  const status = await stat(path).catch(() => undefined)
  return status === undefined ? 0 : Date.now() - status.mtimeMs
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** What is in a lock file; undefined when it is gone. */
async function contentOf(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

async function touch(path: string): Promise<void> {
  const now = new Date()
  await utimes(path, now, now).catch(ignore)
}

function ignore(): void {}
