/** What is probably wrong with a program that compiles. */
import { relative, resolve } from 'node:path'
import { locate } from '../../preprocess/lines.ts'
import { readProject } from '../../session/project-file.ts'
import { readTest } from '../../session/test-file.ts'
import { mentionedIn } from '../../squirrel/analysis/builder.ts'
import { type LintCode, lintsOf } from '../../squirrel/analysis/lints.ts'
import { createProgram, type Part, partOf } from '../../squirrel/analysis/program.ts'
import { sideOfName } from '../../squirrel/analysis/side.ts'
import { libraryIn } from '../../squirrel/library-folder.ts'
import { closest } from '../closest.ts'
import type { Context } from '../context.ts'
import { SIDES, type Side } from '../source-file.ts'
import type { SquirrelFile } from './source.ts'

/** A warning, at the place in the file that a person wrote; row and column count from 1. */
export interface Warning {
  readonly file: string
  readonly row: number
  readonly column: number
  readonly code: LintCode | 'SQ_SIZE'
  readonly text: string
}

/**
 * The lints of a program, in order. Names that are declared nowhere are told of the sources that the Project or test file names alone: any other
 * file may be a part of a program. `type` is that of the imp where it was said. What comes from elsewhere (libraries, remote includes) is not looked
 * at.
 */
export async function warningsOf(
  context: Context,
  file: SquirrelFile,
  folders: readonly string[],
  type: string | undefined,
): Promise<readonly Warning[]> {
  const entry = await entrySide(context.directory, file.path)
  const part = partOf(file.name, file.text.replace(/^\ufeff/, ' '))
  const libraries = libraryParts(file.text, folders)
  const place = { side: entry ?? sideOfName(file.path), type }
  const program = createProgram([part, ...libraries.parts], place)
  return lintsOf(program, part, entry !== undefined && libraries.isWhole, closest).flatMap(
    ({ code, first, message }) => {
      // What the preprocessor left out may use it.
      if (code === 'SQ_UNUSED' && file.lines !== undefined) return []
      const { row, column } = first
      const at = file.lines === undefined ? { file: file.path, line: row } : locate(file.lines, row)
      const name = at.file === file.path ? file.name : relative(context.directory, at.file)
      const isElsewhere =
        /^[a-z][\w+.-]+:/i.test(at.file) || (first.file !== file.name && file.lines === undefined)
      return isElsewhere ? [] : [{ file: name, row: at.line, column, code, text: message }]
    },
  )
}

/** The side whose source a file is, by the Project file or that of the tests. */
async function entrySide(directory: string, path: string): Promise<Side | undefined> {
  for (const named of [await readProject(directory), await readTest(directory)])
    for (const side of SIDES) {
      const name = named?.[`${side}File`]
      if (typeof name === 'string' && resolve(directory, name) === path) return side
    }
  return undefined
}

/** The libraries that a text requires, theirs included; `isWhole`: all are there. */
function libraryParts(
  text: string,
  folders: readonly string[],
): { readonly parts: readonly Part[]; readonly isWhole: boolean } {
  const library = libraryIn(folders)
  const parts = new Map<string, Part>()
  let isWhole = true
  const left = [text]
  for (let next = left.pop(); next !== undefined; next = left.pop())
    for (const { kind, name } of mentionedIn(next)) {
      if (kind !== 'require' || parts.has(name.toLowerCase())) continue
      const [wanted = '', version = null] = name.split(':')
      const found = library(wanted, version)
      isWhole &&= typeof found === 'string'
      if (typeof found !== 'string') continue
      parts.set(name.toLowerCase(), partOf(name, found))
      left.push(found)
    }
  return { parts: [...parts.values()], isWhole }
}
