import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commands, commandLine } from '../../src/commands/table/index.ts'
import { parse } from '../../src/language/syntax/parse.ts'
import { recordable } from '../../src/repl/history-text.ts'

const kept = (text: string) => recordable(text, parse(text, { mode: 'prompt' }))

describe('history keeps no secrets', () => {
  for (const [input, recorded] of [
    ['auth login --user bob --pwd s3cret --temp', 'auth login --user bob --pwd ‹secret› --temp'],
    ['impt auth login --user bob --pwd=s3cret', 'impt auth login --user bob --pwd=‹secret›'],
    ['auth login --lk "s3cret key"', 'auth login --lk ‹secret›'],
    [
      'product list; auth login --lk s3cret; product list',
      'product list; auth login --lk ‹secret›; product list',
    ],
    ['if true { auth login --lk s3cret }', 'if true { auth login --lk ‹secret› }'],
    ['auth login --lk $key', 'auth login --lk $key'],
    ['auth login --pwd s3cret --user "unclosed', 'auth login --pwd ‹secret›'],
    ['atuh login --pwd s3cret more', 'atuh login --pwd ‹secret›'],
    ['set env.IMPT_LOGINKEY = "s3cret"', 'set env.IMPT_LOGINKEY = ‹secret›'],
    ['let k = (secret "s3cret")', 'let k = (secret ‹secret›)'],
    ['device list', 'device list'],
    ['print "--pwd is fine"', 'print "--pwd is fine"'],
  ] as const) {
    test(input, () => assert.equal(kept(input), recorded))
  }

  test('and no input that begins with a space, or is blank', () => {
    assert.deepEqual([kept(' print 1'), kept(''), kept('  ')], [undefined, undefined, undefined])
  })

  for (const command of commands) {
    for (const option of command.options.filter(({ secret }) => secret === true)) {
      test(`${commandLine(command)} --${option.name}, complete or broken off`, () => {
        for (const rest of ['', ' |', ' "', ' --dg {', ' --nonsense x']) {
          for (const form of [
            `--${option.name} s3cret`,
            `--${option.name}=s3cret`,
            ...(option.letter === undefined ? [] : [`-${option.letter} s3cret`]),
          ]) {
            assert.doesNotMatch(kept(`${commandLine(command)} ${form}${rest}`) ?? '', /s3cret/, form + rest)
          }
        }
      })
    }
  }
})
