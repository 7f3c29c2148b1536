import type { Span } from '../syntax/source.ts'
import { checkExpression } from './pipeline.ts'
import { type Checking, declare, report, type Scope, use } from './scope.ts'
import type { Modules } from './modules.ts'
import type { FunctionDefinition, Import, Match, MatchPattern, Statement, Target } from '../syntax/tree.ts'
import { closest } from '../../commands/closest.ts'
import { namesIn } from '../syntax/target.ts'
import { checkField, type Shape } from './shape.ts'
import { checkBlock, checkStatement } from './check.ts'

/** Declares the variables of a target. */
export function declareTarget(c: Checking, scope: Scope, target: Target, shape?: Shape): void {
  if (!('kind' in target)) return declare(c, scope, target.text, target, shape)
  if (target.kind === 'record-pattern')
    for (const { field, optional, target: name } of target.fields) checkField(c, shape, field, optional, name)
  for (const name of namesIn(target)) declare(c, scope, name.text, name)
}

/** Checks the cases of `match`, and says which are never reached. */
export function checkMatch(c: Checking, scope: Scope, node: Match): void {
  checkExpression(c, scope, node.subject)
  const seen = new Set<string>()
  let closed = false
  for (const { patterns, body, start, end } of node.arms) {
    if (closed)
      report(
        c,
        'warning',
        'UNREACHABLE',
        { start, end },
        'this case is never reached: "else" stands before it',
      )
    for (const pattern of patterns) {
      checkPattern(c, scope, pattern)
      if (pattern.kind === 'else') closed = true
      const written = c.source.text.slice(pattern.start, pattern.end)
      // Only what is written the same is surely the same.
      if (seen.has(written) && pattern.kind !== 'else')
        report(
          c,
          'warning',
          'UNREACHABLE',
          pattern,
          `this case is never reached: ${written} stands before it`,
        )
      seen.add(written)
    }
    if (body.kind === 'block') checkBlock(c, scope, body)
    else checkStatement(c, scope, body)
  }
}

function checkPattern(c: Checking, scope: Scope, pattern: MatchPattern): void {
  if (pattern.kind === 'compare') checkExpression(c, scope, pattern.value)
  else if (pattern.kind === 'fields')
    for (const field of pattern.fields) checkPattern(c, scope, field.pattern)
}

/** Declares what a module exports. What is not known of it (it was not read) is taken to be there. */
export function checkImport(c: Checking, scope: Scope, node: Import): void {
  const module = c.modules.get(node)
  if (module?.problem !== undefined) {
    const { code, message, hint, at } = module.problem
    report(c, 'error', code, at ?? node.path, message, hint)
  }
  if (node.alias !== undefined) {
    declare(c, scope, node.alias.text, node.alias)
    // A module may hold functions only.
    use(c, scope, node.alias.text, node.alias)
    return
  }
  for (const name of node.names) {
    const exported = module?.exports
    if (exported?.functions.has(name.text) === true) continue
    if (exported === undefined && module?.problem === undefined)
      scope.names.set(name.text, { ...name, used: true })
    else if (exported === undefined || exported.values.has(name.text)) declare(c, scope, name.text, name)
    else reportNoExport(c, node, name.text, name)
  }
}

/** Says that a module does not export a name, and what it does export. */
export function reportNoExport(c: Checking, node: Import, name: string, span: Span): void {
  const { functions = new Map<string, FunctionDefinition>(), values = new Set<string>() } =
    c.modules.get(node)?.exports ?? {}
  const all = [...functions.keys(), ...values]
  const near = closest(name, all)
  const hint = near === undefined ? `it exports ${all.join(', ') || 'nothing'}` : `did you mean "${near}"?`
  report(c, 'error', 'UNKNOWN_COMMAND', span, `"${node.path.text}" exports no "${name}"`, hint)
}

/** The functions that imports bring, by the names they have here; null where the module is not known. */
export function importedFunctions(
  body: readonly Statement[],
  modules: Modules,
): Map<string, FunctionDefinition | null> {
  const found = new Map<string, FunctionDefinition | null>()
  for (const node of body) {
    if (node.kind !== 'import') continue
    const exported = modules.get(node)?.exports
    if (node.alias !== undefined)
      for (const [name, definition] of exported?.functions ?? [])
        found.set(`${node.alias.text}.${name}`, definition)
    for (const { text } of node.names) {
      const definition = exported?.functions.get(text)
      if (definition !== undefined) found.set(text, definition)
      else if (exported === undefined) found.set(text, null)
    }
  }
  return found
}
