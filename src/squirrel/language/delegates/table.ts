import { noIndex } from '../run/access.ts'
import { raise } from '../run/errors.ts'
import { native } from '../library/native.ts'
import { charge } from '../run/state.ts'
import { SqTable } from '../values/table.ts'
import { type SqValue, stored } from '../values/values.ts'

/** Methods of tables. */
export const tableMethods = [
  native('len', '', (self) => table(self).size),
  native('rawget', '.', (self, key: SqValue) => {
    const value = table(self).get(key)
    if (value === undefined) throw noIndex(key)
    return value
  }),
  native('rawset', '..', (self, key: SqValue, value: SqValue) => {
    if (key === null) throw raise('null cannot be used as index')
    table(self).set(key, stored(value))
    return null
  }),
  native('rawdelete', '.', (self, key: SqValue) => table(self).remove(key) ?? null),
  native('rawin', '.', (self, key: SqValue) => table(self).has(key)),
  native('clear', '', (self) => {
    table(self).clear()
    return null
  }),
  native('setdelegate', 't|o', (self, delegate: SqTable | null) => {
    for (let at = delegate; at !== null; at = at.delegate) {
      charge(1)
      if (at === self) throw raise('delegate cycle')
    }
    table(self).delegate = delegate
    return self
  }),
  native('getdelegate', '', (self) => table(self).delegate),
]

function table(self: SqValue): SqTable {
  if (self instanceof SqTable) return self
  throw raise('wrong type of environment: expected a table')
}
