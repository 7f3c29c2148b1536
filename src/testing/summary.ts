import type { Counts } from './impunit-message.ts'
import type { Journal } from './journal.ts'
import type { SessionRecord } from './session-record.ts'

/** One thing that went wrong, as the summary lists it. */
export interface Failure {
  readonly what: string
  readonly file: string
  readonly text: string
}

/** Everything that failed in a session: tests, then time limits, crashes and API errors. */
export function failuresOf({ name, file, device, tests, problems }: SessionRecord): readonly Failure[] {
  const failed = tests.flatMap((test) =>
    test.status === 'failed' ? { what: test.name, file, text: test.message ?? '' } : [],
  )
  const whole = device ? `Session "${name}"` : `Deployment of ${file}`
  return [...failed, ...problems.map(({ test, text }) => ({ what: test ?? whole, file, text }))]
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
  sessions.flatMap(failuresOf).forEach(({ what, file, text }, index) => {
    journal.info(`${index + 1}) ${what}`)
    journal.info(`at ${file}`)
    journal.info(`Error: ${text}`)
    journal.blank()
  })
  const { tests, assertions, failures } = totalOf(sessions)
  const errors = sessions.reduce((sum, { runtimeErrors }) => sum + runtimeErrors.length, 0)
  if (errors > 0)
    journal.info(`Runtime errors of the code under test: ${errors} (they do not fail the tests)`)
  journal.info(`Tests: ${tests}, Assertions: ${assertions}, Failures: ${failures}`)
  journal.info('--------------------------------------')
  journal.blank()
}
