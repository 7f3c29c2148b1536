import type { TestRunView } from '../../src/dashboard/protocol.ts'

/** A run with a session that passed and one that failed. */
export function fakeTestRun(more: Partial<TestRunView> = {}): TestRunView {
  const passed = { status: 'passed', seconds: 0.4, message: '', output: '' }
  return {
    id: '20261127T081500-0a1b2c',
    started: new Date(Date.now() - 60_000).toISOString(),
    directory: '/home/ada/valve',
    state: 'running',
    files: 3,
    current: 'tests/flow.device.test.nut',
    error: null,
    sessions: [
      {
        name: 'tests/valve.device.test.nut',
        device: 'Pump 00002',
        verdict: 'passed',
        seconds: 3.1,
        problems: [],
        tests: [
          { ...passed, name: 'ValveTest::testOpens()' },
          { ...passed, name: 'ValveTest::testCloses()' },
        ],
      },
      {
        name: 'tests/leak.agent.test.nut',
        device: 'Pump 00002',
        verdict: 'failed',
        seconds: 1.2,
        problems: [],
        tests: [
          {
            ...passed,
            name: 'LeakTest::testAlarm()',
            status: 'failed',
            message: 'Expected value: true, got: <b>false</b>',
            output: '08:15:04 [agent.log] pressure 2.1 bar\n08:15:05 [agent.log] no alarm',
          },
        ],
      },
    ],
    ...more,
  }
}
