import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LANGUAGE, typeRow } from '../../../src/squirrel/analysis/language-rows.ts'
import { installDelegates } from '../../../src/squirrel/language/delegates/all.ts'
import { methodsOf } from '../../../src/squirrel/language/delegates/methods.ts'
import { baseFunctions } from '../../../src/squirrel/language/library/base.ts'
import { mathTable } from '../../../src/squirrel/language/library/math.ts'
import { stringFunctions } from '../../../src/squirrel/language/library/string.ts'
import { systemFunctions } from '../../../src/squirrel/language/library/system.ts'

/** The names of the table below a path. */
const below = (path: string) =>
  LANGUAGE.filter((row) => row.path.startsWith(`${path}.`))
    .map((row) => row.path.slice(path.length + 1))
    .toSorted()

test('every type of value has the methods in the table that it has when it runs, and no other', () => {
  installDelegates()
  for (const [type, methods] of Object.entries(methodsOf))
    assert.deepEqual(below(typeRow(type)), [...methods.keys()].toSorted(), type)
})

test('the global functions and those of math are the ones that are installed', () => {
  const functions = [...baseFunctions, ...stringFunctions, ...systemFunctions].map(
    ({ nativeName }) => nativeName,
  )
  const told = LANGUAGE.filter(({ path, kind }) => kind === 'method' && !path.includes('.')).map(
    ({ path }) => path,
  )
  assert.deepEqual(new Set(told), new Set(functions))
  assert.deepEqual(
    below('math'),
    mathTable()
      .entries()
      .map(([name]) => (typeof name === 'string' ? name : '?'))
      .toSorted(),
  )
})

test('every row says what its member does', () => {
  for (const { path, doc } of LANGUAGE) assert.match(doc, /\.$/, path)
})
