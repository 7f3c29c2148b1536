/** What the framework says on the device (test-run.md 4, "impUnit messages"). */
export type ImpUnitMessage =
  | { readonly type: 'SESSION_START' }
  | { readonly type: 'TEST_START'; readonly name: string }
  | { readonly type: 'TEST_OK'; readonly value: unknown }
  | {
      readonly type: 'TEST_FAIL'
      readonly text: string
      /** Where it failed, `file:line`; only devices of a sandbox tell. */
      readonly place?: string
    }
  | { readonly type: 'INFO'; readonly value: unknown }
  | { readonly type: 'EXTERNAL_COMMAND'; readonly command: string }
  | ({ readonly type: 'SESSION_RESULT' } & Counts)
  | { readonly type: 'other' }

export interface Counts {
  readonly tests: number
  readonly assertions: number
  readonly failures: number
}

/** Whether a log line is meant for the test run. */
export function isImpUnit(text: string): boolean {
  return text.includes('__IMPUNIT__')
}

/**
 * Reads a line of the framework; undefined when it belongs to another session. Throws SyntaxError, with the parser's message, for anything
 * that the framework does not write.
 */
export function parseImpUnit(line: string, session: string): ImpUnitMessage | undefined {
  const envelope = JSON.parse(line) as Readonly<Record<string, unknown>> | null
  if (typeof envelope !== 'object' || envelope === null || envelope.session !== session) return undefined
  const { type, message } = envelope
  switch (type) {
    case 'SESSION_START':
      return { type }
    case 'TEST_START':
      return { type, name: textOf(message) }
    case 'TEST_OK':
      return { type, value: message ?? null }
    case 'TEST_FAIL':
      return {
        type,
        text: textOf(message),
        ...(typeof envelope.place === 'string' ? { place: envelope.place } : {}),
      }
    case 'INFO':
      return { type, value: fieldOf(message, 'message', type) ?? null }
    case 'EXTERNAL_COMMAND': {
      const command = fieldOf(message, 'command', type)
      if (typeof command === 'string') return { type, command }
      throw unexpected(type, message)
    }
    case 'SESSION_RESULT':
      return {
        type,
        tests: countOf(message, 'tests'),
        assertions: countOf(message, 'assertions'),
        failures: countOf(message, 'failures'),
      }
    default:
      return { type: 'other' }
  }
}

/** Any value as it is shown: strings as they are, others as JSON. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
}

function fieldOf(message: unknown, field: string, type: string): unknown {
  if (typeof message !== 'object' || message === null) throw unexpected(type, message)
  return (message as Readonly<Record<string, unknown>>)[field]
}

function countOf(message: unknown, field: keyof Counts): number {
  const count = fieldOf(message, field, 'SESSION_RESULT')
  if (typeof count !== 'number') throw unexpected('SESSION_RESULT', message)
  return count
}

function unexpected(type: string, message: unknown): SyntaxError {
  return new SyntaxError(`Unexpected ${type} message: ${textOf(message)}`)
}
