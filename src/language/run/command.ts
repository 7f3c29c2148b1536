import { type Arrangement, arrange, read, type Problem } from '../../commands/bind.ts'
import { closest } from '../../commands/closest.ts'
import type { Signature } from '../../commands/row.ts'
import { findCommand, findGroup, groups } from '../../commands/table/index.ts'
import { type BuiltIn, type Call, readsPipe } from '../builtins/builtin.ts'
import { helpOfBuiltIn } from '../builtins/about.ts'
import { findBuiltIn } from '../builtins/index.ts'
import { pipeHint, unknownHint } from '../builtins/hints.ts'
import type { Place, Source } from '../syntax/source.ts'
import { staticWords } from '../syntax/static-call.ts'
import type { Command } from '../syntax/tree.ts'
import { located, raise, type ScriptError } from '../values/fault.ts'
import { inlineText } from '../values/inline-text.ts'
import type { Value } from '../values/value.ts'
import { type ArgumentValue, callWord, compileArguments } from './arguments.ts'
import type { Use } from './block.ts'
import { dispatch } from './dispatch.ts'
import { placeOf } from './eval.ts'
import { trace } from './trace.ts'
import { type Callable, Frame } from './frame.ts'
import type { Purpose, StageRun } from './pipeline.ts'
import type { Piped } from './program-output.ts'
import { callFunction, quickCall } from './call.ts'

/** How the arguments of a call in the text are arranged for what it calls: the same in each run, unless a list is spread in it. */
export type Arranged = (signature: Signature, values: readonly ArgumentValue[]) => Arrangement

/** Turns a command into a function. What its first word means is decided here: a function, a built-in or a group of impt commands. */
export function compileCommand(node: Command, source: Source, use: Use): StageRun {
  const name = node.head.text
  const place = placeOf(source, node.head)
  const asImpt = name === 'impt' || findGroup(name) !== undefined
  const args = compileArguments(node.args, source, blockUse(node, use))
  const arranged = arrangement(node)
  const quick = quickCall(node, source, arranged, place)

  return (frame, input, purpose) => {
    const callable = frame.callable(name)
    const { trace: traces } = frame.task.machine.options
    if (callable !== undefined && input === undefined && traces !== true) {
      const result = quick(callable, frame)
      if (result !== undefined) return result
    }
    return call(frame, input, purpose, callable, traces)
  }
  function call(
    frame: Frame,
    input: Piped | undefined,
    purpose: Purpose,
    callable: Callable | undefined,
    traces: boolean | undefined,
  ): Piped | Promise<Piped> {
    const given = args(frame)
    const run = (values: readonly ArgumentValue[]): Piped | Promise<Piped> => {
      // An impt command shows itself with its options.
      if (traces === true && (callable !== undefined || !asImpt))
        trace(
          frame.task,
          place,
          [input === undefined ? '' : '| ', name, ...values.map(shownArgument)].join(''),
        )
      if (callable !== undefined) return callFunction(callable, values, frame, input, place, arranged)
      const builtIn = findBuiltIn(name) ?? frame.task.machine.builtIn(name)
      if (builtIn !== undefined) return callBuiltIn(builtIn, values, frame, input, purpose, place, arranged)
      if (asImpt) return callImpt(node, values, frame, input, purpose, source)
      throw unknownCommand(name, frame, place)
    }
    try {
      const result = given instanceof Promise ? given.then(run) : run(given)
      if (!(result instanceof Promise)) return result
      return result.catch((error: unknown) => {
        throw located(error, place)
      })
    } catch (error) {
      throw located(error, place)
    }
  }
}

/** Arranges the arguments once for each thing that is called; what a word is does not depend on the values. */
function arrangement(node: Command): Arranged {
  const { words, complete } = staticWords(node.args)
  if (!complete) return (signature, values) => arrange(signature, values.map(callWord))
  let last: { signature: Signature; made: Arrangement } | undefined
  return (signature) => {
    if (last?.signature !== signature) last = { signature, made: arrange(signature, words) }
    return last.made
  }
}

/** Blocks that are run for each item, or again and again, print as the statement around them does; all others give a value (language.md 2.7). */
const PRINTS: ReadonlySet<string> = new Set(['each', 'watch'])

function blockUse(node: Command, use: Use): Use {
  if (!PRINTS.has(node.head.text)) return 'value'
  const reports = node.args.some((argument) => argument.kind === 'option' && argument.text === '--report')
  return reports ? 'value' : use
}

/** The error for the first thing that is wrong with a call. */
export function failed(
  { code, message, hint, word }: Problem,
  values: readonly ArgumentValue[],
  place: Place,
): ScriptError {
  return raise((word === undefined ? undefined : values[word]?.place) ?? place, code, message, hint)
}

/** An argument as a trace shows it. */
function shownArgument(argument: ArgumentValue): string {
  if (argument.kind === 'option')
    return ` ${argument.text}${argument.value === undefined ? '' : `=${inlineText(argument.value)}`}`
  if (argument.kind === 'block') return ` ${argument.value.toString()}`
  return ` ${argument.bare && typeof argument.value === 'string' ? argument.value : inlineText(argument.value)}`
}

function callBuiltIn(
  builtIn: BuiltIn,
  values: readonly ArgumentValue[],
  frame: Frame,
  input: Piped | undefined,
  purpose: Purpose,
  place: Place,
  arranged: Arranged,
): Piped | Promise<Piped> {
  const { name } = builtIn
  const arrangement = arranged(builtIn, values)
  const { values: given, problems, help } = read(builtIn, arrangement, values.map(callWord))
  if (help) return helpOfBuiltIn(builtIn, frame.task).then((text) => showText(frame, text, purpose))
  const reads = readsPipe(builtIn.input)
  if (reads === false && input !== undefined) throw raise(place, 'BUG_ARGS', `"${name}" reads no pipe`)
  if (reads === true && input === undefined)
    throw raise(place, 'BUG_ARGS', `"${name}" reads from a pipe`, `write VALUE | ${name} ...`)
  const [first] = problems
  if (first !== undefined) throw failed(first, values, place)
  const at: Call['at'] = (parameter, index = 0) =>
    values[wordIndex(builtIn, arrangement, parameter, index)]?.place ?? place
  return builtIn.run(input, given, { name, frame, task: frame.task, purpose, place, at })
}

/** Which word was bound to a word or an option of the signature; -1 for none. */
function wordIndex(signature: Signature, { parts }: Arrangement, name: string, nth: number): number {
  const option = parts.find((part) => part.kind === 'option' && part.option.name === name)
  if (option?.kind === 'option') return option.valueIndex ?? option.index
  const position = signature.words?.findIndex((word) => word.name === name) ?? -1
  return position < 0 ? -1 : (parts.filter((part) => part.kind === 'word')[position + nth]?.index ?? -1)
}

function callImpt(
  node: Command,
  values: readonly ArgumentValue[],
  frame: Frame,
  input: Piped | undefined,
  purpose: Purpose,
  source: Source,
): Piped | Promise<Piped> {
  const place = placeOf(source, node)
  const { group, name, rest } = commandWords(node.head.text, values)
  const typed = [group, name].filter((word) => word !== '').join(' ')
  if (input !== undefined) {
    throw raise(
      placeOf(source, node.head),
      'BUG_ARGS',
      'an impt command reads no pipe',
      pipeHint(findCommand(group, name), typed),
    )
  }
  const command = findCommand(group, name)
  const asksHelp = rest.some(
    (argument) => argument.kind === 'option' && (argument.text === '--help' || argument.text === '-h'),
  )
  if (command === undefined) {
    const version = rest.some(
      (argument) => argument.kind === 'option' && (argument.text === '--version' || argument.text === '-v'),
    )
    if (group === '' && version) return showText(frame, `${frame.task.machine.host.version ?? ''}\n`, purpose)
    if (asksHelp)
      return showHelp(
        frame,
        [group, name].filter((word) => word !== ''),
        purpose,
      )
    throw unknownImptCommand(group, name, place)
  }
  return dispatch(frame, command, rest, { place, purpose })
}

/** Takes group and command from the front of the arguments; the rest are those of the command. */
function commandWords(
  head: string,
  values: readonly ArgumentValue[],
): { group: string; name: string; rest: readonly ArgumentValue[] } {
  let rest = values
  const take = (): string => {
    const [first] = rest
    if (first?.kind !== 'word' || !first.bare || typeof first.value !== 'string') return ''
    rest = rest.slice(1)
    return first.value
  }
  const group = head === 'impt' ? take() : head
  const [first] = rest
  const isCommand =
    first?.kind === 'word' && typeof first.value === 'string' && findCommand(group, first.value) !== undefined
  const alone = findCommand(group, '') !== undefined
  const name = isCommand || !alone ? take() : ''
  return { group, name, rest }
}

async function showHelp(frame: Frame, topic: readonly string[], purpose: Purpose): Promise<Value> {
  return showText(frame, await frame.task.machine.host.help(topic), purpose)
}

async function showText(frame: Frame, text: string, purpose: Purpose): Promise<Value> {
  if (purpose !== 'print') return text
  await frame.task.out(text)
  return null
}

function unknownImptCommand(group: string, name: string, place: Place): ScriptError {
  const row = findGroup(group)
  if (row === undefined)
    return raise(
      place,
      'BUG_NAME',
      `unknown command "${group}"`,
      nearest(
        group,
        groups.map((one) => one.name),
      ),
    )
  const names = row.commands.map((command) => command.name)
  if (name === '')
    return raise(place, 'USAGE', `"${group}" needs a command`, `commands are ${names.join(', ')}`)
  return raise(
    place,
    'BUG_NAME',
    `unknown command "${group} ${name}"`,
    nearest(name, names, `${group} `) ?? `commands are ${names.join(', ')}`,
  )
}

function nearest(word: string, candidates: readonly string[], before = ''): string | undefined {
  const near = closest(word, candidates)
  return near === undefined ? undefined : `did you mean "${before}${near}"?`
}

/** The error for a first word that is nothing (language.md 2.4 rule 2). */
function unknownCommand(name: string, frame: Frame, place: Place): ScriptError {
  const functions: string[] = []
  for (let at: Frame | null = frame; at !== null; at = at.parent)
    functions.push(...(at.functions?.keys() ?? []))
  return raise(place, 'BUG_NAME', `unknown command "${name}"`, unknownHint(name, functions))
}
