// What every script needs first: the development dependencies, as the lock file names them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))
const stamp = join(root, 'node_modules/.impt-lock')

/** Installs the locked dependencies unless node_modules already holds exactly those. Throws when npm fails. */
export function installMissing() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  process.stderr.write('Installing the dependencies...\n')
  // `npm i -g .` runs this with its own settings, which are not for the project's folder.
  const {
    npm_config_global: _global,
    npm_config_prefix: _prefix,
    npm_config_location: _location,
    ...env
  } = process.env
  const { status } = spawnSync(
    'npm',
    ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'],
    {
      cwd: root,
      env,
      // stdout belongs to the program that is about to run.
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  )
  if (status !== 0) throw new Error('npm ci failed: see its messages above')
  writeFileSync(stamp, lock)
}

/** Runs a program with the terminal of this one and gives its exit code. */
export function run(file, args, options = {}) {
  const { status, signal } = spawnSync(file, args, { cwd: root, stdio: 'inherit', ...options })
  return status ?? (signal === 'SIGINT' ? 130 : 1)
}
