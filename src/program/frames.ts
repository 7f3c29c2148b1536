/**
 * What `headerOf` finds at the beginning of some bytes: where its body begins and how long that is, in bytes; undefined for a header that is not complete;
 * null for what can be none.
 */
export type Header = { readonly end: number; readonly length: number } | undefined | null

/**
 * Reads frames, each a header and a body of the length that it names, from bytes as they come. `onBody` gets each body when it is complete. False
 * from the first bytes on that are no header: nothing is read any more.
 */
export function frameReader(
  headerOf: (bytes: Buffer) => Header,
  onBody: (body: Buffer) => void,
): (bytes: Buffer) => boolean {
  let chunks: Buffer[] = []
  let held = 0
  /** Bytes of the body that is read; undefined while its header is. */
  let length: number | undefined
  let isOver = false

  function whole(): Buffer {
    const [first] = chunks
    return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks)
  }

  function keep(rest: Buffer): void {
    chunks = rest.length > 0 ? [rest] : []
    held = rest.length
  }

  return (bytes) => {
    if (isOver) return false
    chunks.push(bytes)
    held += bytes.length
    for (;;) {
      if (length === undefined) {
        const all = whole()
        const header = headerOf(all)
        if (header === null) {
          isOver = true
          chunks = []
          return false
        }
        keep(header === undefined ? all : all.subarray(header.end))
        if (header === undefined) return true
        length = header.length
      }
      // The pieces of a long body are put together once, when all are there.
      if (held < length) return true
      const all = whole()
      const body = all.subarray(0, length)
      keep(all.subarray(length))
      length = undefined
      onBody(body)
    }
  }
}
