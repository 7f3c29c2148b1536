// Longer than other files: a pipeline, its stages and their arguments are read in one go.
import { foreignHint } from './foreign.ts'
import type { Cursor } from './cursor.ts'
import { ANYTHING, type Structure } from './structure.ts'
import { rejectHabits, rejectRedirection } from './habits.ts'
import { expression, postfix, startsRecord } from './expression.ts'
import { VALUE_KEYWORDS } from './statement.ts'
import { block } from './block.ts'
import { word } from './word.ts'
import type {
  Argument,
  Block,
  Chain,
  Command,
  Condition,
  Expression,
  External,
  Name,
  Option,
  Pipeline,
  Spread,
  Stage,
  Word,
} from './tree.ts'
import { ASSIGNING_FILTERS, CONDITION_FILTERS, isKeyword } from './keywords.ts'

/** The name of a command: letters, digits, `_` and `-`, with an optional final `?`. */
const HEAD = /[A-Za-z_][A-Za-z_0-9-]*\??/y
const CONSTANT = /(?:true|false|null|now|today|not)(?![A-Za-z_0-9?/\\:@={-]|\.[A-Za-z])/y
/** In a row expression: a name with an operator, `.` or `)` behind it. */
const FIELD_START =
  /[A-Za-z_][A-Za-z_0-9]*\??(?:\.["A-Za-z_]|\[|\s*(?:[)}]|\||\.\.|==|!=|=~|!~|<=|>=|\?\?|&&|\|\||[-+*/%<>](?=\s)|(?:and|or|in)(?![\w-])))/y

/** The first-token rule (language.md 2.4 rule 2): whether an expression, not a command, starts here. */
export function startsExpression(c: Cursor): boolean {
  const char = c.peek()
  if (char !== '' && '$\'"([{'.includes(char)) return true
  if (/[0-9]/.test(char) || (char === '-' && /[0-9$(]/.test(c.peek(1)))) return true
  return c.match(CONSTANT) !== undefined || (c.names !== 'none' && c.match(FIELD_START) !== undefined)
}

/** Reads pipelines joined by `&&` and `||`. */
export function chain(c: Cursor): Chain {
  const first = pipeline(c)
  const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = []
  let { end } = first
  for (;;) {
    c.skipSpace()
    c.joinNextLine(/&&|\|\|/y)
    const operator = c.at('&&') ? '&&' : c.at('||') ? '||' : undefined
    if (operator === undefined) break
    c.takeText('operator', operator)
    c.skipLines()
    rejectKeyword(c, operator)
    const next = pipeline(c)
    rest.push({ operator, pipeline: next })
    end = next.end
  }
  return { kind: 'chain', first, rest, start: first.start, end }
}

function rejectKeyword(c: Cursor, operator: string): void {
  const name = c.match(HEAD)
  if (name === undefined || !isKeyword(name)) return
  c.fail(`"${name}" is a statement and cannot follow "${operator}"`, {
    end: c.pos + name.length,
    code: 'BASH',
    hint:
      operator === '||'
        ? `write try { ... } catch { ${name} ... }`
        : `write it on a line of its own: errors stop the script anyway`,
  })
}

/** Reads stages joined by pipes; `before` is a first stage that has been read. */
export function pipeline(c: Cursor, before?: Expression): Pipeline {
  const start = before?.start ?? c.pos
  const first = before ?? (startsExpression(c) ? expression(c) : command(c))
  if (first.kind === 'command' && CONDITION_FILTERS.has(first.head.text)) {
    c.fail(`"${first.head.text}" filters what comes through a pipe`, {
      start: first.head.start,
      end: first.head.end,
      hint: `write LIST | ${first.head.text} ...`,
    })
  }
  let { end } = first

  const stages: Stage[] = []
  for (;;) {
    c.skipSpace()
    c.joinNextLine(/\|(?!\|)/y)
    if (c.peek() !== '|' || c.peek(1) === '|') break
    c.take('operator', c.pos + 1)
    c.skipLines()
    const next = stage(c)
    stages.push(next)
    end = next.end
  }
  if (c.peek() !== '>') return { kind: 'pipeline', first, stages, start, end }
  // `>&2` and `>&-` name no file.
  if (c.match(/>>?[ \t]*&/y) !== undefined) rejectRedirection(c)
  const append = c.at('>>')
  c.takeText('operator', append ? '>>' : '>')
  c.skipSpace()
  const target = word(c, 'a file name')
  return { kind: 'pipeline', first, stages, redirect: { append, target }, start, end: target.end }
}

function stage(c: Cursor): Stage {
  // A name after a pipe is always a command, also where a bare name is a field.
  const isValue = /[A-Za-z_]/.test(c.peek()) ? c.match(CONSTANT) !== undefined : startsExpression(c)
  if (isValue) {
    c.fail('a pipe leads into a filter, not into a value', {
      hint: 'write | map { ... } to make a value from each item',
    })
  }
  return command(c)
}

/** Reads a command word with its arguments, or an external program. */
function command(c: Cursor): Command | External {
  const start = c.pos
  if (c.peek() === '!') return external(c)
  rejectHabits(c)
  const text = c.match(HEAD)
  if (text === undefined) {
    const found = c.match(/[^\s|;(){}]+/y) ?? c.peek()
    if (found === '' || found === '\n') c.fail('expected a command')
    if (found === '}' && c.openings.length === 0) c.fail('"}" closes nothing', { end: start + 1 })
    if ('|;)}'.includes(found)) c.fail(`expected a command, found "${found}"`, { end: start + 1 })
    c.fail(`"${found}" is not the name of a command`, {
      end: start + found.length,
      ...(found.length > 1 && { hint: foreignHint(found, 0) ?? commandHint(found) }),
    })
  }
  const head: Name = { text, start, end: start + text.length }
  if (isKeyword(text)) {
    const hint = VALUE_KEYWORDS.has(text)
      ? `a value from it stands in brackets: (${text} ...)`
      : 'it starts a line of its own'
    c.fail(`"${text}" is a statement and cannot stand here`, { end: head.end, hint })
  }
  const dotted = c.match(DOTTED)
  if (dotted !== undefined) return commandOf(c, { text: dotted, start, end: start + dotted.length })
  const next = c.peek(text.length)
  if (next === '=' && c.peek(text.length + 1) !== '=') {
    c.fail(`"${text}=" does not set a variable`, {
      end: head.end + 1,
      code: 'BASH',
      hint: `write let ${text} = ..., or set ${text} = ... to change it`,
    })
  }
  if (!/^[\s|;)}>&{(]?$/.test(next)) {
    const all = c.match(/[^\s|;()]+/y) ?? text
    c.fail(`"${all}" is not the name of a command`, { end: start + all.length, hint: commandHint(all) })
  }
  return commandOf(c, head)
}

function commandOf(c: Cursor, head: Name): Command {
  const { text, start } = head
  c.takeText('command', text)
  const args = CONDITION_FILTERS.has(text)
    ? conditionArguments(c, head)
    : readArguments(c, true, text.includes('.') ? ANYTHING : c.structure(text))
  return { kind: 'command', head, args, start, end: args.at(-1)?.end ?? head.end }
}

/** `lib.report`: a function of a module. */
const DOTTED = /[A-Za-z_][A-Za-z_0-9]*\.[A-Za-z_][A-Za-z_0-9-]*\??(?=[\s|;)}]|$)/y

function commandHint(text: string): string {
  return /^[./~]|[\\/]/.test(text)
    ? `programs start with "!": !${text}; scripts with run: run ${text}`
    : `write "${text.replaceAll('"', '')}" for the text`
}

function external(c: Cursor): External {
  const start = c.pos
  c.take('external', c.pos + 1)
  if (/[\s]/.test(c.peek()) || c.ended) {
    c.fail('expected the name of a program', { hint: 'there is no space after "!"; not negates' })
  }
  const program = word(c, 'the name of a program')
  const args = readArguments(c, false)
  return { kind: 'external', program, args, start, end: args.at(-1)?.end ?? program.end }
}

const OPTION = /(?:--[A-Za-z][A-Za-z_0-9-]*|-[A-Za-z](?![A-Za-z_0-9.,:/-]))(?==|[\s|;)}]|$)/y
const NEXT_OPTION = /--?[A-Za-z]/y

/** `total = count,` of a list of columns goes on in the next line (language.md 2.4 rule 5). A comma inside quotes does not. */
function endsWithComma(last: Argument | undefined): boolean {
  if (last?.kind !== 'word') return false
  const part = last.parts.at(-1)
  return part?.kind === 'bare' && part.text.endsWith(',')
}

/** Reads arguments up to the end of the command. `options` is false for programs: their options are words. */
function readArguments(c: Cursor, options: boolean, structure?: Structure): Argument[] {
  const args: Argument[] = []
  let words = 0
  let option: string | undefined
  for (;;) {
    c.skipSpace()
    c.joinNextLine(NEXT_OPTION)
    if (endsWithComma(args.at(-1))) c.skipLines()
    const char = c.peek()
    if (char === '' || '\n|;)}>'.includes(char) || c.at('&&') || c.at('\r\n')) return args
    rejectRedirection(c)
    const holds = structure !== undefined && takesValues(structure, words, option)
    const next = (holds ? literal(c) : undefined) ?? argument(c, options)
    args.push(next)
    if (next.kind === 'option') {
      option = next.value === undefined && structure?.takes.has(next.text) === true ? next.text : undefined
    } else if (option !== undefined) option = undefined
    else words += 1
  }
}

/** Whether lists, records and blocks are read as such here, and not as text. */
function takesValues(
  { words, many, options }: Structure,
  position: number,
  option: string | undefined,
): boolean {
  if (option !== undefined) return options.has(option)
  return words[position] ?? (many && words.at(-1) === true)
}

/** A list or a record as an argument: `join [{a: 1}] --on a`. */
function literal(c: Cursor): Word | undefined {
  const { pos: start, names } = c
  if (c.peek() !== '[' && !(c.peek() === '{' && startsRecord(c))) return undefined
  c.names = 'none'
  const value = postfix(c)
  c.names = names
  if (!c.ended && !/[\s|;)}]/.test(c.peek()))
    c.fail('a list or a record is an argument of its own', {
      hint: 'put a space after it, or quotes around a text',
    })
  return { kind: 'word', parts: [{ kind: 'value', value, start, end: c.pos }], start, end: c.pos }
}

function argument(c: Cursor, options: boolean): Argument {
  if (c.peek() === '{' && options && /[\s|]/.test(c.peek(1))) return block(c)
  if (c.at('...') && /[$([]/.test(c.peek(3))) return spread(c)
  const text = options ? c.match(OPTION) : undefined
  return text === undefined ? word(c) : option(c, text)
}

function option(c: Cursor, text: string): Option {
  const start = c.pos
  c.takeText('option', text)
  if (c.peek() !== '=') return { kind: 'option', text, start, end: c.pos }
  c.take('operator', c.pos + 1)
  if (/[\s|;)]/.test(c.peek()) || c.ended) {
    const value: Word = { kind: 'word', parts: [], start: c.pos, end: c.pos }
    return { kind: 'option', text, value, start, end: c.pos }
  }
  const value = word(c)
  return { kind: 'option', text, value, start, end: value.end }
}

function spread(c: Cursor): Spread {
  const start = c.pos
  c.takeText('operator', '...')
  const value = postfix(c)
  return { kind: 'spread', value, start, end: value.end }
}

/** Options, `NAME =` for filters that set a field, and the condition. */
function conditionArguments(c: Cursor, head: Name): Argument[] {
  const args: Argument[] = []
  c.skipSpace()
  for (;;) {
    c.joinNextLine(NEXT_OPTION)
    const text = c.match(OPTION)
    if (text === undefined) break
    const read = option(c, text)
    args.push(read)
    c.skipSpace()
    if (head.text === 'until' && read.value === undefined && text === '--timeout') {
      args.push(word(c, 'a duration'))
      c.skipSpace()
    }
  }
  if (ASSIGNING_FILTERS.has(head.text)) args.push(assignedField(c, head))
  args.push(condition(c, head))
  return args
}

function assignedField(c: Cursor, head: Name): Word {
  const start = c.pos
  // "update" reaches into records and lists, "add" makes a field of the record itself.
  const text = c.match(
    head.text === 'add' ? /[A-Za-z_][A-Za-z_0-9]*/y : /[A-Za-z_][A-Za-z_0-9]*(?:\.[A-Za-z_0-9]+)*/y,
  )
  if (text === undefined)
    c.fail(`expected the name of the field after "${head.text}"`, {
      hint: `write | ${head.text} age = now - created_at`,
    })
  c.takeText('name', text)
  const { pos: end } = c
  c.skipSpace()
  if (c.peek() !== '=' || c.peek(1) === '=') c.fail(`expected "=" after "${head.text} ${text}"`)
  c.take('operator', c.pos + 1)
  c.skipLines()
  return { kind: 'word', parts: [{ kind: 'bare', text, start, end }], start, end }
}

function condition(c: Cursor, head: Name): Condition | Block {
  if (c.peek() === '{' && (c.peek(1) === '' || /[\s|]/.test(c.peek(1)))) return block(c)
  if (c.ended || /[\n|;)}]/.test(c.peek())) c.fail(`"${head.text}" needs a condition`)
  const { names, multiline } = c
  c.names = 'field'
  const body = expression(c)
  c.names = names
  c.multiline = multiline
  return { kind: 'condition', body, start: body.start, end: body.end }
}
