import { fieldOf, pathOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import { itemsOf, mapItems } from '../run/items.ts'
import type { Piped } from '../run/program-output.ts'
import { condition, field, fieldOrBlock, list, text } from '../values/types.ts'
import { aType, isRecord, putField, type RecordValue, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, maybe, option, rest, some, word } from './builtin.ts'
import { keyOf } from './lists.ts'
import {
  columnName,
  joined,
  joinedNames,
  pivoted,
  putOnce,
  recordsOf,
  renamed,
  renaming,
  replaced,
  transposed,
} from './reshaping.ts'
import { keysOf, pathParts, type SortColumn, sortColumn, sorted } from './sorting.ts'

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
    name: 'update',
    summary:
      'Changes a field that is there, or one inside it such as a.b. A bare name is a field of the record.',
    input: 'piped',
    words: [word('path', field), word('value', condition)],
    examples: {
      '[{a: {b: 1}}] | update a.b = a.b + 1 | to json --compact': '[{"a":{"b":2}}]',
      '{name: "Lab"} | update name = ($it.name | lower) | get name': 'lab',
      '{a: 1} | update b = 2': fails('BUG_FIELD'),
    },
    run(input, { path, value: change }, call) {
      const parts = pathParts(path)
      const place = call.at('path')
      return eachRecord(input, call, (record, index) => {
        pathOf(record, parts, place)
        const made = change.run([record, index])
        return made instanceof Promise
          ? made.then((later) => replaced(record, parts, later, place))
          : replaced(record, parts, made, place)
      })
    },
  }),
  builtin({
    name: 'rename',
    usage: 'rename OLD=NEW ...',
    summary: 'Gives fields other names, at their places.',
    input: 'piped',
    words: [some('names', text)],
    examples: {
      '[{id: "d1", n: 1}] | rename id=device | to json --compact': '[{"device":"d1","n":1}]',
      '{id: 1} | rename name=title': fails('BUG_FIELD'),
      '{id: 1} | rename id': fails('BUG_ARGS'),
    },
    run(input, { names }, call) {
      const changes = names.map((pair, index) => renaming(pair, call.at('names', index)))
      return eachRecord(input, call, (record) => renamed(record, changes, call))
    },
  }),
  builtin({
    name: 'entries',
    summary: 'The fields of a record as a list of {key, value}.',
    input: 'record',
    examples: { '{a: 1, b: 2} | entries | to csv': 'key,value\na,1\nb,2', '{} | entries | count': '0' },
    run: (record) => Object.entries(record).map(([key, value]) => ({ key, value })),
  }),
  builtin({
    name: 'to-record',
    summary: 'A record of a list: one field holds the names, another the values.',
    input: 'items',
    words: [word('key', field), word('value', field)],
    examples: {
      '[{k: "a", v: 1}, {k: "b", v: 2}] | to-record k v | to json --compact': '{"a":1,"b":2}',
      '{a: 1} | entries | to-record key value | get a': '1',
      '[{k: "a", v: 1}, {k: "a", v: 2}] | to-record k v': fails('DATA'),
    },
    run(items, { key, value: of }, call) {
      const names = keysOf(items, pathParts(key), call.at('key'))
      const values = keysOf(items, pathParts(of), call.at('value'))
      const record: Record<string, Value> = {}
      for (const [index, name] of names.entries())
        putOnce(record, columnName(name, call), values[index] ?? null, call)
      return record
    },
  }),
  builtin({
    name: 'transpose',
    summary:
      'Turns rows into columns: one row for each field, named by the values of a field, or row_1, row_2.',
    input: 'items',
    words: [maybe('names', field)],
    examples: {
      '[{name: "x", a: 1, b: 2}, {name: "y", a: 3, b: 4}] | transpose name | to csv':
        'field,x,y\na,1,3\nb,2,4',
      '[{a: 1}, {a: 2}] | transpose | to csv': 'field,row_1,row_2\na,1,2',
      '[] | transpose | count': '0',
    },
    run: (items, { names: by }, call) => transposed(recordsOf(items, call), by, call),
  }),
  builtin({
    name: 'pivot',
    summary: 'A table of a long list: a row for each value of one field, a column for each value of another.',
    input: 'items',
    words: [word('row', field), word('column', field), word('value', field)],
    examples: {
      '[{day: 1, v: "3.0", n: 5}, {day: 2, v: "3.0", n: 4}, {day: 2, v: "3.1", n: 1}] | pivot day v n | to csv':
        'day,3.0,3.1\n1,5,\n2,4,1',
      '[] | pivot a b c | count': '0',
      '[{a: 1, b: 1, c: 1}, {a: 1, b: 1, c: 2}] | pivot a b c': fails('DATA'),
    },
    run: (items, { row, column, value: of }, call) => pivoted(items, row, column, of, call),
  }),
  builtin({
    name: 'sort-by',
    summary:
      'Sorts by fields or blocks; null comes last. FIELD:desc, or --desc for all, puts the greatest first.',
    input: 'items',
    words: [rest('field', fieldOrBlock)],
    options: [flag('desc', 'The greatest first.')],
    examples: {
      '[3, 1, 2] | sort-by': '1\n2\n3',
      '[{a: 1}, {a: 2}] | sort-by a --desc | get a': '2\n1',
      '[{a: 1, b: 1}, {a: 2, b: 1}, {a: 0, b: 0}] | sort-by b a:desc | get a': '0\n2\n1',
      '["aaa", "b"] | sort-by {|x| $x | length}': 'b\naaa',
      '[1, "a"] | sort-by': fails('BUG_TYPE'),
    },
    async run(items, { field: names, desc }, call) {
      const columns: SortColumn[] = []
      for (const [index, by] of names.entries())
        columns.push(await sortColumn(items, by, desc === true, index, call))
      return sorted(items, columns, desc === true, call.place)
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
      const names = joinedNames(items, other, left === right ? right : undefined, call)
      const leftKeys = keysOf(items, pathParts(left), call.at('on'))
      return items.flatMap((item, index) => {
        const matching = leftKeys[index] === null ? [] : (found.get(keyOf(leftKeys[index] ?? null)) ?? [])
        if (matching.length > 0) return matching.map((match) => joined(item as RecordValue, match, names))
        return keepsAll === true ? [joined(item as RecordValue, {}, names)] : []
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
