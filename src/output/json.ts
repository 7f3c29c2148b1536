import { batchesOf } from './batches.ts'

/** The documented JSON: two spaces of indent (output.md 7). */
export function renderJson(value: unknown): string {
  return `${harmless(JSON.stringify(value, null, 2))}\n`
}

/** One line of JSON. */
export function renderJsonLine(value: unknown): string {
  return `${harmless(JSON.stringify(value))}\n`
}

/**
 * The same text as `renderJson` of the whole array of what `show` makes of the items, in the pieces in which they arrive, so that a long list
 * needs no memory.
 */
export async function* renderJsonArray<T>(
  items: AsyncIterable<T> | Iterable<T>,
  show: (item: T) => unknown = (item) => item,
): AsyncGenerator<string> {
  let opening = '['
  for await (const batch of batchesOf(items)) {
    if (batch.length === 0) continue
    // Without the brackets of the batch, which stand at its ends.
    yield (
      opening +
        harmless(
          JSON.stringify(
            batch.map((item) => show(item)),
            null,
            2,
          ),
        ).slice(1, -2)
    )
    opening = ','
  }
  yield opening === '[' ? '[]\n' : '\n]\n'
}

// JSON leaves these as they are, but a terminal takes U+009B for the start of a command, and bidirectional marks turn text around.
const UNSAFE = /[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu

function harmless(json: string): string {
  return json.replace(UNSAFE, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
