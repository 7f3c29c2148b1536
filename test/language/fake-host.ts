import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Invocation } from '../../src/commands/row.ts'
import { commandLine } from '../../src/commands/table/index.ts'
import type { CommandCall, Host } from '../../src/language/run/host.ts'
import { spawnProgram } from '../../src/language/run/program.ts'
import { runScript, type RunOptions } from '../../src/language/run/script.ts'
import { ImptError } from '../../src/output/error.ts'
import type { EntityName } from '../../src/entities/schema.ts'
import type { Entity, Result } from '../../src/output/result.ts'

/** Answers a command: what a test needs of the cloud. */
export type Answer = (invocation: Invocation, call: CommandCall) => Result | Promise<Result>

interface FakeHost extends Host {
  /** Everything written to stdout and stderr. */
  readonly written: { out: string; err: string }
  /** The commands that were run, as they would be typed. */
  readonly ran: string[]
}

export interface FakeOptions {
  /** By command, such as `device list`. */
  readonly answers?: Readonly<Record<string, Answer>>
  /** Answers to questions, in order; none means that there is no terminal. */
  readonly replies?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly directory?: string
  readonly closed?: AbortSignal
  /** What comes through the standard input. */
  readonly stdin?: string
}

const root = mkdtempSync(join(tmpdir(), 'impt-language-'))
process.on('exit', () => rmSync(root, { recursive: true, force: true }))

/** A new folder, removed when the tests of this process have ended. */
export function newFolder(): string {
  return mkdtempSync(join(root, 'run-'))
}

/** A host in memory: commands are answered by functions, output is kept. */
export function fakeHost({
  answers = {},
  replies,
  env = {},
  directory,
  closed,
  stdin = '',
}: FakeOptions = {}): FakeHost {
  const written = { out: '', err: '' }
  const ran: string[] = []
  const left = [...(replies ?? [])]
  return {
    written,
    ran,
    env: { PATH: process.env['PATH'] ?? '', ...env },
    directory: directory ?? newFolder(),
    terminal: { colour: false, interactive: replies !== undefined },
    ...(closed && { closed }),
    async run(invocation, call) {
      const line = commandLine(invocation.command)
      ran.push(typed(invocation))
      const answer = answers[line]
      if (answer === undefined) throw new ImptError('USAGE', `the fake host does not know "${line}"`)
      const result = await answer(invocation, call)
      if (call.show !== undefined) await call.show(`<${line}>\n`)
      return result
    },
    chooser: async () => async (_kind, text) => ({ id: text, text, name: text }),
    out(text) {
      written.out += text
    },
    err(text) {
      written.err += text
    },
    ask(question) {
      written.err += question
      const reply = left.shift()
      return reply === undefined
        ? Promise.reject(new ImptError('CANCELLED', 'Operation is canceled.'))
        : Promise.resolve(reply)
    },
    stdin: () => Readable.from([Buffer.from(stdin)]),
    spawn: (call) =>
      spawnProgram(call.stdout === 'inherit' ? { ...call, stdout: 'pipe' } : call, (text) => {
        written.err += text
      }),
    help: (topic) => Promise.resolve(`help for ${topic.join(' ')}\n`),
  }
}

function typed({ command, options }: Invocation): string {
  const shown = Object.entries(options).map(([name, value]) =>
    value === true ? `--${name}` : `--${name} ${[value].flat().join(',')}`,
  )
  return [commandLine(command), ...shown].join(' ')
}

/** An entity as a command would give it. */
export function entity(
  name: EntityName,
  id: string,
  attributes: Record<string, unknown> = {},
  related: Record<string, string> = {},
): Entity {
  return { name, id, attributes, relations: [], related }
}

/** Runs a text and gives what it wrote. */
export async function run(
  text: string,
  fake: FakeOptions & {
    args?: readonly string[]
    options?: RunOptions
    signal?: AbortSignal
    name?: string
    host?: FakeHost
  } = {},
): Promise<{ out: string; err: string; exit: number; host: FakeHost; error: unknown }> {
  const host = fake.host ?? fakeHost(fake)
  const { exit, error } = await runScript(text, {
    name: fake.name ?? 'test.imptsh',
    args: fake.args ?? [],
    host,
    signal: fake.signal ?? new AbortController().signal,
    ...(fake.options && { options: fake.options }),
  })
  return { ...host.written, exit, host, error }
}
