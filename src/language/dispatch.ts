import { bindAll, redact } from '../commands/bind.ts'
import type { CommandRow, Invocation, OptionRow, OptionValue, Word } from '../commands/row.ts'
import { commandLine, isDestructive } from '../commands/table/index.ts'
import { optionSpelled } from '../commands/scan.ts'
import type { ArgumentValue } from './arguments.ts'
import { isLeaving, located, raise, ScriptError } from './fault.ts'
import { checkStopped, type Frame, type Machine, type Task } from './frame.ts'
import type { Settings } from './host.ts'
import { expandHome } from './path.ts'
import { placeholderRecord, valueOfResult } from './result-value.ts'
import { type Place, positionOf } from './source.ts'
import { argumentText } from './text-of.ts'
import { trace } from './trace.ts'
import { Secret, Stream, type Value } from './value.ts'
import type { Purpose } from './compile-pipeline.ts'

/** Runs an impt command that is bound through the one option table: the only way from a script to a command. */
export async function dispatch(
  frame: Frame,
  command: CommandRow,
  args: readonly ArgumentValue[],
  { place, purpose }: { place: Place; purpose: Purpose },
): Promise<Value> {
  const { task } = frame
  checkStopped(task)
  const words = toWords(command, args, task.settings)
  const invocation = complete(bound(command, words, args, place), task.settings)
  if (invocation.options['help'] === true)
    return show(task, await task.machine.host.help([command.group, command.name]), purpose)
  const shown = shownCommand(command, words)
  if (task.machine.options.trace) trace(task, place, shown)
  if (task.settings.dryRun && (command.effect !== 'read' || usesPlaceholder(task, invocation))) {
    return suppressed(task, invocation, purpose)
  }
  try {
    return await run(task, invocation, place, purpose)
  } catch (error) {
    const known = located(error, placeOfFailure(error, args, place))
    if (known instanceof ScriptError) known.command ??= shown
    if (!isLeaving(known)) checkStopped(task)
    throw known
  }
}

/** The argument that an error is about: the one whose text it quotes. */
function placeOfFailure(error: unknown, args: readonly ArgumentValue[], place: Place): Place {
  if (!(error instanceof Error)) return place
  const quoted = args.filter(
    (argument) =>
      argument.kind === 'word' &&
      typeof argument.value === 'string' &&
      error.message.includes(`"${argument.value}"`),
  )
  const [only] = quoted
  return only !== undefined && quoted.length === 1 ? only.place : place
}

async function show(task: Task, text: string, purpose: Purpose): Promise<Value> {
  if (purpose !== 'print') return text
  await task.out(text)
  return null
}

async function run(task: Task, invocation: Invocation, place: Place, purpose: Purpose): Promise<Value> {
  const { line } = positionOf(place.source.text, place.start)
  const call = {
    settings: task.settings,
    signal: task.signal,
    where: `${place.source.name}:${line}`,
    mayAsk: !task.parallel,
  }
  let text = ''
  const shown =
    purpose === 'print'
      ? { show: task.out }
      : purpose === 'file'
        ? {
            show: (piece: string): void => {
              text += piece
            },
          }
        : {}
  const keeps = purpose === 'print' && task.machine.prompt
  const result = await task.machine.host.run(invocation, {
    ...call,
    ...shown,
    ...(keeps && { keep: true as const }),
  })
  if (result.kind === 'record' && result.failed === true) {
    throw new ScriptError('TESTS_FAILED', `"${commandLine(invocation.command)}" failed`, {
      place,
      data: result.record,
    })
  }
  if (purpose !== 'print') return purpose === 'file' ? text : valueOfResult(result)
  if (keeps && result.kind !== 'logs') task.machine.last = valueOfResult(result)
  return null
}

/** The words of a command line: quoted texts and values of variables can never be taken for options (language.md 2.4 rule 10). */
function toWords(command: CommandRow, args: readonly ArgumentValue[], { env }: Settings): Word[] {
  const words: Word[] = []
  let option: OptionRow | undefined
  for (const argument of args) {
    if (argument.kind === 'block') {
      throw raise(
        argument.place,
        'BUG_ARGS',
        `"${commandLine(command)}" takes no block`,
        'a record or a text with braces needs quotes',
      )
    }
    const text = argument.kind === 'option' ? argument.text : undefined
    const value = argument.value
    const what = text ?? (option === undefined ? 'an argument' : `--${option.name}`)
    const given = value === undefined ? '' : argumentText(value, argument.place, what)
    const secret = value instanceof Secret ? ({ secret: true } as const) : {}
    if (text !== undefined) {
      words.push({ text: value === undefined ? text : `${text}=${given}`, ...secret })
      option = value === undefined ? optionSpelled(command, { text }) : undefined
      continue
    }
    const isPath = option?.path !== undefined || (option === undefined && command.words?.path !== undefined)
    const bare = argument.kind === 'word' && argument.bare
    words.push({
      text: isPath && bare ? expandHome(given, env) : given,
      ...(bare ? {} : { literal: true }),
      ...secret,
    })
    option = bare ? optionSpelled(command, { text: given }) : undefined
  }
  return words
}

/** Binds the words; a mistake points at the argument that it is about. */
function bound(
  command: CommandRow,
  words: readonly Word[],
  args: readonly ArgumentValue[],
  place: Place,
): Invocation {
  const { invocation, errors } = bindAll(command, words)
  if (invocation !== undefined) return invocation
  const [first] = errors
  const at = first?.word === undefined ? place : (args[first.word]?.place ?? place)
  throw raise(at, first?.code ?? 'USAGE', first?.message ?? 'wrong arguments', first?.hint)
}

/** Fills in what `with` says: the context, `--confirmed` and the output mode (language.md 2.8, repl.md 3.7). */
function complete(invocation: Invocation, settings: Settings): Invocation {
  const { command } = invocation
  const options: Record<string, OptionValue | undefined> = { ...invocation.options }
  if (options['help'] === true) return invocation
  for (const option of command.options) {
    if (options[option.name] !== undefined) continue
    if (option.name === 'confirmed' && settings.confirmed) options['confirmed'] = true
    if (option.name === 'output' && settings.output !== undefined) options['output'] = settings.output
    if (option.required !== 'project' || isDestructive(command, options)) continue
    const value =
      option.identifies === 'dg'
        ? settings.dg
        : option.identifies === 'product'
          ? settings.product
          : undefined
    if (value !== undefined) options[option.name] = option.list === true ? [value] : value
  }
  return { ...invocation, options }
}

function usesPlaceholder(task: Task, { options }: Invocation): boolean {
  const { placeholders } = task.machine
  if (placeholders.size === 0) return false
  const texts = Object.values(options).flat()
  return texts.some((text) => typeof text === 'string' && /<new [a-z]+ \d+>/.test(text))
}

async function suppressed(task: Task, invocation: Invocation, purpose: Purpose): Promise<Value> {
  const { command, options } = invocation
  const { machine } = task
  machine.suppressed += 1
  const text = shownInvocation(invocation)
  await task.out(`would run: ${text}\n`)
  if (purpose === 'print') return null
  switch (command.result) {
    case 'record':
      return placeholderRecord(
        command.entity,
        existingId(invocation) ?? newId(machine, command.group),
        knownFields(options),
      )
    case 'list':
      return []
    case 'stream':
      return new Stream(nothing(), 'stream')
    default:
      return null
  }
}

/** The identifier of what an update or an info is about: nothing new comes from them. */
function existingId({ command, options }: Invocation): string | undefined {
  if (command.name !== 'update' && command.effect !== 'read') return undefined
  const option = command.options.find(({ identifies }) => identifies === command.group)
  const value = option && options[option.name]
  return typeof value === 'string' ? value : undefined
}

function newId({ placeholders }: Machine, kind: string): string {
  const number = (placeholders.get(kind) ?? 0) + 1
  placeholders.set(kind, number)
  return `<new ${kind} ${number}>`
}

async function* nothing(): AsyncGenerator<Value> {}

function knownFields(options: Invocation['options']): Record<string, Value> {
  const { name, descr, 'dg-type': type } = options
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof descr === 'string' && { description: descr }),
    ...(typeof type === 'string' && { type }),
  }
}

/** The invocation as it would be typed, credentials masked. */
function shownInvocation({ command, options, words }: Invocation): string {
  const parts = [commandLine(command)]
  for (const option of command.options) {
    const value = options[option.name]
    if (value === undefined) continue
    for (const one of [value].flat()) parts.push(shownOption(option, one))
  }
  return [...parts, ...words.map(quoted)].join(' ')
}

function shownOption(option: OptionRow, value: OptionValue): string {
  if (value === true) return `--${option.name}`
  return `--${option.name} ${option.secret === true ? '***' : quoted(String(value))}`
}

/** The words as they were given, credentials masked, for errors and traces. */
function shownCommand(command: CommandRow, words: readonly Word[]): string {
  return [commandLine(command), ...redact(command, words).map((word) => quoted(word.text))].join(' ')
}

/** A text as it would be typed: quoted only where it has to be. */
function quoted(text: string): string {
  return /^[\w@%+=:,./‹›*-]+$/.test(text) ? text : JSON.stringify(text)
}
