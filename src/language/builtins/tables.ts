import { fieldOf, pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { itemsOf, mapItems } from '../run/items.ts'
import type { Piped } from '../run/program-output.ts'
import { condition, field, list, text } from '../values/types.ts'
import { aType, isRecord, putField, type RecordValue, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, option, rest, some, word } from './builtin.ts'
import { keyOf } from './lists.ts'
import { keysOf, pathParts, sorted } from './sorting.ts'

/** Filters over records and lists of records. */
export const TABLES = [
  builtin({
    name: 'select',
    summary: 'Keeps these fields, in this order; new=old renames.',
    input: 'piped',
    words: [some('field', field)],
    examples: {
      '{id: "d1", name: "lab-1", rssi: -60} | select name id | to json --compact':
        '{"name":"lab-1","id":"d1"}',
      '[{group: {name: "dev"}}] | select dg=group.name | get dg': 'dev',
    },
    run(input, { field: names }, call) {
      const columns = names.map((argument, index) => {
        const [name, old] = argument.split('=') as [string, string | undefined]
        return {
          name: old === undefined ? name.replaceAll('?', '') : name,
          path: pathParts(old ?? name),
          place: call.at('field', index),
        }
      })
      return eachRecord(input, call, (record) => {
        const chosen: Record<string, Value> = {}
        for (const { name, path, place } of columns) putField(chosen, name, pathOf(record, path, place))
        return chosen
      })
    },
  }),
  builtin({
    name: 'reject',
    summary: 'Leaves these fields out.',
    input: 'piped',
    words: [rest('field', field)],
    examples: {
      '{id: "d1", name: "lab-1"} | reject id | to json --compact': '{"name":"lab-1"}',
      '{id: "d1"} | reject name': fails('BUG_FIELD'),
    },
    run: (input, { field: names }, call) =>
      eachRecord(input, call, (record) => {
        const left: Record<string, Value> = { ...record }
        for (const [index, name] of names.entries()) {
          fieldOf(record, name, false, call.at('field', index))
          delete left[name]
        }
        return left
      }),
  }),
  builtin({
    name: 'add',
    summary: 'Adds a field, or replaces it. A bare name is a field of the record.',
    input: 'piped',
    words: [{ ...word('name', field), fresh: true as const }, word('value', condition)],
    examples: {
      '[{a: 1}] | add b = a + 1 | to json --compact': '[{"a":1,"b":2}]',
      '{a: 1} | add b = "x" | get b': 'x',
    },
    run(input, { name, value }, call) {
      const extend = (record: RecordValue, made: Value): Value => {
        const copy: Record<string, Value> = { ...record }
        putField(copy, name, made)
        return copy
      }
      return eachRecord(input, call, (record, index) => {
        const made = value.run([record, index])
        return made instanceof Promise ? made.then((later) => extend(record, later)) : extend(record, made)
      })
    },
  }),
  builtin({
    name: 'get',
    summary: 'The value of a field, or at a path such as device_group.name.',
    input: 'piped',
    words: [word('path', field)],
    examples: { '{a: {b: 1}} | get a.b': '1', '[{a: 1}, {a: 2}] | get a': '1\n2' },
    run(input, { path }, call) {
      const parts = pathParts(path)
      const place = call.at('path')
      if (isRecord(input as Value)) return pathOf(input as Value, parts, place)
      return mapItems(call.task, itemsOf(input, call.place, 'get'), (item) => pathOf(item, parts, place))
    },
  }),
  builtin({
    name: 'keys',
    summary: 'The names of the fields.',
    input: 'record',
    examples: { '{a: 1, b: 2} | keys': 'a\nb', '{} | keys | count': '0' },
    run: (record) => Object.keys(record),
  }),
  builtin({
    name: 'values',
    summary: 'The values of the fields.',
    input: 'record',
    examples: { '{a: 1, b: 2} | values': '1\n2', '{} | values | count': '0' },
    run: (record) => Object.values(record),
  }),
  builtin({
    name: 'sort-by',
    summary: 'Sorts by fields; null comes last.',
    input: 'items',
    words: [rest('field', field)],
    options: [flag('desc', 'The greatest first.')],
    examples: { '[3, 1, 2] | sort-by': '1\n2\n3', '[{a: 1}, {a: 2}] | sort-by a --desc | get a': '2\n1' },
    run: (items, { field: names, desc }, call) =>
      sorted(
        items,
        names.map((name, index) => ({ name, place: call.at('field', index) })),
        desc === true,
        call.place,
      ),
  }),
  builtin({
    name: 'group-by',
    summary: 'Groups items by a field: records of key, count and items.',
    input: 'items',
    words: [word('field', field)],
    examples: {
      '[{a: 1}, {a: 2}, {a: 1}] | group-by a | select key count | to csv': 'key,count\n1,2\n2,1',
      '[] | group-by a | count': '0',
    },
    run(items, { field: name }, call) {
      const keys = keysOf(items, pathParts(name), call.at('field'))
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
    },
  }),
  builtin({
    name: 'join',
    summary: 'Adds the fields of the matching items of another list.',
    input: 'items',
    words: [word('other', list)],
    options: [
      { ...option('on', text, 'The field that both have, or LEFT=RIGHT.'), required: true as const },
      flag('left', 'Also keeps items without a match, with null in the fields of the other list.'),
    ],
    examples: {
      'let other = [{id: 1, b: "x"}]\n[{id: 1, a: 2}] | join $other --on id | to json --compact':
        '[{"id":1,"a":2,"b":"x"}]',
      '[{id: 1}] | join ([]) --on id | count': '0',
    },
    run(items, { other, on, left: keepsAll }, call) {
      const [left = '', right = left] = on.split('=')
      const rightKeys = keysOf(other, pathParts(right), call.at('on'))
      const found = new Map<string, RecordValue[]>()
      for (const [index, item] of other.entries()) {
        const id = keyOf(rightKeys[index] ?? null)
        const matching = found.get(id)
        if (matching === undefined) found.set(id, [item as RecordValue])
        else matching.push(item as RecordValue)
      }
      const fields = [...new Set(other.flatMap((item) => (isRecord(item) ? Object.keys(item) : [])))]
      const leftKeys = keysOf(items, pathParts(left), call.at('on'))
      return items.flatMap((item, index) => {
        const matching = leftKeys[index] === null ? [] : (found.get(keyOf(leftKeys[index] ?? null)) ?? [])
        if (matching.length > 0)
          return matching.map((match) => joined(item as RecordValue, match, Object.keys(match)))
        return keepsAll === true ? [joined(item as RecordValue, {}, fields)] : []
      })
    },
  }),
]

/** For filters that work on a record or on each record of a list. */
function eachRecord(
  input: Piped,
  call: Call,
  change: (record: RecordValue, index: number) => Value | Promise<Value>,
): Value | Promise<Value> {
  const one = (item: Value, index: number): Value | Promise<Value> => {
    if (!isRecord(item))
      throw raise(call.place, 'BUG_TYPE', `"${call.name}" needs records, not ${aType(item)}`)
    return change(item, index)
  }
  if (isRecord(input as Value)) return one(input as Value, 0)
  return mapItems(call.task, itemsOf(input, call.place, call.name), one)
}

function joined(item: RecordValue, match: RecordValue, fields: readonly string[]): RecordValue {
  const record: Record<string, Value> = { ...item }
  for (const field of fields) if (!Object.hasOwn(item, field)) putField(record, field, match[field] ?? null)
  return record
}
