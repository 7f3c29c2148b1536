/** Stored log entries: a bounded number for each device, oldest dropped first. */
import type { LogEntry } from './model.ts'

/** A log entry with its number, by which a replay knows what it has already. */
export type StoredEntry = LogEntry & { n: number }

export type LogShelf = {
  add(device: string, entry: LogEntry): void
  /** Entries of the device, oldest first; live. */
  of(device: string): readonly StoredEntry[]
  drop(device: string): void
  restore(device: string, entries: StoredEntry[]): void
  everything(): Iterable<[string, StoredEntry[]]>
  lastNumber(): number
}

/** Makes an empty shelf of at most `limit` entries a device; `added` is told what to store (no entries: drop all). */
export function createLogShelf(
  limit: number,
  added: (device: string, entries: StoredEntry[]) => void,
): LogShelf {
  const shelf = new Map<string, StoredEntry[]>()
  let number = 0
  const keep = (device: string, entry: StoredEntry) => {
    const entries = shelf.get(device)
    if (!entries) {
      shelf.set(device, [entry])
      return
    }
    entries.push(entry)
    // Trimmed in blocks, since taking the first element off a long array costs as much as many.
    if (entries.length > limit + 64) entries.splice(0, entries.length - limit)
  }
  return {
    add(device, entry) {
      const stored = { ...entry, n: ++number }
      keep(device, stored)
      added(device, [stored])
    },
    of: (device) => shelf.get(device)?.slice(-limit) ?? [],
    drop(device) {
      shelf.delete(device)
      added(device, [])
    },
    restore(device, entries) {
      if (entries.length === 0) shelf.delete(device)
      for (const entry of entries) {
        if (entry.n <= (shelf.get(device)?.at(-1)?.n ?? 0)) continue
        keep(device, entry)
        number = Math.max(number, entry.n)
      }
    },
    everything: () => shelf,
    lastNumber: () => number,
  }
}
