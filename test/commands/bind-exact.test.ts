import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLine } from '../../src/commands/argv.ts'
import { invocationOf, bind, redact, wordRoles } from '../../src/commands/bind.ts'
import { commands } from '../../src/commands/table/index.ts'
import { ImptError } from '../../src/output/error.ts'
import { bound, commandOf, refusal, wordsOf } from './bind-lines.ts'
import { character, fc } from '../properties.ts'

/** Any text that an argument can hold, often one that has tricked a parser before. */
const text = fc
  .oneof(
    fc.string({ unit: character }),
    fc.string(),
    fc.constantFrom(
      '007',
      '1e5',
      '-',
      '-5',
      '--',
      '-x',
      '--x=',
      '=',
      '0x10',
      '200000000000000123',
      ' ',
      '\n',
      '__proto__',
      'no-x',
      'true',
    ),
    fc.stringMatching(/^-[A-Za-z0-9_-]{11}$/),
  )
  .filter((value) => !value.includes('\0'))

const command = fc.constantFrom(...commands)
const anyWords = fc.array(
  fc.record(
    {
      text: fc.oneof(text, fc.constantFrom('--name', '-n', '--output', '--pwd', '-q', '--no-flagged')),
      literal: fc.constant(true as const),
    },
    { requiredKeys: ['text'] },
  ),
  { maxLength: 8 },
)

test('a value after = is the value, whatever it is', () => {
  fc.assert(
    fc.property(text, (value) => {
      assert.equal(bound('product create', '--name=x', `--descr=${value}`).options['descr'], value)
      assert.equal(bound('product create', '-n=x', `-s=${value}`).options['descr'], value)
    }),
  )
})

test('a value after its option is the value, unless it spells an option of the command or --', () => {
  const own = commandOf('product create').options.flatMap((option) => [
    `--${option.name}`,
    `-${option.letter}`,
  ])
  own.push('--no-help', '--')
  fc.assert(
    fc.property(text, (value) => {
      fc.pre(!own.includes(value.split('=')[0] ?? ''))
      assert.equal(bound('product create', '--name', 'x', '--descr', value).options['descr'], value)
    }),
  )
})

test('a quoted value is the value, even if it spells an option', () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.constantFrom('--name', '-h', '--help', '--')), (value) => {
      const words = [...wordsOf(['-n', 'x', '-s']), { text: value, literal: true as const }]
      assert.deepEqual(invocationOf(commandOf('product create'), words).options, { name: 'x', descr: value })
    }),
  )
})

test('repeated values keep their texts and their order', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 6 }), (values) => {
      const words = values.map((value, i) => (i % 2 === 0 ? `--tag=${value}` : `-t=${value}`))
      assert.deepEqual(bound('build update', ...words).options['tag'], values)
    }),
  )
})

test('an agent id that begins with a dash is a value', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^-[A-Za-z0-9_-]{11}$/), (id) => {
      assert.equal(bound('device info', '-d', id).options['device'], id)
    }),
  )
})

test('NUL is refused with an error of its own', () => {
  assert.equal(
    refusal('product create', '--name', 'a\0b').message,
    'An argument must not contain the NUL character.',
  )
  assert.throws(() => parseLine(['product', 'create', '--name=\0']), { code: 'USAGE' })
})

test('whatever the words are, binding gives an invocation or errors, and never anything else', () => {
  fc.assert(
    fc.property(command, anyWords, (row, words) => {
      const { values, problems, help } = bind(row, words)
      assert.ok(problems.length === 0 || Object.keys(values).length === 0)
      assert.ok(!help || problems.length === 0)
      for (const { word } of problems) assert.ok(word === undefined || word < words.length)
      for (const { message, hint } of problems)
        assert.ok(message !== '' && hint !== undefined && hint !== '' && !hint.includes('\n'))
      for (const name of Object.keys(values))
        assert.ok([...row.options, ...(row.words ?? [])].some((one) => one.name === name))
    }),
    { numRuns: 500 },
  )
})

test('whatever the line is, it parses or is refused as a usage error', () => {
  const part = fc.oneof(
    text,
    fc.constantFrom('dg', 'create', 'product', 'list', '-h', '--version', '-z', 'json', 'serve', 'squirrel'),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), (argv) => {
      try {
        assert.ok(['invocation', 'help', 'version', 'incomplete'].includes(parseLine(argv).kind))
      } catch (error) {
        assert.ok(error instanceof ImptError && error.code === 'USAGE')
      }
    }),
    { numRuns: 500 },
  )
})

test('every word has one role, in order, and redaction leaves all words but the secret ones', () => {
  fc.assert(
    fc.property(command, anyWords, (row, words) => {
      assert.deepEqual(
        wordRoles(row, words).map((role) => role.index),
        words.map((_, i) => i),
      )
      const copies = redact(row, words)
      assert.equal(copies.length, words.length)
      if (!row.options.some((option) => option.secret)) assert.deepEqual(copies, words)
    }),
    { numRuns: 300 },
  )
})

test('a credential in any form never survives redaction', () => {
  const secret = 'hunter2-hunter2'
  for (const row of commands) {
    for (const option of row.options.filter((other) => other.secret === true)) {
      const forms = [
        [`--${option.name}`, secret],
        [`--${option.name}=${secret}`],
        ...(option.letter === undefined
          ? []
          : [[`-${option.letter}`, secret], [`-${option.letter}=${secret}`], [`-${option.letter}${secret}`]]),
        [`--${option.name}x`, secret],
        [`--password=${secret}`],
      ]
      for (const words of forms) {
        const copies = redact(row, wordsOf([...words, '--output', 'json']))
        assert.doesNotMatch(copies.map((word) => word.text).join(' '), /hunter2/, words.join(' '))
        assert.match(copies.map((word) => word.text).join(' '), /‹secret›.*--output json$/)
      }
    }
  }
})
