import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bind } from '../../../src/commands/bind.ts'
import type { CommandRow, OptionRow } from '../../../src/commands/row.ts'
import { callSchema, wordsOf, type CallValues } from '../../../src/commands/schema/call.ts'
import { commandLine, commands } from '../../../src/commands/table/index.ts'
import { compile } from '../schemas.ts'
import { fc } from '../../properties.ts'

/** What a program might give for an option: of the JSON type that its kind says, right or wrong otherwise. */
function valueOf({ kind, choices }: OptionRow): fc.Arbitrary<unknown> {
  switch (kind) {
    case 'flag':
      return fc.constant(true)
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: -2, max: 1000 })
    default:
      return fc.oneof(
        fc.constantFrom(
          '',
          'x',
          '--output=csv',
          '-q',
          '--',
          'a=b',
          '"; rm -rf /',
          '-1',
          'true',
          '\n',
          '{a}{b}',
        ),
        fc.constantFrom(...(choices ?? ['name'])),
      )
  }
}

/** Values for some words and options: lists where they may be lists, and two of what may be given once. */
function valuesOf({ words = [], options }: CommandRow): fc.Arbitrary<CallValues> {
  const several = (one: fc.Arbitrary<unknown>, least: number) =>
    fc.oneof(
      { weight: 4, arbitrary: one },
      { weight: 1, arbitrary: fc.array(one, { minLength: least, maxLength: 3 }) },
    )
  const text = fc.constantFrom('x', '-q', '--confirmed', '--', 'a b', 'bash')
  const wanted = options.filter(({ name }) => !['output', 'help', 'wide'].includes(name))
  // One that is given twice has its last value.
  const isOnce = ({ kind }: OptionRow) => kind === 'flag' || kind === 'boolean'
  return fc.record(
    Object.fromEntries([
      ...words.map((word) => [word.name, word.many === true ? several(text, 1) : text] as const),
      ...wanted.map((option) => {
        const one = valueOf(option)
        return [option.name, isOnce(option) ? one : several(one, option.list === undefined ? 2 : 1)] as const
      }),
    ]),
    { requiredKeys: [], noNullPrototype: true },
  )
}

/** Whether the binder takes the values; problems between options are not the schema's business. */
function problemsOf(command: CommandRow, values: CallValues): readonly string[] {
  try {
    return bind(command, wordsOf(command, values)).problems.map(({ kind, message }) => `${kind}: ${message}`)
  } catch (error) {
    return [`word: ${(error as Error).message}`]
  }
}

describe('the schema of what a command takes', () => {
  test('takes what the binder takes, and refuses what it refuses, except for what options are to each other', () => {
    for (const command of commands) {
      const validate = compile({ type: 'object', ...callSchema(command) })
      fc.assert(
        fc.property(valuesOf(command), (values) => {
          const fits = validate(values)
          const problems = problemsOf(command, values)
          const told = `${commandLine(command)} ${JSON.stringify(values)}: ${JSON.stringify(validate.errors)} ${problems.join('; ')}`
          if (problems.length === 0) assert.ok(fits, told)
          if (fits)
            assert.deepEqual(
              problems.filter((one) => !one.startsWith('conflict:')),
              [],
              told,
            )
        }),
        { numRuns: 80 },
      )
    }
  })

  test('gives each value to the option or word that it is for, whatever it looks like', () => {
    for (const command of commands) {
      fc.assert(
        fc.property(valuesOf(command), (values) => {
          if (problemsOf(command, values).length > 0) return
          const bound = bind(command, wordsOf(command, values))
          assert.equal(bound.help, false)
          for (const [name, value] of Object.entries(values))
            assert.deepEqual([bound.values[name]].flat(), [value].flat(), `${commandLine(command)} ${name}`)
        }),
        { numRuns: 30 },
      )
    }
  })
})
