import { raise } from '../values/fault.ts'
import { lineOf } from '../values/print-value.ts'
import { type Piped, ProgramOutput } from '../run/program-output.ts'
import type { Place } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { text } from '../values/types.ts'
import { aType, isList, isRecord, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, choice, fails, flag, option, wholeOf } from './builtin.ts'
import { READ, read } from './reading.ts'
import { WRITTEN, written } from './writing.ts'

/** Values as text and back. */
export const FORMATS = [
  builtin({
    name: 'to',
    summary: 'Turns a value into text; md and html are tables.',
    input: 'piped',
    words: [choice('format', text, WRITTEN)],
    options: [
      flag('compact', 'JSON on one line.'),
      flag('lines', 'One JSON value a line.'),
      flag('bom', 'CSV with a byte order mark, which spreadsheets like.'),
      flag('raw', 'CSV with cells as they are: a leading = + - @ gets no quote before it.'),
      option('sep', text, 'What stands between the cells of CSV; a comma if absent.'),
    ],
    examples: {
      '{a: 1} | to json --compact': '{"a":1}',
      '[{a: 1, b: "x"}] | to csv': 'a,b\n1,x',
      '{name: "lab", tags: ["a", "no"]} | to yaml': 'name: lab\ntags:\n  - a\n  - "no"',
      '[{a: "x|y"}] | to md': '| a    |\n| ---- |\n| x\\|y |',
      '[{a: "<b>"}] | to html | lines | where $it =~ "td" | map { $it | trim }':
        '<tr><td>&lt;b&gt;</td></tr>',
      '[{a: 1}, {b: 2}] | to csv': fails('DATA'),
    },
    async run(input, { format, sep, ...layout }, call) {
      if (format === 'json' && layout.lines === true && input instanceof Stream)
        return input.into(jsonLines(input))
      if (format === 'lines' && input instanceof Stream) return input.into(textLines(input, call.place))
      const value = await wholeOf(input, call.place)
      return written(value, format, call, sep === undefined ? layout : { ...layout, sep })
    },
  }),
  builtin({
    name: 'from',
    summary: 'Reads text as json, csv, tsv, yaml or toml.',
    input: 'text',
    words: [choice('format', text, READ)],
    options: [
      flag('lines', 'One JSON value a line.'),
      option(
        'sep',
        text,
        'What stands between the cells of CSV; if absent, the comma, semicolon or tab of its first line.',
      ),
      flag('raw', 'Leaves a quote before a formula where it is, as "to csv --raw" puts none there.'),
    ],
    examples: {
      '\'{"a": [1, 2]}\' | from json | get a': '1\n2',
      "$'id,name\\n1,x' | from csv | get name": 'x',
      '[{a: "=1"}] | to csv | from csv | get a': '=1',
      "$'a: [1, x]' | from yaml | get a": '1\nx',
      "$'[lab]\\nfloor = 2' | from toml | get lab.floor": '2',
      '"12345678901234567890" | from json': '12345678901234567890',
      '"{" | from json': fails('DATA'),
    },
    run: (given, { format, ...how }, { place, task }) =>
      read(given, format, { place, what: 'the text', task }, how),
  }),
  builtin({
    name: 'lines',
    summary: 'The lines of a text or of the output of a program.',
    input: 'piped',
    examples: { "$'a\\nb\\n' | lines | count": '2', '"" | lines | count': '0' },
    run: (input, _args, call) => linesOf(input, call),
  }),
]

function linesOf(input: Piped, call: Call): Value {
  if (input instanceof ProgramOutput) return new Stream(input.lines(), 'list', () => input.stop())
  if (input instanceof Stream) return input
  if (isList(input)) return input
  if (typeof input !== 'string')
    throw raise(call.place, 'BUG_TYPE', `"lines" needs text, not ${aType(input)}`)
  const parts = input.split(/\r?\n/)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

async function* jsonLines(stream: Stream): AsyncGenerator<Value> {
  for await (const item of stream) yield JSON.stringify(item)
}

async function* textLines(stream: Stream, place: Place): AsyncGenerator<Value> {
  for await (const item of stream) yield isRecord(item) ? lineOf(item) : textOf(item, place)
}
