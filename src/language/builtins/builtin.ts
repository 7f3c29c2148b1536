// The shape of a built-in. Each one is written once, whole, in the file of its family: signature, help, examples that a test runs, and
// code, whose arguments are inferred from the signature. Binding and conversion happen in the one `bind` (commands/bind.ts), before the
// run where values are known. What comes in through the pipe is prepared by `input`; code that works on one text, number, time or record
// is run for each item where a list or a stream comes in.
import type { OptionRow, Signature, Type, WordRow } from '../../commands/row.ts'
import { allItems, type Items, itemsOf, mapItems } from '../run/items.ts'
import type { Frame, Task } from '../run/frame.ts'
import type { Purpose } from '../run/pipeline.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import type { Place } from '../syntax/source.ts'
import type { ErrorCode } from '../../output/error.ts'
import { raise } from '../values/fault.ts'
import {
  aType,
  Duration,
  isList,
  isRecord,
  type RecordValue,
  Secret,
  Stream,
  Time,
  type Value,
} from '../values/value.ts'

/** What the code of a built-in gets from the pipe. */
interface Inputs {
  /** Items one by one: a list or a stream. */
  list: Items
  /** All items at once. */
  items: readonly Value[]
  /** One of these; a list or a stream of them is worked on item by item. */
  text: string
  number: number
  time: Time
  duration: Duration
  record: RecordValue
  secret: Secret
  /** Any single value; a list or a stream is worked on item by item. */
  item: Value
  /** Any value, all of it there: a stream is read to its end, the output of a program is its text. */
  any: Value
  /** As it comes, unread: also a stream or the output of a program. */
  piped: Piped
  /** As `piped`, where there may be nothing. */
  maybe: Piped | undefined
  /** Nothing: it reads no pipe. */
  none: undefined
}
export type Input = keyof Inputs

/** What an example shows: the output, or the code of the error. */
export type Shown = string | { readonly fails: ErrorCode }

/** What the code of a built-in may ask about its call. */
export interface Call {
  readonly name: string
  readonly frame: Frame
  readonly task: Task
  readonly purpose: Purpose
  /** Where the name of the built-in stands. */
  readonly place: Place
  /** Where the argument for a word or an option stands: of those of a `many` word, the one at `index`. */
  readonly at: (name: string, index?: number) => Place
}

/**
 * A built-in or a word of the prompt. `effect` says what a dry run does with it: `local` is shown and not done. `where` is `prompt` for
 * words about the session, which scripts do not have.
 */
export interface BuiltIn extends Signature {
  readonly summary: string
  readonly input: Input
  readonly words: readonly WordRow[]
  readonly options: readonly OptionRow[]
  /** Code of the language, and what it shows. Run by the tests, and shown in help. */
  readonly examples: { readonly [code: string]: Shown }
  readonly effect?: 'local'
  readonly where?: 'prompt'
  readonly run: (
    input: Piped | undefined,
    args: { readonly [name: string]: unknown },
    call: Call,
  ) => Piped | Promise<Piped>
}

type WordValue<W> = W extends { many: true; type: Type<infer V> }
  ? readonly V[]
  : W extends { optional: true; type: Type<infer V> }
    ? V | undefined
    : W extends { type: Type<infer V> }
      ? V
      : never

type OptionValueOf<O> = O extends { kind: 'flag' }
  ? boolean | undefined
  : O extends { list: true; type: Type<infer V> }
    ? readonly V[] | undefined
    : O extends { required: true; type: Type<infer V> }
      ? V
      : O extends { type: Type<infer V> }
        ? V | undefined
        : never

/** The arguments of the code, from the words and the options of the signature. */
type ArgumentsOf<W extends readonly WordRow[], O extends readonly OptionRow[]> = {
  readonly [R in W[number] as R['name']]: WordValue<R>
} & { readonly [R in O[number] as R['name']]: OptionValueOf<R> }

interface Row<I extends Input, W extends readonly WordRow[], O extends readonly OptionRow[]> {
  readonly name: string
  readonly usage?: string
  readonly summary: string
  readonly input: I
  readonly words?: W
  readonly options?: O
  readonly examples: { readonly [code: string]: Shown }
  readonly effect?: 'local'
  readonly where?: 'prompt'
  readonly run: (input: Inputs[I], args: ArgumentsOf<W, O>, call: Call) => Piped | Promise<Piped>
}

/** Makes a built-in of its row; the code is called with its input prepared. */
export function builtin<
  I extends Input,
  const W extends readonly WordRow[] = [],
  const O extends readonly OptionRow[] = [],
>(row: Row<I, W, O>): BuiltIn {
  const { input, run } = row
  const work = run as (input: unknown, args: object, call: Call) => Piped | Promise<Piped>
  return {
    ...row,
    words: row.words ?? [],
    options: row.options ?? [],
    run: (piped, args, call) => prepared(input, piped, call, (given) => work(given, args, call)),
  }
}

/** A word that must be given. */
export function word<const N extends string, V>(name: N, type: Type<V>): { name: N; type: Type<V> } {
  return { name, type }
}

/** A word that may be left out. */
export function maybe<const N extends string, V>(
  name: N,
  type: Type<V>,
): { name: N; type: Type<V>; optional: true } {
  return { name, type, optional: true }
}

/** All words that are left, or none. */
export function rest<const N extends string, V>(
  name: N,
  type: Type<V>,
): { name: N; type: Type<V>; optional: true; many: true } {
  return { name, type, optional: true, many: true }
}

/** All words that are left, at least one. */
export function some<const N extends string, V>(
  name: N,
  type: Type<V>,
): { name: N; type: Type<V>; many: true } {
  return { name, type, many: true }
}

/** A word that is one of these. */
export function choice<const N extends string, V>(
  name: N,
  type: Type<V>,
  choices: readonly string[],
): { name: N; type: Type<V>; choices: readonly string[] } {
  return { name, type, choices }
}

/** An option with a value. */
export function option<const N extends string, V>(
  name: N,
  type: Type<V>,
  summary = '',
): { name: N; kind: 'text'; type: Type<V>; summary: string } {
  return { name, kind: 'text', type, summary }
}

/** An option without a value. */
export function flag<const N extends string>(
  name: N,
  summary = '',
): { name: N; kind: 'flag'; summary: string } {
  return { name, kind: 'flag', summary }
}

/** An example that ends with an error. */
export function fails(code: ErrorCode): Shown {
  return { fails: code }
}

/** Whether it needs a pipe (`true`), reads none (`false`) or takes one where there is one. */
export function readsPipe(input: Input): boolean | 'maybe' {
  return input === 'maybe' ? 'maybe' : input !== 'none'
}

const SCALARS: { readonly [input in Input]?: (value: Value) => boolean } = {
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  time: (value) => value instanceof Time,
  duration: (value) => value instanceof Duration,
  record: isRecord,
  secret: (value) => value instanceof Secret,
  item: () => true,
}

type Work = (input: unknown) => Piped | Promise<Piped>

function prepared(input: Input, piped: Piped | undefined, call: Call, work: Work): Piped | Promise<Piped> {
  switch (input) {
    case 'list':
      return work(itemsOf(piped, call.place, call.name))
    case 'items': {
      const items = itemsOf(piped, call.place, call.name)
      return items instanceof Stream ? allItems(items).then(work) : work(items)
    }
    case 'any':
      if (piped instanceof ProgramOutput || piped instanceof Stream)
        return wholeOf(piped, call.place).then(work)
      return work(piped ?? null)
    case 'piped':
    case 'maybe':
    case 'none':
      return work(piped)
    default:
      return scalar(input, piped ?? null, call, work)
  }
}

/** The input as a value that is all there: the output of a program as text, a stream as a list. */
export async function wholeOf(piped: Piped | undefined, place: Place): Promise<Value> {
  if (piped instanceof ProgramOutput) return piped.text(place)
  if (piped instanceof Stream) return allItems(piped)
  return piped ?? null
}

/** What a text can be made with a built-in of its own. */
const CONVERTED: ReadonlySet<Input> = new Set(['number', 'time', 'duration'])

function scalar(input: Input, piped: Piped, call: Call, work: Work): Piped | Promise<Piped> {
  const fits = SCALARS[input] as (value: Value) => boolean
  const one = (value: Value): Value | Promise<Value> => {
    if (fits(value)) return work(value) as Value | Promise<Value>
    const shown = input === 'text' ? 'text' : `a ${input}`
    const hint =
      value === null
        ? 'leave null out with | compact, or write ?? to give a value for it'
        : typeof value === 'string' && CONVERTED.has(input)
          ? `convert with | to-${input}`
          : undefined
    throw raise(call.place, 'BUG_TYPE', `"${call.name}" needs ${shown}, not ${aType(value)}`, hint)
  }
  if (piped instanceof ProgramOutput) return piped.text(call.place).then(one)
  if (piped instanceof Stream || isList(piped))
    return mapItems(call.task, itemsOf(piped, call.place, call.name), one)
  return one(piped)
}
