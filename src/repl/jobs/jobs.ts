import { visible } from '../../output/visible.ts'
import { logTimes, type LogTime } from '../../output/log-line.ts'
import { ImptError } from '../../output/error.ts'
import type { LogEntry } from '../../output/result.ts'
import type { Span, Style } from '../screen/style.ts'

/** Lines of a job that `jobs show` can bring back (repl.md 3.8). */
const MOST_KEPT = 10_000
/** Ended jobs that stay listed; with more of them, the oldest goes. */
const MOST_ENDED = 20
/** Lines that one job shows in a second; the rest is counted. */
const MOST_SHOWN = 50

/** A log stream above the prompt. */
export interface Job {
  readonly number: number
  /** As it was typed, after `bg`. */
  readonly title: string
  readonly muted: boolean
  /** How its times are shown, where that was asked for. */
  readonly time: LogTime | undefined
  /** The last entries, oldest first. */
  readonly entries: readonly LogEntry[]
  /** Entries that came in all. */
  readonly count: number
  /** Why it ended, for people; undefined while it runs. */
  readonly reason: string | undefined
}

interface JobsOptions {
  /** The name of a device, if it is known. */
  readonly deviceName: (id: string) => string | undefined
  /** Writes lines above the prompt. */
  readonly show: (lines: readonly (readonly Span[])[]) => void
  /** The number of jobs has changed. */
  readonly changed: () => void
  readonly now?: () => number
}

export interface Jobs {
  /** Also those that ended, whose lines can still be shown. */
  readonly all: readonly Job[]
  readonly running: readonly Job[]
  readonly get: (number: number) => Job | undefined
  /** Starts a job that shows these entries; gives its number, which no other job of the session has had. */
  readonly start: (
    title: string,
    items: AsyncIterable<LogEntry>,
    stop: AbortController,
    /** `closed`: what is said when it ends by itself; `time`: how times are shown, the time of day here if absent. */
    how?: { readonly closed?: string; readonly time?: LogTime | undefined },
  ) => number
  /** Ends a job; false if none of that number runs. */
  readonly stop: (number: number) => Promise<boolean>
  readonly mute: (number: number) => boolean | undefined
  /** Ends all, waiting at most this long, in ms. */
  readonly close: (patience: number) => Promise<void>
  /** Resolves when the job ends. */
  readonly ended: (number: number) => Promise<void>
  /** What happens to the streams of all jobs. */
  readonly notice: (text: string) => void
}

interface Running extends Job {
  muted: boolean
  readonly entries: LogEntry[]
  count: number
  reason: string | undefined
  readonly stopper: AbortController
  ending: Promise<void>
}

export function createJobs({ deviceName, show, changed, now = Date.now }: JobsOptions): Jobs {
  const jobs = new Map<number, Running>()
  let last = 0
  const tell = (text: string) => show([[{ text, style: 'dim' }]])

  async function follow(job: Running, items: AsyncIterable<LogEntry>, closed: string): Promise<void> {
    const gate = createGate(show, job, deviceName, now)
    let ending = closed
    try {
      for await (const entry of items) {
        if (job.entries.length >= MOST_KEPT) job.entries.splice(0, MOST_KEPT / 10)
        job.entries.push(entry)
        job.count += 1
        if (!job.muted) gate.pass(entry)
      }
    } catch (error) {
      ending = visible(error instanceof Error ? error.message : String(error))
      if (error instanceof ImptError && error.code === 'AUTH')
        ending = `${ending.replace(/\.$/, '')}; after "auth login", start it again with: bg ${job.title}`
    }
    gate.close()
    job.reason = job.stopper.signal.aborted ? 'stopped' : ending
    const [oldest, ...others] = [...jobs.values()].filter(({ reason }) => reason !== undefined)
    if (oldest !== undefined && others.length >= MOST_ENDED) jobs.delete(oldest.number)
    tell(`job ${job.number}: ${job.reason}`)
    changed()
  }

  function runningJob(number: number): Running | undefined {
    const job = jobs.get(number)
    return job?.reason === undefined ? job : undefined
  }

  function runningJobs(): readonly Running[] {
    return [...jobs.values()].filter(({ reason }) => reason === undefined)
  }

  return {
    get all() {
      return [...jobs.values()]
    },
    get running() {
      return runningJobs()
    },
    get: (number) => jobs.get(number),
    start(
      title,
      items,
      stopper,
      { closed = 'closed by the server (stream limit of the account)', time } = {},
    ) {
      last += 1
      const job: Running = {
        number: last,
        title,
        muted: false,
        time,
        entries: [],
        count: 0,
        reason: undefined,
        stopper,
        ending: Promise.resolve(),
      }
      jobs.set(last, job)
      job.ending = follow(job, items, closed)
      changed()
      return last
    },
    async stop(number) {
      const job = runningJob(number)
      if (!job) return false
      job.stopper.abort()
      await within(job.ending, 2000)
      return true
    },
    mute(number) {
      const job = runningJob(number)
      if (!job) return undefined
      job.muted = !job.muted
      return job.muted
    },
    async close(patience) {
      const running = runningJobs()
      for (const job of running) job.stopper.abort()
      await within(Promise.all(running.map((job) => job.ending)), patience)
    },
    ended: (number) => jobs.get(number)?.ending ?? Promise.resolve(),
    notice(text) {
      if (runningJobs().length > 0) tell(text)
    },
  }
}

/** One line of a log: `12:04:31 lab-3 [agent.log] text`, everything that a terminal would obey escaped. */
export function logLine(
  entry: LogEntry,
  deviceName: (id: string) => string | undefined,
  timeOf: (ts: string) => string = timeOfDay,
): readonly Span[] {
  const id = entry.device_id ?? ''
  return [
    { text: `${timeOf(entry.ts)} `, style: 'dim' },
    { text: visible(deviceName(id) ?? id), style: styleOf(id) },
    { text: ` [${visible(entry.type)}] ${visible(entry.msg)}`, style: 'plain' },
  ]
}

/** The time on the clock of this machine. */
function timeOfDay(ts: string): string {
  const time = new Date(ts)
  return Number.isNaN(time.getTime()) ? visible(ts) : time.toTimeString().slice(0, 8)
}

const DEVICE_STYLES: readonly Style[] = ['option', 'text', 'number', 'variable', 'directory', 'context']

/** The same device always has the same colour. */
function styleOf(id: string): Style {
  let sum = 0
  for (let at = 0; at < id.length; at++) sum = (sum * 31 + id.charCodeAt(at)) >>> 0
  return DEVICE_STYLES[sum % DEVICE_STYLES.length] ?? 'plain'
}

/** Lets so many lines a second through and counts the others. */
function createGate(
  show: JobsOptions['show'],
  job: Job,
  deviceName: JobsOptions['deviceName'],
  now: () => number,
) {
  const timeOf = job.time === undefined ? timeOfDay : logTimes(job.time)
  let second = 0
  let shown = 0
  let hidden = 0
  let timer: NodeJS.Timeout | undefined
  const report = () => {
    clearTimeout(timer)
    timer = undefined
    if (hidden > 0 && !job.muted)
      show([
        [{ text: `… ${hidden.toLocaleString('en')} more lines (jobs show ${job.number})`, style: 'dim' }],
      ])
    hidden = 0
  }
  return {
    pass(entry: LogEntry): void {
      const current = Math.floor(now() / 1000)
      if (current !== second) {
        second = current
        shown = 0
      }
      if (shown < MOST_SHOWN) {
        shown += 1
        return show([logLine(entry, deviceName, timeOf)])
      }
      hidden += 1
      timer ??= setTimeout(report, 1000 - (now() % 1000)).unref()
    },
    close: report,
  }
}

async function within(task: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    task,
    new Promise((resolve) => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}
