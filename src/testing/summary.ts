import type { Counts } from './impunit-message.ts'
import type { Journal } from './journal.ts'
import type { SessionRecord, Verdict } from './session-record.ts'

/** One thing that went wrong, as the summary lists it. */
interface Failure {
  readonly what: string
  readonly file: string
  readonly text: string
  readonly verdict: Verdict
  readonly device?: { readonly id: string; readonly name: string }
  /** Whose turn it was, where everything runs several times or on several devices. */
  readonly turn?: string
}

/** Everything that went wrong in a session: failed tests, then time limits, crashes and API errors. */
export function failuresOf(session: SessionRecord): readonly Failure[] {
  const { name, file, device, turn, tests, problems } = session
  const where = { file, ...(device ? { device } : {}), ...(turn === undefined ? {} : { turn }) }
  const failed = tests.flatMap((test) =>
    test.status === 'failed'
      ? { what: test.name, text: test.message ?? '', verdict: 'failed' as const, ...where }
      : [],
  )
  const whole = device ? `Session "${name}"` : `Deployment of ${file}`
  return [
    ...failed,
    ...problems.map(({ test, text, verdict }) => ({ what: test ?? whole, text, verdict, ...where })),
  ]
}

/** The counts of several sessions together. */
export function totalOf(sessions: readonly SessionRecord[]): Counts {
  const total = { tests: 0, assertions: 0, failures: 0 }
  for (const { counts } of sessions) {
    total.tests += counts.tests
    total.assertions += counts.assertions
    total.failures += counts.failures
  }
  return total
}

/** Prints what failed and the counts (test-run.md 7). */
export function printSummary(journal: Journal, sessions: readonly SessionRecord[]): void {
  journal.blank()
  journal.info('-------------TEST SUMMARY-------------')
  journal.blank()
  sessions.flatMap(failuresOf).forEach(({ what, file, text, verdict, turn }, index) => {
    journal.info(`${index + 1}) ${what}`)
    journal.info(`at ${file}${turn === undefined ? '' : ` ${turn}`}`)
    journal.info(`${verdict === 'none' ? 'No verdict' : 'Error'}: ${text}`)
    journal.blank()
  })
  const { tests, assertions, failures } = totalOf(sessions)
  const errors = sessions.reduce((sum, { runtimeErrors }) => sum + runtimeErrors.length, 0)
  if (errors > 0)
    journal.info(`Runtime errors of the code under test: ${errors} (they do not fail the tests)`)
  const skipped = sessions.flatMap((session) => session.tests).filter(({ status }) => status === 'skipped')
  if (skipped.length > 0) journal.info(`Tests that did not have their turn: ${skipped.length}`)
  journal.info(`Tests: ${tests}, Assertions: ${assertions}, Failures: ${failures}`)
  journal.info('--------------------------------------')
  journal.blank()
}
