import { foldersOf } from '../session/paths.ts'
import { sandboxFolder } from '../commands/sandbox/folder.ts'
import { isSea } from 'node:sea'

declare const IMPT_COMMIT: string | undefined

/** What `impt --version --verbose` prints: what people are asked for when something is wrong. No secrets. */
export function about(version: string): string {
  const { env } = process
  const { config, state, cache, sandbox } = placesIn(env)
  const rows = {
    impt: version,
    commit: typeof IMPT_COMMIT === 'undefined' ? 'unknown' : IMPT_COMMIT,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    program: isSea() ? `${process.execPath} (one file)` : (process.argv[1] ?? ''),
    settings: config,
    state,
    cache,
    sandbox,
  }
  const width = Math.max(...Object.keys(rows).map((name) => name.length)) + 2
  return Object.entries(rows)
    .map(([name, value]) => `${`${name}:`.padEnd(width)}${value}\n`)
    .join('')
}

/** Where our files are, or why they are nowhere: this is asked where something is wrong. */
function placesIn(env: NodeJS.ProcessEnv) {
  try {
    return { ...foldersOf(env), sandbox: sandboxFolder(env, process.cwd()) }
  } catch (error) {
    const none = `none (${error instanceof Error ? error.message : String(error)})`
    return { config: none, state: none, cache: none, sandbox: none }
  }
}
