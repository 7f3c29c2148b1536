/** What a front end asks while the code stands still, and about sources at any time. */
import type { CompiledUnit } from '../language/compile.ts'
import { set } from '../language/run/access.ts'
import type { SqValue } from '../language/values/values.ts'
import { callsOf, frameOf, localsOf, surroundingsIn } from './calls.ts'
import type { Debugger } from './debugger.ts'
import { type Surroundings, compileText, runText } from './evaluate.ts'
import { completionsIn, peek } from './peek.ts'
import { filesOf, placesOf } from './places.ts'
import type { DebugRequest, Scope, StackFrame, Variable } from './protocol.ts'
import { textOfFile } from './sources.ts'
import type { Stop } from './stop.ts'
import { type Holder, type Local, namedParts, partsOf, keyText, variableOf } from './values.ts'
import type { World } from '../world.ts'

type Question = Exclude<
  DebugRequest,
  { request: 'breakpoints' | 'functions' | 'exceptions' | 'go' | 'pause' | 'end' }
>

const mostParts = 10_000
const longestValue = 10_000

/** The answer to a question; throws an Error whose message is for people. */
export function answer(debug: Debugger, question: Question, world: World): unknown {
  switch (question.request) {
    case 'sources':
      return [...new Set(debug.units().flatMap(filesOf))]
    case 'source':
      return textOfFile(debug.units(), question.file)
    case 'places':
      return placesIn(debug.units(), question.file, question.line, question.endLine)
    case 'clock':
      return world.clock.read()
    default:
      if (debug.stop === null) throw new Error('the program runs')
      return answerStopped(debug, debug.stop, question)
  }
}

function answerStopped(
  debug: Debugger,
  stop: Stop,
  question: Exclude<Question, { request: 'sources' | 'source' | 'places' | 'clock' }>,
): unknown {
  switch (question.request) {
    case 'stack':
      return stackOf(debug, stop, question)
    case 'scopes':
      return scopesOf(stop, question.frame)
    case 'variables':
      return partsOf(
        stop.holder(question.handle),
        question.start ?? 0,
        Math.min(question.count ?? mostParts, mostParts),
      ).map((part) => variableOf(part, (holder) => stop.handle(holder)))
    case 'evaluate':
      return debug.quietly(() => evaluate(stop, question))
    case 'set':
      return debug.quietly(() => assign(stop, question))
    default:
      return completionsIn(surroundingsOf(stop, question.frame), question.text, question.column)
  }
}

function placesIn(units: readonly CompiledUnit[], file: string, line: number, endLine: number) {
  const found = new Map<string, { line: number; column: number }>()
  for (const unit of units)
    for (const place of placesOf(unit, file))
      if (place.line >= line && place.line <= endLine)
        found.set(`${place.line}:${place.column}`, { line: place.line, column: place.column })
  return [...found.values()]
}

function stackOf(
  debug: Debugger,
  stop: Stop,
  { side: kind, start = 0, count }: Extract<Question, { request: 'stack' }>,
): { frames: StackFrame[]; total: number } {
  const watched = debug.watched(kind)
  const calls = watched === undefined ? [] : callsOf(watched)
  if (watched === undefined) return { frames: [{ id: 0, name: 'not running' }], total: 1 }
  if (calls.length === 0) return { frames: [{ id: stop.frame(watched, null), name: 'waiting' }], total: 1 }
  const end = count === undefined || count <= 0 ? Infinity : start + count
  const frames = calls.slice(start, end).map((call) => frameOf(call, stop.frame(watched, call)))
  const label = { id: 0, name: `callback of ${watched.side.callback}` }
  const origin = watched.side.callback === 'main' ? [] : [label]
  return {
    frames: start + frames.length < end && start <= calls.length ? [...frames, ...origin] : frames,
    total: calls.length + origin.length,
  }
}

function scopesOf(stop: Stop, frame: number): Scope[] {
  const { watched, call } = stop.frameAt(frame)
  const scopes: Scope[] = []
  const add = (name: string, holder: Holder, count: number, expensive = false) =>
    scopes.push({ name, handle: stop.handle(holder), count, expensive })
  const { root } = watched.side.vm
  if (call !== null) {
    const { own, around } = localsOf(call)
    const inOrder = (list: Local[]): Holder => ({ kind: 'variables', list: list.toReversed() })
    add('Locals', inOrder(own), own.length)
    if (around.length > 0) add('Upvalues', inOrder(around), around.length)
    if (call.self !== root)
      add('This', { kind: 'value', value: call.self, path: 'this' }, namedParts(call.self).length)
  }
  add('Root', { kind: 'value', value: root, path: '::' }, root.size, true)
  return scopes
}

function surroundingsOf(stop: Stop, frame: number): Surroundings {
  const { watched, call } = stop.frameAt(frame)
  const { side, units } = watched
  if (call !== null) return surroundingsIn(side, call)
  return { side, locals: [], self: side.vm.root, constants: units.at(-1)?.unit.constants ?? new Map() }
}

function evaluate(
  stop: Stop,
  { frame, text, context }: Extract<Question, { request: 'evaluate' }>,
): Variable {
  const where = surroundingsOf(stop, frame)
  const value = context === 'hover' ? peek(where, text) : valueOf(where, text)
  const long = typeof value === 'string' && value.length <= longestValue ? JSON.stringify(value) : undefined
  const variable = variableOf({ name: text, value, path: null }, (holder) => stop.handle(holder))
  return long === undefined ? variable : { ...variable, value: long }
}

function valueOf(where: Surroundings, text: string): SqValue {
  const result = runText(compileText(text, where), where)
  if ('failed' in result) throw new Error(result.failed)
  return result.value
}

function assign(stop: Stop, { handle, name, text }: Extract<Question, { request: 'set' }>): Variable {
  const holder = stop.holder(handle)
  const { watched } = stop
  const value = valueOf(surroundingsOf(stop, 0), text)
  if (holder.kind === 'variables') {
    const local = holder.list.find((one) => one.name === name)
    if (!local) throw new Error(`there is no variable ${name}`)
    local.variables[local.at] = value
  } else {
    const key = namedParts(holder.value).find(([one]) => keyText(one) === name)?.[0] ?? indexOf(name)
    const done = watched.side.aside(1000, () => set(holder.value, key, value))
    if ('error' in done) throw new Error(done.error.message)
  }
  return variableOf({ name, value, path: null }, (one) => stop.handle(one))
}

function indexOf(name: string): SqValue {
  return /^\d+$/.test(name) ? Number(name) : name
}
