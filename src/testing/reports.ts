import { randomBytes } from 'node:crypto'
import { mkdir, open, realpath, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { ImptError } from '../output/error.ts'
import { replaceFile } from '../session/atomic-file.ts'
import { namingFile } from '../session/file-error.ts'
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
  for (const { file } of reports) {
    const path = resolve(directory, file)
    const found = await stat(path).catch(() => undefined)
    if (found && !found.isFile() && !found.isCharacterDevice() && !found.isFIFO())
      throw new ImptError('FILE', `The report "${file}" cannot be written: it is a folder.`, {
        hint: 'Give --report KIND=FILE the name of a file',
      })
    // Of what lies there only open files can be named, such as that of /dev/stdout.
    if (!found && path.startsWith('/proc/'))
      throw new ImptError('FILE', `The report "${file}" cannot be written: /proc holds no files of yours.`)
    if ((found && !found.isFile()) || /^\/(?:dev|proc)\//.test(path)) continue
    await namingFile(file, async () => {
      await mkdir(dirname(path), { recursive: true })
      const trial = join(dirname(path), `.impt-report-${randomBytes(6).toString('hex')}`)
      const handle = await open(trial, 'wx')
      try {
        // A full disk takes names, but no content.
        await handle.writeFile(' '.repeat(4096))
        await handle.sync()
      } finally {
        await handle.close()
        await rm(trial, { force: true })
      }
    })
  }
  for (const { file } of reports) {
    const path = resolve(directory, file)
    const found = await stat(path).catch(() => undefined)
    // /dev/stdout may be a file, too: what stands there is not ours.
    if (found?.isFile() && !/^\/(?:dev|proc)\//.test(path))
      await namingFile(file, async () => rm(await realpath(path), { force: true }))
  }
}

/** Writes a report so that a reader finds the whole of it or nothing. `by` is the command that made it, as JUnit has it. Throws FILE. */
export async function writeReport(
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
      ? `${line}  ---\n  message: ${JSON.stringify(outcome.text)}\n  severity: ${outcome.kind === 'error' ? 'error' : 'fail'}\n  ...\n`
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

function tapText(text: string): string {
  return text.replace(/[\\#]/g, '\\$&').replace(/[\0-\x1f\x7f]+/g, ' ')
}
