import { invocationOf } from '../../commands/bind.ts'
import { renderLogEntry } from '../../output/log-line.ts'
import { ImptError } from '../../output/error.ts'
import type { LogEntry } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { deleteEntityFiles } from '../../entities/cache.ts'
import { KIND_NAMES, type Kind } from '../../entities/kinds.ts'
import { describeContext } from '../../session/execution-context.ts'
import { grepHistory } from '../../session/history.ts'
import { SETTINGS, settingRow, settingsFile, showSetting, writeSetting } from '../../session/settings.ts'
import type { Command } from '../../language/syntax/tree.ts'
import { ageText } from '../names.ts'
import { commandsIn, imptCommand, typedWords } from '../syntax.ts'
import { parse } from '../../language/syntax/parse.ts'
import type { Shell } from '../shell.ts'
import { findReplWord } from './table.ts'

/** Runs a command of the prompt. Prints what it has to say; throws ImptError. `signal` is that of Ctrl-C. */
export async function runWord(shell: Shell, node: Command, text: string, signal: AbortSignal): Promise<void> {
  const args = typedWords(node.args).map((word) => word.text)
  const name = node.head.text
  if (args[0] === '--help' || args[0] === '-h') return usage(shell, name)
  switch (name) {
    case 'use':
      return use(shell, args)
    case 'context':
      return showContext(shell)
    case 'refresh':
      return refresh(shell, args)
    case 'dry-run':
      shell.language.settings.dryRun = switched(args, shell.language.settings.dryRun)
      return shell.print(
        `dry run is ${shell.language.settings.dryRun ? 'on: what would be changed is shown and not done' : 'off'}\n`,
      )
    case 'private':
      shell.private = switched(args, shell.private)
      return shell.print(`private is ${shell.private ? 'on: inputs are not recorded' : 'off'}\n`)
    case 'config':
      return config(shell, args)
    case 'history':
      return history(shell, args)
    case 'bg':
      return background(shell, text.slice(node.head.end, node.end).trim())
    case 'jobs':
      return jobs(shell, args)
    case 'fg':
      return foreground(shell, numberIn(args, shell), signal)
    case 'stop': {
      const number = numberIn(args, shell)
      if (!(await shell.jobs.stop(number))) throw noJob(number)
      return
    }
    case 'mute': {
      const muted = shell.jobs.mute(numberIn(args, shell))
      if (muted === undefined) throw noJob(numberIn(args, shell))
      return shell.print(`job ${args[0] ?? ''} is ${muted ? 'muted' : 'shown again'}\n`)
    }
    default:
      throw new ImptError('USAGE', `Unknown command: ${name}`)
  }
}

/** The entries of `jobs show N` as values, for the rest of a pipe. Throws USAGE. */
export function jobEntries(shell: Shell, number: number): readonly LogEntry[] {
  const job = shell.jobs.get(number)
  if (!job) throw noJob(number)
  return job.entries
}

function usage(shell: Shell, name: string): void {
  const word = findReplWord(name)
  shell.print(`${word?.usage ?? name}\n  ${word?.summary ?? ''}\n`)
}

function wrong(name: string): ImptError {
  return new ImptError('USAGE', `Wrong use of "${name}".`, {
    hint: `Usage: ${findReplWord(name)?.usage ?? name}`,
  })
}

async function use(shell: Shell, [what, name]: readonly string[]): Promise<void> {
  const { settings } = shell.language
  if (what === 'none') {
    delete settings.product
    delete settings.dg
  } else if ((what === 'product' || what === 'dg') && name !== undefined) {
    delete settings.product
    delete settings.dg
    settings[what] = name
    void shell.names.prefetch()
  } else if (what !== undefined) throw wrong('use')
  const { product, dg } = settings
  const shown =
    dg !== undefined
      ? `--dg ${visible(dg)}`
      : product !== undefined
        ? `--product ${visible(product)}`
        : 'nothing'
  shell.print(`use fills in ${shown}\n`)
}

async function showContext(shell: Shell): Promise<void> {
  const { session, names, language, projectGroup } = shell
  const { directory, product, dg } = language.settings
  const lines: [string, string][] = []
  if (session.sandbox)
    lines.push(['login', 'the built-in impCentral (--sandbox)'], ['endpoint', session.sandbox.endpoint])
  else {
    const context = await session.context(directory)
    for (const [key, value] of Object.entries(describeContext(context, Date.now())))
      lines.push([key, String(value)])
  }
  lines.push(['account', names.account?.username ?? 'not known yet'], ['directory', directory])
  lines.push([
    'use',
    dg !== undefined ? `dg ${dg}` : product !== undefined ? `product ${product}` : 'nothing',
  ])
  lines.push([
    'Project',
    projectGroup === undefined
      ? 'none in this directory'
      : `Device Group ${names.cache.get('dg', projectGroup)?.attributes['name']?.toString() ?? projectGroup}`,
  ])
  for (const kind of KIND_NAMES) {
    const age = names.cache.ageOf(kind)
    if (age !== undefined)
      lines.push([`names of ${kind}`, `${names.cache.search(kind, '').length}, read ${ageText(age)} ago`])
  }
  const widest = Math.max(...lines.map(([key]) => key.length))
  shell.print(lines.map(([key, value]) => `${`${key}:`.padEnd(widest + 2)}${visible(value)}\n`).join(''))
}

async function refresh(shell: Shell, [kind]: readonly string[]): Promise<void> {
  if (kind !== undefined && !KIND_NAMES.some((known) => known === kind)) throw wrong('refresh')
  const kinds = kind === undefined ? await refreshKnown(shell) : [kind as Kind]
  if (kind !== undefined) await shell.names.refresh(kind as Kind, true)
  for (const one of kinds) shell.print(`${one}: ${shell.names.cache.search(one, '').length}\n`)
}

/** Reads the names of all kinds again that have been of use so far; gives the kinds. */
export async function refreshKnown({ names }: Shell): Promise<readonly Kind[]> {
  const known = KIND_NAMES.filter((kind) => names.cache.ageOf(kind) !== undefined)
  const kinds = [...new Set<Kind>(['product', 'dg', ...known])]
  await Promise.all(kinds.map((kind) => names.refresh(kind, true)))
  return kinds
}

function switched([word]: readonly string[], now: boolean): boolean {
  if (word === undefined) return now
  if (word !== 'on' && word !== 'off') throw new ImptError('USAGE', 'It takes "on" or "off".')
  return word === 'on'
}

async function config(shell: Shell, [name, value]: readonly string[]): Promise<void> {
  const { folders } = shell.session
  if (name !== undefined && value !== undefined) {
    shell.settings = await writeSetting(
      settingsFile(folders.config),
      name,
      value === 'reset' ? undefined : value,
    )
    if (name === 'cache.disk' && !shell.settings['cache.disk']) await deleteEntityFiles(folders.cache)
    if (name === 'plain') shell.print('the next prompt will be so\n')
  }
  const rows = name === undefined ? SETTINGS : [settingRow(name)]
  shell.print(
    rows
      .map(
        (row) => `${row.name.padEnd(14)}${showSetting(shell.settings[row.name]).padEnd(8)}${row.summary}\n`,
      )
      .join(''),
  )
}

async function history(shell: Shell, [what, ...rest]: readonly string[]): Promise<void> {
  const { history: log } = shell
  const numbers = new Map(log.entries.map((entry, index) => [entry, index + 1]))
  switch (what) {
    case undefined:
    case 'grep': {
      const entries = what === undefined ? log.entries.slice(-200) : grepHistory(log.entries, rest.join(' '))
      return shell.print(
        entries
          .map(
            (entry) =>
              `${String(numbers.get(entry)).padStart(5)}  ${visible(entry.text.replaceAll('\n', ' ⏎ '))}${entry.ok === false ? '   (failed)' : ''}\n`,
          )
          .join(''),
      )
    }
    case 'clear':
      await log.clear()
      return shell.print('the history is empty\n')
    case 'delete': {
      const entry = log.entries[Number(rest[0]) - 1]
      if (entry === undefined)
        throw new ImptError('USAGE', `There is no history entry ${rest[0] ?? ''}.`, {
          hint: '"history" shows the numbers',
        })
      return log.delete(entry.text)
    }
    case 'sync':
      await log.load()
      return shell.print(`${log.entries.length} entries\n`)
    default:
      throw wrong('history')
  }
}

/** `bg log stream ...`: only log streams can be jobs. */
async function background(shell: Shell, text: string): Promise<void> {
  const [node] = commandsIn(parse(text, { mode: 'prompt' }).tree)
  const found = node && imptCommand(node)
  if (!found || found.command.group !== 'log' || found.command.name !== 'stream') {
    throw new ImptError('USAGE', 'Only log streams can run in the background.', {
      hint: 'For example: bg log stream --dg dev',
    })
  }
  const stop = new AbortController()
  const { settings } = shell.language
  const invocation = invocationOf(found.command, found.words)
  const filled =
    settings.dg !== undefined &&
    invocation.options['dg'] === undefined &&
    invocation.options['device'] === undefined
  const result = await shell.host.run(
    filled ? { ...invocation, options: { ...invocation.options, dg: [settings.dg as string] } } : invocation,
    {
      settings,
      signal: stop.signal,
      where: '<prompt>',
      mayAsk: false,
    },
  )
  if (result.kind !== 'logs') throw new ImptError('USAGE', 'Only log streams can run in the background.')
  // Device names make the lines readable; they are read while the stream opens.
  shell.names.refresh('device').catch(() => undefined)
  const number = shell.jobs.start(text, result.items, stop)
  shell.print(`job ${number}: ${text}\n`)
}

function jobs(shell: Shell, [what, number]: readonly string[]): void {
  if (what === 'show') {
    const entries = jobEntries(shell, Number(number ?? '1'))
    return shell.print(entries.map((entry) => renderLogEntry(entry)).join(''))
  }
  if (what !== undefined) throw wrong('jobs')
  const all = shell.jobs.all
  if (all.length === 0) return shell.print('no jobs\n')
  shell.print(
    all
      .map(
        (job) => `${job.number}  ${job.title}${job.muted ? ' (muted)' : ''}, ${job.entries.length} lines\n`,
      )
      .join(''),
  )
}

/** Follows a job until Ctrl-C, which puts it back behind the prompt. */
async function foreground(shell: Shell, number: number, signal: AbortSignal): Promise<void> {
  const job = shell.jobs.get(number)
  if (!job) throw noJob(number)
  shell.print(`job ${number}: ${job.title} (Ctrl-C goes back to the prompt)\n`)
  const wasMuted = job.muted
  if (wasMuted) shell.jobs.mute(number)
  await Promise.race([
    shell.jobs.ended(number),
    new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    }),
  ])
  if (wasMuted) shell.jobs.mute(number)
}

function numberIn([text]: readonly string[], shell: Shell): number {
  if (text === undefined && shell.jobs.all.length === 1) return shell.jobs.all[0]?.number ?? 1
  return Number(text)
}

function noJob(number: number): ImptError {
  return new ImptError('USAGE', Number.isNaN(number) ? 'Which job?' : `There is no job ${number}.`, {
    hint: '"jobs" lists them',
  })
}
