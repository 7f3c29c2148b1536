import type { ReleaseView, TestRunView } from '../../dashboard/protocol.ts'
import { isRunning, type KeptRun } from '../../testing/kept-runs.ts'
import type { ShownRelease } from '../release/shop.ts'

/** A release as the page shows it. */
export function releaseView(
  types: readonly (readonly [group: string, inField: boolean])[],
  report: ShownRelease,
  alive: boolean,
): ReleaseView {
  const inField = new Map(types)
  return {
    id: report.release,
    release: report.kind,
    state: report.state,
    started: report.started,
    by: report.by,
    reason: report.reason,
    why: report.why,
    source: report.groups[0]?.source ?? '',
    groups: report.groups.map(({ id, group, stage }) => ({
      name: group,
      stage,
      production: inField.get(id) ?? false,
    })),
    waves: report.waves.map((wave) => ({
      wave: wave.wave,
      stage: wave.stage,
      devices: wave.devices,
      restarted: wave.restarted,
      judged: wave.stop !== undefined,
      errors: wave.errors ?? 0,
      offline: wave.offline ?? 0,
      agents: wave.agents ?? 0,
      unsure: wave.unsure ?? 0,
    })),
    evidence: report.evidence,
    alive,
    ended: ['done', 'aborted', 'rolled-back'].includes(report.state),
    left: report.left.length,
    offlineAtStart: report.offlineAtStart.length,
  }
}

/** Characters of what a test logged that a page gets. */
const MOST_OUTPUT = 20_000

/** A run of tests as the page shows it. */
export function testRunView(run: KeptRun): TestRunView {
  const { id, started, directory, files, current, error, verdict, sessions } = run
  const ended = error === null ? 'stopped' : 'no verdict'
  const state = verdict === 'none' ? 'no verdict' : (verdict ?? (isRunning(run) ? 'running' : ended))
  return {
    id,
    started,
    directory,
    state,
    files,
    current,
    error,
    sessions: sessions.map(({ name, device, verdict, tests, problems, wall_seconds: seconds }) => ({
      name,
      device: device?.name ?? device?.id ?? '',
      verdict,
      seconds,
      problems: problems.map(({ test, text }) => (test === undefined ? text : `${test}: ${text}`)),
      tests: tests.map(({ name, status, seconds, message = '', output = '' }) => ({
        name,
        status,
        seconds,
        message,
        output: status === 'passed' ? '' : output.slice(-MOST_OUTPUT),
      })),
    })),
  }
}
