import { ImptError, type ErrorCode, type HttpDetail } from '../output/error.ts'
import { redactText, redactValue } from './redact.ts'
import type { CompileMessage, Warning } from './types.ts'

/** A complete answer of the server, whatever its status. Header names are in lower case. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

const QUOTE_LENGTH = 80
const foreign = new WeakSet<ImptError>()

/** The `errors` array of an answer, or an empty list if the body is not of that shape (impcentral-api.md 5). */
export function errorsOf(answer: Answer): readonly Warning[] {
  const body = parseLeniently(answer.text)
  if (typeof body !== 'object' || body === null || !('errors' in body) || !Array.isArray(body.errors))
    return []
  return body.errors.flatMap((entry: unknown) =>
    typeof entry === 'object' && entry !== null
      ? [warningOf(entry as Readonly<Record<string, unknown>>)]
      : [],
  )
}

/** An entry of an error array with what is of the right type in it: what is not says nothing. */
function warningOf({ status, code, title, detail, meta }: Readonly<Record<string, unknown>>): Warning {
  return {
    ...(typeof status === 'string' || typeof status === 'number' ? { status } : {}),
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof detail === 'string' ? { detail } : {}),
    meta,
  }
}

/** The error for an answer whose status is not 2xx, with the documented text `<title>: <detail>`, a line for each error (output.md 5). */
export function answerError(answer: Answer): ImptError {
  const errors = errorsOf(answer).filter((entry) => !/^2\d\d$/.test(String(entry.status ?? '')))
  const lines = errors.map(lineOf).filter((line) => line !== '')
  const said = lines.length > 0 ? lines.join('\n') : plainMessage(answer)
  const code = codeOf(answer.status, errors)
  const error = new ImptError(code, said ?? shapeMessage(answer), {
    ...hintOf(code, answer),
    http: httpDetail(answer, errors),
    notes: compileMessages(errors).map(formatCompileMessage),
  })
  if (said === undefined) foreign.add(error)
  return error
}

/** The error for a 2xx answer that is not what the API promises: broken JSON, HTML, or a body without `data`. */
export function shapeError(answer: Answer, expected: string): ImptError {
  const error = new ImptError('DATA', `${shapeMessage(answer)} ${expected} was expected.`, {
    hint: 'Check that the API endpoint is the base URL of an impCentral API, with its version path',
    http: httpDetail(answer, []),
  })
  foreign.add(error)
  return error
}

/** Whether an error is about an answer that does not come from the API itself: HTML, garbage or nothing, as of a proxy or a server that starts. */
export function isForeign(error: unknown): boolean {
  return error instanceof ImptError && (foreign.has(error) || isForeign(error.cause))
}

/** All compile messages in the `meta` arrays of an error or warning list. */
export function compileMessages(entries: readonly Warning[]): CompileMessage[] {
  // Warnings of a success are as the server sent them.
  return entries.flatMap((entry: Warning | null) =>
    Array.isArray(entry?.meta) ? entry.meta.filter(isCompileMessage) : [],
  )
}

/** The line of a warning that came with a success, or none: its title and detail. Its compile messages follow it (output.md 5). */
export function warningLine(entry: unknown): readonly string[] {
  if (typeof entry !== 'object' || entry === null) return []
  const line = lineOf(warningOf(entry as Readonly<Record<string, unknown>>))
  return line === '' ? [] : [line]
}

/** `<file> <type> (line <row>, column <column>): <text>` (output.md 5). */
export function formatCompileMessage(message: CompileMessage): string {
  return `${message.file} ${message.type} (line ${message.row}, column ${message.column}): ${message.text}`
}

function isCompileMessage(value: unknown): value is CompileMessage {
  if (typeof value !== 'object' || value === null) return false
  const message = value as Readonly<Record<string, unknown>>
  return (
    ['file', 'type', 'text'].every((field) => typeof message[field] === 'string') &&
    ['row', 'column'].every((field) => typeof message[field] === 'number')
  )
}

/** `<title>: <detail>` of an entry that has both (output.md 5). */
function lineOf(entry: Warning): string {
  return [entry.title, entry.detail].filter((part) => typeof part === 'string' && part !== '').join(': ')
}

function codeOf(status: number, errors: readonly Warning[]): ErrorCode {
  if (status === 401) return 'AUTH'
  if (status === 403) return 'FORBIDDEN'
  if (status === 404) return 'NOT_FOUND'
  if (status === 408) return 'TIMEOUT'
  if (status === 409) return 'CONFLICT'
  if (status === 429) return 'RATE_LIMIT'
  if (status >= 500) return 'SERVER'
  // Which refusals are 400 and which 409 is not known for sure, so the entries decide (impcentral-api.md 5).
  if (errors.some((entry) => entry.code === 'CX005' || entry.title === 'Compilation Error')) return 'COMPILE'
  if (compileMessages(errors).length > 0) return 'COMPILE'
  if (errors.length > 0 && errors.every((entry) => String(entry.status) === '404')) return 'NOT_FOUND'
  if (errors.length > 0 && errors.every((entry) => String(entry.status) === '403')) return 'FORBIDDEN'
  if (errors.some((entry) => /^(Duplicate Resource|Resource Flagged)$| Exist$/.test(entry.title ?? '')))
    return 'CONFLICT'
  return 'DATA'
}

function hintOf(code: ErrorCode, answer: Answer): { hint?: string } {
  if (answer.status >= 300 && answer.status < 400) {
    const location = answer.headers['location']
    return location === undefined
      ? {}
      : { hint: `The server points to ${originOf(location)}; use that as the API endpoint` }
  }
  if (code === 'RATE_LIMIT') return { hint: 'Too many requests for too long; wait a while and try again' }
  return {}
}

function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : 'another path'
}

function httpDetail(answer: Answer, errors: readonly Warning[]): HttpDetail {
  const first = errors[0]
  const requestId = answer.headers['x-request-id'] ?? answer.headers['x-amzn-requestid']
  const meta = errors.flatMap((entry) =>
    entry.meta === undefined ? [] : Array.isArray(entry.meta) ? entry.meta : [entry.meta],
  )
  return {
    status: answer.status,
    ...(typeof first?.title === 'string' && { title: first.title }),
    ...(typeof first?.detail === 'string' && { detail: first.detail }),
    ...(typeof first?.code === 'string' && { code: first.code }),
    ...(requestId !== undefined && { requestId }),
    ...(meta.length > 0 && { meta: meta.map(redactValue) }),
  }
}

// Older faults answer {"message": "..."} (impcentral-api.md 5).
function plainMessage(answer: Answer): string | undefined {
  const body = parseLeniently(answer.text)
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined
  return typeof body.message === 'string' && body.message !== '' ? body.message : undefined
}

function shapeMessage(answer: Answer): string {
  const text = answer.text.trim()
  if (text === '') return `impCentral answered HTTP ${answer.status} with an empty body.`
  const type = (answer.headers['content-type'] ?? 'no content type').split(';')[0]?.trim()
  const kind = text.startsWith('<')
    ? 'HTML'
    : parseLeniently(text) === undefined
      ? 'text that is not JSON'
      : 'unexpected JSON'
  return `impCentral answered HTTP ${answer.status} with ${kind} (${type}): ${quote(text)}.`
}

function quote(text: string): string {
  const safe = redactText(text).replace(/\s+/g, ' ')
  return JSON.stringify(safe.length > QUOTE_LENGTH ? `${safe.slice(0, QUOTE_LENGTH)}...` : safe)
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
