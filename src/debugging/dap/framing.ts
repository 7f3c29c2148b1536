/** The frames of the Debug Adapter Protocol: `Content-Length: N`, an empty line, and N bytes of JSON. */

const longestHeader = 1024
const longestMessage = 16 << 20
const BEGINNING = 'Content-Length: '

/** What came in: a value, or a body that is no JSON. */
type Received = { message: unknown } | { garbage: true }

/**
 * Reads frames from bytes as they come. Gives what is complete; null when the other end does not speak the protocol: the first byte that does not fit says
 * so, thus a browser that was sent here gets nothing.
 */
export function createReader(): (bytes: Uint8Array) => Received[] | null {
  let chunks: Buffer[] = []
  let held = 0
  /** Bytes that are needed to go on. */
  let wanted = 0
  let body = -1
  return (bytes) => {
    chunks.push(Buffer.from(bytes))
    held += bytes.length
    const found: Received[] = []
    while (held >= wanted && held > 0) {
      let all = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)
      if (body < 0) {
        const head = all.subarray(0, longestHeader).toString('latin1')
        const beginning = head.slice(0, BEGINNING.length)
        if (beginning !== BEGINNING.slice(0, beginning.length)) return null
        const [whole, length] = /^Content-Length: (\d{1,9})\r\n\r\n/.exec(head) ?? []
        if (whole === undefined) {
          // Other headers are allowed by nobody and sent by nobody.
          if (head.length >= longestHeader || /\r\n\r\n/.test(head)) return null
          chunks = [all]
          wanted = held + 1
          return found
        }
        body = Number(length)
        if (body > longestMessage) return null
        all = all.subarray(whole.length)
      }
      chunks = [all]
      held = all.length
      wanted = body
      if (held < body) return found
      found.push(parsed(all.subarray(0, body)))
      chunks = [all.subarray(body)]
      held -= body
      body = -1
      wanted = 1
    }
    return found
  }
}

/** A message as a frame. */
export function frame(message: unknown): string {
  const json = JSON.stringify(message)
  return `${BEGINNING}${Buffer.byteLength(json)}\r\n\r\n${json}`
}

function parsed(bytes: Buffer): Received {
  try {
    return { message: JSON.parse(bytes.toString('utf8')) as unknown }
  } catch {
    return { garbage: true }
  }
}
