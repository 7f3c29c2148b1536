const SMALLEST = 4
const NONE = -1
/** Of the items that a layout holds places for, the share that may be left over from removed ones. */
const SPARE = 2

/**
 * The node array of a Squirrel 3.0 table without the values: chained scatter with a free pointer that walks down, power-of-two sizes,
 * rehash when full and after removals (squirrel.md 1.2). The order of iteration is the order of the nodes.
 */
export class NodeLayout<T extends object> {
  size: number
  private used = 0
  private free: number
  /** The items in the order in which they came; nodes hold their places here plus one, 0 when they are empty. */
  private known: T[] = []
  private item: Int32Array
  private hash: Int32Array
  private link: Int32Array

  /** `wanted`: number of slots to have room for. */
  constructor(wanted: number) {
    this.size = SMALLEST
    while (this.size < wanted) this.size *= 2
    this.free = this.size - 1
    this.item = new Int32Array(this.size)
    this.hash = new Int32Array(this.size)
    this.link = new Int32Array(this.size).fill(NONE)
  }

  /** A layout with these items at their nodes, by the other arrays of whatever laid them out. */
  static of<T extends object>(
    items: readonly (T | null)[],
    from: { size: number; used: number; free: number; keys: Int32Array; link: Int32Array },
  ): NodeLayout<T> {
    const layout = new NodeLayout<T>(from.size)
    layout.used = from.used
    layout.free = from.free
    layout.hash = from.keys
    layout.link = from.link
    for (const [node, item] of items.entries()) if (item !== null) layout.item[node] = layout.known.push(item)
    return layout
  }

  at(node: number): T | null {
    const place = this.item[node] as number
    return place === 0 ? null : (this.known[place - 1] as T)
  }

  /** The first node at or after `from` that holds an item; -1 when there is none. */
  seek(from: number): number {
    const { item, size } = this
    for (let node = from; node < size; node++) if (item[node] !== 0) return node
    return NONE
  }

  items(): T[] {
    const found: T[] = []
    for (let node = this.seek(0); node !== NONE; node = this.seek(node + 1)) found.push(this.at(node) as T)
    return found
  }

  /** Adds an item that is not there yet. */
  insert(added: T, hash: number): void {
    this.place(this.known.push(added), hash)
  }

  /** Removes an item that is there. */
  remove(item: T, hash: number): void {
    const node = this.find(item, hash)
    if (node === NONE) return
    this.item[node] = 0
    this.used--
    this.rehash(false)
  }

  private place(added: number, hash: number): void {
    const { item, link } = this
    const mask = this.size - 1
    const main = hash & mask
    let target = main
    if (item[main] !== 0) {
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
      if (item[this.free] === 0 && link[this.free] === NONE) {
        this.used++
        return
      }
      if (this.free === 0) break
      this.free--
    }
    // The new item takes part in the rehash at the node it was just given.
    this.rehash(true)
  }

  private moveAway(main: number, otherMain: number, free: number): void {
    const { item, link } = this
    let before = otherMain
    while (link[before] !== main) before = link[before] as number
    link[before] = free
    item[free] = item[main] as number
    this.hash[free] = this.hash[main] as number
    link[free] = link[main] as number
    item[main] = 0
    link[main] = NONE
  }

  private find(wanted: T, hash: number): number {
    let node = hash & (this.size - 1)
    while (node !== NONE) {
      if (this.at(node) === wanted) return node
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
    if (this.known.length > SPARE * this.used + SMALLEST) this.compact()
    this.size = size
    this.used = 0
    this.free = size - 1
    this.item = new Int32Array(size)
    this.hash = new Int32Array(size)
    this.link = new Int32Array(size).fill(NONE)
    for (let node = 0; node < oldSize; node++) {
      const moved = item[node] as number
      if (moved !== 0) this.place(moved, hash[node] as number)
    }
  }

  /** Lets go of items that were removed. */
  private compact(): void {
    const { item } = this
    const kept: T[] = []
    for (let node = 0; node < item.length; node++)
      if (item[node] !== 0) item[node] = kept.push(this.known[(item[node] as number) - 1] as T)
    this.known = kept
  }
}
