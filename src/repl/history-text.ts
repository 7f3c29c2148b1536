import { distance } from 'fastest-levenshtein'
import { bind, redact, SECRET } from '../commands/bind.ts'
import type { Word } from '../commands/row.ts'
import { scan } from '../commands/scan.ts'
import { commands } from '../commands/table/index.ts'
import { findBuiltIn } from '../language/builtins/index.ts'
import type { Parsed } from '../language/syntax/parse.ts'
import type { Span } from '../language/syntax/source.ts'
import type { Command, External } from '../language/syntax/tree.ts'
import { commandsIn, imptCommand, typedWords } from './syntax.ts'

const SECRET_ROWS = commands.flatMap(({ options }) => options.filter((option) => option.secret === true))
/** The long names of all options that take a credential, and their letters. */
const SECRET_NAMES = new Set(SECRET_ROWS.map(({ name }) => name))
const SECRET_LETTERS = new Set(SECRET_ROWS.flatMap(({ letter }) => letter ?? []))
/** Groups whose stray words may be credentials: `loginkey info KEY`. */
const SECRET_GROUPS = ['auth', 'loginkey']
/** What a variable of the environment with a credential is called. */
const SECRET_VARIABLES =
  /\b\w*(?:PASSWORD|PASSWD|PWD|TOKEN|SECRET|LOGINKEY|API_?KEY)\w*\s*=\s*(?!=)("(?:[^"\\]|\\[^])*"?|\$?'[^']*'?|[^\s;|(){}]+)/g
/** What stands before the host of a URL. */
const USER_INFO = /(?<=:\/\/)[^/?#\s"'<>]*(?=@)/g
/** A text that may be a command line of ours, for another program or for later. */
const OUR_LINE = /\b(?:impt|imtp|auth|auht|log-?in|loginkey|device|dg|github|unassign|remove)\b/i
const DASHES = '[-\\u2010-\\u2015\\u2212]'
const ONLY_DASHES = new RegExp(`^${DASHES}+$`)
const OPTION = new RegExp(`^${DASHES}`)
const LONG = new RegExp(`(${DASHES}{1,3})([a-z][\\w-]*)`, 'gi')
/** Words that let a text for a shell hold a credential. */
const SUSPICIOUS = /impt|pass|pwd|secret|token|key|auth|login|credential|:\/\/[^/\s]*@/i

/**
 * An input as history may keep it: every credential replaced (repl.md 3.5). What is understood is masked exactly, by the option table; what is not
 * is masked generously, since it may be a slip in a command with a credential. Undefined for what is not kept at all: blank input, and input
 * that begins with a space.
 */
export function recordable(text: string, parsed: Parsed): string | undefined {
  if (text.trim() === '' || text.startsWith(' ')) return undefined
  const known = parsed.diagnostics.some(({ severity }) => severity === 'error')
    ? generously(text)
    : byCommands(text, parsed)
  return pipedSecrets(quotedCommands(known))
    .replace(SECRET_VARIABLES, (all: string, value: string) =>
      value.startsWith('$') && !value.startsWith("$'")
        ? all
        : all.slice(0, all.length - value.length) + SECRET,
    )
    .replace(USER_INFO, SECRET)
    .trimEnd()
}

interface Cut {
  readonly start: number
  readonly end: number
  readonly by: string
}

/** By the parsed commands: the option table says which values are credentials. */
function byCommands(text: string, { tree }: Parsed): string {
  const cuts: Cut[] = []
  for (const node of [...commandsIn(tree), ...externalsIn(tree)]) {
    // What stands inside of something that was cut is gone with it.
    if (cuts.some(({ start, end }) => start <= node.start && node.end <= end)) continue
    cuts.push(...cutsOf(node, text))
  }
  cuts.sort((a, b) => b.start - a.start)
  return cuts.reduce((rest, { start, end, by }) => rest.slice(0, start) + by + rest.slice(end), text)
}

function cutsOf(node: Command | External, text: string): readonly Cut[] {
  if (node.kind === 'external') return cutsOfUnknown(node, text)
  const found = imptCommand(node)
  if (found === undefined)
    return findBuiltIn(node.head.text) === undefined ? cutsOfUnknown(node, text) : cutsOfBuiltIn(node, text)
  const words = found.words.map((word): Word => (word.computed ? { ...word, unknown: true } : word))
  // Commands of the manual overlook words that they do not take.
  const strays =
    found.command.words === undefined &&
    scan(found.command, words).some(({ kind }) => kind === 'word' || kind === 'end')
  if (strays || bind(found.command, words).problems.length > 0) return cutsOfUnknown(node, text)
  const shown = redact(found.command, found.words)
  return found.words.flatMap(({ text: typed, start, end, computed }, index) => {
    const by = shown[index]?.text ?? typed
    return by === typed || computed ? [] : [{ start, end, by }]
  })
}

/** The value of an option that was broken off may stand in what follows, so that goes too. */
function cutsOfUnknown({ start, end }: Span, text: string): readonly Cut[] {
  const by = generously(text.slice(start, end))
  return by === text.slice(start, end) ? [] : [{ start, end: text.length, by }]
}

/** A built-in takes no credential but `secret`, and `sh` whatever a shell may be told. */
function cutsOfBuiltIn(node: Command, text: string): readonly Cut[] {
  const words = typedWords(node.args).filter((word) => !word.computed)
  const masked = words.map(({ start, end }) => ({ start, end, by: SECRET }))
  if (node.head.text === 'secret') return masked
  if (node.head.text === 'sh') return SUSPICIOUS.test(text.slice(node.start, node.end)) ? masked : []
  const option = words.find((word) => SECRET_NAMES.has(/^--([^=]+)/.exec(word.text)?.[1] ?? ''))
  return option === undefined ? [] : cutsOfUnknown({ start: option.start, end: node.end }, text)
}

/** Every `!program` of a tree. */
function externalsIn(node: unknown): readonly External[] {
  if (typeof node !== 'object' || node === null) return []
  const inner = Object.values(node).flatMap(externalsIn)
  return (node as { kind?: string }).kind === 'external' ? [node as External, ...inner] : inner
}

/**
 * For what is not understood: everything after what looks like any spelling of an option for a credential, and after a stray word of a group that
 * has them, unless `strays` is false.
 */
function generously(text: string, strays = true): string {
  const masked = (end: number): string => `${text.slice(0, end)}${text[end] === '=' ? '=' : ' '}${SECRET}`
  let group = -1
  let before = ''
  for (const [index, match] of [...text.matchAll(/[^\s"'`()[\]{};|]+/g)].entries()) {
    const word = match[0]
    const spelled = secretSpelling(word)
    if (spelled !== undefined) return masked(match.index + spelled)
    const [name = ''] = /^[\w-]*/.exec(word) ?? []
    if (ONLY_DASHES.test(before) && isSecretName(name)) return masked(match.index + name.length)
    if (strays && group >= 0 && index > group + 1 && !isOption(word) && !isOption(before))
      return `${text.slice(0, match.index)}${SECRET}`
    if (SECRET_GROUPS.some((name) => isNear(word.toLowerCase(), name))) group = index
    before = word
  }
  return text
}

/** Where the spelling of an option for a credential ends in a word, before a value that is glued to it; undefined when there is none. */
function secretSpelling(word: string): number | undefined {
  for (const { 0: all, 1: dashes = '', 2: name = '', index } of word.matchAll(LONG)) {
    const isStart = index === 0
    if (name.length > 1 && (isStart || dashes.length > 1) && isSecretName(name)) {
      const glued = [...SECRET_NAMES].find((secret) => name.toLowerCase().startsWith(secret))
      return index + dashes.length + (glued ?? name).length
    }
    if (isStart && dashes.length === 1 && SECRET_LETTERS.has(name.slice(0, 1).toLowerCase())) return 2
    if (isStart && name.length === 1 && isSecretName(name)) return all.length
  }
  return undefined
}

function isSecretName(name: string): boolean {
  const low = name.toLowerCase()
  if (low.length === 1) return SECRET_LETTERS.has(low)
  return (
    /pass|secret|token/.test(low) ||
    [...SECRET_NAMES].some((secret) => isNear(low, secret) || low.startsWith(secret))
  )
}

function isOption(word: string): boolean {
  return OPTION.test(word)
}

/** Whether a word is another one, perhaps with one slip: a letter too many, missing, wrong, or two that changed places. */
function isNear(word: string, other: string): boolean {
  const sorted = (text: string): string => text.split('').sort().join('')
  if (sorted(word) === sorted(other)) return true
  return other.length > 2 && distance(word, other) <= (other.length > 5 ? 2 : 1)
}

/** Command lines of ours inside of texts. */
function quotedCommands(text: string): string {
  return text.replace(/"((?:[^"\\]|\\[^])*)"|'([^']*)'/g, (all: string, double?: string, single?: string) => {
    const content = double ?? single ?? ''
    return OUR_LINE.test(content) ? all[0] + generously(content, false) + all[0] : all
  })
}

/** What is made a secret: `"..." | secret`. */
function pipedSecrets(text: string): string {
  const at = text.search(/\|\s*secret\b/)
  if (at < 0) return text
  const before = text.slice(0, at)
  const kept = /^\s*(?:let|set|mut|const)\s+[\w.]+\s*=\s*/.exec(before)?.[0] ?? ''
  const isComputed = /^\(?\s*\$[^"']*$/.test(before.slice(kept.length))
  return isComputed ? text : `${kept}${SECRET} ${text.slice(at)}`
}
