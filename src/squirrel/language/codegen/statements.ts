import type { Declared, Expression, Statement } from '../syntax/ast.ts'
import type { Branching, Loop } from '../variants/hooks.ts'
import { newSlot } from './access.ts'
import { condition, expression } from './expressions.ts'
import type { Emitter } from './emitter.ts'

/** Stands for the end of a frame, until the function is known to count its frames or not; no generated text holds it. */
export const LEAVE = '\u0003'

const TICK = 'if (--T[0] < 0) slice();'

/** JavaScript for the body of a function. */
export function body(emitter: Emitter, node: Statement): string {
  return node.kind === 'block' ? statements(emitter, node.body) : statement(emitter, node)
}

function statements(emitter: Emitter, nodes: readonly Statement[]): string {
  return nodes.map((node) => statement(emitter, node)).join('')
}

function block(emitter: Emitter, node: Statement, before = ''): string {
  return `{${before}${emitter.scoped(() => body(emitter, node))}${emitter.unmarked()}}`
}

/** A block that is an arm of a branch. */
function arm(emitter: Emitter, branch: Branching, number: number, node: Statement): string {
  const count = emitter.hooks.branch(emitter, branch, number)
  return block(emitter, node, count && `${count};`)
}

// Every statement starts on a generated line of its own: that is how a stack trace finds its place.
function statement(emitter: Emitter, node: Statement): string {
  const line = emitter.begin(node.token)
  const mark = line + emitter.hooks.statement(emitter, node)
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
      return `${mark}${loop(emitter, node, condition(emitter, node.test), TICK, node.body)}`
    case 'do': {
      const inside = block(emitter, node.body)
      const testMark = emitter.begin(node.testToken)
      const again = emitter.hooks.again(emitter, node)
      return `${mark}do {${TICK}${inside}}${testMark}while (${again && `${again}, `}${condition(emitter, node.test)});`
    }
    case 'for':
      return forLoop(emitter, node, mark)
    case 'foreach':
      return foreachLoop(emitter, node, mark)
    case 'switch':
      return switchStatement(emitter, node, mark)
    case 'local':
      return node.variables.map((variable, at) => local(emitter, at === 0 ? mark : line, variable)).join('')
    case 'return':
      return returnStatement(emitter, node.value, mark)
    case 'yield':
      return yieldStatement(emitter, node.value, mark)
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

/** A loop that goes on as long as its test holds; what is watched runs where JavaScript has the step of a loop, after `continue` too. */
function loop(emitter: Emitter, node: Loop, test: string, before: string, inside: Statement): string {
  const again = emitter.hooks.again(emitter, node)
  const head = again === '' ? `while (${test})` : `for (; ${test}; ${again})`
  return `${head} {${before}${block(emitter, inside)}}`
}

// `else if` goes round here too; each test has a line of its own.
function ifStatement(emitter: Emitter, node: Extract<Statement, { kind: 'if' }>, mark: string): string {
  const parts: string[] = []
  let start = mark
  let ends = ''
  let at: Statement | null = node
  while (at?.kind === 'if') {
    const test = condition(emitter, at.test)
    const branch = at
    parts.push(`${start}if (${test}) ${arm(emitter, branch, 0, at.yes)}`)
    at = at.no
    if (at === null) {
      const count = emitter.hooks.branch(emitter, branch, 1)
      if (count !== '') parts.push(` {${count}}`)
    } else if (at.kind !== 'if') parts.push(` ${arm(emitter, branch, 1, at)}`)
    if (at?.kind !== 'if') continue
    start = emitter.begin(at.token)
    // What is watched is a statement of its own, and needs a block.
    const count = emitter.hooks.branch(emitter, branch, 1)
    const watched = (count && `${count};`) + emitter.hooks.statement(emitter, at)
    if (watched === '') continue
    start = ` {${start}${watched}`
    ends += '}'
  }
  return parts.join(' else') + ends
}

function local(emitter: Emitter, mark: string, variable: Declared & { initial: Expression | null }): string {
  const value = variable.initial === null ? 'null' : expression(emitter, variable.initial)
  return `${mark}${emitter.hooks.declare(emitter.declare(variable.name, variable.token), value)}`
}

function returnStatement(emitter: Emitter, value: Expression | null, mark: string): string {
  const code = value === null ? 'null' : expression(emitter, value)
  const leave = emitter.hooks.leave(emitter)
  if (emitter.state.isGenerator && leave === '') return `${mark}return ${code};`
  const result = emitter.temporary()
  const frame = emitter.state.isGenerator ? '' : LEAVE
  return `${mark}return ${result} = ${code}, ${leave && `${leave}, `}${frame}${result};`
}

function yieldStatement(emitter: Emitter, value: Expression | null, mark: string): string {
  const code = value === null ? 'null' : expression(emitter, value)
  const { before, after } = emitter.hooks.yields(emitter)
  if (before === '' && after === '') return `${mark}yield ${code};`
  const result = emitter.temporary()
  return `${mark}${result} = ${code}; ${before && `${before};`} yield ${result}; ${after && `${after};`}`
}

// One variable a loop, as in Squirrel, so it is declared outside; JavaScript's own would be one a round.
function forLoop(emitter: Emitter, node: Extract<Statement, { kind: 'for' }>, mark: string): string {
  const inside = emitter.scoped(() => {
    const initial = node.initial === null ? '' : statement(emitter, node.initial)
    emitter.begin(node.token)
    const test = node.test === null ? '' : condition(emitter, node.test)
    const step = node.step === null ? '' : expression(emitter, node.step, false)
    const again = emitter.hooks.again(emitter, node)
    const next = [again, step].filter((part) => part !== '').join(', ')
    return `${initial}${emitter.mark()}for (; ${test}; ${next}) {${TICK}${block(emitter, node.body)}}`
  })
  return `${mark}{${inside}}`
}

function foreachLoop(emitter: Emitter, node: Extract<Statement, { kind: 'foreach' }>, mark: string): string {
  const iterator = emitter.name('i')
  const subject = expression(emitter, node.subject)
  const { hooks } = emitter
  const inside = emitter.scoped(() => {
    const key = node.key === null ? null : emitter.declare(node.key.name, node.key.token)
    const value = emitter.declare(node.value.name, node.value.token)
    const names = `${key === null ? '' : hooks.declare(key, 'null')}${hooks.declare(value, 'null')}`
    const setKey = key === null ? '' : `${key} = ${iterator}.key;`
    return `${names} ${loop(emitter, node, `${iterator}.next()`, `${TICK}${setKey}${value} = ${iterator}.value;`, node.body)}`
  })
  return `${mark}{const ${iterator} = iterate(${subject}); ${inside}}`
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
    (branch, at) => `${emitter.unmarked()}case ${at}: {${caseBody(emitter, node, at, branch.body)}}`,
  )
  const otherwise =
    node.otherwise === null
      ? ''
      : `${emitter.unmarked()}default: {${caseBody(emitter, node, node.cases.length, node.otherwise)}}`
  return `${mark}{const ${subject} = ${value}; switch (${choose}) {${cases.join('')}${otherwise}}}`
}

function caseBody(
  emitter: Emitter,
  node: Extract<Statement, { kind: 'switch' }>,
  number: number,
  nodes: readonly Statement[],
): string {
  const count = emitter.hooks.branch(emitter, node, number)
  return `${count && `${count};`}${emitter.scoped(() => statements(emitter, nodes))}`
}

function tryStatement(emitter: Emitter, node: Extract<Statement, { kind: 'try' }>, mark: string): string {
  const depth = emitter.name('d')
  const caught = emitter.name('e')
  const attempt = emitter.hooks.attempt(emitter)
  const inside = block(emitter, node.body)
  const handler = emitter.scoped(() => {
    const declared = emitter.hooks.declare(
      emitter.declare(node.name.name, node.name.token),
      `valueOf(${caught})`,
    )
    return `${declared}${block(emitter, node.handler)}`
  })
  return `${mark}{const ${depth} = T[1]; try {${attempt.open}${inside}${attempt.close}} catch (${caught}) {T[1] = ${depth}; ${attempt.caught}${handler}${attempt.close}}}`
}
