// Longer than other files: one walk over all kinds of statement and expression, which is read best in one place.
import type {
  ClassDefinition,
  Expression,
  FunctionDefinition,
  Member,
  Statement,
  Target,
} from '../language/syntax/ast.ts'
import type { ReadSource } from '../language/syntax/tolerant.ts'
import type { Token } from '../language/syntax/token.ts'
import { documentation } from './comments.ts'
import { type Call, keyToken, type Names, type ProgramSymbol, type SymbolKind, type Use } from './symbols.ts'

/** A block: its locals, and what `this` is. */
interface Scope {
  readonly parent: Scope | undefined
  readonly locals: Map<string, ProgramSymbol>
  readonly end: number
  readonly owner: ProgramSymbol | undefined
  /** The class or table that `this` means. */
  readonly self: ProgramSymbol | undefined
}

/** What is known of a declared name beside its token; `start` and `end` are those of the token and of what it is declared with if absent. */
type Declaration = Partial<Pick<ProgramSymbol, 'start' | 'end' | 'seen' | 'value' | 'constant'>>

/** Finds the names of a text: what declares them and what uses them. */
export function namesOf({ statements, tokens, comments }: ReadSource): Names {
  const all: ProgramSymbol[] = []
  const roots = new Map<string, ProgramSymbol>()
  const uses: (Omit<Use, 'symbol'> & { symbol: Use['symbol'] })[] = []
  const calls: Call[] = []
  const texts = new Set<string>()
  const blocks: { first: Token; last: Token }[] = []
  const doc = documentation(comments)
  const end = tokens.at(-1)?.end ?? 0
  const outer: Scope = { parent: undefined, locals: new Map(), end, owner: undefined, self: undefined }

  for (const statement of statements) visit(statement, outer)
  // What is declared further down counts too.
  for (const use of uses)
    if (use.symbol === undefined && use.object === undefined && use.self === undefined)
      use.symbol = roots.get(use.name)
  return {
    roots: [...roots.values()],
    all,
    uses,
    calls,
    texts,
    blocks,
  }

  function add(
    kind: SymbolKind,
    name: string,
    token: Token,
    last: Token,
    scope: Scope,
    parts: Declaration = {},
  ): ProgramSymbol {
    const { start = token.start, end: till = last.end, seen, value, constant } = parts
    // Written out: symbols of one shape are read several times faster than those that a spread makes.
    const symbol: ProgramSymbol = {
      name,
      kind,
      token,
      start,
      end: till,
      seen,
      value,
      definition: value?.kind === 'function' ? value.definition : undefined,
      constant,
      inner: [],
      owner: scope.owner,
      doc: doc(token),
      changed: false,
    }
    all.push(symbol)
    scope.owner?.inner.push(symbol)
    uses.push({ token, name, symbol, object: undefined, self: scope.self, writes: true, declares: true })
    return symbol
  }

  function local(
    kind: SymbolKind,
    name: string,
    token: Token,
    last: Token,
    scope: Scope,
    parts: Declaration = {},
  ) {
    const seen = { start: last.end, end: scope.end }
    const symbol = add(kind, name, token, last, scope, { ...parts, seen })
    scope.locals.set(name, symbol)
    return symbol
  }

  /** A name of the whole program; the first declaration counts. */
  function root(kind: SymbolKind, name: string, token: Token, last: Token, scope: Scope, parts: Declaration) {
    const known = roots.get(name)
    if (known !== undefined) {
      known.changed = true
      uses.push({
        token,
        name,
        symbol: known,
        object: undefined,
        self: scope.self,
        writes: true,
        declares: true,
      })
      return known
    }
    const symbol = add(kind, name, token, last, scope, parts)
    roots.set(name, symbol)
    return symbol
  }

  function find(name: string, scope: Scope): ProgramSymbol | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const found = at.locals.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  function inside(scope: Scope, last: Token, owner = scope.owner): Scope {
    return { parent: scope, locals: new Map(), end: last.end, owner, self: scope.self }
  }

  function visit(node: Statement, scope: Scope): void {
    switch (node.kind) {
      case 'empty':
      case 'break':
      case 'continue':
        return
      case 'expression':
        return look(node.expression, scope)
      case 'block': {
        blocks.push({ first: node.token, last: node.end })
        const own = inside(scope, node.end)
        for (const statement of node.body) visit(statement, own)
        return
      }
      case 'if':
        return visitIf(node, scope)
      case 'while':
        look(node.test, scope)
        return visit(node.body, inside(scope, node.end))
      case 'do':
        visit(node.body, inside(scope, node.end))
        return look(node.test, scope)
      case 'for': {
        const own = inside(scope, node.end)
        if (node.initial !== null) visit(node.initial, own)
        if (node.test !== null) look(node.test, own)
        if (node.step !== null) look(node.step, own)
        return visit(node.body, own)
      }
      case 'foreach': {
        look(node.subject, scope)
        const own = inside(scope, node.end)
        for (const name of [node.key, node.value])
          if (name !== null) local('local', name.name, name.token, name.token, own)
        return visit(node.body, own)
      }
      case 'switch':
        look(node.subject, scope)
        blocks.push({ first: node.token, last: node.end })
        for (const { test, body } of node.cases) {
          look(test, scope)
          const own = inside(scope, node.end)
          for (const statement of body) visit(statement, own)
        }
        for (const statement of node.otherwise ?? []) visit(statement, inside(scope, node.end))
        return
      case 'local':
        for (const { name, token, initial } of node.variables) {
          // A function sees its own name; any other value does not.
          const isFunction = initial?.kind === 'function'
          if (initial !== null && !isFunction) look(initial, scope)
          const last = initial?.span.last ?? token
          const parts = { start: node.token.start, ...(initial === null ? {} : { value: initial }) }
          const symbol = local(
            isFunction ? 'function' : 'local',
            name,
            token,
            isFunction ? token : last,
            scope,
            {
              ...parts,
              end: last.end,
            },
          )
          if (initial?.kind === 'function') defined(initial.definition, scope, symbol, scope.self)
          if (initial !== null) membersOf(initial, symbol, scope)
        }
        return
      case 'return':
      case 'yield':
        if (node.value !== null) look(node.value, scope)
        return
      case 'throw':
        return look(node.value, scope)
      case 'try': {
        visit(node.body, scope)
        const own = inside(scope, node.end)
        local('local', node.name.name, node.name.token, node.name.token, own)
        return visit(node.handler, own)
      }
      case 'newslot':
        return newSlot(node.target, node.value, scope, node.token, node.end)
      case 'const':
        root('const', node.name.name, node.name.token, node.end, scope, {
          start: node.token.start,
          constant: node.value,
        })
        return
      case 'enum': {
        const symbol = root('enum', node.name.name, node.name.token, node.end, scope, {
          start: node.token.start,
        })
        blocks.push({ first: node.token, last: node.end })
        for (const { name, token, value } of node.values)
          add('member', name, token, token, inside(scope, node.end, symbol), { constant: value })
        return
      }
      default:
        return node satisfies never
    }
  }

  function visitIf(start: Extract<Statement, { kind: 'if' }>, scope: Scope): void {
    for (let node = start; ;) {
      look(node.test, scope)
      visit(node.yes, inside(scope, node.end))
      if (node.no?.kind === 'if') {
        node = node.no
        continue
      }
      if (node.no !== null) visit(node.no, inside(scope, node.end))
      return
    }
  }

  /** `function f()`, `class C`, and the declarations that assignments with `<-` are. */
  function newSlot(target: Target, value: Expression, scope: Scope, first: Token, last: Token): void {
    const kind = value.kind === 'function' ? 'function' : value.kind === 'class' ? 'class' : 'slot'
    if (target.kind === 'name') {
      const symbol = root(kind, target.name, target.token, last, scope, { start: first.start, value })
      return valueOf(value, symbol, scope)
    }
    const key = keyToken(target)
    const { object } = target
    const isOwn = object.kind === 'this' || object.kind === 'root'
    if (key !== undefined && isOwn && (scope.self === undefined || object.kind === 'root')) {
      return valueOf(value, root(kind, key.text, key, last, scope, { start: first.start, value }), scope)
    }
    const owner = object.kind === 'this' ? scope.self : objectSymbol(object, scope)
    if (object.kind !== 'this') look(object, scope)
    if (key === undefined || owner === undefined) {
      look(target.key, scope)
      if (key !== undefined) member(key, object, scope, true)
      return valueOf(value, undefined, scope)
    }
    const symbol = add(
      kind === 'function' ? 'method' : 'member',
      key.text,
      key,
      last,
      { ...scope, owner },
      {
        start: first.start,
        value,
      },
    )
    valueOf(value, symbol, scope, owner)
  }

  function objectSymbol(object: Expression, scope: Scope): ProgramSymbol | undefined {
    return object.kind === 'name' ? (find(object.name, scope) ?? roots.get(object.name)) : undefined
  }

  /** Looks into what a symbol is declared to be. */
  function valueOf(
    value: Expression,
    symbol: ProgramSymbol | undefined,
    scope: Scope,
    self: ProgramSymbol | undefined = scope.self,
  ): void {
    if (value.kind === 'function') defined(value.definition, scope, symbol, self)
    else if (symbol === undefined || !membersOf(value, symbol, scope)) look(value, scope)
  }

  /** The members of a class or a table as symbols; false for any other value. */
  function membersOf(value: Expression, owner: ProgramSymbol, scope: Scope): boolean {
    if (value.kind === 'class') classMembers(value.definition, owner, scope, value)
    else if (value.kind === 'table') {
      blocks.push(value.span)
      for (const slot of value.slots) slotOf(slot, owner, scope)
    } else return false
    return true
  }

  function classMembers(
    definition: ClassDefinition,
    owner: ProgramSymbol | undefined,
    scope: Scope,
    node: Expression,
  ): void {
    blocks.push(node.span)
    if (definition.base !== null) look(definition.base, scope)
    for (const slot of definition.attributes ?? []) look(slot.value, scope)
    for (const one of definition.members) slotOf(one, owner, scope)
  }

  function slotOf({ key, value, attributes }: Member, owner: ProgramSymbol | undefined, scope: Scope): void {
    for (const slot of attributes ?? []) look(slot.value, scope)
    const { first } = key.span
    const name = key.kind === 'literal' && typeof key.value === 'string' ? key.value : undefined
    if (name === undefined) look(key, scope)
    if (name !== undefined && owner !== undefined) {
      const own = { ...scope, owner }
      const kind = value.kind === 'function' ? 'method' : 'member'
      const symbol = add(kind, name, first, value.span.last, own, { value })
      valueOf(value, symbol, scope, owner)
    } else if (value.kind === 'function') defined(value.definition, scope, undefined, owner)
    else look(value, scope)
  }

  function defined(
    definition: FunctionDefinition,
    scope: Scope,
    symbol: ProgramSymbol | undefined,
    self: ProgramSymbol | undefined,
  ): void {
    const { parameters, body } = definition
    const own = { ...inside(scope, body.end, symbol ?? scope.owner), self }
    for (const { name, token, initial } of parameters) {
      if (initial !== null) look(initial, scope)
      local(
        'parameter',
        name,
        token,
        initial?.span.last ?? token,
        own,
        initial === null ? {} : { value: initial },
      )
    }
    visit(body, own)
  }

  function member(token: Token, object: Expression, scope: Scope, writes: boolean): void {
    uses.push({
      token,
      name: token.text,
      symbol: undefined,
      object,
      self: scope.self,
      writes,
      declares: false,
    })
  }

  function look(start: Expression, scope: Scope): void {
    // Chains of operators are long in generated programs: their left sides are a loop.
    const right: Expression[] = []
    let node = start
    while (node.kind === 'binary' || node.kind === 'logical') {
      right.push(node.right)
      node = node.left
    }
    lookAt(node, scope)
    for (const one of right.toReversed()) look(one, scope)
  }

  function lookAt(node: Expression, scope: Scope): void {
    switch (node.kind) {
      case 'null':
      case 'this':
      case 'base':
      case 'root':
        return
      case 'literal':
        if (typeof node.value === 'string') texts.add(node.value)
        return
      case 'name':
        return name(node, scope, false)
      case 'member': {
        look(node.object, scope)
        const key = keyToken(node)
        if (key === undefined) look(node.key, scope)
        else member(key, node.object, scope, false)
        return
      }
      case 'call':
        calls.push({ callee: node.callee, args: node.args, self: scope.self })
        look(node.callee, scope)
        for (const arg of node.args) look(arg, scope)
        return
      case 'unary':
        return look(node.operand, scope)
      case 'conditional':
        look(node.test, scope)
        look(node.yes, scope)
        return look(node.no, scope)
      case 'assign':
        if (node.operator === '<-')
          return newSlot(node.target, node.value, scope, node.span.first, node.span.last)
        write(node.target, scope)
        return look(node.value, scope)
      case 'step':
        return write(node.target, scope)
      case 'delete':
        return look(node.target, scope)
      case 'comma':
      case 'array':
        if (node.kind === 'array') blocks.push(node.span)
        for (const item of node.items) look(item, scope)
        return
      case 'table':
        blocks.push(node.span)
        for (const slot of node.slots) slotOf(slot, undefined, scope)
        return
      case 'class':
        return classMembers(node.definition, undefined, scope, node)
      case 'function':
        return defined(node.definition, scope, undefined, scope.self)
      case 'binary':
      case 'logical':
        return
      default:
        return node satisfies never
    }
  }

  function write(target: Target, scope: Scope): void {
    if (target.kind === 'name') return name(target, scope, true)
    look(target.object, scope)
    const key = keyToken(target)
    if (key === undefined) look(target.key, scope)
    else member(key, target.object, scope, true)
  }

  function name(node: Extract<Expression, { kind: 'name' }>, scope: Scope, writes: boolean): void {
    const symbol = find(node.name, scope)
    if (symbol !== undefined && writes) symbol.changed = true
    uses.push({
      token: node.token,
      name: node.name,
      symbol,
      object: undefined,
      self: scope.self,
      writes,
      declares: false,
    })
  }
}
