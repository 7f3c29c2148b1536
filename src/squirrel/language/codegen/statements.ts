import type { Expression, Statement } from '../syntax/ast.ts'
import { newSlot } from './access.ts'
import { condition, expression } from './expressions.ts'
import type { Emitter } from './emitter.ts'

const TICK = 'if (--T[0] < 0) slice();'

/** JavaScript for the body of a function. */
export function body(emitter: Emitter, node: Statement): string {
  return node.kind === 'block' ? statements(emitter, node.body) : statement(emitter, node)
}

function statements(emitter: Emitter, nodes: readonly Statement[]): string {
  return nodes.map((node) => statement(emitter, node)).join('')
}

function block(emitter: Emitter, node: Statement): string {
  return `{${emitter.scoped(() => body(emitter, node))}${emitter.unmarked()}}`
}

// Every statement starts on a generated line of its own: that is how a stack trace finds its place.
function statement(emitter: Emitter, node: Statement): string {
  const mark = emitter.begin(node.token)
  switch (node.kind) {
    case 'empty':
      return ''
    case 'expression':
      return `${mark}${expression(emitter, node.expression, false)};`
    case 'block':
      return `${mark}${block(emitter, node)}`
    case 'if':
      return ifStatement(emitter, node, mark)
    case 'while':
      return `${mark}while (${condition(emitter, node.test)}) {${TICK}${block(emitter, node.body)}}`
    case 'do': {
      const inside = block(emitter, node.body)
      const testMark = emitter.begin(node.testToken)
      return `${mark}do {${TICK}${inside}}${testMark}while (${condition(emitter, node.test)});`
    }
    case 'for':
      return emitter.scoped(() => forLoop(emitter, node, mark))
    case 'foreach':
      return foreachLoop(emitter, node, mark)
    case 'switch':
      return switchStatement(emitter, node, mark)
    case 'local':
      return node.variables.map((variable) => local(emitter, mark, variable)).join('')
    case 'return':
      return returnStatement(emitter, node.value, mark)
    case 'yield':
      return `${mark}yield ${node.value === null ? 'null' : expression(emitter, node.value)};`
    case 'throw':
      return `${mark}throw thrown(${expression(emitter, node.value)});`
    case 'break':
    case 'continue':
      return `${mark}${node.kind};`
    case 'try':
      return tryStatement(emitter, node, mark)
    case 'newslot':
      return `${mark}${newSlot(emitter, node.target, node.value)};`
    case 'const':
      emitter.constants.set(node.name.name, node.value)
      return ''
    default:
      emitter.constants.set(node.name.name, new Map(node.values.map(({ name, value }) => [name, value])))
      return ''
  }
}

// `else if` goes round here too; each test has a line of its own.
function ifStatement(emitter: Emitter, node: Extract<Statement, { kind: 'if' }>, mark: string): string {
  const parts: string[] = []
  let start = mark
  let at: Statement | null = node
  while (at?.kind === 'if') {
    const test = condition(emitter, at.test)
    parts.push(`${start}if (${test}) ${block(emitter, at.yes)}`)
    at = at.no
    if (at?.kind === 'if') start = emitter.begin(at.token)
  }
  if (at !== null) parts.push(` ${block(emitter, at)}`)
  return parts.join(' else')
}

function local(
  emitter: Emitter,
  mark: string,
  variable: { name: string; initial: Expression | null },
): string {
  const value = variable.initial === null ? 'null' : expression(emitter, variable.initial)
  return `${mark}let ${emitter.declare(variable.name)} = ${value};`
}

function returnStatement(emitter: Emitter, value: Expression | null, mark: string): string {
  const code = value === null ? 'null' : expression(emitter, value)
  if (emitter.state.isGenerator) return `${mark}return ${code};`
  const result = emitter.temporary()
  return `${mark}return ${result} = ${code}, T[1]++, ${result};`
}

// One variable a loop, as in Squirrel, so it is declared outside; JavaScript's own would be one a round.
function forLoop(emitter: Emitter, node: Extract<Statement, { kind: 'for' }>, mark: string): string {
  const initial = node.initial === null ? '' : statement(emitter, node.initial)
  emitter.begin(node.token)
  const test = node.test === null ? '' : condition(emitter, node.test)
  const step = node.step === null ? '' : expression(emitter, node.step, false)
  return `${mark}{${initial}${emitter.mark()}for (; ${test}; ${step}) {${TICK}${block(emitter, node.body)}}}`
}

function foreachLoop(emitter: Emitter, node: Extract<Statement, { kind: 'foreach' }>, mark: string): string {
  const iterator = emitter.name('i')
  const subject = expression(emitter, node.subject)
  return emitter.scoped(() => {
    const key = node.key === null ? null : emitter.declare(node.key.name)
    const value = emitter.declare(node.value.name)
    const names = key === null ? value : `${key}, ${value}`
    const setKey = key === null ? '' : `${key} = ${iterator}.key;`
    return (
      `${mark}{const ${iterator} = iterate(${subject}); let ${names}; while (${iterator}.next()) {` +
      `${TICK}${setKey}${value} = ${iterator}.value;${block(emitter, node.body)}}}`
    )
  })
}

function switchStatement(
  emitter: Emitter,
  node: Extract<Statement, { kind: 'switch' }>,
  mark: string,
): string {
  const subject = emitter.name('w')
  const value = expression(emitter, node.subject)
  const tests = node.cases.map(
    ({ test }, at) => `equals(${subject}, ${expression(emitter, test)}) ? ${at} : `,
  )
  const choose = `${tests.join('')}-1`
  const cases = node.cases.map(
    (branch, at) => `${emitter.unmarked()}case ${at}: {${scopedStatements(emitter, branch.body)}}`,
  )
  const otherwise =
    node.otherwise === null
      ? ''
      : `${emitter.unmarked()}default: {${scopedStatements(emitter, node.otherwise)}}`
  return `${mark}{const ${subject} = ${value}; switch (${choose}) {${cases.join('')}${otherwise}}}`
}

function scopedStatements(emitter: Emitter, nodes: readonly Statement[]): string {
  return emitter.scoped(() => statements(emitter, nodes))
}

function tryStatement(emitter: Emitter, node: Extract<Statement, { kind: 'try' }>, mark: string): string {
  const depth = emitter.name('d')
  const caught = emitter.name('e')
  const inside = block(emitter, node.body)
  const handler = emitter.scoped(() => {
    const name = emitter.declare(node.name.name)
    return `T[1] = ${depth}; let ${name} = valueOf(${caught});${block(emitter, node.handler)}`
  })
  return `${mark}{const ${depth} = T[1]; try ${inside} catch (${caught}) {${handler}}}`
}
