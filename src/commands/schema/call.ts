import { ImptError } from '../../output/error.ts'
import type { CommandRow, OptionRow, Word, WordRow } from '../row.ts'
import { about, either, list, record, type JsonSchema } from './shape.ts'

/** Options that say how a result is shown, or show help in its place: a program that reads JSON has no use for them. */
const SHOWING = new Set(['output', 'help', 'wide'])

/**
 * The words and options of a command as one object: words under their names in capitals, options under their long names. Flags are given as
 * true. `wanted` chooses options.
 */
export function callSchema(
  { words = [], options }: CommandRow,
  wanted: (option: OptionRow) => boolean = () => true,
): JsonSchema {
  const chosen = options.filter((option) => !SHOWING.has(option.name) && wanted(option))
  const required = [
    ...words.filter(({ optional }) => optional !== true).map(({ name }) => name),
    ...chosen
      .filter(({ required: needed, unless }) => needed === true && unless === undefined)
      .map(({ name }) => name),
  ]
  const alternatives = chosen.filter(({ unless }) => unless !== undefined)
  return {
    ...record(
      {},
      {
        ...Object.fromEntries(words.map((word) => [word.name, wordSchema(word)])),
        ...Object.fromEntries(chosen.map((option) => [option.name, optionSchema(option)])),
      },
    ),
    ...(required.length > 0 && { required }),
    // Words are known by their place: a later one needs those before it.
    ...(words.length > 1 && {
      dependentRequired: Object.fromEntries(words.slice(1).map(({ name }, i) => [name, [words[i]?.name]])),
    }),
    ...(alternatives.length > 0 && {
      allOf: alternatives.map(({ name, unless }) => either({ required: [name] }, { required: [unless] })),
    }),
    additionalProperties: false,
  }
}

function wordSchema({ many, choices }: WordRow): JsonSchema {
  const one = choices === undefined ? { type: 'string' } : { enum: choices }
  return many === true ? either(one, { ...list(one), minItems: 1 }) : one
}

function optionSchema(option: OptionRow): JsonSchema {
  const { summary, list: many, default: otherwise, secret } = option
  const one = valueSchema(option)
  return about(summary, {
    ...(many === undefined ? one : either(one, { ...list(one), minItems: 1 })),
    ...(otherwise !== undefined && { default: otherwise }),
    ...(secret === true && { writeOnly: true }),
  })
}

function valueSchema({ kind, choices, empty, zero, list: many }: OptionRow): JsonSchema {
  switch (kind) {
    case 'flag':
      return { const: true }
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
      return { type: 'integer', minimum: zero === true ? 0 : 1 }
    case 'text':
    case 'optional-text':
      return choices === undefined
        ? {
            type: 'string',
            ...(empty === true || many === true || kind === 'optional-text' ? {} : { minLength: 1 }),
          }
        : { enum: choices }
    default:
      return kind satisfies never
  }
}

/** The values of a call as programs give them, by the names of `callSchema`. */
export type CallValues = Readonly<Record<string, unknown>>

/**
 * The words of a command line that give these values, to be bound as any others: no value is taken for an option, whatever it looks like.
 * Names that the command does not have are left to the binder to refuse. Throws USAGE where a word is given without the one before it.
 */
export function wordsOf({ words = [] }: CommandRow, values: CallValues): readonly Word[] {
  const names = new Set(words.map(({ name }) => name))
  const isGiven = ({ name }: WordRow) => listed(values[name]).length > 0
  const lonely = words.findIndex((word, i) => isGiven(word) && i > 0 && !isGiven(words[i - 1] ?? word))
  if (lonely > 0)
    throw new ImptError('USAGE', `${words[lonely]?.name} needs ${words[lonely - 1]?.name} before it.`)
  const options = Object.entries(values)
    .filter(([name]) => !names.has(name))
    .flatMap(([name, value]) =>
      listed(value).map((one): Word => ({ text: one === true ? `--${name}` : `--${name}=${String(one)}` })),
    )
  const plain = words.flatMap(({ name }) =>
    listed(values[name]).map((one): Word => ({ text: String(one), literal: true })),
  )
  return [...options, ...plain]
}

function listed(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as readonly unknown[]) : [value]
}
