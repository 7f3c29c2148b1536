import { numberOf } from '../values/convert.ts'
import { raise } from '../values/fault.ts'
import { allItems, itemsOf } from '../run/items.ts'
import { equal, patternOf } from '../values/operators.ts'
import { codePoints } from '../syntax/source.ts'
import { textOf } from '../values/text-of.ts'
import { aType, isList, isRecord, Secret, Time, timeOf, type Value } from '../values/value.ts'
import { type Call, type Implementation, wordOf, wordsOf } from './call.ts'
import { textInput, wholeInput } from './formats.ts'

function onText(change: (text: string, call: Call) => Value): Implementation {
  return async (call) => change(await textInput(call), call)
}

export const lower = onText((text) => text.toLowerCase())
export const upper = onText((text) => text.toUpperCase())
export const trim = onText((text) => text.trim())
export const split = onText((text, call) => {
  const separator = wordOf(call)
  return separator === '' ? Array.from(text) : text.split(separator)
})
export const startsWith = onText((text, call) => text.startsWith(wordOf(call)))
export const endsWith = onText((text, call) => text.endsWith(wordOf(call)))

export const replace = onText((text, call) => {
  const [old = '', fresh = ''] = wordsOf(call)
  if (call.options['pattern'] !== true) return old === '' ? text : text.replaceAll(old, () => fresh)
  const pattern = patternOf(old, call.places[0] ?? call.place)
  return text.replace(new RegExp(pattern.source, `${pattern.flags}g`), fresh)
})

export const contains: Implementation = async (call) => {
  const value = await wholeInput(call)
  const part = call.args[0] ?? null
  if (isList(value)) return value.some((item) => equal(item, part, call.place, 'contains'))
  if (typeof value === 'string' && typeof part === 'string') return value.includes(part)
  throw raise(call.place, 'BUG_TYPE', `"contains" needs a text or a list, not ${aType(value)}`)
}

export const length: Implementation = async (call) => {
  const value = await wholeInput(call)
  if (typeof value === 'string') return codePoints(value)
  if (isList(value)) return value.length
  throw raise(call.place, 'BUG_TYPE', `"length" needs a text or a list, not ${aType(value)}`)
}

export const joinText: Implementation = async (call) => {
  const items = await allItems(itemsOf(call.input, call.place, 'join-text'))
  return items.map((item) => textOf(item, call.place)).join(wordOf(call))
}

export const format: Implementation = async (call) => {
  const value = await wholeInput(call)
  if (!(value instanceof Time))
    throw raise(
      call.place,
      'BUG_TYPE',
      `"format" needs a time, not ${aType(value)}`,
      typeof value === 'string' ? 'write | to-time | format ...' : undefined,
    )
  const { format: write } = await import('date-fns/format')
  const date = new Date(value.ms)
  // date-fns writes local time: for UTC the date is moved by the offset.
  const shown = call.options['utc'] === true ? new Date(value.ms + date.getTimezoneOffset() * 60_000) : date
  try {
    return write(shown, wordOf(call))
  } catch (error) {
    const reason = (error as Error).message.split(/[;.]/)[0] ?? ''
    throw raise(
      call.places[0] ?? call.place,
      'DATA',
      `"${wordOf(call)}" is no pattern of a time: ${reason}`,
      'write yyyy-MM-dd HH:mm:ss; other letters stand in single quotes',
    )
  }
}

export const toNumber: Implementation = async (call) => {
  const value = await wholeInput(call)
  if (typeof value === 'number') return value
  const number = typeof value === 'string' ? numberOf(value.trim()) : undefined
  if (number !== undefined) return number
  throw raise(
    call.place,
    'DATA',
    typeof value === 'string'
      ? `${JSON.stringify(value)} is not a number`
      : `${aType(value)} is not a number`,
  )
}

export const toText: Implementation = async (call) => textOf(await wholeInput(call), call.place)

export const toTime: Implementation = async (call) => {
  const value = await wholeInput(call)
  if (value instanceof Time) return value
  const time =
    typeof value === 'string' ? timeOf(value.trim()) : typeof value === 'number' ? new Time(value) : undefined
  if (time !== undefined) return time
  throw raise(
    call.place,
    'DATA',
    typeof value === 'string' ? `${JSON.stringify(value)} is not a time` : `${aType(value)} is not a time`,
    'write 2026-01-31 or 2026-01-31T10:00Z',
  )
}

export const keys: Implementation = async (call) => Object.keys(await recordInput(call))
export const values: Implementation = async (call) => Object.values(await recordInput(call))

async function recordInput(call: Call): Promise<Readonly<Record<string, Value>>> {
  const value = await wholeInput(call)
  if (isRecord(value)) return value
  throw raise(call.place, 'BUG_TYPE', `"${call.builtIn.name}" needs a record, not ${aType(value)}`)
}

export const reveal: Implementation = async (call) => {
  const value = await wholeInput(call)
  const one = (item: Value): Value => {
    if (item instanceof Secret) return item.reveal()
    throw raise(call.place, 'BUG_TYPE', `"reveal" needs a secret, not ${aType(item)}`)
  }
  return isList(value) ? value.map(one) : one(value)
}

export const secret: Implementation = async (call) => {
  const value = call.args[0] ?? (await wholeInput(call))
  if (value instanceof Secret) return value
  if (typeof value === 'string') return new Secret(value)
  throw raise(call.place, 'BUG_TYPE', `"secret" needs text, not ${aType(value)}`)
}
