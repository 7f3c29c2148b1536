import { numberOf, text, value, whole } from '../values/types.ts'
import { raise } from '../values/fault.ts'
import { equal } from '../values/operators.ts'
import { codePoints } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, Stream } from '../values/value.ts'
import { builtin, fails, maybe, wholeOf, word } from './builtin.ts'
import { shownData } from './times.ts'

/** Texts, and what is written as text. */
export const TEXTS = [
  builtin({
    name: 'lower',
    summary: 'In small letters.',
    input: 'text',
    examples: { '"Kitchen" | lower': 'kitchen', '["A", "B"] | lower': 'a\nb' },
    run: (given) => given.toLowerCase(),
  }),
  builtin({
    name: 'upper',
    summary: 'In capitals.',
    input: 'text',
    examples: { '"Kitchen" | upper': 'KITCHEN', '3 | upper': fails('BUG_TYPE') },
    run: (given) => given.toUpperCase(),
  }),
  builtin({
    name: 'trim',
    summary: 'Without spaces at both ends.',
    input: 'text',
    examples: { '"  a " | trim | length': '1', '[" a", "b "] | trim': 'a\nb' },
    run: (given) => given.trim(),
  }),
  builtin({
    name: 'split',
    summary: 'Cuts a text at a separator; "" gives its characters.',
    input: 'text',
    words: [word('separator', text)],
    examples: { '"a,b" | split ","': 'a\nb', '"abc" | split ""': 'a\nb\nc' },
    run: (given, { separator }) => (separator === '' ? Array.from(given) : given.split(separator)),
  }),
  builtin({
    name: 'starts-with',
    summary: 'Whether the text starts so.',
    input: 'text',
    words: [word('start', text)],
    examples: { '"lab-1" | starts-with lab': 'true', '"lab-1" | starts-with Lab': 'false' },
    run: (given, { start }) => given.startsWith(start),
  }),
  builtin({
    name: 'ends-with',
    summary: 'Whether the text ends so.',
    input: 'text',
    words: [word('end', text)],
    examples: { '"a.nut" | ends-with .nut': 'true', '"a.nut" | ends-with .js': 'false' },
    run: (given, { end }) => given.endsWith(end),
  }),
  builtin({
    name: 'substring',
    summary: 'The characters from a up to before b, counted from 0; negative numbers count from the end.',
    input: 'text',
    words: [word('a', whole(-1e9, 1e9)), maybe('b', whole(-1e9, 1e9))],
    examples: {
      '"5000d8c46a56cfca" | substring 0 8': '5000d8c4',
      '"häuser" | substring -3': 'ser',
      '"abc" | substring 5 | length': '0',
    },
    run: (given, { a, b }) => Array.from(given).slice(a, b).join(''),
  }),
  builtin({
    name: 'truncate',
    summary: 'Cuts a text to n characters, the last of them … if something was cut.',
    input: 'text',
    words: [word('n', whole(1))],
    examples: { '"a long name" | truncate 6': 'a lon…', '"short" | truncate 6': 'short' },
    run(given, { n }) {
      const characters = Array.from(given)
      return characters.length <= n ? given : `${characters.slice(0, n - 1).join('')}…`
    },
  }),
  builtin({
    name: 'repeat',
    summary: 'The text n times.',
    input: 'text',
    words: [word('n', whole(0, 1_000_000))],
    examples: {
      '"ab" | repeat 3': 'ababab',
      '"-" | repeat 0 | is-empty': 'true',
      '"x" | repeat -1': fails('BUG_ARGS'),
    },
    run(given, { n }, call) {
      if (given.length * n <= 100_000_000) return given.repeat(n)
      throw raise(
        call.at('n'),
        'DATA',
        `the text would have ${given.length * n} characters`,
        'repeat a shorter text',
      )
    },
  }),
  builtin({
    name: 'words',
    summary: 'The words of a text: what stands between spaces, tabs and line ends.',
    input: 'text',
    examples: { '" a  b c" | words | count': '3', '"" | words | count': '0' },
    run: (given) => given.split(/\s+/u).filter((part) => part !== ''),
  }),
  builtin({
    name: 'is-empty',
    summary: 'Whether there is nothing in it: an empty text, list, record or stream, or null.',
    input: 'piped',
    examples: {
      '"" | is-empty': 'true',
      '[0] | is-empty': 'false',
      '[] | is-empty': 'true',
      '3 | is-empty': fails('BUG_TYPE'),
    },
    async run(input, _args, call) {
      if (input instanceof Stream) {
        for await (const item of input) return item === undefined
        return true
      }
      const given = await wholeOf(input, call.place)
      if (given === null || given === '') return true
      if (typeof given === 'string') return false
      if (isList(given)) return given.length === 0
      if (isRecord(given)) return Object.keys(given).length === 0
      throw raise(call.place, 'BUG_TYPE', `"is-empty" needs a text, a list or a record, not ${aType(given)}`)
    },
  }),
  builtin({
    name: 'contains',
    summary: 'Whether the text or list holds this.',
    input: 'any',
    words: [word('part', value)],
    examples: { '"abc" | contains b': 'true', '[1, 2] | contains (3)': 'false' },
    run(given, { part }, call) {
      if (isList(given)) return given.some((item) => equal(item, part, call.place, 'contains'))
      if (typeof given === 'string' && typeof part === 'string') return given.includes(part)
      throw raise(call.place, 'BUG_TYPE', `"contains" needs a text or a list, not ${aType(given)}`)
    },
  }),
  builtin({
    name: 'length',
    summary: 'The number of characters of a text or of items of a list.',
    input: 'any',
    examples: { '"häuser" | length': '6', '[1, 2] | length': '2', '{} | length': fails('BUG_TYPE') },
    run(given, _args, call) {
      if (typeof given === 'string') return codePoints(given)
      if (isList(given)) return given.length
      throw raise(call.place, 'BUG_TYPE', `"length" needs a text or a list, not ${aType(given)}`)
    },
  }),
  builtin({
    name: 'join-text',
    summary: 'Joins texts with a separator between them.',
    input: 'items',
    words: [maybe('separator', text)],
    examples: { '["a", "b"] | join-text ", "': 'a, b', '[1, 2] | join-text': '12' },
    run: (items, { separator = '' }, call) => items.map((item) => textOf(item, call.place)).join(separator),
  }),
  builtin({
    name: 'to-number',
    summary: 'Reads a text as a number, as it is written in a script.',
    input: 'item',
    examples: {
      '"12" | to-number': '12',
      '["1e3", "-2.5"] | to-number': '1000\n-2.5',
      '"12x" | to-number': fails('DATA'),
    },
    run(given, _args, call) {
      if (typeof given === 'number') return given
      const number = typeof given === 'string' ? numberOf(given.trim()) : undefined
      if (number !== undefined) return number
      throw raise(call.place, 'DATA', `${shownData(given)} is not a number`)
    },
  }),
  builtin({
    name: 'to-text',
    summary: 'A number, bool, time or duration as text.',
    input: 'any',
    examples: { '12 | to-text': '12', '[1] | to-text': fails('BUG_TYPE') },
    run: (given, _args, call) => textOf(given, call.place),
  }),
]
