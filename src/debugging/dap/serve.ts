/** Serves the adapter: on two streams, or on a port of the loopback interface for the one client that knows the token. */
import { isSameSecret } from '../../program/secret.ts'
import { randomBytes } from 'node:crypto'
import { type Socket, createServer } from 'node:net'
import type { Readable } from 'node:stream'
import { type AdapterHost, createAdapter } from './adapter.ts'
import { createReader, frame } from './framing.ts'
import { whenAborted } from '../../program/aborted.ts'

type Programs = Pick<AdapterHost, 'launch' | 'attach'>

/** Serves a client on a stream until it goes, ends the session, or speaks something else. The exit code of its program. */
export async function serveStream(
  input: Readable,
  write: (text: string) => void,
  programs: Programs,
  signal: AbortSignal,
  admits: AdapterHost['admits'] = () => true,
): Promise<number> {
  const read = createReader()
  return new Promise((resolve, reject) => {
    const over = () => {
      input.off('data', take).off('end', over).off('close', over).off('error', over).pause()
      signal.removeEventListener('abort', over)
      adapter.close().then(() => resolve(adapter.exitCode), reject)
    }
    const take = (bytes: Buffer) => {
      const received = read(bytes)
      for (const one of received ?? []) {
        if ('message' in one) adapter.take(one.message)
        else adapter.garbage()
      }
      if (received === null) over()
    }
    const adapter = createAdapter({ ...programs, admits, over, send: (message) => write(frame(message)) })
    input.on('data', take).on('end', over).on('close', over).on('error', over)
    whenAborted(signal, over)
  })
}

/** Connections that may wait to be admitted. */
const mostClients = 8

/**
 * Serves one client on a port of 127.0.0.1; 0 takes any free one. `ready` hears the port and the token, which `launch` or `attach` must carry. Ends when the
 * admitted client is gone.
 */
export async function servePort(
  port: number,
  programs: Programs,
  signal: AbortSignal,
  ready: (port: number, token: string) => void,
): Promise<number> {
  const token = randomBytes(32).toString('hex')
  const clients = new Set<Socket>()
  let chosen: Socket | null = null
  const server = createServer({ noDelay: true })
  try {
    return await new Promise<number>((resolve, reject) => {
      server.on('error', reject)
      whenAborted(signal, () => resolve(0))
      server.on('connection', (socket) => {
        if (chosen !== null || clients.size >= mostClients) return socket.destroy()
        clients.add(socket)
        socket.on('error', () => undefined)
        const admits = (given: string | undefined) => {
          if ((chosen !== null && chosen !== socket) || !isSameSecret(given ?? '', token)) return false
          chosen = socket
          for (const other of clients) if (other !== socket) other.destroy()
          return true
        }
        serveStream(socket, (text) => socket.write(text), programs, signal, admits).then((code) => {
          clients.delete(socket)
          socket.end()
          if (chosen === socket) resolve(code)
        }, reject)
        return undefined
      })
      server.listen(port, '127.0.0.1', () => {
        const address = server.address()
        ready(typeof address === 'object' && address !== null ? address.port : port, token)
      })
    })
  } finally {
    for (const client of clients) client.destroy()
    server.close()
  }
}
