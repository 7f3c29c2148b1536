import { systemClock, type Clock } from './clock.ts'
import { allowanceOf } from './allowance.ts'

/** `low` is for what nobody waits for yet, such as filling a completion cache: it takes only spare budget. */
export type Priority = 'normal' | 'low'

/** Gives turns to send a request to one endpoint, no more at once and no faster than the server allows (impcentral-api.md 6). */
export interface Limiter {
  /** Waits for a turn; a request that is sent again goes first. Rejects with the signal's reason when it is aborted while waiting. */
  acquire(priority: Priority, again: boolean, signal?: AbortSignal): Promise<Turn>
}

export interface Turn {
  /** Ends the turn with what the server said, or with nothing when no answer came. Must be called exactly once. */
  end(status?: number, headers?: Readonly<Record<string, string>>): void
}

interface Waiter {
  readonly start: () => void
  readonly low: boolean
}

const DEFAULT_CONCURRENCY = 32
const FIRST_WIDTH = 16
const limiters = new Map<string, Limiter>()

/** The one limiter of an endpoint in this process. */
export function limiterFor(endpoint: string): Limiter {
  const known = limiters.get(endpoint)
  if (known !== undefined) return known
  const limiter = createLimiter()
  limiters.set(endpoint, limiter)
  return limiter
}

export function createLimiter(clock: Clock = systemClock, concurrency = DEFAULT_CONCURRENCY): Limiter {
  const queue: Waiter[] = []
  const allowance = allowanceOf(clock)
  let active = 0
  let width = Math.min(concurrency, FIRST_WIDTH)
  let growth = 1
  let alarm: { at: number; cancel: AbortController } | undefined

  function acquire(priority: Priority, again: boolean, signal?: AbortSignal): Promise<Turn> {
    if (signal?.aborted) return Promise.reject(signal.reason)
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        queue.splice(queue.indexOf(waiter), 1)
        reject(signal?.reason)
        pump()
      }
      const waiter: Waiter = {
        low: priority === 'low',
        start: () => {
          signal?.removeEventListener('abort', leave)
          resolve(startTurn())
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      if (again) queue.unshift(waiter)
      else queue.push(waiter)
      pump()
    })
  }

  function startTurn(): Turn {
    active += 1
    const seen = allowance.started()
    return {
      end(status, headers = {}) {
        active -= 1
        const isRefused = status !== undefined && allowance.answered(seen, status, headers, active)
        // Without budget headers, the number of requests at once is all there is to learn from a refusal.
        if (isRefused) width = Math.max(1, Math.floor(width / 2))
        if (status === 429) growth = 0.05
        else width = Math.min(concurrency, width + growth)
        pump()
      },
    }
  }

  function pump(): void {
    for (;;) {
      const waiter = queue.find((each) => !each.low) ?? queue[0]
      if (waiter === undefined) break
      const ready = active < Math.floor(waiter.low ? Math.max(1, width / 4) : width)
      if (!ready) return setAlarm(undefined)
      const at = allowance.nextStart(active, waiter.low)
      if (at === undefined || at > clock.now()) return setAlarm(at)
      queue.splice(queue.indexOf(waiter), 1)
      waiter.start()
    }
    setAlarm(undefined)
  }

  function setAlarm(at: number | undefined): void {
    if (alarm?.at === at) return
    alarm?.cancel.abort()
    alarm = undefined
    if (at === undefined) return
    const cancel = new AbortController()
    alarm = { at, cancel }
    clock.sleep(Math.max(0, at - clock.now()), cancel.signal).then(
      () => {
        alarm = undefined
        pump()
      },
      () => undefined,
    )
  }

  return { acquire }
}
