import { randomBytes } from 'node:crypto'
import {
  link,
  lstat,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { codeOf } from './file-error.ts'

/**
 * How a file is kept. `plain`: readable as the user's umask says. `secret`: holds a credential, always mode 0600. `cache`: 0600 too, but
 * it may be lost in a power failure, so writing does not wait for the disk.
 */
export type FileForm = 'plain' | 'secret' | 'cache'

const ABANDONED_MS = 60_000

/**
 * Replaces the content of a file so that a reader, or a `kill -9` at any moment, finds either the old content or the new one, never a
 * part; the old one too where `content` ends with an error. A symbolic link stays one: the file that it points at is replaced. An
 * existing `plain` file keeps its mode; a device or a pipe in its place (`/dev/null`, `/dev/stderr`) is written to. The folder must
 * exist. Throws the error of the system, or of `content`.
 */
export async function replaceFile(
  path: string,
  content: string | AsyncIterable<Uint8Array>,
  form: FileForm,
): Promise<void> {
  await (await staged(path, content, form)).commit()
}

/** As `replaceFile` for a file that must not be there yet: throws EEXIST where it is, also where others make it in the same moment. */
export async function createFile(
  path: string,
  content: string | AsyncIterable<Uint8Array>,
  form: FileForm,
): Promise<void> {
  await (await staged(path, content, form, nameNew)).commit()
}

/** New content of a file that is complete on the disk beside it, and takes its place, or goes, at once. */
export interface Staged {
  readonly commit: () => Promise<void>
  readonly discard: () => Promise<void>
}

/** The first half of `replaceFile`: all that can fail for want of room, rights or a folder fails here, and nothing has been changed then. */
export async function staged(
  path: string,
  content: string | AsyncIterable<Uint8Array>,
  form: FileForm,
  place: (from: string, to: string) => Promise<void> = renameOver,
): Promise<Staged> {
  if (form === 'plain' && (await isDevice(path)))
    return { commit: () => writeFile(path, content), discard: async () => undefined }
  await refuseFolder(path)
  const target = await linkTarget(path)
  const temporary = `${target}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  await removeAbandoned(target)
  const handle = await open(temporary, 'wx', form === 'plain' ? 0o666 : 0o600)
  try {
    try {
      if (form === 'plain') await keepMode(target, (mode) => handle.chmod(mode))
      await writeFile(handle, content)
      if (form !== 'cache') await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    await discard()
    throw error
  }
  return { commit, discard }

  async function commit(): Promise<void> {
    try {
      await place(temporary, target)
    } catch (error) {
      await discard()
      throw error
    }
    if (form !== 'cache') await syncFolder(dirname(target))
  }

  async function discard(): Promise<void> {
    await unlink(temporary).catch(ignore)
  }
}

/** Opening a folder for writing fails without touching it, with the error of the system that says so. */
async function refuseFolder(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined)
  if (status?.isDirectory()) await (await open(path, 'r+')).close()
}

async function isDevice(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => undefined)
  return status !== undefined && !status.isFile() && !status.isDirectory()
}

/** The file behind a chain of symbolic links, whether it exists or not. */
async function linkTarget(path: string): Promise<string> {
  try {
    return await realpath(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
  const isLink = await lstat(path).then(
    (status) => status.isSymbolicLink(),
    () => false,
  )
  return isLink ? linkTarget(resolve(await realpath(dirname(path)), await readlink(path))) : path
}

async function keepMode(path: string, set: (mode: number) => Promise<void>): Promise<void> {
  const mode = await stat(path).then(
    (status) => status.mode & 0o777,
    () => undefined,
  )
  if (mode !== undefined) await set(mode)
}

// A killed process leaves its temporary file, which may hold a credential.
async function removeAbandoned(target: string): Promise<void> {
  const start = `${basename(target)}.`
  const names = await readdir(dirname(target)).catch(() => [])
  for (const name of names) {
    if (!name.startsWith(start) || !/^\d+\.[0-9a-f]{8}\.tmp$/.test(name.slice(start.length))) continue
    const path = join(dirname(target), name)
    const status = await stat(path).catch(() => undefined)
    if (status !== undefined && Date.now() - status.mtimeMs > ABANDONED_MS) await unlink(path).catch(ignore)
  }
}

/** Gives a file a name that nothing has: throws EEXIST where something has it. */
export async function nameNew(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw error
    // Not every disk knows links: the name is taken first, which only one can do.
    await (await open(to, 'wx')).close()
    try {
      return await renameOver(from, to)
    } catch (failure) {
      await unlink(to).catch(ignore)
      throw failure
    }
  }
  await unlink(from)
}

// On Windows a virus scanner or an indexer may hold the file for a moment.
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await rename(from, to)
    } catch (error) {
      const held = process.platform === 'win32' && ['EPERM', 'EACCES', 'EBUSY'].includes(codeOf(error) ?? '')
      if (!held || attempt === 10) throw error
    }
    await delay(attempt * 20)
  }
}

// Not every system can open or sync a folder; the file itself is safe already.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  if (handle === undefined) return
  await handle.sync().catch(ignore)
  await handle.close()
}

function ignore(): void {}
