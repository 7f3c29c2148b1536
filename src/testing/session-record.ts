import type { Counts } from './impunit-message.ts'
import type { Side } from './test-files.ts'

/**
 * What a session, or a run, says of the code: `failed` is the code's fault; with `none` a device or the cloud kept tests from running, which
 * says nothing about it.
 */
export type Verdict = 'passed' | 'failed' | 'none'

/** One test method, or `setUp` or `tearDown`, as it went. */
export interface TestRecord {
  /** `Case::method()`. */
  readonly name: string
  /** `skipped`: the session ended before its turn. */
  readonly status: 'passed' | 'failed' | 'unfinished' | 'skipped'
  /** Why it failed, or was skipped. */
  readonly message?: string
  /** By the clock of the device. */
  readonly seconds: number
  /** What the device and its agent logged meanwhile. */
  readonly output?: string
}

/** What ended a session before its time: a time limit, a crash, an API error. */
export interface Problem {
  /** The test that ran at the time. */
  readonly test?: string
  readonly text: string
  readonly verdict: Exclude<Verdict, 'passed'>
}

/** One build on one device; or a build that could not be deployed, which then has no device. */
export interface SessionRecord {
  readonly name: string
  readonly file: string
  /** The side that ran it; none for tests of scripts. */
  readonly side?: Side
  readonly device?: { readonly id: string; readonly name: string }
  /** Whose turn it was, where everything runs several times or on several devices: `on Alpha, round 2`. */
  readonly turn?: string
  readonly verdict: Verdict
  readonly failed: boolean
  readonly tests: readonly TestRecord[]
  readonly problems: readonly Problem[]
  /** Run-time errors of the code under test that did not fail the session, with their stacks. */
  readonly runtimeErrors: readonly string[]
  /** What the device and its agent logged while no test ran. */
  readonly output?: string
  /** What the framework counted; what was seen of it where the session did not come to its end. */
  readonly counts: Counts
  /** When it began, by the clock of this machine. */
  readonly started: string
  /** All its tests, by the clock of the device. */
  readonly seconds: number
  /** From its begin to its end, by the clock of this machine. */
  readonly wall_seconds: number
}

/** `setUp` and `tearDown` are run and reported but not counted. */
export function isCounted({ name }: TestRecord): boolean {
  return !/::(?:setUp|tearDown)\(\)$/.test(name)
}

/** The verdict over several: one failure is the code's, whatever else happened. */
export function verdictOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed'
  return verdicts.includes('none') ? 'none' : 'passed'
}
