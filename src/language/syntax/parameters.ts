import type { Cursor } from './cursor.ts'
import { close, expression } from './expression.ts'
import { name } from './block.ts'
import { doubleQuoted, singleQuoted } from './word.ts'
import { type Expression, type Name, type Param, type Parameter, type TypeName, TYPES } from './tree.ts'

/** Reads what follows `param`; a comment behind it on the same line describes it. */
export function scriptParameter(c: Cursor, start: number): Param {
  const parameter = readParameter(c, true)
  const { end } = parameter
  const comment = /^[ \t]+#+[ \t]*([^\n]*)/.exec(c.text.slice(end, end + 300))?.[1]?.trim()
  return { kind: 'param', parameter, ...(comment ? { comment } : {}), start, end }
}

/** Reads `(a, b = 1, --flag, ...rest)`. */
export function parameterList(c: Cursor): Parameter[] {
  const parameters: Parameter[] = []
  const { pos } = c
  c.take('punctuation', c.pos + 1)
  c.within('(', pos, () => {
    c.multiline += 1
    c.skipSpace()
    while (c.peek() !== ')') {
      parameters.push(readParameter(c, false))
      c.skipSpace()
      if (c.peek() === ')') break
      if (c.peek() !== ',') c.fail('expected "," or ")"')
      c.take('punctuation', c.pos + 1)
      c.skipSpace()
    }
    c.multiline -= 1
    close(c, ')')
  })
  return parameters
}

function readParameter(c: Cursor, letters: boolean): Parameter {
  const start = c.pos
  const style = c.at('--') ? 'option' : c.at('...') ? 'rest' : 'positional'
  const target = style === 'option' ? optionName(c) : restOrName(c, style)
  const letter = letters && style === 'option' ? optionLetter(c) : undefined
  c.skipSpace()
  const type = c.peek() === ':' ? typeName(c) : undefined
  c.skipSpace()
  if (c.peek() !== '=') {
    const end = type === undefined ? (letter === undefined ? target.end : target.end + 2) : type.end
    return { name: target, style, ...(letter && { letter }), ...typeParts(type), start, end }
  }
  c.take('operator', c.pos + 1)
  c.skipLines()
  const fallback = expression(c)
  return {
    name: target,
    style,
    ...(letter && { letter }),
    ...(type === undefined ? inferred(fallback) : typeParts(type)),
    fallback,
    start,
    end: fallback.end,
  }
}

interface ReadType {
  readonly text: TypeName
  readonly choices?: readonly string[]
  readonly end: number
}

function typeParts(type: ReadType | undefined): Pick<Parameter, 'type' | 'choices'> {
  if (type === undefined) return {}
  return { type: type.text, ...(type.choices && { choices: type.choices }) }
}

const INFERRED: { readonly [kind in Expression['kind']]?: TypeName } = {
  text: 'text',
  template: 'text',
  number: 'number',
  duration: 'duration',
  time: 'time',
  now: 'time',
  today: 'time',
  true: 'bool',
  false: 'bool',
  list: 'list',
  record: 'record',
  block: 'block',
}

/** A parameter without a type takes that of its default. */
function inferred(fallback: Expression): Pick<Parameter, 'type'> {
  const type = INFERRED[fallback.kind]
  return type === undefined ? {} : { type }
}

function restOrName(c: Cursor, style: 'rest' | 'positional'): Name {
  if (style === 'rest') c.takeText('operator', '...')
  return name(c, 'the name of a parameter')
}

function optionName(c: Cursor): Name {
  const start = c.pos
  const text = c.match(/--[A-Za-z][A-Za-z_0-9-]*/y)
  if (text === undefined) c.fail('expected the name of an option after "--"')
  c.takeText('option', text)
  return { text: text.slice(2), start, end: c.pos }
}

function optionLetter(c: Cursor): string | undefined {
  if (c.peek() !== '/') return undefined
  c.take('punctuation', c.pos + 1)
  const letter = c.match(/[A-Za-z](?![A-Za-z_0-9])/y)
  if (letter === undefined) c.fail('expected one letter after "/"')
  c.takeText('option', letter)
  return letter
}

function typeName(c: Cursor): ReadType {
  c.take('punctuation', c.pos + 1)
  c.skipSpace()
  const text = c.match(/[a-z]+/y)
  if (text === undefined || !(TYPES as readonly string[]).includes(text)) {
    c.fail(`expected a type${text === undefined ? '' : `, found "${text}"`}`, {
      hint: `types are ${TYPES.join(', ')}`,
    })
  }
  c.takeText('name', text)
  if (text === 'choice') return { text, choices: choicesOf(c), end: c.pos }
  return { text: text as TypeName, end: c.pos }
}

/** `("a", "b")` behind `choice`. */
function choicesOf(c: Cursor): string[] {
  const found: string[] = []
  const { pos } = c
  if (c.peek() !== '(') c.fail('expected "(" after "choice"', { hint: 'write choice("a", "b")' })
  c.take('punctuation', c.pos + 1)
  c.within('(', pos, () => {
    c.multiline += 1
    c.skipSpace()
    while (c.peek() !== ')') {
      const value = c.peek() === "'" ? singleQuoted(c) : c.peek() === '"' ? doubleQuoted(c) : undefined
      if (value?.kind !== 'text') c.fail('expected a text in quotes', { hint: 'write choice("a", "b")' })
      found.push(value.text)
      c.skipSpace()
      if (c.peek() !== ',') break
      c.take('punctuation', c.pos + 1)
      c.skipSpace()
    }
    c.multiline -= 1
    close(c, ')')
  })
  return found
}

/** The variable that holds a parameter: `--device-file` becomes `$device_file`. */
export function variableOf(parameter: Parameter): string {
  return parameter.name.text.replaceAll('-', '_')
}
