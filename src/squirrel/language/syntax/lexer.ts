import { CompileError } from './compile-error.ts'
import { type Comment, KEYWORDS, operatorAt, type Token } from './token.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  a: '\x07',
  b: '\b',
  n: '\n',
  r: '\r',
  v: '\v',
  f: '\f',
  '0': '\0',
  '\\': '\\',
  '"': '"',
  "'": "'",
}

/** Told at the beginning of a comment that has no end. */
export const openComment = 'missing "*/" in comment'

const BYTE_ORDER_MARK = '\xef\xbb\xbf'

/**
 * Splits Squirrel source (a byte string) into tokens; the last one is of kind 'end', or of kind 'error' with the message as its text. `file` is the
 * name for places until a `#line` changes it.
 */
export function tokenize(source: string, file: string): Token[] {
  return new Lexer(source, file).all()
}

/** The tokens with the comments and `#` lines between them. With `errors`, what cannot be read is told there and passed over. */
export function tokenizeAll(
  source: string,
  file: string,
  errors?: CompileError[],
): { tokens: Token[]; comments: Comment[] } {
  const lexer = new Lexer(source, file, errors)
  return { tokens: lexer.all(), comments: lexer.comments }
}

class Lexer {
  private readonly source: string
  private at = 0
  private row = 1
  private lineStart = 0
  private file: string
  private lineOffset = 0
  private newLine = true
  private startRow = 1
  private startColumn = 1
  private startAt = 0
  readonly comments: Comment[] = []
  private readonly errors: CompileError[] | undefined

  constructor(source: string, file: string, errors?: CompileError[]) {
    this.errors = errors
    this.source = source
    // Columns count from behind it, as on the platform.
    if (source.startsWith(BYTE_ORDER_MARK)) this.at = this.lineStart = BYTE_ORDER_MARK.length
    this.file = file
  }

  all(): Token[] {
    const tokens: Token[] = []
    for (;;) {
      const token = this.nextOrError()
      tokens.push(token)
      this.newLine = false
      if (token.kind === 'end' || token.kind === 'error') return tokens
    }
  }

  private nextOrError(): Token {
    for (;;) {
      try {
        this.skipBlanks()
        return this.next()
      } catch (error) {
        if (!(error instanceof CompileError)) throw error
        if (this.errors === undefined)
          return { ...this.token('error', error.message), row: error.row, column: error.column }
        this.errors.push(error)
        const token = this.unfinished()
        if (token !== undefined) return token
      }
    }
  }

  /** What is left of a token that cannot be read: a literal of its kind, or nothing. */
  private unfinished(): Token | undefined {
    const char = this.source[this.startAt] ?? ''
    if (this.at === this.startAt) this.at++
    if (char === '"' || char === '@') return this.token('string', '')
    return /[0-9']/.test(char) ? this.token('integer', '0') : undefined
  }

  private next(): Token {
    this.startRow = this.row
    this.startColumn = this.at - this.lineStart + 1
    this.startAt = this.at
    const char = this.source[this.at]
    if (char === undefined) return this.token('end', '')
    if ((char >= 'a' && char <= 'z') || (char >= 'A' && char <= 'Z') || char === '_') return this.word()
    if (char >= '0' && char <= '9') return this.number()
    if (char === '"') return this.text(false)
    if (char === '@' && this.source[this.at + 1] === '"') return this.text(true)
    if (char === "'") return this.character()
    if (char === '.') {
      const next = this.source[this.at + 1] ?? ''
      if (next >= '0' && next <= '9') throw this.error('expression expected')
      if (next === '.' && this.source[this.at + 2] !== '.') throw this.error("invalid token '..'")
    }
    const operator = operatorAt(this.source, this.at)
    if (operator !== undefined) {
      this.at += operator.length
      return this.token(operator, operator)
    }
    if (char < ' ') throw this.error('unexpected character(control)')
    throw this.error(`unexpected character '${char}'`)
  }

  private word(): Token {
    const text = this.match(/[A-Za-z_0-9]*/y)
    return this.token(KEYWORDS.has(text) ? text : 'identifier', text)
  }

  private number(): Token {
    const hex = this.match(/0[xX][0-9a-fA-F]*/y)
    if (hex !== '') {
      const digits = hex.slice(2)
      if (digits === '') throw this.error('hexadecimal number expected')
      if (digits.replace(/^0+/, '').length > 8) throw this.error('too many digits for an hex number')
      return this.token('integer', hex, Number.parseInt(digits, 16) | 0)
    }
    const octal = this.match(/0[0-7]+(?![0-9.eE])/y)
    if (octal !== '') return this.token('integer', octal, Number(BigInt.asIntN(32, BigInt(`0o${octal}`))))
    const decimal = this.match(/[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]*)?/y)
    if (/^[0-9]+$/.test(decimal)) {
      return this.token('integer', decimal, Number(BigInt.asIntN(32, BigInt(decimal))))
    }
    if (/[eE][+-]?$/.test(decimal)) throw this.error('exponent expected')
    return this.token('float', decimal, Number(decimal))
  }

  private character(): Token {
    this.at++
    const value = this.source[this.at] === "'" ? '' : this.textCharacter()
    if (value === '') throw this.error('empty constant')
    if (this.source[this.at] !== "'") throw this.error('constant too long')
    this.at++
    return this.token('integer', value, value.charCodeAt(0))
  }

  private text(verbatim: boolean): Token {
    this.at += verbatim ? 2 : 1
    let value = ''
    for (;;) {
      const char = this.source[this.at]
      if (char === '"') {
        this.at++
        if (!verbatim || this.source[this.at] !== '"') return this.token('string', value)
        this.at++
        value += '"'
      } else if (verbatim) {
        if (char === undefined) throw this.error('unfinished string')
        this.at++
        if (char === '\n') this.lineBreak()
        value += char
      } else {
        value += this.textCharacter()
      }
    }
  }

  private textCharacter(): string {
    const char = this.source[this.at]
    if (char === undefined) throw this.error('unfinished string')
    if (char === '\n') throw this.error('newline in a constant')
    this.at++
    if (char !== '\\') return char
    const escape = this.source[this.at]
    if (escape === undefined) throw this.error('unfinished string')
    this.at++
    if (escape !== 'x') {
      const value = Object.hasOwn(ESCAPES, escape) ? ESCAPES[escape] : undefined
      if (value === undefined) throw this.error('unrecognised escaper char')
      return value
    }
    const digits = this.match(/[0-9a-fA-F]{1,4}/y)
    if (digits === '') throw this.error('hexadecimal number expected')
    return String.fromCharCode(Number.parseInt(digits, 16) & 0xff)
  }

  private skipBlanks(): void {
    for (;;) {
      const char = this.source[this.at]
      if (char === '\n') {
        this.at++
        this.lineBreak()
      } else if (char === ' ' || char === '\t' || char === '\r' || char === '\v' || char === '\f') {
        this.at++
      } else if (char === '#') {
        this.comment(() => this.hash())
      } else if (char === '/' && this.source[this.at + 1] === '/') {
        this.comment(() => void this.match(/[^\n]*/y))
      } else if (char === '/' && this.source[this.at + 1] === '*') {
        this.comment(() => this.blockComment())
      } else {
        return
      }
    }
  }

  private comment(pass: () => void): void {
    const { at: start, row, file, lineStart } = this
    const line = row + this.lineOffset
    pass()
    const text = this.source.slice(start, this.at)
    this.comments.push({ text, start, end: this.at, row, column: start - lineStart + 1, file, line })
  }

  /** `#line N "file"` changes the places of what follows; any other `#` is a comment up to the end of the line. */
  private hash(): void {
    const text = this.match(/[^\n]*/y)
    const control = /^#line\s+(\d+)(?:\s+"([^"]*)")?/.exec(text)
    if (control === null) return
    this.lineOffset = Number(control[1]) - (this.row + 1)
    if (control[2] !== undefined) this.file = control[2]
  }

  // A line break inside a comment does not end a statement.
  private blockComment(): void {
    const end = this.source.indexOf('*/', this.at + 2)
    if (end < 0) {
      const error = this.error(openComment)
      if (this.errors === undefined) throw error
      this.errors.push(error)
      this.at = this.source.length
    }
    for (; this.at < end + 2; this.at++) {
      if (this.source[this.at] === '\n') {
        this.row++
        this.lineStart = this.at + 1
      }
    }
  }

  private lineBreak(): void {
    this.row++
    this.lineStart = this.at
    this.newLine = true
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at
    const text = pattern.exec(this.source)?.[0] ?? ''
    this.at += text.length
    return text
  }

  private token(kind: string, text: string, number = 0): Token {
    return {
      kind,
      text,
      number,
      start: this.startAt,
      end: this.at,
      row: this.startRow,
      column: this.startColumn,
      file: this.file,
      line: this.startRow + this.lineOffset,
      newLine: this.newLine,
    }
  }

  private error(text: string): CompileError {
    return new CompileError(text, this.row, this.at - this.lineStart + 1)
  }
}
