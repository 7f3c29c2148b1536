import { join } from 'node:path'
import { byCodePoint } from '../account.ts'
import { ImptError } from '../../output/error.ts'

/** Something wrong in a folder: the file, relative to it with `/`, and where there is one the line and column from 1. */
export interface Problem {
  readonly path: string
  readonly line?: number
  readonly column?: number
  readonly text: string
}

/** What a file could not be read for: its path is said once, and in words. */
export function problemOf(
  { name }: { readonly name: string },
  path: string,
  { message }: ImptError,
): Problem {
  const [, where = '', what = message] =
    /^File error: (.*?): ((?:it is |[A-Z]+: |file is not found)[^]*?)\.?$/.exec(message) ?? []
  const text = what.replace(/^[A-Z]+: /, '')
  return { path, text: where === '' || where === join(name, path) ? text : `${where}: ${text}` }
}

/** Of a `builds.json` that is not there beside code. */
export const NO_BUILDS =
  'it is missing, and says which code is which; of a new group: [{"code": ".", "current": true}]'

/** Of a program that is not there. */
export function missingCode(folder: string, path: string): Problem {
  const cure = /\/builds\/[^/]+$/.test(folder) ? 'take its build out of builds.json' : 'make an empty one'
  return { path, text: `the file is missing: restore it, or ${cure}` }
}

const MOST_SHOWN = 50

/** One error for all that is wrong with a folder: nothing was sent, and everything is named at once. */
export function problemsError(folder: string, problems: readonly Problem[]): ImptError {
  const lines = problems
    .slice(0, MOST_SHOWN)
    .map(({ path, line, column, text }) =>
      [path, ...(line === undefined ? [] : [line, column ?? 1])].join(':').concat(`: ${text}`),
    )
  if (problems.length > MOST_SHOWN) lines.push(`... and ${problems.length - MOST_SHOWN} more`)
  return new ImptError(
    'FILE',
    `The folder "${folder}" cannot be read: ${problems.length === 1 ? 'one thing is' : `${problems.length} things are`} wrong.`,
    {
      notes: lines,
      hint: 'Nothing was sent. Correct the files and try again',
      data: { problems: problems.map(({ path, ...rest }) => ({ file: path, ...rest })) },
    },
  )
}

/** Notes entities of one parent that have the same name. */
export function noTwins(
  nodes: readonly { readonly path: string; readonly name: string }[],
  what: string,
  problems: Problem[],
): void {
  const seen = new Map<string, string>()
  for (const { path, name } of nodes) {
    const other = seen.get(name)
    if (other !== undefined && name !== '')
      problems.push({ path, text: `two ${what} have the name "${name}": the other is ${other}` })
    seen.set(name, path)
  }
}

/** By path, line and column. */
export function byPlace(a: Problem, b: Problem): number {
  return byCodePoint(a.path, b.path) || (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
}
