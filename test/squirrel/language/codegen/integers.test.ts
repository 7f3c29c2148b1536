import assert from 'node:assert/strict'
import { test } from 'node:test'
import { integerLocals } from '../../../../src/squirrel/language/codegen/integers.ts'
import { tokenize } from '../../../../src/squirrel/language/syntax/lexer.ts'
import { parse } from '../../../../src/squirrel/language/syntax/statements.ts'
import type { Token } from '../../../../src/squirrel/language/syntax/token.ts'
import { transcript } from '../run.ts'

/** The names of the locals that are found to hold integers only, in the order of the source. */
function integersOf(source: string): string[] {
  const tokens = tokenize(source, 'x')
  const token = tokens[0] as Token
  const body = { kind: 'block' as const, body: parse(tokens).statements, token, end: token }
  const main = {
    name: 'main',
    parameters: [],
    variadic: false,
    body,
    token,
    nameToken: null,
    isGenerator: false,
  }
  return [...integerLocals(main)].toSorted((a, b) => a.start - b.start).map(({ text }) => text)
}

test('locals that are given nothing but integers are known as such', () => {
  const cases: readonly (readonly [source: string, names: string])[] = [
    ['local a = 1, b = a + 2; b += a * b; b++', 'a b'],
    ['for (local i = 0; i < 9; i++) { local k = i % 3 }', 'i k'],
    ['local a = f() | 1; local b = ~a; local c = -b', 'a b c'],
    ['function g(p) { local a = p; local b = 1; for (local i = 0; i < p; i++) b = b ^ i; return b }', 'b i'],
    ['local a = 1; a = 1.5', ''],
    ['local a = 1; local b = a; a = "x"', ''],
    ['local a; local b = null', ''],
    ['local a = 1; a += 2.0', ''],
    ['local a = 1; a += f()', ''],
    ['local a = 1; local f = @() a', ''],
    ['local a = 1; function f() { a = "x" }', ''],
    ['local a = 1; { local a = "x"; a = 2 }', 'a'],
    ['local a = true ? 1 : 2; local b = true ? 1 : "x"', 'a'],
    ['foreach (k, v in [1]) { local a = k }', ''],
    ['try { local a = 1 } catch (e) { local b = e }', 'a'],
    ['local a = 1 < 2; local b = 1 <=> 2', ''],
    ['local a = (1, 2)', ''],
  ]
  for (const [source, names] of cases) assert.equal(integersOf(source).join(' '), names, source)
})

test('code without looks at the type does what code with them does', () => {
  // The same arithmetic on locals that are known and on ones that a function hides.
  for (const operator of ['+', '-', '*', '&', '|', '^', '<<', '>>', '>>>', '==', '!=', '<', '<=', '>', '>='])
    for (const x of [0, 1, -1, 7, 2147483647, -2147483648]) {
      const known = `local a = ${x}; local b = 3; local c = a; print((a ${operator} b) + " "); a++; --c; print(a + " " + c + " "); a += b; print(a)`
      const unknown = known.replace(/local (\w) = ([^;]+);/g, 'local $1 = hide($2);')
      assert.equal(transcript(known), transcript(`local hide = @(x) x; ${unknown}`), `${x} ${operator}`)
    }
  for (const operator of ['/', '%'])
    for (const divisor of ['0', '2', '-1', 'z'])
      assert.equal(
        transcript(
          `local z = 0; local a = -2147483648; try { print(a ${operator} ${divisor}) } catch (e) { print(e) }`,
        ),
        transcript(
          `local hide = @(x) x; local z = hide(0); local a = hide(-2147483648); try { print(a ${operator} ${divisor}) } catch (e) { print(e) }`,
        ),
        `${operator} ${divisor}`,
      )
})

test('functions that count no frames cannot recurse without end through metamethods', () => {
  for (const source of [
    'class A { function _get(k) { return this[k] } } A().x',
    'class A { function _add(o) { return this + o } } A() + 1',
    'class A { function _set(k, v) { this[k] = v } } A().x = 1',
    'local t = {}; t.setdelegate({ _get = function(k) { return this.y } }); t.x',
  ])
    assert.match(transcript(`try { ${source} } catch (e) { print(e) }`), /^stack overflow/, source)
})
