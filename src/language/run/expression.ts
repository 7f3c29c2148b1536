// Longer than other files: one case for each kind of expression, read best in one row.
import { fieldOf, indexOf } from '../values/access.ts'
import { closest } from '../../commands/closest.ts'
import { raise, ScriptError } from '../values/fault.ts'
import { all, andThen, constant, joined, placeOf } from './eval.ts'
import { type Eval, type Frame, nameOf } from './frame.ts'
import { variableHint } from '../builtins/hints.ts'
import { boolOf, OPERATIONS, type Operation, rangeEnds, rangeOf } from '../values/operators.ts'
import { compileBlockValue } from './block.ts'
import { compileRight } from './statement.ts'
import { numbers } from './numbers.ts'
import type { Place, Source } from '../syntax/source.ts'
import { variableOf } from '../syntax/parameters.ts'
import { textOf } from '../values/text-of.ts'
import type {
  Binary,
  BinaryOperator,
  Expression,
  ListLiteral,
  RecordLiteral,
  Template,
} from '../syntax/tree.ts'
import {
  aType,
  dateOf,
  Duration,
  isList,
  isRecord,
  putField,
  Secret,
  Stream,
  Time,
  timeOf,
  type Value,
} from '../values/value.ts'

/** Turns an expression into a function of the frame. */
export function compileExpression(node: Expression, source: Source): Eval {
  const place = placeOf(source, node)
  switch (node.kind) {
    case 'text':
      return constant(node.text)
    case 'number':
      return constant(node.value)
    case 'duration':
      return constant(new Duration(node.value))
    case 'time': {
      const time = timeOf(node.text)
      if (time !== undefined) return constant(time)
      return () => {
        throw raise(place, 'DATA', `there is no time ${node.text}`)
      }
    }
    case 'true':
      return constant(true)
    case 'false':
      return constant(false)
    case 'null':
      return constant(null)
    case 'now':
      return () => new Time(Date.now())
    case 'today':
      return () => dateOf(new Date().setHours(0, 0, 0, 0))
    case 'template':
      return compileTemplate(node, source)
    case 'variable':
      return compileVariable(node.name, place)
    case 'field-name': {
      const { name, optional } = node
      return (frame) => {
        const item = frame.item()
        if (item === undefined) throw raise(place, 'BUG_NAME', `there is no item to take "${name}" from`)
        return fieldOf(item, name, optional, place, true)
      }
    }
    case 'field':
      return compileField(node.object, node.name, node.optional, { ...place, start: node.nameStart }, source)
    case 'index': {
      const object = compileExpression(node.object, source)
      const index = compileExpression(node.index, source)
      const { optional } = node
      const get = (_frame: Frame, [value = null, at = null]: readonly Value[]): Value =>
        indexOf(value, at, place, optional)
      const both = [object, index]
      return (frame) => andThen(all(both, frame), frame, get)
    }
    case 'binary':
      return compileBinary(node, source)
    case 'not': {
      const operand = compileExpression(node.operand, source)
      const not = (_frame: Frame, value: Value): Value => !boolOf(value, place, 'the operand of "not"')
      return (frame) => andThen(operand(frame), frame, not)
    }
    case 'negate': {
      const operand = compileExpression(node.operand, source)
      const negate = (_frame: Frame, value: Value): Value => {
        if (typeof value === 'number') return -value
        if (value instanceof Duration) return new Duration(-value.ms)
        throw raise(place, 'BUG_TYPE', `"-" does not work on ${aType(value)}`)
      }
      return (frame) => andThen(operand(frame), frame, negate)
    }
    case 'list':
      return compileList(node, source)
    case 'record':
      return compileRecord(node, source)
    case 'block':
      return compileBlockValue(node, source, 'value')
    default:
      return compileRight(node.body, source)
  }
}

function compileField(
  object: Expression,
  name: string,
  optional: boolean,
  place: Place,
  source: Source,
): Eval {
  if (object.kind === 'variable' && object.name === 'env') {
    return (frame) => {
      const own = frame.get('env')
      return own === undefined
        ? environment(frame, name, optional, place)
        : fieldOf(own, name, optional, place)
    }
  }
  const inner = compileExpression(object, source)
  const get = (_frame: Frame, record: Value): Value => fieldOf(record, name, optional, place)
  return (frame) => andThen(inner(frame), frame, get)
}

/** Credentials in the environment are secrets (language.md 2.5). */
function environmentValue(name: string, value: string): Value {
  return name === 'IMPT_LOGINKEY' || name === 'IMPT_PASSWORD' ? new Secret(value) : value
}

function environment(frame: Frame, name: string, optional: boolean, place: Place): Value {
  const { env } = frame.task.settings
  // What every object has, such as "constructor", is no variable.
  const value = Object.hasOwn(env, name) ? env[name] : undefined
  if (value !== undefined) return environmentValue(name, value)
  if (optional) return null
  throw raise(
    place,
    'BUG_NAME',
    `the environment has no variable ${name}`,
    `write $env.${name}? to get null instead`,
  )
}

function compileVariable(text: string, place: Place): Eval {
  const name = nameOf(text)
  if (name === 'it') {
    return (frame) => {
      const item = frame.item()
      if (item !== undefined) return item
      throw raise(
        place,
        'BUG_NAME',
        'there is no $it here',
        '$it is the item in the block of a filter, such as each { }',
      )
    }
  }
  if (name === 'env') {
    return (frame) => {
      const own = frame.get('env')
      if (own !== undefined) return own
      const { env } = frame.task.settings
      const record: Record<string, Value> = {}
      for (const [key, value] of Object.entries(env))
        if (value !== undefined) putField(record, key, environmentValue(key, value))
      return record
    }
  }
  return (frame) => {
    const value = frame.get(name)
    if (value !== undefined) return value
    throw unknownVariable(frame, name, place)
  }
}

/** The error for a variable that does not exist, with the closest name. */
export function unknownVariable(frame: Frame, name: string, place: Place): Error {
  if (/^\d$/.test(name))
    return raise(place, 'BUG_NAME', `there is no argument $${name}: the script has param lines`)
  const near = closest(name, frame.names())
  return raise(place, 'BUG_NAME', `unknown variable $${name}`, variableHint(name, near))
}

function compileTemplate(node: Template, source: Source): Eval {
  const pieces = node.pieces.map((piece) =>
    typeof piece === 'string'
      ? constant(piece)
      : { run: compileExpression(piece, source), place: placeOf(source, piece) },
  )
  const parts = pieces.map((piece): Eval => {
    if (typeof piece === 'function') return piece
    const { run, place } = piece
    const text = (_frame: Frame, value: Value): string => textOf(value, place)
    return (frame) => andThen(run(frame), frame, text)
  })
  return joined(parts)
}

function compileBinary(node: Binary, source: Source): Eval {
  const left = compileExpression(node.left, source)
  const right = compileExpression(node.right, source)
  const leftPlace = placeOf(source, node.left)
  const rightPlace = placeOf(source, node.right)
  switch (node.operator) {
    case '??': {
      const orRight = (frame: Frame, value: Value): Value | Promise<Value> => value ?? right(frame)
      return (frame) => andThen(left(frame), frame, orRight)
    }
    case 'and':
    case 'or': {
      const { operator } = node
      const what = `each side of "${operator}"`
      const decides = operator === 'or'
      const last = (_frame: Frame, value: Value): boolean => boolOf(value, rightPlace, what)
      const decide = (frame: Frame, value: Value): Value | Promise<Value> =>
        boolOf(value, leftPlace, what) === decides ? decides : andThen(right(frame), frame, last)
      return (frame) => andThen(left(frame), frame, decide)
    }
    default:
      return both(node, left, right, OPERATIONS[node.operator], placeOf(source, node))
  }
}

/** Operations on two numbers, which loops make most: without the detour over all other types. */
const ON_NUMBERS: Readonly<Partial<Record<BinaryOperator, (left: number, right: number) => Value>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
}

function both(node: Binary, left: Eval, right: Eval, operation: Operation, place: Place): Eval {
  const onNumbers = ON_NUMBERS[node.operator]
  const apply = (frame: Frame, first: Value, second: Value): Value | Promise<Value> => {
    try {
      return operation(first, second, place, frame.task.signal)
    } catch (error) {
      throw untyped(error, node, frame)
    }
  }
  const waitForLeft = async (frame: Frame, first: Promise<Value>): Promise<Value> =>
    apply(frame, await first, await right(frame))
  const waitForRight = async (frame: Frame, first: Value, second: Promise<Value>): Promise<Value> =>
    apply(frame, first, await second)
  return (frame) => {
    const first = left(frame)
    if (first instanceof Promise) return waitForLeft(frame, first)
    const second = right(frame)
    if (typeof first === 'number' && typeof second === 'number' && onNumbers !== undefined) {
      const made = onNumbers(first, second)
      // What is no number any more is told by the operation.
      if (made !== Infinity && made !== -Infinity) return made
    }
    if (second instanceof Promise) return waitForRight(frame, first, second)
    return apply(frame, first, second)
  }
}

/** Where a parameter without a type was given a text that an operator does not take, its type is the cure. */
function untyped(error: unknown, { left, right }: Binary, frame: Frame): unknown {
  if (!(error instanceof ScriptError) || error.code !== 'BUG_TYPE') return error
  let home: Frame | null = frame
  while (home !== null && home.definition === undefined) home = home.parent
  const parameters = home?.definition?.parameters ?? []
  for (const node of [left, right]) {
    if (node.kind !== 'variable' || typeof frame.get(node.name) !== 'string') continue
    const found = parameters.find(
      (parameter) => variableOf(parameter) === node.name && parameter.type === undefined,
    )
    if (found === undefined) continue
    const type = [left, right].some(({ kind }) => kind === 'duration') ? 'duration' : 'number'
    error.hint = `write the type of the parameter: fn ${home?.definition?.name.text ?? ''}(${found.name.text}: ${type})`
  }
  return error
}

function compileList(node: ListLiteral, source: Source): Eval {
  const evals = node.items.map((item) => compileExpression(item.value, source))
  const spreads = node.items.map((item) => item.spread)
  if (!spreads.includes(true)) return (frame) => all(evals, frame)
  const places = node.items.map((item) => placeOf(source, item.value))
  const build = (values: readonly Value[]): Value =>
    values.flatMap((value, index) => {
      if (spreads[index] !== true) return [value]
      if (isList(value)) return value
      throw raise(places[index] as Place, 'BUG_TYPE', `"..." needs a list here, not ${aType(value)}`)
    })
  return (frame) => {
    const values = all(evals, frame)
    return values instanceof Promise ? values.then(build) : build(values)
  }
}

function compileRecord(node: RecordLiteral, source: Source): Eval {
  // A computed name is worked out before its value.
  const evals = node.fields.flatMap((field) =>
    [...(field.kind === 'computed' ? [field.name] : []), field.value].map((one) =>
      compileExpression(one, source),
    ),
  )
  const build = (values: readonly Value[]): Value => {
    const record: Record<string, Value> = {}
    let next = 0
    for (const field of node.fields) {
      const value = values[next++] ?? null
      if (field.kind === 'field') putField(record, field.name, value)
      else if (field.kind === 'spread') spreadRecord(record, value, placeOf(source, field.value))
      else putField(record, textOf(value, placeOf(source, field.name)), values[next++] ?? null)
    }
    return record
  }
  return (frame) => {
    const values = all(evals, frame)
    return values instanceof Promise ? values.then(build) : build(values)
  }
}

function spreadRecord(record: Record<string, Value>, value: Value, place: Place): void {
  if (!isRecord(value)) throw raise(place, 'BUG_TYPE', `"..." needs a record here, not ${aType(value)}`)
  for (const [name, field] of Object.entries(value)) putField(record, name, field)
}

/** Ranges up to this length are lists at once. */
const SHORT_RANGE = 10_000

/** An expression whose items are read one by one, as the first stage of a pipe: a long range arrives as it is read. */
export function compileItems(node: Expression, source: Source): Eval {
  const range = bareRange(node)
  if (range === undefined) return compileExpression(node, source)
  const evals = [compileExpression(range.left, source), compileExpression(range.right, source)]
  const place = placeOf(source, range)
  const make = ({ task }: Frame, [left = null, right = null]: readonly Value[]): Value => {
    const [from, to] = rangeEnds(left, right, place)
    if (to - from < SHORT_RANGE) return rangeOf(from, to, place)
    return new Stream(numbers(task, from, to, 1), 'list')
  }
  return (frame) => andThen(all(evals, frame), frame, make)
}

/** The range that an expression is, if it is nothing else. */
export function bareRange(node: Expression): Binary | undefined {
  if (node.kind === 'binary') return node.operator === '..' ? node : undefined
  if (node.kind !== 'paren' || node.body.kind !== 'chain' || node.body.rest.length > 0) return undefined
  const { first, stages, redirect } = node.body.first
  if (stages.length > 0 || redirect !== undefined) return undefined
  return first.kind === 'command' || first.kind === 'external' ? undefined : bareRange(first)
}
