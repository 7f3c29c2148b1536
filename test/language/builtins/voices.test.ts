import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, run } from '../fake-host.ts'

// The same answers from programs that somebody else wrote: python3 for formats of numbers, YAML and statistics, jq for groups and order, date
// for zones and the calendar. Where one is missing, its test says so.

/** Runs a program; undefined where there is none. */
function ask(
  program: string,
  args: readonly string[],
  input = '',
  env: Record<string, string> = {},
): string | undefined {
  const { status, stdout, error } = spawnSync(program, args, {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  return error === undefined && status === 0 ? stdout.trimEnd() : undefined
}

const python = ask('python3', ['-c', 'print(1)']) === undefined ? 'python3 is not installed' : false
const yaml = ask('python3', ['-c', 'import yaml']) === undefined ? 'python3 has no yaml' : false
const jq = ask('jq', ['--version']) === undefined ? 'jq is not installed' : false
const gnuDate = ask('date', ['-d', '@0', '+%s']) === undefined ? 'there is no GNU date' : false

/** Whole numbers that look like chance and are the same each time. */
function* numbers(seed: number): Generator<number> {
  for (let state = seed; ;) {
    state = (state * 1103515245 + 12345) % 2147483648
    yield state
  }
}
function some<T>(count: number, seed: number, make: (next: () => number) => T): T[] {
  const source = numbers(seed)
  const next = (): number => source.next().value as number
  return Array.from({ length: count }, () => make(next))
}

async function printed(script: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = newFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  const { out, err, exit } = await run(script, { directory })
  assert.equal(exit, 0, err)
  return out.trimEnd()
}

test('patterns of format write numbers and texts as format() of Python does', { skip: python }, async () => {
  // No halves: Python rounds them to the even neighbour, impt away from zero.
  const values = [0, 1, -1, 12.4, 1234567.891, -98765.4321, 0.000123, 1e15, 3.14159]
  const specs = [
    '.2f',
    ',.1f',
    '>12.3f',
    '<12,.0f',
    '^15.2f',
    '*^15.1f',
    '+.2f',
    '.1%',
    '>9.0%',
    '010.2f',
    '.3e',
    '+.1e',
  ]
  const ours = await printed(
    `open v.json | each { |v| ${specs.map((spec) => `print ($v | format "${spec}")`).join('; ')} }`,
    {
      'v.json': JSON.stringify(values),
    },
  )
  const theirs = ask(
    'python3',
    [
      '-c',
      `import json,sys\nfor v in json.load(sys.stdin):\n  for s in ${JSON.stringify(specs)}: print(format(float(v), s))`,
    ],
    JSON.stringify(values),
  )
  assert.deepEqual(
    ours.split('\n').map((line) => line.trimEnd()),
    theirs?.split('\n').map((line) => line.trimEnd()),
  )
  const words = ['a', 'häuser', 'long enough']
  const shapes = ['>12', '<12', '^12', '.>8.3', '-^9']
  const texts = await printed(
    `open v.json | each { |v| ${shapes.map((shape) => `print ($v | format "${shape}")`).join('; ')} }`,
    { 'v.json': JSON.stringify(words) },
  )
  const said = ask(
    'python3',
    [
      '-c',
      `import json,sys\nfor v in json.load(sys.stdin):\n  for s in ${JSON.stringify(shapes)}: print(format(v, s))`,
    ],
    JSON.stringify(words),
  )
  assert.deepEqual(
    texts.split('\n').map((line) => line.trimEnd()),
    said?.split('\n').map((line) => line.trimEnd()),
  )
})

test('median, standard deviations and averages are those of Python', { skip: python }, async () => {
  const all = some(20, 7, (next) =>
    Array.from({ length: 2 + (next() % 30) }, () => (next() % 20_001) / 100 - 100),
  )
  const theirs = ask(
    'python3',
    [
      '-c',
      'import json,sys,statistics as s\nprint(json.dumps([[s.median(v),s.pstdev(v),s.stdev(v),s.mean(v),s.quantiles(v,n=4,method="inclusive")[0]] for v in json.load(sys.stdin)]))',
    ],
    JSON.stringify(all),
  )
  const wanted = JSON.parse(theirs ?? '[]') as number[][]
  for (const [at, values] of all.entries()) {
    const ours = await printed(
      'let v = open v.json; [($v | median), ($v | stddev), ($v | stddev --sample), ($v | avg), ($v | percentile 25)] | to json --compact',
      { 'v.json': JSON.stringify(values) },
    )
    for (const [index, value] of (JSON.parse(ours) as number[]).entries())
      assert.ok(Math.abs(value - (wanted[at]?.[index] ?? NaN)) < 1e-9, `${ours} ${String(wanted[at])}`)
  }
})

test('group-by, summarize, count-by and sort-by say what jq says', { skip: jq }, async () => {
  const rows = some(500, 3, (next) => ({
    group: `g${next() % 7}`,
    kind: next() % 3,
    on: next() % 2 === 0,
    rssi: -(next() % 90),
  }))
  const files = { 'r.json': JSON.stringify(rows) }
  const cases: [string, string][] = [
    [
      'group-by group | summarize n = count, on = count on, weak = min rssi, all = sum rssi, kinds = unique kind | sort-by group',
      'group_by(.group) | map({group: .[0].group, n: length, on: map(select(.on)) | length, weak: map(.rssi) | min, all: map(.rssi) | add, kinds: map(.kind) | unique | length})',
    ],
    [
      'group-by group kind | summarize n = count | sort-by group kind',
      'group_by([.group, .kind]) | map({group: .[0].group, kind: .[0].kind, n: length})',
    ],
    ['sort-by kind rssi:desc group', 'sort_by([.kind, -.rssi, .group])'],
    [
      'count-by kind | sort-by key | select key count',
      'group_by(.kind) | map({key: .[0].kind, count: length})',
    ],
    ['unique group | get group | sort-by', 'map(.group) | unique'],
    ['partition on', '{yes: map(select(.on)), no: map(select(.on | not))}'],
    ['enumerate | first 3', 'to_entries | map({index: .key} + .value) | .[:3]'],
    ['chunks 7 | last | count', '[_nwise(7)] | last | length'],
  ]
  for (const [ours, theirs] of cases)
    assert.deepEqual(
      JSON.parse(await printed(`open r.json | ${ours} | to json --compact`, files)),
      JSON.parse(ask('jq', ['-c', theirs], files['r.json']) ?? 'null'),
      ours,
    )
})

const ZONES = [
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
]

test('in-zone shows the wall clocks that date shows', { skip: gnuDate }, async () => {
  const seconds = some(60, 11, (next) => next() % 2_000_000_000)
  for (const zone of ZONES) {
    const ours = await printed(`open s.json | from-epoch | in-zone ${zone} | each { print $it }`, {
      's.json': JSON.stringify(seconds),
    })
    const dates = seconds.map((at) => `@${at}`).join('\n')
    const theirs = ask('date', ['--file', '-', '+%Y-%m-%dT%H:%M:%S%:z'], dates, { TZ: zone })
    assert.equal(ours, theirs)
  }
})

test(
  'days, weeks and months of the calendar are those of date, across summer time too',
  { skip: gnuDate },
  async () => {
    const days = [
      '2026-03-28 12:00',
      '2026-03-29 12:00',
      '2026-10-24 12:00',
      '2026-10-25 12:00',
      '2024-02-28 23:00',
      '2025-12-31 00:30',
    ]
    for (const zone of ['Europe/Berlin', 'America/New_York', 'UTC']) {
      const dates = (texts: readonly string[], format: string): readonly string[] =>
        ask('date', ['--file', '-', format], texts.join('\n'), { TZ: zone })?.split('\n') ?? []
      const seconds = (change: (day: string, index: number) => string) => dates(days.map(change), '+%s')
      const at = seconds((day) => day)
      const months = dates(
        days.map((day) => `${day} 7 days`),
        '+%Y-%m',
      )
      const wanted = [
        seconds((day) => `${day} 1 day`),
        seconds((day) => `${day} 3 days ago`),
        seconds((day) => day.slice(0, 10)),
        seconds((_, index) => `${months[index]}-01`),
      ]
      for (const [index, day] of days.entries()) {
        const ours = await printed(
          `let t = ${at[index]} | from-epoch | in-zone ${zone}\nprint ($t | add-days 1 | to-epoch) ($t | add-days -3 | to-epoch) ($t | start-of day | to-epoch) ($t | add-days 7 | start-of month | to-epoch)`,
        )
        assert.equal(ours, wanted.map((one) => one[index]).join(' '), `${day} ${zone}`)
      }
    }
  },
)

test('YAML is read and written as Python reads and writes it', { skip: yaml }, async () => {
  const values = [
    {
      a: 1,
      b: [true, null, 'x'],
      c: { d: 'no', e: 'yes', f: '1_000', g: '12:30', h: '2026-01-31', i: '0x1f', j: '~', k: '' },
    },
    [
      '- a',
      ': b',
      '# c',
      'a: b',
      'two\nlines\n',
      ' spaces ',
      'häuser',
      '"quoted"',
      "it's",
      '*x',
      '&y',
      '!z',
      '%',
      '@',
      '`',
    ],
    { '1': 'a', true: 'b', 'with space': 'c', null: 'd' },
  ]
  for (const value of values) {
    const files = { 'v.json': JSON.stringify(value) }
    const written = await printed('open v.json | to yaml | save v.yaml; !cat v.yaml', files)
    const read = ask(
      'python3',
      ['-c', 'import yaml,json,sys; print(json.dumps(yaml.safe_load(sys.stdin)))'],
      written,
    )
    assert.deepEqual(JSON.parse(read ?? 'null'), value, written)
    const theirs =
      ask(
        'python3',
        ['-c', 'import yaml,json,sys; print(yaml.safe_dump(json.load(sys.stdin)))'],
        files['v.json'],
      ) ?? ''
    assert.deepEqual(
      JSON.parse(await printed('open t.yaml | to json', { 't.yaml': `${theirs}\n` })),
      value,
      theirs,
    )
  }
})

test('TOML is read as Python reads it', { skip: python }, async () => {
  const text =
    'title = "a"\n[lab]\nfloor = 2\nlist = [1, 2.5, -3]\n[[device]]\nid = "d1"\non = true\n[[device]]\nid = "d2"\nname = \'C:\\x\'\n'
  const theirs = ask(
    'python3',
    ['-c', 'import tomllib,json,sys; print(json.dumps(tomllib.loads(sys.stdin.read())))'],
    text,
  )
  assert.deepEqual(
    JSON.parse(await printed('open t.toml | to json', { 't.toml': text })),
    JSON.parse(theirs ?? 'null'),
  )
})

test(
  'what is written as a table of HTML is read as the same texts, whatever is in them',
  { skip: python },
  async () => {
    const cells = ['<b>', '&amp;', '"', "'", '</td><script>', 'häuser', 'a\tb', '&lt;']
    const text = await printed('open v.json | to html', {
      'v.json': JSON.stringify(cells.map((cell) => ({ a: cell }))),
    })
    const read = ask(
      'python3',
      [
        '-c',
        'import sys,json\nfrom html.parser import HTMLParser\nout=[]\nclass P(HTMLParser):\n  on=False\n  def handle_starttag(s,t,a):\n    s.on = t=="td"\n    if s.on: out.append("")\n  def handle_endtag(s,t): s.on=False\n  def handle_data(s,d):\n    if s.on: out[-1]+=d\nP().feed(sys.stdin.read()); print(json.dumps(out))',
      ],
      text,
    )
    assert.deepEqual(JSON.parse(read ?? 'null'), cells)
  },
)
