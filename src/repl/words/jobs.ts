import { counted } from '../../output/messages.ts'
import { visible } from '../../output/visible.ts'
import { invocationOf } from '../../commands/bind.ts'
import type { Word } from '../../commands/row.ts'
import { findCommand } from '../../commands/table/index.ts'
import { logRenderer } from '../../output/log-line.ts'
import { ImptError } from '../../output/error.ts'
import type { LogEntry, Result } from '../../output/result.ts'
import { aborted } from '../../program/aborted.ts'
import { builtin, fails, maybe, rest } from '../../language/builtins/builtin.ts'
import { TYPES, whole } from '../../language/values/types.ts'
import { Time, type Value } from '../../language/values/value.ts'
import { SECRET } from '../../commands/bind.ts'
import type { Job } from '../jobs/jobs.ts'
import type { Shell } from '../shell.ts'
import { say, shellOf } from './owner.ts'

const NUMBER = maybe('number', whole(1))

/** Log streams above the prompt. */
export const JOB_WORDS = [
  builtin({
    name: 'bg',
    where: 'prompt',
    usage: 'bg log stream ... | bg release start ...',
    summary: 'Shows logs, or a release, above the prompt while you work.',
    input: 'none',
    words: [{ ...rest('command', TYPES.text), dashes: 'all' as const, whole: true as const }],
    examples: {
      'bg log stream --dg "Pump Lab"; stop': 'job 1: log stream --dg "Pump Lab"\njob 1: stopped',
      'bg device list': fails('USAGE'),
    },
    run: async (_input, { command }, call) => {
      const { number, title } = await background(shellOf(call), command as unknown as readonly Word[])
      return say(call, `job ${number}: ${title}\n`, number)
    },
  }),
  builtin({
    name: 'jobs',
    where: 'prompt',
    summary: 'Lists the log streams; "jobs show N" gives the last lines of one.',
    input: 'none',
    words: [{ ...maybe('what', TYPES.text), choices: ['show'] }, NUMBER],
    examples: {
      'jobs | where ended == null | count': '0',
      'jobs show 99': fails('USAGE'),
    },
    run(_input, { what, number }, call) {
      const { jobs } = shellOf(call)
      if (what === 'show') {
        const { entries, time = 'full' } = jobOf(shellOf(call), number, 'any')
        return say(call, entries.map(logRenderer({ time })).join(''), entries.map(entryValue))
      }
      const lines = jobs.all.map(
        (job) =>
          `${job.number}  ${job.title}${job.muted ? ' (muted)' : ''}, ${counted(job.count, 'line')}${job.reason === undefined ? '' : `; ended: ${job.reason}`}\n`,
      )
      return say(
        call,
        lines.length === 0 ? 'no jobs\n' : lines.join(''),
        jobs.all.map(({ number: job, title, muted, count, reason }) => ({
          job,
          title,
          muted,
          lines: count,
          ended: reason ?? null,
        })),
      )
    },
  }),
  builtin({
    name: 'fg',
    where: 'prompt',
    summary: 'Follows a log stream until Ctrl-C, which puts it back.',
    input: 'none',
    words: [NUMBER],
    examples: {
      'fg 99': fails('USAGE'),
      'try { fg } catch e { $e.message }': 'Which job?',
    },
    async run(_input, { number }, call) {
      const shell = shellOf(call)
      await foreground(shell, jobOf(shell, number), call.task.signal)
      return null
    },
  }),
  builtin({
    name: 'stop',
    where: 'prompt',
    summary: 'Ends a log stream.',
    input: 'none',
    words: [NUMBER],
    examples: {
      'let n = bg log stream --dg "Pump Lab"; stop $n': 'job 2: stopped',
      'stop 99': fails('USAGE'),
    },
    async run(_input, { number }, call) {
      const shell = shellOf(call)
      await shell.jobs.stop(jobOf(shell, number).number)
      return null
    },
  }),
  builtin({
    name: 'mute',
    where: 'prompt',
    summary: 'Shows the lines of a log stream no more, or again.',
    input: 'none',
    words: [NUMBER],
    examples: {
      'let n = bg log stream --dg "Pump Lab"; print (mute $n) (mute $n); stop $n':
        'true false\njob 3: stopped',
      'mute 99': fails('USAGE'),
    },
    run(_input, { number }, call) {
      const shell = shellOf(call)
      const job = jobOf(shell, number).number
      const muted = shell.jobs.mute(job) === true
      return say(call, `job ${job} is ${muted ? 'muted' : 'shown again'}\n`, muted)
    },
  }),
]

/** The job that is meant: of this number, or the only one; `any` also takes one that ended. Throws USAGE. */
function jobOf({ jobs }: Shell, number: number | undefined, which: 'running' | 'any' = 'running'): Job {
  const candidates = jobs.running.length > 0 || which === 'running' ? jobs.running : jobs.all
  const job = number === undefined ? (candidates.length === 1 ? candidates[0] : undefined) : jobs.get(number)
  if (job !== undefined && (which === 'any' || job.reason === undefined)) return job
  const message =
    job !== undefined
      ? `Job ${job.number} has ended: ${job.reason}.`
      : number === undefined
        ? 'Which job?'
        : `There is no job ${number}.`
  throw new ImptError('USAGE', message, { hint: '"jobs" lists them' })
}

function entryValue(entry: LogEntry): Value {
  return {
    ts: new Time(Date.parse(entry.ts), entry.ts),
    device_id: entry.device_id ?? null,
    type: entry.type,
    msg: entry.msg,
  }
}

/** What can be a job: commands that tell what happens, for long, and ask nothing on the way. */
const BACKGROUND = ['log stream', 'release start', 'release resume', 'release rollback']

/** `bg log stream ...`, `bg release start ...`. */
async function background(shell: Shell, words: readonly Word[]): Promise<{ number: number; title: string }> {
  const [first, ...after] = words
  const [group, name, ...args] = first?.text === 'impt' ? after : words
  const line = `${group?.text ?? ''} ${name?.text ?? ''}`
  if (!BACKGROUND.includes(line)) throw onlyLogs()
  const command = findCommand(group?.text ?? '', name?.text ?? '')
  if (command === undefined) throw onlyLogs()
  const stop = new AbortController()
  const { settings } = shell.language
  const invocation = invocationOf(command, args)
  if (invocation.options['help'] === true) throw onlyLogs()
  const call = { settings, signal: stop.signal, where: '<prompt>', mayAsk: false }
  const result = await shell.host.run(invocation, call)
  // A word may be the value of a variable, which may come from anywhere.
  const title = visible([line, ...args.map((word) => (word.secret ? SECRET : shownWord(word)))].join(' '))
  if (result.kind === 'events')
    return { number: shell.jobs.start(title, releaseLines(result), stop, { closed: 'done' }), title }
  if (result.kind !== 'logs') throw onlyLogs()
  // Device names make the lines readable; they are read while the stream opens.
  shell.names.refresh('device').catch(() => undefined)
  return { number: shell.jobs.start(title, result.items, stop, { time: result.lines?.time }), title }
}

/** What happens, as lines of a log. */
async function* releaseLines({ items, text }: Result & { kind: 'events' }): AsyncGenerator<LogEntry> {
  for await (const item of items)
    for (const msg of text(item).split('\n'))
      if (msg !== '') yield { ts: String(item['ts']), type: 'release', msg }
}

function shownWord({ text, literal }: Word): string {
  return literal === true ? JSON.stringify(text) : text
}

function onlyLogs(): ImptError {
  return new ImptError('USAGE', 'Only log streams and releases can run in the background.', {
    hint: 'For example: bg log stream --dg dev',
  })
}

/** Follows a job until Ctrl-C, which puts it back behind the prompt. */
async function foreground(shell: Shell, job: Job, signal: AbortSignal): Promise<void> {
  const { number } = job
  shell.print(`job ${number}: ${job.title} (Ctrl-C goes back to the prompt)\n`)
  const wasMuted = job.muted
  if (wasMuted) shell.jobs.mute(number)
  await Promise.race([shell.jobs.ended(number), aborted(signal)])
  if (wasMuted) shell.jobs.mute(number)
}
