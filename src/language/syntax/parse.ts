import { Cursor, type Mode, type Opening, type Token } from './cursor.ts'
import type { Diagnostic } from './diagnostic.ts'
import { statements } from './block.ts'
import type { Script, Statement } from './tree.ts'

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
 * what a wrong last word means: in a script it may still be growing (`UNCLOSED`), at the prompt it is wrong.
 */
export function parse(text: string, { mode = 'script' }: { name?: string; mode?: Mode } = {}): Parsed {
  const c = new Cursor(text, mode)
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
        report(c, `this impt knows version 1 of the language, not ${statement.number}`, start, end)
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
