import assert from 'node:assert/strict'
import { test } from 'node:test'
import { tokenize } from '../../../../src/squirrel/language/syntax/lexer.ts'
import { parse } from '../../../../src/squirrel/language/syntax/statements.ts'
import { printStatement } from './print.ts'
import { statement } from './programs.arbitrary.ts'
import { fc } from '../../../properties.ts'

test('a printed program parses back to the same tree', () => {
  fc.assert(
    fc.property(fc.array(statement, { maxLength: 4 }), (program) => {
      const source = program.map(printStatement).join('\n')
      const { statements } = parse(tokenize(source, 'x'))
      assert.deepEqual(withoutTokens(statements), withoutTokens(program))
    }),
    { numRuns: 300 },
  )
})

test('line breaks, blanks and comments between tokens that are no statement ends change nothing', () => {
  const compact = 'local x=[1,2,{a=3}];f(x,function(a,b=2){return a+b})'
  const spread = `local /* one */ x = [ // two
    1 , 2 # three
    , { a = 3 } ] ;
    f ( x ,
      function ( a , b = 2 ) { return a + b } )`
  assert.deepEqual(treeOf(spread), treeOf(compact))
})

function treeOf(source: string): unknown {
  return withoutTokens(parse(tokenize(source, 'x')).statements)
}

// Assertion on trees needs them plain: no places, and floats as the text of their single-precision value.
function withoutTokens(node: unknown): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) => {
      if (/^(?:span|end|\w*[tT]oken)$/.test(key)) return undefined
      return key === 'float' ? String(Math.fround(value as number)) : value
    }),
  )
}
