import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hanging } from '../../src/output/wrap.ts'
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
