import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createRunner, type Runner } from './runner.ts'

export { manualClock, timeless, until } from './runner.ts'

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

export interface CloudOptions {
  readonly devices?: readonly {
    readonly id: string
    readonly name?: string | null
    readonly online?: boolean
  }[]
  readonly play?: Play
  /** Answers a request itself when it gives true. */
  readonly answer?: (method: string, path: string, response: ServerResponse, body: any) => boolean
}

/** A recorded impCentral: one Device Group `dg-1`, its devices, and streams that say what a test tells them to. */
export interface Cloud extends Runner {
  /** Requests in order, as `POST /deployments`. */
  readonly requests: string[]
  readonly deployments: { readonly id: string; readonly device_code: string; readonly agent_code: string }[]
  /** Streams that are open at this moment. */
  openStreams(): number
  /** Writes the test configuration of the group. */
  config(changes?: Readonly<Record<string, unknown>>): Promise<void>
}

const START = Date.now()

export async function openCloud({
  devices = [{ id: 'dev-1', name: 'Alpha' }],
  play,
  answer,
}: CloudOptions = {}): Promise<Cloud & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), 'impt-testing-'))
  const requests: string[] = []
  const deployments: { id: string; device_code: string; agent_code: string }[] = []
  const streams = new Map<string, ServerResponse>()
  const watched = new Map<string, string>()
  let made = 0
  let ids = 0

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
        return id === 'dg-1'
          ? json(response, 200, { data: group(id) })
          : problem(response, 404, 'Not Found', 'No such group')
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
      unit: (type, message, at = 0, of = session) =>
        say(`${side}.log`, JSON.stringify({ __IMPUNIT__: 1, type, session: of, message }), at),
      raw: (raw) => void stream()?.write(raw),
      drop: () => void stream()?.destroy(),
    })
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v5`

  const runner = createRunner({ directory, endpoint, accessToken: 't' })
  return {
    requests,
    deployments,
    openStreams: () => streams.size,
    config: (changes) => runner.testConfig('dg-1', changes),
    ...runner,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await rm(directory, { recursive: true, force: true })
    },
  }
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

export function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/vnd.api+json' }).end(JSON.stringify(body))
}

export function problem(response: ServerResponse, status: number, title: string, detail: string): void {
  json(response, status, { errors: [{ status: String(status), title, detail }] })
}

function group(id: string) {
  return { type: 'development_devicegroup', id, attributes: { name: 'DG1' } }
}

function device({ id, name = null, online = true }: { id: string; name?: string | null; online?: boolean }) {
  return { type: 'device', id, attributes: { name, device_online: online } }
}
