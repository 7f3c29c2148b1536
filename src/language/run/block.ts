import { BREAK, CONTINUE, located, RETURN, ScriptError } from '../values/fault.ts'
import { type Callable, type Eval, Frame, step, type Task } from './frame.ts'
import { placeOf } from './eval.ts'
import { compileExpression } from './expression.ts'
import { compileStatement } from './statement.ts'
import type { Place, Source } from '../syntax/source.ts'
import type { Block, FunctionDefinition, Statement } from '../syntax/tree.ts'
import { compileTarget } from './target.ts'
import { Block as BlockValue, type Value } from '../values/value.ts'

/** What becomes of values: at the end of a line they are printed, in a value block the last one is the block's value (language.md 2.7). */
export type Use = 'print' | 'value'

/** Turns statements into a function that runs them in a frame. Functions are known in all of them, also above their definition. */
export function compileBody(body: readonly Statement[], source: Source, use: Use): Eval {
  const steps = body.map((statement) => compileStatement(statement, source, use))
  const functions = body
    .filter((statement) => statement.kind === 'fn')
    .map((definition) => compileFunction(definition, source))
  const places = body.map((statement) => placeOf(source, statement))
  if (functions.length === 0) return (frame) => sequence(steps, places, frame, 0, null)
  return (frame) => {
    frame.functions ??= new Map()
    for (const made of functions) frame.functions.set(made.definition.name.text, { ...made, frame })
    return sequence(steps, places, frame, 0, null)
  }
}

function compileFunction(definition: FunctionDefinition, source: Source): Omit<Callable, 'frame'> {
  const defaults = definition.parameters.map(({ fallback }) =>
    fallback === undefined ? undefined : compileExpression(fallback, source),
  )
  return { definition, body: compileBody(definition.body.body, source, 'value'), defaults }
}

function sequence(
  steps: readonly Eval[],
  places: readonly Place[],
  frame: Frame,
  from: number,
  first: Value,
): Value | Promise<Value> {
  let value = first
  for (let index = from; index < steps.length; index += 1) {
    const turn = step(frame.task, places[index])
    if (turn !== undefined) return sequenceFrom(steps, places, frame, index, turn, value)
    const next = (steps[index] as Eval)(frame)
    if (next instanceof Promise) return sequenceLater(steps, places, frame, index + 1, next)
    value = next
  }
  return value
}

async function sequenceFrom(
  steps: readonly Eval[],
  places: readonly Place[],
  frame: Frame,
  from: number,
  turn: Promise<void>,
  value: Value,
): Promise<Value> {
  await turn
  return sequence(steps, places, frame, from, value)
}

async function sequenceLater(
  steps: readonly Eval[],
  places: readonly Place[],
  frame: Frame,
  from: number,
  pending: Promise<Value>,
): Promise<Value> {
  let value = await pending
  for (let index = from; index < steps.length; index += 1) {
    const turn = step(frame.task, places[index])
    if (turn !== undefined) await turn
    const next = (steps[index] as Eval)(frame)
    value = next instanceof Promise ? await next : next
  }
  return value
}

/** Runs a body in a frame of its own and closes what was opened in it. */
export function inFrame(body: Eval, frame: Frame): Value | Promise<Value> {
  let value: Value | Promise<Value>
  try {
    value = body(frame)
  } catch (error) {
    const closing = frame.close()
    if (closing === undefined) throw error
    return thrownAfter(closing, error)
  }
  if (value instanceof Promise) return leaveLater(value, frame)
  const closing = frame.close(value)
  return closing === undefined ? value : givenAfter(closing, value)
}

async function thrownAfter(closing: Promise<unknown>, error: unknown): Promise<never> {
  await closing
  throw error
}

async function givenAfter(closing: Promise<unknown>, value: Value): Promise<Value> {
  await closing
  return value
}

async function leaveLater(pending: Promise<Value>, frame: Frame): Promise<Value> {
  let value: Value = null
  try {
    value = await pending
    return value
  } finally {
    await frame.close(value)
  }
}

/** Statements that put names into the block in which they stand. */
const DEFINING: ReadonlySet<Statement['kind']> = new Set(['let', 'fn', 'import', 'source', 'param', 'test'])

/** A block without arguments, as of `if` and of loops: it has a frame of its own only where it defines something. */
export function compileBranch(block: Block, source: Source, use: Use): Eval {
  const body = compileBody(block.body, source, use)
  return block.body.some(({ kind }) => DEFINING.has(kind))
    ? (frame) => inFrame(body, new Frame(frame.task, frame))
    : body
}

/** A block that runs in a new frame each time; names between bars get the arguments, otherwise `$it` is the first. */
export function compileBlock(
  block: Block,
  source: Source,
  use: Use,
): (parent: Frame, args: readonly Value[], task?: Task) => Value | Promise<Value> {
  const body = compileBody(block.body, source, use)
  const puts = block.parameters.map((target) => compileTarget(target, source))
  return (parent, args, task = parent.task) => {
    const frame = new Frame(task, parent)
    const [item] = args
    if (puts.length === 0) frame.it = item
    else for (const [index, put] of puts.entries()) put(frame, args[index] ?? null)
    return inFrame(body, frame)
  }
}

/** A block as a value: it runs in the frame in which it was made, wherever it is called. */
export function compileBlockValue(node: Block, source: Source, use: Use): (frame: Frame) => BlockValue {
  const run = compileBlock(node, source, use)
  const names = node.parameters.map(({ start, end }) => source.text.slice(start, end))
  return (frame) => new BlockValue((args, task) => run(frame, args, (task ?? frame.task) as Task), names)
}

/** Runs one round of a loop; true means that the loop ends. */
export function round(body: Eval, frame: Frame): boolean | Promise<boolean> {
  try {
    const result = body(frame)
    return result instanceof Promise ? result.then(goOn, leaveRound) : false
  } catch (error) {
    return leaveRound(error)
  }
}

function goOn(): boolean {
  return false
}

function leaveRound(error: unknown): boolean {
  if (error === CONTINUE) return false
  if (error === BREAK) return true
  throw error
}

/** Calls a function whose parameters are bound in `frame`; gives what it returns. `place` is that of the call. */
export function callBody(callable: Callable, frame: Frame, place: Place): Value | Promise<Value> {
  try {
    const value = inFrame(callable.body, frame)
    return value instanceof Promise ? bodyLater(value, callable, frame, place) : value
  } catch (error) {
    return left(error, callable, frame, place)
  }
}

async function bodyLater(
  value: Promise<Value>,
  callable: Callable,
  frame: Frame,
  place: Place,
): Promise<Value> {
  try {
    return await value
  } catch (error) {
    return left(error, callable, frame, place)
  }
}

function left(error: unknown, { definition }: Callable, frame: Frame, place: Place): Value {
  if (error === RETURN) return frame.returned
  const known = located(error, place)
  if (known instanceof ScriptError) known.calls.push({ name: definition.name.text, place })
  throw known
}
