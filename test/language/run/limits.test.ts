import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytesOf, DEFAULT_MEMORY, limitMemory } from '../../../src/language/run/memory.ts'
import { match, patternOf } from '../../../src/language/values/pattern.ts'
import { run } from '../fake-host.ts'

const PLACE = { source: { name: 'x', text: '' }, start: 0, end: 0 }
const EXPLODES = `print ("${'a'.repeat(40)}b" =~`

test('patterns that explode are matched in linear time, or end with the run', async () => {
  assert.equal((await run(`${EXPLODES} "^(a+)+$")`)).out, 'false\n')
  // Case is beyond the linear engine: the match goes on in a thread that the time limit ends.
  for (const pattern of ['"(?i)^(a+)+$"', '"^(a+)+\\\\1x$"']) {
    const { err, exit } = await run(`with timeout 200ms { ${EXPLODES} ${pattern}) }`)
    assert.equal(exit, 124, err)
  }
  const stop = new AbortController()
  const running = run(`${EXPLODES} "(?i)^(a+)+$")`, { signal: stop.signal })
  setTimeout(() => stop.abort(), 100)
  assert.equal((await running).exit, 130)
})

test('a match that takes its time gives what it would have given at once', async () => {
  const { signal } = new AbortController()
  const long = `${'a'.repeat(5000)}b`
  for (const source of ['a+b', '(a+)(b)', '(?<all>a*)b$', '^a', 'c']) {
    const pattern = patternOf(source, PLACE)
    assert.equal(await match('test', pattern, long, signal), pattern.regexp.test(long), source)
    const first = await match('first', pattern, long, signal)
    assert.equal(first?.text, pattern.regexp.exec(long)?.[0])
    assert.deepEqual(first?.groups ?? [], pattern.regexp.exec(long)?.slice(1) ?? [])
  }
  assert.equal(await match('replace', patternOf('(b)', PLACE), 'abab', signal, '<$1>'), 'a<b>a<b>')
  assert.deepEqual(
    (await match('all', patternOf('(?<n>\\d)', PLACE), 'a1b2', signal)).map(({ text, named, index }) => [
      text,
      named?.['n'],
      index,
    ]),
    [
      ['1', '1', 1],
      ['2', '2', 3],
    ],
  )
  assert.equal(await match('test', patternOf('^.$', PLACE), '😀', signal), true)
})

test('what does not fit into memory is an error with its place', async () => {
  try {
    const memory = process.memoryUsage().heapUsed + 50 * 1024 ** 2
    const { err } = await run('let l = []\nwhile true { set l = [{a: 1, b: $l}] }', { options: { memory } })
    assert.match(err, /2:\d+: error\[MEMORY\]: the script keeps more than [\d.]+ [MG]B[^]*--memory/)
  } finally {
    limitMemory(DEFAULT_MEMORY)
  }
  for (const [script, expected] of [
    ['let l = [1]\nwhile true { set l = $l + $l }', /2:22: error\[MEMORY\]: the list would have \d+ items/],
    [
      'let t = "1"\nwhile true { set t = $t + $t }',
      /2:22: error\[MEMORY\]: the text would have \d+ characters/,
    ],
    [
      'let t = "x" | repeat 100000\nprint ($t | replace x $t | length)',
      /2:13: error\[MEMORY\]: a text or a list would be longer than any can be/,
    ],
  ] as const) {
    const { err, exit } = await run(script)
    assert.equal(exit, 1)
    assert.match(err, expected)
  }
})

test('sizes are written as people write them', () => {
  assert.deepEqual(['500MB', '2GB', '1.5g', '64 KiB', 'many', '5'].map(bytesOf), [
    500 * 1024 ** 2,
    2 * 1024 ** 3,
    1.5 * 1024 ** 3,
    64 * 1024,
    undefined,
    undefined,
  ])
})
