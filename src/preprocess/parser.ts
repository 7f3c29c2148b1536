import { Failure, type Place, PreprocessError, located } from './errors.ts'
import { type Expression, endOfQuote, parseExpression } from './expression.ts'

/** The text of an expression and, once it has been needed, its syntax tree. */
export interface Argument {
  readonly text: string
  parsed?: Expression
}

export interface Branch {
  /** `undefined` for `@else` */
  readonly test: Argument | undefined
  readonly line: number
  readonly body: Instruction[]
}

/** One instruction of a source; `line` is the 1-based line where it starts. */
export type Instruction =
  | { readonly type: 'text'; readonly line: number; text: string }
  | { readonly type: 'inline'; readonly line: number; readonly value: Expression }
  | { readonly type: 'set'; readonly line: number; readonly name: string; readonly value: Argument }
  | { readonly type: 'include'; readonly line: number; readonly once: boolean; readonly source: Argument }
  | { readonly type: 'error' | 'warning'; readonly line: number; readonly message: Argument }
  | { readonly type: 'if'; readonly line: number; readonly branches: Branch[] }
  | {
      readonly type: 'while' | 'repeat'
      readonly line: number
      readonly test: Argument
      readonly body: Instruction[]
    }
  | { readonly type: 'macro'; readonly line: number; readonly head: Argument; readonly body: Instruction[] }

type Block = Extract<Instruction, { type: 'if' | 'while' | 'repeat' | 'macro' }>

const DIRECTIVE =
  /^\s*@(include|set|if|elseif|else|endif|while|endwhile|repeat|endrepeat|macro|endmacro|end|error|warning)\b(.*)$/s
const COMMENT = /^\s*@\s/
const ASSIGNMENT = /^\s*([A-Za-z_$][\w$]*)\s*=?\s*(\S.*)$/s

/**
 * Parses a source into instructions. Text of inline expressions is parsed here; the argument of a directive is parsed
 * when the directive is first executed, so that one in a branch not taken may be anything (as in Builder).
 * @param text the source; lines end with `\n`, a `\r` before it stays part of the line; a byte order mark before it is dropped
 * @param file the name for errors
 * @throws PreprocessError (DATA)
 */
export function parse(text: string, file: string): Instruction[] {
  const program: Instruction[] = []
  // Open blocks, innermost last; an explicit stack, so that nesting in hostile input cannot overflow the real one.
  const open: { block: Block; body: Instruction[] }[] = []
  let body = program
  let line = 0
  let tail: Extract<Instruction, { type: 'text' }> | undefined
  let tailLine = 0

  for (let start = text.startsWith('\ufeff') ? 1 : 0; start < text.length;) {
    const newline = text.indexOf('\n', start)
    const end = newline === -1 ? text.length : newline + 1
    const source = text.slice(start, end)
    start = end
    line++
    if (!source.includes('@')) addText(source)
    else parseLine(source)
  }
  const unclosed = open.at(-1)?.block
  if (unclosed !== undefined) fail(`@${unclosed.type} has no @end`, unclosed.line)
  return program

  function parseLine(source: string): void {
    const directive = DIRECTIVE.exec(source)
    if (directive !== null) parseDirective(directive[1] ?? '', directive[2] ?? '')
    else if (!COMMENT.test(source)) parseInline(source)
  }

  function parseDirective(name: string, rest: string): void {
    const argument = withoutComments(rest).trim()
    if (name === 'else' || name.startsWith('end')) {
      if (argument !== '') fail(`Unexpected text after @${name}`)
    } else if (argument === '') fail(`@${name} needs ${name === 'macro' ? 'a declaration' : 'an expression'}`)
    switch (name) {
      case 'set': {
        const match = ASSIGNMENT.exec(argument)
        if (match === null) fail('@set needs a variable name and an expression')
        body.push({ type: 'set', line, name: match[1] ?? '', value: { text: match[2] ?? '' } })
        return
      }
      case 'include': {
        const once = /^once\b\s*(.*)$/s.exec(argument)
        if (once?.[1] === '') fail('@include once needs an expression')
        body.push({ type: 'include', line, once: once !== null, source: { text: once?.[1] ?? argument } })
        return
      }
      case 'error':
      case 'warning':
        body.push({ type: name, line, message: { text: argument } })
        return
      case 'if': {
        const branch: Branch = { test: { text: argument }, line, body: [] }
        enter({ type: 'if', line, branches: [branch] }, branch.body)
        return
      }
      case 'while':
      case 'repeat': {
        const inner: Instruction[] = []
        enter({ type: name, line, test: { text: argument }, body: inner }, inner)
        return
      }
      case 'macro': {
        const inner: Instruction[] = []
        enter({ type: 'macro', line, head: { text: argument }, body: inner }, inner)
        return
      }
      case 'elseif':
      case 'else':
        alternative(name, argument)
        return
      default:
        leave(name)
    }
  }

  function enter(block: Block, inner: Instruction[]): void {
    body.push(block)
    open.push({ block, body })
    body = inner
  }

  function alternative(name: 'elseif' | 'else', argument: string): void {
    const block = open.at(-1)?.block
    if (block?.type !== 'if') fail(`Unexpected @${name}`)
    if (block.branches.at(-1)?.test === undefined) fail(`Unexpected @${name} after @else`)
    const branch: Branch = { test: name === 'else' ? undefined : { text: argument }, line, body: [] }
    block.branches.push(branch)
    body = branch.body
  }

  function leave(name: string): void {
    const top = open.at(-1)
    if (top === undefined || (name !== 'end' && name !== `end${top.block.type}`)) fail(`Unexpected @${name}`)
    open.pop()
    body = top.body
  }

  function parseInline(source: string): void {
    let done = 0
    for (;;) {
      const opening = source.indexOf('@{', done)
      const closing = opening === -1 ? -1 : closingBrace(source, opening + 2)
      if (closing === -1) break
      if (opening > done) addText(source.slice(done, opening))
      try {
        body.push({ type: 'inline', line, value: parseExpression(source.slice(opening + 2, closing)) })
      } catch (error) {
        const column = error instanceof Failure ? opening + 2 + (error.column ?? 1) : undefined
        throw located(
          error instanceof Failure ? new Failure('DATA', error.message, column) : error,
          place(line),
        )
      }
      done = closing + 1
    }
    if (done < source.length) addText(source.slice(done))
  }

  function addText(source: string): void {
    // Neighbouring lines of text are one instruction.
    if (tail !== undefined && tail === body.at(-1) && tailLine === line - 1) tail.text += source
    else {
      tail = { type: 'text', line, text: source }
      body.push(tail)
    }
    tailLine = line
  }

  function fail(reason: string, at = line): never {
    throw new PreprocessError('DATA', reason, place(at))
  }

  function place(at: number): Place {
    return { file, line: at }
  }
}

/** Returns the index of the brace that ends an inline expression; quotes hide braces. -1 if there is none at all. */
function closingBrace(source: string, from: number): number {
  for (let at = from; at < source.length; at++) {
    const char = source[at]
    if (char === '}') return at
    if (char === '"' || char === "'") at = endOfQuote(source, at)
  }
  // An unclosed quote may have hidden a brace: hand that one out, so that the parser reports the quote.
  const last = source.lastIndexOf('}')
  return last >= from ? last : -1
}

/** Removes `//` and block comments, which quotes hide; a block comment that is not closed reaches to the end. */
function withoutComments(text: string): string {
  if (!text.includes('/')) return text
  let kept = ''
  let start = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '"' || char === "'") at = endOfQuote(text, at)
    if (char !== '/' || (text[at + 1] !== '/' && text[at + 1] !== '*')) continue
    kept += `${text.slice(start, at)} `
    const end = text[at + 1] === '*' ? text.indexOf('*/', at + 2) : -1
    if (end === -1) return kept
    at = end + 1
    start = end + 2
  }
  return kept + text.slice(start)
}
