import type { Expression, Scalar, Target } from '../syntax/ast.ts'
import { arithmetic, isInteger } from './arithmetic.ts'
import { expression, isNeverWeak, literal, operand, operandBefore } from './expressions.ts'
import type { Emitter } from './emitter.ts'
import type { Token } from '../syntax/token.ts'

const WORD = /^[A-Za-z_][A-Za-z_0-9]*$/

/** The constant a name stands for; undefined when a local hides it or there is none. Raises for the name of an enum alone. */
export function constantOf(
  emitter: Emitter,
  node: { readonly name: string; readonly token: Token },
): Scalar | undefined {
  if (emitter.local(node.name) !== undefined) return undefined
  const value = emitter.constants.get(node.name)
  if (value instanceof Map) throw emitter.error("expected '.'", node.token)
  return value
}

/** A bare name: a local, a constant, or a slot of the environment or the root table. */
export function readName(emitter: Emitter, name: string, token: Token): string {
  const local = emitter.local(name)
  if (local !== undefined) return local
  const constant = constantOf(emitter, { name, token })
  if (constant !== undefined) return literal(emitter, constant)
  return readSlot(emitter, name)
}

function readSlot(emitter: Emitter, name: string): string {
  const value = emitter.temporary()
  const site = emitter.site()
  return `((${value} = self === ${site}.owner ? ${site}.slot.v : self?.$${name}) !== undefined ? ${value} : getName(self, "${name}", ${site}))`
}

/** `object.key` or `object[key]`. */
export function readMember(emitter: Emitter, node: Extract<Expression, { kind: 'member' }>): string {
  const folded = enumValue(emitter, node)
  if (folded !== undefined) return literal(emitter, folded)
  const word = wordKey(node)
  if (word !== null && node.object.kind === 'this') return readSlot(emitter, word)
  const object = objectOf(emitter, node.object, [node.key])
  if (word !== null) return `(${object.before}${readWord(emitter, object.code, word)})`
  const key = operand(emitter, node.key)
  return `(${object.before}${key.before}${readIndex(emitter, object.code, key.code)})`
}

function readWord(emitter: Emitter, object: string, word: string): string {
  const value = emitter.temporary()
  return `(${value} = ${object}?.$${word}) !== undefined ? ${value} : get(${object}, "${word}")`
}

function readIndex(emitter: Emitter, object: string, key: string): string {
  const value = emitter.temporary()
  return `${object} instanceof A && typeof ${key} === 'number' && (${value} = ${object}.a[${key}]) !== undefined ? ${value} : get(${object}, ${key})`
}

/** A call: a member's object becomes the environment, anything else is called in the current one. */
export function call(emitter: Emitter, node: Extract<Expression, { kind: 'call' }>): string {
  const { callee } = node
  emitter.state.calls = true
  const args = () => node.args.map((argument) => `, ${expression(emitter, argument)}`).join('')
  if (
    callee.kind === 'name' &&
    emitter.local(callee.name) === undefined &&
    constantOf(emitter, callee) === undefined
  ) {
    return callSlot(emitter, callee.name, node.args.length, args)
  }
  if (callee.kind === 'member' && enumValue(emitter, callee) === undefined)
    return callMember(emitter, callee, args)
  const { before, code } = operand(emitter, callee)
  return `(${before}${code} instanceof C ? ${code} : callable(${code})).fn(self${args()})`
}

function callSlot(emitter: Emitter, name: string, count: number, args: () => string): string {
  const found = emitter.temporary()
  if (name === 'callee' && count === 0) {
    emitter.state.usesHolder = true
    const holder = emitter.state.holder
    return `((${found} = ${readSlot(emitter, name)}) === calleeFunction ? ${holder} : callable(${found}).fn(self))`
  }
  const site = emitter.site()
  return (
    `((${found} = self === ${site}.owner ? ${site}.slot.v : self?.m$${name}) instanceof C ? ${found} ` +
    `: callable(getName(self, "${name}", ${site}))).fn(self${args()})`
  )
}

function callMember(
  emitter: Emitter,
  callee: Extract<Expression, { kind: 'member' }>,
  args: () => string,
): string {
  const word = wordKey(callee)
  if (callee.object.kind === 'this' && word !== null) return callSlot(emitter, word, -1, args)
  const object = objectOf(emitter, callee.object, [callee.key])
  const self = callee.object.kind === 'base' ? 'self' : object.code
  const found = emitter.temporary()
  if (word !== null) {
    return (
      `(${object.before}(${found} = ${object.code}?.m$${word}) instanceof C ? ${found} : ` +
      `callable(${readWord(emitter, object.code, word)})).fn(${self}${args()})`
    )
  }
  const key = operand(emitter, callee.key)
  return `(${object.before}${key.before}callable(${readIndex(emitter, object.code, key.code)})).fn(${self}${args()})`
}

type Assignment = Extract<Expression, { kind: 'assign' }>

/** `=`, `<-` and the operators with `=`. */
export function assign(emitter: Emitter, node: Assignment, used: boolean): string {
  const { target, operator } = node
  if (operator === '<-') return newSlot(emitter, target, node.value)
  const variable = target.kind === 'name' ? emitter.local(target.name) : undefined
  if (variable !== undefined) {
    if (operator === '=') return `(${variable} = ${expression(emitter, node.value)})`
    const { before, code } = operand(emitter, node.value)
    return `(${before}${variable} = ${arithmetic(operator.slice(0, -1), variable, code, emitter.integerVariables.has(variable), isInteger(emitter, node.value))})`
  }
  const place = placeOf(emitter, target, [node.value])
  if (operator === '=') {
    const value = operand(emitter, node.value)
    return `(${place.before}${value.before}${place.write(value.code, isNeverWeak(node.value))}${used ? `, ${value.code}` : ''})`
  }
  const old = emitter.temporary()
  const read = `${old} = ${place.read()}, `
  const value = operand(emitter, node.value)
  const result = emitter.temporary()
  const compute = `${result} = (${arithmetic(operator.slice(0, -1), old, value.code)}), `
  return `(${place.before}${read}${value.before}${compute}${place.write(result, true)}${used ? `, ${result}` : ''})`
}

/** `object.key <- value`. */
export function newSlot(emitter: Emitter, target: Target, value: Expression): string {
  if (target.kind === 'name') {
    if (emitter.local(target.name) !== undefined)
      throw emitter.error("can't 'create' a local slot", target.token)
    return `newSlot(self, "${target.name}", ${expression(emitter, value)})`
  }
  const object = expression(emitter, target.object)
  const key = expression(emitter, target.key)
  return `newSlot(${object}, ${key}, ${expression(emitter, value)})`
}

/** `++` and `--`. */
export function step(emitter: Emitter, node: Extract<Expression, { kind: 'step' }>, used: boolean): string {
  const { target } = node
  const operator = node.by === 1 ? '+' : '-'
  const variable = target.kind === 'name' ? emitter.local(target.name) : undefined
  if (variable !== undefined) {
    const change = `${variable} = ${arithmetic(operator, variable, '1', emitter.integerVariables.has(variable), true)}`
    if (node.prefix || !used) return `(${change})`
    const old = emitter.temporary()
    return `(${old} = ${variable}, ${change}, ${old})`
  }
  const place = placeOf(emitter, target, [])
  const old = emitter.temporary()
  const result = emitter.temporary()
  const compute = `${old} = ${place.read()}, ${result} = (${arithmetic(operator, old, '1', false, true)})`
  return `(${place.before}${compute}, ${place.write(result, true)}${used ? `, ${node.prefix ? result : old}` : ''})`
}

/** `delete target`. */
export function deleteTarget(emitter: Emitter, target: Target): string {
  if (target.kind === 'name') {
    if (emitter.local(target.name) !== undefined) {
      throw emitter.error('cannot delete an (outer) local', target.token)
    }
    return `deleteSlot(self, "${target.name}")`
  }
  const object = expression(emitter, target.object)
  return `deleteSlot(${object}, ${expression(emitter, target.key)})`
}

/** An operand that a `.` may follow, in front of `others`: JavaScript would take the one after a number for a decimal point. */
function objectOf(
  emitter: Emitter,
  node: Expression,
  others: readonly Expression[],
): { before: string; code: string } {
  const { before, code } = operandBefore(emitter, node, others)
  return /^\d/.test(code) ? { before, code: `(${code})` } : { before, code }
}

interface Place {
  readonly before: string
  read(): string
  write(value: string, neverWeak: boolean): string
}

/** Where an assignment goes; `values` are evaluated before anything is written. */
function placeOf(emitter: Emitter, target: Target, values: readonly Expression[]): Place {
  const word = target.kind === 'name' ? target.name : wordKey(target)
  if (word !== null && (target.kind === 'name' || target.object.kind === 'this')) {
    return {
      before: '',
      read: () => readSlot(emitter, word),
      write: (value, neverWeak) =>
        `self?.$${word} !== undefined ? self.$${word} = ${storing(value, neverWeak)} : setName(self, "${word}", ${value})`,
    }
  }
  const member = target as Extract<Target, { kind: 'member' }>
  const object = objectOf(emitter, member.object, [member.key, ...values])
  if (word !== null) {
    return {
      before: object.before,
      read: () => `(${readWord(emitter, object.code, word)})`,
      write: (value, neverWeak) =>
        `${object.code}?.$${word} !== undefined ? ${object.code}.$${word} = ${storing(value, neverWeak)} : set(${object.code}, "${word}", ${value})`,
    }
  }
  const key = operandBefore(emitter, member.key, values)
  return {
    before: object.before + key.before,
    read: () => `(${readIndex(emitter, object.code, key.code)})`,
    write: (value, neverWeak) =>
      `${object.code} instanceof A && typeof ${key.code} === 'number' && ${key.code} >= 0 && ${key.code} < ${object.code}.a.length ` +
      `? ${object.code}.a[${key.code}] = ${storing(value, neverWeak)} : set(${object.code}, ${key.code}, ${value})`,
  }
}

function storing(value: string, neverWeak: boolean): string {
  // Most values are no objects: those need no call into the runtime.
  return neverWeak ? value : `(typeof ${value} === 'object' ? stored(${value}) : ${value})`
}

function wordKey(node: Extract<Expression, { kind: 'member' }>): string | null {
  if (node.key.kind !== 'literal' || typeof node.key.value !== 'string') return null
  return WORD.test(node.key.value) ? node.key.value : null
}

function enumValue(emitter: Emitter, node: Extract<Expression, { kind: 'member' }>): Scalar | undefined {
  const { object } = node
  const word = wordKey(node)
  if (object.kind !== 'name' || word === null || emitter.local(object.name) !== undefined) return undefined
  const values = emitter.constants.get(object.name)
  if (!(values instanceof Map)) return undefined
  const value = values.get(word)
  if (value === undefined) throw emitter.error(`invalid constant [${object.name}.${word}]`, object.token)
  return value
}
