import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '../../program/alive.ts'
import { isLocked } from '../../session/lock.ts'
import type { Context } from '../context.ts'
import { sandboxFolder } from '../sandbox/folder.ts'
import { ok, wrong, type Check } from './check.ts'

/** Folders that are looked into at most: a home directory may hold thousands. */
const MOST_FOLDERS = 500

/** What processes that were killed left behind here: locks, sessions, sandboxes, pulls that have not come to their end. */
export async function leftBehind(context: Context): Promise<readonly Check[]> {
  const all = await Promise.all([locks(context), sessions(context), sandbox(context), pulls(context)])
  return all.flat()
}

/** A lock whose holder is gone is broken by the next command; that it is there tells of a process that was killed. */
async function locks({ session, directory }: Context): Promise<readonly Check[]> {
  const { config, state, cache } = session.folders
  const stale: string[] = []
  for (const folder of [config, state, cache, join(state, 'serve'), directory])
    for (const name of await namesIn(folder)) {
      const path = join(folder, name.replace(/\.lock$/, ''))
      const isOurs = folder !== directory || name.startsWith('.impt.')
      if (name.endsWith('.lock') && isOurs && !(await isLocked(path))) stale.push(join(folder, name))
    }
  if (stale.length === 0) return [ok('locks', 'none is left behind')]
  return [
    wrong(
      'locks',
      `A process that held ${stale.length === 1 ? 'a lock' : `${stale.length} locks`} ended without letting go: ${stale.join(', ')}.`,
      'Nothing has to be done: the next command that needs it takes it. Or delete it',
    ),
  ]
}

/** Sessions that "impt serve" keeps open, by the files in which they invite. */
async function sessions({ session }: Context): Promise<readonly Check[]> {
  const folder = join(session.folders.state, 'serve')
  const names = (await namesIn(folder)).filter((name) => name.endsWith('.json'))
  const pids = await Promise.all(names.map(async (name) => pidIn(join(folder, name))))
  const dead = names.filter((_, i) => {
    const pid = pids[i]
    return pid === undefined || !isAlive(pid)
  })
  const served = names.length - dead.length
  if (dead.length === 0)
    return [ok('session', served === 0 ? 'none is kept open' : `${served} kept open by "impt serve"`)]
  return [
    wrong(
      'session',
      `"impt serve" ended without saying so (process ${pids[names.indexOf(dead[0] ?? '')] ?? 'unknown'}).`,
      `Start it again, or delete ${dead.map((name) => join(folder, name)).join(', ')}`,
    ),
  ]
}

async function sandbox({ session, directory }: Context): Promise<readonly Check[]> {
  const folder = sandboxFolder(session.env, directory)
  const pid = await pidIn(join(folder, 'state.json'))
  if (pid === undefined) return [ok('sandbox', 'none runs in the background')]
  if (isAlive(pid)) return [ok('sandbox', `process ${pid} serves ${folder}`)]
  return [
    wrong(
      'sandbox',
      `The sandbox in ${folder} ended without saying so (process ${pid}).`,
      'impt sandbox start',
    ),
  ]
}

/** Folders of "impt pull" here, or below here, that a killed process left between old and new. */
async function pulls({ directory }: Context): Promise<readonly Check[]> {
  const below = (await namesIn(directory)).slice(0, MOST_FOLDERS).map((name) => join(directory, name))
  const open: string[] = []
  for (const folder of [directory, ...below])
    if ((await namesIn(join(folder, '.impt'))).includes('redo.json')) open.push(folder)
  if (open.length === 0) return [ok('pulls', 'none is left half done')]
  return [
    wrong(
      'pulls',
      `A pull was killed before its end: ${open.join(', ')}.`,
      `impt pull or impt plan of that folder finishes it`,
    ),
  ]
}

/** The names in a folder; none where there is no folder, or where it may not be read. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch(() => [])
}

async function pidIn(path: string): Promise<number | undefined> {
  try {
    const { pid } = JSON.parse(await readFile(path, 'utf8')) as { readonly pid?: unknown }
    return typeof pid === 'number' ? pid : undefined
  } catch {
    return undefined
  }
}
