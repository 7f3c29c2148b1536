import { closest } from '../../commands/closest.ts'
import { raise } from '../values/fault.ts'
import { mapItems } from '../run/items.ts'
import { fieldOrBlock, text } from '../values/types.ts'
import { aType, Block, isList, isRecord, putField, type RecordValue, type Value } from '../values/value.ts'
import { builtin, type Call, fails, some } from './builtin.ts'
import { keyOf } from './lists.ts'
import { rounded } from './math.ts'
import { averageOf, deviation, extremeOf, percentile, sumOf, valuesIn } from './numbers.ts'
import { keysOf, pathParts } from './sorting.ts'

interface Group {
  readonly key: Value
  readonly items: Value[]
}

/** Items by what they have in common, and one row for each group. All read to the end. */
export const GROUPS = [
  builtin({
    name: 'group-by',
    summary:
      'Groups items: records of key, count and items. With several fields the key is a record of them.',
    input: 'items',
    words: [some('field', fieldOrBlock)],
    examples: {
      '[{a: 1}, {a: 2}, {a: 1}] | group-by a': 'key  count\n1    2\n2    1',
      '[1, 2, 3] | group-by {|n| $n % 2} | get count': '2\n1',
      '[{a: 1, b: "x"}, {a: 1, b: "x"}] | group-by a b | get key | to json --compact': '[{"a":1,"b":"x"}]',
      '[] | group-by a | count': '0',
    },
    async run(items, { field: by }, call) {
      const columns: (readonly Value[])[] = []
      for (const [index, one] of by.entries()) columns.push(await columnOf(items, one, call, index))
      const [only = []] = columns
      const keys =
        columns.length === 1
          ? only
          : items.map((_item, row) => {
              const key: Record<string, Value> = {}
              for (const [index, one] of by.entries())
                putField(key, nameOf(one, index), columns[index]?.[row] ?? null)
              return key
            })
      const [first = ''] = by
      return grouped(items, keys).map(({ key, items: members }) => {
        const group = { key, count: members.length, items: members }
        if (by.length === 1 && !(first instanceof Block)) fieldsOfKeys.set(group, nameOf(first, 0))
        return group
      })
    },
  }),
  builtin({
    name: 'summarize',
    usage: 'summarize NAME = FUNCTION [FIELD], ...',
    summary:
      'One row for each group: the fields it was made by ("key" where a block made it) and these values. Functions are count, unique, first, last, sum, avg, min, max, median, stddev and percentile P. "count FIELD" counts the items in which the field is neither null nor false.',
    input: 'items',
    words: [some('what', text)],
    examples: {
      '[{g: "a", rssi: -60}, {g: "a", rssi: -70}, {g: "b", rssi: null}] | group-by g | summarize total = count, weak = min rssi | to csv':
        'g,total,weak\na,2,-70\nb,1,',
      '[{g: 1, on: true}, {g: 1, on: false}] | group-by g | summarize online = count on | get online': '1',
      '[{a: 1}] | summarize total = count': fails('BUG_TYPE'),
      '[{a: 1}] | group-by a | summarize total = cuont': fails('BUG_ARGS'),
    },
    run(items, { what }, call) {
      const columns = columnsOf(what.join(' '), call)
      return items.map((item) => summaryOf(groupOf(item, call), columns, call))
    },
  }),
  builtin({
    name: 'count-by',
    summary:
      'How often each value of a field, or of the items, is there: key, count and percent, the most frequent first.',
    input: 'items',
    words: [some('field', fieldOrBlock)],
    examples: {
      '[{v: "3.1"}, {v: "3.0"}, {v: "3.1"}] | count-by v':
        'key  count  percent\n3.1  2      66.7\n3.0  1      33.3',
      '[] | count-by v | count': '0',
    },
    run: async (items, { field: by }, call) => counted(items, by, call),
  }),
  builtin({
    name: 'histogram',
    summary: 'As count-by, with a bar for each value; the longest has 40 marks.',
    input: 'items',
    words: [some('field', fieldOrBlock)],
    examples: {
      '[{v: 1}, {v: 2}, {v: 1}] | histogram v | get bar': `${'#'.repeat(40)}\n${'#'.repeat(20)}`,
      '[] | histogram v | count': '0',
    },
    async run(items, { field: by }, call) {
      const rows = await counted(items, by, call)
      const most = rows[0]?.count ?? 1
      return rows.map((row) => ({
        ...row,
        bar: '#'.repeat(Math.max(1, Math.round((row.count / most) * 40))),
      }))
    },
  }),
]

/** What a group was made by, where it is one field: `summarize` names its column so. */
const fieldsOfKeys = new WeakMap<object, string>()

function nameOf(by: string | Block, index: number): string {
  return by instanceof Block ? `key_${index + 1}` : by.replaceAll('?', '')
}

/** The value that each item is grouped by. */
async function columnOf(
  items: readonly Value[],
  by: string | Block,
  call: Call,
  index = 0,
): Promise<readonly Value[]> {
  if (!(by instanceof Block)) return keysOf(items, pathParts(by), call.at('field', index))
  const made = await mapItems(call.task, items, (item, position) => by.run([item, position]))
  return made as readonly Value[]
}

/** Groups in the order of their first items. Keys keep their type: 1 and "1" are two. */
function grouped(items: readonly Value[], keys: readonly Value[]): readonly Group[] {
  const plain = new Map<Value, Group>()
  const others = new Map<string, Group>()
  const groups: Group[] = []
  for (let index = 0; index < items.length; index += 1) {
    const key = keys[index] ?? null
    const isPlain = typeof key !== 'object' || key === null
    const id = isPlain ? '' : keyOf(key)
    let group = isPlain ? plain.get(key) : others.get(id)
    if (group === undefined) {
      group = { key, items: [] }
      groups.push(group)
      if (isPlain) plain.set(key, group)
      else others.set(id, group)
    }
    group.items.push(items[index] as Value)
  }
  return groups
}

async function counted(
  items: readonly Value[],
  by: readonly (string | Block)[],
  call: Call,
): Promise<{ key: Value; count: number; percent: number }[]> {
  const [first = '', second] = by
  if (second !== undefined)
    throw raise(
      call.at('field', 1),
      'BUG_ARGS',
      `"${call.name}" takes one field or block`,
      'write | group-by a b for several',
    )
  const keys = await columnOf(items, first, call)
  return grouped(items, keys)
    .map(({ key, items: members }) => ({
      key,
      count: members.length,
      percent: rounded((members.length / items.length) * 100, 1),
    }))
    .sort((a, b) => b.count - a.count)
}

/** One column of `summarize`: `name = function [number] [field]`. */
interface Column {
  readonly name: string
  readonly make: (items: readonly Value[], call: Call) => Value
}

/** What can be made of a group; those that take values leave null out. */
const FUNCTIONS: {
  readonly [name: string]: (values: readonly Value[], call: Call) => Value
} = {
  sum: sumOf,
  avg: averageOf,
  min: (values, call) => extremeOf(values, 1, call),
  max: (values, call) => extremeOf(values, -1, call),
  median: (values, call) => percentile(values, 50, call),
  stddev: (values, call) => deviation(values, false, call),
}
const NAMES = ['count', 'unique', 'first', 'last', 'percentile', ...Object.keys(FUNCTIONS)]

function columnsOf(source: string, call: Call): readonly Column[] {
  const columns = source.split(',').map((part) => columnNamed(part.trim(), call))
  const twice = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) throw raise(call.at('what'), 'BUG_ARGS', `"${twice.name}" is made twice`)
  return columns
}

function columnNamed(part: string, call: Call): Column {
  const [, name, called, rest = ''] = /^([A-Za-z_]\w*)\s*=\s*([a-z]+)(?:\s+(.+))?$/.exec(part) ?? []
  const place = call.at('what')
  if (name === undefined || called === undefined) {
    throw raise(
      place,
      'BUG_ARGS',
      part === ''
        ? 'a column of "summarize" is missing after a comma'
        : `"${part}" is no column of "summarize"`,
      'write | summarize total = count, weak = max rssi',
    )
  }
  const args = rest.split(/\s+/).filter((arg) => arg !== '')
  const most = called === 'percentile' ? 2 : 1
  if (!NAMES.includes(called)) {
    const near = closest(called, NAMES)
    const hint = near === undefined ? `functions are ${NAMES.join(', ')}` : `did you mean "${near}"?`
    throw raise(place, 'BUG_ARGS', `"${called}" is no function of "summarize"`, hint)
  }
  if (args.length > most)
    throw raise(
      place,
      'BUG_ARGS',
      `"${called}" takes one field, not "${rest}"`,
      'columns are separated by commas',
    )
  const [first, second] = args
  if (called === 'percentile') {
    const p = Number(first)
    if (first === undefined || !(p >= 0 && p <= 100))
      throw raise(
        place,
        'BUG_ARGS',
        `"percentile" needs a number from 0 to 100, not "${first ?? ''}"`,
        `write ${name} = percentile 95 rssi`,
      )
    return { name, make: (items, at) => percentile(inField(items, second, at), p, at) }
  }
  if (called === 'count') {
    if (first === undefined) return { name, make: (items) => items.length }
    const isSet = (value: Value): boolean => value !== null && value !== false
    return { name, make: (items, at) => fieldValues(items, first, at).filter(isSet).length }
  }
  if (called === 'first' || called === 'last') {
    const end = called === 'first' ? 0 : -1
    return {
      name,
      make: (items, at) => (first === undefined ? items : fieldValues(items, first, at)).at(end) ?? null,
    }
  }
  if (called === 'unique') {
    return { name, make: (items, at) => new Set(inField(items, first, at).map(keyOf)).size }
  }
  const make = FUNCTIONS[called] as (values: readonly Value[], call: Call) => Value
  return { name, make: (items, at) => make(inField(items, first, at), at) }
}

function fieldValues(items: readonly Value[], name: string, call: Call): readonly Value[] {
  return keysOf(items, pathParts(name), call.at('what'))
}

function inField(items: readonly Value[], name: string | undefined, call: Call): readonly Value[] {
  return valuesIn(items, name, { ...call, at: () => call.at('what') })
}

/** A group as `group-by` gives it: the fields of its key, and its items. */
function groupOf(item: Value, call: Call): { key: RecordValue; items: readonly Value[] } {
  if (isRecord(item) && Object.hasOwn(item, 'key') && isList(item['items'] ?? null)) {
    const { key = null, items } = item
    return {
      key: isRecord(key) ? key : { [fieldsOfKeys.get(item) ?? 'key']: key },
      items: items as readonly Value[],
    }
  }
  throw raise(
    call.place,
    'BUG_TYPE',
    `"summarize" needs groups, not ${aType(item)}`,
    'write | group-by FIELD before it; for one row of all: {total: ($list | count)}',
  )
}

function summaryOf(
  { key, items }: { key: RecordValue; items: readonly Value[] },
  columns: readonly Column[],
  call: Call,
): RecordValue {
  const row: Record<string, Value> = { ...key }
  for (const { name, make } of columns) {
    if (Object.hasOwn(row, name))
      throw raise(
        call.at('what'),
        'BUG_ARGS',
        `"${name}" is the name of the key already`,
        'give the column another name',
      )
    putField(row, name, make(items, call))
  }
  return row
}
