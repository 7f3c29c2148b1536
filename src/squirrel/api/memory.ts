/** What the code of a side holds, in bytes as an imp would need: for `imp.getmemoryfree`. */
import { charge } from '../language/run/state.ts'
import { blobOf } from '../language/values/blob.ts'
import { type Fields, SqClass, SqInstance } from '../language/values/class.ts'
import { SqTable } from '../language/values/table.ts'
import { SqArray, SqFunction, SqGenerator, type SqValue } from '../language/values/values.ts'
import type { Side } from '../side.ts'
import { impTypeOf } from './table/types.ts'

/** Bytes of memory of an agent. */
const agentMemory = 32 << 20
/** Bytes of an object and of what it holds, with pointers of 32 bits; guesses by the structures of Squirrel 3.0. */
const SIZES = {
  text: 20,
  table: 40,
  node: 20,
  array: 24,
  item: 8,
  instance: 32,
  class: 100,
  closure: 48,
  generator: 256,
  blob: 32,
}

/** What the imp holds and not the code, by side: the tables of the API, and the number of names in the root table. */
const provided = new WeakMap<Side, { tables: ReadonlySet<SqValue>; names: number }>()

/** Notes the tables that a side finds in its root table before its code begins. */
export function provide(side: Side, tables: Iterable<SqTable>): void {
  provided.set(side, { tables: new Set(tables), names: side.vm.root.size })
}

/**
 * Bytes that are free: the memory of the imp's type less what can be reached from the root table. What only a captured variable, a timer or a
 * handler holds is not seen (workbench 8.4).
 */
export function freeMemory(side: Side): number {
  const all =
    side.kind === 'agent' ? agentMemory : (impTypeOf(side.world.facts.impType) ?? impTypeOf('imp006'))?.ram
  return Math.max(0, (all ?? 0) - heldFrom(side))
}

function heldFrom(side: Side): number {
  const { tables = [], names = 0 } = provided.get(side) ?? {}
  const seen = new Set<SqValue>(tables)
  const open: SqValue[] = []
  let bytes = 0
  const meet = (value: SqValue | undefined) => {
    if (value === null || value === undefined || (typeof value !== 'object' && typeof value !== 'string'))
      return
    if (seen.has(value)) return
    seen.add(value)
    open.push(value)
  }
  const slots = (table: SqTable) => {
    for (let at = table.seek(0); at >= 0; at = table.seek(at + 1)) {
      bytes += SIZES.node
      meet(table.keyAt(at))
      meet(table.valueAt(at))
    }
  }
  // Names in the root table are part of the imp, or of the code.
  const { root } = side.vm
  bytes += SIZES.node * Math.max(0, root.size - names)
  for (let at = root.seek(0); at >= 0; at = root.seek(at + 1)) meet(root.valueAt(at))
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    charge(1)
    if (typeof value === 'string') bytes += SIZES.text + value.length
    else if (value instanceof SqTable) {
      bytes += SIZES.table
      slots(value)
      meet(value.delegate)
    } else if (value instanceof SqArray) {
      bytes += SIZES.array + SIZES.item * value.a.length
      for (const item of value.a) meet(item)
    } else if (value instanceof SqClass) {
      bytes += SIZES.class
      slots(value.members)
      meet(value.base)
    } else if (value instanceof SqInstance) {
      const blob = blobOf(value)
      bytes += blob ? SIZES.blob + blob.length : SIZES.instance
      for (const name of value.cls.fields.values()) {
        bytes += SIZES.item
        meet((value as unknown as Fields)[name])
      }
      meet(value.cls)
    } else if (value instanceof SqFunction) bytes += value.info === null ? 0 : SIZES.closure
    else if (value instanceof SqGenerator) bytes += SIZES.generator
  }
  return bytes
}
