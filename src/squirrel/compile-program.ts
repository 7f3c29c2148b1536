/** Compiles the two sides of a program; equal code is compiled once for all worlds of a worker. */
import type { CompileMessage } from './language/syntax/compile-error.ts'
import { type Compilation, type CompiledUnit, compile } from './language/compile.ts'
import type { Constants } from './language/codegen/emitter.ts'
import type { Variant } from './language/variants/variant.ts'
import { utf8Encode } from './utf8.ts'
import { type CountedPoint, countedPoints } from './measure/counted.ts'
import { programConstants } from './constants.ts'
import { codeFiles, type Program } from './program.ts'
import { type Library, placeOf, resolveRequires } from './requires.ts'
import type { SideKind } from './side.ts'

/** A unit with the points that it counts, where it was built for coverage. */
export type ProgramCompilation =
  | { readonly ok: true; readonly unit: CompiledUnit; readonly points: readonly (CountedPoint | null)[] }
  | Extract<Compilation, { ok: false }>

const mostKept = 64
const compiled = new Map<string, ProgramCompilation>()

/** Compiles one side of a program with its libraries and constants. */
export function compileProgram(
  program: Program,
  side: SideKind,
  library: Library,
  variant: Variant = 'plain',
): ProgramCompilation {
  const code = side === 'agent' ? program.agentCode : program.deviceCode
  const { deploymentId, product, group, envVars, libraries } = program
  const file = program.files?.[side] ?? codeFiles[side]
  const key = `${side} ${variant}\n${JSON.stringify([file, deploymentId, product, group, envVars, libraries])}\n${code}`
  const known = compiled.get(key)
  if (known) return known
  const result = compileSource(
    utf8Encode(code),
    utf8Encode(file),
    programConstants(program),
    library,
    variant,
  )
  if (compiled.size >= mostKept) compiled.delete(compiled.keys().next().value as string)
  compiled.set(key, result)
  return result
}

/** Compiles one text (a byte string) with its libraries. */
export function compileSource(
  source: string,
  file: string,
  constants: Constants,
  library: Library,
  variant: Variant = 'plain',
): ProgramCompilation {
  const { source: whole, missing, parts } = resolveRequires(source, file, library)
  const result = compile(whole, file, constants, variant)
  if (result.ok && missing.length === 0) {
    const points = variant === 'coverage' ? result.unit.points : []
    return { ...result, points: countedPoints(points, whole, parts.at(-1)?.firstRow ?? 1) }
  }
  // The rest is compiled even where a library is missing: its errors come in the same answer.
  const absent = missing.map((one): CompileMessage => ({ file, type: 'error', ...one }))
  const errors = result.ok ? [] : result.errors.map((error) => ({ ...error, ...placeOf(parts, error.row) }))
  return { ok: false, errors: [...absent, ...errors] }
}
