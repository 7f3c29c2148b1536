import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import '../../src/language/builtins/index.ts'
import { formatScript } from '../../src/language/format.ts'
import { parse } from '../../src/language/syntax/parse.ts'
import { fc } from '../properties.ts'

const examples = readdirSync('scripts/examples', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.imptsh'))
  .map((name) => readFileSync(join('scripts/examples', name), 'utf8'))

/** Words and comments of a text, without blanks. */
const words = (text: string) =>
  parse(text)
    .tokens.filter(({ kind }) => kind !== 'space' && kind !== 'newline')
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end).trimEnd()}`)

describe('the format of a script', () => {
  test('is that of our own examples', () => {
    for (const text of examples) assert.equal(formatScript(text), text)
  })

  test('has two blanks a bracket, one space around operators and in blocks', () => {
    assert.equal(
      formatScript(
        'if $a==1{\nprint   "x  y"\nfor x in [1,2]{print $x}\n}\n\n\n\nlet b=(device list\n|count)   # why',
      ),
      'if $a == 1 {\n  print "x  y"\n  for x in [1,2] { print $x }\n}\n\nlet b = (device list\n  | count)   # why\n',
    )
  })

  test('lets a pipeline go on with lines that stand further in', () => {
    assert.equal(
      formatScript('device list\n| where online\n      # the first\n| each {|d|\nprint $d.name\n}\n'),
      'device list\n  | where online\n  # the first\n  | each {|d|\n    print $d.name\n  }\n',
    )
  })

  test('leaves lines inside of texts alone, and texts with CRLF', () => {
    assert.equal(
      formatScript('if true {\r\nprint "a\n  b  \n c"\r\n}\r\n'),
      'if true {\n  print "a\n  b  \n c"\n}\n',
    )
  })

  test('is none for a text with a syntax error', () => assert.equal(formatScript('if {'), null))

  test('keeps the CRLF of a script whose lines all end with it', () => {
    assert.equal(
      formatScript('# a\r\nif true {\r\nprint "a\r\n  b"\r\n}'),
      '# a\r\nif true {\r\n  print "a\r\n  b"\r\n}\r\n',
    )
    for (const text of examples) {
      const windows = text.replace(/\r?\n/g, '\r\n')
      const once = formatScript(windows)
      if (once === null) continue
      assert.ok(!/(?<!\r)\n/.test(once), text)
      assert.deepEqual(words(once), words(windows))
      assert.equal(formatScript(once), once)
    }
  })

  test('of every example is the same tree, and the same again', () => {
    for (const text of examples) {
      const once = formatScript(text)
      assert.ok(once !== null, text)
      assert.deepEqual(words(once), words(text))
      assert.equal(formatScript(once), once)
    }
  })

  test('keeps words and comments whatever blanks stand between them, and is the same again', () => {
    const blanks = fc.constantFrom('', ' ', '   ', '\t', '\n', '\n\n\n', '\r\n', ' # c\n', ' \\\n')
    const pieces = examples.flatMap((text) =>
      parse(text)
        .tokens.slice(0, 400)
        .map(({ kind, start, end }) =>
          kind === 'space' || kind === 'newline' ? null : text.slice(start, end),
        ),
    )
    const property = fc.property(
      fc.nat(pieces.length - 1),
      fc.array(blanks, { minLength: 1, maxLength: 40 }),
      (from, gaps) => {
        let text = ''
        for (const [index, gap] of gaps.entries()) {
          const piece = pieces[(from + index * 2) % pieces.length]
          text += piece === null ? gap || ' ' : `${piece ?? ''}${gap}`
        }
        const once = formatScript(text)
        if (once === null) return
        assert.deepEqual(words(once), words(text))
        assert.equal(formatScript(once), once)
      },
    )
    fc.assert(property, { numRuns: 1500 })
  })
})
