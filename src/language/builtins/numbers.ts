import { raise } from '../values/fault.ts'
import { allItems } from '../run/items.ts'
import { order } from '../values/operators.ts'
import { aType, Duration, type Value } from '../values/value.ts'
import { type Call, type Implementation, wordOf } from './call.ts'
import { listInput, pathParts } from './lists.ts'
import { checkOneType, keysOf } from './sorting.ts'

/** The values that numbers are made from: of a field or the items themselves, null left out. */
async function numbers(call: Call): Promise<Value[]> {
  const items = await allItems(listInput(call))
  const field = call.args.length === 0 ? undefined : wordOf(call)
  const found = field === undefined ? items : keysOf(items, pathParts(field), call.places[0] ?? call.place)
  const values = found.filter((value) => value !== null)
  checkOneType(values, field ?? 'the items', call.place)
  return values
}

export const sum: Implementation = async (call) => {
  const values = await numbers(call)
  return values.length === 0 ? 0 : total(values, call)
}

function total(values: readonly Value[], call: Call): Value {
  if (values[0] instanceof Duration)
    return new Duration(values.reduce<number>((all, value) => all + (value as Duration).ms, 0))
  if (typeof values[0] === 'number') return values.reduce<number>((all, value) => all + (value as number), 0)
  throw raise(
    call.place,
    'BUG_TYPE',
    `"${call.builtIn.name}" needs numbers or durations, not ${aType(values[0] ?? null)}`,
  )
}

export const avg: Implementation = async (call) => {
  const values = await numbers(call)
  if (values.length === 0) return null
  const all = total(values, call)
  return all instanceof Duration ? new Duration(all.ms / values.length) : (all as number) / values.length
}

export const min: Implementation = (call) => extreme(call, 1)
export const max: Implementation = (call) => extreme(call, -1)

async function extreme(call: Call, sign: number): Promise<Value> {
  const values = await numbers(call)
  let best: Value | undefined
  for (const value of values)
    if (best === undefined || sign * order(value, best, call.place, call.builtIn.name) < 0) best = value
  return best ?? null
}

export const median: Implementation = async (call) => {
  const values = (await numbers(call)).sort((a, b) => order(a, b, call.place, 'median'))
  const middle = values.length >> 1
  const upper = values[middle]
  if (upper === undefined) return null
  const lower = values[middle - 1]
  if (values.length % 2 === 1 || lower === undefined) return upper
  if (typeof upper === 'number') return ((lower as number) + upper) / 2
  if (upper instanceof Duration) return new Duration(((lower as Duration).ms + upper.ms) / 2)
  return lower
}
