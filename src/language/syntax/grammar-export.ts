import { groups } from '../../commands/table/index.ts'
import { BUILT_INS } from '../builtins/index.ts'
import { TYPES } from './tree.ts'
import { CONSTANTS, KEYWORDS, WORD_OPERATORS } from './keywords.ts'

interface Rule {
  readonly name?: string
  readonly match?: string
  readonly begin?: string
  readonly end?: string
  readonly patterns?: readonly (Rule | { readonly include: string })[]
  readonly captures?: Readonly<Record<string, { readonly name: string }>>
}

/** The TextMate grammar of the language, for editors. Made from the tables of keywords, built-ins and commands, so that it is never out of date. */
export function textMateGrammar(): object {
  const values = ['#interpolation', '#strings', '#variables', '#constants', '#numbers', '#operators']
  const repository: Record<string, { readonly patterns: readonly (Rule | { readonly include: string })[] }> =
    {
      comments: { patterns: [{ name: 'comment.line.number-sign.imptsh', match: '(?:^|(?<=[\\s;(]))#.*$' }] },
      keywords: {
        patterns: [
          {
            name: 'keyword.control.imptsh',
            match: `${start(KEYWORDS)}|(?<=\\s)(?:from|as)(?=\\s)|^test(?=\\s+["'])`,
          },
        ],
      },
      commands: {
        patterns: [
          ...groups.map((group): Rule => {
            const names = group.commands.map((command) => command.name).filter((name) => name !== '')
            const second = names.length === 0 ? '' : `(?:\\s+(${anyOf(names)})(?![\\w-]))?`
            return {
              match: `${BEFORE_COMMAND}(?:impt\\s+)?(${escapeAll(group.name)})(?![\\w-])${second}`,
              captures: { '1': { name: 'support.class.imptsh' }, '2': { name: 'support.function.imptsh' } },
            }
          }),
          { name: 'support.function.builtin.imptsh', match: start(BUILT_INS.map((builtIn) => builtIn.name)) },
          { name: 'entity.name.function.imptsh', match: '(?<=\\bfn\\s)\\s*[A-Za-z_][\\w-]*\\??' },
          {
            name: 'entity.name.function.imptsh',
            match: `${BEFORE_COMMAND}[A-Za-z_]\\w*\\.[A-Za-z_][\\w-]*\\??(?=[\\s|;)}]|$)`,
          },
          { name: 'entity.name.function.external.imptsh', match: '![^\\s|;()]+' },
        ],
      },
      options: {
        patterns: [
          {
            name: 'variable.parameter.option.imptsh',
            match: '(?<=\\s)(?:--[A-Za-z][\\w-]*|-[A-Za-z])(?=[\\s=|;)}]|$)',
          },
        ],
      },
      strings: {
        patterns: [
          { name: 'string.quoted.single.imptsh', begin: "(?<!\\$)'", end: "'" },
          {
            name: 'string.quoted.ansi.imptsh',
            begin: "\\$'",
            end: "'",
            patterns: [{ name: 'constant.character.escape.imptsh', match: '\\\\.' }],
          },
          {
            name: 'string.quoted.double.imptsh',
            begin: '"',
            end: '"',
            patterns: [
              { name: 'constant.character.escape.imptsh', match: '\\\\["\\\\$]' },
              { include: '#interpolation' },
              { include: '#variables' },
            ],
          },
        ],
      },
      interpolation: {
        patterns: [
          {
            name: 'meta.interpolation.imptsh',
            begin: '\\$[{(]',
            end: '[})]',
            patterns: [{ include: '$self' }],
          },
        ],
      },
      variables: {
        patterns: [{ name: 'variable.other.imptsh', match: '\\$(?:[A-Za-z_]\\w*|[0-9])(?:\\.\\w+\\??)*' }],
      },
      constants: {
        patterns: [
          { name: 'constant.language.imptsh', match: `(?<![\\w.-])(?:${anyOf(CONSTANTS)})(?![\\w.-])` },
          { name: 'storage.type.imptsh', match: `(?<=:\\s{0,4})(?:${anyOf(TYPES)})\\b` },
        ],
      },
      numbers: {
        patterns: [
          {
            name: 'constant.numeric.time.imptsh',
            match: '(?<![\\w.-])\\d{4}-\\d{2}-\\d{2}(?:T[\\d:.]+(?:Z|[+-]\\d{2}:?\\d{2})?)?',
          },
          {
            name: 'constant.numeric.duration.imptsh',
            match: '(?<![\\w.-])\\d+(?:\\.\\d+)?(?:ms|[smhdw])(?![\\w])',
          },
          { name: 'constant.numeric.imptsh', match: '(?<![\\w.-])-?\\d+(?:\\.\\d+)?(?![\\w.])' },
        ],
      },
      operators: {
        patterns: [
          {
            name: 'keyword.operator.word.imptsh',
            match: `(?<![\\w.-])(?:${anyOf(WORD_OPERATORS)})(?![\\w.-])`,
          },
          {
            name: 'keyword.operator.imptsh',
            match: '\\|\\||&&|\\?\\?|=>|[-+*/]=|[=!]~|[=!<>]=|\\||>>?|=|\\.\\.\\.?',
          },
        ],
      },
    }
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'imptsh',
    scopeName: 'source.imptsh',
    fileTypes: ['imptsh'],
    firstLineMatch: '^#!.*\\bimpt\\b',
    patterns: ['#comments', '#keywords', '#commands', '#options', ...values].map((include) => ({ include })),
    repository,
  }
}

/** Where a command may stand. */
const BEFORE_COMMAND = '(?:(?<=^|[;|{(&=])\\s*|^\\s*)'

function start(words: readonly string[]): string {
  return `${BEFORE_COMMAND}(?:${anyOf(words)})(?![\\w-])`
}

function anyOf(words: readonly string[]): string {
  return [...words]
    .sort((a, b) => b.length - a.length)
    .map(escapeAll)
    .join('|')
}

function escapeAll(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
