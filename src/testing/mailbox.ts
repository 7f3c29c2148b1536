/** A queue with one reader, for what comes from several sides at once. */
interface Mailbox<T> {
  put(item: T): void
  take(): Promise<T>
}

export function createMailbox<T>(): Mailbox<T> {
  const items: T[] = []
  let wake: (() => void) | undefined
  return {
    put(item) {
      items.push(item)
      wake?.()
    },
    async take() {
      while (items.length === 0) await new Promise<void>((resolve) => (wake = resolve))
      return items.shift() as T
    },
  }
}
