import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { parseLine } from '../../src/commands/argv.ts'
import type { Context, Questions } from '../../src/commands/context.ts'
import type { OptionValues } from '../../src/commands/row.ts'
import { contextOf, runCommand, type Surface } from '../../src/main/command-run.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createSession } from '../../src/session/session.ts'
import type { Clock } from '../../src/testing/clock.ts'
import { run as runTests } from '../../src/testing/run.ts'
import { sink } from '../commands/world.ts'
import { fakeTerminal } from '../output/fake-terminal.ts'

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly signal?: AbortSignal
  readonly env?: Readonly<Record<string, string>>
}

/** Runs commands of this program in a directory of a test, against a server. */
export interface Runner {
  readonly directory: string
  readonly endpoint: string
  file(name: string, content: string): Promise<void>
  testConfig(deviceGroupId: string, changes?: Readonly<Record<string, unknown>>): Promise<void>
  /** Runs `impt test run` with these words. */
  run(words?: readonly string[], options?: RunOptions): Promise<Outcome>
  /** Runs any command. */
  command(words: readonly string[], options?: RunOptions): Promise<Outcome>
  /** What a command line gives its command, for a test that calls it with a clock of its own. */
  prepared(words: readonly string[], options?: RunOptions): { context: Context; options: OptionValues }
  /** Runs `impt test run` with a clock of the test's own. */
  runWith(clock: Clock, words?: readonly string[]): Promise<Outcome>
  /** What the last run has printed so far. */
  shown(): string
  /** Gives what the run that was started last will have printed, also when others have started. */
  shownNow(): () => string
}

export function createRunner({
  directory,
  endpoint,
  accessToken,
}: {
  directory: string
  endpoint: string
  accessToken: string
}): Runner {
  let shown = () => ''

  function surface(
    out: Writable,
    err: Writable,
    { signal = new AbortController().signal, env = {} }: RunOptions,
  ): Surface {
    return {
      version: '0.0.0',
      session: createSession({
        shapes: SHAPES,
        env: { HOME: directory, PATH: process.env.PATH, ...env },
        sandbox: { endpoint, accessToken, expiresAt: '2999-01-01T00:00:00.000Z' },
      }),
      terminal: fakeTerminal(out, err),
      directory,
      signal,
      questions: () => NOBODY,
    }
  }

  const file = async (name: string, content: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }

  async function command(words: readonly string[], options: RunOptions = {}): Promise<Outcome> {
    const [out, err] = [sink(), sink()]
    shown = out.text
    const code = await runCommand(invocationOf(words), surface(out.stream, err.stream, options))
    return { code, stdout: out.text(), stderr: err.text() }
  }

  function prepared(words: readonly string[], options: RunOptions = {}, out = sink(), err = sink()) {
    const invocation = invocationOf(words)
    return {
      context: contextOf(invocation, surface(out.stream, err.stream, options)),
      options: invocation.options,
    }
  }

  return {
    directory,
    endpoint,
    prepared: (words, options) => prepared(words, options),
    file,
    testConfig: (deviceGroupId, changes = {}) =>
      file(
        '.impt.test',
        JSON.stringify({
          deviceGroupId,
          timeout: 30,
          stopOnFail: false,
          allowDisconnect: false,
          testFiles: ['tests/*.test.nut'],
          ...changes,
        }),
      ),
    command,
    run: (words = [], options) => command(['test', 'run', ...words], options),
    async runWith(clock, words = []) {
      const [out, err] = [sink(), sink()]
      shown = out.text
      const { context, options } = prepared(['test', 'run', ...words], {}, out, err)
      const result = await runTests(context, options, clock)
      return {
        code: result.kind === 'record' && result.failed ? (result.failure?.exit ?? 1) : 0,
        stdout: out.text(),
        stderr: err.text(),
      }
    },
    shown: () => shown(),
    shownNow: () => shown,
  }
}

/** A clock that stands still until it is moved. */
export function manualClock(): Clock & { advance(ms: number): void } {
  let time = 0
  const waiting = new Set<{ at: number; callback: () => void }>()
  return {
    now: () => time,
    after(ms, callback) {
      const one = { at: time + ms, callback }
      waiting.add(one)
      return () => waiting.delete(one)
    },
    advance(ms) {
      time += ms
      const due = Array.from(waiting).filter(({ at }) => at <= time)
      for (const one of due) {
        waiting.delete(one)
        one.callback()
      }
    },
  }
}

/** Bounds a hang, in ms. */
const PATIENCE_MS = 180_000

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${String(condition)}`)
    await setImmediate()
  }
}

/** The lines without their times, so that they can be compared. */
export function timeless(output: string): string {
  return output
    .replace(/\[(?:\+[\d.]+\/[\d.]+s )?(info|test|warning|error)\]/g, '[$1]')
    .replace(/Started at .*/, 'Started at NOW')
}

function invocationOf(words: readonly string[]) {
  const line = parseLine(words)
  if (line.kind !== 'invocation') throw new Error(`not a command: ${words.join(' ')}`)
  return line.invocation
}

const NOBODY: Questions = {
  interactive: false,
  confirm: () => Promise.reject(new Error('nobody to ask')),
  text: () => Promise.reject(new Error('nobody to ask')),
  line: () => Promise.reject(new Error('nobody to ask')),
  choice: () => Promise.reject(new Error('nobody to ask')),
  enter: () => Promise.resolve(false),
}
