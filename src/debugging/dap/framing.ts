/** The frames of the Debug Adapter Protocol: `Content-Length: N`, an empty line, and N bytes of JSON. */
import { frameReader, type Header } from '../../program/frames.ts'

const longestHeader = 1024
const longestMessage = 16 << 20
const BEGINNING = 'Content-Length: '

/** What came in: a value, or a body that is no JSON. */
type Received = { message: unknown } | { garbage: true }

/**
 * Reads frames from bytes as they come. Gives what is complete; null when the other end does not speak the protocol: the first byte that does not fit says
 * so, thus a browser that was sent here gets nothing.
 */
export function createReader(): (bytes: Buffer) => Received[] | null {
  let found: Received[] = []
  const read = frameReader(headerOf, (body) => found.push(parsed(body)))
  return (bytes) => {
    found = []
    return read(bytes) ? found : null
  }
}

/** A message as a frame. */
export function frame(message: unknown): string {
  const json = JSON.stringify(message)
  return `${BEGINNING}${Buffer.byteLength(json)}\r\n\r\n${json}`
}

/** Other headers are allowed by nobody and sent by nobody. */
function headerOf(bytes: Buffer): Header {
  const head = bytes.subarray(0, longestHeader).toString('latin1')
  const beginning = head.slice(0, BEGINNING.length)
  if (beginning !== BEGINNING.slice(0, beginning.length)) return null
  const [whole, digits] = /^Content-Length: (\d{1,9})\r\n\r\n/.exec(head) ?? []
  if (whole === undefined) return head.length >= longestHeader || /\r\n\r\n/.test(head) ? null : undefined
  const length = Number(digits)
  return length > longestMessage ? null : { end: whole.length, length }
}

function parsed(bytes: Buffer): Received {
  try {
    return { message: JSON.parse(bytes.toString('utf8')) as unknown }
  } catch {
    return { garbage: true }
  }
}
