/** Counts requests in windows of one second (impcentral-api.md 6). */

type Allowance = { allowed: boolean; limit: number; remaining: number; /** Seconds. */ reset: number }

/** `most` is a number a second, 0 for any. */
type Limiter = { take(key: string, most: number): Allowance }

const window = 1000

/** What is announced where any number is allowed. */
const anyNumber = 1_000_000

/** Makes a limiter; a window begins with the first request after the one before has ended. */
export function createLimiter(now: () => number): Limiter {
  const windows = new Map<string, { start: number; used: number }>()
  return {
    take(key, most) {
      const limit = most === 0 ? anyNumber : most
      const time = now()
      let current = windows.get(key)
      if (!current || time - current.start >= window || time < current.start) {
        current = { start: time, used: 0 }
        windows.set(key, current)
      }
      const allowed = current.used < limit
      if (allowed) current.used++
      const reset = Math.max(1, Math.ceil((current.start + window - time) / 1000))
      return { allowed, limit, remaining: limit - current.used, reset }
    },
  }
}
