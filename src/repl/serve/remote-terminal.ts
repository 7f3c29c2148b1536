import { PassThrough, Writable } from 'node:stream'

/** A terminal at the other end of a connection, as the prompt sees it. */
interface RemoteTerminal {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly type: (text: string) => void
  readonly resize: (columns: number, rows: number) => void
  readonly end: () => void
}

/** `send` gets what the prompt writes; the promise slows the prompt down to what the other side takes. */
export function createRemoteTerminal(
  columns: number,
  rows: number,
  send: (text: string) => Promise<void>,
): RemoteTerminal {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input })
  const output = Object.assign(
    new Writable({
      decodeStrings: false,
      write(chunk: string | Buffer, _encoding, done) {
        void send(String(chunk)).finally(() => done())
      },
    }),
    { isTTY: true, columns, rows },
  )
  output.on('error', () => undefined)
  return {
    stdin: input as unknown as NodeJS.ReadStream,
    stdout: output as unknown as NodeJS.WriteStream,
    type: (text) => void input.write(text),
    resize(newColumns, newRows) {
      // The other side may say anything.
      if (!isSize(newColumns) || !isSize(newRows)) return
      output.columns = newColumns
      output.rows = newRows
      output.emit('resize')
    },
    end: () => void input.end(),
  }
}

function isSize(size: number): boolean {
  return Number.isSafeInteger(size) && size > 0 && size < 10_000
}
