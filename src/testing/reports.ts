import { resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import { isCounted, type SessionRecord } from './session-record.ts'
import { failuresOf, totalOf } from './summary.ts'

/** A report that was asked for by `--report KIND=FILE`. */
export interface Report {
  readonly kind: keyof typeof WRITERS
  readonly file: string
}

/** A test of a report: what ran, or what kept it from running. */
interface Case {
  readonly session: SessionRecord
  readonly name: string
  readonly seconds: number
  /** Why it failed; `error` where it was no failure of an assertion. */
  readonly failure?: { readonly kind: 'failure' | 'error'; readonly text: string }
}

const WRITERS = { junit: junitReport, tap: tapReport, json: jsonReport } as const

/** Reads the values of `--report`. Throws USAGE for another kind and for a missing file name. */
export function parseReports(values: readonly string[]): readonly Report[] {
  return values.map((value) => {
    const [, kind = '', file = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? []
    if (Object.hasOwn(WRITERS, kind) && file !== '') return { kind: kind as Report['kind'], file }
    throw new ImptError('USAGE', `Option "--report" has incorrect value "${value}".`, {
      hint: 'Give junit=FILE, tap=FILE or json=FILE',
    })
  })
}

/** Writes a report so that a reader finds the whole of it or nothing. Throws FILE. */
export async function writeReport(
  { kind, file }: Report,
  sessions: readonly SessionRecord[],
  directory: string,
): Promise<void> {
  await namingFile(file, () => replaceFile(resolve(directory, file), WRITERS[kind](sessions), 'plain'))
}

/** JUnit's XML: one suite for each session. */
export function junitReport(sessions: readonly SessionRecord[]): string {
  const suites = sessions.map((session) => {
    const cases = casesOf(session)
    const count = (kind: string) => cases.filter(({ failure }) => failure?.kind === kind).length
    const name = session.device
      ? `${session.file} on ${session.device.name || session.device.id}`
      : session.file
    const output =
      session.runtimeErrors.length > 0
        ? `    <system-err>${xml(session.runtimeErrors.join('\n'))}</system-err>\n`
        : ''
    return `  <testsuite name="${xml(name)}" tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="0" time="${session.seconds.toFixed(3)}">
${cases.map(junitCase).join('')}${output}  </testsuite>\n`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="impt test run">\n${suites.join('')}</testsuites>\n`
}

function junitCase({ session, name, seconds, failure }: Case): string {
  const [group, method] = splitName(name)
  const head = `    <testcase classname="${xml(group || session.file)}" name="${xml(method)}" file="${xml(session.file)}" time="${seconds.toFixed(3)}"`
  if (!failure) return `${head}/>\n`
  return `${head}>\n      <${failure.kind} message="${xml(failure.text)}">${xml(failure.text)}</${failure.kind}>\n    </testcase>\n`
}

/** Test Anything Protocol, version 13. */
export function tapReport(sessions: readonly SessionRecord[]): string {
  const cases = sessions.flatMap(casesOf)
  const lines = cases.map(({ session, name, failure }, index) => {
    const where = session.device ? `${session.file} [${session.device.id}]` : session.file
    const line = `${failure ? 'not ok' : 'ok'} ${index + 1} - ${tapText(`${where} ${name}`)}\n`
    // JSON is YAML, and one line of it cannot break the protocol.
    return failure
      ? `${line}  ---\n  message: ${JSON.stringify(failure.text)}\n  severity: ${failure.kind === 'error' ? 'error' : 'fail'}\n  ...\n`
      : line
  })
  return `TAP version 13\n1..${cases.length}\n${lines.join('')}`
}

/** All that is known, for programs. */
export function jsonReport(sessions: readonly SessionRecord[]): string {
  return `${JSON.stringify(runRecord(sessions), null, 2)}\n`
}

/** A run as plain data: what scripts get and what the JSON report holds. */
export function runRecord(
  sessions: readonly SessionRecord[],
): Readonly<Record<string, unknown>> & { readonly passed: boolean } {
  return {
    passed: sessions.every(({ failed }) => !failed),
    ...totalOf(sessions),
    sessions: sessions.map(({ counts, runtimeErrors, ...session }) => ({
      ...session,
      ...counts,
      runtime_errors: runtimeErrors,
      test_results: session.tests,
    })),
    failed: sessions.flatMap(failuresOf),
  }
}

/** The tests of a session, and one more for each problem that is not part of a test. */
function casesOf(session: SessionRecord): readonly Case[] {
  const problems = [...session.problems]
  const cases = session.tests.flatMap((test): Case[] => {
    const { name, seconds, status, message = '' } = test
    const index = status === 'unfinished' ? problems.findIndex((problem) => problem.test === name) : -1
    const [problem] = index === -1 ? [] : problems.splice(index, 1)
    if (problem) return [{ session, name, seconds, failure: { kind: 'error', text: problem.text } }]
    if (status === 'unfinished')
      return [
        { session, name, seconds, failure: { kind: 'error', text: 'The test did not come to its end.' } },
      ]
    if (status === 'failed') return [{ session, name, seconds, failure: { kind: 'failure', text: message } }]
    return isCounted(test) ? [{ session, name, seconds }] : []
  })
  const rest = problems.map(({ text }): Case => ({
    session,
    name: session.device ? 'test session' : 'deployment',
    seconds: session.seconds,
    failure: { kind: 'error', text },
  }))
  return [...cases, ...rest]
}

function splitName(name: string): readonly [string, string] {
  const at = name.indexOf('::')
  return at === -1 ? ['', name] : [name.slice(0, at), name.slice(at + 2)]
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\n': '&#10;',
  '\t': '&#9;',
  '\r': '&#13;',
}

/** What XML 1.0 cannot hold at all: control characters and halves of characters. */
const IMPOSSIBLE =
  /[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** Text for XML; what it cannot hold becomes a question mark. */
function xml(text: string): string {
  return text.replace(IMPOSSIBLE, '?').replace(/[&<>"'\n\t\r]/g, (char) => ESCAPES[char] ?? char)
}

function tapText(text: string): string {
  return text.replace(/[\\#]/g, '\\$&').replace(/[\0-\x1f\x7f]+/g, ' ')
}
