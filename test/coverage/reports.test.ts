import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import libCoverage from 'istanbul-lib-coverage'
import lcovParser from '@friedemannsommer/lcov-parser/sync'
import { createCollection } from '../../src/coverage/collection.ts'
import { shortfalls, summaryOf, writeCoverage } from '../../src/coverage/report.ts'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { pointsOf } from '../../src/squirrel/measure/points.ts'
import { fc } from '../properties.ts'

function folderWith(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'impt-coverage-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** The map of files of which nothing was reached but what `counts` says. */
function mapOf(folder: string, names: readonly string[], counts: readonly number[] = []) {
  const collection = createCollection(folder, () => true)
  for (const name of names) {
    const code = readFileSync(join(folder, name), 'utf8')
    collection.add({ points: pointsOf(code), counts }, { code, file: join(folder, name) })
  }
  return collection.data()
}

const plain = { width: undefined, colour: false }

test('columns are those of the characters that a person sees, also behind others than ASCII', (t) => {
  const text = 'local e = "é😀"; local after = e\n'
  const folder = folderWith(t, { 'a.nut': text })
  const [file] = Object.values(mapOf(folder, ['a.nut']))
  const places = Object.values(file?.statementMap ?? {}).map(({ start, end }) =>
    text.slice(start.column, end.column),
  )
  assert.deepEqual(places, ['local e = "é😀"', 'local after = e'])
})

test('names and texts of files are written as text in the pages, and cannot break a line of lcov', async (t) => {
  const evil = '<img src=x onerror=alert(1)>.nut'
  const folder = folderWith(t, {
    [evil]:
      '// \u0001script\u0002 </pre><script>alert(2)</script>\nfunction a() {}\nlocal f = { ["x,\\ny"] = function() {} }\n',
    'b/a b.nut': 'local x = 1\n',
    'two\nlines.nut': 'local x = 1\n',
  })
  const data = mapOf(folder, [evil, 'b/a b.nut', 'two\nlines.nut'])
  await writeCoverage({ kind: 'html', path: 'pages' }, data, { ...plain, directory: folder })
  for (const name of readdirSync(join(folder, 'pages'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.html')) continue
    const page = readFileSync(join(folder, 'pages', name), 'utf8')
    assert.doesNotMatch(page, /<img|<script>alert|<script>(?!\s*(?:window|jQuery|document))/, name)
  }
  await writeCoverage({ kind: 'lcov', path: 'lcov.info' }, data, { ...plain, directory: folder })
  const sections = lcovParser({ from: readFileSync(join(folder, 'lcov.info'), 'utf8') })
  assert.deepEqual(sections.map(({ path }) => path).toSorted(), [evil, 'b/a b.nut'])
})

test('all lines of one expression of the preprocessor are one line, and arms that it leaves out are no code', async (t) => {
  const source =
    '@set N 2\n@macro both(n)\nlocal a@{n} = 1\nlocal b@{n} = 2\n@end\n@{both(5)}\n@if N > 1\nlocal yes = 1\n@else\nlocal no = 1\n@endif\n@include both(7)\n'
  const folder = folderWith(t, { 'main.nut': source })
  const path = join(folder, 'main.nut')
  const { code, lines } = await preprocess(
    { source, name: path },
    { directory: folder, lineControl: 'exact' },
  )
  const collection = createCollection(folder, () => true)
  collection.add(
    { points: pointsOf(code), counts: pointsOf(code).map((_, index) => index + 1) },
    { code, lines },
  )
  const map = libCoverage.createCoverageMap(collection.data())
  const reached = Object.fromEntries(
    map.files().map((file) => [file.slice(folder.length + 1), map.fileCoverageFor(file).getLineCoverage()]),
  )
  // Both statements of the inline macro stand at the same place, where they add up.
  assert.deepEqual(Object.entries(reached['main.nut'] ?? {}), [
    ['3', 4],
    ['4', 5],
    ['6', 3],
    ['8', 3],
  ])
})

test('whatever is counted, the sums are those of the parser of lcov, and merging is adding', async (t) => {
  const code = readFileSync(join(import.meta.dirname, '../fixtures/coverage/lib/average.nut'), 'utf8')
  const folder = folderWith(t, { 'a.nut': code })
  const file = join(folder, 'a.nut')
  const points = pointsOf(code)
  const counts = fc.array(fc.nat(3), { minLength: points.length, maxLength: points.length })
  await fc.assert(
    fc.asyncProperty(counts, counts, async (first, second) => {
      const data = (list: readonly (readonly number[])[]) => {
        const collection = createCollection(folder, () => true)
        for (const one of list) collection.add({ points, counts: one }, { code, file })
        return collection.data()
      }
      const both = data([first, second])
      assert.deepEqual(both, data([first.map((count, index) => count + (second[index] ?? 0))]))
      const merged = libCoverage.createCoverageMap(data([first]))
      merged.merge(data([second]))
      assert.deepEqual(
        merged.getCoverageSummary().toJSON(),
        libCoverage.createCoverageMap(both).getCoverageSummary().toJSON(),
      )
      await writeCoverage({ kind: 'lcov', path: 'lcov.info' }, both, { ...plain, directory: folder })
      const [section] = lcovParser({ from: readFileSync(join(folder, 'lcov.info'), 'utf8') })
      const summary = summaryOf(both)
      assert.deepEqual(
        [section?.lines, section?.functions, section?.branches].map((part) => [
          part?.hit,
          part?.instrumented,
        ]),
        [summary.lines, summary.functions, summary.branches].map(({ covered, total }) => [covered, total]),
      )
    }),
    { numRuns: 30 },
  )
})

test('a share is met exactly or not at all, and nothing of nothing is all of it', () => {
  const summary = (covered: number, total: number) => ({
    lines: { covered, total, pct: total === 0 ? 100 : Math.floor((10_000 * covered) / total) / 100 },
    statements: { covered: 1, total: 1, pct: 100 },
    functions: { covered: 0, total: 0, pct: 100 },
    branches: { covered: 0, total: 0, pct: 100 },
  })
  assert.deepEqual(shortfalls(summary(2, 3), { lines: 66.6 }), [])
  assert.deepEqual(shortfalls(summary(2, 3), { lines: 66.7 }), ['lines 66.66 % (at least 66.7 %)'])
  assert.deepEqual(shortfalls(summary(0, 0), { lines: 100, functions: 100, branches: 100 }), [])
  assert.deepEqual(shortfalls(summary(999, 1000), { lines: 100 }), ['lines 99.9 % (at least 100 %)'])
})

test('the text fits 40, 80 and 200 columns', async (t) => {
  const folder = folderWith(t, {
    'lib/a-library-with-quite-a-long-name.nut': 'if (1) {\n  print(1)\n  print(2)\n}\nelse print(3)\n',
    'b.nut': Array.from({ length: 60 }, (_, index) => (index % 3 === 0 ? '\n' : `print(${index})\n`)).join(
      '',
    ),
  })
  const data = mapOf(folder, ['lib/a-library-with-quite-a-long-name.nut', 'b.nut'], [1, 1])
  for (const width of [40, 60, 80, 200]) {
    const text = await writeCoverage({ kind: 'text', path: '' }, data, {
      directory: folder,
      width,
      colour: false,
    })
    for (const line of text.split('\n'))
      assert.ok(line.trimEnd().length <= width || !line.includes(' '), `${width}: ${line.length} ${line}`)
    assert.match(text, /All files/)
  }
  const coloured = await writeCoverage({ kind: 'text', path: '' }, data, {
    directory: folder,
    width: 80,
    colour: true,
  })
  assert.match(coloured, /\u001b\[3[123]m/)
})
