import { collect } from '../../impcentral/paging.ts'

/** All items of a list that may still be arriving. */
export async function collected<T>(items: readonly T[] | AsyncIterable<T>): Promise<readonly T[]> {
  return Symbol.asyncIterator in items ? collect(items) : items
}

/** Items changed as they come. */
export async function* mapped<T, U>(
  items: Iterable<T> | AsyncIterable<T>,
  change: (item: T) => U,
): AsyncGenerator<U> {
  for await (const item of items) yield change(item)
}

/** Holds the text back until it is complete: a list that fails half-way must not leave half a document before its error. */
export async function* whole(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const all: string[] = []
  for await (const piece of pieces) all.push(piece)
  for (const piece of all) yield piece
}
