import { fieldOf } from '../values/access.ts'
import { raise } from '../values/fault.ts'
import type { Source } from '../syntax/source.ts'
import type { Target } from '../syntax/tree.ts'
import { aType, isList, type Value } from '../values/value.ts'
import { placeOf } from './eval.ts'
import { type Frame, nameOf } from './frame.ts'
import { counted } from '../../output/messages.ts'

/** Puts a value into the variables of a frame. */
type Put = (frame: Frame, value: Value) => void

/** Turns the left side of `let`, of `for` or between bars into a function. A missing field or item is an error unless `?` says so. */
export function compileTarget(node: Target, source: Source): Put {
  if (!('kind' in node)) {
    const name = nameOf(node.text)
    return (frame, value) => frame.define(name, value)
  }
  const place = placeOf(source, node)
  if (node.kind === 'record-pattern') {
    const fields = node.fields.map(({ field, optional, target }) => ({
      field,
      optional,
      name: nameOf(target.text),
      place: placeOf(source, target),
    }))
    return (frame, value) => {
      for (const { field, optional, name, place: at } of fields)
        frame.define(name, fieldOf(value, field, optional, at))
    }
  }
  const names = node.items.map(({ text }) => nameOf(text))
  const rest = node.rest && nameOf(node.rest.text)
  return (frame, value) => {
    if (!isList(value)) throw raise(place, 'BUG_TYPE', `"[...]" takes a list apart, not ${aType(value)}`)
    if (value.length < names.length || (rest === undefined && value.length > names.length)) {
      const wanted = rest === undefined ? `${names.length}` : `at least ${names.length}`
      const hint = value.length > names.length ? 'write [a, b, ...rest] for a list of any length' : undefined
      throw raise(place, 'EMPTY', `the list has ${counted(value.length, 'item')}, not ${wanted}`, hint)
    }
    for (const [index, name] of names.entries()) frame.define(name, value[index] as Value)
    if (rest !== undefined) frame.define(rest, value.slice(names.length))
  }
}
