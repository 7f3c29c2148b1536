import { closest } from '../../commands/closest.ts'
import { findGroup } from '../../commands/table/index.ts'
import { ERROR_CODES } from '../../output/error.ts'
import { findBuiltIn } from '../builtins/index.ts'
import { checkExpression, checkPipeline, checkWord } from './pipeline.ts'
import { change, type Checking, declare, inner, type Known, report, type Scope } from './scope.ts'
import type { Diagnostic } from '../syntax/diagnostic.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Source } from '../syntax/source.ts'
import { visitNodes } from '../syntax/visit.ts'
import type { Block, FunctionDefinition, If, Name, Script, SetVariable, Statement } from '../syntax/tree.ts'
import { itemOf, type Shape, shapeOf, shapeOfRight } from './shape.ts'
import { isKeyword } from '../syntax/keywords.ts'
import { declareTarget, checkMatch, checkImport, importedFunctions } from './bindings.ts'

/** Checks a tree without running it (language.md 2.14). Findings are in the order of the text; errors keep a script from running. */
export function check(tree: Script, source: Source, known: Known = {}): Diagnostic[] {
  const modules = known.modules ?? new Map()
  const functions = new Map<string, FunctionDefinition | null>([
    ...(known.functions ?? []).map((name) => [name, null] as const),
    ...importedFunctions(tree.body, modules),
  ])
  const c: Checking = {
    source,
    found: [],
    functions,
    modules,
    builtIn: (name) => findBuiltIn(name) ?? known.words?.find((word) => word.name === name),
    prompt: known.prompt === true,
    heardField: known.heardField,
    later: [],
    changed: /\bset\b/.test(source.text) ? changedIn(tree.body) : new Set(),
    open: false,
  }
  collectFunctions(c, tree.body, functions)
  const scope = inner(undefined)
  for (const name of known.variables ?? []) scope.names.set(name, { start: 0, end: 0, used: true })
  if (!tree.body.some((statement) => statement.kind === 'param')) {
    for (const name of ['args', '1', '2', '3', '4', '5', '6', '7', '8', '9'])
      scope.names.set(name, { start: 0, end: 0, used: true })
  }
  checkBody(c, scope, tree.body)
  // Bodies of functions may define functions of their own.
  for (const next of c.later) next()
  checkParams(c, scope, tree.body)
  return c.found.sort((a, b) => a.start - b.start)
}

/** The variables that `set` changes anywhere in a tree. */
function changedIn(node: unknown): Set<string> {
  const found = new Set<string>()
  visitNodes(node, (inner) => {
    if (inner.kind === 'set') found.add((inner as SetVariable).name.text)
  })
  return found
}

function collectFunctions(
  c: Checking,
  body: readonly Statement[],
  functions: Map<string, FunctionDefinition | null>,
): void {
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind !== 'fn') {
        for (const block of blocksOf(statement)) visit(block.body)
        continue
      }
      const { text } = statement.name
      if (findGroup(text) !== undefined || text === 'impt' || isKeyword(text)) {
        report(
          c,
          'error',
          'DUPLICATE',
          statement.name,
          `a function cannot be called "${text}"`,
          'that is the name of a group of commands',
        )
      } else if (functions.get(text) && !c.prompt) {
        report(c, 'error', 'DUPLICATE', statement.name, `the function "${text}" is defined twice`)
      } else if (findBuiltIn(text) !== undefined) {
        report(
          c,
          'note',
          'HIDES',
          statement.name,
          `the function "${text}" hides the built-in of the same name`,
        )
      }
      functions.set(text, statement)
      visit(statement.body.body)
    }
  }
  visit(body)
}

function blocksOf(statement: Statement): Block[] {
  switch (statement.kind) {
    case 'if':
      return [
        statement.body,
        ...(statement.otherwise === undefined
          ? []
          : statement.otherwise.kind === 'if'
            ? blocksOf(statement.otherwise)
            : [statement.otherwise]),
      ]
    case 'for':
    case 'while':
    case 'with':
    case 'test':
      return [statement.body]
    case 'match':
      return statement.arms.flatMap(({ body }) => (body.kind === 'block' ? [body] : blocksOf(body)))
    case 'try':
      return [
        statement.body,
        ...statement.catches.map((clause) => clause.body),
        ...(statement.finally === undefined ? [] : [statement.finally]),
      ]
    default:
      return []
  }
}

function checkParams(c: Checking, scope: Scope, body: readonly Statement[]): void {
  for (const statement of body) {
    if (statement.kind !== 'param') continue
    const name = variableOf(statement.parameter)
    if (scope.names.get(name)?.used !== false) continue
    report(c, 'warning', 'UNUSED', statement.parameter.name, `the parameter $${name} is never used`)
  }
}

function checkBody(c: Checking, scope: Scope, body: readonly Statement[]): void {
  let left: string | undefined
  for (const statement of body) {
    if (left !== undefined && statement.kind !== 'fn') {
      report(c, 'warning', 'UNREACHABLE', statement, `this is never reached: "${left}" stands before it`)
      left = undefined
    }
    checkStatement(c, scope, statement)
    if (['return', 'break', 'continue', 'exit', 'throw'].includes(statement.kind)) left = statement.kind
  }
}

/** Checks a block in a scope of its own. */
export function checkBlock(
  c: Checking,
  scope: Scope,
  block: Block,
  changes: Partial<Scope> = {},
  item?: Shape,
): void {
  const own = inner(scope, changes)
  for (const [index, target] of block.parameters.entries())
    declareTarget(c, own, target, index === 0 ? item : undefined)
  checkBody(c, own, block.body)
}

/** Checks one statement. */
export function checkStatement(c: Checking, scope: Scope, node: Statement): void {
  switch (node.kind) {
    case 'version':
      return
    case 'param': {
      if (node.parameter.fallback !== undefined) checkExpression(c, scope, node.parameter.fallback)
      return declare(c, scope, variableOf(node.parameter), node.parameter.name)
    }
    case 'let':
      checkStatement(c, scope, node.value)
      return declareTarget(c, scope, node.target, shapeOfRight(c, scope, node.value))
    case 'set':
      for (const step of node.path) if (step.kind === 'index') checkExpression(c, scope, step.index)
      checkStatement(c, scope, node.value)
      if (!node.env) change(c, scope, node.name.text, node.name)
      return
    case 'if':
      return checkIf(c, scope, node)
    case 'for': {
      checkExpression(c, scope, node.list)
      const own = inner(scope, { loop: 'loop' })
      declareTarget(c, own, node.target, itemOf(shapeOf(c, scope, node.list)))
      return checkBody(c, own, node.body.body)
    }
    case 'match':
      return checkMatch(c, scope, node)
    case 'import':
      return checkImport(c, scope, node)
    case 'test':
      return checkBlock(c, scope, node.body)
    case 'while':
      checkExpression(c, scope, node.condition)
      return checkBlock(c, scope, node.body, { loop: 'loop' })
    case 'try':
      checkBlock(c, scope, node.body)
      for (const clause of node.catches) {
        for (const code of clause.codes) checkCode(c, code)
        if (clause.name === undefined) checkBlock(c, scope, clause.body)
        else checkBlockWith(c, scope, clause.body, clause.name.text, clause.name, scope.loop)
      }
      if (node.finally !== undefined) checkBlock(c, scope, node.finally)
      return
    case 'fn':
      c.later.push(() => checkFunction(c, scope, node))
      return
    case 'with':
      for (const setting of node.settings) {
        if (setting.kind === 'word') checkWord(c, scope, setting.value)
        else if (setting.kind === 'env') checkExpression(c, scope, setting.value)
      }
      return checkBlock(
        c,
        scope,
        node.body,
        node.settings.some((setting) => setting.kind === 'confirmed') ? { confirmed: true } : {},
      )
    case 'break':
    case 'continue':
      if (scope.loop !== 'loop') {
        const hint =
          scope.loop === 'filter' ? 'in the block of a filter use where before it, or a for loop' : undefined
        report(c, 'error', 'SYNTAX', node, `"${node.kind}" stands outside of a loop`, hint)
      }
      return
    case 'return':
      if (node.value !== undefined) checkStatement(c, scope, node.value)
      return
    case 'throw':
    case 'exit':
      if (node.value !== undefined) checkExpression(c, scope, node.value)
      return
    case 'assert':
      checkExpression(c, scope, node.condition)
      if (node.message !== undefined) checkExpression(c, scope, node.message)
      return
    case 'source':
      c.open = true
      return checkWord(c, scope, node.path)
    case 'chain':
      checkPipeline(c, scope, node.first)
      for (const { pipeline } of node.rest) checkPipeline(c, scope, pipeline)
  }
}

function checkIf(c: Checking, scope: Scope, node: If): void {
  checkExpression(c, scope, node.condition)
  checkBlock(c, scope, node.body)
  if (node.otherwise?.kind === 'if') checkIf(c, scope, node.otherwise)
  else if (node.otherwise !== undefined) checkBlock(c, scope, node.otherwise)
}

function checkBlockWith(
  c: Checking,
  scope: Scope,
  block: Block,
  name: string,
  span: { start: number; end: number },
  loop: Scope['loop'],
): void {
  const own = inner(scope, { loop })
  declare(c, own, name, span)
  checkBody(c, own, block.body)
}

function checkFunction(c: Checking, scope: Scope, node: FunctionDefinition): void {
  const own = inner(scope, { loop: 'none', item: undefined, confirmed: false })
  own.names.set('in', { ...node.name, used: true })
  for (const parameter of node.parameters) {
    if (parameter.fallback !== undefined) checkExpression(c, own, parameter.fallback)
    declare(c, own, variableOf(parameter), parameter.name)
  }
  checkBody(c, own, node.body.body)
}

/** A code that nothing throws, such as one with a typing error; a code of the script's own stands in it as a text too. */
function checkCode(c: Checking, code: Name): void {
  const { text } = code
  if ((ERROR_CODES as readonly string[]).includes(text) || c.source.text.includes(`"${text}"`)) return
  const near = closest(text, ERROR_CODES)
  if (near !== undefined)
    report(c, 'warning', 'UNREACHABLE', code, `no error has the code ${text}`, `did you mean ${near}?`)
}
