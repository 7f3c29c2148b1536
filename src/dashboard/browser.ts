import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Opening {
  /** Whether a browser was asked to open; that it could is not known. */
  readonly asked: boolean
  /** Takes the file away again. */
  readonly done: () => void
}

/**
 * Asks the system to open an address in the browser, through a file that only this user can read: the address holds a secret, and command
 * lines are seen by all users of a machine. `folder` must be there.
 */
export function openBrowser(
  address: string,
  folder: string,
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform = process.platform,
): Opening {
  const opener = openerOf(env, platform)
  if (opener === undefined) return { asked: false, done: () => undefined }
  const file = join(folder, `open-${randomBytes(6).toString('hex')}.html`)
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>impt</title><meta http-equiv="refresh" content="0;url=${address}"><a href="${address}">impt dashboard</a>\n`
  writeFileSync(file, page, { mode: 0o600, flag: 'wx' })
  const [program, ...words] = opener
  const child = spawn(program, [...words, file], { stdio: 'ignore', detached: true, env })
  child.on('error', () => undefined)
  child.unref()
  return { asked: true, done: () => rmSync(file, { force: true }) }
}

/** What opens a file in the browser; undefined where there is no screen. */
function openerOf(
  env: NodeJS.ProcessEnv,
  platform: NodeJS.Platform,
): readonly [string, ...string[]] | undefined {
  if (platform === 'darwin') return ['open']
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler']
  return env['DISPLAY'] || env['WAYLAND_DISPLAY'] ? ['xdg-open'] : undefined
}
