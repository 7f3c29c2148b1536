import type { CompiledUnit } from '../compile.ts'
import type { SqValue } from '../values/values.ts'

/** The variables of a block, as generated code keeps them: the block around it first, then one item a variable. */
export type Variables = [Variables | null, ...(SqValue | undefined)[]]

/** The calls of one machine that run now, the innermost last entered. */
export interface CallStack {
  top: Call | null
}

/** A call under the variant `debug`. The names are short because generated code writes them at each statement. */
export class Call {
  /** The call that it returns to. */
  up: Call | null
  /** How many calls there are up to this one. */
  depth: number
  readonly unit: CompiledUnit
  /** The point of the statement that runs, at first that of the function. */
  p: number
  readonly self: SqValue
  /** The variables of the function itself; those further out belong to functions around it. */
  readonly own: Variables
  /** The variables of the innermost block. */
  s: Variables
  constructor(stack: CallStack, unit: CompiledUnit, point: number, self: SqValue, variables: Variables) {
    this.up = stack.top
    this.depth = this.up === null ? 1 : this.up.depth + 1
    this.unit = unit
    this.p = point
    this.self = self
    this.own = variables
    this.s = variables
    stack.top = this
  }

  /** A generator goes on. */
  again(stack: CallStack): void {
    this.up = stack.top
    this.depth = this.up === null ? 1 : this.up.depth + 1
    stack.top = this
  }
}
