import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type PreprocessError, type PreprocessOptions, preprocess } from '../../src/preprocess/preprocess.ts'
import { temporaryFolder } from './fixture.ts'

function run(source: string, options: PreprocessOptions = {}): ReturnType<typeof preprocess> {
  return preprocess({ source, name: 'main', path: '/src' }, { env: {}, directory: '/src', ...options })
}

describe('the message of an error is one line that names the place', () => {
  const cases: [string, string][] = [
    ['x\n@if 1\n', '@if has no @end (/src/main:2)'],
    ['@end', 'Unexpected @end (/src/main:1)'],
    ['@if 1\n@endwhile', 'Unexpected @endwhile (/src/main:2)'],
    ['@if 1\n@else\n@else\n@end', 'Unexpected @else after @else (/src/main:3)'],
    ['@if 1\n@end this', 'Unexpected text after @end (/src/main:2)'],
    ['@set a', '@set needs a variable name and an expression (/src/main:1)'],
    ['@while // comment', '@while needs an expression (/src/main:1)'],
    ['\n@include "none.nut"', 'Local file "none.nut" not found (/src/main:2)'],
    ['@include none', '@include needs the name of a source, not null (/src/main:1)'],
    ['@{none(1)}', '"none" is not a function (/src/main:1)'],
    ['@{none.x}', '"x" is asked of something that is not defined (/src/main:1)'],
    ['@{S.x}', 'There is no property "x" (/src/main:1)'],
    ['@if 0\n@elseif 1 / 0\n@end', 'Division by zero (/src/main:2)'],
    ['@set n 2\n@while 1 / n\n@set n n - 1\n\n@end', 'Division by zero (/src/main:2)'],
    ['@{1 / 0}', 'Division by zero (/src/main:1)'],
    ['@{(1}', 'Syntax error in expression "(1": ")" is expected before the end (/src/main:1)'],
    ['@{1 ~ 2}', 'Syntax error in expression "1 ~ 2": unexpected "~" (/src/main:1)'],
    ['@{"abc} }', 'Syntax error in expression ""abc}": the quote " is not closed (/src/main:1)'],
    ["@set a 'x", 'Syntax error in expression "\'x": the quote \' is not closed (/src/main:1)'],
    ['@repeat -1\n@end', '@repeat needs a whole number that is not negative, not -1 (/src/main:1)'],
    ['@repeat "x"\n@end', '@repeat needs a whole number that is not negative, not x (/src/main:1)'],
    ['@macro m\n@end', 'A macro is declared as @macro name(parameter, ...) (/src/main:1)'],
    ['@macro m()\n@end\n@macro m()\n@end', 'Macro "m" is already declared at /src/main:1 (/src/main:3)'],
    ['\n@error "Platform " + 1', 'Platform 1 (/src/main:2)'],
    ['@error "a\\nb\\t\u001b[31m"', 'a b\\x09\\x1b[31m (/src/main:1)'],
    [
      '@include "github:a/b"',
      '"github:a/b" is not of the form github:<user>/<repo>/<path>[@<ref>] (/src/main:1)',
    ],
    ['@macro m()\n@{1/0}\n@end\n\n@{m()}', 'Division by zero (/src/main:2)'],
  ]
  for (const [source, message] of cases) {
    test(message, async () => {
      await assert.rejects(run(source), (error: PreprocessError) => {
        assert.equal(error.message, message)
        assert.deepEqual([error.name, error.file], ['PreprocessError', '/src/main'])
        assert.equal(error.line, Number(/:(\d+)\)$/.exec(message)?.[1]))
        return true
      })
    })
  }

  test('and the column is known for a syntax error in an inline expression', async () => {
    await assert.rejects(run('local x = @{1 + };'), { line: 1, column: 17 })
    await assert.rejects(run('@{"a" ~}'), { line: 1, column: 7 })
  })
})

describe('files', () => {
  test('an error in an included file names that file', async (context) => {
    const folder = temporaryFolder(context)
    writeFileSync(join(folder, 'a.nut'), 'x\n@include "b.nut"\n')
    writeFileSync(join(folder, 'b.nut'), '\n\n@{1/0}\n')
    await assert.rejects(run('@include "a.nut"', { directory: folder }), {
      message: `Division by zero (${folder}/b.nut:3)`,
    })
    await assert.rejects(run('@{include("a.nut")}', { directory: folder }), {
      file: `${folder}/b.nut`,
      line: 3,
    })
  })

  test('an include cycle is named', async (context) => {
    const folder = temporaryFolder(context)
    for (const [from, to] of ['ab', 'bc', 'ca'].map((pair) => pair.split(''))) {
      writeFileSync(join(folder, `${from}.nut`), `@include "${to}.nut"\n`)
    }
    await assert.rejects(run('@include "a.nut"', { directory: folder }), (error: PreprocessError) => {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => join(folder, `${name}.nut`))
      const cycles = [
        `${a} -> ${b} -> ${c} -> ${a}`,
        `${b} -> ${c} -> ${a} -> ${b}`,
        `${c} -> ${a} -> ${b} -> ${c}`,
      ]
      assert.ok(
        cycles.some((cycle) =>
          error.message.startsWith(`Include cycle ${cycle}: sources nest more than 256 deep (`),
        ),
        error.message,
      )
      assert.equal(error.code, 'DATA')
      return true
    })
  })

  test('a file of 50 MB, a folder, a pipe and a file without permission are clear errors', async (context) => {
    const folder = temporaryFolder(context)
    writeFileSync(join(folder, 'large.nut'), '')
    truncateSync(join(folder, 'large.nut'), 50 * 1024 * 1024)
    mkdirSync(join(folder, 'folder.nut'))
    execFileSync('mkfifo', [join(folder, 'pipe.nut')])
    writeFileSync(join(folder, 'closed.nut'), '')
    chmodSync(join(folder, 'closed.nut'), 0)
    const expected: [string, string][] = [
      ['large.nut', '"large.nut" has 50.0 MB; the limit for a source is 16 MB'],
      ['folder.nut', '"folder.nut" is a folder, not a file'],
      ['pipe.nut', '"pipe.nut" is not a regular file'],
      ['large.nut/x', 'Local file "large.nut/x" not found'],
      ['', 'The include names no file'],
    ]
    // Root may read everything.
    if (process.getuid?.() !== 0) expected.push(['closed.nut', 'Cannot read "closed.nut": EACCES'])
    for (const [name, message] of expected) {
      await assert.rejects(run(`@include "${name}"`, { directory: folder }), {
        message: `${message} (/src/main:1)`,
        code: 'FILE',
      })
    }
  })

  test('includes are looked for next to the source, in the search folders, in the working directory', async (context) => {
    const [first, second, third] = [
      temporaryFolder(context),
      temporaryFolder(context),
      temporaryFolder(context),
    ]
    for (const [folder, names] of [
      [first, 'a'],
      [second, 'ab'],
      [third, 'abc'],
    ] as const) {
      for (const name of names) writeFileSync(join(folder, name), `${name} of ${folder}\n`)
    }
    const source = '@include "a"\n@include "b"\n@include "c"\n'
    const options = { search: [second], directory: third }
    const { code } = await preprocess({ source, name: join(first, 'main.nut') }, options)
    assert.equal(code, `a of ${first}\nb of ${second}\nc of ${third}\n`)
    const beside = await preprocess({ source, name: 'main.nut', path: first }, options)
    assert.equal(beside.code, code)
  })

  test('a source with an absolute name has that folder and base name', async () => {
    const { code } = await preprocess(
      { source: '@{__PATH__} @{__FILE__}', name: '/d/e/f.nut' },
      { lineControl: true },
    )
    assert.equal(code, '#line 1 "/d/e/f.nut"\n/d/e f.nut')
  })

  test('a hostile name cannot add lines to the code', async () => {
    const { code } = await preprocess({ source: 'x', name: 'a\n"b\r.nut', path: '/d' }, { lineControl: true })
    assert.equal(code, '#line 1 "/d/a?\\"b?.nut"\nx')
  })
})

describe('a hostile source comes to an end', () => {
  const cases: [string, string, RegExp][] = [
    ['an endless loop', '@while 1\n@end', /Stopped after \d+ steps: a loop or macro does not end/],
    ['a loop of 10^9 rounds', '@repeat 1e9\n@end', /Stopped after/],
    [
      'a macro that doubles its calls',
      '@macro m(n)\n@{n && m(n-1)}@{n && m(n-1)}\n@end\n@{m(60)}',
      /Stopped after/,
    ],
    ['a macro that calls itself', '@macro m()\n@{m()}\n@end\n@{m()}', /macros nest more than 256 deep/],
    ['a text that doubles', '@set a "x"\n@while 1\n@set a a + a\n@end', /longer than 16 MB/],
    ['a list that doubles', '@set a [1]\n@repeat 90\n@set a [a, a]\n@end\n@{a}', /longer than 16 MB/],
    ['a list nested deeply', '@set a [1]\n@repeat 900\n@set a [a]\n@end\n@{a}', /nested too deeply/],
    ['a text repeated too often', '@{S.repeat("x", 1e9)}', /longer than 16 MB/],
    ['an output without end', '@set a S.repeat("x", 1e6)\n@while 1\n@{a}\n@end', /the preprocessed code/i],
    ['parentheses nested deeply', `@{${'('.repeat(5000)}1${')'.repeat(5000)}}`, /nested too deeply/],
    ['operators nested deeply', `@{${'!'.repeat(5000)}1}`, /nested too deeply/],
    ['a chain of choices', `@{${'1 ? '.repeat(5000)}1${' : 1'.repeat(5000)}}`, /nested too deeply/],
    ['a chain of alternatives', `@{${'0 ? 1 : '.repeat(50_000)}1}`, /nested too deeply/],
    ['a long sum', `@{1${' + 1'.repeat(100_000)}}`, /nested too deeply/],
    ['blocks nested deeply', '@if 1\n'.repeat(100_000), /@if has no @end/],
    [
      'closed blocks nested deeply',
      `${'@if 1\n'.repeat(5000)}${'@end\n'.repeat(5000)}`,
      /nest more than 256 deep/,
    ],
  ]
  for (const [what, source, message] of cases) {
    test(what, async () => {
      await assert.rejects(run(source, { maxSteps: 200_000 }), { name: 'PreprocessError', message })
    })
  }

  test('and can be cancelled while it computes', async () => {
    const controller = new AbortController()
    const running = run('@repeat 4e6\n@end', { signal: controller.signal })
    setImmediate(() => controller.abort())
    await assert.rejects(running, { code: 'CANCELLED' })
    await assert.rejects(run('x', { signal: AbortSignal.abort() }), { code: 'CANCELLED' })
  })
})

test('variables that are no plain data do no harm', async () => {
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  const hostile = { toString: 5, valueOf: 'x' }
  const variables = { cyclic, hostile, symbol: Symbol('s'), big: 10n, date: new Date(0), none: undefined }
  const { code } = await run('@{hostile} @{hostile + 1} @{symbol} @{big} @{date} @{none} @{defined(none)}', {
    variables,
  })
  assert.equal(code, '[object Object] [object Object]1 Symbol(s) 10 [object Object] null true')
  for (const expression of [
    'cyclic',
    'cyclic + 1',
    'big - 1',
    'symbol + 1',
    '-symbol',
    'hostile.toString()',
  ]) {
    await assert.rejects(run(`@{${expression}}`, { variables }), { name: 'PreprocessError' }, expression)
  }
})

test('warnings come with their place: @warning and duplicate includes', async (context) => {
  const folder = temporaryFolder(context)
  writeFileSync(join(folder, 'a.nut'), 'same\n@warning "of a"\n')
  writeFileSync(join(folder, 'b.nut'), 'same\n@warning "of a"\n')
  const warnings: string[] = []
  const source =
    '@warning "first " + 1\n@include "a.nut"\n@include "b.nut"\n@include "b.nut"\n@include once "a.nut"\n'
  await run(source, {
    directory: folder,
    onWarning: (text, place) => warnings.push(`${text} <${place.file}:${place.line}>`),
  })
  assert.deepEqual(warnings, [
    'first 1 </src/main:1>',
    `of a <${folder}/a.nut:2>`,
    'The same content is included twice: "a.nut" at /src/main:2 and "b.nut" </src/main:3>',
    `of a <${folder}/b.nut:2>`,
    `of a <${folder}/b.nut:2>`,
  ])
})

test('environment variables are the last resort, and only those given', async () => {
  const source = '@{A} @{B} @{defined(B)} @{HOME}\n@set B 2\n@{B}'
  const { code } = await run(source, { env: { A: 'env', B: 'env' }, variables: { A: 'given' } })
  assert.equal(code, 'given env false null\n2')
})
