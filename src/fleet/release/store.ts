import { createHash, randomBytes } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ImptError } from '../../output/error.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { codeOf, namingFile } from '../../session/file-error.ts'
import { exists } from '../../session/json-file.ts'
import { isLocked, tryLock } from '../../session/lock.ts'
import { ensureFolder } from '../../session/paths.ts'
import { progressOf, type Progress } from './progress.ts'
import type { Entry, NewEntry, ReleasePlan } from './types.ts'

/** What a person wants of a running release, from any process of this machine. */
export type Order = 'run' | 'pause' | 'abort'
const ORDERS: readonly string[] = ['run', 'pause', 'abort'] satisfies readonly Order[]

/** One release on this machine's disk. Its folder is closed to others (0700). */
export interface ReleaseStore {
  readonly plan: ReleasePlan
  /** Where it lies. */
  readonly folder: string
  /** All lines that are whole; one that a kill has cut is left out. */
  entries(): Promise<readonly Entry[]>
  /** Adds a line and waits for the disk. */
  append(entry: NewEntry): Promise<void>
  order(): Promise<Order>
  setOrder(order: Order): Promise<void>
  writeReport(report: object): Promise<void>
}

/** The releases of one endpoint on this machine. */
export interface Releases {
  /** Writes down a new release, which holds its groups from then on. */
  create(plan: ReleasePlan, now: () => number): Promise<ReleaseStore>
  /** The release of this id. Throws NOT_FOUND. */
  get(id: string, now: () => number): Promise<ReleaseStore>
  /** All ids, newest first. */
  ids(): Promise<readonly string[]>
  /** Runs `task` as the only process of this machine that works on the release and on these groups. Throws CONFLICT at once. */
  hold<T>(id: string, groups: readonly string[], task: () => Promise<T>): Promise<T>
  /** The same for what is told as it comes about. */
  during<T, R>(
    id: string,
    groups: readonly string[],
    items: () => AsyncGenerator<T, R, undefined>,
  ): AsyncGenerator<T, R, undefined>
  /** Whether a process works on the release now. */
  isHeld(id: string): Promise<boolean>
}

/** An id that sorts by time: `20261127-162407-1f`. */
export function newReleaseId(now: number): string {
  // Its milliseconds, so that the newest is known among those of a second, and a random digit.
  const order = (now % 1000).toString(16).padStart(3, '0') + randomBytes(1).toString('hex')[0]
  const [day = '', time = ''] = new Date(now).toISOString().split('T')
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${order}`
}

/** The end of the name of a release that is being written down. */
const BEGUN = '.begun'
/** Nobody writes a release down for so long, in ms. */
const DAY = 86_400_000

const ID = /^\d{8}-\d{6}-[0-9a-f]{4}$/

/** The releases in `<state>/releases/<key>`; the key names the endpoint, for groups are its own whoever is logged in. */
export function releasesOf(state: string, endpoint: string): Releases {
  const key = createHash('sha256').update(endpoint).digest('hex').slice(0, 16)
  const root = join(state, 'releases', key)
  const folderOf = (id: string) => join(root, id)

  async function hold<T>(id: string, groups: readonly string[], task: () => Promise<T>): Promise<T> {
    const locks = join(root, 'locks')
    await ensureFolder(locks)
    const holding = [id, ...[...new Set(groups)].sort()].reduceRight<() => Promise<T>>(
      (inner, name, i) => () =>
        tryLock(join(locks, name), i === 0 ? `The release ${id}` : 'A Device Group of this release', inner),
      task,
    )
    return holding()
  }

  async function* during<T, R>(
    id: string,
    groups: readonly string[],
    items: () => AsyncGenerator<T, R, undefined>,
  ): AsyncGenerator<T, R, undefined> {
    let leave: () => void = () => undefined
    const left = new Promise<void>((resolve) => (leave = resolve))
    let holding: Promise<void> = Promise.resolve()
    await new Promise<void>((resolve, reject) => {
      holding = hold(id, groups, () => {
        resolve()
        return left
      })
      holding.catch(reject)
    })
    try {
      return yield* items()
    } finally {
      leave()
      await holding
    }
  }

  /** Takes away what was killed while it was being written down: it was never a release. */
  async function sweep(time: number): Promise<void> {
    const oldest = newReleaseId(time - DAY)
    const left = (await readdir(root)).filter((name) => name.endsWith(BEGUN) && name < oldest)
    await Promise.all(left.map((name) => rm(join(root, name), { recursive: true, force: true })))
  }

  return {
    hold,
    during,
    async create(plan, now) {
      await ensureFolder(root)
      await sweep(now())
      const folder = folderOf(plan.id)
      // It is there with its plan or not at all, whoever looks or kills in between.
      const begun = folder + BEGUN
      await namingFile(folder, async () => {
        await mkdir(begun, { mode: 0o700 })
        await replaceFile(join(begun, 'plan.json'), JSON.stringify(plan), 'secret')
        await rename(begun, folder)
      })
      return storeOf(folder, plan, now)
    },
    async get(id, now) {
      const unknown = () =>
        new ImptError('NOT_FOUND', `Release "${id}" is not found on this machine.`, {
          hint: '"impt release history" lists them',
        })
      if (!ID.test(id)) throw unknown()
      const folder = folderOf(id)
      const text = await readText(join(folder, 'plan.json'))
      if (text === undefined) throw unknown()
      const plan = parsed(text, join(folder, 'plan.json')) as ReleasePlan
      if (plan.format !== 1)
        throw new ImptError('FILE', `File error: ${folder}: it was written by a newer impt.`, {
          hint: 'Update impt',
        })
      return storeOf(folder, plan, now)
    },
    async ids() {
      const names = await readdir(root).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return []
        throw error
      })
      const ids = names
        .filter((name) => ID.test(name))
        .sort()
        .reverse()
      const areWhole = await Promise.all(ids.map((id) => exists(join(folderOf(id), 'plan.json'))))
      return ids.filter((_, at) => areWhole[at])
    },
    isHeld: (id) => isLocked(join(root, 'locks', id)),
  }
}

function storeOf(folder: string, plan: ReleasePlan, now: () => number): ReleaseStore {
  const journal = join(folder, 'journal.jsonl')
  const control = join(folder, 'control')
  let isWhole: boolean | undefined
  let writing: Promise<unknown> = Promise.resolve()

  async function write(entry: NewEntry): Promise<void> {
    isWhole ??= /(?:^|\n)$/.test((await readText(journal)) ?? '')
    const line = `${isWhole ? '' : '\n'}${JSON.stringify({ at: now(), ...entry })}\n`
    // A full disk may take the half of it.
    isWhole = undefined
    await namingFile(journal, async () => {
      const handle = await open(journal, 'a', 0o600)
      try {
        await handle.appendFile(line)
        await handle.sync()
      } finally {
        await handle.close()
      }
    })
    isWhole = true
  }

  return {
    plan,
    folder,
    async entries() {
      const lines = ((await readText(journal)) ?? '').split('\n')
      return lines.flatMap((line) => {
        try {
          return line === '' ? [] : [JSON.parse(line) as Entry]
        } catch {
          return []
        }
      })
    },
    append(entry) {
      const turn = writing.then(() => write(entry))
      writing = turn.catch(() => undefined)
      return turn
    },
    async order() {
      const text = ((await readText(control)) ?? 'run').trim()
      return ORDERS.includes(text) ? (text as Order) : 'run'
    },
    setOrder: (order) => namingFile(control, () => replaceFile(control, `${order}\n`, 'secret')),
    writeReport: (report) =>
      namingFile(folder, () =>
        replaceFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`, 'secret'),
      ),
  }
}

/** Where a release stands by its journal. */
export async function readProgress(store: ReleaseStore): Promise<Progress> {
  return progressOf(await store.entries())
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined
    return namingFile(path, () => Promise.reject(error as Error))
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new ImptError('FILE', `File error: ${path}: it is not valid JSON.`, { cause: error })
  }
}
