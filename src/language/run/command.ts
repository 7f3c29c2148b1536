import { closest } from '../../commands/closest.ts'
import { findCommand, findGroup, groups } from '../../commands/table/index.ts'
import { type ArgumentValue, compileArguments } from './arguments.ts'
import { bindParameters } from './bind-parameters.ts'
import { bindBuiltIn } from '../builtins/call.ts'
import { IMPLEMENTATIONS } from '../builtins/implementations.ts'
import { BUILT_INS, type BuiltIn, findBuiltIn } from '../builtins/table.ts'
import { pipeHint } from '../check/command.ts'
import { callBody, type Use } from './block.ts'
import { placeOf } from './expression.ts'
import type { Purpose, StageRun } from './pipeline.ts'
import { dispatch } from './dispatch.ts'
import { located, raise, type ScriptError } from '../values/fault.ts'
import { type Callable, checkStopped, deeper, Frame } from './frame.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { Command } from '../syntax/tree.ts'
import type { Value } from '../values/value.ts'

/** Turns a command into a function. What its first word means is decided here: a function, a built-in or a group of impt commands. */
export function compileCommand(node: Command, source: Source, use: Use): StageRun {
  const name = node.head.text
  const place = placeOf(source, node.head)
  const builtIn = findBuiltIn(name)
  const asImpt = builtIn === undefined && (name === 'impt' || findGroup(name) !== undefined)
  const args = compileArguments(node.args, source, blockUse(node, builtIn, use))

  return (frame, input, purpose) => {
    const callable = frame.callable(name)
    const given = args(frame)
    const run = (values: readonly ArgumentValue[]): Piped | Promise<Piped> => {
      if (callable !== undefined) return callFunction(callable, values, frame, input, place)
      if (builtIn !== undefined) return callBuiltIn(builtIn, values, frame, input, purpose, place)
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

/** Blocks of `each` print as the statement around them does; all other blocks give a value (language.md 2.7). */
function blockUse(node: Command, builtIn: BuiltIn | undefined, use: Use): Use {
  if (builtIn?.name !== 'each') return 'value'
  const reports = node.args.some((argument) => argument.kind === 'option' && argument.text === '--report')
  return reports ? 'value' : use
}

function callBuiltIn(
  builtIn: BuiltIn,
  values: readonly ArgumentValue[],
  frame: Frame,
  input: Piped | undefined,
  purpose: Purpose,
  place: Place,
): Piped | Promise<Piped> {
  if (builtIn.input === 'none' && input !== undefined) {
    throw raise(place, 'BUG_ARGS', `"${builtIn.name}" reads no pipe`)
  }
  if (builtIn.input !== 'none' && builtIn.input !== 'maybe' && input === undefined) {
    throw raise(place, 'BUG_ARGS', `"${builtIn.name}" reads from a pipe`, `write VALUE | ${builtIn.name} ...`)
  }
  const bound = bindBuiltIn(builtIn, values, place)
  const implementation = IMPLEMENTATIONS[builtIn.name]
  if (implementation === undefined) throw new Error(`the built-in "${builtIn.name}" has no implementation`)
  return implementation({ builtIn, frame, task: frame.task, input, purpose, place, ...bound })
}

async function functionInput(input: Piped, place: Place): Promise<Value> {
  return input instanceof ProgramOutput ? input.text(place) : input
}

function callFunction(
  callable: Callable,
  values: readonly ArgumentValue[],
  caller: Frame,
  input: Piped | undefined,
  place: Place,
): Value | Promise<Value> {
  checkStopped(caller.task)
  const { definition } = callable
  const bound = bindParameters(definition.parameters, values, {
    name: definition.name.text,
    place,
    ofFunction: true,
  })
  const frame = new Frame(deeper(caller.task, place), callable.frame, true)
  for (const [name, value] of bound) frame.define(name, value)
  const start = (): Value | Promise<Value> => {
    const missing = definition.parameters.some(
      (parameter, index) =>
        callable.defaults[index] !== undefined && !bound.has(parameter.name.text.replaceAll('-', '_')),
    )
    const run = (): Value | Promise<Value> => callBody(callable, frame, place.source)
    return missing ? setDefaults(callable, frame, bound).then(run) : run()
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

async function setDefaults(
  callable: Callable,
  frame: Frame,
  bound: ReadonlyMap<string, Value>,
): Promise<void> {
  for (const [index, parameter] of callable.definition.parameters.entries()) {
    const variable = parameter.name.text.replaceAll('-', '_')
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
export function commandWords(
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
export function unknownCommand(name: string, frame: Frame, place: Place): ScriptError {
  const functions: string[] = []
  for (let at: Frame | null = frame; at !== null; at = at.parent)
    functions.push(...(at.functions?.keys() ?? []))
  return raise(place, 'BUG_NAME', `unknown command "${name}"`, unknownHint(name, functions))
}

/** What to write instead of an unknown first word. */
export function unknownHint(name: string, functions: readonly string[]): string {
  const candidates = [
    ...functions,
    ...groups.map((group) => group.name),
    ...BUILT_INS.map((builtIn) => builtIn.name),
  ]
  const near = closest(name, candidates)
  const otherwise = `write "${name}" for the text, !${name} for the program`
  return near === undefined ? otherwise : `did you mean "${near}"? Otherwise ${otherwise}`
}
