import { compileMessages } from '../../impcentral/failure.ts'
import type { HttpDetail } from '../../output/error.ts'
import { ScriptError } from './fault.ts'
import { candidateRecord, plain } from './result-value.ts'
import { positionOf } from '../syntax/source.ts'
import { putField, type RecordValue, type Value } from './value.ts'

const errors = new WeakMap<object, ScriptError>()

/** The record that `catch e` gives, with the fields of language.md 2.10. */
export function errorRecord(error: ScriptError): RecordValue {
  const { place } = error
  const position = place && positionOf(place.source.text, place.start)
  const record: Record<string, Value> = {
    code: error.code,
    message: error.message,
    hint: error.hint ?? null,
    exit: error.exit,
    file: place?.source.name ?? null,
    line: position?.line ?? null,
    col: position?.col ?? null,
    command: error.command ?? null,
    item: error.item ?? null,
    http: error.http === undefined ? null : httpRecord(error.http),
    candidates: error.candidates === undefined ? null : error.candidates.map(candidateRecord),
    cause: causeOf(error),
    trace: error.calls.map(({ name, place: { source, start } }) => ({
      function: name,
      file: source.name,
      ...positionOf(source.text, start),
    })),
  }
  for (const [name, value] of Object.entries(error.data ?? {})) {
    if (!Object.hasOwn(record, name)) putField(record, name, value as Value)
  }
  errors.set(record, error)
  return record
}

/** What is behind an error; behind COMPILE the messages of the compiler, `{file, row, column, type, text}` each. */
function causeOf(error: ScriptError): Value {
  if (error.code === 'COMPILE' && error.http?.meta)
    return compileMessages([{ meta: error.http.meta }]).map(plain)
  if (error.cause instanceof ScriptError) return errorRecord(error.cause)
  return error.cause instanceof Error ? { message: error.cause.message } : null
}

function httpRecord({ status, title, detail, requestId }: HttpDetail): RecordValue {
  return { status, title: title ?? null, detail: detail ?? null, request_id: requestId ?? null }
}

/** The error behind the record of a `catch`, so that `throw $e` keeps the first place. */
export function errorOf(record: object): ScriptError | undefined {
  return errors.get(record)
}
