// The protocol's messages over two streams, a JSON text a line. The SDK's own transport drops what is no message without an answer, and forgets
// what is still asked when its input ends: a client that pipes its questions in would wait for answers that never come.
import { serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import {
  ErrorCode,
  isJSONRPCNotification,
  isJSONRPCRequest,
  JSONRPCMessageSchema,
  type JSONRPCMessage,
  type RequestId,
} from '@modelcontextprotocol/sdk/types.js'
import type { Readable, Writable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'

/** Characters of one message. */
const MOST = 10 * 1024 * 1024

/** The two streams of a client. */
interface Wire {
  readonly transport: Transport
  /** Aborted when the client sends no more: what it is asked from then on gets no answer. */
  readonly silent: AbortSignal
}

/**
 * Makes the transport. What is no JSON is answered with -32700, what is no message with -32600 (JSON-RPC 2.0, 5.1), and `onerror` is told.
 * It closes when a message is too long, when nobody reads the answers, and at the end of input once all requests are answered.
 */
export function createWire(stdin: Readable, stdout: Writable): Wire {
  const decoder = new StringDecoder('utf8')
  const silent = new AbortController()
  /** The requests of the client that wait for their answer; a client may use an id twice. */
  let waiting: readonly RequestId[] = []
  let rest: string[] = []
  let length = 0
  let isClosed = false

  const transport: Transport = {
    async start() {
      stdin.on('data', take)
      for (const event of ['end', 'close', 'error'] as const) stdin.once(event, endOfInput)
      stdout.once('error', close)
    },
    async send(message) {
      await write(message)
      if ('method' in message) return
      const at = waiting.indexOf(message.id as RequestId)
      if (at >= 0) waiting = waiting.toSpliced(at, 1)
      closeWhenAnswered()
    },
    async close() {
      close()
    },
  }
  return { transport, silent: silent.signal }

  function close(): void {
    if (isClosed) return
    isClosed = true
    stdin.off('data', take).pause()
    silent.abort()
    transport.onclose?.()
  }

  function endOfInput(): void {
    if (!silent.signal.aborted && length > 0) receive(rest.join(''))
    silent.abort()
    closeWhenAnswered()
  }

  function closeWhenAnswered(): void {
    if (silent.signal.aborted && waiting.length === 0) close()
  }

  function take(chunk: Buffer): void {
    const [first = '', ...more] = decoder.write(chunk).split('\n')
    rest.push(first)
    length += first.length
    for (const line of more) {
      receive(rest.join(''))
      rest = [line]
      length = line.length
      if (isClosed) return
    }
    if (length <= MOST) return
    refuse(ErrorCode.InvalidRequest, `A message has more than ${MOST} characters`)
    close()
  }

  function receive(line: string): void {
    if (line.trim() === '') return
    let value: unknown
    try {
      value = JSON.parse(line)
    } catch {
      refuse(ErrorCode.ParseError, `A line is no JSON: ${line.slice(0, 80)}`)
      return
    }
    const { success, data: message } = JSONRPCMessageSchema.safeParse(value)
    if (!success) {
      refuseValue(value)
      return
    }
    if (isJSONRPCRequest(message)) waiting = [...waiting, message.id]
    // What is taken back gets no answer.
    if (isJSONRPCNotification(message) && message.method === 'notifications/cancelled')
      waiting = waiting.filter((id) => id !== message.params?.['requestId'])
    transport.onmessage?.(message)
  }

  function refuseValue(value: unknown): void {
    const given = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
    const { id } = given as { readonly id?: unknown }
    const text = 'A line is no message of the protocol'
    // Neither an answer nor a notification is answered.
    if ('result' in given || 'error' in given || ('method' in given && id === undefined))
      transport.onerror?.(new Error(text))
    else refuse(ErrorCode.InvalidRequest, text, typeof id === 'string' || typeof id === 'number' ? id : null)
  }

  function refuse(code: ErrorCode, message: string, id: RequestId | null = null): void {
    transport.onerror?.(new Error(message))
    void write({ jsonrpc: '2.0', id, error: { code, message } } as JSONRPCMessage)
  }

  /** Resolves when the client can take more; a client that is gone takes nothing. */
  function write(message: JSONRPCMessage): Promise<void> {
    return new Promise((resolve) => stdout.write(serializeMessage(message), () => resolve()))
  }
}
