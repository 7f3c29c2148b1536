import { randomBytes } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../program/alive.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { ensureFolder } from '../session/paths.ts'
import type { SessionRecord, Verdict } from './session-record.ts'

/** A run of tests on this machine, as far as it has come. */
export interface KeptRun {
  readonly format: 1
  readonly id: string
  readonly pid: number
  readonly started: string
  readonly directory: string
  /** Test files in all, and the one that runs now. */
  readonly files: number
  readonly current: string | null
  readonly sessions: readonly SessionRecord[]
  /** Null while it runs, and for a run that was killed. */
  readonly verdict: Verdict | null
  /** What ended it before its time. */
  readonly error: string | null
}

/** Writes down where a run stands. */
export type Keep = (
  now: Partial<Pick<KeptRun, 'files' | 'current' | 'sessions' | 'verdict' | 'error'>>,
) => Promise<void>

const MOST_RUNS = 20
const NAME = /^\d{8}T\d{6}-[0-9a-f]{6}\.json$/

const folderOf = (state: string) => join(state, 'tests')

/**
 * Begins to keep a run in `<state>/tests`, for whoever watches it from another process; the newest 20 stay. Logs of devices are in it: the
 * files are 0600. Where nothing can be written the run goes on without.
 */
export function keepRun(state: string, directory: string): Keep {
  const started = new Date().toISOString()
  const id = `${started.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`
  let run: KeptRun = {
    format: 1,
    id,
    pid: process.pid,
    started,
    directory,
    files: 0,
    current: null,
    sessions: [],
    verdict: null,
    error: null,
  }
  let isNew = true
  return async (now) => {
    run = { ...run, ...now }
    try {
      if (isNew) await makeRoom(folderOf(state))
      isNew = false
      await replaceFile(join(folderOf(state), `${id}.json`), JSON.stringify(run), 'cache')
    } catch {
      // A disk that is full or read-only is no reason against testing.
    }
  }
}

async function makeRoom(folder: string): Promise<void> {
  await ensureFolder(folder)
  const names = (await readdir(folder)).filter((name) => NAME.test(name)).sort()
  for (const name of names.slice(0, Math.max(0, names.length - MOST_RUNS + 1)))
    await rm(join(folder, name), { force: true })
}

/** The kept runs of this machine, newest first. What is damaged or of a newer version is left out. */
export async function keptRuns(state: string): Promise<readonly KeptRun[]> {
  const names = await readdir(folderOf(state)).catch(() => [])
  const runs = await Promise.all(
    names
      .filter((name) => NAME.test(name))
      .sort()
      .reverse()
      .map(async (name) => {
        const text = await readFile(join(folderOf(state), name), 'utf8').catch(() => '')
        return parsed(text)
      }),
  )
  return runs.flatMap((run) => run ?? [])
}

function parsed(text: string): KeptRun | undefined {
  try {
    const run = JSON.parse(text) as KeptRun
    return run.format === 1 && Array.isArray(run.sessions) ? run : undefined
  } catch {
    return undefined
  }
}

/** Whether the process of a run that has no verdict yet is still there. */
export function isRunning({ pid, verdict, error }: KeptRun): boolean {
  return verdict === null && error === null && isAlive(pid)
}
