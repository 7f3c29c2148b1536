import { existsSync, statSync } from 'node:fs'
import { posix, resolve } from 'node:path'

export type Side = 'agent' | 'device'

/** A file with test cases. Paths are as they are shown: relative to the working directory, with slashes. */
export interface TestFile {
  readonly path: string
  /** The side whose code the tests are. */
  readonly side: Side
  /** The file that belongs to the other side, if there is one. */
  readonly partner?: string
}

const SIDE_WORD = /(?<![a-z])(agent|device)(?![a-z])/gi
const PARTNERED = /\.(agent|device)\.test\.nut$/

/**
 * Finds the test files of patterns: names, or `*`, `**`, `?`, `[]`, `{}`, relative to `directory`. Files come in the order of the patterns,
 * alphabetically within one, and each file once (test-run.md 2). Files that begin with a dot are not found by a pattern.
 */
export async function findTestFiles(
  patterns: readonly string[],
  directory: string,
): Promise<readonly TestFile[]> {
  const { glob } = await import('tinyglobby')
  const found = new Set<string>()
  for (const pattern of patterns.map((text) => text.replaceAll('\\', '/'))) {
    // A name with brackets that is there means itself.
    const paths = isFile(resolve(directory, pattern))
      ? [pattern]
      : await glob(pattern, { cwd: directory, expandDirectories: false, onlyFiles: true })
    for (const path of paths.map((path) => posix.normalize(path)).sort((a, b) => a.localeCompare(b, 'en')))
      found.add(path)
  }
  return [...found].map((path) => testFileOf(path, (name) => isFile(resolve(directory, name))))
}

/** What the name of a test file says; `exists` tells whether a partner is there. */
export function testFileOf(path: string, exists: (path: string) => boolean): TestFile {
  const side = sideOf(path)
  const named = PARTNERED.exec(path)?.[1]
  if (named === undefined) return { path, side }
  const partner = path.replace(PARTNERED, named === 'agent' ? '.device.nut' : '.agent.nut')
  return exists(partner) ? { path, side, partner } : { path, side }
}

/**
 * The last word `agent` or `device` of the file's name decides, words being parted by anything that is no letter: `my_agent.test.nut` is
 * agent code. A name that has neither is agent code in a folder with the word `agent`, as it always was, and device code elsewhere.
 */
function sideOf(path: string): Side {
  const words = [...posix.basename(path).matchAll(SIDE_WORD)]
  const last = words.at(-1)?.[1]?.toLowerCase()
  if (last === 'agent' || last === 'device') return last
  return /\bagent\b/i.test(posix.dirname(path)) ? 'agent' : 'device'
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile()
}
