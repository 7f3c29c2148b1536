import type { LogLine, LogStatus } from './protocol.ts'
import type { Source } from './source.ts'

/** The one log stream of the dashboard: an account has only one, so all pages see the same devices. */
interface LogFeed {
  readonly status: () => LogStatus
  /** The last lines, for a page that comes later. */
  readonly recent: () => readonly LogLine[]
  /** Follows a device from now on, or no longer; without any the stream ends. */
  readonly follow: (device: string, follows: boolean) => void
}

/** Lines that are kept for pages that come later. */
const KEPT = 1000
/** Characters of a line that go to pages. */
const LONGEST_LINE = 10_000
/** More devices than any account may stream are not asked for. */
const MOST_DEVICES = 100

const OFF: LogStatus = { state: 'off', devices: [], dropped: [], message: null }

export function createLogFeed(
  source: Pick<Source, 'follow'>,
  tell: { readonly status: (status: LogStatus) => void; readonly lines: (lines: readonly LogLine[]) => void },
  signal: AbortSignal,
): LogFeed {
  let status = OFF
  let recent: LogLine[] = []
  let stop = new AbortController()
  signal.addEventListener('abort', () => stop.abort(), { once: true })

  const set = (change: Partial<LogStatus>) => {
    status = { ...status, ...change }
    tell.status(status)
  }

  async function run(devices: readonly string[], own: AbortSignal): Promise<void> {
    try {
      for await (const event of source.follow(devices, own)) {
        if (own.aborted) return
        if (event.kind === 'line') {
          const line = cut(event.line)
          if (event.stored === true && recent.some((one) => isSame(one, line))) continue
          recent.push(line)
          if (recent.length > KEPT * 2) recent = recent.slice(-KEPT)
          tell.lines([line])
        } else if (event.kind === 'dropped') set({ dropped: [...status.dropped, event.device] })
        else if (event.kind === 'open') set({ state: 'open', message: null })
        else set({ state: event.kind, message: event.message })
      }
      if (!own.aborted && status.state !== 'closed')
        set({ state: 'closed', message: 'The log stream has ended.' })
    } catch (error) {
      if (!own.aborted) set({ state: 'failed', message: messageOf(error) })
    }
  }

  return {
    status: () => status,
    recent: () => recent.slice(-KEPT),
    follow(device, follows) {
      if (status.devices.includes(device) === follows) return
      if (follows && status.devices.length === MOST_DEVICES)
        return set({ dropped: [...new Set([...status.dropped, device])] })
      stop.abort()
      stop = new AbortController()
      const wanted = follows ? [...status.devices, device] : status.devices.filter((id) => id !== device)
      if (wanted.length === 0) return set(OFF)
      set({ state: 'opening', devices: wanted, dropped: [], message: null })
      void run(wanted, stop.signal)
    },
  }
}

/** A line as long as people read; how long it is in all stands at its end. */
function cut(line: LogLine): LogLine {
  if (line.text.length <= LONGEST_LINE) return line
  const all = line.text.length.toLocaleString('en')
  return { ...line, text: `${line.text.slice(0, LONGEST_LINE)}\u2026 (${all} characters in all)` }
}

function isSame(a: LogLine, b: LogLine): boolean {
  return a.ts === b.ts && a.device === b.device && a.type === b.type && a.text === b.text
}

/** What went wrong, in a sentence for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
