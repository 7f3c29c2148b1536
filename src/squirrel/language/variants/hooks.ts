/**
 * What a build variant adds to the generated code (workbench 2). The generator asks the hooks of its variant at each place that somebody may
 * want to watch; `plain` answers '' everywhere, so that it contains nothing it does not need.
 */
import type { Emitter } from '../codegen/emitter.ts'
import type { Expression, FunctionDefinition, Statement } from '../syntax/ast.ts'
import type { Token } from '../syntax/token.ts'

/** A node whose arms are counted apart: both sides of a test, operands of `&&` and `||`, cases, a parameter that was left out. */
export type Branching =
  | Extract<Statement, { kind: 'if' | 'switch' }>
  | Extract<Expression, { kind: 'conditional' | 'logical' }>
  | FunctionDefinition

/** A statement whose head is gone through more than once. */
export type Loop = Extract<Statement, { kind: 'while' | 'do' | 'for' | 'foreach' }>

export interface Hooks {
  /** Names of variables that the variant's code uses; `VmOptions.instrument` gives their values when a unit is loaded. */
  readonly names: readonly string[]
  /** A JavaScript statement in front of a Squirrel statement. */
  statement(emitter: Emitter, node: Statement): string
  /** An expression that runs before the head of a loop is gone through again; for `do` before each test. */
  again(emitter: Emitter, node: Loop): string
  /** JavaScript statements at the beginning of a function's body, before its arguments are locals; for a generator at its first resume. */
  enter(emitter: Emitter, definition: FunctionDefinition): string
  /** An expression that runs after a function has its result and before it returns. Errors that leave a function pass it by. */
  leave(emitter: Emitter): string
  /** JavaScript that closes what `enter` opened, behind all other code of the body. */
  exit(emitter: Emitter): string
  /** Expressions around a `yield`: after its value is known, and when the generator goes on. */
  yields(emitter: Emitter): { before: string; after: string }
  /** An expression at the beginning of an arm; `arm` counts from 0 in the order of the source. A missing `else` is an arm too. */
  branch(emitter: Emitter, node: Branching, arm: number): string
  /**
   * JavaScript statements at the beginning and the end of a block with variables of its own, which is `emitter.state.scopes.at(-1)` already. They
   * are read when the inside is generated, so that they can depend on it. An error or a jump passes the end by.
   */
  scope(emitter: Emitter): { open: string; close: string }
  /** Where a local lives: a name, or a place in something that the hooks keep. Called once for each declaration. */
  variable(emitter: Emitter, name: string, token: Token): string
  /** The JavaScript statement that brings a local into being. */
  declare(variable: string, value: string): string
  /** A JavaScript statement that moves an argument to where its local lives; '' when `variable` is the argument itself. */
  parameter(variable: string, argument: string): string
  /** JavaScript statements inside a `try`: at its beginning, and at the beginning of its `catch`; at the end of both follows `close`. */
  attempt(emitter: Emitter): { open: string; caught: string; close: string }
}

const none = { open: '', close: '' }

/** Nothing is watched. Other variants take what they do not change from here. */
export const plain: Hooks = {
  names: [],
  statement: () => '',
  again: () => '',
  enter: () => '',
  leave: () => '',
  exit: () => '',
  yields: () => ({ before: '', after: '' }),
  branch: () => '',
  scope: () => none,
  variable: (emitter) => emitter.name('v'),
  declare: (variable, value) => `let ${variable} = ${value};`,
  parameter: () => '',
  attempt: () => ({ ...none, caught: '' }),
}
