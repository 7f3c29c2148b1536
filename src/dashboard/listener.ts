import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'
import { listenOnLoopback } from '../program/loopback.ts'
import { isForUs, isFromUs, type Admission } from './admission.ts'
import { LIVE_PATH, TOKEN_PATH } from './protocol.ts'

/** A file of the page. */
export interface PageFile {
  readonly type: string
  readonly text: string
}

interface ListenerOptions {
  /** Port on 127.0.0.1; 0 for any free one. */
  readonly port: number
  readonly files: Readonly<Record<string, PageFile>>
  readonly admission: Admission
  /** Takes a WebSocket of a page of ours; it has not said yet who it is. */
  readonly connected: (socket: WebSocket) => void
  /** The code of an address was used. */
  readonly admitted: () => void
}

interface Listener {
  readonly port: number
  readonly close: () => Promise<void>
}

/** The longest message of a page, in bytes: the ids of the devices whose logs it wants. */
const LONGEST_MESSAGE = 64_000
const LONGEST_BODY = 200
const MOST_CONNECTIONS = 100

/**
 * Listens on 127.0.0.1 for browsers: gives the files of the page to anybody who asks by the right name, a token for a code, and a WebSocket
 * to pages of this server only. Rejects with the error of the port.
 */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const { WebSocketServer } = await import('ws')
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: LONGEST_MESSAGE,
    perMessageDeflate: false,
  })
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 })
  server.maxConnections = MOST_CONNECTIONS
  const portOf = () => (server.address() as AddressInfo).port

  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headersFor(portOf()))) response.setHeader(name, value)
    void answer(request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => undefined)
    if (request.url !== LIVE_PATH || !isFromUs(request.headers, portOf()))
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n')
    else sockets.handleUpgrade(request, socket, head, options.connected)
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '/', headers } = request
    if (!isForUs(headers, portOf()))
      return end(response, 403, 'This server answers only to 127.0.0.1 and localhost.')
    if (url === TOKEN_PATH) {
      if (method !== 'POST') return end(response, 405, 'Only POST.')
      if (!isFromUs(headers, portOf())) return end(response, 403, 'Only for pages of this server.')
      const token = options.admission.exchange(await bodyOf(request))
      if (token === undefined) return end(response, 403, 'This address was used already, or is too old.')
      options.admitted()
      return end(response, 200, token)
    }
    const file = Object.hasOwn(options.files, url) ? options.files[url] : undefined
    if (file === undefined) return end(response, 404, 'There is no such page.')
    if (method !== 'GET' && method !== 'HEAD') return end(response, 405, 'Only GET.')
    response.writeHead(200, { 'content-type': `${file.type}; charset=utf-8` })
    response.end(method === 'HEAD' ? undefined : file.text)
  }

  await listenOnLoopback(server, options.port)
  return {
    port: portOf(),
    async close() {
      for (const socket of sockets.clients) socket.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Nothing is loaded from elsewhere, nothing may frame the page, and no text can become markup or code. */
function headersFor(port: number): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    // Some browsers do not count WebSockets to 'self'.
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'no-store',
  }
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(text)
}

/** The body of a request, or nothing where it is longer than a code is. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      text += String(chunk)
      if (text.length > LONGEST_BODY) return ''
    }
    return text
  } catch {
    return ''
  }
}
