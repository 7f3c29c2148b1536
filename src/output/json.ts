/** The documented JSON: two spaces of indent (output.md 7). */
export function renderJson(value: unknown): string {
  return `${harmless(JSON.stringify(value, null, 2))}\n`
}

/** One line of JSON. */
export function renderJsonLine(value: unknown): string {
  return `${harmless(JSON.stringify(value))}\n`
}

/** The same text as `renderJson` of the whole array, piece by piece, so that a long list needs no memory. */
export async function* renderJsonArray(
  items: AsyncIterable<unknown> | Iterable<unknown>,
): AsyncGenerator<string> {
  let first = true
  for await (const item of items) {
    const text = harmless(JSON.stringify(item, null, 2)).replaceAll('\n', '\n  ')
    yield `${first ? '[' : ','}\n  ${text}`
    first = false
  }
  yield first ? '[]\n' : '\n]\n'
}

// JSON leaves these as they are, but a terminal takes U+009B for the start of a command, and bidirectional marks turn text around.
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

function harmless(json: string): string {
  return json.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
