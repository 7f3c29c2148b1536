/** One kind of record in memory: found by id or alias, listed in the order of creation through indexes. */
import type { Row } from './model.ts'

export type Table<T extends Row> = {
  readonly size: number
  /** Grows whenever a list of this table may have changed its members. */
  readonly version: number
  get(id: string): T | undefined
  /** By id, or by one of the row's aliases. */
  find(text: string): T | undefined
  insert(row: T): T
  /** Changes the row in place and returns it. */
  update(row: T, changes: Partial<Omit<T, 'id' | 'seq'>>): T
  remove(row: T): void
  /** Rows with this key in the index, oldest first. The array is live: never change it or keep it over an await. */
  where(index: string, key: string): readonly T[]
  all(): readonly T[]
  /** Puts a stored row back without telling the journal. */
  restore(row: T): void
  forget(id: string): void
}

export type Change<T extends Row> = { put: T } | { remove: string }

type Keys = Record<string, string | null>

const none: readonly never[] = []

/**
 * Makes an empty table. `keysOf` gives the value of each index for a row (null: not in it), `aliasesOf` further names
 * under which `find` knows it; `changed` is called after each change that has to be stored.
 */
export function createTable<T extends Row>(
  keysOf: (row: T) => Keys,
  aliasesOf: (row: T) => (string | null)[],
  changed: (change: Change<T>) => void,
): Table<T> {
  const rows = new Map<string, T>()
  const aliases = new Map<string, T>()
  const indexes = new Map<string, T[]>()
  const everything: T[] = []
  let version = 0

  const link = (row: T) => {
    for (const [index, key] of Object.entries(keysOf(row))) {
      if (key === null) continue
      const name = `${index} ${key}`
      const list = indexes.get(name)
      if (list) addTo(list, row)
      else indexes.set(name, [row])
    }
    for (const alias of aliasesOf(row)) if (alias !== null) aliases.set(alias, row)
    version++
  }
  const unlink = (row: T) => {
    for (const [index, key] of Object.entries(keysOf(row))) {
      const list = key === null ? undefined : indexes.get(`${index} ${key}`)
      if (!list) continue
      takeFrom(list, row)
      if (list.length === 0) indexes.delete(`${index} ${key}`)
    }
    for (const alias of aliasesOf(row))
      if (alias !== null && aliases.get(alias) === row) aliases.delete(alias)
    version++
  }
  const restore = (row: T) => {
    forget(row.id)
    rows.set(row.id, row)
    addTo(everything, row)
    link(row)
  }
  const forget = (id: string) => {
    const row = rows.get(id)
    if (!row) return
    unlink(row)
    takeFrom(everything, row)
    rows.delete(id)
  }

  return {
    get size() {
      return rows.size
    },
    get version() {
      return version
    },
    get: (id) => rows.get(id),
    find: (text) => rows.get(text) ?? aliases.get(text),
    insert(row) {
      restore(row)
      changed({ put: row })
      return row
    },
    update(row, changes) {
      const before = keysOf(row)
      const names = aliasesOf(row)
      const after = keysOf({ ...row, ...changes })
      const moves =
        Object.keys(after).some((index) => before[index] !== after[index]) ||
        aliasesOf({ ...row, ...changes }).some((alias, i) => alias !== names[i])
      if (moves) unlink(row)
      Object.assign(row, changes)
      if (moves) link(row)
      changed({ put: row })
      return row
    },
    remove(row) {
      forget(row.id)
      changed({ remove: row.id })
    },
    where: (index, key) => indexes.get(`${index} ${key}`) ?? none,
    all: () => everything,
    restore,
    forget,
  }
}

/** Place of the row in a list sorted by `seq`, or where it would go. */
function place(list: readonly Row[], seq: number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.seq < seq) low = middle + 1
    else high = middle
  }
  return low
}

function addTo<T extends Row>(list: T[], row: T): void {
  const last = list.at(-1)
  if (!last || last.seq < row.seq) list.push(row)
  else list.splice(place(list, row.seq), 0, row)
}

function takeFrom<T extends Row>(list: T[], row: T): void {
  const index = place(list, row.seq)
  if (list[index] === row) list.splice(index, 1)
}
