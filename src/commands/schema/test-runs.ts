/** What a run of tests, or of a file, adds to its JSON answer where that was asked for. */
import { about, count, flag, list, number, one, record, text, texts, time, type JsonSchema } from './shape.ts'

const metric = record({ total: count, covered: count, pct: number })

/** What all files of a run add up to, where it measures coverage. */
export const coverage = about(
  'With --coverage: what was reached of all files together.',
  record({ lines: metric, statements: metric, functions: metric, branches: metric }),
)

const verdict = one('passed', 'failed', 'none')
const testDevice = record({ id: text, name: about('A name that somebody gave: data.', text) })

/** How a run of tests went, with --show. */
const ran: Readonly<Record<string, JsonSchema>> = {
  passed: about('With --show: whether nothing failed.', flag),
  verdict: about('With --show; "none": a device or the cloud kept tests from running.', verdict),
  tests: count,
  assertions: count,
  failures: count,
  sessions: about(
    'With --show: one for each build on each device.',
    list(
      record(
        {
          name: text,
          file: text,
          verdict,
          failed: flag,
          tests: count,
          assertions: count,
          failures: count,
          test_results: list(
            record(
              { name: text, status: one('passed', 'failed', 'unfinished', 'skipped'), seconds: number },
              { message: text },
            ),
          ),
          problems: list(record({ text, verdict }, { test: text })),
          runtime_errors: texts,
          started: time,
          seconds: about('By the clock of the device.', number),
          wall_seconds: number,
        },
        { side: one('device', 'agent'), device: testDevice, turn: text },
      ),
    ),
  ),
  failed: about(
    'With --show: everything that went wrong.',
    list(record({ what: text, file: text, text, verdict }, { device: testDevice, turn: text })),
  ),
}

/** What a run of tests adds to its answer where that was asked for, passed or failed. */
export const testRun: Readonly<Record<string, JsonSchema>> = { coverage, ...ran }
