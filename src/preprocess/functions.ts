import { Failure } from './errors.ts'
import { Callable, MAX_TEXT, checkedLength, primitiveOf, textOf, tooLong } from './values.ts'

type TextMethod = (text: string, args: readonly unknown[]) => unknown

const ESCAPES: Readonly<Record<string, string>> = {
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
}

const TEXT_METHODS: Readonly<Record<string, TextMethod>> = {
  concat: (text, args) => args.reduce<string>((all, arg) => checkedLength(all + textOf(arg)), text),
  endsWith: (text, [part, end]) => text.endsWith(textOf(part), optionalNumber(end)),
  includes: (text, [part, from]) => text.includes(textOf(part), optionalNumber(from)),
  repeat: (text, [count]) => repeat(text, Number(primitiveOf(count ?? 0))),
  split: (text, [separator, limit]) =>
    separator === undefined ? [text] : text.split(textOf(separator), optionalNumber(limit)),
  startsWith: (text, [part, from]) => text.startsWith(textOf(part), optionalNumber(from)),
  substr: (text, [from, length]) => substr(text, integer(from, 0), integer(length, Infinity)),
  substring: (text, [from, to]) => text.substring(integer(from, 0), integer(to, text.length)),
  toLowerCase: (text) => text.toLowerCase(),
  toUpperCase: (text) => text.toUpperCase(),
  trim: (text) => text.trim(),
  trimLeft: (text) => text.trimStart(),
  trimRight: (text) => text.trimEnd(),
}

/** The string functions, the namespace `S` of expressions. */
const S: Readonly<Record<string, Callable>> = Object.fromEntries(
  Object.entries(TEXT_METHODS).map(([name, method]) => [
    name,
    new Callable(`S.${name}`, onText(name, method)),
  ]),
)

// These two need more than values: the evaluator and its host carry them out.
export const DEFINED = new Callable('defined')
export const INCLUDE = new Callable('include')

/** The names that expressions know by themselves. */
export const BUILTINS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['S', S],
  ['defined', DEFINED],
  ['include', INCLUDE],
  ['escape', new Callable('escape', (args) => textOf(args[0]).replace(/[\b\f\n\r\t\\'"]/g, escaped))],
  ['base64', new Callable('base64', (args) => Buffer.from(textOf(args[0])).toString('base64'))],
  ['min', ofNumbers('min', Math.min)],
  ['max', ofNumbers('max', Math.max)],
  ['abs', ofNumbers('abs', (number) => Math.abs(number ?? Number.NaN))],
])

function ofNumbers(name: string, compute: (...numbers: number[]) => number): Callable {
  return new Callable(name, (args) => {
    if (args.length === 0) throw new Failure('DATA', `${name}() needs a number`)
    return compute(...args.map((arg) => Number(primitiveOf(arg))))
  })
}

function onText(name: string, method: TextMethod): (args: readonly unknown[]) => unknown {
  return ([text, ...args]) => {
    if (text === undefined || text === null) throw new Failure('DATA', `S.${name}() needs a string`)
    return method(textOf(text), args)
  }
}

function repeat(text: string, count: number): string {
  const times = Math.trunc(count) || 0
  if (times < 0) throw new Failure('DATA', `S.repeat() cannot repeat ${count} times`)
  if (text.length * times > MAX_TEXT) throw tooLong()
  return text.repeat(text === '' ? 0 : times)
}

function substr(text: string, from: number, length: number): string {
  const start = from < 0 ? Math.max(0, text.length + from) : from
  return text.slice(start, start + Math.max(0, length))
}

function integer(value: unknown, absent: number): number {
  return value === undefined ? absent : Math.trunc(Number(primitiveOf(value))) || 0
}

function optionalNumber(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(primitiveOf(value))
}

function escaped(char: string): string {
  return ESCAPES[char] ?? char
}
