/** What is needed to manage a sandbox that runs in another process: its state file, and stopping it. */
import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { adminRequest } from './adminrequest.ts'
import { emptyingMark, isStoreFile } from './journal.ts'
import { birthOf, isAlive, lockFolder } from './lock.ts'

/** The running server of a folder, as it publishes itself. */
export type SandboxState = {
  pid: number
  /** Base URL of the API. */
  url: string
  /** Secret: for the routes under `/sandbox`. */
  adminToken: string
  /** Secret: a password of every account. */
  password: string
  /** ISO 8601. */
  startedAt: string
  version: string
  /** `server`: a process of its own; `embedded`: inside an `impt --sandbox`, which must not be ended from outside. */
  role: 'server' | 'embedded'
  /** Tells the process from a later one with the same id; null where the system does not say. */
  birth: string | null
}

export const stateFile = (dir: string): string => join(dir, 'state.json')

/** Publishes the server of this process (0600, atomic). */
export function writeState(
  dir: string,
  { url, adminToken, password }: Pick<SandboxState, 'url' | 'adminToken' | 'password'>,
  version: string,
  role: SandboxState['role'],
): SandboxState {
  const { pid } = process
  const startedAt = new Date().toISOString()
  const full = { pid, url, adminToken, password, startedAt, version, role, birth: birthOf(pid) }
  const temporary = `${stateFile(dir)}.${randomBytes(6).toString('hex')}`
  const handle = openSync(temporary, 'wx', 0o600)
  try {
    writeSync(handle, `${JSON.stringify(full, null, 2)}\n`)
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
  renameSync(temporary, stateFile(dir))
  return full
}

/** The published server, or undefined if there is no readable state file. It may be dead: see isRunning. */
export function readState(dir: string): SandboxState | undefined {
  let text: string
  try {
    text = readFileSync(stateFile(dir), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const state = JSON.parse(text) as SandboxState
    const whole =
      typeof state.pid === 'number' && typeof state.url === 'string' && typeof state.adminToken === 'string'
    return whole ? state : undefined
  } catch {
    return undefined
  }
}

/** Takes the state file away, if it is this process's own. */
export function removeState(dir: string): void {
  if (readState(dir)?.pid !== process.pid) return
  unlinkSync(stateFile(dir))
}

/** Whether the process that published the state still runs. */
export const isRunning = (state: SandboxState): boolean => isAlive(state.pid, state.birth ?? null)

/** Whether the server answers, and with this admin token. */
export async function answers(state: SandboxState, timeout = 2000): Promise<boolean> {
  const answer = await adminRequest(state, 'GET', '/status', undefined, timeout).catch(() => undefined)
  return answer?.status === 200
}

/**
 * Ends the server in good order, by force if it does not go within `patience` milliseconds. Nothing acknowledged is
 * lost either way. Returns false if it was not running.
 */
export async function stop(state: SandboxState, patience = 5000): Promise<boolean> {
  if (!isRunning(state)) return false
  signal(state.pid, 'SIGTERM')
  for (let waited = 0; isRunning(state); waited += 20) {
    if (waited >= patience) signal(state.pid, 'SIGKILL')
    await delay(20)
  }
  return true
}

/** Deletes the store in the folder, and nothing else in it. Throws FolderInUse while a server holds it. */
export function clearFolder(dir: string): void {
  if (!existsSync(dir)) return
  const unlock = lockFolder(dir)
  try {
    // A process that ends in the middle leaves an empty store, not an old one.
    closeSync(openSync(join(dir, emptyingMark), 'w', 0o600))
    for (const name of readdirSync(dir))
      if (isStoreFile(name) || name.startsWith('state.json')) unlinkSync(join(dir, name))
    unlinkSync(join(dir, emptyingMark))
  } finally {
    unlock()
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
