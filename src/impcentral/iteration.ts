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
