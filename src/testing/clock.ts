/** Time as a test run sees it; tests put a virtual one in its place. All times are milliseconds. */
export interface Clock {
  now(): number
  /** Calls back after `ms`; the function it gives cancels that. */
  after(ms: number, callback: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
}
