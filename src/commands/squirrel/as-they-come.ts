/**
 * What a task gives, one after the other, as it comes; ends with the task. Throws what the task throws, after all that it gave.
 */
export async function* asTheyCome<T>(task: (give: (item: T) => void) => Promise<unknown>): AsyncGenerator<T> {
  const waiting: T[] = []
  let wake = () => {}
  let ended = false
  const run = task((item) => {
    waiting.push(item)
    wake()
  }).finally(() => {
    ended = true
    wake()
  })
  // The error is thrown below, where the task is awaited.
  run.catch(() => undefined)
  // oxlint-disable-next-line no-unmodified-loop-condition -- the end of the task sets it
  while (!ended || waiting.length > 0) {
    if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    yield* waiting.splice(0)
  }
  await run
}
