import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { runBuilder } from './builder.ts'
import { fc } from '../properties.ts'

const folder = mkdtempSync(join(tmpdir(), 'impt-statement-ends-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const MARK = '\ufeff'
const VARIABLES = { number: 42, text: 'given', list: [1, 2] }

/** What may stand after an expression: nothing, or separators that Builder takes (it does not take a blank after the first of several). */
const end = fc
  .tuple(
    fc.constantFrom('', ' ', '\t'),
    fc.stringMatching(/^[;,]{0,3}$/),
    fc.constantFrom('', ' ', ' // note', ' /* note */'),
  )
  .map((parts) => parts.join(''))
const inlineEnd = fc
  .tuple(fc.constantFrom('', ' '), fc.stringMatching(/^[;,]{0,3}$/), fc.constantFrom('', ' '))
  .map((parts) => parts.join(''))
const value = fc.constantFrom(
  '1',
  'number',
  'text',
  '"a;b"',
  "'c,d'",
  'number + 1',
  'list',
  'max(1, 2)',
  'max(1 2)',
  'text|escape',
  'missing',
  '(3)',
  '[4, 5,]',
  'S.trim(" x ")',
  'number > 3 ? "y" : "n"',
  'defined(number)',
)
const lineEnd = fc.constantFrom('\n', '\r\n')
const text = fc.constantFrom('server.log("x;");', 'local a = [1,2,];', '', `x${MARK}y`, '}')

/** One instruction, or a block of them, as lines. */
const piece: fc.Memo<string[]> = fc.memo((depth) => {
  const simple = fc.oneof(
    text.map((line) => [line]),
    fc
      .tuple(
        fc.constantFrom('include', 'include once'),
        fc.constantFrom('"plain.txt"', '"marked.txt"', '"directive.txt"'),
        end,
      )
      .map(([name, file, tail]) => [`@${name} ${file}${tail}`]),
    fc
      .tuple(fc.constantFrom(' ', ' = ', '='), value, end)
      .map(([sign, of, tail]) => [`@set v${sign}${of}${tail}`, '@{v}']),
    fc.tuple(value, inlineEnd).map(([of, tail]) => [`a @{${of}${tail}} b`]),
    fc.tuple(fc.constantFrom('warning'), value, end).map(([name, of, tail]) => [`@${name} ${of}${tail}`]),
  )
  if (depth <= 1) return simple
  const body = fc.array(piece(depth - 1), { maxLength: 3 }).map((pieces) => pieces.flat())
  return fc.oneof(
    simple,
    fc
      .tuple(value, end, body, value, end, body)
      .map(([test, tail, yes, other, otherTail, no]) => [
        `@if ${test}${tail}`,
        ...yes,
        `@elseif ${other}${otherTail}`,
        ...no,
        '@else',
        'else',
        '@end',
      ]),
    fc
      .tuple(fc.nat(3), end, body)
      .map(([times, tail, lines]) => [`@repeat ${times}${tail}`, ...lines, '@{loop.index;}', '@endrepeat']),
    fc
      .tuple(end, body)
      .map(([tail, lines]) => [
        '@set w 0',
        `@while w < 2${tail}`,
        ...lines,
        `@set w w + 1${tail}`,
        '@endwhile',
      ]),
  )
})

describe('statement ends, commas and byte order marks give what npm Builder gives', () => {
  writeFileSync(join(folder, 'plain.txt'), 'plain\n')
  writeFileSync(join(folder, 'marked.txt'), `${MARK}marked;\n`)
  writeFileSync(join(folder, 'directive.txt'), `${MARK}@set inner 7;\n@{inner;}\n`)

  // Builder keeps a mark before text, where no compiler takes it: what it makes of the files without their mark is right.
  const builderWithoutMarks = (source: string, lineControl: boolean): ReturnType<typeof runBuilder> => {
    writeFileSync(join(folder, 'marked.txt'), 'marked;\n')
    writeFileSync(join(folder, 'directive.txt'), '@set inner 7;\n@{inner;}\n')
    const theirs = runBuilder(source, 'main', folder, VARIABLES, { lineControl })
    writeFileSync(join(folder, 'marked.txt'), `${MARK}marked;\n`)
    writeFileSync(join(folder, 'directive.txt'), `${MARK}@set inner 7;\n@{inner;}\n`)
    return theirs
  }

  test('byte for byte, on generated programs', async () => {
    const program = fc.tuple(
      fc.array(piece(3), { minLength: 1, maxLength: 6 }),
      lineEnd,
      fc.boolean(),
      fc.boolean(),
    )
    let compared = 0
    await fc.assert(
      fc.asyncProperty(program, async ([pieces, separator, marked, lineControl]) => {
        const source = pieces.flat().join(separator)
        const theirs = builderWithoutMarks(source, lineControl)
        assert.ok('code' in theirs, `${JSON.stringify(source)}: ${JSON.stringify(theirs)}`)
        const ours = await preprocess(
          { source: `${marked ? MARK : ''}${source}`, name: 'main', path: folder },
          { variables: VARIABLES, lineControl },
        )
        assert.equal(ours.code, theirs.code, JSON.stringify(source))
        compared++
      }),
      { numRuns: 400 },
    )
    assert.equal(compared, 400)
  })

  for (const source of [
    '@set N 3;4\n',
    '@{1;2}',
    '@{;}',
    '@if 1; 2\n@end',
    '@{min(1;2)}',
    '@{[1;2]}',
    '@{(1;)}',
    '@else;',
    '@if 1\n@end;',
    '@{1;|abs}',
  ]) {
    test(`both refuse ${JSON.stringify(source)}`, async () => {
      assert.ok('error' in runBuilder(source, 'main', folder))
      await assert.rejects(preprocess({ source, name: 'main', path: folder }), { name: 'PreprocessError' })
    })
  }

  test('@error takes a statement end', async () => {
    assert.deepEqual(runBuilder('@error "why";', 'main', folder), { error: 'why' })
    await assert.rejects(
      preprocess({ source: '@error "why";', name: 'main', path: folder }),
      /^PreprocessError: why \(/,
    )
  })

  test('a macro is declared and called with statement ends', async () => {
    const source = '@macro m(a, b);\n@{a;} @{b,}\n@endmacro\n@include m(1, 2);\n@{m(3 4);}\n'
    const theirs = runBuilder(source, 'main', folder)
    assert.ok('code' in theirs)
    assert.equal((await preprocess({ source, name: 'main', path: folder })).code, theirs.code)
  })

  test('"once" ends where its letters end', async () => {
    for (const source of ['@include once;"plain.txt"', '@include once, "plain.txt"']) {
      const theirs = runBuilder(source, 'main', folder)
      assert.ok('code' in theirs, JSON.stringify(theirs))
      assert.equal((await preprocess({ source, name: 'main', path: folder })).code, theirs.code)
    }
  })
})
