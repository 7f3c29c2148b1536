import { isNowhere, noHome } from '../session/home.ts'
import { foldersOf } from '../session/paths.ts'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { isSea } from 'node:sea'

declare const IMPT_COMMIT: string | undefined

/** What `impt --version --verbose` prints: what people are asked for when something is wrong. No secrets. */
export function about(version: string): string {
  const { env } = process
  const { config, state, cache } = foldersOf(env)
  const rows = {
    impt: version,
    commit: typeof IMPT_COMMIT === 'undefined' ? 'unknown' : IMPT_COMMIT,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    program: isSea() ? `${process.execPath} (one file)` : (process.argv[1] ?? ''),
    settings: place(config),
    state: place(state),
    cache: place(cache),
    sandbox: place(sandboxFolder(env, process.cwd())),
  }
  const width = Math.max(...Object.keys(rows).map((name) => name.length)) + 2
  return Object.entries(rows)
    .map(([name, value]) => `${`${name}:`.padEnd(width)}${value}\n`)
    .join('')
}

/** Where our files are, or why they are nowhere: this is asked where something is wrong. */
const place = (path: string) => (isNowhere(path) ? `none (${noHome().message})` : path)
