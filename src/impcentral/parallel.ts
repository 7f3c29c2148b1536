/** How many requests of one command are under way at most; the client's limiter may allow fewer. */
const AT_ONCE = 16

/**
 * Does the work for all items, several at a time, as a sliding window. After the first failure no new item is begun; what runs is waited
 * for, so that nothing goes on behind the error.
 */
export async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  let next = 0
  let failed: { readonly error: unknown } | undefined
  const worker = async () => {
    for (;;) {
      const index = next++
      if (index >= items.length || failed) return
      try {
        await work(items[index] as T)
      } catch (error) {
        failed ??= { error }
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  if (failed) throw failed.error
}
