import { closest } from '../../commands/closest.ts'
import type { BuiltIn } from '../builtins/builtin.ts'
import { variableHint } from '../builtins/hints.ts'
import type { Diagnostic, DiagnosticCode, Severity } from '../syntax/diagnostic.ts'
import type { Source, Span } from '../syntax/source.ts'
import type { Modules } from './modules.ts'
import type { Shape } from './shape.ts'
import type { FunctionDefinition } from '../syntax/tree.ts'

/** What is known from outside: at the prompt, variables and functions of earlier inputs. */
export interface Known {
  readonly variables?: readonly string[]
  readonly functions?: readonly string[]
  /** What the imports of the tree were found to be. */
  readonly modules?: Modules
  /** The words of the prompt. */
  readonly words?: readonly BuiltIn[]
  readonly prompt?: boolean
  /** Hears of each field that is named of a value whose kind is known. */
  readonly heardField?: (name: string, shape: Shape) => void
}

/** A variable as the checker knows it. */
interface Declared extends Span {
  used: boolean
  /** What it is known to hold, if it is never set to something else. */
  readonly shape?: Shape | undefined
}

/** The block of a filter in which `$it` may be used. */
export interface ItemBlock {
  readonly shape?: Shape | undefined
  use?: Span
  readonly parent: ItemBlock | undefined
  innerUse?: Span
}

/** What holds at one place in the text. */
export interface Scope {
  readonly parent: Scope | undefined
  readonly names: Map<string, Declared>
  readonly item: ItemBlock | undefined
  /** The scope just outside of the nearest `each --parallel` block. */
  readonly outsideParallel: Scope | undefined
  readonly loop: 'loop' | 'filter' | 'none'
  /** A question was asked or is answered here. */
  confirmed: boolean
}

/** The state of one check. */
export interface Checking {
  readonly source: Source
  readonly found: Diagnostic[]
  readonly functions: ReadonlyMap<string, FunctionDefinition | null>
  readonly modules: Modules
  readonly builtIn: (name: string) => BuiltIn | undefined
  readonly prompt: boolean
  readonly heardField: Known['heardField']
  /** Bodies of functions: checked when all variables around them are known. */
  readonly later: (() => void)[]
  /** Variables that `set` changes: what they hold is not known. */
  readonly changed: ReadonlySet<string>
  /** After `source` names may come from the other file. */
  open: boolean
}

export function report(
  c: Checking,
  severity: Severity,
  code: DiagnosticCode,
  span: Span,
  message: string,
  hint?: string,
): void {
  c.found.push({
    code,
    severity,
    message,
    start: span.start,
    end: span.end,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** A scope inside another. */
export function inner(parent: Scope | undefined, changes: Partial<Scope> = {}): Scope {
  return {
    parent,
    names: new Map(),
    item: parent?.item,
    outsideParallel: parent?.outsideParallel,
    loop: parent?.loop ?? 'none',
    confirmed: parent?.confirmed ?? false,
    ...changes,
  }
}

/** Declares a variable; says what it repeats or hides. */
export function declare(c: Checking, scope: Scope, name: string, span: Span, shape?: Shape): void {
  if (scope.names.has(name)) {
    if (!c.prompt)
      report(
        c,
        'error',
        'DUPLICATE',
        span,
        `$${name} is defined twice in this block`,
        `write set ${name} = ... to change it`,
      )
  } else if (scope.parent !== undefined && find(scope.parent, name) !== undefined) {
    report(c, 'warning', 'HIDES', span, `$${name} hides a variable of the same name outside of this block`)
  }
  scope.names.set(name, { ...span, used: false, shape: c.changed.has(name) ? undefined : shape })
}

/** The variable of this name and the scope that has it. */
export function find(scope: Scope, name: string): { scope: Scope; declared: Declared } | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const declared = at.names.get(name)
    if (declared !== undefined) return { scope: at, declared }
  }
  return undefined
}

/** Checks the use of a variable. */
export function use(c: Checking, scope: Scope, name: string, span: Span): void {
  if (name === 'it') return useItem(c, scope, span)
  const known = find(scope, name)
  if (known !== undefined) {
    known.declared.used = true
    return
  }
  if (c.open || name === 'env') return
  const names: string[] = []
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) names.push(...at.names.keys())
  const near = closest(name, names)
  report(c, 'error', 'UNKNOWN_VARIABLE', span, `unknown variable $${name}`, variableHint(name, near))
}

function useItem(c: Checking, scope: Scope, span: Span): void {
  if (scope.item === undefined) {
    if (find(scope, 'it') !== undefined) return
    report(
      c,
      'error',
      'UNKNOWN_VARIABLE',
      span,
      'there is no $it here',
      '$it is the item in the block of a filter, such as each { }',
    )
    return
  }
  scope.item.use ??= span
  for (let outer = scope.item.parent; outer !== undefined; outer = outer.parent) outer.innerUse ??= span
}

/** Says where `$it` means two things in one block. */
export function closeItem(c: Checking, item: ItemBlock): void {
  if (item.use === undefined || item.innerUse === undefined) return
  report(
    c,
    'error',
    'NESTED_IT',
    item.innerUse,
    '$it is used in a block inside another block that uses $it',
    'name the outer item: each {|device| ... }',
  )
}

/** Checks `set`: the variable exists, and is not shared between parallel items. */
export function change(c: Checking, scope: Scope, name: string, span: Span): void {
  const known = find(scope, name)
  if (known === undefined) {
    if (!c.open)
      report(
        c,
        'error',
        'UNKNOWN_VARIABLE',
        span,
        `unknown variable $${name}`,
        `write let ${name} = ... to make it`,
      )
    return
  }
  for (let at = scope.outsideParallel; at !== undefined; at = at.parent) {
    if (at !== known.scope) continue
    report(
      c,
      'error',
      'PARALLEL_SET',
      span,
      `$${name} belongs to all items and cannot be changed in each --parallel`,
      'let the block give a value, and use map or --report',
    )
    return
  }
}
