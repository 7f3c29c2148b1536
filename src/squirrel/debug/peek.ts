/** Looks at values without running code: what an editor shows under the mouse, and what can stand at a cursor. */
import { defaultDelegate } from '../language/delegates/methods.ts'
import { SqClass, SqInstance, member } from '../language/values/class.ts'
import { SqTable } from '../language/values/table.ts'
import { SqArray, SqFloat, type SqValue } from '../language/values/values.ts'
import type { Expression, Scalar } from '../language/syntax/ast.ts'
import { tokenize } from '../language/syntax/lexer.ts'
import { parse } from '../language/syntax/statements.ts'
import type { Surroundings } from './evaluate.ts'
import { namedParts } from './values.ts'

/** The value of an expression of names, members, indices and literals. Throws an Error for people for anything else. */
export function peek(where: Surroundings, text: string): SqValue {
  const value = look(where, expressionOf(text))
  if (value === undefined) throw new Error(`${text} does not exist`)
  return value
}

function expressionOf(text: string): Expression {
  const [first, ...more] = parse(tokenize(text, 'expression')).statements
  if (first?.kind !== 'expression' || more.length > 0) throw new Error('only an expression has a value')
  return first.expression
}

function look(where: Surroundings, node: Expression): SqValue | undefined {
  switch (node.kind) {
    case 'null':
      return null
    case 'this':
      return where.self
    case 'root':
      return where.side.vm.root
    case 'literal':
      return scalar(node.value)
    case 'name':
      return nameOf(where, node.name)
    case 'member': {
      const folded = enumOf(where, node)
      if (folded !== undefined) return folded
      const object = look(where, node.object)
      const key = look(where, node.key)
      return object === undefined || key === undefined ? undefined : ownValue(object, key)
    }
    default:
      throw new Error('only names, members and indices are looked at')
  }
}

function nameOf({ locals, self, constants, side }: Surroundings, name: string): SqValue | undefined {
  const local = locals.find((one) => one.name === name)
  if (local) return local.variables[local.at] as SqValue | undefined
  const constant = constants.get(name)
  if (constant !== undefined && !(constant instanceof Map)) return scalar(constant)
  const own = ownValue(self, name)
  return own === undefined ? side.vm.root.get(name) : own
}

function enumOf({ constants }: Surroundings, node: Extract<Expression, { kind: 'member' }>) {
  if (node.object.kind !== 'name' || node.key.kind !== 'literal') return undefined
  const known = constants.get(node.object.name)
  const value = known instanceof Map ? known.get(node.key.value as string) : undefined
  return value === undefined ? undefined : scalar(value)
}

function scalar(value: Scalar): SqValue {
  return typeof value === 'object' ? new SqFloat(value.float) : value
}

/** What a value has of a key, without metamethods. */
function ownValue(object: SqValue, key: SqValue): SqValue | undefined {
  if (object instanceof SqTable) {
    const own = object.get(key)
    if (own !== undefined || object.delegate === null) return own
    return ownValue(object.delegate, key)
  }
  if (object instanceof SqInstance) return member(object, key)
  if (object instanceof SqClass) return object.members.get(key)
  if (typeof key !== 'number') return undefined
  if (object instanceof SqArray) return object.a[key]
  if (typeof object !== 'string') return undefined
  const code = object.charCodeAt(key)
  return Number.isNaN(code) ? undefined : code
}

/** What can stand at a column (from 1) of a text: members behind a dot, otherwise names. `start` and `length` say what it takes the place of. */
export function completionsIn(
  where: Surroundings,
  text: string,
  column: number,
): { label: string; start: number; length: number }[] {
  const before = text.slice(0, Math.max(0, column - 1))
  const [, owner, part = ''] = /((?:::)?[A-Za-z_][\w.[\]"]*\.|::)?([A-Za-z_]\w*)?$/.exec(before) ?? []
  const names = owner === undefined ? namesIn(where) : membersIn(where, owner)
  return [...new Set(names)]
    .filter((name) => name.startsWith(part))
    .toSorted()
    .map((label) => ({ label, start: before.length - part.length, length: part.length }))
}

function namesIn({ locals, self, constants, side }: Surroundings): string[] {
  return [...locals.map(({ name }) => name), ...constants.keys(), ...wordsOf(self), ...wordsOf(side.vm.root)]
}

function membersIn(where: Surroundings, owner: string): string[] {
  if (owner === '::') return wordsOf(where.side.vm.root)
  try {
    const value = peek(where, owner.slice(0, -1))
    const delegate = defaultDelegate(value)
    return [...wordsOf(value), ...(delegate === undefined ? [] : [...delegate.keys()].map(String))]
  } catch {
    return []
  }
}

/** The keys of a value that are words, methods included. */
function wordsOf(value: SqValue): string[] {
  const keys = value instanceof SqInstance ? value.cls.members.entries() : namedParts(value)
  return keys.flatMap(([key]) => (typeof key === 'string' && /^[A-Za-z_]\w*$/.test(key) ? [key] : []))
}
