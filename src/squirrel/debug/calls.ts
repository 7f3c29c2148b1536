/** The calls of a side as a debugger shows them, and what code in them can name. */
import type { CompiledUnit } from '../language/compile.ts'
import type { Call, CallStack, Variables } from '../language/variants/frame.ts'
import type { Side } from '../side.ts'
import type { Surroundings } from './evaluate.ts'
import { functionName, isGuarded } from './places.ts'
import type { StackFrame } from './protocol.ts'
import type { Local } from './values.ts'

/** What a debugger has of one side. */
export type Watched = {
  readonly side: Side
  readonly stack: CallStack
  /** Not 0: each statement asks whether to stop. */
  readonly mode: Int32Array
  readonly units: { readonly unit: CompiledUnit; readonly bits: Uint8Array }[]
}

/** The calls of a side, the innermost first. */
export function callsOf({ stack }: Watched): Call[] {
  const found: Call[] = []
  for (let at = stack.top; at !== null; at = at.up) found.push(at)
  return found
}

/** The call that the host made. */
export function rootOf(call: Call): Call {
  let at = call
  while (at.up !== null) at = at.up
  return at
}

/** Where a call is. */
export function frameOf({ unit, p }: Call, id: number): StackFrame {
  const first = unit.points[p]?.first
  return {
    id,
    name: functionName(unit, p),
    file: first?.file ?? unit.file,
    line: first?.line ?? 1,
    column: first?.column ?? 1,
  }
}

/** Whether an error that is thrown now is caught by code: a `try` of one of the calls is open. */
export function isCaught(watched: Watched): boolean {
  return callsOf(watched).some(({ unit, p }) => isGuarded(unit, p))
}

/**
 * The variables that code at the place of a call can name, the innermost first: its own and those of the functions around it. What is not declared yet,
 * and what another variable hides, is left out.
 */
export function localsOf({ unit, p, s, own }: Call): { own: Local[]; around: Local[] } {
  const found = { own: [] as Local[], around: [] as Local[] }
  const point = unit.points[p]
  if (point?.kind !== 'stop') return found
  const seen = new Set<string>()
  let list = found.own
  let variables: Variables | null = s
  for (let block = unit.blocks[point.block]; block && variables; block = unit.blocks[block.parent]) {
    const here: Local[] = []
    for (let at = block.names.length; at > 0; at--) {
      const name = block.names[at - 1] ?? ''
      if (variables[at] === undefined || seen.has(name)) continue
      seen.add(name)
      here.push({ name, variables, at })
    }
    list.push(...here)
    if (variables === own) list = found.around
    variables = variables[0]
  }
  return found
}

/** What a text is evaluated in at a call. */
export function surroundingsIn(side: Side, call: Call): Surroundings {
  const { own, around } = localsOf(call)
  return { side, locals: [...own, ...around], self: call.self, constants: call.unit.constants }
}
