const SMALLEST = 4
const NONE = -1

/**
 * The node array of a Squirrel 3.0 table without the values: chained scatter with a free pointer that walks down, power-of-two sizes,
 * rehash when full and after removals (squirrel.md 1.2). The order of iteration is the order of the nodes.
 */
export class NodeLayout<T extends object> {
  size: number
  private used = 0
  private free: number
  private item: (T | null)[]
  private hash: Int32Array
  private link: Int32Array

  /** `wanted`: number of slots to have room for. */
  constructor(wanted: number) {
    this.size = SMALLEST
    while (this.size < wanted) this.size *= 2
    this.free = this.size - 1
    this.item = noItems<T>(this.size)
    this.hash = new Int32Array(this.size)
    this.link = new Int32Array(this.size).fill(NONE)
  }

  at(node: number): T | null {
    return this.item[node] as T | null
  }

  items(): T[] {
    return this.item.filter((item) => item !== null)
  }

  /** Adds an item that is not there yet. */
  insert(added: T, hash: number): void {
    const { item, link } = this
    const mask = this.size - 1
    const main = hash & mask
    let target = main
    if (item[main] !== null) {
      const free = this.free
      const otherMain = (this.hash[main] as number) & mask
      if (main > free && otherMain !== main) {
        this.moveAway(main, otherMain, free)
      } else {
        link[free] = link[main] as number
        link[main] = free
        target = free
      }
    }
    item[target] = added
    this.hash[target] = hash
    for (;;) {
      if (item[this.free] === null && link[this.free] === NONE) {
        this.used++
        return
      }
      if (this.free === 0) break
      this.free--
    }
    // The new item takes part in the rehash at the node it was just given.
    this.rehash(true)
  }

  /** Removes an item that is there. */
  remove(item: T, hash: number): void {
    const node = this.find(item, hash)
    if (node === NONE) return
    this.item[node] = null
    this.used--
    this.rehash(false)
  }

  private moveAway(main: number, otherMain: number, free: number): void {
    const { item, link } = this
    let before = otherMain
    while (link[before] !== main) before = link[before] as number
    link[before] = free
    item[free] = item[main] as T
    this.hash[free] = this.hash[main] as number
    link[free] = link[main] as number
    item[main] = null
    link[main] = NONE
  }

  private find(wanted: T, hash: number): number {
    let node = hash & (this.size - 1)
    while (node !== NONE) {
      if (this.item[node] === wanted) return node
      node = this.link[node] as number
    }
    return NONE
  }

  private rehash(force: boolean): void {
    const oldSize = this.size
    let size = oldSize
    if (this.used >= oldSize - oldSize / 4) size = oldSize * 2
    else if (this.used <= oldSize / 4 && oldSize > SMALLEST) size = oldSize / 2
    else if (!force) return
    const { item, hash } = this
    this.size = size
    this.used = 0
    this.free = size - 1
    this.item = noItems<T>(size)
    this.hash = new Int32Array(size)
    this.link = new Int32Array(size).fill(NONE)
    for (let node = 0; node < oldSize; node++) {
      const moved = item[node] as T | null
      if (moved !== null) this.insert(moved, hash[node] as number)
    }
  }
}

function noItems<T>(size: number): (T | null)[] {
  const items: (T | null)[] = []
  for (let at = 0; at < size; at++) items.push(null)
  return items
}
