/** The server on a port of 127.0.0.1: no more connections than it can bear, and none that dawdles. */
import { createServer, STATUS_CODES, type RequestListener, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { jsonApi } from './core.ts'
import { apiError } from './errors.ts'

export type Bounds = {
  /** Connections at a time; one more is answered 503. */
  connections: number
  /** Milliseconds that the head of a request may take, and the whole of it; later it is answered 408. */
  headTime: number
  requestTime: number
}

export const defaultBounds: Bounds = { connections: 1000, headTime: 10_000, requestTime: 60_000 }

/** Milliseconds that a refused client has to read why. */
const farewell = 1000

/** Makes a server that does not listen yet. */
export function createBoundedServer(bounds: Bounds, listener: RequestListener): Server {
  const { connections, headTime, requestTime } = bounds
  const refused = new WeakSet<Socket>()
  let open = 0
  const server = createServer(
    {
      headersTimeout: headTime,
      requestTimeout: requestTime,
      connectionsCheckingInterval: Math.min(1000, headTime),
      keepAliveTimeout: 30_000,
    },
    (request, response) => {
      if (!refused.has(request.socket)) listener(request, response)
    },
  )
  // Those that are being refused need a moment too; beyond that, connections are closed without a word.
  server.maxConnections = connections * 2
  server.on('connection', (socket) => {
    open += 1
    socket.once('close', () => (open -= 1))
    if (open <= connections) return
    refused.add(socket)
    const detail = `The sandbox takes ${connections} connections at a time; try again when one is closed.`
    refuse(socket, 503, 'Too Many Connections', detail)
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || refused.has(socket as Socket)) return void socket.destroy()
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT')
      return refuse(socket as Socket, 408, 'Request Timeout', 'The request took too long to arrive.')
    if (error.code === 'HPE_HEADER_OVERFLOW')
      return refuse(
        socket as Socket,
        431,
        'Request Header Too Large',
        'The head of the request is too large.',
      )
    return refuse(socket as Socket, 400, 'Bad Request', 'This is not a request of HTTP.')
  })
  return server
}

/** Answers outside any request, and ends the connection. */
function refuse(socket: Socket, status: number, title: string, detail: string): void {
  const body = JSON.stringify({ errors: [apiError(status, 'XX003', title, detail)] })
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    `content-type: ${jsonApi}`,
    `content-length: ${Buffer.byteLength(body)}`,
    ...(status === 503 ? ['retry-after: 1'] : []),
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  const timer = setTimeout(() => socket.destroy(), farewell).unref()
  socket.once('close', () => clearTimeout(timer))
}
