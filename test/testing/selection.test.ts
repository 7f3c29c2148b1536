import assert from 'node:assert/strict'
import { test } from 'node:test'
import { mayContain, parseSelection } from '../../src/testing/selection.ts'
import { fc } from '../properties.ts'

test('a pattern is a file, a case after the first colon, and a method after the last two', () => {
  const rows: readonly [string, string, string][] = [
    ['', '', ''],
    ['file', '', ''],
    [':Case', 'Case', ''],
    ['::method', '', 'method'],
    [':Case::method', 'Case', 'method'],
    ['file:Case', 'Case', ''],
    ['file::method', '', 'method'],
    ['file:Case::method', 'Case', 'method'],
  ]
  for (const [pattern, testCase, method] of rows) {
    const selection = parseSelection(pattern)
    assert.deepEqual([selection.testCase, selection.method], [testCase, method], pattern)
    assert.equal(selection.files('tests/file.test.nut'), true, pattern)
  }
})

test('the file is a regular expression searched in the path, with backslashes as slashes', () => {
  assert.equal(parseSelection('TestFile1').files('tests/TestFile10.test.nut'), true)
  assert.equal(parseSelection('tests\\a').files('tests/a.test.nut'), true)
  assert.equal(parseSelection('^a').files('tests/a.test.nut'), false)
  assert.equal(parseSelection('b|c').files('x/c.test.nut'), true)
  assert.throws(() => parseSelection('a('), {
    code: 'USAGE',
    message: 'Option "--tests" has incorrect value: "a(" is not a regular expression.',
  })
})

test('names of cases and methods match as a whole', () => {
  const code = 'class MyCase extends ImpTestCase {\n  function testMe_1() {}\n  function\ttestTwo() {}\n}'
  assert.equal(mayContain(code, parseSelection(':MyCase')), true)
  assert.equal(mayContain(code, parseSelection(':MyCas')), false)
  assert.equal(mayContain(code, parseSelection('::testMe')), false)
  assert.equal(mayContain(code, parseSelection('::testMe_1')), true)
  assert.equal(mayContain(code, parseSelection(':MyCase::testTwo')), true)
  assert.equal(mayContain(code, parseSelection(':sMyCase')), false)
})

test('any text is a pattern or a USAGE error', () => {
  fc.assert(
    fc.property(fc.string(), (pattern) => {
      try {
        mayContain('class A { function b() {} }', parseSelection(pattern))
      } catch (error) {
        assert.equal((error as { code?: string }).code, 'USAGE')
      }
    }),
  )
})
