import { visible } from '../../output/visible.ts'
import { bind, invoked } from '../../commands/bind.ts'
import type { CommandRow, Invocation, OptionRow, OptionValue, Word } from '../../commands/row.ts'
import { commandLine, isDestructive } from '../../commands/table/index.ts'
import { optionSpelled } from '../../commands/scan.ts'
import { type ArgumentValue, callWord } from './arguments.ts'
import { isLeaving, located, raise, ScriptError } from '../values/fault.ts'
import { checkStopped, type Frame, type Machine, type Task } from './frame.ts'
import type { Settings } from './host.ts'
import { expandHome } from './path.ts'
import { shownAsItComes } from './live-output.ts'
import type { Piped } from './program-output.ts'
import { shownCommand, shownInvocation } from './shown-command.ts'
import { placeholderRecord, valueOfResult } from '../values/result-value.ts'
import { type Place, positionOf } from '../syntax/source.ts'
import { argumentText, jsonText } from '../values/text-of.ts'
import { trace } from './trace.ts'
import { isList, isRecord, type RecordValue, Stream, type Value } from '../values/value.ts'
import type { Purpose } from './pipeline.ts'

/** Runs an impt command that is bound through the one option table: the only way from a script to a command. */
export async function dispatch(
  frame: Frame,
  command: CommandRow,
  args: readonly ArgumentValue[],
  { place, purpose }: { place: Place; purpose: Purpose },
): Promise<Piped> {
  const { task } = frame
  checkStopped(task)
  const words = toWords(command, args, task.settings)
  const invocation = complete(bound(command, words, args, place), task.settings)
  const full = withChosen(invocation, task.settings)
  if (invocation.options['help'] === true)
    return show(task, await task.machine.host.help([command.group, command.name]), purpose)
  const shown = shownCommand(command, words)
  if (task.machine.options.trace) trace(task, place, shown)
  if (task.settings.dryRun && (command.effect !== 'read' || usesPlaceholder(task, full))) {
    return suppressed(task, full, words, purpose)
  }
  const failed = (error: unknown): unknown => {
    const known = located(error, placeOfFailure(error, args, place))
    if (known instanceof ScriptError) known.command ??= shown
    return known
  }
  const changes = command.effect === 'read' ? 0 : 1
  task.machine.changing += changes
  try {
    return await run(task, invocation, place, purpose, failed)
  } catch (error) {
    const known = failed(error)
    if (!isLeaving(known)) checkStopped(task)
    throw known
  } finally {
    task.machine.changing -= changes
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

async function run(
  task: Task,
  invocation: Invocation,
  place: Place,
  purpose: Purpose,
  failed: (error: unknown) => unknown,
): Promise<Piped> {
  const { line } = positionOf(place.source.text, place.start)
  const call = {
    settings: task.settings,
    signal: task.signal,
    where: `${place.source.name}:${line}`,
    mayAsk: !task.parallel,
  }
  if (purpose === 'file' && invocation.command.result === 'stream')
    return shownAsItComes(task, invocation, call, place, failed)
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
    if (result.failure !== undefined) throw result.failure
    throw new ScriptError('TESTS_FAILED', `"${commandLine(invocation.command)}" failed`, {
      place,
      data: result.record,
    })
  }
  if (purpose !== 'print') return purpose === 'file' ? text : valueOfResult(result, failed)
  if (keeps && result.kind !== 'logs' && result.kind !== 'events') task.machine.last = valueOfResult(result)
  return null
}

/** The words of a command line; a bare `~` at the start of a path is the home directory. */
function toWords(command: CommandRow, args: readonly ArgumentValue[], { env }: Settings): Word[] {
  let option: OptionRow | undefined
  return args.map((argument) => {
    const word = callWord(argument)
    if (argument.kind === 'block') return word
    // Only texts, numbers and the like become arguments of a command.
    const { value } = argument
    const what =
      argument.kind === 'option' ? argument.text : option === undefined ? 'an argument' : `--${option.name}`
    const taker = argument.kind === 'option' ? optionSpelled(command, { text: argument.text }) : option
    const isJson = value !== undefined && taker?.json === true && (isList(value) || isRecord(value))
    const given =
      value === undefined
        ? ''
        : isJson
          ? jsonText(value, argument.place, what)
          : argumentText(value, argument.place, what)
    if (argument.kind === 'option') {
      option = value === undefined ? optionSpelled(command, word) : undefined
      return value === undefined ? word : { ...word, text: `${argument.text}=${given}` }
    }
    const isPath =
      option?.path !== undefined || (option === undefined && command.words?.[0]?.path !== undefined)
    option = optionSpelled(command, word)
    return { ...word, text: isPath && argument.bare ? expandHome(given, env) : given }
  })
}

/** Binds the words; a mistake points at the argument that it is about. */
function bound(
  command: CommandRow,
  words: readonly Word[],
  args: readonly ArgumentValue[],
  place: Place,
): Invocation {
  const found = bind(command, words)
  const [first] = found.problems
  if (first === undefined) return invoked(command, found)
  const at = first.word === undefined ? place : (args[first.word]?.place ?? place)
  throw raise(at, first.code, first.message, first.hint)
}

/** Fills in what `with` says: `--confirmed` and the output mode (language.md 2.8). */
function complete(invocation: Invocation, settings: Settings): Invocation {
  const { command } = invocation
  const options: Record<string, OptionValue | undefined> = { ...invocation.options }
  if (options['help'] === true) return invocation
  for (const option of command.options) {
    if (options[option.name] !== undefined) continue
    if (option.name === 'confirmed' && command.confirms === true && settings.confirmed)
      options['confirmed'] = true
    if (option.name === 'output' && settings.output !== undefined) options['output'] = settings.output
  }
  return { ...invocation, options }
}

/** The same with what `use` or `with` chose as if it had been typed (repl.md 3.7): commands themselves get it by its id. */
function withChosen(invocation: Invocation, settings: Settings): Invocation {
  const { command } = invocation
  const options: Record<string, OptionValue | undefined> = { ...invocation.options }
  for (const option of command.options) {
    if (options[option.name] !== undefined || option.required !== 'project') continue
    if (isDestructive(command, options)) continue
    const value = filledIn(option, settings)
    if (value !== undefined) options[option.name] = option.list === true ? [value] : value
  }
  return { ...invocation, options }
}

/** What `use` or `with` fills in for an option, as it was typed. */
function filledIn({ identifies }: OptionRow, { dg, product }: Settings): string | undefined {
  return identifies === 'dg' ? dg?.text : identifies === 'product' ? product?.text : undefined
}

/** Whether the command is about something that dry run only pretended to make. */
function usesPlaceholder({ machine }: Task, { command, options, words }: Invocation): boolean {
  if (machine.placeholders.size === 0) return false
  if (words.some((text) => /<new [a-z]+ \d+>/.test(text))) return true
  return command.options.some((option) =>
    [options[option.name]].flat().some((text) => {
      if (typeof text !== 'string') return false
      return /<new [a-z]+ \d+>/.test(text) || placeholderNamed(machine, option.identifies, text) !== undefined
    }),
  )
}

/** The placeholder that an identifier means: by its id, its name, or a hierarchical identifier that ends in its name. */
export function placeholderNamed(
  { placeholders }: Machine,
  kind: string | undefined,
  text: string,
): RecordValue | undefined {
  const found = kind === undefined ? [] : (placeholders.get(kind) ?? [])
  return found.find(
    ({ id, name }) =>
      text === id || (typeof name === 'string' && (text === name || text.endsWith(`{${name}}`))),
  )
}

async function suppressed(
  task: Task,
  invocation: Invocation,
  words: readonly Word[],
  purpose: Purpose,
): Promise<Value> {
  const { command } = invocation
  const { machine } = task
  machine.suppressed += 1
  const text = shownInvocation(invocation, words)
  await task.out(`would run: ${visible(text)}\n`)
  switch (command.result) {
    case 'record': {
      const record = placeholderOf(machine, invocation)
      return purpose === 'print' ? null : record
    }
    case 'list':
      return []
    case 'stream':
      return new Stream(nothing(), 'stream')
    default:
      return null
  }
}

/** Commands that give a new entity, even where an option names one of its kind. */
const MAKES_ANOTHER: ReadonlySet<string> = new Set(['create', 'copy', 'deploy', 'run'])

/** The record that stands for the result: of what a command such as update or restart is about, else of something new. */
function placeholderOf(machine: Machine, { command, options }: Invocation): Value {
  const { group, entity } = command
  const option = command.options.find(({ identifies }) => identifies === group)
  const [text, ...more] = option === undefined ? [] : [options[option.name]].flat()
  if (typeof text === 'string' && more.length === 0 && !MAKES_ANOTHER.has(command.name))
    return placeholderNamed(machine, group, text) ?? placeholderRecord(entity, text, knownFields(options))
  const made = machine.placeholders.get(group) ?? []
  const record = placeholderRecord(entity, `<new ${group} ${made.length + 1}>`, knownFields(options))
  machine.placeholders.set(group, [...made, record])
  return record
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
