import { compileMessages, formatCompileMessage, warningLine } from '../../impcentral/failure.ts'
import type { CompileMessage, Warning } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import { lineMapOf, locate, withoutFolder, type LineMap } from '../../preprocess/lines.ts'
import type { Side } from '../source-file.ts'
import type { Programs } from './program.ts'

/**
 * Adds to a compile error what a person needs: the file and line of the source, mapped through the markers of the preprocessor, and the
 * line itself with a caret. Any other error stays as it is.
 */
export function explainCompileError(error: unknown, programs: Programs, directory: string): unknown {
  if (!(error instanceof ImptError) || error.code !== 'COMPILE') return error
  const messages = compileMessages([{ meta: error.http?.meta ?? [] }])
  const sides = Object.values(programs)
  const hint =
    error.hint ??
    sides
      .map(({ code, file, lines }) => (lines ? undefined : directiveHint(code, file ?? '')))
      .find((one) => one !== undefined)
  return new ImptError('COMPILE', error.message, {
    ...(error.http ? { http: error.http } : {}),
    ...(hint === undefined ? {} : { hint }),
    notes: messages.flatMap((message) => [
      formatCompileMessage(message),
      ...sourceLines(message, programs, directory),
    ]),
    cause: error,
  })
}

/** The messages of a compile error as data: where a person wrote what is wrong, line and column from 1. */
export function compileProblems({ http }: ImptError, programs: Programs) {
  return compileMessages([{ meta: http?.meta ?? [] }]).map(({ file, row, column, text }) => {
    const side = SIDES_BY_FILE[file]
    const program = side && programs[side]
    if (program === undefined) return { file, line: row, column, text }
    const name = program.file ?? file
    const place = locate(program.lines ?? lineMapOf(program.code, name), row)
    return { file: place.file || name, line: place.line, column, text }
  })
}

/** What to do about code that is in the Builder language and was not preprocessed; undefined for any other code. */
export function directiveHint(code: string, name: string): string | undefined {
  const match = /^[ \t]*@(include|set|if|macro|while|repeat|error|warning)\b(?=[ \t]+\S)/m.exec(code)
  if (!match) return undefined
  const line = code.slice(0, match.index).split('\n').length
  return `"${name}" has @${match[1]} in line ${line} and was not preprocessed: add --preprocess, or turn it on for the Project`
}

/** The texts of warnings of a successful deployment: what is wrong, then each place with its source line. */
export function warningLines(
  meta: readonly Warning[] | undefined,
  programs: Programs,
  directory: string,
): readonly string[] {
  return (meta ?? []).flatMap((warning) => [
    ...warningLine(warning),
    ...compileMessages([warning]).flatMap((message) => [
      formatCompileMessage(message),
      ...sourceLines(message, programs, directory),
    ]),
  ])
}

function sourceLines(
  { file, row, column }: CompileMessage,
  programs: Programs,
  directory: string,
): readonly string[] {
  const side = SIDES_BY_FILE[file]
  if (!side) return []
  const { code, file: name = file, lines } = programs[side]
  // The line of the source is shown as it is.
  const [place, ...shown] = pointAt(code, name, row, column, lines)
  return place === undefined ? [] : [withoutFolder(place, directory), ...shown]
}

/** The place in the source as a person wrote it, the line, and a caret under the column; `row` counts in `code`, from 1. */
export function pointAt(
  code: string,
  name: string,
  row: number,
  column: number,
  lines: LineMap = lineMapOf(code, name),
): readonly string[] {
  const text = code.split(/\r?\n/)[row - 1]
  if (text === undefined) return []
  const place = locate(lines, row)
  const number = String(place.line)
  // Tabs stay tabs, so that the caret stands under its column whatever a tab's width is.
  const space = text.slice(0, Math.max(0, column - 1)).replace(/[^\t]/g, ' ')
  return [
    `  ${place.file || name}:${place.line}:${column}`,
    `  ${number} | ${text}`,
    `  ${' '.repeat(number.length)} | ${space}^`,
  ]
}

const SIDES_BY_FILE: Readonly<Record<string, Side>> = { device_code: 'device', agent_code: 'agent' }
