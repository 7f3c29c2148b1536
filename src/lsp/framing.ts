import type { Readable } from 'node:stream'
import { AbstractMessageReader, type DataCallback, type Disposable, type Message } from 'vscode-jsonrpc'

/** A header that is longer comes from something that does not speak the protocol. */
const LONGEST_HEADER = 4096
/** The longest message, in bytes: a client sends whole files. */
const LONGEST_MESSAGE = 128 * 1024 * 1024

/**
 * Reads the messages of a client: `Content-Length: N`, an empty line, and N bytes of JSON (UTF-8). The reader of vscode-jsonrpc keeps what it can not
 * understand without bound; here a wrong header ends the reading with an error, and a body that is no JSON is told by `onGarbage` alone.
 */
export class FramedReader extends AbstractMessageReader {
  private chunks: Buffer[] = []
  private held = 0
  /** Bytes of the body that is read; undefined while its header is. */
  private wanted: number | undefined
  private broken = false
  private readonly input: Readable
  private readonly onGarbage: () => void

  constructor(input: Readable, onGarbage: () => void) {
    super()
    this.input = input
    this.onGarbage = onGarbage
  }

  listen(callback: DataCallback): Disposable {
    const onData = (chunk: Buffer) => this.take(chunk, callback)
    const onEnd = () => this.fireClose()
    this.input.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onEnd)
    return { dispose: () => void this.input.off('data', onData).off('end', onEnd).off('close', onEnd) }
  }

  private take(chunk: Buffer, callback: DataCallback): void {
    if (this.broken) return
    this.chunks.push(chunk)
    this.held += chunk.length
    while (!this.broken) {
      if (this.wanted === undefined && !this.readHeader()) return
      if (this.wanted === undefined || this.held < this.wanted) return
      const body = this.passed(this.wanted)
      this.wanted = undefined
      const message = messageIn(body)
      if (message === undefined) this.onGarbage()
      else callback(message)
    }
  }

  /** Reads a header, if it is complete. */
  private readHeader(): boolean {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks)
    this.chunks = [all]
    const end = all.subarray(0, LONGEST_HEADER).indexOf('\r\n\r\n')
    if (end < 0) {
      const isWrong = all.length > LONGEST_HEADER || !'content-'.startsWith(beginning(all))
      if (isWrong) this.fail('The client does not speak the language server protocol.')
      return false
    }
    const length = /^Content-Length:[ \t]*(\d{1,12})[ \t]*$/im.exec(all.toString('latin1', 0, end))?.[1]
    this.passed(end + 4)
    if (length === undefined) this.fail('A message of the client has no Content-Length.')
    else if (Number(length) > LONGEST_MESSAGE) this.fail(`A message of the client has ${length} bytes.`)
    else this.wanted = Number(length)
    return !this.broken
  }

  /** Takes bytes off the front. */
  private passed(count: number): Buffer {
    const all = this.chunks.length === 1 ? (this.chunks[0] as Buffer) : Buffer.concat(this.chunks)
    const rest = all.subarray(count)
    this.chunks = rest.length > 0 ? [rest] : []
    this.held = rest.length
    return all.subarray(0, count)
  }

  private fail(text: string): void {
    this.broken = true
    this.chunks = []
    this.fireError(new Error(text))
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
