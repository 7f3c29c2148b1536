import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { Questions } from '../../src/commands/context.ts'
import { parseLine } from '../../src/commands/argv.ts'
import { runCommand } from '../../src/main/command-run.ts'
import type { Mode } from '../../src/commands/present/modes.ts'
import { derived } from '../../src/output/terminal.ts'
import { ImptError } from '../../src/output/error.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts'
import type { Observer } from '../../src/impcentral/observer.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createSession, type SandboxLogin } from '../../src/session/session.ts'
import { DIFFERS } from '../../src/fleet/exit.ts'
import { fakeTerminal } from '../output/fake-terminal.ts'

/** What one command printed and how it ended. */
export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** What a person types; as a function, what happens while they think about it. */
type Answer = string | (() => string)

/** A sandbox of its own and an empty directory: commands run in this process as a one-shot runs them. */
export interface World {
  readonly sandbox: Sandbox
  readonly directory: string
  /** An access token of the user. */
  readonly token: string
  /** Runs the words of a command line. `answers` are what a person would type, in order; without more of them there is no one to ask. */
  run(words: readonly string[], answers?: readonly Answer[], signal?: AbortSignal): Promise<Outcome>
  /** What a command prints in a mode at a terminal of so many columns. */
  shown(words: readonly string[], mode: Mode, width: number): Promise<string>
  /** The parsed JSON of a command run with `-z json`. */
  json(words: readonly string[], answers?: readonly string[]): Promise<any>
  /** Runs a command without the sandbox in the place of the login: files and variables decide. */
  outside(words: readonly string[]): Promise<Outcome>
  /** Requests that reached the server since the last call, as `GET /devices`. */
  requests(): readonly string[]
  close(): Promise<void>
}

/** What the public material leaves open about the cloud, both ways: commands work in each. */
export const CLOUDS: readonly (readonly [string, SandboxOptions])[] = [
  ['whose answers hold all', {}],
  [
    'whose lists leave out code and whose relations are null',
    { listsLeaveOutCode: true, nullRelations: true },
  ],
]

/** `interactive`: answers come from a person at a terminal, who is asked where scripts are not. */
export async function openWorld(
  options: SandboxOptions & {
    readonly user?: string
    readonly interactive?: true
    /** Sees the traffic beside `requests`; what it throws, the request throws. */
    readonly observer?: Observer
  } = {},
): Promise<World> {
  const { user = 'demo', interactive = false, observer, ...rest } = options
  const sandbox = await startSandbox(rest)
  const directory = await mkdtemp(join(tmpdir(), 'impt-command-'))
  // One for all commands: an account is looked through for expired tokens each time that it gets one.
  const token = sandbox.tokenFor(user)
  const own: SandboxLogin = {
    endpoint: sandbox.url,
    accessToken: token,
    expiresAt: '2999-01-01T00:00:00.000Z',
  }
  let seen: string[] = []

  const run: World['run'] = (words, answers = [], signal = new AbortController().signal) =>
    runIn(words, answers, signal, own)

  async function runIn(
    words: readonly string[],
    answers: readonly Answer[],
    signal: AbortSignal,
    login: SandboxLogin | undefined,
    look?: { readonly mode: Mode; readonly width: number },
  ): Promise<Outcome> {
    const out = sink()
    const err = sink()
    const line = parseLine(words)
    if (line.kind !== 'invocation') throw new Error(`not a command: ${words.join(' ')}`)
    const session = createSession({
      shapes: SHAPES,
      env: { HOME: directory },
      ...(login && { sandbox: login }),
    })
    const watched: typeof session = {
      ...session,
      client: (where, needs) =>
        session.client(where, {
          ...needs,
          observer: {
            ...needs.observer,
            onRequest(event) {
              const { pathname, search } = new URL(event.url)
              seen.push(`${event.method} ${decodeURIComponent(pathname.slice(3) + search)}`)
              needs.observer?.onRequest?.(event)
              observer?.onRequest?.(event)
            },
            onResponse(event) {
              needs.observer?.onResponse?.(event)
              observer?.onResponse?.(event)
            },
          },
        }),
    }
    const { invocation } = line
    // The prompt has a mode that nobody can ask for.
    const asked = look ? { ...invocation, options: { ...invocation.options, output: look.mode } } : invocation
    const terminal = fakeTerminal(out.stream, err.stream)
    const code = await runCommand(asked, {
      version: '0.0.0',
      session: watched,
      terminal: look ? derived(terminal, { width: look.width }) : terminal,
      directory,
      signal,
      questions: () => scripted([...answers], out.stream, interactive),
    })
    return { code, stdout: out.text(), stderr: err.text() }
  }

  return {
    sandbox,
    directory,
    token,
    run,
    async shown(words, mode, width) {
      const { code, stdout, stderr } = await runIn(words, [], new AbortController().signal, own, {
        mode,
        width,
      })
      // What differs is no failure.
      if (code !== 0 && code !== DIFFERS) throw new Error(`${words.join(' ')}: ${stdout}${stderr}`)
      return stdout
    },
    async json(words, answers) {
      const { stdout } = await run([...words, '-z', 'json'], answers)
      return JSON.parse(stdout)
    },
    outside: (words) => runIn(words, [], new AbortController().signal, undefined),
    requests() {
      const taken = seen
      seen = []
      return taken
    },
    async close() {
      await sandbox.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Questions that are answered from a list, as a person at the terminal would. */
function scripted(answers: Answer[], output: Writable, interactive: boolean): Questions {
  const next = (prompt: string): Promise<string> => {
    output.write(prompt)
    const answer = answers.shift()
    if (answer === undefined)
      return Promise.reject(
        new ImptError('CONFIRM', 'The command needs a confirmation and there is no one to ask'),
      )
    return Promise.resolve(typeof answer === 'string' ? answer : answer())
  }
  return {
    interactive,
    async confirm(text) {
      if ((await next(`${text}\n`)) !== 'y') throw new ImptError('CANCELLED', 'Operation is canceled.')
    },
    text: (what) => next(`Enter ${what}: `),
    line: (prompt) => next(prompt),
    choice: async (question) => Number(await next(`${question}\n`)) - 1,
    enter: async () => false,
  }
}

/** A stream that keeps what is written to it. */
export function sink() {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
