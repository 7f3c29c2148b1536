import { hashOf } from '../../../../src/squirrel/language/values/hash.ts'

interface Node {
  key: string | number | null
  next: Node | null
}

/**
 * A second implementation of the node array of squirrel.md 1.2, written with linked nodes and no lazy layout, to check the first one against.
 */
export class NaiveTable {
  private nodes: Node[]
  private free: number
  private used = 0

  constructor(wanted = 0) {
    let size = 4
    while (size < wanted) size *= 2
    this.nodes = Array.from({ length: size }, () => ({ key: null, next: null }))
    this.free = size - 1
  }

  /** Number of nodes. */
  get size(): number {
    return this.nodes.length
  }

  keys(): (string | number)[] {
    return this.nodes.map((node) => node.key).filter((key) => key !== null)
  }

  has(key: string | number): boolean {
    return this.keys().includes(key)
  }

  set(key: string | number): void {
    if (this.has(key)) return
    let home = this.home(key)
    if (home.key !== null) {
      const spare = this.nodes[this.free] as Node
      const otherHome = this.home(home.key)
      if (otherHome !== home && this.nodes.indexOf(home) > this.free) {
        let before = otherHome
        while (before.next !== home) before = before.next as Node
        before.next = spare
        spare.key = home.key
        spare.next = home.next
        home.next = null
      } else {
        spare.next = home.next
        home.next = spare
        home = spare
      }
    }
    home.key = key
    for (; this.free >= 0; this.free--) {
      const node = this.nodes[this.free] as Node
      if (node.key === null && node.next === null) {
        this.used++
        return
      }
    }
    this.rebuild(true)
  }

  remove(key: string | number): void {
    const node = this.nodes.find((candidate) => candidate.key === key)
    if (node === undefined) return
    node.key = null
    this.used--
    this.rebuild(false)
  }

  private home(key: string | number): Node {
    const { length } = this.nodes
    return this.nodes[((hashOf(key) % length) + length) % length] as Node
  }

  private rebuild(full: boolean): void {
    const { length } = this.nodes
    let size = length
    if (this.used * 4 >= length * 3) size = length * 2
    else if (this.used * 4 <= length && length > 4) size = length / 2
    else if (!full) return
    const again = new NaiveTable(size)
    for (const key of this.keys()) again.set(key)
    this.nodes = again.nodes
    this.free = again.free
    this.used = again.used
  }
}
