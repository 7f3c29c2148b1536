import { fieldOf, pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { allItems, type Items, itemsOf, mapItems, noteItem } from '../run/items.ts'
import {
  aType,
  Duration,
  isList,
  isRecord,
  putField,
  type RecordValue,
  Stream,
  Time,
  typeOf,
  type Value,
} from '../values/value.ts'
import { type Call, type Implementation, wordOf, wordsOf } from './call.ts'
import { keysOf } from './sorting.ts'

/** A field such as `device_group.name` as the names on the way. */
export function pathParts(text: string): string[] {
  return text.split('.')
}

/** The items that a filter reads. */
export function listInput(call: Call): Items {
  return itemsOf(call.input, call.place, call.builtIn.name)
}

/** For filters that work on a record or on each record of a list. */
function eachRecord(call: Call, change: (record: RecordValue) => Value): Value | Promise<Value> {
  const { input, place, builtIn } = call
  const one = (item: Value): Value => {
    if (!isRecord(item)) throw raise(place, 'BUG_TYPE', `"${builtIn.name}" needs records, not ${aType(item)}`)
    return change(item)
  }
  if (input !== undefined && isRecord(input as Value)) return one(input as Value)
  return mapItems(call.task, listInput(call), one)
}

export const select: Implementation = (call) => {
  const columns = wordsOf(call).map((argument, index) => {
    const [name, old] = argument.split('=') as [string, string | undefined]
    return {
      name: old === undefined ? name.replaceAll('?', '') : name,
      path: pathParts(old ?? name),
      place: call.places[index] ?? call.place,
    }
  })
  if (columns.length === 0) throw raise(call.place, 'BUG_ARGS', '"select" needs the names of fields')
  return eachRecord(call, (record) => {
    const chosen: Record<string, Value> = {}
    for (const { name, path, place } of columns) putField(chosen, name, pathOf(record, path, place))
    return chosen
  })
}

export const reject: Implementation = (call) =>
  eachRecord(call, (record) => {
    const rest: Record<string, Value> = { ...record }
    for (const [index, name] of wordsOf(call).entries()) {
      fieldOf(record, name, false, call.places[index] ?? call.place)
      delete rest[name]
    }
    return rest
  })

export const reverse: Implementation = async (call) => [...(await allItems(listInput(call)))].reverse()

export const first: Implementation = (call) => {
  const items = listInput(call)
  const [n] = call.args
  if (n !== undefined) {
    const count = wholeNumber(n, call)
    return items instanceof Stream ? new Stream(take(items, count), items.kind) : items.slice(0, count)
  }
  const optional = call.builtIn.name.endsWith('?')
  const give = (item: Value | undefined): Value => {
    if (item !== undefined) return item
    if (optional) return null
    throw raise(call.place, 'EMPTY', 'the list is empty', `write ${call.builtIn.name}? to get null`)
  }
  if (!(items instanceof Stream)) return give(items[0])
  return (async () => {
    for await (const item of items) return item
    return give(undefined)
  })()
}

async function* take(stream: Stream, count: number): AsyncGenerator<Value> {
  if (count === 0) return stream.close()
  let taken = 0
  for await (const item of stream) {
    yield item
    taken += 1
    if (taken >= count) return undefined
  }
  return undefined
}

export const last: Implementation = async (call) => {
  const [n] = call.args
  const count = n === undefined ? 1 : wholeNumber(n, call)
  const items = listInput(call)
  let found: readonly Value[]
  if (items instanceof Stream) {
    const kept: Value[] = []
    for await (const item of items) {
      kept.push(item)
      if (kept.length > count) kept.shift()
    }
    found = kept
  } else found = count === 0 ? [] : items.slice(-count)
  if (n !== undefined) return found
  const item = found[0]
  if (item !== undefined) return item
  if (call.builtIn.name.endsWith('?')) return null
  throw raise(call.place, 'EMPTY', 'the list is empty', 'write last? to get null')
}

export const skip: Implementation = (call) => {
  const items = listInput(call)
  const count = wholeNumber(call.args[0] ?? 0, call)
  return items instanceof Stream ? new Stream(skipItems(items, count), items.kind) : items.slice(count)
}

async function* skipItems(stream: Stream, count: number): AsyncGenerator<Value> {
  let skipped = 0
  for await (const item of stream) {
    if (skipped < count) skipped += 1
    else yield item
  }
}

function wholeNumber(value: Value, call: Call): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value
  throw raise(call.places[0] ?? call.place, 'BUG_ARGS', `"${call.builtIn.name}" needs a whole number from 0`)
}

export const count: Implementation = async (call) => {
  const items = listInput(call)
  if (!(items instanceof Stream)) return items.length
  let found = 0
  for await (const item of items) found += item === undefined ? 0 : 1
  return found
}

/** A text that is equal exactly for equal values. */
function keyOf(value: Value): string {
  return `${typeOf(value)}:${value instanceof Time || value instanceof Duration ? value.ms : JSON.stringify(value)}`
}

export const groupBy: Implementation = async (call) => {
  const items = await allItems(listInput(call))
  const keys = keysOf(items, pathParts(wordOf(call)), call.places[0] ?? call.place)
  const groups = new Map<string, { key: Value; items: Value[] }>()
  for (const [index, item] of items.entries()) {
    const key = keys[index] ?? null
    const id = keyOf(key)
    const group = groups.get(id)
    if (group === undefined) groups.set(id, { key, items: [item] })
    else group.items.push(item)
  }
  return [...groups.values()].map((group) => ({
    key: group.key,
    count: group.items.length,
    items: group.items,
  }))
}

export const unique: Implementation = async (call) => {
  const items = await allItems(listInput(call))
  const columns = wordsOf(call).map((text, index) =>
    keysOf(items, pathParts(text), call.places[index] ?? call.place),
  )
  const seen = new Set<string>()
  return items.filter((item, index) => {
    const id =
      columns.length === 0 ? keyOf(item) : columns.map((keys) => keyOf(keys[index] ?? null)).join('\0')
    if (seen.has(id)) return false
    seen.add(id)
    return true
  })
}

export const flatten: Implementation = async (call) => {
  const items = await allItems(listInput(call))
  const path = call.args[0] === undefined ? undefined : pathParts(wordOf(call))
  return items.flatMap((item, index) => {
    const inner = path === undefined ? item : pathOf(item, path, call.places[0] ?? call.place)
    if (isList(inner)) return inner
    throw noteItem(
      raise(call.place, 'BUG_TYPE', `"flatten" needs lists in the list, not ${aType(inner)}`),
      item,
      index,
      items.length,
    )
  })
}

export const join: Implementation = async (call) => {
  const items = await allItems(listInput(call))
  const [other] = call.args as [readonly Value[]]
  const on = call.options['on']
  if (typeof on !== 'string')
    throw raise(call.place, 'BUG_ARGS', '"join" needs --on FIELD or --on LEFT=RIGHT')
  const [left = '', right = left] = on.split('=')
  const rightKeys = keysOf(other, pathParts(right), call.place)
  const found = new Map<string, RecordValue[]>()
  for (const [index, item] of other.entries()) {
    const id = keyOf(rightKeys[index] ?? null)
    found.set(id, [...(found.get(id) ?? []), item as RecordValue])
  }
  const fields = [...new Set(other.flatMap((item) => (isRecord(item) ? Object.keys(item) : [])))]
  const leftKeys = keysOf(items, pathParts(left), call.place)
  return items.flatMap((item, index) => {
    const matching = leftKeys[index] === null ? [] : (found.get(keyOf(leftKeys[index] ?? null)) ?? [])
    if (matching.length > 0)
      return matching.map((match) => joined(item as RecordValue, match, Object.keys(match)))
    return call.options['left'] === true ? [joined(item as RecordValue, {}, fields)] : []
  })
}

function joined(item: RecordValue, match: RecordValue, fields: readonly string[]): RecordValue {
  const record: Record<string, Value> = { ...item }
  for (const field of fields) if (!Object.hasOwn(item, field)) putField(record, field, match[field] ?? null)
  return record
}

export const get: Implementation = (call) => {
  const path = pathParts(wordOf(call))
  const place = call.places[0] ?? call.place
  const { input } = call
  if (isRecord(input as Value)) return pathOf(input as Value, path, place)
  return mapItems(call.task, listInput(call), (item) => pathOf(item, path, place))
}
