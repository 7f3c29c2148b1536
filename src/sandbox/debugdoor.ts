/** `/sandbox/devices/:id/debug`: a WebSocket on which a debugger asks a device and hears what happens there. With `?wait` it begins with the device's next start. */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import type { DebugRequest } from '../squirrel/debug/protocol.ts'
import type { DebuggedDevice } from '../squirrel/fleet-interface.ts'
import type { Core } from './core.ts'
import { isSameSecret } from '../program/secret.ts'

/** Longest message of a client, in bytes. */
const LONGEST_MESSAGE = 16 << 20
/** Bytes that wait for a client which does not read. */
const MOST_WAITING = 64 << 20
const PATH = /^\/sandbox\/devices\/([^/?]+)\/debug(\?wait)?$/

/** What goes to the client besides the messages of the debugger. */
export type DebugDoor = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  close(): void
}

/** The door for debuggers of a sandbox; only who has the admin token gets in, and no browser. */
export function createDebugDoor(core: Core): DebugDoor {
  let sockets: WebSocketServer | undefined
  return {
    upgrade(request, socket, head) {
      socket.on('error', () => undefined)
      const { url = '', headers } = request
      const [, id, wait] = PATH.exec(url) ?? []
      if (id === undefined) return refuse(socket, '404 Not Found')
      const token = headers['x-sandbox-token']
      if (
        headers.origin !== undefined ||
        !isSameSecret(typeof token === 'string' ? token : '', core.adminToken)
      )
        return refuse(socket, '403 Forbidden')
      if (!core.store.devices.find(id) || !core.platform.behaviour.debug)
        return refuse(socket, '404 Not Found')
      void import('ws').then((ws) => {
        sockets ??= new ws.WebSocketServer({
          noServer: true,
          maxPayload: LONGEST_MESSAGE,
          perMessageDeflate: false,
        })
        sockets.handleUpgrade(request, socket, head, (client) => serve(core, client, id, wait !== undefined))
      })
    },
    close() {
      for (const client of sockets?.clients ?? []) client.terminate()
      sockets?.close()
    },
  }
}

function serve(core: Core, client: WebSocket, id: string, wait: boolean): void {
  let debugged: DebuggedDevice | undefined
  const gone = new AbortController()
  const send = (message: object) => {
    if (client.bufferedAmount > MOST_WAITING) client.terminate()
    else client.send(JSON.stringify(message))
  }
  client.on('error', () => client.terminate())
  client.on('close', () => {
    gone.abort()
    debugged?.detach()
  })
  client.on('message', (data: Buffer) => {
    const message = parsed(data)
    if (debugged === undefined || message === undefined) return
    if ('begin' in message) return debugged.begin()
    const { call, request } = message
    if (typeof call !== 'number' || typeof request !== 'object' || request === null) return
    debugged.request(request as DebugRequest).then(
      (result) => send({ call, result: result ?? null }),
      (error: unknown) => send({ call, refused: (error as Error).message }),
    )
  })
  const listener = {
    event: (event: object) => send({ debug: event }),
    log: (log: object) => send({ log }),
  }
  core.platform.behaviour.debug?.(id, listener, wait, gone.signal).then(
    (made) => {
      debugged = made
      if (gone.signal.aborted) made.detach()
      else send({ attached: true })
    },
    (error: unknown) => {
      send({ failed: (error as Error).message })
      client.close()
    },
  )
}

/** What a client sent; undefined for what is no object of JSON. */
function parsed(data: Buffer): Record<string, unknown> | undefined {
  try {
    const message: unknown = JSON.parse(data.toString('utf8'))
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`)
}
