import type { SqValue } from './values.ts'

const SMALLEST = 4
const NONE = -1

/**
 * The nodes of a table whose keys are integers, with their values: the algorithm of `NodeLayout`, in which the hash of an integer is the integer
 * itself, as the table's only store. A look at a typed array is cheaper than one at a Map, and the order of iteration is there for nothing.
 */
export class IntegerNodes {
  size: number
  used = 0
  free: number
  keys: Int32Array
  link: Int32Array
  /** Undefined in empty nodes. */
  values: (SqValue | undefined)[]

  /** `wanted`: number of slots to have room for. */
  constructor(wanted: number) {
    this.size = SMALLEST
    while (this.size < wanted) this.size *= 2
    this.free = this.size - 1
    this.keys = new Int32Array(this.size)
    this.link = new Int32Array(this.size).fill(NONE)
    this.values = noValues(this.size)
  }

  /** The node of a key; -1 when there is none. */
  find(key: number): number {
    const { keys, link, values } = this
    let node = key & (this.size - 1)
    while (node !== NONE) {
      if (keys[node] === key && values[node] !== undefined) return node
      node = link[node] as number
    }
    return NONE
  }

  get(key: number): SqValue | undefined {
    const node = this.find(key)
    return node === NONE ? undefined : this.values[node]
  }

  /** The first node at or after `from` that holds a value; -1 when there is none. */
  seek(from: number): number {
    const { values, size } = this
    for (let node = from; node < size; node++) if (values[node] !== undefined) return node
    return NONE
  }

  /** Adds a key that is not there yet. */
  insert(key: number, value: SqValue): void {
    const { keys, link, values } = this
    const mask = this.size - 1
    const main = key & mask
    let target = main
    if (values[main] !== undefined) {
      const free = this.free
      const otherMain = (keys[main] as number) & mask
      if (main > free && otherMain !== main) {
        this.moveAway(main, otherMain, free)
      } else {
        link[free] = link[main] as number
        link[main] = free
        target = free
      }
    }
    values[target] = value
    keys[target] = key
    for (;;) {
      if (values[this.free] === undefined && link[this.free] === NONE) {
        this.used++
        return
      }
      if (this.free === 0) break
      this.free--
    }
    // The new key takes part in the rehash at the node it was just given.
    this.rehash(true)
  }

  /** Removes the key of a node. */
  remove(node: number): void {
    this.values[node] = undefined
    this.used--
    this.rehash(false)
  }

  private moveAway(main: number, otherMain: number, free: number): void {
    const { keys, link, values } = this
    let before = otherMain
    while (link[before] !== main) before = link[before] as number
    link[before] = free
    values[free] = values[main]
    keys[free] = keys[main] as number
    link[free] = link[main] as number
    values[main] = undefined
    link[main] = NONE
  }

  private rehash(force: boolean): void {
    const oldSize = this.size
    let size = oldSize
    if (this.used >= oldSize - oldSize / 4) size = oldSize * 2
    else if (this.used <= oldSize / 4 && oldSize > SMALLEST) size = oldSize / 2
    else if (!force) return
    const { keys, values } = this
    this.size = size
    this.used = 0
    this.free = size - 1
    this.keys = new Int32Array(size)
    this.link = new Int32Array(size).fill(NONE)
    this.values = noValues(size)
    for (let node = 0; node < oldSize; node++) {
      const value = values[node]
      if (value !== undefined) this.insert(keys[node] as number, value)
    }
  }
}

function noValues(size: number): undefined[] {
  const values: undefined[] = []
  for (let at = 0; at < size; at++) values.push(undefined)
  return values
}
