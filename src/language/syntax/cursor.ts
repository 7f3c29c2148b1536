import { foreignHint } from './foreign.ts'
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts'
import type { Span } from './source.ts'
import type { Structures } from './structure.ts'

/** What a piece of the text is; the tokens of a text cover it without gaps, so that it can be coloured from them. */
export type TokenKind =
  | 'space'
  | 'newline'
  | 'comment'
  | 'keyword'
  | 'command'
  | 'external'
  | 'option'
  | 'word'
  | 'text'
  | 'variable'
  | 'name'
  | 'number'
  | 'constant'
  | 'operator'
  | 'punctuation'
  | 'error'

export interface Token extends Span {
  readonly kind: TokenKind
}

/** Where a text comes from: at the prompt, a wrong last word is wrong; in a script it may still be growing. */
export type Mode = 'script' | 'prompt'

/** A bracket, quote or operator that waits for more. */
export interface Opening {
  readonly what: string
  readonly start: number
}

/** Brackets deeper than this are an error, so that no later walk over the tree can overflow the stack. */
const DEEPEST = 200

/** Thrown to leave the statement that cannot be understood; caught where statements are separated. */
export class Fault extends Error {
  readonly diagnostic: Diagnostic
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

/** The parser's place in the text. The parser decides how to read the next characters; there is no token stream of its own. */
export class Cursor {
  readonly text: string
  readonly mode: Mode
  pos = 0
  readonly tokens: Token[] = []
  readonly diagnostics: Diagnostic[] = []
  /** Brackets and quotes that are open at this place. */
  readonly openings: Opening[] = []
  /** Above zero, a line end is a space: inside `( )` and `${ }`. */
  multiline = 0
  /** What a bare name means in an expression here. */
  names: 'none' | 'field' | 'variable' = 'none'
  /** The places where the text ended too early, outermost first; kept from the first such fault. */
  open: readonly Opening[] = []

  /** Which arguments of what a name calls are values. */
  readonly structure: Structures

  constructor(text: string, mode: Mode, structure: Structures = () => undefined) {
    this.text = text
    this.mode = mode
    this.structure = structure
  }

  get ended(): boolean {
    return this.pos >= this.text.length
  }

  /** The character at an offset from here, `''` after the end. */
  peek(offset = 0): string {
    return this.text[this.pos + offset] ?? ''
  }

  at(prefix: string): boolean {
    return this.text.startsWith(prefix, this.pos)
  }

  /** Matches a sticky expression here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.pos
    return pattern.exec(this.text)?.[0]
  }

  /** Records the characters up to `end` as one token and moves behind them. */
  take(kind: TokenKind, end: number): void {
    if (end <= this.pos) return
    this.tokens.push({ kind, start: this.pos, end })
    this.pos = end
  }

  /** Takes a fixed text that is known to be here. */
  takeText(kind: TokenKind, text: string): void {
    this.take(kind, this.pos + text.length)
  }

  /** Skips spaces, comments and continued lines; line ends too where brackets are open. */
  skipSpace(): void {
    for (;;) {
      const char = this.peek()
      if (char === ' ' || char === '\t' || (char === '\r' && this.peek(1) === '\n')) {
        let end = this.pos + 1
        while (this.text[end] === ' ' || this.text[end] === '\t') end += 1
        this.take('space', end)
      } else if (char === '\n' && this.multiline > 0) {
        this.take('newline', this.pos + 1)
      } else if (char === '#') {
        this.takeComment()
      } else if (char === '\\') {
        const end = this.match(/\\\r?\n/y)
        if (end === undefined) {
          if (this.pos + 1 < this.text.length) return
          this.fail('the line goes on after "\\"', { start: this.text.length })
        } else {
          this.takeText('space', end)
        }
      } else {
        return
      }
    }
  }

  /** Skips spaces, comments and line ends: after an operator, a comma or an opening bracket. */
  skipLines(): void {
    this.multiline += 1
    try {
      this.skipSpace()
    } finally {
      this.multiline -= 1
    }
  }

  /**
   * Goes to the next line if it continues this statement (language.md 2.4 rule 5): it starts with one of the given operators, or, where
   * `options` is set, with `-x` or `--x`. Blank and comment lines may stand between.
   */
  joinNextLine(pattern: RegExp): boolean {
    if (this.multiline > 0 || (this.peek() !== '\n' && !this.at('\r\n'))) return false
    const rest = /(?:[ \t\r\n]|#[^\n]*)*/y
    rest.lastIndex = this.pos
    const skipped = rest.exec(this.text)?.[0] ?? ''
    pattern.lastIndex = this.pos + skipped.length
    if (!pattern.test(this.text)) return false
    this.skipLines()
    return true
  }

  private takeComment(): void {
    const end = this.text.indexOf('\n', this.pos)
    this.take('comment', end < 0 ? this.text.length : end)
  }

  /** Marks a bracket or quote as open while `body` reads what is inside. */
  within<T>(what: string, start: number, body: () => T): T {
    if (this.openings.length >= DEEPEST) {
      throw new Fault({
        code: 'SYNTAX',
        severity: 'error',
        message: `nested too deeply: more than ${DEEPEST} brackets are open`,
        start,
        end: start + 1,
      })
    }
    this.openings.push({ what, start })
    const result = body()
    this.openings.pop()
    return result
  }

  /**
   * Throws a fault at a span, by default at the character here. Where the text ends too early, the fault is `UNCLOSED` and points at
   * what is open.
   */
  fail(message: string, where: Partial<Span> & { hint?: string; code?: DiagnosticCode } = {}): never {
    const start = where.start ?? this.pos
    const end = where.end ?? Math.min(this.text.length, Math.max(start + 1, endOfRun(this.text, start)))
    const cure = where.hint ?? foreignHint(this.text, start)
    const hint = cure === undefined ? {} : { hint: cure }
    const unfinished = this.mode === 'script' ? end >= this.text.length : start >= this.text.trimEnd().length
    if (!unfinished || where.code === 'DUPLICATE') {
      throw new Fault({ code: where.code ?? 'SYNTAX', severity: 'error', message, start, end, ...hint })
    }
    const inner = this.openings.at(-1)
    // The first is the innermost: the brackets around it are not closed for the same reason.
    if (this.open.length === 0)
      this.open = [
        ...this.openings,
        ...(inner === undefined || start < this.text.length ? [{ what: message, start }] : []),
      ]
    throw new Fault({
      code: 'UNCLOSED',
      severity: 'error',
      // A text may end without a line end: what is wrong with its last word is told as anywhere else.
      message: inner === undefined ? message : `"${inner.what}" is not closed`,
      start: inner?.start ?? Math.min(start, this.text.trimEnd().length),
      end: inner === undefined ? end : inner.start + inner.what.length,
      ...hint,
    })
  }
}

/** The end of the run of characters that are neither space nor bracket, for the caret of an error. */
function endOfRun(text: string, start: number): number {
  const run = /[^\s;|(){}[\]"']+/y
  run.lastIndex = start
  return start + (run.exec(text)?.[0].length ?? 0)
}
