import assert from 'node:assert/strict'
import { test } from 'node:test'
import { check } from '../../../src/language/check/check.ts'
import { parse } from '../../../src/language/syntax/parse.ts'
import { renderDiagnostic } from '../../../src/language/run/render-error.ts'
import { examples } from '../examples.ts'
import { fakeHost, run } from '../fake-host.ts'
import { character, fc } from '../../properties.ts'

const RUNS = 400

/** Everything that must hold for any text: no exception, tokens without gaps, findings inside of the text. */
function holds(text: string): void {
  for (const mode of ['script', 'prompt'] as const) {
    const { tree, tokens, diagnostics } = parse(text, { mode })
    let at = 0
    for (const { start, end } of tokens) {
      assert.equal(start, at)
      at = end
    }
    assert.equal(at, text.length)
    const source = { name: 'fuzz', text }
    for (const diagnostic of diagnostics.length > 0 ? diagnostics : check(tree, source)) {
      assert.ok(diagnostic.start >= 0 && diagnostic.end <= text.length && diagnostic.start <= diagnostic.end)
      assert.ok(renderDiagnostic(diagnostic, source).includes(diagnostic.code))
    }
  }
}

const pieces = fc.constantFrom(
  'let ',
  'set ',
  'if ',
  'else ',
  'for ',
  'in ',
  'while ',
  'try ',
  'catch ',
  'finally ',
  'fn ',
  'with ',
  'exit ',
  'assert ',
  'source ',
  'param ',
  'imptsh 1',
  'match ',
  'import ',
  'from ',
  'export ',
  'test "t" {',
  'choice("a")',
  ' => ',
  ' += ',
  '..',
  '{a, b?} ',
  '[a, ...r] ',
  '[$x]: ',
  '{|{a}| ',
  'lib.f ',
  'do $x ',
  'join [1] ',
  'print {a: 1} ',
  ']? ',
  'x',
  '$x',
  '$it',
  '$env.A?',
  '${',
  '}',
  '{ ',
  '{',
  '{|a| ',
  '(',
  ')',
  '[',
  ']',
  '$(',
  '"',
  "'",
  "$'",
  '\\',
  '\n',
  '\r\n',
  ' ',
  '\t',
  ';',
  ',',
  ':',
  '.',
  '...',
  '|',
  '||',
  '&&',
  '>',
  '>>',
  '<',
  '&',
  '=',
  '==',
  '!=',
  '=~',
  '+',
  '-',
  '*',
  '/',
  '%',
  '??',
  '?',
  '!',
  '#',
  '`',
  '--name',
  '-n',
  '-5',
  '3',
  '30d',
  '2026-01-31',
  'now',
  'device list',
  'where ',
  'each ',
  'map ',
  'sort-by a',
  'print ',
  'device info --device ',
  '日本',
  '\u{1f600}',
  '\0',
  '\u202e',
)

test('any characters are read without an exception', () => {
  fc.assert(fc.property(fc.string({ unit: character, maxLength: 200 }), holds), { numRuns: RUNS })
})

test('any pieces of the language in any order are read without an exception', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => holds(parts.join(''))),
    { numRuns: RUNS * 4 },
  )
})

const mutated = fc
  .record({
    example: fc.nat(examples.length - 1),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(6),
    insert: fc.oneof(pieces, fc.string({ unit: character, maxLength: 3 })),
  })
  .map(({ example, at, length, insert }) => {
    const text = examples[example]?.text ?? ''
    const from = Math.floor(at * text.length)
    return text.slice(0, from) + insert + text.slice(from + length)
  })

test('mutated examples are read without an exception', () => {
  fc.assert(fc.property(mutated, holds), { numRuns: RUNS })
})

const safe = fc.constantFrom(
  'let x = ',
  'set x = ',
  'print ',
  'if ',
  'while false ',
  'for i in ',
  'try ',
  ' catch e ',
  ' finally ',
  'fn f(a) ',
  'f 1',
  'assert ',
  'throw ',
  'return ',
  'exit 3',
  '{ ',
  ' }',
  '\n',
  '; ',
  '(',
  ')',
  '[1, 2]',
  '[]',
  '{a: 1}',
  '$x',
  '$e.code',
  '$it',
  '$i',
  '"t"',
  '"${x}"',
  '3',
  'null',
  'true',
  '1h',
  'now',
  ' | ',
  ' && ',
  ' || ',
  ' == ',
  ' + ',
  ' - ',
  ' / ',
  ' < ',
  ' in ',
  ' and ',
  ' ?? ',
  'not ',
  'where a == 1',
  'where $it > 1',
  'map { $it }',
  'each { print $it }',
  'each --parallel 2 { $it }',
  'count',
  'first',
  'first?',
  'last 2',
  'sort-by a',
  'group-by a',
  'select a',
  'sum',
  'to json',
  'to csv',
  'from json',
  'lines',
  'keys',
  'describe',
  'length',
  'retry 2 { throw "x" }',
  'tee { $it }',
)

test('any program ends with an exit code and an error of the language, never with a defect', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(safe, { maxLength: 14 }), async (parts) => {
      const text = parts.join('')
      const host = fakeHost({ directory: '/' })
      const { exit, error } = await run(text, { host, options: { timeout: 2000 } })
      assert.ok(exit >= 0 && exit <= 255)
      assert.ok(
        error === undefined || (error as Error).name === 'ScriptError',
        `${text}\n${String((error as Error | undefined)?.stack)}`,
      )
    }),
    { numRuns: RUNS * 2 },
  )
})
