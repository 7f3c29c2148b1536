import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { findGroup } from '../../commands/table/index.ts'
import { visible } from '../../output/visible.ts'
import { raise } from '../values/fault.ts'
import { sleep as pause, type Task } from '../run/frame.ts'
import { inlineText } from '../values/inline-text.ts'
import { allItems } from '../run/items.ts'
import { renderValue } from '../values/print-value.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { positionOf } from '../syntax/source.ts'
import {
  aType,
  Duration,
  isList,
  isRecord,
  kindOf,
  Secret,
  Stream,
  typeOf,
  type Value,
} from '../values/value.ts'
import { type Call, type Implementation, wordOf, wordsOf } from './call.ts'
import { wholeInput } from './formats.ts'
import { findBuiltIn, usageOf } from './table.ts'

async function lineFor(call: Call): Promise<string> {
  const given = call.args.length === 0 && call.input !== undefined ? [await wholeInput(call)] : call.args
  const [only] = given
  if (given.length === 1 && only !== undefined && (isList(only) || isRecord(only)))
    return renderValue(only, call.task.machine.host.terminal)
  return `${given.map(piece).join(' ')}\n`
}

function piece(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'string') return visible(value, true)
  return inlineText(value)
}

/** Into a file or a program the line flows on, as in a shell; everywhere else it is printed. */
export const print: Implementation = async (call) => {
  const line = await lineFor(call)
  if (call.purpose === 'file' || call.purpose === 'pipe') return line.replace(/\n$/, '')
  await call.task.out(line)
  return null
}

export const eprint: Implementation = async (call) => {
  call.task.machine.host.err(await lineFor(call))
  return null
}

export const ask: Implementation = async (call) => {
  const { host } = call.task.machine
  const question = visible(wordOf(call), true)
  const fallback = call.options['default']
  const hidden = call.options['secret'] === true
  if (!host.terminal.interactive) {
    if (typeof fallback === 'string') return hidden ? new Secret(fallback) : fallback
    throw raise(
      call.place,
      'NO_TTY',
      `there is no one to answer "${question.trim()}"`,
      'give the value as a param or through $env',
    )
  }
  if (call.task.parallel)
    throw raise(call.place, 'CONFIRM', 'a question cannot be asked in each --parallel', 'ask before it')
  const answer = await host.ask(question, hidden)
  const text = answer === '' && typeof fallback === 'string' ? fallback : answer
  return hidden ? new Secret(text) : text
}

export const confirm: Implementation = async (call) => {
  const { task, input } = call
  const value =
    input instanceof ProgramOutput || input === undefined
      ? undefined
      : input instanceof Stream
        ? await allItems(input)
        : input
  if (value !== undefined && !isList(value))
    throw raise(call.place, 'BUG_TYPE', `expected a list, got ${aType(value)}`)
  const passed = value ?? null
  if (value !== undefined && value.length === 0) return passed
  const { host } = task.machine
  if (value !== undefined) {
    host.err(await renderValue(value, host.terminal))
    host.err(`${value.length} item${value.length === 1 ? '' : 's'}\n`)
  }
  const question = visible(wordOf(call), true)
  const typed = call.options['type']
  if (task.settings.dryRun) {
    host.err(`${question} (dry run: not asked)\n`)
    return passed
  }
  if (task.settings.confirmed) {
    if (typeof typed === 'string') host.err(`${question} confirmed: ${visible(typed)}\n`)
    return passed
  }
  await askOnce(call, question, typeof typed === 'string' ? typed : undefined)
  return passed
}

async function askOnce(call: Call, question: string, typed: string | undefined): Promise<void> {
  const { host } = call.task.machine
  if (!host.terminal.interactive || call.task.parallel) {
    const why = call.task.parallel
      ? 'a question cannot be asked in each --parallel'
      : `needs confirmation: ${question}`
    throw raise(
      call.place,
      'CONFIRM',
      why,
      call.task.parallel ? 'use confirm before it' : 'run with "impt run --confirmed"',
    )
  }
  const { source, start } = call.place
  const where = source.name.startsWith('<') ? '' : ` (${source.name}:${positionOf(source.text, start).line})`
  const answer = await host.ask(
    typed === undefined
      ? `${question}${where} [y/N] `
      : `${question}${where}\nType ${visible(typed)} to go on: `,
    false,
  )
  const yes = typed === undefined ? /^\s*y(?:es)?\s*$/i.test(answer) : answer.trim() === typed
  if (!yes) throw raise(call.place, 'CANCELLED', `not confirmed: ${question}`)
}

export const sleep: Implementation = async (call) => {
  const [time] = call.args
  if (time instanceof Duration) await pause(call.task, Math.max(0, time.ms))
  return null
}

export const describe: Implementation = async (call) => {
  const { input } = call
  if (input instanceof Stream) return `stream${input.kind === 'list' ? ' that becomes a list' : ''}`
  return description(await wholeInput(call))
}

function description(value: Value): string {
  if (isList(value)) {
    const [first] = value
    return `list of ${value.length}${first === undefined ? '' : `; the first item is:\n${description(first)}`}`
  }
  if (!isRecord(value)) return typeOf(value)
  const kind = kindOf(value)
  const fields = Object.entries(value).map(([name, field]) => `  ${name}: ${typeOf(field)}`)
  return [`record${kind === undefined ? '' : ` (${kind})`}`, ...fields].join('\n')
}

export const help: Implementation = async (call) => {
  const topic = wordsOf(call)
  const builtIn = topic.length === 1 ? findBuiltIn(topic[0] ?? '') : undefined
  const text =
    builtIn === undefined
      ? await call.task.machine.host.help(topic)
      : `${usageOf(builtIn)}\n  ${builtIn.summary}\n`
  if (call.purpose !== 'print') return text
  await call.task.out(text)
  return null
}

export const which: Implementation = async (call) => {
  const word = wordOf(call)
  if (call.frame.callable(word) !== undefined) return `function ${word}`
  const builtIn = findBuiltIn(word)
  if (builtIn !== undefined) return `built-in: ${usageOf(builtIn)}`
  if (findGroup(word) !== undefined) return `impt commands: ${word}`
  const program = await findProgram(call.task, word)
  if (program !== undefined) return program
  throw raise(call.places[0] ?? call.place, 'NOT_FOUND', `"${word}" is no command, function or program`)
}

async function findProgram(task: Task, name: string): Promise<string | undefined> {
  const { env, directory } = task.settings
  if (/[\\/]/.test(name)) return undefined
  const endings = process.platform === 'win32' ? (env['PATHEXT'] ?? '.EXE;.CMD').split(';') : ['']
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    for (const ending of endings) {
      const path = join(folder === '' ? directory : folder, name + ending)
      const found = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
      if (found) return path
    }
  }
  return undefined
}
