import { hashOf } from './hash.ts'
import { NodeLayout } from './node-layout.ts'
import { allocate } from '../run/state.ts'
import { BYTES, SqFloat, type SqValue } from './values.ts'

/** One slot. A removed slot has the value undefined, so that a call site may keep hold of it. */
export interface Slot {
  readonly key: SqValue
  v: SqValue | undefined
}

/**
 * A Squirrel table. Values live in a Map; the node array that decides the order of iteration is laid out when something iterates or removes.
 */
export class SqTable {
  delegate: SqTable | null = null
  id = 0
  private slots = new Map<unknown, Slot>()
  private layout: NodeLayout<Slot> | null = null
  private presize: number

  /** `presize`: number of slots of the literal this table comes from. */
  constructor(presize = 0) {
    allocate(BYTES.table)
    this.presize = presize
  }

  get size(): number {
    return this.slots.size
  }

  /** Value of a slot of this table itself (no delegate), undefined when there is none. */
  get(key: SqValue): SqValue | undefined {
    return this.slots.get(mapKey(key))?.v
  }

  /** The slot itself, for call sites that remember it. */
  slot(key: SqValue): Slot | undefined {
    return this.slots.get(mapKey(key))
  }

  has(key: SqValue): boolean {
    return this.slots.has(mapKey(key))
  }

  /** Creates or replaces a slot. */
  set(key: SqValue, value: SqValue): void {
    const found = this.slots.get(mapKey(key))
    if (found !== undefined) {
      found.v = value
      return
    }
    allocate(BYTES.slot)
    const slot = { key, v: value }
    this.slots.set(mapKey(key), slot)
    this.layout?.insert(slot, hashOf(key))
  }

  /** Replaces the value of a slot; false when there is none. */
  replace(key: SqValue, value: SqValue): boolean {
    const found = this.slots.get(mapKey(key))
    if (found === undefined) return false
    found.v = value
    return true
  }

  /** Removes a slot and returns its value, undefined when there is none. */
  remove(key: SqValue): SqValue | undefined {
    const found = this.slots.get(mapKey(key))
    if (found === undefined) return undefined
    const layout = this.laidOut()
    this.slots.delete(mapKey(key))
    layout.remove(found, hashOf(key))
    const value = found.v
    found.v = undefined
    return value
  }

  clear(): void {
    for (const slot of this.slots.values()) slot.v = undefined
    this.slots = new Map()
    if (this.layout !== null) this.presize = this.layout.size >> 1
    this.layout = null
  }

  /** The first position of the node array at or after `from` that holds a slot; -1 when there is none. */
  seek(from: number): number {
    const layout = this.laidOut()
    for (let at = from; at < layout.size; at++) if (layout.at(at) !== null) return at
    return -1
  }

  /** The slot at a position that `seek` gave. */
  slotAt(position: number): Slot {
    return this.laidOut().at(position) as Slot
  }

  /** Keys and values in Squirrel's order. */
  entries(): [SqValue, SqValue][] {
    return this.laidOut()
      .items()
      .map((slot) => [slot.key, slot.v as SqValue])
  }

  /** A copy with the same delegate and the slots inserted in the order of iteration, as the real one does. */
  clone(): SqTable {
    const copy = new SqTable(this.laidOut().size)
    for (const [key, value] of this.entries()) copy.set(key, value)
    copy.delegate = this.delegate
    return copy
  }

  private laidOut(): NodeLayout<Slot> {
    if (this.layout !== null) return this.layout
    const layout = new NodeLayout<Slot>(this.presize)
    for (const slot of this.slots.values()) layout.insert(slot, hashOf(slot.key))
    this.layout = layout
    return layout
  }
}

/** Builds a table from pairs of text keys and values. */
export function tableOf(entries: Iterable<readonly [string, SqValue]>): SqTable {
  const table = new SqTable()
  for (const [key, value] of entries) table.set(key, value)
  return table
}

/** Key of a JavaScript Map for a Squirrel key. 1 and 1.0 differ, equal floats are one key: floats become a text no byte string can be. */
export function mapKey(key: SqValue): unknown {
  return key instanceof SqFloat ? `\uffff${key.v}` : key
}
