/** Debugs a device of a sandbox, over the sandbox's WebSocket. */
import { type Debuggee, happenings, textOf } from './debuggee.ts'
import type { DebugEvent, DebugRequest } from '../squirrel/debug/protocol.ts'
import type { LogLine } from './debuggee.ts'

type Heard =
  | { attached: true }
  | { failed: string }
  | { call: number; result: unknown }
  | { call: number; refused: string }
  | { debug: DebugEvent }
  | { log: LogLine }

/**
 * Connects with `ws://.../sandbox/devices/ID/debug`. Resolves when the device is attached, which with `?wait` is at its next start. Rejects with an Error
 * for people.
 */
export async function debugRemote(
  url: string,
  token: string,
  directory: string,
  signal: AbortSignal,
): Promise<Debuggee> {
  const { WebSocket } = await import('ws')
  const socket = new WebSocket(url, { headers: { 'x-sandbox-token': token }, perMessageDeflate: false })
  const { tell, listen, listener } = happenings()
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let calls = 0
  let closed: () => void = () => {}
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  const stop = () => socket.close()
  signal.addEventListener('abort', stop, { once: true })
  await new Promise<void>((resolve, reject) => {
    socket.on('error', (error) => reject(new Error(`the sandbox refuses the debugger: ${error.message}`)))
    socket.on('close', () => {
      signal.removeEventListener('abort', stop)
      for (const { reject: give } of waiting.values()) give(new Error('the sandbox closed the connection'))
      waiting.clear()
      tell({ ended: { errors: [] } })
      closed()
      reject(new Error('the sandbox closed the connection'))
    })
    socket.on('message', (data: Buffer) => {
      const heard = JSON.parse(data.toString('utf8')) as Heard
      if ('attached' in heard) resolve()
      else if ('failed' in heard) reject(new Error(heard.failed))
      else if ('debug' in heard) listener.event(heard.debug)
      else if ('log' in heard) listener.log(heard.log)
      else {
        const call = waiting.get(heard.call)
        waiting.delete(heard.call)
        if ('refused' in heard) call?.reject(new Error(heard.refused))
        else call?.resolve(heard.result)
      }
    })
  })
  const request = (asked: DebugRequest) =>
    new Promise<unknown>((resolve, reject) => {
      if (socket.readyState !== socket.OPEN) return reject(new Error('the sandbox closed the connection'))
      waiting.set(++calls, { resolve, reject })
      socket.send(JSON.stringify({ call: calls, request: asked }))
    })
  return {
    directory,
    request: <Answer>(asked: DebugRequest) => request(asked) as Promise<Answer>,
    begin: () => socket.send(JSON.stringify({ begin: true })),
    listen,
    text: (file) => textOf({ request }, directory, file),
    async close() {
      socket.close()
      await isClosed
    },
  }
}
