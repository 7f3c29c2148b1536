// The work of the built-ins for files. What changes files says so in a dry run and does nothing.
import { constants } from 'node:fs'
import { cp, lstat, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import { visible } from '../../output/visible.ts'
import { makeFolders } from '../../session/made-folder.ts'
import { nameNew } from '../../session/atomic-file.ts'
import { knownHome } from '../../session/home.ts'
import { fileError, pathIn } from '../run/path.ts'
import { decode, ProgramOutput } from '../run/program-output.ts'
import { raise } from '../values/fault.ts'
import type { Place } from '../syntax/source.ts'
import { Time, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'

/** Whether anything has this path. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** Opens a text file that is read as it is needed. Throws FILE at the place. */
export async function textFile(path: string, name: string, place: Place): Promise<ProgramOutput> {
  try {
    const handle = await open(path)
    if ((await handle.stat()).isDirectory()) {
      await handle.close()
      throw raise(place, 'FILE', `${name}: is a directory`, 'list-files shows what is in it')
    }
    return ProgramOutput.ofText(handle.createReadStream({ highWaterMark: 256 * 1024 }), name, place)
  } catch (error) {
    throw fileError(error, name, place)
  }
}

/** The text of a file. Throws FILE or DATA at the place. */
export async function wholeText(path: string, name: string, place: Place): Promise<string> {
  try {
    return decode(await readFile(path), place, name)
  } catch (error) {
    throw fileError(error, name, place)
  }
}

/** Carries out a change of files, or says in a dry run what it would be. */
async function change(
  call: Call,
  verb: string,
  what: string,
  place: Place,
  work: () => Promise<void>,
): Promise<null> {
  const { task } = call
  if (task.settings.dryRun) {
    task.machine.suppressed += 1
    await task.out(`would ${verb}: ${visible(what)}\n`)
    return null
  }
  try {
    await work()
  } catch (error) {
    throw fileError(error, what, place)
  }
  return null
}

/** The entries of a folder, or of all folders in it, by name: `{name, path, type, size, modified}`. */
export async function listFiles(
  call: Call,
  folder: string,
  { all, deep }: { all: boolean; deep: boolean },
): Promise<Value> {
  const found: Value[] = []
  const walk = async (path: string, shown: string): Promise<void> => {
    for (const name of (await readdir(path)).sort()) {
      if (!all && name.startsWith('.')) continue
      const info = await lstat(join(path, name)).catch(() => undefined)
      // It went away since the folder was read.
      if (info === undefined) continue
      const type = info.isDirectory()
        ? 'dir'
        : info.isSymbolicLink()
          ? 'link'
          : info.isFile()
            ? 'file'
            : 'other'
      const way = shown === '' ? name : `${shown}/${name}`
      found.push({ name, path: way, type, size: info.size, modified: new Time(Math.floor(info.mtimeMs)) })
      if (deep && type === 'dir') await walk(join(path, name), way)
    }
  }
  try {
    await walk(pathIn(call.task, folder), folder === '.' ? '' : folder.replace(/[\\/]+$/, '') || '/')
  } catch (error) {
    throw fileError(error, folder, call.at('path'))
  }
  return found
}

/** Removes a file or a folder. Never the root, the home folder, or a folder in which the script works. */
export async function removeFile(
  call: Call,
  name: string,
  { deep, force }: { deep: boolean; force: boolean },
  place: Place,
): Promise<null> {
  const path = pathIn(call.task, name)
  const { directory, env } = call.task.settings
  const home = knownHome(env)
  const holds = (inner: string): boolean =>
    inner === path || inner.startsWith(path.endsWith(sep) ? path : path + sep)
  if (holds(directory) || (home !== undefined && holds(home)))
    throw raise(
      place,
      'FILE',
      `${name} is not removed: the ${holds(directory) ? 'working' : 'home'} directory is in it`,
      'name what is to be removed',
    )
  if (force && !(await isThere(path))) return null
  return change(call, 'remove', name, place, async () => {
    const info = await lstat(path)
    if (info.isDirectory() && !deep && (await readdir(path)).length > 0)
      throw raise(
        place,
        'FILE',
        `${name}: the directory is not empty`,
        'add --recursive to remove all that is in it',
      )
    // What came into the folder since is not removed with it.
    if (info.isDirectory() && !deep) await rmdir(path)
    else await rm(path, { recursive: deep })
  })
}

/** All that is in a folder, over what is there. */
const WHOLE = { recursive: true, force: true, preserveTimestamps: true } as const

/** A file, where nothing is there. */
const FRESH = {
  force: false,
  errorOnExist: true,
  preserveTimestamps: true,
  mode: constants.COPYFILE_EXCL,
} as const

/** Moves or copies. A target that is a folder gets it inside; one that exists is not replaced without `force`. */
export async function bring(
  call: Call,
  verb: 'move' | 'copy',
  from: string,
  to: string,
  { force, deep }: { force: boolean; deep: boolean },
): Promise<null> {
  const source = pathIn(call.task, from)
  const given = pathIn(call.task, to)
  const isFolder = await stat(given).then(
    (info) => info.isDirectory(),
    () => false,
  )
  const target = isFolder ? join(given, basename(source)) : given
  const place = call.at('from')
  let isFile = false
  if (target === source) throw raise(place, 'FILE', `"${from}" and "${to}" are the same`)
  if (!call.task.settings.dryRun) {
    const info = await lstat(source).catch((error: unknown) => {
      throw fileError(error, from, place)
    })
    if (verb === 'copy' && info.isDirectory() && !deep)
      throw raise(place, 'FILE', `${from}: is a directory`, 'add --recursive to copy all that is in it')
    if (target.startsWith(source + sep)) throw raise(place, 'FILE', `${from} cannot be put into itself`)
    isFile = info.isFile()
    if (!force && (await isThere(target)))
      throw raise(call.at('to'), 'FILE', `${to}: the file exists already`, 'add --force to replace it')
  }
  return change(call, verb, `${from} to ${to}`, place, async () => {
    // Looked for once more when the name is taken: others may make the file in between.
    const isFresh = isFile && !force
    if (verb === 'copy') return cp(source, target, isFresh ? FRESH : WHOLE)
    await (isFresh ? nameNew : rename)(source, target).catch(async (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
      // Another disk: copied, and removed once it is all there.
      await cp(source, target, isFresh ? FRESH : WHOLE)
      await rm(source, { recursive: true })
    })
  })
}

export async function makeFolder(call: Call, name: string): Promise<null> {
  return change(call, 'mkdir', name, call.at('path'), async () => {
    await makeFolders(pathIn(call.task, name))
  })
}

/** The parts of a path, by the rules of this system. `/` separates on all of them. */
export const PATH_PARTS = {
  base: (path: string) => basename(path),
  dir: (path: string) => dirname(path),
  ext: (path: string) => /[^.\\/](\.[^.\\/]*)$/.exec(path)?.[1] ?? '',
} as const
