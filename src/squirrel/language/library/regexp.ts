import { integerOr } from './arguments.ts'
import { type SqClass, SqInstance } from '../values/class.ts'
import { raise } from '../run/errors.ts'
import { native, nativeClass } from './native.ts'
import { type Program, compileRegexp } from '../regexp/regexp.ts'
import { matchWhole, search } from '../regexp/matcher.ts'
import { type SqTable, tableOf } from '../values/table.ts'
import { SqArray, type SqFloat, type SqValue } from '../values/values.ts'

interface State {
  readonly regexp: Program
}

/** The class `regexp` of a machine. */
export function regexpClass(): SqClass {
  return nativeClass(
    'regexp',
    (instance, pattern = null) => {
      if (typeof pattern !== 'string') throw raise("parameter 1 has an invalid type ; expected: 'string'")
      instance.native = { regexp: compileRegexp(pattern) } satisfies State
    },
    regexpMethods,
  )
}

const regexpMethods = [
  native('match', 's', (self, text: string) => matchWhole(program(self), text) !== null),
  native('search', 's[n', (self, text: string, start?: number | SqFloat) => {
    const found = search(program(self), text, startOf(text, start))
    return found === null ? null : span(found, 0)
  }),
  native('capture', 's[n', (self, text: string, start?: number | SqFloat) => {
    const found = search(program(self), text, startOf(text, start))
    if (found === null) return null
    return new SqArray(Array.from({ length: found.length / 2 }, (_, group) => span(found, group)))
  }),
  native('subexpcount', '', (self) => program(self).captures),
]

function program(self: SqValue): Program {
  const native = self instanceof SqInstance ? (self.native as State | null) : null
  if (native === null || !('regexp' in native)) throw raise('invalid type tag')
  return native.regexp
}

function startOf(text: string, start: number | SqFloat | undefined): number {
  const from = integerOr(start, 0)
  if (from < 0 || from > text.length) throw raise('index out of range')
  return from
}

// A group that took no part is an empty span.
function span(found: readonly number[], group: number): SqTable {
  return tableOf([
    ['begin', Math.max(0, found[group * 2] as number)],
    ['end', Math.max(0, found[group * 2 + 1] as number)],
  ])
}
