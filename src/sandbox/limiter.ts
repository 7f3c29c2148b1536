/** Counts requests in windows of one second (impcentral-api.md 6). */

export type Allowance = { allowed: boolean; limit: number; remaining: number; /** Seconds. */ reset: number }

export type Limiter = { take(key: string, limit: number): Allowance }

const window = 1000

/** Makes a limiter; a window begins with the first request after the one before has ended. */
export function createLimiter(now: () => number): Limiter {
  const windows = new Map<string, { start: number; used: number }>()
  return {
    take(key, limit) {
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
