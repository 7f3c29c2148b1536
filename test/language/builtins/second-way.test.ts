import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { newFolder, run } from '../fake-host.ts'

// A second way to compute: made up inputs, hundreds of them, the same ones each time, to which jq, Python and the engine of JavaScript give
// the same answers. voices.test.ts has the cases that somebody thought of. Where a program is missing, its test says so.

function ask(program: string, args: readonly string[], input = '', cwd = '/'): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    input,
    cwd,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (error !== undefined) return undefined
  assert.equal(status, 0, stderr)
  return stdout
}
const has = (program: string, ...args: string[]): boolean =>
  spawnSync(program, args, { stdio: 'ignore' }).status === 0
const jq = has('jq', '--version') ? false : 'jq is not installed'
const python = has('python3', '-c', 'import tomllib') ? false : 'python3 with tomllib is not installed'
const yaml = has('python3', '-c', 'import yaml') ? false : 'python3 has no yaml'

/** Chance that is the same each time. */
interface Chance {
  below(limit: number): number
  of<T>(values: readonly T[]): T
  times<T>(most: number, make: () => T): T[]
}
function chance(seed: number): Chance {
  let state = seed
  const below = (limit: number): number => {
    state = (state * 1103515245 + 12345) % 2147483648
    return Math.floor((state / 2147483648) * limit)
  }
  return {
    below,
    of: (values) => values[below(values.length)] as (typeof values)[number],
    times: (most, make) => Array.from({ length: below(most + 1) }, make),
  }
}

/** What a script prints, run in a folder with these files. */
async function printed(script: string, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = newFolder()
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
  const { out, err, exit } = await run(script, { directory })
  assert.equal(exit, 0, err)
  return out
}

/** The values of expressions, each a line of its own. */
async function valuesOf(expressions: readonly string[], before = ''): Promise<unknown[]> {
  const out = await printed(
    `${before}\n${expressions.map((text) => `${text} | to json --compact`).join('\n')}`,
  )
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
}

/** The words of the language for a text. */
const quoted = (text: string): string =>
  `$'${Array.from(text, (char) => (/[a-zA-Z0-9 ]/.test(char) ? char : `\\u{${char.codePointAt(0)?.toString(16)}}`)).join('')}'`

const LETTERS = ['a', 'B', 'z', ' ', '  ', 'é', 'ß', 'Ł', '漢', '😀', '\t', '-', '1', 'ñ', '.', ',', '"', "'"]

test('pipelines over random records give what jq gives', { skip: jq }, async () => {
  const any = chance(5)
  const record = () => ({
    name: any.times(3, () => any.of(LETTERS)).join(''),
    n: any.below(10) === 0 ? null : any.below(40) - 20,
    on: any.below(2) === 0,
    tags: any.times(3, () => any.of(['a', 'b', 'c'])),
    place: { floor: any.below(3), room: any.of(['x', 'y']) },
  })
  const cases: [string, string][] = [
    ['where on', 'map(select(.on))'],
    ['where n != null and n > 3', 'map(select(.n != null and .n > 3))'],
    ['where n < 0 or not on', 'map(select((.n != null and .n < 0) or (.on | not)))'],
    ['where "a" in tags', 'map(select(.tags | index("a")))'],
    ['where place.floor == 2 | map { $it.name }', 'map(select(.place.floor == 2) | .name)'],
    ['map { $it.name | length }', 'map(.name | length)'],
    ['map { {k: $it.name, v: ($it.n ?? 0) * 2} }', 'map({k: .name, v: ((.n // 0) * 2)})'],
    ['select name place.floor | map { $it.name }', 'map(.name)'],
    ['reject tags place', 'map(del(.tags, .place))'],
    ['sort-by place.floor place.room', 'sort_by(.place.floor, .place.room)'],
    ['where n != null | sort-by n', 'map(select(.n != null)) | sort_by(.n)'],
    ['where n != null | sort-by n:desc place.floor', 'map(select(.n != null)) | sort_by(-.n, .place.floor)'],
    ['map { $it.tags } | flatten', 'map(.tags) | flatten(1)'],
    ['flatten tags', 'map(.tags[])'],
    ['map { $it.tags } | unique | count', 'map(.tags) | unique | length'],
    ['unique place.floor | count', 'unique_by(.place.floor) | length'],
    ['where n != null | map { $it.n } | unique | sort-by', 'map(select(.n != null).n) | unique'],
    ['sum n', 'map(.n // 0) | add // 0'],
    ['min n', 'map(select(.n != null).n) | min'],
    ['max n', 'map(select(.n != null).n) | max'],
    ['any n == 3', 'any(.n == 3)'],
    ['all on', 'all(.on)'],
    ['count', 'length'],
    ['reverse | skip 2 | first 3', 'reverse | .[2:5]'],
    ['last 2', '.[-2:]'],
    ['take-while on', '. as $all | (map(.on) | index(false)) as $at | $all[:($at // length)]'],
    ['skip-while on', '. as $all | (map(.on) | index(false)) as $at | $all[($at // length):]'],
    ['partition n == null', '{yes: map(select(.n == null)), no: map(select(.n != null))}'],
    ['find n == 5', 'map(select(.n == 5)) | .[0]'],
    ['chunks 3', '[_nwise(3)]'],
    ['window 2', '. as $a | [range(0; length - 1) | $a[. : . + 2]]'],
    ['append 1 | prepend 2 | count', 'length + 2'],
    [
      'group-by place.room place.floor | map { $it.count } | sort-by',
      'group_by([.place.room, .place.floor]) | map(length) | sort',
    ],
    [
      'group-by on | map { {k: $it.key, s: ($it.items | sum n)} } | sort-by { |g| $g.k }',
      'group_by(.on) | map({k: .[0].on, s: (map(.n // 0) | add)})',
    ],
    ['map {|row| $row | entries | map {|field| $field.key } }', 'map(keys_unsorted)'],
    ['reduce 0 {|acc, x| $acc + ($x.n ?? 0) }', 'reduce .[] as $x (0; . + ($x.n // 0))'],
    ['enumerate | map { $it.index }', 'keys'],
    ['update n = (n ?? 0) + 1 | map { $it.n }', 'map((.n // 0) + 1)'],
    ['add big = n != null and n > 5 | map { $it.big }', 'map(.n != null and .n > 5)'],
    ['rename n=m | map { $it.m }', 'map(.n)'],
    ['zip (1..100) | count', 'length'],
  ]
  const files = Array.from({ length: 12 }, () => JSON.stringify(any.times(25, record)))
  const script = cases.map(([ours]) => `open r.json | ${ours} | to json --compact`).join('\n')
  const filters = cases.map(([, filter]) => `(${filter})`).join(', ')
  const theirs = ask('jq', ['-c', filters], files.join('\n'))?.trimEnd().split('\n') ?? []
  assert.equal(theirs.length, files.length * cases.length)
  for (const [round, file] of files.entries()) {
    const ours = (await printed(script, { 'r.json': file })).trimEnd().split('\n')
    for (const [index, [name]] of cases.entries())
      assert.deepEqual(
        JSON.parse(ours[index] ?? 'null'),
        JSON.parse(theirs[round * cases.length + index] ?? 'null'),
        `${name}\n${file}`,
      )
  }
})

test(
  'arithmetic, comparison and logic group as Python groups them, to the last bit',
  { skip: python },
  async () => {
    const any = chance(17)
    const number = (): [string, string] => {
      const text = any.of([
        String(any.below(20)),
        `${any.below(50)}.${any.below(100)}`,
        `${1 + any.below(9)}e${any.below(9)}`,
      ])
      return [text, `${text}${/[.e]/.test(text) ? '' : '.0'}`]
    }
    const sum = (depth: number): [string, string] => {
      if (depth === 0) return number()
      const [a, b] = [sum(depth - 1), sum(depth - 1)]
      const operator = any.of(['+', '-', '*', '+', '-', '*', '/'])
      switch (any.below(4)) {
        case 0:
          return [`(${a[0]} ${operator} ${b[0]})`, `(${a[1]} ${operator} ${b[1]})`]
        case 1:
          return [`-(${b[0]}) ${operator} -(${a[0]})`, `-(${b[1]}) ${operator} -(${a[1]})`]
        default:
          return [`${a[0]} ${operator} ${b[0]}`, `${a[1]} ${operator} ${b[1]}`]
      }
    }
    const condition = (depth: number): [string, string] => {
      if (depth === 0) {
        const [a, b] = [sum(1), sum(1)]
        const operator = any.of(['==', '!=', '<', '<=', '>', '>='])
        return [`${a[0]} ${operator} ${b[0]}`, `${a[1]} ${operator} ${b[1]}`]
      }
      const [a, b] = [condition(depth - 1), condition(depth - 1)]
      const operator = any.of(['and', 'or'])
      const not = any.of(['', 'not '])
      return [`${not}${a[0]} ${operator} ${b[0]}`, `${not}${a[1]} ${operator} ${b[1]}`]
    }
    const made = Array.from({ length: 500 }, (_, index) =>
      index % 3 === 0 ? condition(2) : sum(1 + (index % 4)),
    )
    const theirs = JSON.parse(
      ask(
        'python3',
        [
          '-c',
          'import json,sys\ndef v(e):\n  try: return eval(e)\n  except ZeroDivisionError: return "zero"\nprint(json.dumps([v(e) for e in json.load(sys.stdin)]))',
        ],
        JSON.stringify(made.map(([, text]) => text)),
      ) ?? '[]',
    ) as unknown[]
    const kept = made
      .map(([text], index) => [text, theirs[index]] as const)
      .filter(([, value]) => value !== 'zero')
    assert.ok(kept.length > 250)
    const ours = await valuesOf(kept.map(([text]) => `(${text})`))
    for (const [index, [text, value]] of kept.entries()) assert.equal(ours[index], value, text)
  },
)

test('functions of texts count and cut characters as Python does', { skip: python }, async () => {
  const any = chance(23)
  const cases = Array.from({ length: 150 }, () => ({
    text: any.times(12, () => any.of(LETTERS)).join(''),
    part: any.of(LETTERS),
    from: any.below(6),
    to: any.below(9),
  }))
  const ours = await valuesOf(
    cases.map(({ text, part, from, to }) => {
      const [t, p] = [quoted(text), quoted(part)]
      return `[(${t} | length), (${t} | upper), (${t} | lower), (${t} | trim), (${t} | split ${p}), (${t} | replace ${p} "<>"), (${t} | contains ${p}), (${t} | starts-with ${p}), (${t} | ends-with ${p}), (${t} | substring ${from} ${Math.max(from, to)}), (${t} | words), (${t} | repeat 2), (${p} in ${t})]`
    }),
  )
  const theirs = JSON.parse(
    ask(
      'python3',
      [
        '-c',
        'import json,sys\nprint(json.dumps([[len(t),t.upper(),t.lower(),t.strip(),t.split(p),t.replace(p,"<>"),p in t,t.startswith(p),t.endswith(p),t[a:max(a,b)],t.split(),t*2,p in t] for t,p,a,b in [(c["text"],c["part"],c["from"],c["to"]) for c in json.load(sys.stdin)]]))',
      ],
      JSON.stringify(cases),
    ) ?? '[]',
  ) as unknown[]
  for (const [index, { text, part }] of cases.entries())
    assert.deepEqual(ours[index], theirs[index], JSON.stringify([text, part]))
})

test('times are written, subtracted and put into weeks as Python does', { skip: python }, async () => {
  const any = chance(31)
  const stamps = Array.from({ length: 120 }, () => any.below(2_000_000_000))
  const ours = await valuesOf(
    stamps.map((at, index) => {
      const other = stamps[(index + 1) % stamps.length] ?? 0
      return `[(${at} | from-epoch | in-zone UTC | format "yyyy-MM-dd HH:mm:ss EEEE d MMM II"), (((${at} | from-epoch) - (${other} | from-epoch)) / 1s), (${at} | from-epoch | in-zone UTC | start-of week | format "yyyy-MM-dd"), (${at} | from-epoch | in-zone UTC | start-of month | to-epoch), (${at} | from-epoch | in-zone UTC | end-of month | format "yyyy-MM-dd"), ((${at} | from-epoch) < (${other} | from-epoch))]`
    }),
  )
  const theirs = JSON.parse(
    ask(
      'python3',
      [
        '-c',
        `import json,sys,calendar
from datetime import *
s=json.load(sys.stdin); out=[]
for i,a in enumerate(s):
  d=datetime.fromtimestamp(a,timezone.utc); b=s[(i+1)%len(s)]
  m=d.replace(day=1,hour=0,minute=0,second=0)
  out.append([d.strftime("%Y-%m-%d %H:%M:%S %A ")+str(d.day)+d.strftime(" %b ")+"%02d"%d.isocalendar()[1], a-b, (d-timedelta(days=d.weekday())).strftime("%Y-%m-%d"), int(m.timestamp()), d.strftime("%Y-%m-")+"%02d"%calendar.monthrange(d.year,d.month)[1], a<b])
print(json.dumps(out))`,
      ],
      JSON.stringify(stamps),
    ) ?? '[]',
  ) as unknown[]
  for (const [index, at] of stamps.entries()) assert.deepEqual(ours[index], theirs[index], String(at))
})

test(
  'CSV with anything in its cells is read and written as the csv module of Python does',
  { skip: python },
  async () => {
    const any = chance(41)
    const pieces = [...LETTERS, '\n', ';', '""', '=1', '+', '@x', '|', '\\']
    const cell = () => any.times(4, () => any.of(pieces)).join('')
    const tables = Array.from({ length: 20 }, () => ({
      rows: Array.from({ length: 1 + any.below(6) }, () => ({ a: cell(), b: `x${cell()}`, 'c d': cell() })),
      sep: any.of([',', ';', '|']),
    }))
    const cases = []
    for (const { rows, sep } of tables) {
      const files = { 'r.json': JSON.stringify(rows) }
      cases.push({ rows, sep, text: await printed(`open r.json | to csv --raw --sep "${sep}"`, files) })
    }
    const answers = JSON.parse(
      ask(
        'python3',
        [
          '-c',
          `import csv,sys,io,json
def write(c):
  o=io.StringIO(newline="")
  w=csv.DictWriter(o,list(c["rows"][0]),delimiter=c["sep"])
  w.writeheader(); w.writerows(c["rows"])
  return o.getvalue()
print(json.dumps([{"read":list(csv.DictReader(io.StringIO(c["text"],newline=""),delimiter=c["sep"])),"written":write(c)} for c in json.load(sys.stdin)]))`,
        ],
        JSON.stringify(cases),
      ) ?? '[]',
    ) as { read: unknown; written: string }[]
    assert.equal(answers.length, cases.length)
    for (const [index, { rows, sep, text }] of cases.entries()) {
      const { read, written = '' } = answers[index] ?? {}
      assert.deepEqual(read, rows, text)
      const back = await printed(`open --text t.csv | from csv --raw --sep "${sep}" | to json --compact`, {
        't.csv': written,
      })
      assert.deepEqual(JSON.parse(back), rows, written)
    }
  },
)

test('random values survive YAML to Python and back', { skip: yaml }, async () => {
  const any = chance(43)
  const words = [
    'no',
    'yes',
    'null',
    '~',
    '1',
    '1.0',
    '0x1',
    '1e3',
    '12:30:45',
    '2026-01-31',
    '- a',
    '# c',
    'a: b',
    '&x',
    '*y',
    '!z',
    '|',
    '>',
    "'",
    '"',
    '',
    ' ',
    'on',
    '=',
    '<<',
    '[',
    '{',
    '%',
    '@',
    '`',
    '?',
    ':',
    'é',
    '😀',
    'a\nb',
    'a\n',
    '\ta',
    '.inf',
    '0o17',
    '017',
    '1_000',
    'Null',
    'TRUE',
    '---',
    '...',
  ]
  const value = (depth: number): unknown => {
    switch (any.below(depth === 0 ? 4 : 6)) {
      case 0:
        return any.of([null, true, false])
      case 1:
        return any.below(2000) - 1000
      case 2:
      case 3:
        return any.times(2, () => any.of(words)).join(any.of(['', ' ']))
      case 4:
        return any.times(4, () => value(depth - 1))
      default:
        return Object.fromEntries(any.times(4, () => [`k${any.of(words)}`, value(depth - 1)]))
    }
  }
  const values = Array.from({ length: 80 }, () => ({ v: value(3) }))
  const files = Object.fromEntries(values.map((one, index) => [`${index}.json`, JSON.stringify(one)]))
  const written = (
    await printed(
      values.map((_, index) => `open ${index}.json | to yaml | to json --compact`).join('\n'),
      files,
    )
  )
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string)
  const read = JSON.parse(
    ask(
      'python3',
      ['-c', 'import yaml,json,sys; print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))'],
      JSON.stringify(written),
    ) ?? '[]',
  ) as unknown[]
  for (const [index, one] of values.entries()) assert.deepEqual(read[index], one, written[index])
  // Python writes version 1.1, where 0o17 is a text; impt reads version 1.2, where it is a number, as the guide says.
  for (const [index, one] of values.entries())
    values[index] = JSON.parse(JSON.stringify(one).replaceAll('0o17', 'o17')) as { v: unknown }
  const theirs = JSON.parse(
    ask(
      'python3',
      [
        '-c',
        'import yaml,json,sys; print(json.dumps([yaml.safe_dump(v, allow_unicode=True) for v in json.load(sys.stdin)]))',
      ],
      JSON.stringify(values),
    ) ?? '[]',
  ) as string[]
  const back = (
    await printed(
      theirs.map((_, index) => `open ${index}.yaml | to json --compact`).join('\n'),
      Object.fromEntries(theirs.map((text, index) => [`${index}.yaml`, text])),
    )
  )
    .trimEnd()
    .split('\n')
  for (const [index, one] of values.entries())
    assert.deepEqual(JSON.parse(back[index] ?? ''), one, theirs[index])
})

test('TOML of every kind is read as tomllib reads it', { skip: python }, async () => {
  const texts = [
    'a = 1_000\nb = 0x1F\nc = 0o17\nd = 0b101\ne = -3\nf = +2.5e3\ng = 1e-2',
    'a = """\nfirst\nsecond \\\n   third"""\nb = \'\'\'raw \\n\'\'\'\nc = "\\u00e9\\t\\"x\\""',
    'a.b.c = 1\na."d e" = 2\n[x.y]\nz = [[1, 2], ["a"]]\n[[t]]\nn = 1\n[[t]]\nn = 2\n[t.sub]\nm = 3',
    'i = {a = 1, b = {c = "d"}}\nl = [\n  1, # one\n  2,\n]\ne = []\no = {}',
    '"" = "empty"\n1234 = "number"\ntrue = false\n',
  ]
  for (const text of texts) {
    const theirs = ask(
      'python3',
      ['-c', 'import tomllib,json,sys; print(json.dumps(tomllib.loads(sys.stdin.read())))'],
      text,
    )
    assert.deepEqual(
      JSON.parse(await printed('open t.toml | to json', { 't.toml': text })),
      JSON.parse(theirs ?? ''),
      text,
    )
  }
})

test('glob finds the files that Python finds', { skip: python }, async () => {
  const names = [
    'a.nut',
    'b.nut',
    'c.txt',
    'sub/d.nut',
    'sub/deep/e.nut',
    'sub/f1.nut',
    'sub/f2.nut',
    'x y/g.nut',
    'häuser/h.nut',
    '.hidden.nut',
    '.dir/i.nut',
    'sub/[z].nut',
  ]
  const files = Object.fromEntries(names.map((name) => [name, '']))
  const patterns = [
    '*.nut',
    '**/*.nut',
    'sub/*.nut',
    'sub/f?.nut',
    'sub/f[12].nut',
    'sub/f[!1].nut',
    '*/*.nut',
    'x y/*',
    'häu*/*',
    '**/deep/*',
    'none*',
    'sub/**',
    '*',
  ]
  const directory = newFolder()
  for (const name of names) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), '')
  }
  const theirs = JSON.parse(
    ask(
      'python3',
      [
        '-c',
        'import glob,json,sys,os\nprint(json.dumps([sorted(f for f in glob.glob(p,recursive=True) if os.path.isfile(f)) for p in json.load(sys.stdin)]))',
      ],
      JSON.stringify(patterns),
      directory,
    ) ?? '[]',
  ) as string[][]
  const { out } = await run(
    patterns.map((pattern) => `glob ${quoted(pattern)} | to json --compact`).join('\n'),
    { directory },
  )
  const ours = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as string[])
  assert.ok(Object.keys(files).length > 10)
  for (const [index, pattern] of patterns.entries())
    assert.deepEqual(ours[index]?.toSorted(), theirs[index], pattern)
})

test('patterns find and replace what the engine of JavaScript does', async () => {
  const any = chance(53)
  const atom = (): string =>
    any.of(['a', 'b', '\\w', '\\d', '.', '[ab]', '[^a]', '(a|b)', '(?:ab)', '\\s', 'é', '(?<n>b)'])
  const pattern = (): string => {
    const text = Array.from(
      { length: 1 + any.below(4) },
      () => atom() + any.of(['', '', '*', '+', '?', '{1,2}', '*?']),
    ).join('')
    return any.of(['', '', '^', '(?i)']) + text + any.of(['', '', '$'])
  }
  const cases = Array.from({ length: 200 }, () => ({
    pattern: pattern()
      .replace(/\(\?<n>b\)(.*)\(\?<n>b\)/, '(?<n>b)$1b')
      .replace(/\(\?<n>b\)(.*)\(\?<n>b\)/, '(?<n>b)$1b'),
    text: any.times(10, () => any.of(['a', 'b', 'A', '1', ' ', 'é', '😀', 'ab'])).join(''),
  })).filter(({ pattern: source }) => source.split('(?<n>').length < 3)
  const ours = await valuesOf(
    cases.map(
      ({ pattern: source, text }) =>
        `[(${quoted(text)} =~ ${quoted(source)}), (${quoted(text)} | replace --regex ${quoted(source)} "<>")]`,
    ),
  )
  for (const [index, { pattern: source, text }] of cases.entries()) {
    const ignores = source.startsWith('(?i)')
    const regexp = new RegExp(ignores ? source.slice(4) : source, ignores ? 'giu' : 'gu')
    assert.deepEqual(
      ours[index],
      [text.search(regexp) >= 0, text.replace(regexp, '<>')],
      `${source} on ${text}`,
    )
  }
})
