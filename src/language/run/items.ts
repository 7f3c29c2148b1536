import { articled } from '../values/access.ts'
import { inlineText } from '../values/inline-text.ts'
import { raise, ScriptError } from '../values/fault.ts'
import { checkStopped, step, type Task } from './frame.ts'
import { checkMemory } from './memory.ts'
import { type Piped, PROGRAM, ProgramOutput } from './program-output.ts'
import type { Place } from '../syntax/source.ts'
import { aType, isList, isRecord, kindOf, Stream, type Value } from '../values/value.ts'

/** Items that a filter reads: all there, or still arriving. */
export type Items = readonly Value[] | Stream

/** The input of a filter that works on items; anything but a list or a stream is an error (language.md 2.9). */
export function itemsOf(input: Piped | undefined, place: Place, name: string): Items {
  if (isList(input as Value)) return input as readonly Value[]
  if (input instanceof Stream) {
    if (input.taken)
      throw raise(
        place,
        'BUG_TYPE',
        'the stream has been read already',
        'a stream is read once; keep a list with let x = ... | first 100',
      )
    return input
  }
  if (input === undefined)
    throw raise(place, 'BUG_ARGS', `"${name}" needs a list from a pipe`, `write LIST | ${name} ...`)
  if (input instanceof ProgramOutput) {
    throw raise(
      place,
      'BUG_TYPE',
      `"${name}" expected a list, got ${input.what === PROGRAM ? 'the output of a program' : 'text'}`,
      `write | lines | ${name} ...`,
    )
  }
  throw raise(
    place,
    'BUG_TYPE',
    `expected a list, got ${aType(input)}`,
    input === null ? undefined : 'a single value is not made a list: write [$x]',
  )
}

/** Given by an item function to leave the item out. */
export const SKIP = Symbol('skip')

type ItemFunction = (item: Value, index: number) => Value | typeof SKIP | Promise<Value | typeof SKIP>

/** Runs a function for each item, in order: at once for a list as long as nothing has to be waited for, item by item for a stream. */
export function mapItems(task: Task, items: Items, run: ItemFunction): Value | Promise<Value> {
  if (items instanceof Stream) return items.into(mapStream(task, items, run))
  const kept: Value[] = []
  for (let index = 0; index < items.length; index += 1) {
    const turn = step(task)
    if (turn !== undefined) return mapLater(task, items, index, kept, run, turn)
    const result = runItem(run, items, index)
    if (result instanceof Promise) return mapLater(task, items, index + 1, kept, run, result)
    if (result !== SKIP) kept.push(result)
  }
  return kept
}

async function mapLater(
  task: Task,
  items: readonly Value[],
  from: number,
  kept: Value[],
  run: ItemFunction,
  pending: Promise<Value | typeof SKIP | void>,
): Promise<Value> {
  const first = await pending
  if (first !== SKIP && first !== undefined) kept.push(first)
  for (let index = from; index < items.length; index += 1) {
    const turn = step(task)
    if (turn !== undefined) await turn
    const result = runItem(run, items, index)
    const value = result instanceof Promise ? await result : result
    if (value !== SKIP) kept.push(value)
  }
  return kept
}

async function* mapStream(task: Task, stream: Stream, run: ItemFunction): AsyncGenerator<Value> {
  let index = 0
  for await (const item of stream) {
    checkStopped(task)
    let value: Value | typeof SKIP
    try {
      value = await run(item, index)
    } catch (error) {
      throw noteItem(error, item, index)
    }
    index += 1
    if (value !== SKIP) yield value
  }
}

function runItem(run: ItemFunction, items: readonly Value[], index: number): ReturnType<ItemFunction> {
  try {
    const result = run(items[index] as Value, index)
    return result instanceof Promise ? itemLater(result, items, index) : result
  } catch (error) {
    throw noteItem(error, items[index] as Value, index, items.length)
  }
}

async function itemLater(
  result: Promise<Value | typeof SKIP>,
  items: readonly Value[],
  index: number,
): Promise<Value | typeof SKIP> {
  try {
    return await result
  } catch (error) {
    throw noteItem(error, items[index] as Value, index, items.length)
  }
}

/** Adds which item an error belongs to, unless it says so already. */
export function noteItem(error: unknown, item: Value, index: number, count?: number): unknown {
  if (error instanceof ScriptError)
    error.item ??= `item ${index + 1}${count === undefined ? '' : ` of ${count}`}: ${describeItem(item)}`
  return error
}

/** A few words for an item: `device 234776801163a9ee "lab-3"`. */
export function describeItem(item: Value): string {
  if (!isRecord(item)) return inlineText(item)
  const kind = kindOf(item)
  const { id, name } = item
  const words = [
    typeof id === 'string' || typeof id === 'number' ? String(id) : '',
    typeof name === 'string' ? JSON.stringify(name) : '',
  ]
  const text = words.filter((word) => word !== '').join(' ')
  if (text === '') return inlineText(item)
  return kind === undefined ? text : `${articled(kind).replace(/^an? /, '')} ${text}`
}

/** All items in a list, for filters that need the end before they can start. */
export async function allItems(items: Items): Promise<readonly Value[]> {
  if (!(items instanceof Stream)) return items
  const found: Value[] = []
  for await (const item of items) {
    found.push(item)
    if ((found.length & 0xfff) === 0) checkMemory()
  }
  return found
}
