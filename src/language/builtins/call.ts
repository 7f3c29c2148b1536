import { closest } from '../../commands/closest.ts'
import type { ArgumentValue, CompiledBlock } from '../run/arguments.ts'
import { convert } from '../values/convert.ts'
import { raise } from '../values/fault.ts'
import type { Frame, Task } from '../run/frame.ts'
import type { Purpose } from '../run/pipeline.ts'
import type { Piped } from '../run/program-output.ts'
import type { Place } from '../syntax/source.ts'
import { argumentText } from '../values/text-of.ts'
import type { Value } from '../values/value.ts'
import { type BuiltIn, usageOf } from './table.ts'

/** One call of a built-in, its arguments bound and converted. */
export interface Call {
  readonly builtIn: BuiltIn
  readonly frame: Frame
  readonly task: Task
  readonly input: Piped | undefined
  readonly purpose: Purpose
  /** Where the name of the built-in stands. */
  readonly place: Place
  readonly args: readonly Value[]
  readonly places: readonly Place[]
  readonly options: Readonly<Record<string, Value | undefined>>
  readonly block?: CompiledBlock
}

/** A built-in at work. */
export type Implementation = (call: Call) => Piped | Promise<Piped>

type Bound = Pick<Call, 'args' | 'places' | 'options' | 'block'>

/** An argument that the table says is text. */
export function wordOf(call: Call, index = 0): string {
  const value = call.args[index]
  return typeof value === 'string' ? value : ''
}

/** The arguments as texts. */
export function wordsOf(call: Call): string[] {
  return call.args.map((_value, index) => wordOf(call, index))
}

/** Binds the arguments of a built-in by its row in the table. Throws BUG_ARGS. */
export function bindBuiltIn(builtIn: BuiltIn, given: readonly ArgumentValue[], place: Place): Bound {
  const args: Value[] = []
  const places: Place[] = []
  const options: Record<string, Value> = {}
  let block: CompiledBlock | undefined
  for (let index = 0; index < given.length; index += 1) {
    const argument = given[index] as ArgumentValue
    const raw = builtIn.passes === true && args.length > 0
    if (argument.kind === 'block') {
      if (builtIn.block !== 'required' || block !== undefined) {
        throw raise(
          argument.place,
          'BUG_ARGS',
          `"${builtIn.name}" takes no block`,
          `usage: ${usageOf(builtIn)}`,
        )
      }
      block = argument.block
    } else if (argument.kind === 'option' && !raw) {
      const option = builtIn.options.find(({ name }) => `--${name}` === argument.text)
      if (option === undefined) throw unknownOption(builtIn, argument.text, argument.place)
      const following =
        argument.value === undefined && option.type !== 'flag' ? given[(index += 1)] : undefined
      const value =
        argument.value ??
        (option.type === 'flag' ? true : following?.kind === 'word' ? following.value : undefined)
      if (value === undefined)
        throw raise(
          argument.place,
          'BUG_ARGS',
          `${argument.text} needs a value`,
          `usage: ${usageOf(builtIn)}`,
        )
      options[option.name] = convert(value, option.type, following?.place ?? argument.place, argument.text)
    } else {
      args.push(positional(builtIn, args.length, argument))
      places.push(argument.place)
    }
  }
  checkComplete(builtIn, args, block, place)
  return { args, places, options, ...(block && { block }) }
}

function positional(
  builtIn: BuiltIn,
  index: number,
  argument: Exclude<ArgumentValue, { kind: 'block' }>,
): Value {
  const last = builtIn.parameters.at(-1)
  const parameter = builtIn.parameters[index] ?? (last?.rest === true ? last : undefined)
  if (parameter === undefined) {
    const hint = `usage: ${usageOf(builtIn)}`
    throw raise(argument.place, 'BUG_ARGS', `too many arguments for "${builtIn.name}"`, hint)
  }
  if (argument.kind === 'option') {
    return argument.value === undefined
      ? argument.text
      : `${argument.text}=${argumentText(argument.value, argument.place, argument.text)}`
  }
  const what = `the ${parameter.name} of "${builtIn.name}"`
  const value = convert(
    argument.value,
    parameter.type === 'field' ? 'text' : parameter.type,
    argument.place,
    what,
  )
  if (parameter.choices !== undefined && typeof value === 'string' && !parameter.choices.includes(value)) {
    throw raise(
      argument.place,
      'BUG_ARGS',
      `${what} cannot be "${value}"`,
      `it is one of ${parameter.choices.join(', ')}`,
    )
  }
  return value
}

function checkComplete(
  builtIn: BuiltIn,
  args: readonly Value[],
  block: CompiledBlock | undefined,
  place: Place,
): void {
  const needed = builtIn.parameters.filter(
    (parameter) => parameter.optional !== true && parameter.rest !== true,
  ).length
  const missing = builtIn.parameters[args.length]
  if (args.length < needed && missing !== undefined) {
    throw raise(place, 'BUG_ARGS', `"${builtIn.name}" needs ${missing.name}`, `usage: ${usageOf(builtIn)}`)
  }
  if (builtIn.block === 'required' && block === undefined) {
    throw raise(place, 'BUG_ARGS', `"${builtIn.name}" needs a block`, `usage: ${usageOf(builtIn)}`)
  }
}

function unknownOption(builtIn: BuiltIn, text: string, place: Place): Error {
  const names = builtIn.options.map(({ name }) => `--${name}`)
  const near = closest(text, names)
  const hint = near === undefined ? `usage: ${usageOf(builtIn)}` : `did you mean "${near}"?`
  return raise(place, 'BUG_ARGS', `"${builtIn.name}" has no option ${text}`, hint)
}
