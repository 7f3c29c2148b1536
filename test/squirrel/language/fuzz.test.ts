import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile, examine } from '../../../src/squirrel/language/compile.ts'
import { SqAbort, SqError } from '../../../src/squirrel/language/run/errors.ts'
import { readTolerantly } from '../../../src/squirrel/language/syntax/tolerant.ts'
import { Vm } from '../../../src/squirrel/language/vm.ts'
import { assertOnlySquirrelValues } from './reachable.ts'
import { printStatement } from './syntax/print.ts'
import { statement } from './syntax/programs.arbitrary.ts'
import { fc } from '../../properties.ts'

const folder = join(import.meta.dirname, 'conformance')
const corpus = readdirSync(folder)
  .filter((file) => file.endsWith('.nut'))
  .map((file) => readFileSync(join(folder, file), 'latin1'))
const words = [...new Set(corpus.join(' ').match(/[A-Za-z_]\w*|[^\sA-Za-z_]/g))]

/** What a tool that does not run a program is told of it is what the compiler says. */
function assertExamined(source: string): void {
  const result = compile(source, 'fuzz')
  const read = readTolerantly(source, 'fuzz')
  if (read.errors.length > 0) return assert.ok(!result.ok)
  const { errors, size } = examine(read, 'fuzz', new Map())
  assert.deepEqual(errors, result.ok ? [] : result.errors)
  if (result.ok) assert.equal(size(), result.unit.size)
}

/** Runs a source that may be anything: it must compile or not, run or fail, and leave nothing but Squirrel values behind. */
function survive(source: string, budget = 5000): void {
  assertExamined(source)
  const result = compile(source, 'fuzz')
  if (!result.ok) {
    assert.equal(result.errors.length, 1)
    return
  }
  const vm = new Vm({ ticks: budget, memoryLimit: 32 << 20, random: () => 0.5 })
  try {
    assertOnlySquirrelValues(vm.run(result.unit))
  } catch (error) {
    if (!(error instanceof SqError || error instanceof SqAbort)) throw error
    if (error instanceof SqError) assertOnlySquirrelValues(error.value)
    assert.ok(error.frames().every((frame) => frame.line > 0))
  }
  assertOnlySquirrelValues(vm.root)
  vm.close()
}

test('random programs end, fail or do not compile, and reach no host object', () => {
  fc.assert(
    fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (program) => {
      survive(
        `local a = [1, 2], b = { x = 1, y = "s" }, c = blob(4), d = function (v) { return v }\n${program.map(printStatement).join('\n')}`,
      )
    }),
    { numRuns: 400 },
  )
})

test('real programs with pieces cut, repeated, swapped and replaced do the same', () => {
  const edit = fc.record({
    at: fc.nat(),
    length: fc.nat(12),
    word: fc.constantFrom(...words),
    keep: fc.boolean(),
  })
  fc.assert(
    fc.property(
      fc.constantFrom(...corpus),
      fc.array(edit, { minLength: 1, maxLength: 6 }),
      (source, edits) => {
        let text = source
        for (const { at, length, word, keep } of edits) {
          const start = at % (text.length + 1)
          text = text.slice(0, start) + ` ${word} ` + text.slice(keep ? start : start + length)
        }
        survive(text)
      },
    ),
    { numRuns: 400 },
  )
})

test('random bytes and random words are compile errors or programs', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(fc.constantFrom(...words), { maxLength: 30 }).map((list) => list.join(' ')),
        fc
          .array(fc.integer({ min: 0, max: 255 }), { maxLength: 40 })
          .map((list) => String.fromCharCode(...list)),
      ),
      (text) => survive(text),
    ),
    { numRuns: 500 },
  )
})

test('every native function takes arguments of every type without a fault of ours', () => {
  const values = [
    'null',
    'true',
    '0',
    '-1',
    '2147483647',
    '1.5',
    '(0.0/0)',
    '""',
    '"a%d("',
    '[]',
    '[1,[2]]',
    '{}',
    '{a=1}',
    'print',
  ]
  values.push(
    'function () {}',
    'class {}',
    '(class {})()',
    'blob(3)',
    'regexp("a")',
    '(function () { yield 1 })()',
    'blob',
    'this',
  )
  const receivers = [
    'this',
    'math',
    '1',
    '1.5',
    '"a%d("',
    'true',
    '[1, [2]]',
    '{ a = 1 }',
    'print',
    'function () {}',
    'class {}',
    '(class {})()',
    'blob(3)',
  ]
  receivers.push('regexp("a")', '(function () { yield 1 })()')
  for (const receiver of receivers) {
    for (const args of [[], ['v'], ['v', 'w', 'v']]) {
      survive(
        `
        local values = [${values.join(', ')}]
        local names = ["len", "slice", "find", "push", "insert", "remove", "resize", "sort", "map", "filter", "reduce", "apply", "extend", "setdelegate"]
        names.extend(["rawset", "rawget", "rawdelete", "bindenv", "call", "acall", "pacall", "getinfos", "getattributes", "setattributes"])
        names.extend(["newmember", "instance", "readn", "writen", "seek", "readblob", "writeblob", "readstring", "writestring", "swap4"])
        names.extend(["capture", "search", "match", "tointeger", "tofloat", "tochar", "tostring", "weakref", "getstatus", "format", "split", "date"])
        names.extend(["array", "type", "assert", "floor", "pow", "rand", "abs", "strip", "rawin", "getclass", "getbase", "clear", "top", "pop"])
        local target = ${receiver}
        foreach (name in names) foreach (v in values) foreach (w in [5, v])
          try { target[name](${args.join(', ')}) } catch (e) {}`,
        20_000_000,
      )
    }
  }
})

test('programs with constants, enums and locals are refused for the same reason whether they are compiled or examined', () => {
  const refused = [
    'enum E { A }; local a = E.B',
    'enum E { A }; local a = E',
    'local a = 1; a <- 2',
    'local a = 1; delete a',
    'function f() { yield 1 } const C = 1; C = 2',
  ]
  for (const source of [...corpus, ...refused]) assertExamined(source)
  for (const source of refused.slice(0, 4)) assert.ok(!compile(source, 'fuzz').ok, source)
})
