import { type Arrangement, read } from '../../commands/bind.ts'
import type { Signature, Type } from '../../commands/row.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { Command, Word } from '../syntax/tree.ts'
import { located } from '../values/fault.ts'
import type { Value } from '../values/value.ts'
import { type ArgumentValue, callWord, markOptions } from './arguments.ts'
import { callBody } from './block.ts'
import { all, placeOf } from './eval.ts'
import { compileWord, isBare } from './word.ts'
import { type Callable, checkStopped, deeper, Frame, nameOf } from './frame.ts'
import { signatureOf, variablesOf } from './parameters.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import { type Arranged, failed } from './command.ts'

async function functionInput(input: Piped, place: Place): Promise<Value> {
  return input instanceof ProgramOutput ? input.text(place) : input
}

const signatures = new WeakMap<object, Signature>()

/** The signature of a function, made once. */
export function signatureOfFunction({ definition }: Pick<Callable, 'definition'>): Signature {
  const known = signatures.get(definition)
  if (known !== undefined) return known
  const made = signatureOf(definition.name.text, definition.parameters, true)
  signatures.set(definition, made)
  return made
}

/** Calls a function with arguments of any kind; throws BUG_ARGS at the argument that does not fit. */
export function callFunction(
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
export function quickCall(
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
      frame.add(slot.variable, fit)
    }
    for (const variable of plan.off) frame.add(variable, false)
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
  const enterLater = async (
    callable: Callable,
    frame: Frame,
    plan: Plan,
    values: Promise<Value[]>,
  ): Promise<Value> => {
    try {
      return await enter(callable, frame, plan, await values)
    } catch (error) {
      throw located(error, place)
    }
  }
  return (callable, frame) => {
    const { definition } = callable
    if (last?.definition !== definition) last = { definition, plan: planOf(callable, arranged) }
    const { plan } = last
    if (plan === undefined) return undefined
    try {
      const values = all(evals, frame)
      return values instanceof Promise
        ? enterLater(callable, frame, plan, values)
        : enter(callable, frame, plan, values)
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
      variable: nameOf(name.replaceAll('-', '_')),
      type: type?.name === 'value' ? undefined : type,
    })),
    off: parameters
      .filter(({ style }) => style === 'option')
      .map((parameter) => nameOf(variableOf(parameter))),
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
