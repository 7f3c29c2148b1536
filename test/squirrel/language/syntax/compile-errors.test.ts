import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compile } from '../../../../src/squirrel/language/compile.ts'
import { compileErrorOf } from '../run.ts'

/** Sources with the place and text of their first error. */
const CASES: readonly (readonly [source: string, error: string])[] = [
  ['/', '1:1 expression expected'],
  ['local x = ', '1:11 expression expected'],
  ['local 5', "1:7 expected 'IDENTIFIER'"],
  ['local a\nif (a', "2:6 expected ')'"],
  ['function f( {}', "1:13 expected 'IDENTIFIER'"],
  ['function f(a b) {}', "1:14 expected ')' or ','"],
  ['function f(a = 1, b) {}', "1:20 expected '='"],
  ['foo() bar()', '1:7 end of statement expected (; or lf)'],
  ['f(1,)', "1:5 expression expected, found ')'"],
  ['break', "1:1 'break' has to be in a loop block"],
  ['continue', "1:1 'continue' has to be in a loop block"],
  ['function f() { while (1) { (function () { break })() } }', "1:43 'break' has to be in a loop block"],
  ['5 = x', "1:3 can't assign expression"],
  ['base = 5', "1:6 'base' cannot be modified"],
  ['local x; x <- 5', "1:10 can't 'create' a local slot"],
  ['local x; delete x', '1:17 cannot delete an (outer) local'],
  ['delete 5', "1:9 can't delete an expression"],
  ['5++', "1:2 can't '++' or '--' an expression"],
  ['class 5 {}', '1:9 invalid class name'],
  ['const X = foo', '1:11 scalar expected : integer,float or string'],
  ['const X = -"a"', '1:12 scalar expected : integer,float'],
  ['enum E { A }\nprint(E.B)', '2:7 invalid constant [E.B]'],
  ['enum E { A }\nprint(E)', "2:7 expected '.'"],
  ['try {} foo', "1:8 expected 'catch'"],
  ['switch (1) { foo }', "1:14 expected '}'"],
  ['"abc', '1:5 unfinished string'],
  ['"abc\ndef"', '1:5 newline in a constant'],
  ['@"abc', '1:6 unfinished string'],
  ["''", '1:2 empty constant'],
  ["'ab'", '1:3 constant too long'],
  ['"\\q"', '1:4 unrecognised escaper char'],
  ['"\\xg"', '1:4 hexadecimal number expected'],
  ['0x', '1:3 hexadecimal number expected'],
  ['0x123456789', '1:12 too many digits for an hex number'],
  ['1e', '1:3 exponent expected'],
  ['/* never closed', '1:1 missing "*/" in comment'],
  ['a..b', "1:2 invalid token '..'"],
  ['local a = [1]\n[0]', '2:1 cannot brake deref/or comma needed after [exp]=exp slot declaration'],
  ['\x01', '1:1 unexpected character(control)'],
  ['}', '1:1 expression expected'],
  ['{', "1:2 expected '}'"],
  ['local t = { a 5 }', "1:15 expected '='"],
  ['foo(}\n"unfinished', '1:5 expression expected'],
]

for (const [source, error] of CASES) {
  test(`the compiler answers ${JSON.stringify(source)} with ${JSON.stringify(error)}`, () => {
    assert.equal(compileErrorOf(source), error)
  })
}

test('an error has the shape a deployment answers with, in rows of the compiled text whatever #line says', () => {
  const result = compile('#line 50 "other.nut"\nlocal = 5', 'agent_code')
  assert.deepEqual(result, {
    ok: false,
    errors: [{ file: 'agent_code', type: 'error', row: 2, column: 7, text: "expected 'IDENTIFIER'" }],
  })
})

test('nesting without end and expressions without end are compile errors, not crashes', () => {
  for (const source of [
    '('.repeat(50_000),
    '['.repeat(5000),
    '{'.repeat(5000),
    `local x = ${'-~'.repeat(20_000)}1`,
  ]) {
    assert.notEqual(compileErrorOf(source), null)
  }
  compileErrorOf(`local x = 1${' + 1'.repeat(100_000)}`)
  compileErrorOf(`local f = ${'@() '.repeat(5000)}1`)
})

test('constants of an earlier source and those given beforehand are known', () => {
  const result = compile(
    'return __EI.SIDE + LIMIT',
    'x',
    new Map<string, string | Map<string, string>>([
      ['__EI', new Map([['SIDE', 'agent']])],
      ['LIMIT', 'x'],
    ]),
  )
  assert.ok(result.ok)
  const next = compile('const A = 1', 'x', result.unit.constants)
  assert.ok(next.ok)
  assert.deepEqual([...next.unit.constants.keys()], ['__EI', 'LIMIT', 'A'])
})
