import { stat } from 'node:fs/promises'
import { posix, resolve } from 'node:path'
import { Failure } from './errors.ts'
import { tooLarge } from './local.ts'
import { type Reference, uriOf } from './reference.ts'
import type { Fetched, RemoteOptions } from './remote.ts'
import { MAX_TEXT } from './values.ts'

/**
 * Reads a committed file of a git repository on this machine with the `git` command; changes not committed are not
 * seen. Its version is the SHA of a commit.
 * @throws Failure
 */
export async function readGitLocal(
  reference: Extract<Reference, { kind: 'git-local' }>,
  locked: string | undefined,
  wanted: boolean,
  options: RemoteOptions,
): Promise<Fetched> {
  const uri = uriOf(reference)
  const ref = locked ?? reference.ref ?? 'HEAD'
  // A ref is not an option, whatever the include says.
  if (ref.startsWith('-')) throw new Failure('DATA', `"${uri}" has no valid ref`)
  const path = resolve(options.directory ?? process.cwd(), reference.path)
  const folder = await existingFolder(posix.dirname(path.replaceAll('\\', '/')))
  const [root = '', prefix = ''] = (
    await git(folder, ['rev-parse', '--show-toplevel', '--show-prefix'])
  ).split('\n')
  const inside = `${prefix}${posix.relative(folder, path.replaceAll('\\', '/'))}`
  const text = await git(folder, ['cat-file', 'blob', `${ref}:${inside}`])
  const fetched = { text, root, inside }
  if (locked !== undefined) return { ...fetched, version: locked }
  if (!wanted) return fetched
  return { ...fetched, version: (await git(folder, ['rev-parse', '--verify', `${ref}^{commit}`])).trim() }

  async function git(at: string, args: readonly string[]): Promise<string> {
    const { execFile } = await import('node:child_process')
    return await new Promise((done, failed) => {
      const settings = {
        encoding: 'utf8',
        maxBuffer: MAX_TEXT,
        env: { ...process.env, LC_ALL: 'C' },
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      } as const
      execFile('git', ['-C', at, ...args], settings, (error, stdout, stderr) => {
        if (error === null) done(stdout)
        else failed(failureOf(error, stderr, uri))
      })
    })
  }
}

function failureOf(error: Error & { code?: unknown }, stderr: string, uri: string): Failure {
  if (error.name === 'AbortError') return new Failure('CANCELLED', 'Preprocessing was cancelled')
  if (error.code === 'ENOENT')
    return new Failure('FILE', `"${uri}" needs the git command, which was not found`)
  if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return tooLarge(uri)
  const reason =
    stderr
      .trim()
      .split('\n')[0]
      ?.replace(/^fatal: /, '') ?? ''
  return new Failure('NOT_FOUND', `"${uri}" cannot be read: ${reason === '' ? error.message : reason}`)
}

/** The file may exist in another ref only, and its folder too: git runs in the nearest folder that exists. */
async function existingFolder(folder: string): Promise<string> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const parent = posix.dirname(folder)
  return isFolder || parent === folder ? folder : await existingFolder(parent)
}
