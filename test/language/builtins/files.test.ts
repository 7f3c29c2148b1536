import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { newFolder, run } from '../fake-host.ts'

/** Runs a script in a folder with these files and gives what it printed. */
async function inFolder(
  script: string,
  files: Readonly<Record<string, string | Buffer>> = {},
  stdin = '',
): Promise<{ out: string; err: string; exit: number; read: (name: string) => string; directory: string }> {
  const directory = newFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  const { out, err, exit } = await run(script, { directory, stdin })
  return { out, err, exit, directory, read: (name) => readFileSync(join(directory, name), 'utf8') }
}

test('to FORMAT | save and save write the same bytes', async () => {
  const formats = { json: 'json', csv: 'csv', tsv: 'tsv', yaml: 'yaml', md: 'md', html: 'html' }
  for (const [format, extension] of Object.entries(formats)) {
    const { read, err } = await inFolder(
      `let rows = [{a: 1, b: "x, y"}]\n$rows | save a.${extension}\n$rows | to ${format} | save b.${extension}\n$rows | to ${format} > c.${extension}`,
    )
    assert.equal(read(`b.${extension}`), read(`a.${extension}`), err)
    assert.equal(read(`c.${extension}`), read(`a.${extension}`), err)
    assert.match(read(`a.${extension}`), /[^\n]\n$/)
  }
})

test('a printed line keeps its end in pipes and files; a piece that is added is a line', async () => {
  const { out, read } = await inFolder(
    'print a b | !wc -l | trim\nprint a > f\nprint b >> f\nprint "" > e\n"one" | save --append log.txt\n"two" | save --append log.txt\n"key" | save k.txt',
  )
  assert.equal(out, '1\n')
  assert.deepEqual(
    [read('f'), read('e'), read('log.txt'), read('k.txt')],
    ['a\nb\n', '\n', 'one\ntwo\n', 'key'],
  )
})

test('a file is read line by line as it is needed, and closed when nobody reads on', async () => {
  const { out, err } = await inFolder('open big.txt | lines | first 2 | join-text ","', {
    'big.txt': 'a\r\nb\n'.repeat(300_000),
  })
  assert.equal(out, 'a,b\n', err)
  const bad = await inFolder('open bad.txt | lines | count', {
    'bad.txt': Buffer.from([0x61, 0x0a, 0xff, 0x0a]),
  })
  assert.match(bad.err, /:1:6: error\[DATA\]: bad\.txt is not UTF-8 text/)
  assert.match(
    (await inFolder('open none.txt | lines')).err,
    /:1:6: error\[FILE\]: none\.txt: there is no such file/,
  )
  assert.match((await inFolder('open . | lines')).err, /error\[FILE\]: \.: is a directory/)
  assert.equal((await inFolder('open a.txt | length', { 'a.txt': 'ab\n' })).out, '3\n')
})

test('the standard input is text, or lines as they come', async () => {
  assert.equal(
    (await inFolder('stdin | lines | map { $it | upper } | join-text "-"', {}, 'a\nb\n')).out,
    'A-B\n',
  )
  assert.equal((await inFolder('let all = stdin; $all | length', {}, 'a\nb\n')).out, '4\n')
})

test('what changes files is shown in a dry run and not done', async () => {
  const { out, directory } = await inFolder(
    'with dry-run { mkdir a; remove x.txt; move x.txt y.txt; copy-file x.txt z.txt; "b" | save --force x.txt }',
    { 'x.txt': 'a' },
  )
  assert.equal(
    out,
    'would mkdir: a\nwould remove: x.txt\nwould move: x.txt to y.txt\nwould copy: x.txt to z.txt\nwould write: x.txt\n',
  )
  assert.equal(readFileSync(join(directory, 'x.txt'), 'utf8'), 'a')
})

test('nothing is removed that is not named: not a full folder, not the one that the script works in', async () => {
  for (const script of ['remove .', 'remove /', 'remove ~', 'remove --recursive ..'])
    assert.match((await inFolder(script)).err, /error\[FILE\]: .* is not removed/, script)
  const full = await inFolder('mkdir a; "x" | save a/x; remove a')
  assert.match(full.err, /error\[FILE\]: a: the directory is not empty\n[^]*--recursive/)
  assert.equal((await inFolder('mkdir a; "x" | save a/x; remove --recursive a; exists a')).out, 'false\n')
  assert.match(
    (await inFolder('"x" | save a; "y" | save b; copy-file a b')).err,
    /b: the file exists already/,
  )
  assert.match((await inFolder('mkdir a; move a a/b')).err, /a cannot be put into itself/)
})

test('--mode is kept, also for the output of a program', async () => {
  const { directory, err } = await inFolder('!echo key | save --mode 600 k.txt')
  assert.equal(statSync(join(directory, 'k.txt')).mode & 0o777, 0o600, err)
})

test('a CSV file that is none is told, and one of any spreadsheet is read', async () => {
  const none = {
    '1,2,3': 'line 2: 3 cells, but the first line has 2',
    '1': 'line 2: 1 cell, but the first line has 2',
    '"1,2': 'line 2: a quote is opened and never closed',
    'x"1",2': 'line 2: a quote inside of a cell',
    '"1"x,2': 'line 2: text after a closing quote',
  }
  for (const [row, reason] of Object.entries(none)) {
    const { err, exit } = await inFolder('open x.csv', { 'x.csv': `a,b\n${row}\n` })
    assert.ok(err.includes(`error[DATA]: x.csv is not CSV: ${reason}`), err)
    assert.equal(exit, 1)
  }
  for (const text of ['a;b\n1,5;2\n', 'a\tb\n1;5\t2\n', '\ufeff"a";"b"\r\n"1";"2"\r\n']) {
    assert.equal((await inFolder('open x.csv | get b', { 'x.csv': text })).out, '2\n', text)
    assert.equal((await inFolder('open x.csv --text | from csv | get b', { 'x.csv': text })).out, '2\n', text)
  }
  assert.equal((await inFolder('open x.csv --sep ";" | get b', { 'x.csv': 'a;b\n1;2\n' })).out, '2\n')
})

test('a number beyond all numbers is kept as text with a warning, whatever the format', async () => {
  for (const [text, format, kept] of [
    ['[1e400, 1e30]', 'json', '["1e400",1e+30]'],
    ['-1e999', 'json', '"-1e999"'],
    ['a: .inf', 'yaml', '{"a":"Infinity"}'],
    ['a = nan', 'toml', '{"a":"NaN"}'],
  ] as const) {
    const { out, err } = await run(`'${text}' | from ${format} | to json --compact`)
    assert.equal(out.trim(), kept)
    assert.match(err, /^warning: the text: the number \S+ is too long for a number and is kept as text\n$/)
  }
  // Ids with a digit, an e and digits in them are no such numbers, nor are those that only look large.
  const { out, err } = await run(
    `'{"id": "12e345", "n": 1e-400, "m": 12345678901.5}' | from json | to json --compact`,
  )
  assert.deepEqual([out.trim(), err], ['{"id":"12e345","n":0,"m":12345678901.5}', ''])
})

test('a whole number that a number cannot hold is kept as text, with a warning', async () => {
  const big = '12345678901234567890'
  const files = {
    'x.json': `{"a": ${big}, "b": "${big}", "c": 9007199254740991, "d": 0.12345678901234567, "e": [${big}1, 1e3]}`,
    'x.yaml': `a: ${big}\nb: "${big}"\nc: 9007199254740991\n`,
    'x.toml': `a = 9223372036854775807\nc = 9007199254740991\n`,
  }
  const json = await inFolder('open x.json | to json --compact', files)
  assert.equal(
    json.out,
    `{"a":"${big}","b":"${big}","c":9007199254740991,"d":0.12345678901234566,"e":["${big}1",1000]}\n`,
  )
  assert.match(json.err, /^warning: x\.json: the number 12345678901234567890 and 1 more is too long/)
  assert.equal(
    (await inFolder('open x.yaml | to json --compact', files)).out,
    `{"a":"${big}","b":"${big}","c":9007199254740991}\n`,
  )
  assert.equal(
    (await inFolder('open x.toml | to json --compact', files)).out,
    '{"a":"9223372036854775807","c":9007199254740991}\n',
  )
})

test('YAML and TOML that are none are errors with line and column', async () => {
  assert.match(
    (await inFolder('open x.yaml', { 'x.yaml': 'a: [1,\nb: 2' })).err,
    /error\[DATA\]: x\.yaml is not YAML: line 2, column/,
  )
  assert.match(
    (await inFolder('open x.toml', { 'x.toml': 'a = 1\nb = ' })).err,
    /error\[DATA\]: x\.toml is not TOML: line 2, column/,
  )
  assert.match((await inFolder('"a: 1" | from toml')).err, /error\[DATA\]: the text is not TOML: line 1/)
  const bomb = `a: &a [x,x,x,x,x,x,x,x,x,x]\n${Array.from('bcdefgh', (name, index) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[index]}`).join(',')}]`).join('\n')}\n`
  assert.match(
    (await inFolder('open x.yaml', { 'x.yaml': bomb })).err,
    /error\[DATA\]: x\.yaml is not YAML: .*alias/i,
  )
})

test('a file that two make at once is made by one: nothing is lost of the other', async () => {
  const many = Array.from({ length: 8 }, (_, index) => index)
  for (const script of [
    '"N" | save x',
    '!echo N | save x',
    '"N" | save --mode 600 x',
    'move N x',
    'copy-file N x',
  ]) {
    const directory = newFolder()
    for (const n of many) writeFileSync(join(directory, String(n)), String(n))
    const runs = await Promise.all(many.map((n) => run(script.replace('N', String(n)), { directory })))
    const done = runs.flatMap(({ exit }, n) => (exit === 0 ? [n] : []))
    assert.equal(done.length, 1, script)
    assert.equal(readFileSync(join(directory, 'x'), 'utf8').trim(), String(done[0]), script)
    for (const { exit, err } of runs) if (exit !== 0) assert.match(err, /error\[FILE\]: .*exists already/)
    const left = many.filter((n) => readdirSync(directory).includes(String(n)))
    if (script.startsWith('move'))
      assert.deepEqual(
        left,
        many.filter((n) => n !== done[0]),
      )
    assert.deepEqual(
      readdirSync(directory).filter((name) => name.endsWith('.tmp')),
      [],
    )
  }
})

test('rows are added to a file as other programs leave it: with CRLF, or without an end of its last line', async () => {
  for (const [there, expected] of [
    ['a,b\r\n1,2\r\n', '[{"a":"1","b":"2"},{"a":"3","b":"4"}]'],
    ['a,b\n1,2', '[{"a":"1","b":"2"},{"a":"3","b":"4"}]'],
    ['\ufeffa,b\r\n1,2', '[{"a":"1","b":"2"},{"a":"3","b":"4"}]'],
    ['', '[{"a":"3","b":"4"}]'],
  ] as const) {
    const { out, err } = await inFolder(
      '[{a: 3, b: 4}] | save --append x.csv; open x.csv | to json --compact',
      {
        'x.csv': there,
      },
    )
    assert.equal(out, `${expected}\n`, JSON.stringify(there) + err)
  }
  const lines = await inFolder('[{a: 3}] | save --append x.jsonl; open x.jsonl | get a', {
    'x.jsonl': '{"a":1}',
  })
  assert.equal(lines.out, '1\n3\n', lines.err)
  const none = await inFolder('[] | save --append x.csv', { 'x.csv': 'a,b\n1,2' })
  assert.equal(none.read('x.csv'), 'a,b\n1,2', none.err)
})

test('a JSON text of many megabytes is read, and what is wrong behind it is told', async () => {
  const long = 'x\\"'.repeat(100) + 'y'.repeat(12_000_000)
  const { out, err } = await inFolder('open x.json | map { [$it.n, ($it.s | length)] } | to json --compact', {
    'x.json': `[{"s": "${long}", "n": 12345678901234567890}]`,
  })
  assert.equal(out, '[["12345678901234567890",12000200]]\n', err.slice(0, 500))
  const bad = await inFolder('open x.json', { 'x.json': `[{"s": "${long}"}` })
  assert.match(
    bad.err.slice(0, 500),
    /error\[DATA\]: x\.json is not JSON: line 1, column \d+: the text ends too early/,
  )
})

test('a line may be as long as the file', async () => {
  const { out, err } = await inFolder('open x.txt | lines | map { $it | length } | to json --compact', {
    'x.txt': `${'a'.repeat(3_000_000)}\r\nb\n${'c'.repeat(1_000_000)}`,
  })
  assert.equal(out, '[3000000,1,1000000]\n', err)
})
