/** Lines of the Squirrel prompt: expressions show their value, statements run. */
import { openComment } from './language/syntax/lexer.ts'
import { compileSource } from './compile-program.ts'
import { blobOf } from './language/values/blob.ts'
import type { CompileMessage } from './language/syntax/compile-error.ts'
import { type Compilation, compile } from './language/compile.ts'
import type { Constants } from './language/codegen/emitter.ts'
import { traceText } from './language/run/errors.ts'
import { SqTable } from './language/values/table.ts'
import { toText } from './language/values/text.ts'
import { SqArray, SqFloat, type SqValue } from './language/values/values.ts'
import type { Evaluation } from './protocol.ts'
import type { SideKind } from './side.ts'
import type { World } from './world.ts'

/** Constants and enums that earlier lines declared, by side. */
const declared = new WeakMap<object, Constants>()
const file = 'prompt'
const deepest = 2
const mostItems = 50

/** Runs one input (a byte string) on a side that is running. */
export function evaluate(world: World, kind: SideKind, source: string): Evaluation {
  const side = world[kind]
  if (side === null) return { kind: 'error', lines: [`the ${kind} is not running`] }
  const compiled = compileInput(world, source, declared.get(side) ?? new Map())
  if (!compiled.ok) {
    if (compiled.errors.some((error) => endsEarly(error, source))) return { kind: 'incomplete' }
    return {
      kind: 'error',
      lines: compiled.errors.map(({ text, row, column }) => `${text} (${row}:${column})`),
    }
  }
  declared.set(side, compiled.unit.constants)
  const result = side.try(() => display(side.vm.run(compiled.unit), 0))
  return 'error' in result
    ? { kind: 'error', lines: traceText(result.error) }
    : { kind: 'value', text: result.value as string }
}

/** As an expression if it is one; in braces it would be a block. */
function compileInput(world: World, source: string, constants: Constants): Compilation {
  const expression = compile(`return (\n#line 1 "${file}"\n${source}\n)`, file, constants)
  return expression.ok ? expression : compileSource(source, file, constants, world.host.library({}))
}

/** An error at the end of the input, or a comment that is open, which is told where it begins: more may follow. */
function endsEarly(error: CompileMessage, source: string): boolean {
  if (error.text === openComment) return true
  const lines = source.trimEnd().split('\n')
  return (
    error.row > lines.length || (error.row === lines.length && error.column > (lines.at(-1) ?? '').length)
  )
}

function display(value: SqValue, depth: number): string {
  if (typeof value === 'string') return depth === 0 ? `"${value}"` : JSON.stringify(value)
  if (value instanceof SqFloat)
    return Number.isInteger(value.v) && Math.abs(value.v) < 1e6 ? `${value.v}.0` : toText(value)
  if (value === null) return 'null'
  const blob = blobOf(value)
  if (blob)
    return `blob of ${blob.length}: ${Buffer.from(blob.bytes().subarray(0, mostItems)).toString('hex')}`
  if (depth < deepest && value instanceof SqArray)
    return `[${list(value.a.map((item) => display(item, depth + 1)))}]`
  if (depth < deepest && value instanceof SqTable) {
    return `{${list(value.entries().map(([key, item]) => `${toText(key)} = ${display(item, depth + 1)}`))}}`
  }
  return toText(value)
}

function list(items: string[]): string {
  return (
    items.slice(0, mostItems).join(', ') +
    (items.length > mostItems ? `, ... ${items.length - mostItems} more` : '')
  )
}
