import type { Parsed } from '../../language/syntax/parse.ts'
import type { Span } from '../../language/syntax/source.ts'
import { namesIn } from '../../language/syntax/target.ts'
import { variableOf } from '../../language/syntax/parameters.ts'
import type { Command, FunctionDefinition, Name, Statement, Target } from '../../language/syntax/tree.ts'

/** A variable or a function of a script. */
export interface ScriptSymbol {
  readonly kind: 'variable' | 'parameter' | 'function' | 'import'
  readonly name: string
  /** Where its name is declared. */
  readonly at: Span
  /** All of the declaration. */
  readonly whole: Span
  /** Where it can be seen. */
  readonly seen: Span
  readonly definition?: FunctionDefinition
  /** The file that an import comes from, as it is written. */
  readonly from?: string
  readonly uses: { readonly span: Span; readonly writes: boolean }[]
}

/** The names of a script, in the order of their declarations. */
export interface ScriptNames {
  readonly symbols: readonly ScriptSymbol[]
  readonly commands: readonly Command[]
  readonly blocks: readonly Span[]
}

interface Scope {
  readonly parent: Scope | undefined
  readonly variables: Map<string, ScriptSymbol>
  readonly end: number
}

/** Finds the variables and functions of a script and where they are used. Functions and imports are seen in all of the script. */
export function namesOfScript(text: string, { tree }: Parsed): ScriptNames {
  const symbols: ScriptSymbol[] = []
  const commands: Command[] = []
  const blocks: Span[] = []
  const functions = new Map<string, ScriptSymbol>()
  const whole: Span = { start: 0, end: text.length }

  const declare = (symbol: Omit<ScriptSymbol, 'uses'>): ScriptSymbol => {
    const made = { ...symbol, uses: [{ span: symbol.at, writes: true }] }
    symbols.push(made)
    return made
  }
  const variable = (
    scope: Scope,
    { text: name, start, end }: Name,
    node: Span,
    kind: 'variable' | 'parameter' = 'variable',
  ) => {
    const symbol = declare({
      kind,
      name,
      at: { start, end },
      whole: node,
      seen: { start: node.end, end: scope.end },
    })
    scope.variables.set(name, symbol)
  }
  const targets = (scope: Scope, target: Target, node: Span) => {
    for (const name of namesIn(target)) variable(scope, name, node)
  }
  const inner = (parent: Scope, { end }: Span): Scope => ({ parent, variables: new Map(), end })
  const use = (scope: Scope, name: string, span: Span, writes: boolean) => {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const found = at.variables.get(name)
      if (found === undefined) continue
      found.uses.push({ span, writes })
      return
    }
  }

  const collect = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const one of node) collect(one)
      return
    }
    const { kind } = node as { kind?: string }
    if (kind === 'fn') {
      const definition = node as FunctionDefinition
      const { name } = definition
      if (!functions.has(name.text))
        functions.set(
          name.text,
          declare({
            kind: 'function',
            name: name.text,
            at: { start: name.start, end: name.end },
            whole: definition,
            seen: whole,
            definition,
          }),
        )
    }
    for (const value of Object.values(node)) collect(value)
  }

  const visit = (node: unknown, scope: Scope): void => {
    if (typeof node !== 'object' || node === null) return
    if (Array.isArray(node)) {
      for (const one of node) visit(one, scope)
      return
    }
    const statement = node as Statement
    switch (statement.kind) {
      case 'let':
        visit(statement.value, scope)
        return targets(scope, statement.target, statement)
      case 'param': {
        visit(statement.parameter.fallback, scope)
        const { name } = statement.parameter
        return variable(scope, { ...name, text: variableOf(statement.parameter) }, statement, 'parameter')
      }
      case 'set':
        visit(statement.path, scope)
        visit(statement.value, scope)
        if (!statement.env) use(scope, statement.name.text, statement.name, true)
        return
      case 'for': {
        visit(statement.list, scope)
        const own = inner(scope, statement)
        targets(own, statement.target, { start: statement.start, end: statement.list.end })
        blocks.push(statement.body)
        return visit(statement.body.body, own)
      }
      case 'fn': {
        const own = inner(scope, statement)
        for (const parameter of statement.parameters) {
          visit(parameter.fallback, own)
          variable(own, { ...parameter.name, text: variableOf(parameter) }, parameter, 'parameter')
        }
        blocks.push(statement.body)
        return visit(statement.body.body, own)
      }
      case 'try':
        visit(statement.body, scope)
        for (const { name, body } of statement.catches) {
          const own = inner(scope, body)
          if (name !== undefined) variable(own, name, name)
          visit(body, own)
        }
        return visit(statement.finally, scope)
      case 'import':
        for (const name of statement.names)
          functions.set(
            name.text,
            declare({
              kind: 'import',
              name: name.text,
              at: { start: name.start, end: name.end },
              whole: statement,
              seen: whole,
              from: statement.path.text,
            }),
          )
        if (statement.alias !== undefined) variable(scope, statement.alias, statement)
        return
    }
    const other = node as { readonly kind?: string } & Span
    if (other.kind === 'block') {
      blocks.push(other)
      const own = inner(scope, other)
      const { parameters, body } = node as { parameters: readonly Target[]; body: unknown }
      for (const target of parameters) targets(own, target, namesSpan(target))
      return visit(body, own)
    }
    if (other.kind === 'variable') {
      const { name } = node as { name: string } & Span
      const at = text.indexOf(name, other.start)
      if (at >= 0 && at <= other.end) use(scope, name, { start: at, end: at + name.length }, false)
      return
    }
    if (other.kind === 'command') {
      const command = node as Command
      commands.push(command)
      const { text: head, start, end } = command.head
      functions.get(head)?.uses.push({ span: { start, end }, writes: false })
      return visit(command.args, scope)
    }
    for (const value of Object.values(node)) visit(value, scope)
  }

  collect(tree.body)
  visit(tree.body, { parent: undefined, variables: new Map(), end: text.length })
  return { symbols, commands, blocks }
}

function namesSpan(target: Target): Span {
  const names = namesIn(target)
  return { start: names[0]?.start ?? 0, end: names.at(-1)?.end ?? 0 }
}

/** The symbol whose name stands at an offset. */
export function symbolAt(
  { symbols }: ScriptNames,
  offset: number,
): { readonly symbol: ScriptSymbol; readonly span: Span } | undefined {
  for (const symbol of symbols) {
    const found = symbol.uses.find(({ span }) => span.start <= offset && offset <= span.end)
    if (found !== undefined) return { symbol, span: found.span }
  }
  return undefined
}

/** What can be seen at an offset; of one name the innermost. */
export function visibleAt({ symbols }: ScriptNames, offset: number): ReadonlyMap<string, ScriptSymbol> {
  const found = new Map<string, ScriptSymbol>()
  for (const symbol of symbols)
    if (symbol.seen.start <= offset && offset <= symbol.seen.end) found.set(symbol.name, symbol)
  return found
}
