import { type Arrangement, arrange, read } from '../../commands/bind.ts'
import type { Problem } from '../../commands/bind.ts'
import { closest } from '../../commands/closest.ts'
import type { Signature, Type } from '../../commands/row.ts'
import { findCommand, findGroup, groups } from '../../commands/table/index.ts'
import { type BuiltIn, type Call, readsPipe } from '../builtins/builtin.ts'
import { helpOf } from '../builtins/about.ts'
import { findBuiltIn } from '../builtins/index.ts'
import { pipeHint, unknownHint } from '../builtins/hints.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Place, Source } from '../syntax/source.ts'
import { staticWords } from '../syntax/static-call.ts'
import type { Command, Word } from '../syntax/tree.ts'
import { located, raise, type ScriptError } from '../values/fault.ts'
import { inlineText } from '../values/inline-text.ts'
import type { Value } from '../values/value.ts'
import { type ArgumentValue, callWord, compileArguments, markOptions } from './arguments.ts'
import { callBody, type Use } from './block.ts'
import { dispatch } from './dispatch.ts'
import { all, placeOf } from './eval.ts'
import { trace } from './trace.ts'
import { compileWord, isBare } from './word.ts'
import { type Callable, checkStopped, deeper, Frame } from './frame.ts'
import { signatureOf, variablesOf } from './parameters.ts'
import type { Purpose, StageRun } from './pipeline.ts'
import { type Piped, ProgramOutput } from './program-output.ts'

/** How the arguments of a call in the text are arranged for what it calls: the same in each run, unless a list is spread in it. */
type Arranged = (signature: Signature, values: readonly ArgumentValue[]) => Arrangement

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

function failed(
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
  if (help) return showText(frame, helpOf(builtIn), purpose)
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

async function functionInput(input: Piped, place: Place): Promise<Value> {
  return input instanceof ProgramOutput ? input.text(place) : input
}

const signatures = new WeakMap<object, Signature>()

/** The signature of a function, made once. */
function signatureOfFunction({ definition }: Pick<Callable, 'definition'>): Signature {
  const known = signatures.get(definition)
  if (known !== undefined) return known
  const made = signatureOf(definition.name.text, definition.parameters, true)
  signatures.set(definition, made)
  return made
}

function callFunction(
  callable: Callable,
  values: readonly ArgumentValue[],
  caller: Frame,
  input: Piped | undefined,
  place: Place,
  arranged: Arranged,
): Value | Promise<Value> {
  checkStopped(caller.task)
  const { definition } = callable
  const { parameters } = definition
  const signature = signatureOfFunction(callable)
  const arrangement = arranged(signature, values)
  const bound = read(signature, arrangement, values.map(callWord))
  const [first] = bound.problems
  if (first !== undefined) throw failed(first, values, place)
  const variables = variablesOf(parameters, true, bound.values) as Map<string, Value>
  const rest = parameters.find(({ style }) => style === 'rest')
  if (rest !== undefined)
    variables.set(variableOf(rest), restOf(signature, arrangement, values, variables.get(variableOf(rest))))
  const frame = new Frame(caller.task, callable.frame, true, deeper(caller, place))
  frame.definition = definition
  for (const [name, value] of variables) frame.define(name, value)
  const start = (): Value | Promise<Value> => {
    const missing = parameters.some(
      (parameter, index) => callable.defaults[index] !== undefined && !variables.has(variableOf(parameter)),
    )
    const run = (): Value | Promise<Value> => callBody(callable, frame, place)
    return missing ? setDefaults(callable, frame, variables).then(run) : run()
  }
  if (input === undefined) return start()
  if (!(input instanceof ProgramOutput)) {
    frame.define('in', input)
    return start()
  }
  return functionInput(input, place).then((value) => {
    frame.define('in', value)
    return start()
  })
}

/** What a call in the text does with its arguments, worked out once for each function that it calls. */
interface Plan {
  /** The variable and the type of each argument; an argument that is only the name of an option has none. */
  readonly slots: readonly ({ readonly variable: string; readonly type: Type | undefined } | undefined)[]
  /** Flags that are not given. */
  readonly off: readonly string[]
}

/**
 * Calls of functions with plain arguments, which loops make most: every argument goes straight into its variable. Gives undefined where
 * more is to be done (defaults, rest, options with values of their own, a value that does not fit), before anything was evaluated.
 */
function quickCall(
  node: Command,
  source: Source,
  arranged: Arranged,
  place: Place,
): (callable: Callable, frame: Frame) => Value | Promise<Value> | undefined {
  const isPlain = node.args.every(({ kind }) => kind === 'word')
  if (!isPlain) return () => undefined
  const evals = node.args.map((argument) => compileWord(argument as Word, source))
  let last: { readonly definition: Callable['definition']; readonly plan: Plan | undefined } | undefined
  const enter = (
    callable: Callable,
    caller: Frame,
    plan: Plan,
    values: readonly Value[],
  ): Value | Promise<Value> => {
    const frame = new Frame(caller.task, callable.frame, true, deeper(caller, place))
    frame.definition = callable.definition
    for (let index = 0; index < values.length; index += 1) {
      const slot = plan.slots[index]
      if (slot === undefined) continue
      const value = values[index] as Value
      const fit = slot.type === undefined ? value : (slot.type.read(value) as Value | undefined)
      // The slow way says what is wrong.
      if (fit === undefined) return refused(callable, values, caller)
      frame.define(slot.variable, fit)
    }
    for (const variable of plan.off) frame.define(variable, false)
    return callBody(callable, frame, place)
  }
  const refused = (callable: Callable, values: readonly Value[], caller: Frame): Value | Promise<Value> =>
    callFunction(
      callable,
      node.args.map((argument, index) => ({
        kind: 'word',
        value: values[index] ?? null,
        bare: isBare(argument as Word),
        place: placeOf(source, argument),
      })),
      caller,
      undefined,
      place,
      arranged,
    )
  return (callable, frame) => {
    const { definition } = callable
    if (last?.definition !== definition) last = { definition, plan: planOf(callable, arranged) }
    const { plan } = last
    if (plan === undefined) return undefined
    if (frame.task.signal.aborted) checkStopped(frame.task)
    try {
      const values = all(evals, frame)
      if (!(values instanceof Promise)) return enter(callable, frame, plan, values)
      return values
        .then((later) => enter(callable, frame, plan, later))
        .catch((error: unknown) => {
          throw located(error, place)
        })
    } catch (error) {
      throw located(error, place)
    }
  }
}

function planOf(callable: Callable, arranged: Arranged): Plan | undefined {
  const signature = signatureOfFunction(callable)
  const { parameters } = callable.definition
  const { parts, problems, help } = arranged(signature, [])
  const words = signature.words ?? []
  const isSimple =
    problems.length === 0 &&
    !help &&
    parts.length === words.length &&
    parts.every((part) => part.kind === 'word') &&
    words.every((word) => word.many !== true && word.choices === undefined) &&
    parameters.every(({ style, fallback }) => style !== 'option' || fallback === undefined)
  if (!isSimple) return undefined
  return {
    slots: words.map(({ name, type }) => ({
      variable: name.replaceAll('-', '_'),
      type: type?.name === 'value' ? undefined : type,
    })),
    off: parameters.filter(({ style }) => style === 'option').map(variableOf),
  }
}

/** The list of a `...rest` parameter. What was written as an option stays one where the list is given on. */
function restOf(
  { words = [] }: Signature,
  { parts }: Arrangement,
  values: readonly ArgumentValue[],
  bound: Value | undefined,
): Value {
  const list: Value[] = []
  const options = new Set<number>()
  const given = bound as readonly Value[]
  parts
    .filter((part) => part.kind === 'word')
    .slice(words.length - 1)
    .forEach((part, position) => {
      const argument = values[part.index]
      if (argument?.kind === 'option') {
        options.add(list.length)
        list.push(argument.text, ...(argument.value === undefined ? [] : [argument.value]))
      } else list.push(given[position] ?? null)
    })
  markOptions(list, options)
  return list
}

async function setDefaults(
  callable: Callable,
  frame: Frame,
  bound: ReadonlyMap<string, Value>,
): Promise<void> {
  for (const [index, parameter] of callable.definition.parameters.entries()) {
    const variable = variableOf(parameter)
    const run = callable.defaults[index]
    if (run !== undefined && !bound.has(variable)) frame.define(variable, await run(frame))
  }
}

function callImpt(
  node: Command,
  values: readonly ArgumentValue[],
  frame: Frame,
  input: Piped | undefined,
  purpose: Purpose,
  source: Source,
): Value | Promise<Value> {
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
