import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invocationOf } from '../../src/commands/bind.ts'
import type { CommandRow, OptionRow, OptionValue, Word } from '../../src/commands/row.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { ImptError } from '../../src/output/error.ts'
import { around, sample, wordsOf } from './bind-lines.ts'

const exact = [
  '007',
  '1e5',
  '0x1F',
  '1.0',
  '200000000000000123',
  '5000d8c46a56cfca',
  'a b',
  '-5',
  '-9Zq',
  '--zz-top',
  'a=b',
  '=',
  '{me}{Acme}{Dev}',
  'true',
  '',
  ' ',
  '"',
  "'",
  '\\',
  '$x',
  '*.nut',
  'é ü',
  'constructor',
  '__proto__',
]

/** The words of an option with a value, in each way that it can be written. */
function forms(option: OptionRow, text: string): string[][] {
  const names = option.letter === undefined ? [`--${option.name}`] : [`--${option.name}`, `-${option.letter}`]
  return names.flatMap((name) => [[name, text], [`${name}=${text}`]])
}

function binds(command: CommandRow, option: OptionRow, words: readonly Word[], value: OptionValue): void {
  const { before, files, values } = around(command, option)
  for (const line of [
    [...wordsOf(before), ...words, ...wordsOf(files)],
    [...wordsOf(files), ...words, ...wordsOf(before)],
  ]) {
    const invocation = invocationOf(command, line)
    assert.deepEqual(invocation.options, { ...values, [option.name]: value }, JSON.stringify(line))
    assert.deepEqual(invocation.words, files)
  }
}

function refuses(command: CommandRow, option: OptionRow, words: readonly string[], message: string): void {
  const { before, files } = around(command, option)
  const line = wordsOf([...before, ...files, ...words])
  assert.throws(
    () => invocationOf(command, line),
    (error) => error instanceof ImptError && error.code === 'USAGE' && error.message === message,
    JSON.stringify([...words, message]),
  )
}

const listed = (option: OptionRow, value: string | number): OptionValue =>
  option.list === true ? [String(value)] : value

/** Whether every text is a value, as opposed to choices and numbers. */
const free = (option: OptionRow) => option.choices === undefined && option.kind !== 'integer'

for (const command of commands) {
  for (const option of command.options.filter(({ name }) => name !== 'help')) {
    const title = `${commandLine(command)} --${option.name}`
    const { name } = option

    if (option.kind === 'text' || option.kind === 'integer') {
      test(`${title} binds its value exactly, in every form`, () => {
        const one = sample(option)
        for (const words of forms(option, one.text))
          binds(command, option, wordsOf(words), listed(option, one.value))
        for (const text of free(option) ? exact : []) {
          if (text === '' && option.empty !== true && option.list !== true) continue
          for (const words of forms(option, text))
            binds(command, option, wordsOf(words), listed(option, text))
        }
        // A quoted word is a value even if it spells an option of the command.
        if (free(option))
          binds(
            command,
            option,
            [{ text: `--${name}` }, { text: '--help', literal: true }],
            listed(option, '--help'),
          )
      })

      test(`${title} refuses a missing, an empty and a second value as documented`, () => {
        refuses(command, option, [`--${name}`], `Not enough arguments following: ${name}`)
        refuses(command, option, [`--${name}`, '--output', 'json'], `Not enough arguments following: ${name}`)
        if (free(option) && option.empty !== true && option.list !== true) {
          refuses(command, option, [`--${name}`, ''], `Option "--${name}" must not be empty.`)
        }
        const { text } = sample(option)
        if (option.list !== undefined)
          binds(command, option, wordsOf([`--${name}`, text, `--${name}=${text}`]), [text, text])
        else
          refuses(
            command,
            option,
            [`--${name}`, text, `--${name}`, text],
            `Option "--${name}" must not be specified multiple times.`,
          )
      })
    }

    if (option.kind === 'integer') {
      test(`${title} takes positive whole numbers only`, () => {
        for (const text of ['x', '', ' ', '1x', 'NaN', 'Infinity']) {
          refuses(command, option, [`--${name}`, text], `Option "--${name}" must be a number.`)
        }
        const kind = option.zero === true ? 'non-negative' : 'positive'
        for (const text of ['-1', '1.5', '99999999999999999999', ...(option.zero === true ? [] : ['0'])]) {
          refuses(
            command,
            option,
            [`--${name}`, text],
            `Option "--${name}" must have a ${kind} integer value.`,
          )
        }
        if (option.zero === true) binds(command, option, wordsOf([`--${name}`, '0']), 0)
        binds(command, option, wordsOf([`--${name}=007`]), 7)
      })
    }

    if (option.choices !== undefined) {
      test(`${title} takes its choices only`, () => {
        for (const choice of option.choices ?? []) {
          // The factory types need targets: bind.test.ts has them.
          if (commandLine(command) === 'dg create' && choice.endsWith('factory')) continue
          binds(command, option, wordsOf([`--${name}`, choice]), listed(option, choice))
        }
        const choices = option.choices?.map((choice) => `"${choice}"`).join(', ')
        refuses(
          command,
          option,
          [`--${name}`, 'bogus'],
          `Invalid values:\n  Argument: ${name}, Given: "bogus", Choices: ${choices}`,
        )
      })
    }

    if (option.kind === 'flag') {
      test(`${title} is true without a value and refuses any but true`, () => {
        for (const words of [
          [`--${name}`],
          [`--${name}`, 'true'],
          [`--${name}=true`],
          [`--${name}`, `--${name}`],
        ]) {
          binds(command, option, wordsOf(words), true)
        }
        if (option.letter !== undefined) binds(command, option, wordsOf([`-${option.letter}`]), true)
        for (const words of [[`--${name}`, 'false'], [`--${name}=false`], [`--no-${name}`]]) {
          refuses(command, option, words, `Option "--${name}" has incorrect value "false".`)
        }
        refuses(command, option, [`--${name}=maybe`], `Option "--${name}" has incorrect value "maybe".`)
      })
    }

    if (option.kind === 'boolean') {
      test(`${title} is true without a value and takes true and false`, () => {
        for (const words of [[`--${name}`], [`--${name}`, 'true'], [`--${name}=true`]])
          binds(command, option, wordsOf(words), true)
        for (const words of [[`--${name}`, 'false'], [`--${name}=false`], [`--no-${name}`]])
          binds(command, option, wordsOf(words), false)
        // Where the command takes words, it is one of them.
        if (command.words === undefined)
          refuses(command, option, [`--${name}`, 'maybe'], 'Unknown arguments: maybe.')
        refuses(command, option, [`--${name}=maybe`], `Option "--${name}" has incorrect value "maybe".`)
        for (const last of [true, false])
          binds(command, option, wordsOf([`--${name}=${!last}`, `--${name}=${last}`]), last)
      })
    }

    if (option.kind === 'optional-text' && option.begins !== undefined) {
      const [first = ''] = option.begins
      const one = (text: string) => (option.list === undefined ? text : [text])
      test(`${title} takes the next word only if it is one of its own, or begins with one and "="`, () => {
        for (const text of [first, `${first}=a b`]) {
          for (const words of forms(option, text)) binds(command, option, wordsOf(words), one(text))
        }
        binds(command, option, wordsOf([`--${name}`]), one(''))
        // Where the command takes words, it is one of them.
        if (command.words === undefined)
          refuses(command, option, [`--${name}`, `${first}x`], `Unknown arguments: ${first}x.`)
      })
    } else if (option.kind === 'optional-text') {
      test(`${title} takes the next word if it is no option, and none is the empty text`, () => {
        for (const text of exact.filter((value) => !/^-[^\d]/.test(value))) {
          for (const words of forms(option, text)) binds(command, option, wordsOf(words), text)
        }
        binds(command, option, wordsOf([`--${name}`]), '')
        binds(command, option, [{ text: `--${name}` }, { text: '-x', literal: true }], '-x')
        refuses(command, option, [`--${name}`, '--zz-top'], 'Unknown argument: zz-top')
      })
    }
  }

  test(`${commandLine(command)} names what is missing, refuses what it does not know, and gives way to --help`, () => {
    const required = command.options.filter((option) => option.required === true).map((option) => option.name)
    for (const word of command.words ?? []) if (word.optional !== true) required.push(word.name)
    const message = `Missing required argument${required.length === 1 ? '' : 's'}: ${required.join(', ')}`
    if (required.length > 0) assert.throws(() => invocationOf(command, []), { code: 'USAGE', message })
    else assert.deepEqual(invocationOf(command, []).options, {})
    const { before, files } = around(command)
    // Words such as -1 of fleet diff look like options: the command itself says what it does not know.
    if (!command.words?.some(({ dashes }) => dashes !== undefined))
      assert.throws(() => invocationOf(command, wordsOf([...before, ...files, '--zzz'])), {
        message: 'Unknown argument: zzz',
      })
    if (command.words === undefined) {
      assert.throws(() => invocationOf(command, wordsOf([...before, 'a', 'b'])), {
        message: 'Unknown arguments: a, b.',
      })
      assert.deepEqual(invocationOf(command, wordsOf([...before, '--', 'a', '--zzz'])).words, [])
    }
    assert.deepEqual(invocationOf(command, wordsOf(['--zzz', 'word', '-h'])).options, { help: true })
  })
}
