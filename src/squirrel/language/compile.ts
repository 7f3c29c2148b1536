import type { FunctionDefinition, Statement } from './syntax/ast.ts'
import { codeSize } from './code-size.ts'
import { integerLocals } from './codegen/integers.ts'
import { functionCode } from './codegen/functions.ts'
import { CompileError, type CompileMessage } from './syntax/compile-error.ts'
import { type Block, type Constants, Emitter, type Point, separate } from './codegen/emitter.ts'
import type { Frame } from './run/errors.ts'
import { tokenize } from './syntax/lexer.ts'
import { parse } from './syntax/statements.ts'
import type { ReadSource } from './syntax/tolerant.ts'
import { plain } from './variants/hooks.ts'
import { VARIANTS, type Variant } from './variants/variant.ts'
import type { Token } from './syntax/token.ts'
import type { FunctionInfo } from './values/values.ts'

/** Compiled source: plain data, may be sent to another thread. */
export interface CompiledUnit {
  readonly file: string
  /** Body of a JavaScript function of the runtime's names, `I`; returns the main function. */
  readonly code: string
  readonly lines: readonly (Frame | null)[]
  readonly infos: readonly FunctionInfo[]
  /** Constants and enums after the source, for sources compiled later for the same machine. */
  readonly constants: Constants
  /** Bytes that the compiled program takes on a device (`code-size.ts`). */
  readonly size: number
  readonly variant: Variant
  /** The places that the code of the variant watches, by their numbers in it. */
  readonly points: readonly Point[]
  /** The text itself, for a debugger. */
  readonly source: string
  /** The blocks with variables, where the variant keeps them. */
  readonly blocks: readonly Block[]
}

export type Compilation =
  | { readonly ok: true; readonly unit: CompiledUnit }
  | { readonly ok: false; readonly errors: readonly CompileMessage[] }

/**
 * Compiles Squirrel source (a byte string). `file` names it in errors and traces; `constants` are known beforehand (`__EI`, or those of an
 * earlier source); `variant` says what the code watches; `outside` are names of variables that live elsewhere, with the code that reaches them.
 * Reports the first error, as the platform's compiler does, and throws nothing.
 */
export function compile(
  source: string,
  file: string,
  constants: Constants = new Map(),
  variant: Variant = 'plain',
  outside: ReadonlyMap<string, string> = new Map(),
): Compilation {
  try {
    return { ok: true, unit: generate(source, file, new Map(constants), variant, outside) }
  } catch (error) {
    return { ok: false, errors: [compileMessage(error, file)] }
  }
}

/** A source that was read already, as a tool needs it that does not run it: what the compiler says about it, and how large it is. */
export interface Examination {
  readonly errors: readonly CompileMessage[]
  /** Bytes that the compiled program takes on a device. */
  size(): number
}

/** Examines what was read without an error: the same errors as those of `compile`, for less work. */
export function examine(
  { statements, yields, tokens }: Pick<ReadSource, 'statements' | 'yields' | 'tokens'>,
  file: string,
  constants: Constants,
): Examination {
  const whole = mainFunction(statements, yields, { ...(tokens[0] as Token), kind: 'start' })
  const size = () => codeSize(whole)
  try {
    functionCode(new Emitter(new Map(constants), plain, new Set(), new Map()), whole, [])
    return { errors: [], size }
  } catch (error) {
    return { errors: [compileMessage(error, file)], size }
  }
}

function compileMessage(error: unknown, file: string): CompileMessage {
  const known = asCompileError(error)
  if (known === null) throw error
  return { file, type: 'error', row: known.row, column: known.column, text: known.message }
}

function generate(
  source: string,
  file: string,
  constants: Constants,
  variant: Variant,
  outside: ReadonlyMap<string, string>,
): CompiledUnit {
  const tokens = tokenize(source, file)
  const start = { ...(tokens[0] as Token), kind: 'start' }
  const { statements, yields } = parse(tokens)
  const whole = mainFunction(statements, yields, start)
  const hooks = VARIANTS[variant]
  // Locals that somebody may set from outside can hold anything.
  const integers = hooks.variable === plain.variable ? integerLocals(whole) : new Set<Token>()
  const emitter = new Emitter(constants, hooks, integers, outside)
  const main = functionCode(emitter, whole, [])
  const sites = Array.from({ length: emitter.sites }, (_, at) => `const s${at + 1} = new Site();`).join(' ')
  const floats = emitter.floats.map((value, at) => `const k${at} = float(${numberCode(value)});`).join(' ')
  const text = `${floats} ${sites}\nreturn ${main}`
  return {
    file,
    ...separate(text, emitter.frames),
    infos: emitter.infos,
    constants,
    size: codeSize(whole),
    variant,
    points: emitter.points,
    source: variant === 'debug' ? source : '',
    blocks: emitter.blocks,
  }
}

function mainFunction(body: readonly Statement[], isGenerator: boolean, token: Token): FunctionDefinition {
  return {
    name: 'main',
    parameters: [],
    variadic: false,
    body: { kind: 'block', body, token, end: token },
    token,
    nameToken: null,
    isGenerator,
  }
}

function numberCode(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

// Nesting is limited, but very long chains of operators can still exhaust the host's stack.
function asCompileError(error: unknown): CompileError | null {
  if (error instanceof CompileError) return error
  if (error instanceof RangeError)
    return new CompileError('internal compiler error: expression too long', 1, 1)
  return null
}
