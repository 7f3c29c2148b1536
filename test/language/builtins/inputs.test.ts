import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { BUILT_INS } from '../../../src/language/builtins/index.ts'
import { newFolder, run } from '../fake-host.ts'

// Each built-in that reads a pipe, on nothing, one, many, a stream, null inside and a wrong type. What happens is kept in inputs.txt, which is
// read by people; that a stream gives what a list gives is checked here.

/** Items as JSON: what the built-in is made for, and what it is not. */
interface Kind {
  readonly one: string
  readonly many: string
  readonly wrong: string
  /** Made of what was read from JSON, where JSON has no such type. */
  readonly made?: string
}

const RECORDS: Kind = {
  one: '{"a":1,"b":"x"}',
  many: '{"a":2,"b":"y"} | {"a":1,"b":"x"} | {"a":3,"b":"y"}',
  wrong: '5',
}
const NUMBERS: Kind = { one: '2.5', many: '3 | 1.25 | -2', wrong: '"x"' }
const TEXTS: Kind = { one: '"ab-1"', many: '"b 2" | "a-1" | ""', wrong: '5' }
const TIMES: Kind = {
  one: '"2026-01-31T10:20:30Z"',
  many: '"2026-03-28T12:00:00Z" | "2024-02-29T00:00:00Z"',
  wrong: '5',
  made: 'map { if $it == null { null } else { try { $it | to-time | in-zone UTC } catch BUG_TYPE, DATA { $it } } }',
}
const LISTS: Kind = { one: '[1]', many: '[1,2] | [3]', wrong: '5' }

/** How each is called, and what it is made for. */
const CALLS: { readonly [name: string]: readonly [call: string, kind: Kind] } = {
  where: ['where a > 1', RECORDS],
  find: ['find a > 1', RECORDS],
  any: ['any a > 1', RECORDS],
  all: ['all a > 1', RECORDS],
  until: ['until a > 0', RECORDS],
  partition: ['partition a > 1', RECORDS],
  'take-while': ['take-while a > 1', RECORDS],
  'skip-while': ['skip-while a > 1', RECORDS],
  select: ['select b a', RECORDS],
  reject: ['reject a', RECORDS],
  add: ['add c = a + 1', RECORDS],
  update: ['update a = a + 1', RECORDS],
  rename: ['rename a=c', RECORDS],
  fill: ['fill c 0', RECORDS],
  get: ['get a', RECORDS],
  keys: ['keys', RECORDS],
  values: ['values', RECORDS],
  entries: ['entries', RECORDS],
  'to-record': ['to-record a b', RECORDS],
  transpose: ['transpose a', RECORDS],
  pivot: ['pivot a b a', RECORDS],
  'sort-by': ['sort-by b a:desc', RECORDS],
  'group-by': ['group-by b', RECORDS],
  summarize: ['group-by b | summarize n = count, most = max a, who = unique b, mid = median a', RECORDS],
  'count-by': ['count-by b', RECORDS],
  histogram: ['histogram b', RECORDS],
  join: ['join [{a: 1, b: "other"}] --on a --left', RECORDS],
  first: ['first', RECORDS],
  'first?': ['first?', RECORDS],
  last: ['last 2', RECORDS],
  'last?': ['last?', RECORDS],
  skip: ['skip 1', RECORDS],
  reverse: ['reverse', RECORDS],
  shuffle: ['shuffle | count', RECORDS],
  sample: ['sample 1 | count', RECORDS],
  count: ['count', RECORDS],
  unique: ['unique b', RECORDS],
  compact: ['compact', NUMBERS],
  flatten: ['flatten', LISTS],
  enumerate: ['enumerate', RECORDS],
  reduce: ['reduce 0 {|n, it| $n + 1}', RECORDS],
  zip: ['zip [1, 2]', RECORDS],
  chunks: ['chunks 2', NUMBERS],
  window: ['window 2', NUMBERS],
  append: ['append 9', NUMBERS],
  prepend: ['prepend 9', NUMBERS],
  'insert-at': ['insert-at 0 9', NUMBERS],
  'index-of': ['index-of 1.25', NUMBERS],
  sum: ['sum', NUMBERS],
  avg: ['avg', NUMBERS],
  min: ['min', NUMBERS],
  max: ['max', NUMBERS],
  median: ['median', NUMBERS],
  percentile: ['percentile 90', NUMBERS],
  stddev: ['stddev | round 6', NUMBERS],
  round: ['round', NUMBERS],
  floor: ['floor', NUMBERS],
  ceil: ['ceil', NUMBERS],
  abs: ['abs', NUMBERS],
  sqrt: ['abs | sqrt | round 3', NUMBERS],
  pow: ['pow 2', NUMBERS],
  logarithm: ['abs | logarithm | round 3', NUMBERS],
  fixed: ['fixed 2', NUMBERS],
  thousands: ['thousands', NUMBERS],
  percent: ['percent 1', NUMBERS],
  bytes: ['bytes', NUMBERS],
  pad: ['pad 6 --left --with .', NUMBERS],
  format: ['format ">8.2"', NUMBERS],
  'from-epoch': ['from-epoch', NUMBERS],
  lower: ['lower', TEXTS],
  upper: ['upper', TEXTS],
  trim: ['trim', TEXTS],
  split: ['split "-"', TEXTS],
  words: ['words', TEXTS],
  substring: ['substring 1', TEXTS],
  truncate: ['truncate 2', TEXTS],
  repeat: ['repeat 2', TEXTS],
  'starts-with': ['starts-with a', TEXTS],
  'ends-with': ['ends-with 1', TEXTS],
  contains: ['contains "a-1"', TEXTS],
  length: ['length', TEXTS],
  'is-empty': ['is-empty', TEXTS],
  'join-text': ['join-text ","', TEXTS],
  replace: ['replace --regex "[a-z]" "<$&>"', TEXTS],
  parse: ["parse '{name}-{n}'", TEXTS],
  'match-all': ["match-all '[a-z]'", TEXTS],
  'to-number': ['to-number', { one: '"5"', many: '"1e3" | "-2.5"', wrong: '"x"' }],
  'to-text': ['to-text', NUMBERS],
  'to-time': ['to-time', { one: '"2026-01-31T10:00Z"', many: '"2026-01-31T10:00Z" | 0', wrong: '"x"' }],
  'to-duration': ['to-duration', { one: '"5m"', many: '"1d 3h" | 1500', wrong: '"x"' }],
  'in-zone': ['in-zone Asia/Tokyo', TIMES],
  'add-days': ['add-days 1', TIMES],
  'add-months': ['add-months 1', TIMES],
  'start-of': ['start-of week', TIMES],
  'end-of': ['end-of month', TIMES],
  'to-epoch': ['to-epoch', TIMES],
  humanize: ['humanize', { ...NUMBERS, made: 'map { try { $it * 1h } catch BUG_TYPE { $it } }' }],
  map: ['map { $it.a }', RECORDS],
  each: ['each { $it.a }', RECORDS],
  tee: ['tee { $it | count }', RECORDS],
  do: ['do {|x| $x | count }', RECORDS],
  to: ['to csv', RECORDS],
  from: ['from json', { one: '"[1]"', many: '"1" | "{}"', wrong: '"{"' }],
  lines: ['lines', TEXTS],
  describe: ['describe', RECORDS],
  save: ['save --force out.jsonl; open out.jsonl', RECORDS],
  print: ['print', RECORDS],
  echo: ['echo', RECORDS],
  eprint: ['eprint', RECORDS],
  confirm: ['confirm "Sure?"', RECORDS],
  reveal: ['map { secret $it } | reveal', TEXTS],
  secret: ['map { $it | secret } | count', TEXTS],
  path: ['path base', TEXTS],
  progress: ['progress "items"', RECORDS],
  choose: ['choose --by a', RECORDS],
}

const NO_PIPE_NEEDED: ReadonlySet<string> = new Set(['sys', 'sh'])

test('every built-in that reads a pipe stands in the table', () => {
  const missing = BUILT_INS.filter(
    ({ name, input }) => input !== 'none' && CALLS[name] === undefined && !NO_PIPE_NEEDED.has(name),
  )
  assert.deepEqual(
    missing.map(({ name }) => name),
    [],
  )
})

/** What a built-in gives for these items, as one line. */
async function given(
  items: string,
  call: string,
  made: string | undefined,
  how: 'list' | 'stream' | 'value',
) {
  const directory = newFolder()
  const lines = items === '' ? [] : items.split(' | ')
  writeFileSync(join(directory, 'in.jsonl'), lines.map((line) => `${line}\n`).join(''))
  const change = made === undefined ? '' : ` | ${made}`
  const source = {
    list: `(open in.jsonl${change})`,
    stream: `!cat in.jsonl | lines | map { $it | from json }${change}`,
    value: `((open in.jsonl${change}) | first)`,
  }[how]
  const ends = / ; |^(?:print|echo|eprint)$/.test(call) || call.includes(';')
  const { out, err, exit } = await run(`${source} | ${call}${ends ? '' : ' | to json --compact'}`, {
    directory,
    options: { confirmed: true },
  })
  assert.notEqual(exit, 70, `${call} on ${items}: a defect: ${err}`)
  const problem = /error\[\w+\]: .*/.exec(err)?.[0]
  assert.equal(exit === 0, problem === undefined, err)
  if (problem !== undefined) assert.match(err, /test\.imptsh:1:\d+: error/, 'it has a place')
  const said = ends && err !== '' ? ` (stderr: ${JSON.stringify(err.slice(0, 80))})` : ''
  return problem ?? JSON.stringify(out.trimEnd()).slice(1, -1) + said
}

test('what each gives for nothing, one, many, a stream, null inside and a wrong type', async () => {
  const shown: string[] = []
  for (const [name, [call, { one, many, wrong, made }]] of Object.entries(CALLS)) {
    const list = await given(many, call, made, 'list')
    const stream = await given(many, call, made, 'stream')
    if (name !== 'describe')
      assert.equal(stream, list.replace(/ of 3(?=:|$)/, ''), `${call}: a stream gives what a list gives`)
    shown.push(
      call,
      `  nothing  ${await given('', call, made, 'list')}`,
      `  one      ${await given(one, call, made, 'list')}`,
      `  value    ${await given(one, call, made, 'value')}`,
      `  many     ${list}`,
      `  null     ${await given(`${one} | null`, call, made, 'list')}`,
      `  wrong    ${await given(`${one} | ${wrong}`, call, made, 'list')}`,
    )
  }
  const file = new URL('inputs.txt', import.meta.url)
  const text = `${shown.join('\n')}\n`
  if (process.env['IMPT_RECORD'] === '1') writeFileSync(file, text)
  assert.equal(text, readFileSync(file, 'utf8'))
})
