import { BREAK, CONTINUE, ExitRequest, raise, RETURN } from '../values/fault.ts'
import { compileBranch, type Use } from './block.ts'
import { fieldOf, indexOf } from '../values/access.ts'
import { all, andThen, constant, placeOf, withValue } from './eval.ts'
import { compileExpression, unknownVariable } from './expression.ts'
import { compileImport } from './import.ts'
import { compileFor, compileWhile } from './loop.ts'
import { compileMatch } from './match.ts'
import { compileTarget } from './target.ts'
import { compileTest } from './test.ts'
import { compileChain } from './pipeline.ts'
import { compileAssert, compileThrow, compileTry } from './try.ts'
import { compileSource, compileWith } from './with.ts'
import { type Eval, type Frame, nameOf } from './frame.ts'
import { boolOf, OPERATIONS } from '../values/operators.ts'
import type { Source, Span } from '../syntax/source.ts'
import { trace } from './trace.ts'
import type { Exit, If, Let, Return, RightSide, SetVariable, Statement } from '../syntax/tree.ts'
import { aType, isRecord, putField, Secret, Stream, type Value } from '../values/value.ts'

const NOTHING: Eval = () => null

/** Turns a statement into a function of the frame (language.md 2.8). */
export function compileStatement(node: Statement, source: Source, use: Use): Eval {
  switch (node.kind) {
    case 'version':
    case 'param':
    case 'fn':
      return NOTHING
    case 'let':
      return compileLet(node, source)
    case 'set':
      return compileSet(node, source)
    case 'for':
      return compileFor(node, source, use)
    case 'while':
      return compileWhile(node, source, use)
    case 'break':
      return () => {
        throw BREAK
      }
    case 'continue':
      return () => {
        throw CONTINUE
      }
    case 'return':
      return compileReturn(node, source)
    case 'throw':
      return traced(node, source, compileThrow(node, source))
    case 'exit':
      return traced(node, source, compileExit(node, source))
    case 'assert':
      return traced(node, source, compileAssert(node, source))
    case 'source':
      return traced(node, source, compileSource(node, source))
    case 'import':
      return traced(node, source, compileImport(node, source))
    case 'test':
      return compileTest(node, source)
    case 'chain': {
      const run = compileRight(node, source, use)
      const { kind } = node.first.first
      // A command shows itself with what it is given.
      return kind === 'command' || kind === 'external' ? run : traced(node, source, run)
    }
    default:
      return compileRight(node, source, use)
  }
}

/** A statement that shows its text in a trace, before it runs. */
function traced(node: Span, source: Source, run: Eval): Eval {
  const place = placeOf(source, node)
  const [text = ''] = source.text.slice(node.start, node.end).split('\n', 1)
  return (frame) => {
    if (frame.task.machine.options.trace === true) trace(frame.task, place, text)
    return run(frame)
  }
}

/** What gives a value: to the right of `=`, in brackets, as a case of `match`. */
export function compileRight(node: RightSide, source: Source, use: Use = 'value'): Eval {
  switch (node.kind) {
    case 'if':
      return compileIf(node, source, use)
    case 'try':
      return compileTry(node, source, use)
    case 'with':
      return compileWith(node, source, use)
    case 'match':
      return compileMatch(node, source, use)
    default:
      return compileChain(node, source, use)
  }
}

function compileLet(node: Let, source: Source): Eval {
  const run = compileRight(node.value, source)
  const put = compileTarget(node.target, source)
  const place = placeOf(source, node)
  const shown = `let ${source.text.slice(node.target.start, node.target.end)} =`
  const keep = (frame: Frame, value: Value): Value => {
    if (value instanceof Stream) value.open()
    put(frame, value)
    if (frame.task.machine.options.trace) trace(frame.task, place, shown, value)
    return null
  }
  return (frame) => andThen(run(frame), frame, keep)
}

function compileSet(node: SetVariable, source: Source): Eval {
  const run = compileRight(node.value, source)
  const name = nameOf(node.name.text)
  const place = placeOf(source, node)
  const namePlace = placeOf(source, node.name)
  if (node.env) {
    return (frame) =>
      withValue(run(frame), (value) => {
        setEnvironment(frame, name, value, node.value, source)
        return null
      })
  }
  const changed = changedValue(node, source)
  const change = (frame: Frame, value: Value): Value | Promise<Value> => {
    const owner = frame.owner(name)
    if (owner === undefined) throw unknownVariable(frame, name, namePlace)
    const made = changed(frame, owner.get(name) ?? null, value)
    return made instanceof Promise ? putLater(frame, owner, made) : put(frame, owner, made)
  }
  const putLater = async (frame: Frame, owner: Frame, value: Promise<Value>): Promise<Value> =>
    put(frame, owner, await value)
  const put = (frame: Frame, owner: Frame, value: Value): Value => {
    if (frame.task.parallel && !owner.task.parallel) {
      throw raise(
        namePlace,
        'BUG_NAME',
        `$${name} belongs to all items and cannot be changed in each --parallel`,
      )
    }
    owner.define(name, value)
    if (frame.task.machine.options.trace) trace(frame.task, place, `set ${name} =`, value)
    return null
  }
  return (frame) => andThen(run(frame), frame, change)
}

/** What `set` makes of the old value of its variable and the value to the right: values themselves never change. */
function changedValue(
  { path, operator, name, end }: SetVariable,
  source: Source,
): (frame: Frame, old: Value, value: Value) => Value | Promise<Value> {
  const operation = operator === undefined ? undefined : OPERATIONS[operator]
  const place = placeOf(source, { start: name.start, end })
  // Only =~ and !~ can give a promise, and no assignment is made of them.
  const combine = (frame: Frame, old: Value, value: Value): Value =>
    operation === undefined ? value : (operation(old, value, place, frame.task.signal) as Value)
  if (path.length === 0) return (frame, old, value) => combine(frame, old, value)
  const steps = path.map((step) => ({
    place: placeOf(source, step),
    key: step.kind === 'field' ? constant(step.name) : compileExpression(step.index, source),
  }))
  const replaced = (frame: Frame, old: Value, keys: readonly Value[], at: number, value: Value): Value => {
    const key = keys[at]
    const step = steps[at]
    if (key === undefined || step === undefined) return combine(frame, old, value)
    if (isRecord(old) && typeof key === 'string') {
      const inner = Object.hasOwn(old, key) ? (old[key] ?? null) : undefined
      const isLast = at === steps.length - 1
      // A new field may be set; what lies on the way to it must be there.
      const current =
        inner ?? (isLast && operation === undefined ? null : fieldOf(old, key, false, step.place))
      const copy: Record<string, Value> = { ...old }
      putField(copy, key, replaced(frame, current, keys, at + 1, value))
      return copy
    }
    const current = indexOf(old, key, step.place)
    const copy = [...(old as readonly Value[])]
    copy[(key as number) < 0 ? copy.length + (key as number) : (key as number)] = replaced(
      frame,
      current,
      keys,
      at + 1,
      value,
    )
    return copy
  }
  return (frame, old, value) => {
    const keys = all(
      steps.map(({ key }) => key),
      frame,
    )
    return keys instanceof Promise
      ? keys.then((later) => replaced(frame, old, later, 0, value))
      : replaced(frame, old, keys, 0, value)
  }
}

function setEnvironment(frame: Frame, name: string, value: Value, node: RightSide, source: Source): void {
  const env = frame.task.settings.env as Record<string, string | undefined>
  if (value === null) delete env[name]
  else env[name] = environmentText(value, node, source)
}

/** The text that goes into the environment. */
export function environmentText(value: Value, node: { start: number; end: number }, source: Source): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (value instanceof Secret) return value.reveal()
  throw raise(placeOf(source, node), 'BUG_TYPE', `the environment holds texts, not ${aType(value)}`)
}

function compileIf(node: If, source: Source, use: Use): Eval {
  const condition = compileExpression(node.condition, source)
  const place = placeOf(source, node.condition)
  const body = compileBranch(node.body, source, use)
  const otherwise = elseBranch(node, source, use)
  const choose = (frame: Frame, value: Value): Value | Promise<Value> => {
    const chosen = boolOf(value, place, 'a condition')
    if (frame.task.machine.options.trace) trace(frame.task, place, 'if', chosen)
    return chosen ? body(frame) : otherwise(frame)
  }
  return (frame) => andThen(condition(frame), frame, choose)
}

function elseBranch({ otherwise }: If, source: Source, use: Use): Eval {
  if (otherwise === undefined) return NOTHING
  if (otherwise.kind === 'if') return compileIf(otherwise, source, use)
  return compileBranch(otherwise, source, use)
}

function compileReturn(node: Return, source: Source): Eval {
  const run = node.value === undefined ? NOTHING : compileRight(node.value, source)
  const leave = (frame: Frame, value: Value): never => {
    let home: Frame = frame
    while (!home.isFunction && home.parent !== null) home = home.parent
    if (frame.task.machine.options.trace === true) trace(frame.task, placeOf(source, node), 'return', value)
    home.returned = value
    throw RETURN
  }
  return (frame) => andThen(run(frame), frame, leave)
}

function compileExit(node: Exit, source: Source): Eval {
  const run = node.value === undefined ? (): Value => 0 : compileExpression(node.value, source)
  const place = placeOf(source, node.value ?? node)
  return (frame) =>
    withValue(run(frame), (value) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 255) {
        throw raise(place, 'BUG_TYPE', 'the exit code is a whole number from 0 to 255')
      }
      throw new ExitRequest(value)
    })
}
