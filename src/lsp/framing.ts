import type { Readable } from 'node:stream'
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc'
import { frameReader, type Header } from '../program/frames.ts'

/** A header that is longer comes from something that does not speak the protocol. */
const LONGEST_HEADER = 4096
/** The longest message, in bytes: a client sends whole files. */
const LONGEST_MESSAGE = 128 * 1024 * 1024

/**
 * Reads the messages of a client: `Content-Length: N`, an empty line, and N bytes of JSON (UTF-8). The reader of vscode-jsonrpc keeps what it can not
 * understand without bound; here a wrong header ends the reading with an error, and a body that is no JSON is told by `onGarbage` alone.
 */
export class FramedReader extends AbstractMessageReader {
  private readonly input: Readable
  private readonly onGarbage: () => void

  constructor(input: Readable, onGarbage: () => void) {
    super()
    this.input = input
    this.onGarbage = onGarbage
  }

  listen(callback: DataCallback): Disposable {
    const read = frameReader(
      (bytes) => this.headerOf(bytes),
      (body) => {
        const message = messageIn(body)
        if (message === undefined) this.onGarbage()
        else callback(message)
      },
    )
    const onData = (chunk: Buffer) => void read(chunk)
    const onEnd = () => this.fireClose()
    this.input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd)
    return { dispose: () => void this.input.off('data', onData).off('end', onEnd).off('close', onEnd) }
  }

  private headerOf(bytes: Buffer): Header {
    const end = bytes.subarray(0, LONGEST_HEADER).indexOf('\r\n\r\n')
    if (end < 0) {
      const isWrong = bytes.length > LONGEST_HEADER || !'content-'.startsWith(beginning(bytes))
      return isWrong ? this.fail('The client does not speak the language server protocol.') : undefined
    }
    const length = /^Content-Length:[ \t]*(\d{1,12})[ \t]*$/im.exec(bytes.toString('latin1', 0, end))?.[1]
    if (length === undefined) return this.fail('A message of the client has no Content-Length.')
    if (Number(length) > LONGEST_MESSAGE) return this.fail(`A message of the client has ${length} bytes.`)
    return { end: end + 4, length: Number(length) }
  }

  private fail(text: string): null {
    this.fireError(new Error(text))
    return null
  }
}

function beginning(bytes: Buffer): string {
  return bytes.toString('latin1', 0, 'content-'.length).toLowerCase()
}

/** The message of a body; undefined where it is none. */
function messageIn(body: Buffer): Message | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Message)
      : undefined
  } catch {
    return undefined
  }
}
