import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { formatSquirrel } from '../../src/squirrel/format.ts'
import { compile } from '../../src/squirrel/language/compile.ts'
import { bundledLibrary, impUnitSource } from '../../src/squirrel/libraries/bundled.ts'
import { printStatement } from './language/syntax/print.ts'
import { statement } from './language/syntax/programs.arbitrary.ts'
import { tokenizeAll } from '../../src/squirrel/language/syntax/lexer.ts'
import { fc } from '../properties.ts'

const programs = [
  ...['Promise', 'JSONEncoder'].map((name) => bundledLibrary(name, null) ?? ''),
  impUnitSource,
  ...['scripts/examples', 'test'].flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.nut'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  ),
]

/** The tokens with their rows, and the comments. */
const read = (text: string) => {
  const { tokens, comments } = tokenizeAll(text, '')
  return [
    tokens
      .filter(({ kind }) => kind !== 'end')
      .map(({ kind, text: shown, row }) => `${row} ${kind} ${shown}`),
    comments.map(({ text: shown, row }) => `${row} ${shown.trimEnd()}`),
  ]
}
const compiled = (text: string) => {
  const result = compile(text, 'x.nut')
  return result.ok ? { code: result.unit.code, lines: result.unit.lines, size: result.unit.size } : null
}

describe('the format of Squirrel', () => {
  test('indents by brackets, labels, and bodies without braces', () => {
    const text = [
      'function f(a) {',
      'if (a)',
      'g({',
      'x = 1',
      '})',
      'else',
      'h()   ',
      'switch (a) {',
      'case 1:',
      'x()',
      'break',
      'default:',
      'y()',
      '}',
      'local s = @"one',
      '  two  ',
      '"',
      'return a',
      '.b()',
      '}',
    ].join('\n')
    assert.equal(
      formatSquirrel(text, '    '),
      `function f(a) {
    if (a)
        g({
            x = 1
        })
    else
        h()
    switch (a) {
        case 1:
            x()
            break
        default:
            y()
    }
    local s = @"one
  two  
"
    return a
        .b()
}
`,
    )
  })

  test('leaves lines of the preprocessor alone, and CRLF what it is', () => {
    assert.equal(
      formatSquirrel('@if DEBUG\r\n  function f() {\r\nx <- @{N}\r\n}\r\n  @end\r\n', '  '),
      '@if DEBUG\r\nfunction f() {\r\n  x <- @{N}\r\n}\r\n  @end\r\n',
    )
  })

  test('is none for a text with a syntax error', () =>
    assert.equal(formatSquirrel('local a = ;', '  '), null))

  test('of every program has the same tokens on the same lines and compiles to the same, and is the same again', () => {
    let done = 0
    for (const text of programs) {
      const once = formatSquirrel(text, '\t')
      // What only the preprocessor can read is left alone.
      if (once === null) continue
      done++
      assert.deepEqual(read(once), read(text))
      assert.deepEqual(compiled(once), compiled(text))
      assert.equal(formatSquirrel(once, '\t'), once)
      const windows = `${text}\n`.replace(/\r?\n/g, '\r\n')
      const kept = formatSquirrel(windows, '\t') ?? ''
      assert.ok(!/(?<!\r)\n/.test(kept), text)
      assert.equal(formatSquirrel(kept, '\t'), kept)
    }
    assert.ok(done > programs.length / 2, `${done} of ${programs.length}`)
  })

  test('keeps tokens, lines and comments whatever blanks stand around lines, and is the same again', () => {
    const blanks = fc.constantFrom('', ' ', '\t', '      ', '  \t ')
    const property = fc.property(
      fc.nat(programs.length - 1),
      fc.array(blanks, { minLength: 5, maxLength: 30 }),
      fc.nat(50),
      (which, gaps, from) => {
        const lines = (programs[which] ?? '').split('\n').slice(from, from + 60)
        const text = lines
          .map((line, at) => `${gaps[at % gaps.length]}${line.trim()}${gaps[(at * 7) % gaps.length]}`)
          .join('\n')
        const once = formatSquirrel(text, '    ')
        if (once === null) return
        assert.deepEqual(read(once), read(text))
        assert.deepEqual(compiled(once), compiled(text))
        assert.equal(formatSquirrel(once, '    '), once)
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  test('keeps generated programs, whose tokens may stand on any line', () => {
    const property = fc.property(
      fc.array(statement, { maxLength: 4 }),
      fc.array(fc.nat(9), { minLength: 3 }),
      (nodes, breaks) => {
        let at = 0
        // A blank may be a line break where the program stays what it is.
        const text = nodes
          .map(printStatement)
          .join('\n')
          .replace(/ /g, () => ((breaks[at++ % breaks.length] ?? 1) === 0 ? '\n ' : ' '))
        const once = formatSquirrel(text, '  ')
        if (once === null) return
        assert.deepEqual(read(once), read(text))
        assert.deepEqual(compiled(once), compiled(text))
        assert.equal(formatSquirrel(once, '  '), once)
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})
