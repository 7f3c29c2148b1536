/** Evaluates text in a call that is stopped: with its variables, its `this`, and limits of its own. */
import type { Constants } from '../language/codegen/emitter.ts'
import { type Compilation, compile, type CompiledUnit } from '../language/compile.ts'
import { SqAbort, groups } from '../language/run/errors.ts'
import type { SqFunction, SqValue } from '../language/values/values.ts'
import type { Variables } from '../language/variants/frame.ts'
import type { Side } from '../side.ts'
import type { Local } from './values.ts'

/** Ticks of one evaluation (workbench 1.2). */
const evaluationTicks = 5_000_000
const file = 'expression'

/** What a text is evaluated in: the variables that it can name (of one name the innermost comes first), `this`, the constants of the source. */
export type Surroundings = {
  readonly side: Side
  readonly locals: readonly Local[]
  readonly self: SqValue
  readonly constants: Constants
}

/** Where the code of a text finds the variables, when it begins. */
type Holder = { e: readonly Variables[] }

/** A text that is compiled for a place: it can run in any call that is there. */
export type CompiledText = { readonly unit: CompiledUnit; readonly holder: Holder; main: SqFunction | null }

/** Compiles a text: an expression if it is one, otherwise statements. Throws an Error whose message is for people. */
export function compileText(text: string, { locals, constants }: Surroundings): CompiledText {
  const outside = new Map<string, string>()
  for (const [at, local] of locals.entries())
    if (!outside.has(local.name)) outside.set(local.name, `E[${at}][${local.at}]`)
  const expression = compile(
    `return (\n#line 1 "${file}"\n${text}\n)`,
    file,
    constants,
    'evaluation',
    outside,
  )
  const result = expression.ok ? expression : compile(text, file, constants, 'evaluation', outside)
  if (!result.ok) throw new Error(messageOf(result, text))
  return { unit: result.unit, holder: { e: [] }, main: null }
}

/** Runs a compiled text: its value, or the message of what it threw. */
export function runText(
  compiled: CompiledText,
  { side, locals, self }: Surroundings,
): { value: SqValue } | { failed: string } {
  const { holder, unit } = compiled
  holder.e = locals.map(({ variables }) => variables)
  const result = side.aside(evaluationTicks, () => {
    loading = holder
    compiled.main ??= side.vm.load(unit)
    return side.vm.call(compiled.main, self)
  })
  if (!('error' in result)) return result
  const { error } = result
  if (error instanceof SqAbort && error.reason === 'ticks')
    return { failed: `it took more than ${groups(evaluationTicks)} ticks` }
  return { failed: error.message }
}

/** What the code of the text that is being loaded is given (`Vm.load`). */
export function evaluationNames(): { K: Holder } {
  return { K: loading }
}

let loading: Holder = { e: [] }

function messageOf(result: Extract<Compilation, { ok: false }>, text: string): string {
  const [first] = result.errors
  if (first === undefined) return 'it does not compile'
  const lines = text.split('\n').length
  return lines === 1 || first.row > lines ? first.text : `${first.text} (line ${first.row})`
}
