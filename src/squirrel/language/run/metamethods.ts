import { SqInstance } from '../values/class.ts'
import { SqTable } from '../values/table.ts'
import type { SqValue } from '../values/values.ts'

/** The metamethod of an object: of its class, or in a table's delegate; undefined when there is none. */
export function metamethod(object: SqValue, name: string): SqValue | undefined {
  if (object instanceof SqInstance) return object.cls.metamethods.get(name)
  if (object instanceof SqTable) return object.delegate === null ? undefined : object.delegate.get(name)
  return undefined
}
