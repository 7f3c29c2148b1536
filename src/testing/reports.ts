import { realpath, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import { ImptError } from '../output/error.ts'
import { renderJson } from '../output/json.ts'
import { escapedJson, visible } from '../output/visible.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
import { assertWritable, isOpenOrDevice, tellWritten } from '../session/writable.ts'
import { junitReport } from './junit-report.ts'
import { casesOf } from './report-cases.ts'
import { verdictOf, type SessionRecord, type Verdict } from './session-record.ts'
import { failuresOf, totalOf } from './summary.ts'

export { junitReport } from './junit-report.ts'

/** A report that was asked for by `--report KIND=FILE`. */
interface Report {
  readonly kind: keyof typeof WRITERS
  readonly file: string
}

const WRITERS = { junit: junitReport, tap: tapReport, json: jsonReport } as const

/** Reads the values of `--report`. Throws USAGE for another kind, for a missing file name and for two reports in one file. */
export function parseReports(values: readonly string[]): readonly Report[] {
  const reports = values.map((value) => {
    const [, kind = '', file = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? []
    if (file === '-')
      throw new ImptError('USAGE', `Option "--report" takes a file, not "-": "${value}".`, {
        hint: `What the run tells goes to standard output. To have the report there too: --report ${kind}=/dev/stdout`,
      })
    if (Object.hasOwn(WRITERS, kind) && file !== '') return { kind: kind as Report['kind'], file }
    throw new ImptError('USAGE', `Option "--report" has incorrect value "${value}".`, {
      hint: 'Give junit=FILE, tap=FILE or json=FILE',
    })
  })
  const twice = reports.find(({ file }, index) =>
    reports.slice(0, index).some((other) => resolve(other.file) === resolve(file)),
  )
  if (twice)
    throw new ImptError('USAGE', `Two reports are to be written to "${twice.file}".`, {
      hint: 'Give each report a file of its own',
    })
  return reports
}

/**
 * Makes sure, before anything runs, that reports can be written: makes their folders, tries to write there, and removes reports of earlier
 * runs, which nobody must take for one of this run. Throws FILE, and changes nothing then but folders.
 */
export async function prepareReports(reports: readonly Report[], directory: string): Promise<void> {
  for (const { file } of reports)
    await assertWritable(
      { what: 'report', name: file, hint: 'Give --report KIND=FILE the name of a file' },
      directory,
    )
  for (const { file } of reports) {
    const path = resolve(directory, file)
    const found = await stat(path).catch(() => undefined)
    if (found?.isFile() && !isOpenOrDevice(path))
      await namingFile(file, async () => rm(await realpath(path), { force: true }))
  }
}

/**
 * Writes the reports, each so that a reader finds the whole of it or nothing, and tells where they are. One that cannot be written keeps none from
 * being written; the first such failure is thrown, the others are warned of. `by` is the command that made them, as JUnit has it. Throws FILE.
 */
export async function writeReports(
  reports: readonly Report[],
  sessions: readonly SessionRecord[],
  directory: string,
  { note, warn }: Pick<Context, 'note' | 'warn'>,
  by?: string,
): Promise<void> {
  const failures: unknown[] = []
  for (const report of reports)
    await writeReport(report, sessions, directory, by).then(
      () => tellWritten(note, `The ${report.kind} report`, report.file),
      (failure: unknown) => failures.push(failure),
    )
  for (const failure of failures.slice(1)) warn(failure instanceof Error ? failure.message : String(failure))
  if (failures.length > 0) throw failures[0]
}

async function writeReport(
  { kind, file }: Report,
  sessions: readonly SessionRecord[],
  directory: string,
  by?: string,
): Promise<void> {
  await namingFile(file, () => replaceFile(resolve(directory, file), WRITERS[kind](sessions, by), 'plain'))
}

/** Test Anything Protocol, version 13. */
export function tapReport(sessions: readonly SessionRecord[]): string {
  const cases = sessions.flatMap(casesOf)
  const lines = cases.map(({ session, name, outcome }, index) => {
    const device = session.device ? ` [${session.device.id}]` : ''
    const turn = session.turn === undefined ? '' : ` (${session.turn})`
    const what = tapText(`${session.file}${device}${turn} ${name}`)
    if (outcome?.kind === 'skipped') return `ok ${index + 1} - ${what} # SKIP ${tapText(outcome.text)}\n`
    const line = `${outcome ? 'not ok' : 'ok'} ${index + 1} - ${what}\n`
    // JSON is YAML, and one line of it cannot break the protocol.
    return outcome
      ? `${line}  ---\n  message: ${escapedJson(outcome.text)}\n  severity: ${outcome.kind === 'error' ? 'error' : 'fail'}\n  ...\n`
      : line
  })
  return `TAP version 13\n1..${cases.length}\n${lines.join('')}`
}

/** All that is known, for programs. */
export function jsonReport(sessions: readonly SessionRecord[]): string {
  return renderJson(runRecord(sessions))
}

/** A run as plain data: what scripts get and what the JSON report holds. */
export function runRecord(
  sessions: readonly SessionRecord[],
): Readonly<Record<string, unknown>> & { readonly passed: boolean; readonly verdict: Verdict } {
  return {
    passed: sessions.every(({ failed }) => !failed),
    verdict: verdictOf(sessions.map(({ verdict }) => verdict)),
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

/** Text on a line of TAP: several lines as one, control characters as the console shows them. */
function tapText(text: string): string {
  return visible(text.replace(/\s*\n\s*/g, ' ')).replace(/[\\#]/g, '\\$&')
}
