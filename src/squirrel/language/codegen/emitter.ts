import type { Scalar, Span } from '../syntax/ast.ts'
import { CompileError } from '../syntax/compile-error.ts'
import type { Frame } from '../run/errors.ts'
import type { Token } from '../syntax/token.ts'
import type { Hooks } from '../variants/hooks.ts'
import type { FunctionInfo } from '../values/values.ts'

/** Constants and enums by name. */
export type Constants = Map<string, Scalar | Map<string, Scalar>>

/** Marks the start of a generated line with the number of its frame; no generated text holds these characters. */
const OPEN = '\u0001'
const CLOSE = '\u0002'

/** A place that a variant of the code watches, as the reports know it; that of a branch is its arm's, `whole` is all of it. */
export type Point = Span &
  (
    | { readonly kind: 'statement' }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'branch'; readonly what: string; readonly arm: number; readonly whole: Span }
    /** A statement at which a debugger can stop: the number of its innermost block, and that of the point of its function. */
    | { readonly kind: 'stop'; readonly block: number; readonly owner: number }
    /** What a `try` guards, with the point of its function. */
    | { readonly kind: 'guard'; readonly owner: number }
  )

/** The variables of a block, for a debugger: the one at 0 is the first in the array that holds them, whose item 0 is that of the block around. */
export interface Block {
  /** Number of the block around it, -1 for none. */
  readonly parent: number
  readonly names: string[]
}

/** State of the generator inside one Squirrel function. */
interface FunctionState {
  readonly name: string
  readonly isGenerator: boolean
  /** Variable that holds the function object, when its code needs it. */
  readonly holder: string
  usesHolder: boolean
  scopes: Map<string, string>[]
  temporaries: number
  mostTemporaries: number
  token: Token
  /** Calls something, so that its frames have to be counted. */
  calls: boolean
}

/** Collects what the generated code of one source needs, and hands out names. */
export class Emitter {
  readonly constants: Constants
  readonly hooks: Hooks
  readonly points: Point[] = []
  readonly blocks: Block[] = []
  /** Names that mean something outside of the source, and the code that reaches it. */
  private readonly outside: ReadonlyMap<string, string>
  /** Locals that only ever hold integers, by the token that declares them, and the variables that they became. */
  private readonly integers: ReadonlySet<Token>
  readonly integerVariables = new Set<string>()
  readonly frames: Frame[] = []
  readonly infos: FunctionInfo[] = []
  readonly floats: number[] = []
  readonly functions: FunctionState[] = []
  sites = 0
  private names = 0

  constructor(
    constants: Constants,
    hooks: Hooks,
    integers: ReadonlySet<Token>,
    outside: ReadonlyMap<string, string>,
  ) {
    this.integers = integers
    this.outside = outside
    this.constants = constants
    this.hooks = hooks
  }

  get state(): FunctionState {
    return this.functions.at(-1) as FunctionState
  }

  /** A new JavaScript name, never equal to one of the runtime's. */
  name(letter: string): string {
    return `${letter}${++this.names}`
  }

  /** A variable for a value within the current statement. */
  temporary(): string {
    const { state } = this
    state.temporaries++
    state.mostTemporaries = Math.max(state.mostTemporaries, state.temporaries)
    return `t${state.temporaries}`
  }

  /** A place that remembers where a name was found. */
  site(): string {
    return `s${++this.sites}`
  }

  /** The JavaScript expression for a float constant. */
  float(value: number): string {
    let at = this.floats.findIndex((known) => Object.is(known, value))
    if (at < 0) at = this.floats.push(value) - 1
    return `k${at}`
  }

  /** Start of a generated line that belongs to the current statement. */
  mark(): string {
    const { name, token } = this.state
    const last = this.frames.at(-1)
    if (last?.name !== name || last.line !== token.line || last.file !== token.file) {
      this.frames.push({ name, file: token.file, line: token.line })
    }
    return `\n${OPEN}${this.frames.length - 1}${CLOSE}`
  }

  /** Start of a generated line that belongs to no frame. */
  unmarked(): string {
    return `\n${OPEN}${CLOSE}`
  }

  /** Starts a statement: its places come from `token`, and its temporaries are free again afterwards. */
  begin(token: Token): string {
    this.state.token = token
    this.state.temporaries = 0
    return this.mark()
  }

  /** Notes a place that the variant watches; its number. */
  point(point: Point): number {
    return this.points.push(point) - 1
  }

  /** Declares a local variable in the innermost block. */
  declare(name: string, token: Token): string {
    const variable = this.hooks.variable(this, name, token)
    this.state.scopes.at(-1)?.set(name, variable)
    if (this.integers.has(token)) this.integerVariables.add(variable)
    return variable
  }

  /** The variable a name stands for in this function, in one around it, or outside of the source; undefined when it is no local. */
  local(name: string): string | undefined {
    for (const { scopes } of this.functions.toReversed()) {
      for (const scope of scopes.toReversed()) {
        const found = scope.get(name)
        if (found !== undefined) return found
      }
    }
    return this.outside.get(name)
  }

  /** Whether a name is a variable of a function around this one. */
  isOuter(name: string): boolean {
    const { scopes } = this.state
    return this.local(name) !== undefined && !scopes.some((scope) => scope.has(name))
  }

  /** Generates the inside of a block of its own. */
  scoped(generate: () => string): string {
    this.state.scopes.push(new Map())
    const around = this.hooks.scope(this)
    const result = generate()
    this.state.scopes.pop()
    return `${around.open}${result}${around.close}`
  }

  /** The error of a name or number that means nothing. */
  error(text: string, token: Token): CompileError {
    return new CompileError(text, token.row, token.column)
  }
}

/** Takes the marks out of generated text: the code, and for each of its lines the frame or null. */
export function separate(text: string, frames: readonly Frame[]): { code: string; lines: (Frame | null)[] } {
  const code: string[] = []
  const lines: (Frame | null)[] = []
  for (const line of text.split('\n')) {
    const close = line.startsWith(OPEN) ? line.indexOf(CLOSE) : -1
    const number = line.slice(1, close)
    code.push(line.slice(close + 1))
    lines.push(close < 0 || number === '' ? null : (frames[Number(number)] ?? null))
  }
  return { code: code.join('\n'), lines }
}
