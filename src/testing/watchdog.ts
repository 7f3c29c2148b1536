import type { Clock } from './clock.ts'

/**
 * Ends waits that would not end. It measures by the clock of this machine and, as devices of the sandbox run ahead of it, also by the times
 * of the device's log: whichever reaches the limit first.
 */
interface Watchdog {
  /** Whether its time is over. */
  readonly hasFired: boolean
  /** Starts, or starts again. `deviceTime`: ms since 1970 of the entry that caused it; the first entry seen counts where there is none. */
  start(deviceTime?: number): void
  stop(): void
  /** Whether a log entry of this time comes too late. */
  isPast(deviceTime: number): boolean
}

interface WatchdogOptions {
  readonly name: string
  readonly ms: number
  readonly clock: Clock
  readonly onTimeout: () => void
  readonly debug: (text: string) => void
}

export function createWatchdog({ name, ms, clock, onTimeout, debug }: WatchdogOptions): Watchdog {
  let cancel: (() => void) | undefined
  let since: number | undefined
  let hasFired = false

  function stop(): void {
    hasFired = false
    if (!cancel) return
    cancel()
    cancel = undefined
    debug(`Watchdog "${name}" stopped`)
  }

  return {
    get hasFired() {
      return hasFired
    },
    start(deviceTime) {
      stop()
      since = deviceTime
      debug(`Watchdog "${name}" started`)
      cancel = clock.after(ms, () => {
        cancel = undefined
        hasFired = true
        debug(`Watchdog "${name}" timed out`)
        onTimeout()
      })
    },
    stop,
    isPast(deviceTime) {
      if (!cancel) return false
      since ??= deviceTime
      return deviceTime - since > ms
    },
  }
}
