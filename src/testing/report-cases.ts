import { isCounted, type SessionRecord } from './session-record.ts'

/** A test of a report: what ran, or what kept it from running. */
export interface Case {
  readonly session: SessionRecord
  readonly name: string
  /** By the clock of the device. */
  readonly seconds: number
  readonly output?: string
  /** What became of it, unless it passed; `error` where it was no failure of an assertion, `skipped` where its turn did not come. */
  readonly outcome?: { readonly kind: 'failure' | 'error' | 'skipped'; readonly text: string }
}

/** The tests of a session, and one more for each problem that is not part of a test. */
export function casesOf(session: SessionRecord): readonly Case[] {
  const problems = [...session.problems]
  const cases = session.tests.flatMap((test): Case[] => {
    const { name, seconds, status, message = '', output } = test
    const own = { session, name, seconds, ...(output === undefined ? {} : { output }) }
    switch (status) {
      case 'passed':
        return isCounted(test) ? [own] : []
      case 'failed':
        return [{ ...own, outcome: { kind: 'failure', text: message } }]
      case 'skipped':
        return [{ ...own, outcome: { kind: 'skipped', text: message } }]
      case 'unfinished':
        break
    }
    const index = problems.findIndex((problem) => problem.test === name)
    const [problem] = index === -1 ? [] : problems.splice(index, 1)
    return [
      { ...own, outcome: { kind: 'error', text: problem?.text ?? 'The test did not come to its end.' } },
    ]
  })
  const rest = problems.map(({ text }): Case => ({
    session,
    name: session.device ? 'test session' : session.file === 'test run' ? 'test run' : 'deployment',
    seconds: 0,
    outcome: { kind: 'error', text },
  }))
  return [...cases, ...rest]
}
