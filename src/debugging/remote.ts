/** Debugs a device of a sandbox, over the sandbox's WebSocket. */
import { type Debuggee, happenings, textOf } from './debuggee.ts'
import type { DebugAnswer, DebugEvent, DebugRequest } from '../squirrel/debug/protocol.ts'
import { Questions } from '../squirrel/debug/questions.ts'
import type { LogLine } from './debuggee.ts'
import { whenAborted } from '../program/aborted.ts'

type Heard = { attached: true } | { failed: string } | DebugAnswer | { debug: DebugEvent } | { log: LogLine }

const CLOSED = 'the sandbox closed the connection'

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
  const questions = new Questions()
  let closed: () => void = () => {}
  const isClosed = new Promise<void>((resolve) => (closed = resolve))
  const stop = () => socket.close()
  const deafen = whenAborted(signal, stop)
  await new Promise<void>((resolve, reject) => {
    socket.on('error', (error) => reject(new Error(`the sandbox refuses the debugger: ${error.message}`)))
    socket.on('close', () => {
      deafen()
      questions.lost(CLOSED)
      tell({ ended: { errors: [] } })
      closed()
      reject(new Error(CLOSED))
    })
    socket.on('message', (data: Buffer) => {
      const heard = JSON.parse(data.toString('utf8')) as Heard
      if ('attached' in heard) resolve()
      else if ('failed' in heard) reject(new Error(heard.failed))
      else if ('debug' in heard) listener.event(heard.debug)
      else if ('log' in heard) listener.log(heard.log)
      else questions.answered(heard)
    })
  })
  const request = (asked: DebugRequest) =>
    socket.readyState === socket.OPEN
      ? questions.ask((call) => socket.send(JSON.stringify({ call, request: asked })))
      : Promise.reject(new Error(CLOSED))
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
