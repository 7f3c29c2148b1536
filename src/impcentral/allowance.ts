import type { Clock } from './clock.ts'

/**
 * What is known of the server's budget for us, learnt from `X-RateLimit-*`, `Retry-After` and 429 (impcentral-api.md 6). Nothing is known at
 * first, and nothing is held back then.
 */
interface Allowance {
  /** Notes that a request starts; the result is handed back to `answered`. */
  started(): Started
  /** Learns from an answer; `active` counts the requests still under way. Says whether this was the first refusal of a pause. */
  answered(
    request: Started,
    status: number,
    headers: Readonly<Record<string, string>>,
    active: number,
  ): boolean
  /**
   * When the next request may start: a time (perhaps past), or undefined when the answers under way must come first.
   * `low` requests start only while half of the budget is left.
   */
  nextStart(active: number, low: boolean): number | undefined
}

interface Started {
  readonly order: number
  readonly at: number
}

/** Budget as of an answer, from which the present one is estimated. */
interface Report {
  readonly order: number
  readonly at: number
  /** Requests started from this time on were counted later than this report's. */
  readonly generation: number
  readonly remaining: number
}

/** Begin of a window, or of a row of requests that draw on a bucket. */
interface Burst {
  readonly at: number
  /** Requests started before this time may have been counted before the burst. */
  readonly since: number
  readonly remaining: number
}

const LONGEST_PAUSE_MS = 60_000
const SHORTEST_PAUSE_MS = 1000
/** Clocks and networks are not exact: start a new window this much later than it should begin. */
const MARGIN_MS = 25
const JITTER_MS = 100
const EARLY_PAUSE_MS = 100

/**
 * Budgets come in two kinds: one that is filled up at the end of a window, and one that refills continuously (a token bucket). Which one it
 * is cannot be asked; it is a bucket if more was granted since the burst began than the first answer of the burst promised.
 */
export function allowanceOf(clock: Clock): Allowance {
  let orders = 0
  let limit = 0
  let report: Report | undefined
  let burst: Burst | undefined
  let grantedInBurst = 0
  let windowEnd = 0
  let windowMs = SHORTEST_PAUSE_MS
  let pausedUntil = 0
  let refillsPerMs = 0
  let isWindow = false
  let openedAt = Infinity
  let isPredictable = true
  let lastEarly = 0
  let shortestTrip = Infinity

  function started(): Started {
    return { order: ++orders, at: clock.now() }
  }

  function answered(
    request: Started,
    status: number,
    headers: Readonly<Record<string, string>>,
    active: number,
  ): boolean {
    const now = clock.now()
    limit = numberOf(headers['x-ratelimit-limit']) ?? limit
    const resetMs = resetOf(headers['x-ratelimit-reset'], now)
    shortestTrip = Math.min(shortestTrip, now - request.at)
    if (status === 429) return refused(request, headers, resetMs, now)
    if (burst !== undefined && request.at >= burst.at) grantedInBurst += 1
    const remaining = numberOf(headers['x-ratelimit-remaining'])
    if (remaining === undefined || limit === 0) {
      report = undefined
      return false
    }
    // When the server counted it: a first request also waits for its connection, so its own start is too early.
    const countedAt = Math.max(request.at, now - shortestTrip)
    const end = countedAt + Math.max(resetMs ?? 0, SHORTEST_PAUSE_MS)
    if (burst === undefined || isNewWindow(request, remaining, active)) {
      burst = { at: now, since: burst === undefined ? -Infinity : request.at, remaining }
      grantedInBurst = 0
      windowEnd = end
    }
    windowMs = Math.max(windowMs, resetMs ?? 0)
    windowEnd = windowEnd <= now ? end : Math.min(windowEnd, end)
    report = combined(request, remaining, now, burst.since)
    if (!isWindow) refillsPerMs = measuredRefill(burst, report)
    return false
  }

  function refused(
    request: Started,
    headers: Readonly<Record<string, string>>,
    resetMs: number | undefined,
    now: number,
  ): boolean {
    const isFirst = now >= pausedUntil
    if (refillsPerMs > 0) isWindow = true
    refillsPerMs = 0
    if (isPredictable && request.at >= openedAt && request.at < openedAt + windowMs) {
      isPredictable = false
      lastEarly = orders
    }
    // A window that was opened too early is about to begin, so its first requests are repeated soon.
    const isEarly = request.at >= openedAt && request.order <= lastEarly
    const asked = isEarly ? EARLY_PAUSE_MS : Math.max(resetMs ?? 0, SHORTEST_PAUSE_MS)
    // Many a server says 0, a time that is past, or nothing that can be read: it would be asked without end.
    const told = headers['retry-after']
    const wait = told === undefined ? asked : Math.max(retryAfterOf(told, now) ?? asked, SHORTEST_PAUSE_MS)
    pausedUntil = Math.max(pausedUntil, now + Math.min(wait, LONGEST_PAUSE_MS) + clock.random() * JITTER_MS)
    // Others use the budget too, so go on with a single request and see what its answer says.
    report = { order: request.order, at: pausedUntil, generation: pausedUntil, remaining: 1 }
    burst = undefined
    windowEnd = pausedUntil
    return isFirst
  }

  function nextStart(active: number, low: boolean): number | undefined {
    const now = clock.now()
    if (now < pausedUntil) return pausedUntil
    if (report === undefined) return now
    if (refillsPerMs === 0 && windowEnd > report.at && now >= windowEnd + MARGIN_MS) openWindow(now)
    const reserve = low ? limit / 2 : 0
    const needed = active + reserve + 1
    const left = report.remaining + refillsPerMs * Math.max(0, now - report.at)
    if (left >= needed) return now
    if (refillsPerMs > 0) return now + (needed - left) / refillsPerMs
    return active > 0 ? undefined : Math.max(windowEnd + MARGIN_MS, now + 1)
  }

  // After a wrong prediction, windows slide or others use them too: then a single request finds out how much there is.
  function openWindow(now: number): void {
    report = { order: orders, at: now, generation: now, remaining: isPredictable ? limit : 1 }
    burst = isPredictable ? { at: now, since: now, remaining: limit } : undefined
    grantedInBurst = 0
    openedAt = now
    windowEnd = isPredictable ? now + windowMs : now
  }

  // Answers to requests under way at the same time come in any order. Within a window the budget only falls, so the least is the truth; it
  // has risen for sure if a request that started after the last report says so.
  function combined(request: Started, remaining: number, now: number, since: number): Report {
    const fresh = { order: request.order, at: now, generation: now, remaining }
    if (report === undefined || request.at >= report.generation) return fresh
    if (refillsPerMs > 0)
      return request.order > report.order ? { ...fresh, generation: report.generation } : report
    if (request.at < since) return report
    return { ...report, at: now, remaining: Math.min(report.remaining, remaining) }
  }

  function isNewWindow(request: Started, remaining: number, active: number): boolean {
    if (report === undefined || request.at < report.generation) return false
    return remaining > report.remaining && remaining >= limit - active - 1
  }

  function measuredRefill(from: Burst, to: Report): number {
    const elapsed = to.at - from.at
    const refilled = to.remaining + grantedInBurst - from.remaining
    const expected = (limit * elapsed) / windowMs
    return refilled >= 3 && refilled >= expected / 2 ? (refilled / elapsed) * 0.95 : 0
  }

  return { started, answered, nextStart }
}

function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) && value >= 0 ? value : undefined
}

// Seconds by the only sample we have; the unit is disputed, so values that make no sense as seconds are read as ms or as a time.
function resetOf(text: string | undefined, now: number): number | undefined {
  const value = numberOf(text)
  if (value === undefined) return undefined
  if (value > 1e11) return Math.max(0, value - now)
  if (value > 1e8) return Math.max(0, value * 1000 - now)
  return value > 60 ? Math.min(value, LONGEST_PAUSE_MS) : value * 1000
}

/** Waiting time in ms of a `Retry-After` header, in seconds or as a date; undefined when there is none that can be read. */
export function retryAfterOf(text: string | undefined, now: number): number | undefined {
  const seconds = numberOf(text)
  if (seconds !== undefined) return seconds * 1000
  // `Date.parse` takes almost any text with a number in it for a date.
  const date =
    text !== undefined && /^[A-Z][a-z]+, .*\d\d:\d\d:\d\d/.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(date) ? undefined : Math.max(0, date - now)
}
