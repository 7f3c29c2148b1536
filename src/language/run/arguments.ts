import type { Word as CallWord } from '../../commands/row.ts'
import { compileBlockValue, type Use } from './block.ts'
import { placeOf } from './eval.ts'
import { compileExpression } from './expression.ts'
import { compileWord, isBare } from './word.ts'
import { raise } from '../values/fault.ts'
import { Frame } from './frame.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { Argument } from '../syntax/tree.ts'
import { aType, Block, Duration, isList, Secret, Time, type Value } from '../values/value.ts'

/** One argument after its variables are filled in. A `bare` word was written without quotes and variables. */
export type ArgumentValue =
  | { readonly kind: 'option'; readonly text: string; readonly value?: Value; readonly place: Place }
  | { readonly kind: 'word'; readonly value: Value; readonly bare: boolean; readonly place: Place }
  | { readonly kind: 'block'; readonly value: Block; readonly place: Place }

type ArgumentsRun = (frame: Frame) => ArgumentValue[] | Promise<ArgumentValue[]>
type Made = ArgumentValue | readonly ArgumentValue[]

/** Turns the arguments of a command into a function that fills them in, in order. */
export function compileArguments(args: readonly Argument[], source: Source, blockUse: Use): ArgumentsRun {
  const runs = args.map((argument) => compileArgument(argument, source, blockUse))
  return (frame) => {
    const found: ArgumentValue[] = []
    for (let index = 0; index < runs.length; index += 1) {
      const made = (runs[index] as (typeof runs)[number])(frame)
      if (made instanceof Promise) return rest(runs, frame, found, index + 1, made)
      add(found, made)
    }
    return found
  }
}

function add(found: ArgumentValue[], made: Made): void {
  if (Array.isArray(made)) for (const one of made as readonly ArgumentValue[]) found.push(one)
  else found.push(made as ArgumentValue)
}

async function rest(
  runs: readonly ((frame: Frame) => Made | Promise<Made>)[],
  frame: Frame,
  found: ArgumentValue[],
  from: number,
  pending: Promise<Made>,
): Promise<ArgumentValue[]> {
  add(found, await pending)
  for (const run of runs.slice(from)) add(found, await run(frame))
  return found
}

function compileArgument(
  argument: Argument,
  source: Source,
  blockUse: Use,
): (frame: Frame) => Made | Promise<Made> {
  const place = placeOf(source, argument)
  switch (argument.kind) {
    case 'block': {
      const make = compileBlockValue(argument, source, blockUse)
      return (frame) => ({ kind: 'block', value: make(frame), place })
    }
    case 'condition': {
      const run = compileExpression(argument.body, source)
      return (frame) => {
        // One frame for all items: an expression defines nothing.
        const inner = new Frame(frame.task, frame)
        const value = new Block((args) => {
          inner.it = args[0]
          const result = run(inner)
          return result instanceof Block ? result.run(args) : result
        }, [])
        return { kind: 'block', value, place }
      }
    }
    case 'option': {
      const { text } = argument
      const run = argument.value && compileWord(argument.value, source)
      if (run === undefined) return () => ({ kind: 'option', text, place })
      return (frame) => made(run(frame), (value) => ({ kind: 'option', text, value, place }))
    }
    case 'word': {
      const run = compileWord(argument, source)
      const bare = isBare(argument)
      return (frame) => made(run(frame), (value) => ({ kind: 'word', value, bare, place }))
    }
    default: {
      const run = compileExpression(argument.value, source)
      return (frame) =>
        made(run(frame), (value) => {
          if (isList(value)) return spread(value, place)
          throw raise(place, 'BUG_TYPE', `"..." needs a list, not ${aType(value)}`)
        })
    }
  }
}

const passedOn = new WeakMap<object, ReadonlySet<number>>()

/** Remembers which items of a `...rest` list were written as options: they are options again where the list is given on with `...$rest`. */
export function markOptions(list: readonly Value[], options: ReadonlySet<number>): void {
  if (options.size > 0) passedOn.set(list, options)
}

function spread(list: readonly Value[], place: Place): ArgumentValue[] {
  const options = passedOn.get(list)
  return list.map((item, index) =>
    typeof item === 'string' && options?.has(index) === true
      ? { kind: 'option', text: item, place }
      : { kind: 'word', value: item, bare: false, place },
  )
}

function made(value: Value | Promise<Value>, make: (value: Value) => Made): Made | Promise<Made> {
  return value instanceof Promise ? value.then(make) : make(value)
}

/** Arguments as words for the binder. Quoted texts and values of variables can never be taken for options (language.md 2.4 rule 10). */
export function callWord(argument: ArgumentValue): CallWord {
  switch (argument.kind) {
    case 'block':
      return { text: '', literal: true, block: true, value: argument.value }
    case 'option': {
      const { text, value } = argument
      return value === undefined
        ? { text }
        : {
            text: `${text}=${plainText(value)}`,
            value,
            ...(value instanceof Secret && { secret: true as const }),
          }
    }
    default: {
      const { value, bare } = argument
      return bare && typeof value === 'string'
        ? { text: value }
        : {
            text: plainText(value),
            literal: true,
            value,
            ...(value instanceof Secret && { secret: true as const }),
          }
    }
  }
}

function plainText(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return value instanceof Time || value instanceof Duration ? value.toJSON() : ''
}
