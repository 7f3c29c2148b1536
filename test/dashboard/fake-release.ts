import type { ReleaseView } from '../../src/dashboard/protocol.ts'

/** A release into a production group, in its second wave. */
export function fakeRelease(more: Partial<ReleaseView> = {}): ReleaseView {
  const wave = { stage: 1, agents: 0, unsure: 0 }
  return {
    id: '20261127-081500-0f3c',
    release: 'release',
    state: 'watching',
    started: new Date(Date.now() - 1_500_000).toISOString(),
    by: 'ada',
    reason: 'Reports the valve twice an hour',
    why: null,
    source: 'v1.4',
    groups: [
      { name: 'Canary', stage: 1, production: false },
      { name: 'Field Europe', stage: 2, production: true },
    ],
    waves: [
      { ...wave, wave: 1, devices: 12, restarted: 12, judged: true, errors: 0, offline: 1 },
      { ...wave, wave: 2, stage: 2, devices: 203, restarted: 203, judged: true, errors: 3, offline: 2 },
      { ...wave, wave: 3, stage: 2, devices: 1015, restarted: 640, judged: false, errors: 0, offline: 0 },
      { ...wave, wave: 4, stage: 2, devices: 2842, restarted: 0, judged: false, errors: 0, offline: 0 },
    ],
    evidence: [
      { device: '2300000000000000', what: 'error', text: "the index 'valve' does not exist, agent.nut:40" },
      { device: '2300000000001eef', what: 'error', text: "the index 'valve' does not exist, agent.nut:40" },
      { device: '2300000000003dde', what: 'offline', text: 'offline since 08:31' },
    ],
    alive: true,
    ended: false,
    left: 0,
    offlineAtStart: 61,
    ...more,
  }
}
