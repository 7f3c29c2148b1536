const CLOSED = new Error('closed by the consumer')

/** A generator that can also be closed while its consumer waits for an item: `stop` is aborted, and the waiting ends without an error. */
export function closable<T>(
  generator: AsyncGenerator<T, void, undefined>,
  stop: AbortController,
): AsyncGenerator<T, void, undefined> {
  const done = { done: true, value: undefined } as const
  const closed = Object.assign(Object.create(generator) as AsyncGenerator<T, void, undefined>, {
    next: () =>
      generator.next().catch((error: unknown) => {
        if (stop.signal.reason === CLOSED) return done
        throw error
      }),
    return: () => {
      stop.abort(CLOSED)
      return generator.return()
    },
    throw: (error: unknown) => {
      stop.abort(CLOSED)
      return generator.throw(error)
    },
    [Symbol.asyncIterator]: () => closed,
  })
  return closed
}

/**
 * The items of batches, one by one. An item that is there already costs one settled promise; a generator that yields each costs several, which
 * is most of the time of a list of a fleet.
 */
export function flattened<T>(
  batches: AsyncGenerator<readonly T[], void, undefined>,
): AsyncGenerator<T, void, undefined> {
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
  })
  return items
}
