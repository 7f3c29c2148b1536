import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import type { Client, ClientOptions } from '../../src/impcentral/client.ts'
import { createLimiter } from '../../src/impcentral/limiter.ts'
import type { LogStreamEvent } from '../../src/impcentral/logstream.ts'
import { clientFor, hastyClock, json, serve, type Server } from './support.ts'

interface Fake {
  readonly server: Server
  readonly client: Client
  /** Open event streams, newest last. */
  readonly streams: ServerResponse[]
  /** Devices in the order in which they were added, as `stream id/device`. */
  readonly added: string[]
  /** What `GET /devices/{id}/logs` gives, newest first. */
  readonly stored: Record<string, object[]>
  /** Sends to the newest stream. */
  say(text: string): void
}

interface Wishes {
  /** Answers a request itself when it gives true. */
  readonly first?: (path: string, response: ServerResponse, fake: Fake) => boolean
  readonly opened?: string
  readonly options?: Partial<ClientOptions>
  /** Waits longer than this never end. */
  readonly longest?: number
}

const OPENED = 'event: state_change\ndata: {"state":"opened"}\n\n'
export const now = (ahead = 0): string => new Date(Date.now() + ahead).toISOString()

export function log(
  msg: string,
  ts = now(),
  device = 'd1',
): { device_id: string; ts: string; type: string; msg: string } {
  return { device_id: device, ts, type: 'agent.log', msg }
}

export const message = (entry: object): string => `event: message\ndata: ${JSON.stringify(entry)}\n\n`

export async function fakeCloud({ first, opened = OPENED, options, longest = 2000 }: Wishes = {}): Promise<
  Fake & AsyncDisposable
> {
  let created = 0
  const server = await serve((request, response) => {
    if (first?.(`${request.method} ${request.path}`, response, fake)) return
    if (request.path === '/logstream') {
      const id = `s${++created}`
      return json(response, 201, {
        data: { type: 'logstream', id, attributes: { url: `https://other.test/${id}` } },
      })
    }
    if (request.path.endsWith('/logs')) {
      return json(response, 200, { data: fake.stored[request.path.split('/')[2] ?? ''] ?? [], links: {} })
    }
    if (request.method === 'PUT') {
      fake.added.push(request.path.replace('/logstream/', ''))
      return response.writeHead(204).end()
    }
    if (request.path.startsWith('/devices/'))
      return json(response, 404, { errors: [{ title: 'Not Found', detail: 'gone' }] })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(`: welcome\n\n${opened}`)
    fake.streams.push(response)
  })
  const clock = hastyClock(longest)
  const fake: Fake & AsyncDisposable = {
    server,
    client: clientFor(server.endpoint, { clock, limiter: createLimiter(clock), ...options }),
    streams: [],
    added: [],
    stored: {},
    say: (text) => void fake.streams.at(-1)?.write(text),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  }
  return fake
}

export async function next(stream: AsyncGenerator<LogStreamEvent, void>): Promise<LogStreamEvent> {
  const { value, done } = await stream.next()
  assert.ok(!done && value !== undefined, 'the stream ended')
  return value
}
