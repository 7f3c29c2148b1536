import { parseLine } from '../../src/commands/argv.ts'
import { dispatch } from '../../src/commands/dispatch.ts'
import type { Questions } from '../../src/commands/context.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { createClient } from '../../src/impcentral/client.ts'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import { HeaderList, openFetch, type Fetch, type Fetched } from '../../src/impcentral/nodefetch.ts'
import { memoryTokenStore } from '../../src/impcentral/tokens.ts'
import { valueOfResult } from '../../src/language/values/result-value.ts'
import { Stream } from '../../src/language/values/value.ts'
import { contextOf, runCommand, type Surface } from '../../src/main/command-run.ts'
import { createSession } from '../../src/session/session.ts'
import { hastyClock } from '../impcentral/support.ts'
import { fakeTerminal } from '../output/fake-terminal.ts'
import { sink, type Outcome, type World } from './world.ts'

/** What a server answered to one request. */
export interface Answer {
  readonly status: number
  readonly text: string
}

/** The answers of a real server by `GET https://...`; a request that was never made has none. */
export type Tape = Map<string, Answer>

/** Runs command lines over one `fetch`, in this process, without a socket where the `fetch` needs none. */
interface Player {
  /** As a one-shot prints it. */
  run(words: readonly string[]): Promise<Outcome>
  /** As a script gets it: the whole value. Throws what the command throws. */
  value(words: readonly string[]): Promise<unknown>
}

/** Keeps every answer to the requests of a real sandbox. */
export function recorder(tape: Tape): Fetch {
  return async (url, init) => {
    const fetched = await (await openFetch(url, true))(url, init)
    const text = await fetched.text()
    tape.set(`${init.method} ${url}`, { status: fetched.status, text })
    return response({ status: fetched.status, text })
  }
}

/** Answers from a tape, changed by `change`. What is not on it is not found. */
export function replayer(tape: Tape, change: (answer: Answer) => Answer): Fetch {
  const missing = { status: 404, text: '{"errors":[{"status":"404","title":"Not Found","detail":"None."}]}' }
  return async (url, { method }) => {
    const answer = tape.get(`${method} ${url}`)
    return response(answer ? change(answer) : missing)
  }
}

function response({ status, text }: Answer): Fetched {
  return {
    status,
    statusText: '',
    headers: new HeaderList({ 'content-type': 'application/json' }),
    body: (async function* () {
      yield Buffer.from(text)
    })(),
    text: async () => text,
  }
}

export function player(world: World, fetch: Fetch): Player {
  const signal = new AbortController().signal
  const clock = hastyClock()
  const limiter = createLimiter(clock)
  const session = createSession({ env: { HOME: world.directory }, shapes: SHAPES })
  const tokens = memoryTokenStore({ accessToken: world.token, expiresAt: '2999-01-01T00:00:00.000Z' })
  const client = async () =>
    createClient({ endpoint: world.sandbox.url, tokens, shapes: SHAPES, fetch, clock, limiter })
  const surface = (out: ReturnType<typeof sink>, err: ReturnType<typeof sink>): Surface => ({
    version: '0.0.0',
    session: { ...session, client },
    terminal: fakeTerminal(out.stream, err.stream),
    directory: world.directory,
    signal,
    questions: () => silent,
  })
  const bound = (words: readonly string[]) => {
    const line = parseLine(words)
    if (line.kind !== 'invocation') throw new Error(`not a command: ${words.join(' ')}`)
    return line.invocation
  }
  return {
    async run(words) {
      const [out, err] = [sink(), sink()]
      const code = await runCommand(bound(words), surface(out, err))
      return { code, stdout: out.text(), stderr: err.text() }
    },
    async value(words) {
      const invocation = bound(words)
      const value = valueOfResult(await dispatch(invocation, contextOf(invocation, surface(sink(), sink()))))
      if (!(value instanceof Stream)) return value
      const all: unknown[] = []
      for await (const item of value) all.push(item)
      return all
    },
  }
}

const silent: Questions = {
  interactive: false,
  confirm: () => Promise.resolve(),
  text: () => Promise.resolve('demo'),
  line: () => Promise.resolve('demo'),
  choice: () => Promise.resolve(0),
  enter: () => Promise.resolve(false),
}
