import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { lineMapOf, locate, preprocess } from '../../src/preprocess/preprocess.ts'
import { temporaryFolder } from './fixture.ts'

const CORPUS = fileURLToPath(new URL('../fixtures/preprocess/', import.meta.url))

// Every line says where it is, so the output itself tells what the map must say.
const HERE = '@{__FILE__}:@{__LINE__}'
const MAIN = [
  HERE,
  '@set n 2',
  `${HERE} after a directive`,
  '@include "part.nut"',
  HERE,
  '@macro m(a)',
  `${HERE} @{a}`,
  '@if a',
  HERE,
  '@end',
  '@end',
  '@include m(1)',
  HERE,
  '@repeat n',
  HERE,
  '@include "part.nut"',
  '@end',
  '@if 0',
  '@else',
  HERE,
  '@ comment',
  '@end',
  `${HERE} x@{include("rows.txt")}y`,
  HERE,
  '@include "part.nut"',
  '@include "part.nut"',
  '@include m(0)',
  HERE,
]
const PART = [`@if 1`, HERE, '@end', HERE, '', `${HERE} @{"last"}`]

for (const lineControl of [false, true, 'exact'] as const) {
  test(`every row is mapped to its line with line control ${lineControl}`, async (context) => {
    const folder = temporaryFolder(context)
    writeFileSync(join(folder, 'part.nut'), PART.join('\n'))
    writeFileSync(join(folder, 'rows.txt'), 'one\ntwo\nthree\n')
    const { code, lines } = await preprocess(
      { source: MAIN.join('\n'), name: 'main.nut', path: folder },
      { lineControl },
    )
    const rows = code.split('\n')
    const told = rows.flatMap((row, index) => {
      const match = /^(\w+\.nut):(\d+)/.exec(row)
      return match === null ? [] : [{ row: index + 1, place: `${match[1]}:${match[2]}` }]
    })
    assert.equal(told.length, 28)
    for (const { row, place } of told) {
      const found = locate(lines, row)
      assert.equal(`${basename(found.file)}:${found.line}`, place, `row ${row}: ${rows[row - 1]}`)
      assert.equal(found.file.startsWith(folder), true)
    }
    for (const text of ['two', 'threey']) {
      const found = locate(lines, rows.indexOf(text) + 1)
      assert.equal(`${basename(found.file)}:${found.line}`, 'main.nut:23', text)
    }
    if (lineControl !== 'exact') return
    const derived = lineMapOf(code)
    for (const { row } of told) assert.deepEqual(locate(derived, row), locate(lines, row))
  })
}

test('the markers in code from Builder give the file of every row', async () => {
  for (const name of readdirSync(CORPUS).filter((file) => file.endsWith('.nut') && file !== 'bundle.nut')) {
    const source = readFileSync(join(CORPUS, name), 'utf8')
    const variables = { list: [1, [2, 3]], record: { name: 'n', inner: { deep: 5 } } }
    const { code, lines } = await preprocess({ source, name, path: CORPUS }, { variables, lineControl: true })
    const derived = lineMapOf(code)
    code.split('\n').forEach((row, index) => {
      if (row === '' || row.startsWith('#line')) return
      assert.equal(locate(derived, index + 1).file, locate(lines, index + 1).file, `${name} row ${index + 1}`)
    })
  }
})

test('exact markers never become part of a verbatim string or a comment', async (context) => {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'part.nut'), 'part ""quoted""\n')
  const source = [
    'local a = "it\'s @" + @"two "" ',
    '@set x 1',
    'rows @{x} // ""',
    '@include "part.nut"',
    'end" + \'"\';',
    'after // @"',
    '@set x 2',
    'x = "@{x} + " + @"',
    '@set x 3',
    '"; # @"',
    '@set x 4',
    'y /* "',
    '@set x 5',
    '*/ z',
    '@set x 6',
    'last',
  ].join('\n')
  const { code, lines } = await preprocess({ source, name: 'm', path: folder }, { lineControl: 'exact' })
  const marker = (line: number): string => `#line ${line} "${folder}/m"`
  assert.deepEqual(code.split('\n'), [
    marker(1),
    'local a = "it\'s @" + @"two "" ',
    'rows 1 // ""',
    'part ""quoted""',
    'end" + \'"\';',
    marker(6),
    'after // @"',
    marker(8),
    'x = "2 + " + @"',
    '"; # @"',
    marker(12),
    'y /* "',
    '*/ z',
    marker(16),
    'last',
  ])
  assert.deepEqual(locate(lines, 4), { file: `${folder}/part.nut`, line: 1 })
  assert.deepEqual(locate(lines, 5), { file: `${folder}/m`, line: 5 })
})

test('markers are read as the service reads them', () => {
  const code =
    'before\n#line 10 "a \\"b\\".nut"\nten\neleven\n  #line 3\nthree\r\n#line 1 "c.nut"\r\none\n# line 7 "no"\n'
  const lines = lineMapOf(code, 'main')
  const at = (row: number): string => `${locate(lines, row).file}:${locate(lines, row).line}`
  assert.deepEqual([1, 3, 4, 6, 8, 9].map(at), [
    'main:1',
    'a "b".nut:10',
    'a "b".nut:11',
    'a "b".nut:3',
    'c.nut:1',
    'c.nut:2',
  ])
  assert.equal(at(100), 'c.nut:93')
  assert.deepEqual(locate(lineMapOf('x\n', 'agent.nut'), 1), { file: 'agent.nut', line: 1 })
  assert.deepEqual(locate([], 5), { file: '', line: 5 })
})
