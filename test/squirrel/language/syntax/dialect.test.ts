import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenize, tokenizeAll } from '../../../../src/squirrel/language/syntax/lexer.ts'
import { parse } from '../../../../src/squirrel/language/syntax/statements.ts'
import { compileErrorOf, transcript } from '../run.ts'
import { printStatement } from './print.ts'
import { statement } from './programs.arbitrary.ts'
import { fc } from '../../../properties.ts'

test('a slot of a delegate whose value is null exists, on every path to it', () => {
  const source = `
    local deep = {}; deep.setdelegate({a = null, b = 1})
    local t = {}; t.setdelegate(deep)
    print(typeof t.a + " " + typeof t["a"] + " " + typeof deep.a + " "); t.a = 5; print(deep.a + " ")
    local asked = {}; asked.setdelegate({a = null, _get = @(k) "asked " + k}); print(typeof asked.a + " " + asked.z)
    local f = @() a; print(f.call(t))`
  assert.equal(transcript(source), 'null null null 5 null asked z5')
})

test('the last operand of an operator may be assigned to', () => {
  const source = `
    local s = 0; if (s == 1 || s = 7) print(s + ";")
    local t = {x = 0}; local r = t.x == 1 || t.x = 5; print(t.x + " " + r + ";")
    local u = 1; local v = 3; local w = u + v = 9; print(u + " " + v + " " + w + ";")
    local z = u && v = 4; print(v + " " + z + ";")
    local q = 1 || v = 8; print(v + " " + q + ";")
    local k = 2 * t.x = 11; print(t.x + " " + k + ";")
    local n = 0; if (!n = 1) print("no"); else print(n + ";")
    local m = 1; m == 2 || m += 4; print(m + ";")
    local a = 0, b = 0; a || b || a = 3; print(a + " " + b)`
  assert.equal(transcript(source), '7;5 5;1 9 10;4 4;4 1;11 22;1;5;3 0')
})

test('what stands in brackets cannot be assigned, stepped or deleted', () => {
  assert.equal(compileErrorOf('local a; (a) = 3'), "1:14 can't assign expression")
  assert.equal(compileErrorOf('local a; (a.b) <- 3'), "1:16 can't assign expression")
  assert.equal(compileErrorOf('local a, b; (a || b) = 3'), "1:22 can't assign expression")
  assert.equal(compileErrorOf('local a; a == 1 || (a) = 3'), "1:24 can't assign expression")
  assert.equal(compileErrorOf('local a; a || 3 = 3'), "1:17 can't assign expression")
  assert.equal(compileErrorOf('local a; (a)++'), "1:13 can't '++' or '--' an expression")
  assert.equal(compileErrorOf('local a; ++(a)'), "1:15 can't '++' or '--' an expression")
  assert.equal(compileErrorOf('delete (a.b)'), "1:13 can't delete an expression")
  assert.equal(transcript('local t = {a = 1}; (t).a = 3; (t)["a"]++; print(t.a)'), '4')
})

const many = (count: number, term: (at: number) => string, between: string) =>
  Array.from({ length: count }, (_, at) => term(at)).join(between)

test('long chains of every operator compile and run', () => {
  const cases: readonly (readonly [source: string, printed: string])[] = [
    [`print(${many(3000, () => '1', ' + ')})`, '3000'],
    [
      `local a = 2; print(${many(3000, (at) => (at % 3 === 0 ? 'a' : String(at)), ' + ')})`,
      String(2000 + sum(3000)),
    ],
    [`print((${many(3000, () => '"ab"', ' + ')}).len())`, '6000'],
    [
      `local n = 0; function f(x) { n += x; return x } print(${many(1000, (at) => `f(${at})`, ' - ')} + " "); print(n)`,
      `${-999 * 500} 499500`,
    ],
    [`print(${many(3000, () => 'false', ' || ')})`, 'false'],
    [`local x = 0; print(${many(3000, () => 'x', ' || ')})`, '0'],
    [`local x = 5; print(${many(3000, () => 'x', ' && ')})`, '5'],
    [`local x = 1; print(${many(1500, (at) => `x == ${at + 2}`, ' || ')} || x == 1)`, 'true'],
    [
      `local x = 999; ${many(1000, (at) => `if (x == ${at}) print(${at})`, ' else ')} else print("none")`,
      '999',
    ],
    [
      `local x = -1; ${many(1000, (at) => `if (x == ${at}) { print(${at}) }`, ' else ')} else print("none")`,
      'none',
    ],
    [
      `switch (1999) { ${many(2000, (at) => `case ${at}: print(${at}); break`, '\n')}\ndefault: print("none") }`,
      '1999',
    ],
    [`local a = [${many(20_000, String, ', ')}]; print(a.len())`, '20000'],
    [`local t = {${many(5000, (at) => `a${at} = ${at}`, ', ')}}; print(t.len())`, '5000'],
    [`local x = 0; ${many(5000, () => 'x++', '; ')}; print(x)`, '5000'],
  ]
  for (const [source, printed] of cases) assert.equal(transcript(source), printed, source.slice(0, 60))
})

function sum(count: number): number {
  let all = 0
  for (let at = 0; at < count; at++) if (at % 3 !== 0) all += at
  return all
}

test('a byte order mark at the beginning changes nothing', () => {
  assert.equal(transcript('\xef\xbb\xbfprint(1)'), '1')
  assert.equal(compileErrorOf('\xef\xbb\xbflocal = 5'), compileErrorOf('local = 5'))
})

test('every node knows the text that it comes from', () => {
  const source =
    'local total = a.b[1] + f(x, "two") /* note */\n# note\nfunction g(p, q = 2) { return p // end\n}'
  const { tokens, comments } = tokenizeAll(source, 'x.nut')
  const texts: string[] = []
  const walk = (node: unknown) => {
    if (typeof node !== 'object' || node === null) return
    const { span } = node as { span?: { first: { start: number }; last: { end: number } } }
    if (span) texts.push(source.slice(span.first.start, span.last.end))
    for (const [key, value] of Object.entries(node))
      if (key !== 'span' && !/token$/i.test(key) && key !== 'end') walk(value)
  }
  walk(parse(tokens).statements)
  for (const expected of [
    'a.b[1] + f(x, "two")',
    'a.b[1]',
    'a.b',
    'a',
    'b',
    '1',
    'f(x, "two")',
    'f',
    'x',
    '"two"',
    'g',
    '2',
    'p',
  ])
    assert.ok(texts.includes(expected), expected)
  assert.deepEqual(
    comments.map(({ text, line }) => [text, line]),
    [
      ['/* note */', 1],
      ['# note', 2],
      ['// end', 3],
    ],
  )
})

test('spans of random programs lie inside each other and are never empty', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 4 }), (program) => {
      const source = program.map(printStatement).join('\n')
      const check = (node: unknown, from: number, to: number): void => {
        if (typeof node !== 'object' || node === null) return
        const { span } = node as { span?: { first: { start: number }; last: { end: number } } }
        let [start, end] = [from, to]
        if (span) {
          ;[start, end] = [span.first.start, span.last.end]
          assert.ok(start >= from && end <= to && start < end, source.slice(start, end))
        }
        for (const [key, value] of Object.entries(node))
          if (key !== 'span' && !/token$/i.test(key) && key !== 'end') check(value, start, end)
      }
      check(parse(tokenize(source, 'x')).statements, 0, source.length)
    }),
    { numRuns: 200 },
  )
})
