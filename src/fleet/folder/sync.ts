import { spawn } from 'node:child_process'
import { closeSync, fsync, openSync } from 'node:fs'
import { promisify } from 'node:util'
import { inParallel } from '../../impcentral/parallel.ts'

/** From so many files on, bringing all to the disk at once takes less than one after the other. */
const MANY = 16
/** What others have written may take longer than our own files. */
const PATIENCE_MS = 5000

const synced = promisify(fsync)

/**
 * Waits until files are on the disk that holds `root`. Each file that is waited for takes a commit of the journal of the file system, so many are
 * brought there by one `sync -f` (Linux: syncfs, which promises the same as fsync of every file), where the system has that. `wait` runs the wait
 * for one file and names it in its error. Throws the error of the system.
 */
export async function syncFiles(
  root: string,
  paths: readonly string[],
  fullPath: (path: string) => string,
  wait: (path: string, work: () => Promise<void>) => Promise<void>,
): Promise<void> {
  if (paths.length >= MANY && (await isFileSystemSynced(root))) return
  await inParallel(paths, (path) =>
    wait(path, async () => {
      // Windows brings only files to the disk that may be written.
      const handle = openSync(fullPath(path), 'r+')
      try {
        await synced(handle)
      } finally {
        closeSync(handle)
      }
    }),
  )
}

/** Whether the system's own command did it, in time. */
function isFileSystemSynced(root: string): Promise<boolean> {
  if (process.platform !== 'linux') return Promise.resolve(false)
  return new Promise((resolve) => {
    const late = setTimeout(resolve, PATIENCE_MS, false)
    const end = (isDone: boolean) => {
      clearTimeout(late)
      resolve(isDone)
    }
    // Not by PATH: many have a program of their own with this name.
    const child = spawn('/bin/sync', ['-f', root], { stdio: 'ignore' })
    child.once('error', () => end(false))
    child.once('exit', (code) => end(code === 0))
    // Nobody waits for it longer than that.
    child.unref()
  })
}
