import { compileMessages, formatCompileMessage } from '../../impcentral/failure.ts'
import type { CompileMessage, Warning } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import { lineMapOf, locate } from '../../preprocess/lines.ts'
import type { Side } from '../source-file.ts'
import type { Programs } from './program.ts'

/**
 * Adds to a compile error what a person needs: the file and line of the source, mapped through the markers of the preprocessor, and the
 * line itself with a caret. Any other error stays as it is.
 */
export function explainCompileError(error: unknown, programs: Programs): unknown {
  if (!(error instanceof ImptError) || error.code !== 'COMPILE') return error
  const messages = compileMessages([{ meta: error.http?.meta ?? [] }])
  return new ImptError('COMPILE', error.message, {
    ...(error.http ? { http: error.http } : {}),
    ...(error.hint ? { hint: error.hint } : {}),
    notes: messages.flatMap((message) => [formatCompileMessage(message), ...sourceLines(message, programs)]),
    cause: error,
  })
}

/** The texts of warnings of a successful deployment, each with its source line. */
export function warningLines(meta: readonly Warning[] | undefined, programs: Programs): readonly string[] {
  return compileMessages(meta ?? []).flatMap((message) => [
    formatCompileMessage(message),
    ...sourceLines(message, programs),
  ])
}

function sourceLines({ file, row, column }: CompileMessage, programs: Programs): readonly string[] {
  const side = SIDES_BY_FILE[file]
  return side ? pointAt(programs[side].code, programs[side].file ?? file, row, column) : []
}

/** The place in the source as a person wrote it, the line, and a caret under the column; `row` counts in `code`, from 1. */
export function pointAt(code: string, name: string, row: number, column: number): readonly string[] {
  const text = code.split(/\r?\n/)[row - 1]
  if (text === undefined) return []
  const place = locate(lineMapOf(code, name), row)
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
