/** Under which a list keeps the batches that it arrives in. */
const BATCHES = Symbol('batches')

/** Items that are handled together: enough that a batch costs nothing, few enough that memory stays constant. */
const BATCH = 100

type Batches<T> = AsyncGenerator<readonly T[], void, undefined>

/**
 * The items of batches, one by one. An item that is there already costs one settled promise; a generator that yields each costs several, which
 * is most of the time of a list of a fleet.
 */
export function flattened<T>(batches: Batches<T>): AsyncGenerator<T, void, undefined> {
  type Step = IteratorResult<T, void>
  let batch: readonly T[] = []
  let index = 0
  let waiting: Promise<Step> | undefined

  async function pull(): Promise<Step> {
    for (;;) {
      if (index < batch.length) return { done: false, value: batch[index++] as T }
      const { done, value } = await batches.next()
      if (done === true) return { done: true, value: undefined }
      batch = value
      index = 0
    }
  }

  const leave = (): void => {
    batch = []
  }
  const items = Object.assign(Object.create(batches) as AsyncGenerator<T, void, undefined>, {
    next(): Promise<Step> {
      if (waiting === undefined && index < batch.length)
        return Promise.resolve({ done: false, value: batch[index++] as T })
      const turn: Promise<Step> = waiting === undefined ? pull() : waiting.then(pull, pull)
      waiting = turn
      const free = (): void => {
        if (waiting === turn) waiting = undefined
      }
      turn.then(free, free)
      return turn
    },
    async return(): Promise<Step> {
      leave()
      await batches.return()
      return { done: true, value: undefined }
    },
    async throw(error: unknown): Promise<Step> {
      leave()
      await batches.throw(error)
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]: () => items,
    [BATCHES]: batches,
  })
  return items
}

/**
 * The items of a finite list, of which nothing has been read, in batches: those that they arrive in where `flattened` made the list, so that no
 * item is awaited by itself, and else about a hundred at a time. A list that fails gives what came before first.
 */
export function batchesOf<T>(items: Iterable<T> | AsyncIterable<T>): Batches<T> {
  return BATCHES in items ? (items as { readonly [BATCHES]: Batches<T> })[BATCHES] : gathered(items)
}

async function* gathered<T>(items: Iterable<T> | AsyncIterable<T>): Batches<T> {
  if (Array.isArray(items)) {
    for (let start = 0; start < items.length; start += BATCH) yield items.slice(start, start + BATCH) as T[]
    return
  }
  let batch: T[] = []
  try {
    for await (const item of items) {
      if (batch.push(item) < BATCH) continue
      yield batch
      batch = []
    }
  } catch (error) {
    if (batch.length > 0) yield batch
    throw error
  }
  if (batch.length > 0) yield batch
}
