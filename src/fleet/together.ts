import { inParallel } from '../impcentral/parallel.ts'

/** Reads several at once, and gives them in their order. */
export async function together<T, U>(
  items: readonly T[],
  read: (item: T) => Promise<U>,
): Promise<readonly U[]> {
  const found: U[] = []
  await inParallel(
    items.map((item, i) => ({ item, i })),
    async ({ item, i }) => {
      found[i] = await read(item)
    },
  )
  return found
}
