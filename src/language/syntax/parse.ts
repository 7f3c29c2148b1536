import { Cursor, type Mode, type Opening, type Token } from './cursor.ts'
import type { Diagnostic } from './diagnostic.ts'
import { statements } from './block.ts'
import { ANYTHING, type Structure, type Structures } from './structure.ts'
import type { FunctionDefinition, Import, Parameter, Script, Statement } from './tree.ts'
import { visitNodes } from './visit.ts'

export type { Mode, Opening, Token, TokenKind } from './cursor.ts'

export interface Parsed {
  readonly tree: Script
  /** Cover the text without gaps, in order. */
  readonly tokens: readonly Token[]
  readonly diagnostics: readonly Diagnostic[]
  /** What waits for more text, outermost first; empty means that Enter runs the input. */
  readonly open: readonly Opening[]
}

/** A script longer than this is not read (UTF-16 units). */
export const LONGEST_SCRIPT = 4_000_000

/**
 * Reads a text (language.md 2.3, 2.4 and 4). Never throws: what is wrong is in `diagnostics`, several mistakes at once. `mode` decides
 * what a wrong last word means: in a script it may still be growing (`UNCLOSED`), at the prompt it is wrong. `functions` are those that
 * are known before the text, as those of earlier inputs are at the prompt.
 */
export function parse(
  text: string,
  { mode = 'script', functions = NO_STRUCTURES }: { mode?: Mode; functions?: KnownStructures } = {},
): Parsed {
  const before: Structures = (name) => (functions.has(name) ? functions.get(name) : structureOfBuiltIn(name))
  let parsed = parseWith(text, mode, before)
  if (!/\b(?:fn|import)\b/.test(text)) return parsed
  // Functions may be called above their definition, so what they take is known only now; what could not be read without it may define
  // more of them.
  let known = NO_STRUCTURES
  for (let pass = 0; pass < MOST_PASSES; pass += 1) {
    const own = ownStructures(parsed.tree.body)
    if (own.size === known.size) return parsed
    known = own
    parsed = parseWith(text, mode, (name) => {
      if (own.has(name)) return own.get(name)
      return own.has(name.replace(/\..*/, '.')) ? ANYTHING : before(name)
    })
  }
  return parsed
}

/** How often a text is read to find what its functions take. */
const MOST_PASSES = 4

/** What functions take, by their name; `lib.` stands for all functions of a module. */
type KnownStructures = ReadonlyMap<string, Structure | undefined>

const NO_STRUCTURES: KnownStructures = new Map()

let structureOfBuiltIn: Structures = () => undefined

/** Tells the parser which arguments of built-ins are values. Called once, by the table of built-ins. */
export function describeBuiltIns(structures: Structures): void {
  structureOfBuiltIn = structures
}

/** What the functions of a script take, and those that it imports. */
function ownStructures(body: readonly Statement[]): KnownStructures {
  const found = new Map<string, Structure | undefined>()
  visitNodes(body, (node) => {
    if (node.kind === 'fn') {
      const { name, parameters } = node as FunctionDefinition
      const structure = structureOfParameters(parameters)
      if (structure !== undefined || structureOfBuiltIn(name.text) !== undefined)
        found.set(name.text, structure)
    } else if (node.kind === 'import') {
      const { names, alias } = node as Import
      for (const { text } of names) found.set(text, ANYTHING)
      if (alias !== undefined) found.set(`${alias.text}.`, ANYTHING)
    }
  })
  return found
}

const VALUE_TYPES: ReadonlySet<string> = new Set(['list', 'record', 'block', 'value'])

function structureOfParameters(parameters: readonly Parameter[]): Structure | undefined {
  const isValue = ({ type }: Parameter): boolean => type !== undefined && VALUE_TYPES.has(type)
  if (!parameters.some(isValue)) return undefined
  const words = parameters.filter(({ style }) => style !== 'option')
  const options = parameters.filter(({ style, type }) => style === 'option' && type !== 'flag')
  return {
    words: words.map(isValue),
    many: words.at(-1)?.style === 'rest',
    options: new Set(options.filter(isValue).map(({ name }) => `--${name.text}`)),
    takes: new Set(options.map(({ name }) => `--${name.text}`)),
  }
}

function parseWith(text: string, mode: Mode, structure: Structures): Parsed {
  const c = new Cursor(text, mode, structure)
  if (text.length > LONGEST_SCRIPT) return tooLong(c)
  if (text.startsWith('\ufeff')) c.take('space', 1)
  const body: Statement[] = []
  while (!c.ended) {
    for (const statement of statements(c, false)) body.push(statement)
    if (!c.ended) c.take('error', c.pos + 1)
  }
  checkOrder(c, body)
  const tree: Script = { kind: 'script', body, help: helpLines(text), start: 0, end: text.length }
  const unclosed = c.diagnostics.some((diagnostic) => diagnostic.code === 'UNCLOSED')
  return { tree, tokens: c.tokens, diagnostics: c.diagnostics, open: unclosed ? c.open : [] }
}

function tooLong(c: Cursor): Parsed {
  const { length } = c.text
  c.take('error', length)
  const message = `the script is too long: ${length} characters; at most ${LONGEST_SCRIPT} are read`
  const diagnostic: Diagnostic = { code: 'SYNTAX', severity: 'error', message, start: 0, end: 0 }
  return {
    tree: { kind: 'script', body: [], help: [], start: 0, end: length },
    tokens: c.tokens,
    diagnostics: [diagnostic],
    open: [],
  }
}

/** `imptsh 1` comes first, then `param` lines, then the rest. */
function checkOrder(c: Cursor, body: readonly Statement[]): void {
  let others = false
  for (const [index, statement] of body.entries()) {
    const { start, end } = statement
    if (statement.kind === 'version') {
      if (index > 0) report(c, '"imptsh" is the first statement of a file', start, end)
      if (statement.number !== 1)
        report(
          c,
          `this impt knows version 1 of the language, not ${statement.number}; a newer impt may`,
          start,
          end,
        )
    } else if (statement.kind === 'param') {
      if (others) report(c, '"param" lines come before all other statements', start, end)
    } else others = true
  }
}

function report(c: Cursor, message: string, start: number, end: number): void {
  c.diagnostics.push({ code: 'SYNTAX', severity: 'error', message, start, end })
}

/** The `##` lines at the top of a file, before the first `param` or other statement. */
function helpLines(text: string): string[] {
  const lines: string[] = []
  for (const line of text.replace(/^\ufeff/, '').split('\n', 200)) {
    const help = /^##(?: (.*?))?\r?$/.exec(line)
    if (help !== null) lines.push(help[1] ?? '')
    else if (!/^(?:#.*|imptsh\s.*|\s*)$/.test(line)) break
  }
  return lines
}
