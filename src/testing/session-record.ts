import type { Counts } from './impunit-message.ts'
import type { Side } from './test-files.ts'

/** One test method, or `setUp` or `tearDown`, as it went. */
export interface TestRecord {
  /** `Case::method()`. */
  readonly name: string
  readonly status: 'passed' | 'failed' | 'unfinished'
  readonly message?: string
  /** By the clock of the device. */
  readonly seconds: number
}

/** What made a session fail besides failures of tests: a time limit, a crash, an API error. */
export interface Problem {
  /** The test that ran at the time. */
  readonly test?: string
  readonly text: string
}

/** One build on one device; or a build that could not be deployed, which then has no device. */
export interface SessionRecord {
  readonly name: string
  readonly file: string
  readonly side: Side
  readonly device?: { readonly id: string; readonly name: string }
  readonly failed: boolean
  readonly tests: readonly TestRecord[]
  readonly problems: readonly Problem[]
  /** Run-time errors of the code under test, which do not fail a session. */
  readonly runtimeErrors: readonly string[]
  /** What the framework counted; what was seen of it where the session did not come to its end. */
  readonly counts: Counts
  readonly seconds: number
}

/** `setUp` and `tearDown` are run and reported but not counted. */
export function isCounted({ name }: TestRecord): boolean {
  return !/::(?:setUp|tearDown)\(\)$/.test(name)
}
