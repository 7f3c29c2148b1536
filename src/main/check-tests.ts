import { rm } from 'node:fs/promises'
import { SHAPES } from '../entities/kinds.ts'
import { runScript } from '../language/run/script.ts'
import { parse } from '../language/syntax/parse.ts'
import type { Source } from '../language/syntax/source.ts'
import type { TestBlock } from '../language/syntax/tree.ts'
import { derived, tell } from '../output/terminal.ts'
import { visible } from '../output/visible.ts'
import { createSession } from '../session/session.ts'
import { temporaryFolder } from '../session/temporary-folder.ts'
import { parseReports, prepareReports, writeReports } from '../testing/reports.ts'
import type { SessionRecord, TestRecord } from '../testing/session-record.ts'
import { createHost } from './host.ts'
import type { Program } from './program.ts'
import { openSandbox } from './sandbox.ts'
import { counted } from '../output/messages.ts'

/** Tests that run at the same time, each with a cloud of its own. */
const AT_ONCE = 4

/**
 * `impt check --test FILE...`: runs the `test` blocks of scripts, each in a sandbox of its own that is thrown away afterwards, and writes the
 * reports that are asked for. Gives the exit code: 1 if a test failed, 2 if there is none.
 */
export async function runTests(
  program: Program,
  scripts: readonly Source[],
  reportOptions: readonly string[],
): Promise<number> {
  const reports = parseReports(reportOptions)
  await prepareReports(reports, process.cwd())
  const sessions: SessionRecord[] = []
  for (const { name: file, text } of scripts) {
    const blocks = parse(text).tree.body.filter((node) => node.kind === 'test')
    const started = new Date()
    const tests: TestRecord[] = []
    await program.terminal.out(`${visible(file)}\n`)
    const left = [...blocks.entries()]
    const work = async (): Promise<void> => {
      for (let next = left.shift(); next !== undefined; next = left.shift())
        tests[next[0]] = await runTest(program, file, text, next[1])
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    for (const test of tests) await program.terminal.out(shown(test))
    sessions.push(recordOf(file, tests, started))
  }
  const say = (text: string) => tell(program.terminal, `${visible(text, true)}\n`)
  await writeReports(reports, sessions, process.cwd(), { note: say, warn: say }, 'impt check --test')
  const all = sessions.flatMap(({ tests }) => tests)
  const failed = all.filter(({ status }) => status !== 'passed').length
  await program.terminal.out(
    `${counted(all.length, 'test')}: ${all.length - failed} passed, ${failed} failed\n`,
  )
  if (all.length > 0) return failed > 0 ? 1 : 0
  tell(program.terminal, 'There is no test block in these scripts: test "name" { ... }\n')
  return 2
}

function shown({ name, status, message = '', seconds }: TestRecord): string {
  if (status === 'passed') return `  ok      ${visible(name)} (${Math.round(seconds * 1000)} ms)\n`
  const lines = message
    .trimEnd()
    .split('\n')
    .map((line) => `            ${visible(line)}\n`)
  return `  FAILED  ${visible(name)}\n${lines.join('')}`
}

async function runTest(program: Program, file: string, text: string, block: TestBlock): Promise<TestRecord> {
  const folder = await temporaryFolder('impt-test-')
  const begin = performance.now()
  let output = ''
  const keep = (piece: string): void => {
    output += piece
  }
  const closers: (() => Promise<void>)[] = []
  try {
    const open = async () => {
      const { login, close } = await openSandbox(folder, program.version)
      closers.push(close)
      return createSession({ env: process.env, shapes: SHAPES, sandbox: login })
    }
    let session: ReturnType<typeof open> | undefined
    const terminal = derived(program.terminal, {
      out: (piece: string) => Promise.resolve(keep(piece)),
      err: keep,
      errWidth: undefined,
      interactive: false,
    })
    // The cloud is there from the first command on: most tests of functions need none.
    const own = derived(program, { terminal, session: () => (session ??= open()) })
    const host = await createHost(own, { mayRead: false })
    const { exit, error } = await runScript(text, {
      name: file,
      args: [],
      host,
      signal: program.signal,
      options: { test: block.start, confirmed: true },
    })
    const seconds = (performance.now() - begin) / 1000
    const name = block.name.text
    if (exit === 0) return { name, status: 'passed', seconds, ...(output !== '' && { output }) }
    const status = error === undefined && exit !== 2 ? 'unfinished' : 'failed'
    return { name, status, seconds, message: output === '' ? `ended with exit code ${exit}` : output }
  } finally {
    for (const close of closers) await close()
    await rm(folder, { recursive: true, force: true })
  }
}

function recordOf(file: string, tests: readonly TestRecord[], started: Date): SessionRecord {
  const failures = tests.filter(({ status }) => status !== 'passed').length
  const seconds = tests.reduce((sum, test) => sum + test.seconds, 0)
  return {
    name: file,
    file,
    verdict: failures > 0 ? 'failed' : 'passed',
    failed: failures > 0,
    tests,
    problems: [],
    runtimeErrors: [],
    counts: { tests: tests.length, assertions: 0, failures },
    started: started.toISOString(),
    seconds,
    wall_seconds: (Date.now() - started.getTime()) / 1000,
  }
}
