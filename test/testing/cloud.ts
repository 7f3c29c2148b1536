import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { Writable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { parseLine } from '../../src/commands/bind.ts'
import type { Questions } from '../../src/commands/context.ts'
import { contextOf, runCommand, type Surface } from '../../src/main/command-run.ts'
import { createWriter } from '../../src/output/writer.ts'
import { createSession } from '../../src/session/session.ts'
import type { Clock } from '../../src/testing/clock.ts'
import { run as runTests } from '../../src/testing/run.ts'

/** A device that was assigned to its group, and so loads the newest build: what a recorded stream says happens then. */
export interface Loaded {
  readonly deviceId: string
  readonly code: { readonly device_code: string; readonly agent_code: string }
  /** What the framework of the build puts into its messages. */
  readonly session: string
  /** Writes a log entry to the stream; `at` is its time in seconds after the assignment. */
  readonly say: (type: string, msg: string, at?: number) => void
  /** Writes a message of the framework, as the side under test. */
  readonly unit: (type: string, message: unknown, at?: number, session?: string) => void
  /** Writes raw text to the stream. */
  readonly raw: (text: string) => void
  /** Cuts the connection. */
  readonly drop: () => void
}

export type Play = (loaded: Loaded) => void | Promise<void>

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface CloudOptions {
  readonly devices?: readonly { readonly id: string; readonly name?: string | null; readonly online?: boolean }[]
  readonly play?: Play
  /** Answers a request itself when it gives true. */
  readonly answer?: (method: string, path: string, response: ServerResponse, body: any) => boolean
}

/** A recorded impCentral: one Device Group `dg-1`, its devices, and streams that say what a test tells them to. */
export interface Cloud {
  readonly directory: string
  /** Requests in order, as `POST /deployments`. */
  readonly requests: string[]
  readonly deployments: { readonly id: string; readonly device_code: string; readonly agent_code: string }[]
  /** What the last run has printed so far. */
  shown(): string
  /** Streams that are open at this moment. */
  openStreams(): number
  file(name: string, content: string): Promise<void>
  config(changes?: Readonly<Record<string, unknown>>): Promise<void>
  run(words?: readonly string[], more?: { readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> }): Promise<Outcome>
  /** Runs with a clock of the test's own. */
  runWith(clock: Clock, words?: readonly string[]): Promise<Outcome>
}

const START = Date.parse('2026-11-23T09:00:00.000Z')

export async function openCloud({ devices = [{ id: 'dev-1', name: 'Alpha' }], play, answer }: CloudOptions = {}): Promise<Cloud & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'impt-testing-'))
  const requests: string[] = []
  const deployments: { id: string; device_code: string; agent_code: string }[] = []
  const streams = new Map<string, ServerResponse>()
  const watched = new Map<string, string>()
  let made = 0
  let ids = 0
  let shown = () => ''

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '', 'http://x')
    const path = pathname.replace(/^\/v5/, '')
    const { method = '' } = request
    requests.push(`${method} ${path}`)
    const body = JSON.parse((await text(request)) || 'null')
    if (answer?.(method, path, response, body)) return undefined
    const [, kind, id, , relation] = path.split('/')
    switch (`${method} ${kind}`) {
      case 'GET devicegroups':
        return id === 'dg-1' ? json(response, 200, { data: group(id) }) : problem(response, 404, 'Not Found', 'No such group')
      case 'GET devices':
        return json(response, 200, { data: path.endsWith('/logs') ? [] : devices.map(device), links: {} })
      case 'POST deployments': {
        const created = { id: `new-${++ids}`, ...body.data.attributes }
        deployments.push(created)
        return json(response, 201, { data: { type: 'deployment', id: created.id, attributes: {} } })
      }
      case 'DELETE deployments':
        return void response.writeHead(204).end()
      case 'POST logstream':
        return json(response, 201, { data: { type: 'logstream', id: `s${++made}`, attributes: {} } })
      case 'GET logstream':
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        response.write(': welcome\n\nevent: state_change\ndata: {"state":"opened"}\n\n')
        streams.set(id ?? '', response)
        response.on('close', () => streams.delete(id ?? ''))
        return undefined
      case 'PUT logstream':
        watched.set(path.split('/')[3] ?? '', id ?? '')
        return void response.writeHead(204).end()
      case 'POST devicegroups':
        if (relation !== 'devices') break
        response.writeHead(204).end()
        for (const { id: deviceId } of body.data) await loaded(deviceId)
        return undefined
    }
    return problem(response, 404, 'Not Found', path)
  }

  async function loaded(deviceId: string): Promise<void> {
    const code = deployments.at(-1)
    if (!code) return
    const stream = () => streams.get(watched.get(deviceId) ?? '')
    const side = code.agent_code.includes('__module_tests_bootstrap') ? 'agent' : 'server'
    const session = /runner\.session = "([^"]*)"/.exec(code.agent_code + code.device_code)?.[1] ?? ''
    const say = (type: string, msg: string, at = 0) => {
      const entry = { device_id: deviceId, ts: new Date(START + at * 1000).toISOString(), type, msg }
      stream()?.write(`event: message\ndata: ${JSON.stringify(entry)}\n\n`)
    }
    await play?.({
      deviceId,
      code,
      session,
      say,
      unit: (type, message, at = 0, of = session) => say(`${side}.log`, JSON.stringify({ __IMPUNIT__: 1, type, session: of, message }), at),
      raw: (raw) => void stream()?.write(raw),
      drop: () => void stream()?.destroy(),
    })
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v5`

  function surface(out: Writable, err: Writable, signal: AbortSignal, env: Readonly<Record<string, string>>): Surface {
    return {
      version: '0.0.0',
      session: createSession({ env: { HOME: directory, PATH: process.env.PATH, ...env }, sandbox: { endpoint, accessToken: 't', expiresAt: '2999-01-01T00:00:00.000Z' } }),
      writer: createWriter(out, err),
      colour: false,
      directory,
      signal,
      questions: () => NOBODY,
    }
  }

  const file = async (name: string, content: string) => {
    await mkdir(dirname(join(directory, name)), { recursive: true })
    await writeFile(join(directory, name), content)
  }

  return {
    directory,
    requests,
    deployments,
    shown: () => shown(),
    openStreams: () => streams.size,
    file,
    config: (changes = {}) => file('.impt.test', JSON.stringify({ deviceGroupId: 'dg-1', timeout: 30, stopOnFail: false, allowDisconnect: false, testFiles: ['tests/*.test.nut'], ...changes })),
    async run(words = [], { signal = new AbortController().signal, env = {} } = {}) {
      const [out, err] = [sink(), sink()]
      shown = out.text
      const code = await runCommand(invocationOf(words), surface(out.stream, err.stream, signal, env))
      return { code, stdout: out.text(), stderr: err.text() }
    },
    async runWith(clock, words = []) {
      const [out, err] = [sink(), sink()]
      shown = out.text
      const invocation = invocationOf(words)
      const context = contextOf(invocation, surface(out.stream, err.stream, new AbortController().signal, {}))
      const code = await runTests(context, invocation.options, clock).then(
        (result) => (result.kind === 'record' && result.failed ? 1 : 0),
        (error: unknown) => {
          out.stream.write(`Error: ${(error as Error).message}\n`)
          return 1
        },
      )
      return { code, stdout: out.text(), stderr: err.text() }
    },
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await rm(directory, { recursive: true, force: true })
    },
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

/** Waits until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate()
}

/** A session in which each test passes; the usual beginning of a recorded stream is part of it. */
export function passing(...tests: readonly string[]): Play {
  return (loaded) => {
    begin(loaded)
    for (const name of tests) {
      loaded.unit('TEST_START', name, 3)
      loaded.unit('TEST_OK', null, 3)
    }
    loaded.unit('SESSION_RESULT', { tests: tests.length, assertions: tests.length, failures: 0 }, 3)
  }
}

/** What a device says until its tests begin. */
export function begin({ say, unit }: Loaded): void {
  say('status', 'Agent restarted: reload.')
  say('status', 'Downloading new code; 16.83% program storage used')
  unit('SESSION_START', '', 2)
}

/** The lines without their times, so that they can be compared. */
export function timeless(output: string): string {
  return output.replace(/\[(?:\+[\d.]+\/[\d.]+s )?(info|test|warning|error)\]/g, '[$1]').replace(/Started at .*/, 'Started at NOW')
}

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/vnd.api+json' }).end(JSON.stringify(body))
}

export function problem(response: ServerResponse, status: number, title: string, detail: string): void {
  json(response, status, { errors: [{ status: String(status), title, detail }] })
}

function invocationOf(words: readonly string[]) {
  const line = parseLine(['test', 'run', ...words])
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

function group(id: string) {
  return { type: 'development_devicegroup', id, attributes: { name: 'DG1' } }
}

function device({ id, name = null, online = true }: { id: string; name?: string | null; online?: boolean }) {
  return { type: 'device', id, attributes: { name, device_online: online } }
}

function sink() {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
