// The room `completion`: what may stand at a place of a script or of the line at the prompt.
// Enters: a text, the place of the cursor, and what is known of names, variables and functions.
// Leaves: items, best first, and the part of the text that they replace.
// Not known here: who shows them, and the server: what is remembered of names comes with the question.
// Longer than other files: one function for each kind of place, and they call each other.
import { ERROR_CODES } from '../output/error.ts'
import { wordRoles } from '../commands/bind.ts'
import type { CommandRow, OptionRow, Signature } from '../commands/row.ts'
import { commandsOf, findCommand, findGroup, groups } from '../commands/table/index.ts'
import type { BuiltIn } from '../language/builtins/builtin.ts'
import { BUILT_INS, findBuiltIn } from '../language/builtins/index.ts'
import { KEYWORDS } from '../language/syntax/keywords.ts'
import type { EntityCache } from '../entities/cache.ts'
import type { Kind } from '../entities/kinds.ts'
import type { NamedHere } from '../session/names-here.ts'
import { SETTINGS } from '../session/settings.ts'
import type { Completions, MenuItem } from './item.ts'
import { entityItems } from './entities.ts'
import { fieldItems, kindItems, variableFields, variableItems, type Variables } from './fields.ts'
import type { RecordName } from '../entities/schema.ts'
import { kindAt } from '../language/check/kind-at.ts'
import { fileItems } from './files.ts'
import { ranked } from './match.ts'
import { meaningOf, placeAt, type Parse, type Place } from './place.ts'

/** What completion may look at; nothing of it asks the server. */
export interface Known {
  readonly cache: EntityCache
  readonly variables: Variables
  readonly functions: readonly string[]
  /** The words of the prompt; none in a script. */
  readonly words: readonly BuiltIn[]
  /** What a function of the session takes; undefined for what is none. */
  readonly signatureOf: (name: string) => Signature | undefined
  /** Names of targets and logins. */
  readonly namesHere: (kind: NamedHere) => readonly string[]
  readonly directory: string
  readonly home: string
  readonly parse: Parse
  readonly jobs: readonly { readonly number: number; readonly title: string }[]
}

/** Completions for the place of the cursor, and the kind of entity they come from, if any: then the server may know more. */
export interface Found extends Completions {
  readonly kind?: Kind
}

/** Finds what may stand at the cursor (repl.md 3.3). */
export function complete(text: string, cursor: number, known: Known): Found {
  const place = placeAt(text, cursor, known.parse)
  const here = { ...known, kindHere: () => kindAt(text, cursor) }
  return { start: place.typed.start, end: cursor, ...offer(place, here) }
}

interface Here extends Known {
  /** The kind of record whose field is being typed, as the checker knows it. */
  readonly kindHere: () => RecordName | undefined
}

/** What a place offers; `start` where only a part of the word is replaced. */
type Offer = { readonly items: readonly MenuItem[]; readonly kind?: Kind; readonly start?: number }

function offer(place: Place, known: Here): Offer {
  const { words, typed } = place
  const [head, ...rest] = words.map((word) => word.text)
  const variable = /\$\{?[\w.?]*(?:\[\d+\][\w.?]*)*$/.exec(typed.text)
  if (variable) return { items: variableOffer(variable[0], known), start: typed.end - variable[0].length }
  if (place.isInterpolation && words.length === 0) {
    const items = variableOffer(`\${${typed.text}`, known)
    return { items: items.map((item) => ({ ...item, insert: item.insert.slice(2) })) }
  }
  if (head === undefined) return { items: headItems(place, known) }
  if (head === 'catch') return { items: plainItems(ERROR_CODES, typed.text) }
  if (head === 'with') return withOffer(rest, typed.text, known)
  if (head.startsWith('!'))
    return { items: fileItems(known.directory, known.home, meaningOf(typed.text), 'file') }
  if (place.isFirst && known.words.some(({ name }) => name === head))
    return replOffer(head, rest, place, known)
  const builtIn = findBuiltIn(head)
  if (builtIn) return builtInOffer(builtIn, rest, place, known)
  const [group, after] = head === 'impt' ? [rest[0], rest.slice(1)] : [head, rest]
  const own = known.signatureOf(head)
  if (own !== undefined) return functionOffer(own, rest, typed.text, known)
  if (group === undefined) return { items: described(groups, typed.text) }
  return findGroup(group) ? commandOffer(group, after, typed.text, typed.start, known) : { items: [] }
}

/** Fields of a variable are those of its value, and of the kind that it will hold where it has none yet. */
function variableOffer(typed: string, known: Here): readonly MenuItem[] {
  const items = variableItems(typed, known.variables)
  return items.length > 0 || !typed.includes('.') || /^\$\{?env\./.test(typed)
    ? items
    : kindItems(known.kindHere(), typed)
}

function headItems({ typed, piped, isFirst }: Place, known: Known): readonly MenuItem[] {
  if (typed.text.startsWith('!')) return []
  const filters = BUILT_INS.filter(({ input }) =>
    piped ? input !== 'none' : input === 'none' || input === 'maybe',
  )
  const functions = known.functions.map((name) => ({ name, summary: 'a function of this session' }))
  if (piped) return described([...filters, ...functions], typed.text)
  const words = isFirst ? known.words : []
  const keywords = KEYWORDS.map((name) => ({ name, summary: 'a statement' }))
  return described([...groups, ...words, ...functions, ...filters, ...keywords], typed.text)
}

function commandOffer(
  group: string,
  words: readonly string[],
  typed: string,
  start: number,
  known: Known,
): Offer {
  const [name, ...rest] = words
  const named = name === undefined ? undefined : findCommand(group, name)
  const command = named ?? findCommand(group, '')
  if (name === undefined && !typed.startsWith('-')) {
    const commands = commandsOf(group).filter((row) => row.name !== '')
    if (commands.length > 0) return { items: described(commands, typed) }
  }
  if (command === undefined) return { items: [] }
  return argumentOffer(command, named ? rest : words, typed, start, known)
}

function argumentOffer(
  command: CommandRow,
  words: readonly string[],
  typed: string,
  start: number,
  known: Known,
): Offer {
  const all = [...words, typed].map((text) => ({
    text: meaningOf(text),
    ...(/^["'$]/.test(text) ? ({ literal: true } as const) : {}),
  }))
  const roles = wordRoles(command, all)
  const last = roles.find(({ index }) => index === all.length - 1)
  if (last?.valueAt !== undefined && last.option)
    return valueOffer(last.option, typed.slice(last.valueAt), known, start + last.valueAt)
  if (last?.role === 'value' && last.option) return valueOffer(last.option, typed, known)
  const given = new Set(
    roles.slice(0, -1).flatMap(({ option }) => (option && option.list === undefined ? [option.name] : [])),
  )
  const left = command.options.filter((option) => !given.has(option.name))
  const options = [
    ...left.filter(({ required }) => required !== undefined),
    ...left.filter(({ required }) => required === undefined),
  ]
  if (typed.startsWith('-')) return { items: optionItems(options, typed) }
  // Where an option may have a value, both the values and the other options are offered.
  const before = roles.findLast(({ index }) => index === all.length - 2)
  const maybe =
    typed === '' && before?.role === 'option' && before.option?.kind !== 'flag' ? before.option : undefined
  const values = maybe && words.length > 0 ? valueOffer(maybe, typed, known) : { items: [] }
  const wordsBefore = roles.filter(({ role, index }) => role === 'word' && index < all.length - 1)
  const lastRow = command.words?.at(-1)
  const word = command.words?.[wordsBefore.length] ?? (lastRow?.many ? lastRow : undefined)
  const own = word?.identifies
    ? entityItems(known.cache, word.identifies, meaningOf(typed))
    : word?.names
      ? plainItems(known.namesHere(word.names), typed)
      : word?.choices
        ? plainItems(word.choices, typed)
        : word?.path
          ? fileItems(known.directory, known.home, meaningOf(typed), word.path)
          : word?.command
            ? commandItems(
                wordsBefore.map(({ index }) => all[index]?.text ?? ''),
                typed,
              )
            : []
  return {
    ...(word?.identifies && { kind: word.identifies }),
    ...values,
    items: [...values.items, ...own, ...(typed === '' ? optionItems(options, '') : [])],
  }
}

/** Groups, then the commands of the one that was given. */
function commandItems([group, command]: readonly string[], typed: string): readonly MenuItem[] {
  if (group === undefined) return described(groups, typed)
  return command === undefined
    ? described(
        commandsOf(group).filter(({ name }) => name !== ''),
        typed,
      )
    : []
}

function optionItems(options: readonly OptionRow[], typed: string): readonly MenuItem[] {
  const rows = options.map((option) => ({
    option,
    text: option.name.length === 1 ? `-${option.name}` : `--${option.name}`,
  }))
  const short = /^-[a-z]$/.test(typed) ? rows.filter(({ option }) => `-${option.letter ?? ''}` === typed) : []
  const found = short.length > 0 ? short : ranked(rows, typed, ({ text }) => text)
  return found.map(({ option, text }) => ({
    insert: text,
    label: text,
    detail: `${option.required ? '(required) ' : ''}${option.summary}`,
  }))
}

function valueOffer(option: OptionRow, typed: string, known: Known, start?: number): Offer {
  const at = start === undefined ? {} : { start }
  const meant = meaningOf(typed)
  const choices = option.choices ?? option.begins
  if (choices) return { items: plainItems(choices, meant), ...at }
  if (option.kind === 'boolean') return { items: plainItems(['true', 'false'], meant), ...at }
  if (option.path) return { items: fileItems(known.directory, known.home, meant, option.path), ...at }
  if (option.names) return { items: plainItems(known.namesHere(option.names), meant), ...at }
  if (option.identifies === undefined) return { items: [], ...at }
  const own = option.identifies === 'account' ? plainItems(['me'], meant) : []
  return {
    items: [...own, ...entityItems(known.cache, option.identifies, meant)],
    kind: option.identifies,
    ...at,
  }
}

function builtInOffer(
  { name, words, options }: BuiltIn,
  given: readonly string[],
  place: Place,
  known: Here,
): Offer {
  const typed = place.typed.text
  if (typed.startsWith('-')) {
    const rows = options.map((option) => ({
      name: `--${option.name}`,
      summary: option.summary,
    }))
    return {
      items: described(
        rows.filter((option) => !given.includes(option.name)),
        typed,
      ),
    }
  }
  if (name === 'help')
    return {
      items: described(
        given.length === 0 ? [...groups, ...BUILT_INS, ...known.words] : commandsOf(given[0] ?? ''),
        typed,
      ),
    }
  const last = words.at(-1)
  const word =
    words[given.length] ?? (last?.many === true || last?.type?.name === 'condition' ? last : undefined)
  if (word === undefined) return { items: [] }
  if (word.choices) return { items: plainItems(word.choices, typed) }
  switch (word.type?.name) {
    case 'condition':
    case 'field':
      return { items: fieldsAt(place, typed, known) }
    case 'file':
      return { items: fileItems(known.directory, known.home, meaningOf(typed), 'file') }
    case 'dir':
      return { items: fileItems(known.directory, known.home, meaningOf(typed), 'directory') }
    default:
      return { items: [] }
  }
}

/** Fields of what flows in: of a command by its kind, of a variable by its value or by the kind that it will hold. */
function fieldsAt(place: Place, typed: string, known: Here): readonly MenuItem[] {
  const head = place.source[0]?.text ?? ''
  const items = head.startsWith('$')
    ? variableFields(head, typed, known.variables)
    : fieldItems(sourceCommand(place), typed)
  return items.length > 0 ? items : kindItems(known.kindHere(), typed)
}

/** Options of a function of the session, and the values of those that have a choice. */
function functionOffer(
  { options = [], words = [] }: Signature,
  given: readonly string[],
  typed: string,
  known: Known,
): Offer {
  const before = options.find(({ name }) => given.at(-1) === `--${name}`)
  if (before !== undefined && before.kind !== 'flag' && !typed.startsWith('-'))
    return valueOffer(before, typed, known)
  if (typed.startsWith('-'))
    return {
      items: optionItems(
        options.filter(({ name }) => !given.includes(`--${name}`)),
        typed,
      ),
    }
  const choices = words[given.filter((word) => !word.startsWith('-')).length]?.choices
  if (choices) return { items: plainItems(choices, typed) }
  return { items: typed === '' ? optionItems(options, '') : [] }
}

function sourceCommand({ source }: Place): CommandRow | undefined {
  const texts = source.map((word) => word.text)
  const [group = '', name = ''] = texts[0] === 'impt' ? texts.slice(1) : texts
  return findCommand(group, name)
}

const SETTING_NAMES = [
  'dir',
  'product',
  'dg',
  'auth',
  'target',
  'timeout',
  'output',
  'env',
  'confirmed',
  'dry-run',
]

function withOffer(given: readonly string[], typed: string, known: Known): Offer {
  const last = given.at(-1)
  if (last === 'product' || last === 'dg')
    return { items: entityItems(known.cache, last, meaningOf(typed)), kind: last }
  if (last === 'target') return { items: plainItems(known.namesHere('target'), typed) }
  if (last === 'dir' || last === 'auth')
    return { items: fileItems(known.directory, known.home, meaningOf(typed), 'directory') }
  return { items: plainItems(SETTING_NAMES, typed) }
}

function replOffer(head: string, given: readonly string[], place: Place, known: Known): Offer {
  const typed = place.typed.text
  const [first, ...rest] = given
  if (head === 'use' && (first === 'product' || first === 'dg') && rest.length === 0)
    return { items: entityItems(known.cache, first, meaningOf(typed)), kind: first }
  if (head === 'use' && first === 'target' && rest.length === 0)
    return { items: plainItems(known.namesHere('target'), typed) }
  if (head === 'bg')
    return first === undefined
      ? { items: plainItems(['log', 'release'], typed) }
      : commandOffer(first, rest, typed, place.typed.start, known)
  if (head === 'config') {
    if (first === undefined) return { items: described(SETTINGS, typed) }
    const choices = SETTINGS.find((row) => row.name === first)?.choices ?? []
    return { items: rest.length === 0 ? plainItems([...choices, 'reset'], typed) : [] }
  }
  const isJob =
    (['fg', 'stop', 'mute'].includes(head) && first === undefined) ||
    (head === 'jobs' && first === 'show' && rest.length === 0)
  if (isJob)
    return {
      items: described(
        known.jobs.map(({ number, title }) => ({ name: String(number), summary: title })),
        typed,
      ),
    }
  return {
    items:
      first === undefined
        ? plainItems(known.words.find(({ name }) => name === head)?.words[0]?.choices ?? [], typed)
        : [],
  }
}

function plainItems(texts: readonly string[], typed: string): readonly MenuItem[] {
  return ranked(texts, typed, (text) => text).map((text) => ({ insert: text, label: text }))
}

function described(
  rows: readonly { readonly name: string; readonly summary: string }[],
  typed: string,
): readonly MenuItem[] {
  return ranked(rows, typed, ({ name }) => name).map(({ name, summary }) => ({
    insert: name,
    label: name,
    detail: summary,
  }))
}
