import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { closest } from '../../../src/commands/closest.ts'
import { withoutDirectives } from '../../../src/squirrel/analysis/builder.ts'
import { lintsOf } from '../../../src/squirrel/analysis/lints.ts'
import { createProgram, partOf } from '../../../src/squirrel/analysis/program.ts'
import { sideOfName } from '../../../src/squirrel/analysis/side.ts'
import { bundledLibrary, bundledNames, impUnitSource } from '../../../src/squirrel/libraries/bundled.ts'

/** The programs in this repository that people wrote to be right: libraries, models, sources of the fixtures, what the guides show. */
function corpus(): [string, string][] {
  const below = (folder: string, pattern: RegExp): [string, string][] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => pattern.test(name))
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')])
  return [
    ...bundledNames.map((name): [string, string] => [name, bundledLibrary(name, null) ?? '']),
    ['impUnit', impUnitSource],
    ...below('src/squirrel/models/shipped', /\.nut$/),
    ...below('test/fixtures/coverage', /\.nut$/),
    ...below('src/help', /\.md$/).flatMap(([name, text]) =>
      [...text.matchAll(/^(?:```squirrel\n([^]*?)^```|cat > \S+\.nut <<'(\w+)'\n([^]*?)^\2)$/gm)].map(
        (match, index): [string, string] => [`${name} ${index + 1}`, match[1] ?? match[3] ?? ''],
      ),
    ),
  ]
}

test('code that is right has no lint, whichever side and imp it may be for', () => {
  const found = corpus().flatMap(([name, text]) => {
    const part = partOf(name, withoutDirectives(text))
    assert.deepEqual(part.source.errors, [], name)
    const program = createProgram([part], { side: sideOfName(name), type: undefined })
    return lintsOf(program, part, false, closest).map(
      ({ first, message }) => `${name}:${first.row}: ${message}`,
    )
  })
  assert.ok(corpus().length > 10, String(corpus().length))
  assert.deepEqual(found, [])
})
