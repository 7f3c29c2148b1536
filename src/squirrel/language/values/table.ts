import { hashOf } from './hash.ts'
import { IntegerNodes } from './integer-nodes.ts'
import { NodeLayout } from './node-layout.ts'
import { allocate } from '../run/state.ts'
import { BYTES, SqFloat, type SqValue } from './values.ts'

/** One slot. A removed slot has the value undefined, so that a call site may keep hold of it. */
export interface Slot {
  readonly key: SqValue
  v: SqValue | undefined
}

/**
 * A Squirrel table. As long as all keys are integers the nodes themselves hold the values; otherwise values live in a Map, and the node array that
 * decides the order of iteration is laid out when something iterates or removes.
 */
export class SqTable {
  delegate: SqTable | null = null
  id = 0
  private integers: IntegerNodes | null = null
  private slots = noSlots
  private layout: NodeLayout<Slot> | null = null
  private presize: number

  /** `presize`: number of slots of the literal this table comes from. */
  constructor(presize = 0) {
    allocate(BYTES.table)
    this.presize = presize
  }

  get size(): number {
    return this.integers === null ? this.slots.size : this.integers.used
  }

  /** Value of a slot of this table itself (no delegate), undefined when there is none. */
  get(key: SqValue): SqValue | undefined {
    if (this.integers !== null) return typeof key === 'number' ? this.integers.get(key) : undefined
    return this.slots.get(mapKey(key))?.v
  }

  /** The slot itself, for call sites that remember it. */
  slot(key: SqValue): Slot | undefined {
    if (this.integers !== null) this.generalize()
    return this.slots.get(mapKey(key))
  }

  has(key: SqValue): boolean {
    if (this.integers !== null) return typeof key === 'number' && this.integers.find(key) >= 0
    return this.slots.has(mapKey(key))
  }

  /** Creates or replaces a slot. */
  set(key: SqValue, value: SqValue): void {
    if (this.slots === noSlots) {
      if (typeof key === 'number') return this.setInteger(key, value)
      this.generalize()
    }
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
    if (this.integers !== null) {
      const node = typeof key === 'number' ? this.integers.find(key) : -1
      if (node >= 0) this.integers.values[node] = value
      return node >= 0
    }
    const found = this.slots.get(mapKey(key))
    if (found === undefined) return false
    found.v = value
    return true
  }

  /** Removes a slot and returns its value, undefined when there is none. */
  remove(key: SqValue): SqValue | undefined {
    if (this.integers !== null) {
      const node = typeof key === 'number' ? this.integers.find(key) : -1
      if (node < 0) return undefined
      const value = this.integers.values[node]
      this.integers.remove(node)
      return value
    }
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
    const nodes = this.layout ?? this.integers
    if (nodes !== null) this.presize = nodes.size >> 1
    this.slots = noSlots
    this.integers = null
    this.layout = null
  }

  /** The first position of the node array at or after `from` that holds a slot; -1 when there is none. */
  seek(from: number): number {
    return (this.integers ?? this.laidOut()).seek(from)
  }

  /** The key at a position that `seek` gave. */
  keyAt(position: number): SqValue {
    return this.integers === null
      ? (this.laidOut().at(position) as Slot).key
      : (this.integers.keys[position] as number)
  }

  /** The value at a position that `seek` gave. */
  valueAt(position: number): SqValue {
    return (
      this.integers === null ? this.laidOut().at(position)?.v : this.integers.values[position]
    ) as SqValue
  }

  /** Keys and values in Squirrel's order. */
  entries(): [SqValue, SqValue][] {
    const found: [SqValue, SqValue][] = []
    for (let at = this.seek(0); at >= 0; at = this.seek(at + 1))
      found.push([this.keyAt(at), this.valueAt(at)])
    return found
  }

  /** A copy with the same delegate and the slots inserted in the order of iteration, as the real one does. */
  clone(): SqTable {
    const copy = new SqTable((this.integers ?? this.laidOut()).size)
    for (let at = this.seek(0); at >= 0; at = this.seek(at + 1)) copy.set(this.keyAt(at), this.valueAt(at))
    copy.delegate = this.delegate
    return copy
  }

  private setInteger(key: number, value: SqValue): void {
    const integers = (this.integers ??= new IntegerNodes(this.presize))
    const node = integers.find(key)
    if (node >= 0) {
      integers.values[node] = value
      return
    }
    allocate(BYTES.slot)
    integers.insert(key, value)
  }

  /** Goes over to slots in a Map; the nodes stay where they are. */
  private generalize(): void {
    const { integers } = this
    this.slots = new Map()
    this.integers = null
    if (integers === null) return
    const { keys, values, size } = integers
    const items: (Slot | null)[] = []
    for (let node = 0; node < size; node++) {
      const v = values[node]
      const slot = v === undefined ? null : { key: keys[node] as number, v }
      if (slot !== null) this.slots.set(slot.key, slot)
      items.push(slot)
    }
    this.layout = NodeLayout.of(items, integers)
  }

  private laidOut(): NodeLayout<Slot> {
    if (this.layout !== null) return this.layout
    const layout = new NodeLayout<Slot>(this.presize)
    for (const slot of this.slots.values()) layout.insert(slot, hashOf(slot.key))
    this.layout = layout
    return layout
  }
}

/** The slots of tables that have none in a Map; nothing is ever put into it. */
const noSlots = new Map<unknown, Slot>()

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
