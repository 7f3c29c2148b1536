import { closest } from '../../commands/closest.ts'
import type { ArgumentValue } from './arguments.ts'
import { convert } from '../values/convert.ts'
import { raise, type ScriptError } from '../values/fault.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Place } from '../syntax/source.ts'
import type { Parameter } from '../syntax/tree.ts'
import { isList, type Value } from '../values/value.ts'

/** The values of parameters by the names of their variables; what is absent here gets its default. */
export type Bound = ReadonlyMap<string, Value>

const passedOn = new WeakMap<object, ReadonlySet<number>>()

/** Which items of a `...rest` list were written as options: they are options again where the list is given on with `...$rest`. */
export function optionsIn(list: readonly Value[]): ReadonlySet<number> | undefined {
  return passedOn.get(list)
}

/** A parameter that takes no value: of type flag, or in a function one without type and default. */
export function isFlag(parameter: Parameter, ofFunction: boolean): boolean {
  if (parameter.style !== 'option') return false
  return (
    parameter.type === 'flag' ||
    (ofFunction && parameter.type === undefined && parameter.fallback === undefined)
  )
}

/**
 * Binds arguments to the parameters of a function or of a script (language.md 2.8 and 2.13). `name` and `place` are those of the call.
 * Throws BUG_ARGS.
 */
export function bindParameters(
  parameters: readonly Parameter[],
  args: readonly ArgumentValue[],
  { name, place, ofFunction }: { name: string; place: Place; ofFunction: boolean },
): Bound {
  const bound = new Map<string, Value>()
  const positional = parameters.filter((parameter) => parameter.style === 'positional')
  const rest = parameters.find((parameter) => parameter.style === 'rest')
  const extra: Value[] = []
  const options = new Set<number>()
  let next = 0
  let onlyWords = false
  for (let index = 0; index < args.length; index += 1) {
    const argument = args[index] as ArgumentValue
    if (argument.kind === 'block')
      throw raise(argument.place, 'BUG_ARGS', `"${name}" takes no block`, 'blocks are not values')
    if (argument.kind === 'option' && !onlyWords) {
      const option = findOption(parameters, argument.text)
      if (option === undefined) {
        if (rest !== undefined && ofFunction) {
          options.add(extra.length)
          extra.push(argument.text, ...(argument.value === undefined ? [] : [argument.value]))
          continue
        }
        throw unknownOption(parameters, argument, name)
      }
      if (isFlag(option, ofFunction)) {
        bound.set(
          variableOf(option),
          argument.value === undefined
            ? true
            : convert(argument.value, 'flag', argument.place, argument.text),
        )
        continue
      }
      const following = argument.value === undefined ? args[(index += 1)] : undefined
      const value = argument.value ?? (following?.kind === 'word' ? following.value : undefined)
      if (value === undefined) throw raise(argument.place, 'BUG_ARGS', `${argument.text} needs a value`)
      bound.set(variableOf(option), typed(option, value, following?.place ?? argument.place))
      continue
    }
    const value = argument.kind === 'option' ? argument.text : argument.value
    if (argument.kind === 'word' && argument.bare && value === '--' && !onlyWords) {
      onlyWords = true
      continue
    }
    const parameter = positional[next]
    next += 1
    if (parameter !== undefined) bound.set(variableOf(parameter), typed(parameter, value, argument.place))
    else if (rest !== undefined)
      extra.push(rest.type === undefined ? value : typed(rest, value, argument.place))
    else throw tooMany(name, positional.length, argument.place)
  }
  if (rest !== undefined) bound.set(variableOf(rest), extra)
  if (options.size > 0) passedOn.set(extra, options)
  for (const parameter of parameters) checkGiven(parameter, bound, { name, place, ofFunction })
  return bound
}

function checkGiven(
  parameter: Parameter,
  bound: Map<string, Value>,
  { name, place, ofFunction }: { name: string; place: Place; ofFunction: boolean },
): void {
  const variable = variableOf(parameter)
  if (bound.has(variable) || parameter.fallback !== undefined) return
  if (isFlag(parameter, ofFunction)) bound.set(variable, false)
  else {
    const what = parameter.style === 'option' ? `--${parameter.name.text}` : parameter.name.text
    throw raise(place, 'BUG_ARGS', `"${name}" needs ${what}`)
  }
}

function findOption(parameters: readonly Parameter[], text: string): Parameter | undefined {
  return parameters.find(
    (parameter) =>
      parameter.style === 'option' &&
      (`--${parameter.name.text}` === text || `-${parameter.letter ?? ''}` === text),
  )
}

function unknownOption(
  parameters: readonly Parameter[],
  { text, place }: { text: string; place: Place },
  name: string,
): ScriptError {
  const options = parameters
    .filter((parameter) => parameter.style === 'option')
    .map((parameter) => `--${parameter.name.text}`)
  const near = closest(text, options)
  const hint =
    near === undefined
      ? options.length > 0
        ? `options are ${options.join(', ')}`
        : undefined
      : `did you mean "${near}"?`
  return raise(place, 'BUG_ARGS', `"${name}" has no option ${text}`, hint)
}

function tooMany(name: string, count: number, place: Place): ScriptError {
  const takes = count === 0 ? 'no arguments' : count === 1 ? 'one argument' : `${count} arguments`
  return raise(place, 'BUG_ARGS', `"${name}" takes ${takes}`)
}

function typed(parameter: Parameter, value: Value, place: Place): Value {
  if (parameter.type === undefined || (isList(value) && parameter.type === 'text')) return value
  return convert(
    value,
    parameter.type,
    place,
    parameter.style === 'option' ? `--${parameter.name.text}` : parameter.name.text,
  )
}
