import type { Node } from 'jsonc-parser'
import { conflictIn } from './conflict.ts'
import type { Problem } from './problems.ts'

/** A JSON file with the places of its parts. Every reader notes what is wrong and goes on, so that all mistakes are told at once. */
export interface Json {
  readonly value: unknown
  /** The text of a member of an object; undefined where it is absent or null. Anything but a text is a problem. */
  text(name: string): string | undefined
  /** As `text`, but absent is a problem too; `''` then. */
  required(name: string): string
  boolean(name: string): boolean | undefined
  list(name: string): readonly Json[] | undefined
  object(name: string): Json | undefined
  /** The members of an object by their names. */
  members(): readonly (readonly [string, Json])[]
  /** Any value, as it is. */
  raw(name: string): unknown
  has(name: string): boolean
  wrong(text: string, name?: string): void
  /** Whether it is an object at all; anything else is a problem. */
  isObject(): boolean
  /** Notes members that are none of these; `notes` may stand anywhere. */
  only(...names: readonly string[]): void
}

type Parser = typeof import('jsonc-parser')

/** Reads a JSON file that must hold an object, or a list where `list` says so. Undefined if it is no such JSON; the problem is noted then. */
export function readJson(
  parser: Parser,
  path: string,
  text: string,
  problems: Problem[],
  form: 'object' | 'array' = 'object',
): Json | undefined {
  const at = placesOf(text)
  const errors: { error: number; offset: number; length: number }[] = []
  const root = parser.parseTree(text, errors, { disallowComments: true, allowTrailingComma: false })
  const [first] = errors
  if (first !== undefined || root === undefined) {
    const conflict = conflictIn(text)
    if (conflict !== undefined) {
      problems.push({ path, ...conflict })
      return undefined
    }
    const offset = first?.offset ?? 0
    const what = first === undefined ? 'no value' : parser.printParseErrorCode(first.error)
    problems.push({ path, ...at(offset), text: `it is not valid JSON (${spaced(what)})` })
    return undefined
  }
  if (root.type !== form) {
    problems.push({
      path,
      ...at(root.offset),
      text: `it must hold ${form === 'array' ? 'a list' : 'an object'}`,
    })
    return undefined
  }
  // The number itself may be a secret.
  for (const { offset, length } of numbersIn(root))
    if (!isKept(text.slice(offset, offset + length)))
      problems.push({
        path,
        ...at(offset),
        text: 'the number has more digits than can be kept: write it as a text, or with fewer',
      })
  return jsonOf(parser, root, (offset, message) => problems.push({ path, ...at(offset), text: message }))
}

function jsonOf(parser: Parser, node: Node, note: (offset: number, text: string) => void): Json {
  const members = new Map<string, Node>()
  if (node.type === 'object') {
    for (const { children } of node.children ?? []) {
      const [key, value] = children ?? []
      if (key === undefined || value === undefined) continue
      if (members.has(String(key.value))) note(key.offset, `"${String(key.value)}" is there twice`)
      members.set(String(key.value), value)
    }
  }
  const of = (child: Node) => jsonOf(parser, child, note)
  const member = (name: string): Node | undefined => {
    const child = members.get(name)
    return child === undefined || child.type === 'null' ? undefined : child
  }
  const typed = (name: string, type: Node['type'], expected: string): Node | undefined => {
    const child = member(name)
    if (child === undefined || child.type === type) return child
    note(child.offset, `"${name}" must be ${expected}`)
    return undefined
  }
  const json: Json = {
    get value(): unknown {
      return parser.getNodeValue(node)
    },
    text: (name) => typed(name, 'string', 'a text')?.value as string | undefined,
    required(name) {
      if (member(name) === undefined) note(node.offset, `"${name}" is missing`)
      return json.text(name) ?? ''
    },
    boolean: (name) => typed(name, 'boolean', 'true or false')?.value as boolean | undefined,
    list: (name) => typed(name, 'array', 'a list')?.children?.map(of),
    object(name) {
      const child = typed(name, 'object', 'an object')
      return child && of(child)
    },
    members: () =>
      node.type === 'array'
        ? (node.children ?? []).map((child, i) => [String(i), of(child)] as const)
        : [...members].map(([name, child]) => [name, of(child)] as const),
    raw: (name) => {
      const child = member(name)
      return child === undefined ? undefined : (parser.getNodeValue(child) as unknown)
    },
    has: (name) => member(name) !== undefined,
    wrong: (text, name) => note((name === undefined ? node : (member(name) ?? node)).offset, text),
    isObject() {
      if (node.type !== 'object') note(node.offset, 'it must be an object')
      return node.type === 'object'
    },
    only(...names) {
      for (const [name, child] of members)
        if (name !== 'notes' && !names.includes(name)) note(child.offset, `"${name}" is not known here`)
    },
  }
  return json
}

function numbersIn(root: Node): readonly Node[] {
  const found: Node[] = []
  const left = [root]
  for (let node; (node = left.pop());) {
    if (node.type === 'number') found.push(node)
    for (const child of node.children ?? []) left.push(child)
  }
  return found.sort((a, b) => a.offset - b.offset)
}

/** Whether a number of a JSON text is the same after reading it: programs read doubles, which hold about 16 digits (RFC 8259 6). */
function isKept(literal: string): boolean {
  return plainNumber(literal) === plainNumber(String(Number(literal)))
}

/** The digits of a number without zeros around them, and the power of ten: equal for numbers of equal size, however they are written. */
function plainNumber(text: string): string {
  const parts = /^-?(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(text)
  if (parts === null) return text
  const [, whole = '', fraction = '', power = '0'] = parts
  const digits = (whole + fraction).replace(/^0+/, '')
  let end = digits.length
  while (digits[end - 1] === '0') end--
  return end === 0 ? '0' : `${digits.slice(0, end)}e${Number(power) - fraction.length + digits.length - end}`
}

function placesOf(text: string): (offset: number) => { line: number; column: number } {
  return (offset) => {
    const before = text.slice(0, offset).split('\n')
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 }
  }
}

// `ValueExpected` as words.
function spaced(code: string): string {
  return code.replace(/\B[A-Z]/g, (char) => ` ${char.toLowerCase()}`).toLowerCase()
}
