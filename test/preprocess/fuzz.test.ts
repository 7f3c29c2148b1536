import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import {
  type Preprocessed,
  PreprocessError,
  lineMapOf,
  locate,
  preprocess,
} from '../../src/preprocess/preprocess.ts'
import { runBuilder } from './builder.ts'
import { fc } from '../properties.ts'
import { processorSecondsOf } from '../processor.ts'

const CORPUS = fileURLToPath(new URL('../fixtures/preprocess/', import.meta.url))
const SOURCES = readdirSync(CORPUS)
  .filter((file) => file.endsWith('.nut'))
  .map((file) => readFileSync(join(CORPUS, file), 'utf8'))

/** Markers are all that line control adds, and the maps agree on every row. */
function checkMarkers(plain: Preprocessed, marked: Preprocessed): void {
  const rows = marked.code
    .split('\n')
    .flatMap((text, index) => (isMarker(text) ? [] : [{ text, row: index + 1 }]))
  assert.deepEqual(
    rows.map(({ text }) => text),
    plain.code.split('\n').filter((text) => !isMarker(text)),
  )
  if (plain.code.includes('#line')) return
  rows.forEach(({ text, row }, index) => {
    if (text !== '') assert.deepEqual(locate(marked.lines, row), locate(plain.lines, index + 1))
  })
  assert.ok(locate(lineMapOf(marked.code), rows.length).line >= 0)
}

function isMarker(row: string): boolean {
  return row.startsWith('#line ')
}

/** Runs a hostile source: it must end, with a result or with the one kind of error. */
async function survives(source: string): Promise<void> {
  const seconds = await processorSecondsOf(async () => {
    try {
      const options = { env: {}, maxSteps: 3000, offline: true, variables: { list: [1, [2]] } }
      const input = { source, name: 'main', path: CORPUS }
      const plain = await preprocess(input, options)
      for (const lineControl of [true, 'exact'] as const) {
        checkMarkers(plain, await preprocess(input, { ...options, lineControl }))
      }
    } catch (error) {
      assert.ok(error instanceof PreprocessError, String((error as Error).stack))
      assert.match(error.message, /^[^\r\n]+ \([^\r\n]*:\d+\)$/)
    }
  })
  assert.ok(seconds < 20, `${seconds} s for ${source}`)
}

const piece = fc.oneof(
  ...[
    'include',
    'include once',
    'set',
    'if',
    'elseif',
    'else',
    'endif',
    'while',
    'endwhile',
    'repeat',
    'macro',
  ].map((name) => fc.constant(`@${name} `)),
  ...['endrepeat', 'endmacro', 'end', 'error', 'warning', '{', ' '].map((name) => fc.constant(`@${name}`)),
  ...[
    '"parts/a.nut"',
    '"parts/cycle.txt"',
    '"github:a/b/c@d"',
    '"git-local:x"',
    '"http://h/p"',
    '"/dev/zero"',
  ].map((text) => fc.constant(text)),
  ...[
    'm(',
    'm()',
    'm(a, b)',
    'include(',
    'defined(',
    'S.repeat("ab",',
    'S.split(',
    'min(',
    'loop.index',
    'list',
  ].map((text) => fc.constant(text)),
  ...[
    'a',
    'b',
    '1',
    '1e9',
    '-1',
    '"x"',
    "'",
    '"',
    '(',
    ')',
    '[',
    ']',
    '}',
    ',',
    '.',
    '|',
    '&&',
    '+',
    '*',
    '/',
  ].map((text) => fc.constant(text)),
  ...['\n', '\n', '\n', '\r\n', '\r', '\u2028', '//', '/*', '*/', '\\', '\0', '__LINE__', '__proto__'].map(
    (text) => fc.constant(text),
  ),
  fc.string({ maxLength: 5 }),
)

test('any text ends with a result or a PreprocessError', async () => {
  const program = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''))
  await fc.assert(fc.asyncProperty(program, survives), { numRuns: 1500 })
})

test('any expression ends with a result or a PreprocessError', async () => {
  const program = fc
    .array(piece, { maxLength: 15 })
    .map((pieces) => `@{${pieces.join('').replaceAll('\n', ' ')}}`)
  await fc.assert(fc.asyncProperty(program, survives), { numRuns: 1500 })
})

test('a mutated source of the corpus ends with a result or a PreprocessError', async () => {
  const mutated = fc
    .tuple(
      fc.constantFrom(...SOURCES),
      fc.array(fc.tuple(fc.nat(), fc.nat(20), piece), { minLength: 1, maxLength: 5 }),
    )
    .map(([source, mutations]) =>
      mutations.reduce((text, [at, cut, put]) => {
        const start = at % (text.length + 1)
        return text.slice(0, start) + put + text.slice(start + cut)
      }, source),
    )
  await fc.assert(fc.asyncProperty(mutated, survives), { numRuns: 400 })
})

test('valid expressions give what npm Builder gives', async () => {
  const atom = fc.oneof(
    fc.integer({ min: -9, max: 99 }).map(String),
    fc.constantFrom(
      '1.5',
      '"a"',
      "'3'",
      '""',
      'true',
      'false',
      'null',
      'missing',
      '__LINE__',
      '[1,2]',
      '"b c"',
      'min',
    ),
  )
  const { expression } = fc.letrec<{ expression: string }>((tie) => ({
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      atom,
      fc
        .tuple(
          tie('expression'),
          fc.constantFrom('+', '-', '*', '<', '>', '<=', '>=', '==', '!=', '&&', '||'),
          tie('expression'),
        )
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      fc
        .tuple(fc.constantFrom('!', '-', '+'), tie('expression'))
        .map(([operator, inner]) => `${operator}${inner}`),
      tie('expression').map((inner) => `(${inner})`),
      fc
        .tuple(tie('expression'), tie('expression'), tie('expression'))
        .map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
      fc
        .tuple(fc.constantFrom('min', 'max', 'abs', 'escape', 'base64'), tie('expression'))
        .map(([name, inner]) => `${name}(${inner})`),
      tie('expression').map((inner) => `(${inner} | escape)`),
      tie('expression').map((inner) => `S.toUpperCase('' + (${inner}))`),
    ),
  }))
  // One run of Builder on many expressions, as each start of it takes 30 ms.
  const program = fc.array(expression, { minLength: 100, maxLength: 100 })
  await fc.assert(
    fc.asyncProperty(program, async (expressions) => {
      const source = expressions.map((text) => `@{${text}}\n`).join('')
      const theirs = runBuilder(source, 'main', CORPUS)
      const ours = await preprocess({ source, name: 'main', path: CORPUS })
      assert.deepEqual(theirs, { code: ours.code, warnings: [] })
    }),
    { numRuns: 25 },
  )
})

test('valid programs give what npm Builder gives', async () => {
  const line = fc.constantFrom(
    'text',
    '',
    '  "indented @{x}" // @{1 + 1}',
    '@{x}@{y | escape}',
    'at @{__FILE__}:@{__LINE__}',
    '@ comment',
    '@set x x + 1',
    '@set y = "q" + x // comment',
    '@include "parts/a.nut"',
    '@include once "parts/a.nut"',
    '@include "parts/unended.nut"',
    '  @include once "parts/nested.nut"',
    '@include "parts/empty-inline.nut"',
    'x@{include("parts/a.nut")}y',
    '@include m(x)',
    'm is @{m(1, y)}',
    '@include m(2, 3)',
    '@include "parts/crlf.nut"',
  )
  const { program } = fc.letrec<{ program: string[] }>((tie) => {
    const inner = tie('program')
    const test = fc.constantFrom('1', '0', 'x > 2', 'y == "q"', '!x')
    const block = (first: string, last: string) => (body: string[]) => [first, ...body, last]
    return {
      program: fc
        .array(
          fc.oneof(
            { depthSize: 'small', withCrossShrink: true },
            { arbitrary: line.map((text) => [text]), weight: 6 },
            fc.tuple(test, inner).map(([on, body]) => block(`@if ${on}`, '@end')(body)),
            fc
              .tuple(test, inner, test, inner, inner)
              .map(([a, one, b, two, three]) => [
                `@if ${a}`,
                ...one,
                `@elseif ${b}`,
                ...two,
                '@else',
                ...three,
                '@endif',
              ]),
            inner.map(block('@repeat 2', '@endrepeat')),
            inner.map((body) => ['@set z 2', '@while z > 0', '@set z z - 1', ...body, '@endwhile']),
          ),
          { maxLength: 6 },
        )
        .map((parts) => parts.flat()),
    }
  })
  const endings = fc.constantFrom('\n', '\r\n')
  await fc.assert(
    fc.asyncProperty(
      program,
      endings,
      fc.boolean(),
      fc.boolean(),
      async (lines, ending, lineControl, ended) => {
        const macro = [
          '@macro m(a, b)',
          'in @{a} @{b} @{__LINE__}',
          '@if a',
          '@include "parts/a.nut"',
          '@end',
          '@end',
        ]
        const source = [...macro, '@set x 0', ...lines].join(ending) + (ended ? ending : '')
        const theirs = runBuilder(source, 'main', CORPUS, {}, { lineControl })
        const ours = await preprocess({ source, name: 'main', path: CORPUS }, { lineControl, env: {} })
        assert.deepEqual(theirs, { code: ours.code, warnings: [] })
      },
    ),
    { numRuns: 80 },
  )
})
