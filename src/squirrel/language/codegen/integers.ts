import type { Expression, FunctionDefinition, Member, Statement } from '../syntax/ast.ts'
import type { Token } from '../syntax/token.ts'

/** A local variable. */
interface Local {
  readonly token: Token
  /** The number of the function that it belongs to. */
  readonly owner: number
  /** What it is given: null for something that is no integer for sure. */
  readonly values: (Expression | null)[]
  captured: boolean
}

const ALWAYS: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>', '>>>'])
const OF_INTEGERS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%'])

/**
 * The locals of a program, by the token that declares them, that only ever hold integers: every value that they are given is an integer literal or the
 * result of an integer operator on such locals. Locals that inner functions mention never qualify. Their code needs no look at the type.
 */
export function integerLocals(main: FunctionDefinition): ReadonlySet<Token> {
  const locals: Local[] = []
  const names = new Map<Expression, Local>()
  new Walk(locals, names).body(main)
  const integers = new Set(locals.filter(({ captured }) => !captured))
  // All are taken for integers until one of their values contradicts; that may contradict others.
  for (let changed = true; changed;) {
    changed = false
    for (const local of integers) {
      if (local.values.every((value) => value !== null && isInteger(value))) continue
      integers.delete(local)
      changed = true
    }
  }
  return new Set([...integers].map(({ token }) => token))

  function isInteger(node: Expression): boolean {
    switch (node.kind) {
      case 'literal':
        return typeof node.value === 'number'
      case 'name': {
        const local = names.get(node)
        return local !== undefined && integers.has(local)
      }
      case 'binary':
        return (
          ALWAYS.has(node.operator) ||
          (OF_INTEGERS.has(node.operator) && isInteger(node.left) && isInteger(node.right))
        )
      case 'unary':
        return node.operator === '~' || (node.operator === '-' && isInteger(node.operand))
      case 'conditional':
        return isInteger(node.yes) && isInteger(node.no)
      default:
        return false
    }
  }
}

/** Finds all locals and what they are given. */
class Walk {
  private readonly locals: Local[]
  private readonly names: Map<Expression, Local>
  private readonly scopes: Map<string, Local | null>[] = [new Map()]
  private functions = 0
  private current = 0

  constructor(locals: Local[], names: Map<Expression, Local>) {
    this.locals = locals
    this.names = names
  }

  body(definition: FunctionDefinition): void {
    const outer = this.current
    this.current = ++this.functions
    this.scoped(() => {
      for (const { name } of definition.parameters) this.scopes.at(-1)?.set(name, null)
      if (definition.variadic) this.scopes.at(-1)?.set('vargv', null)
      this.statement(definition.body)
    })
    this.current = outer
  }

  private scoped(walk: () => void): void {
    this.scopes.push(new Map())
    walk()
    this.scopes.pop()
  }

  private find(name: string): Local | null | undefined {
    for (let at = this.scopes.length - 1; at >= 0; at--) {
      const found = this.scopes[at]?.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  private declare(name: string, token: Token, value: Expression | null): void {
    const local: Local = { token, owner: this.current, values: [value], captured: false }
    this.locals.push(local)
    this.scopes.at(-1)?.set(name, local)
  }

  private statement(node: Statement): void {
    switch (node.kind) {
      case 'expression':
        return this.expression(node.expression)
      case 'block':
        return this.scoped(() => node.body.forEach((one) => this.statement(one)))
      case 'if': {
        this.expression(node.test)
        this.scoped(() => this.statement(node.yes))
        const { no } = node
        if (no !== null) this.scoped(() => this.statement(no))
        return
      }
      case 'while':
      case 'do':
        this.expression(node.test)
        return this.scoped(() => this.statement(node.body))
      case 'for':
        return this.scoped(() => {
          if (node.initial !== null) this.statement(node.initial)
          if (node.test !== null) this.expression(node.test)
          if (node.step !== null) this.expression(node.step)
          this.scoped(() => this.statement(node.body))
        })
      case 'foreach':
        this.expression(node.subject)
        return this.scoped(() => {
          for (const one of [node.key, node.value]) if (one !== null) this.scopes.at(-1)?.set(one.name, null)
          this.scoped(() => this.statement(node.body))
        })
      case 'switch':
        this.expression(node.subject)
        for (const { test, body } of node.cases) {
          this.expression(test)
          this.scoped(() => body.forEach((one) => this.statement(one)))
        }
        return this.scoped(() => node.otherwise?.forEach((one) => this.statement(one)))
      case 'local':
        for (const { name, token, initial } of node.variables) {
          if (initial !== null) this.expression(initial)
          this.declare(name, token, initial)
        }
        return
      case 'return':
      case 'yield':
      case 'throw':
        if (node.value !== null) this.expression(node.value)
        return
      case 'try':
        this.scoped(() => this.statement(node.body))
        return this.scoped(() => {
          this.scopes.at(-1)?.set(node.name.name, null)
          this.scoped(() => this.statement(node.handler))
        })
      case 'newslot':
        this.expression(node.target)
        return this.expression(node.value)
      default:
        return
    }
  }

  private expression(whole: Expression): void {
    // Not by recursion: operators come in chains of thousands.
    const waiting = [whole]
    for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) this.look(node, waiting)
  }

  private look(node: Expression, waiting: Expression[]): void {
    switch (node.kind) {
      case 'name': {
        const local = this.find(node.name)
        if (!local) return
        if (local.owner !== this.current) local.captured = true
        this.names.set(node, local)
        return
      }
      case 'assign':
        this.expression(node.value)
        return this.assigned(node.target, node)
      case 'step':
        return this.assigned(node.target, node)
      case 'function':
        node.definition.parameters.forEach(({ initial }) => initial !== null && this.expression(initial))
        return this.body(node.definition)
      case 'class': {
        const { base, attributes, members } = node.definition
        if (base !== null) this.expression(base)
        this.members(attributes ?? [])
        return this.members(members)
      }
      case 'table':
        return this.members(node.slots)
      default:
        // Whatever else has expressions inside has nothing but expressions.
        for (const part of Object.values(node) as unknown[])
          for (const one of Array.isArray(part) ? (part as unknown[]) : [part])
            if (typeof one === 'object' && one !== null && 'kind' in one && 'span' in one)
              waiting.push(one as Expression)
    }
  }

  private members(members: readonly Member[]): void {
    for (const { key, value, attributes } of members) {
      this.expression(key)
      this.expression(value)
      this.members(attributes ?? [])
    }
  }

  private assigned(target: Expression, node: Extract<Expression, { kind: 'assign' | 'step' }>): void {
    this.expression(target)
    const local = target.kind === 'name' ? this.find(target.name) : undefined
    if (!local) return
    if (node.kind === 'step') return
    const { operator, value, span } = node
    if (operator === '=') local.values.push(value)
    else
      local.values.push({ kind: 'binary', operator: operator.slice(0, -1), left: target, right: value, span })
  }
}
