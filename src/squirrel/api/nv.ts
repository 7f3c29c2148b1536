/** `nv`: the device's table that survives deep sleep and warm restarts. */
import { SqError } from '../language/run/errors.ts'
import { SqTable } from '../language/values/table.ts'
import { fromPlain, plainSize, toPlain } from '../plain.ts'
import type { Side } from '../side.ts'

/** Bytes that the table may take. */
const largest = 4_096

/** The table as the code before left it, absent when there is none. */
export function nvTable(side: Side): SqTable {
  const kept = fromPlain(side.world.state.nv)
  return kept instanceof SqTable ? kept : new SqTable()
}

/** Keeps the table of a device whose code ends; one that cannot be kept is lost. */
export function keepNv(side: Side): void {
  const table = side.vm.root.get('nv')
  if (!(table instanceof SqTable)) return
  try {
    const plain = toPlain(table)
    if (table.size === 0 || plainSize(plain) > largest) return
    side.world.state.nv = plain
    side.world.stateChanged = true
  } catch (error) {
    if (!(error instanceof SqError)) throw error
    delete side.world.state.nv
  }
}
