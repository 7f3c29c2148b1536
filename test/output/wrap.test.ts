import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filled, hanging } from '../../src/output/wrap.ts'
import { fc } from '../properties.ts'

const word = fc.string({ unit: fc.constantFrom('a', 'B', '9', '/', '"', 'ä'), minLength: 1, maxLength: 14 })
const mark = fc.constantFrom('', '~ ', '+   ', '!     ', '  ')

test('a long line of a tree is broken at its words, further in than it begins, and loses nothing', () => {
  fc.assert(
    fc.property(
      mark,
      fc.array(word, { minLength: 1, maxLength: 30 }),
      fc.constantFrom(40, 80, 200),
      (head, words, width) => {
        const line = head + words.join(' ')
        const lines = hanging(line, width)
        const text = (parts: readonly string[]) => parts.map((part) => part.trim()).join(' ')
        assert.equal(text(lines), text([line]))
        for (const part of lines) assert.ok(part.length <= width, `${part.length} of ${width}: ${part}`)
        for (const part of lines.slice(1)) assert.match(part, /^ {4,}\S/)
        assert.equal(lines.length === 1, line.length <= width)
      },
    ),
  )
})

test('code and what goes into a file are as long as they are', () => {
  const long = 'x '.repeat(100).trimEnd()
  assert.deepEqual(hanging(`        ${long}`, 40), [`        ${long}`])
  assert.deepEqual(hanging(`~ ${long}`, undefined), [`~ ${long}`])
})

test('a message breaks between words only, what it quotes is whole, and as one line it says the same', () => {
  const quoted = fc.array(
    word.map((text) => text.replaceAll('"', 'q')),
    { minLength: 1, maxLength: 6 },
  )
  const piece = fc.oneof(
    word.map((text) => text.replaceAll('"', 'q')),
    quoted.map((words) => `"impt ${words.join(' ')}",`),
  )
  fc.assert(
    fc.property(
      fc.array(piece, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(20, 40, 80, 200),
      (pieces, width) => {
        const message = `Error: ${pieces.join(' ')}`
        const shown = filled(`${message}\n`, width)
        assert.equal(shown.replace(/\n +/g, ' '), `${message}\n`)
        for (const one of pieces) assert.ok(shown.includes(one), `${one} is broken:\n${shown}`)
        for (const line of shown.split('\n'))
          assert.ok(
            line.length <= width || pieces.includes(line.trim()),
            `${line.length} of ${width}: ${line}`,
          )
        assert.equal(filled(shown, width), shown, 'once more changes nothing')
      },
    ),
  )
})

test('a message stays as it is without a width, in a terminal that says 0, and where it shows a source', () => {
  const long = `Warning: ${'word '.repeat(40)}\n`
  assert.equal(filled(long, undefined), long)
  assert.equal(filled(long, 0), long)
  const source = `   1 | ${'x '.repeat(60)}\n     | ${' '.repeat(60)}^~~\n`
  assert.equal(filled(source, 40), source)
  assert.equal(filled('5" wide, 7" high\n', 16), '5" wide, 7" high\n')
})
