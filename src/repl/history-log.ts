import { join } from 'node:path'
import {
  appendHistory,
  clearHistory,
  deleteHistory,
  newestOf,
  readHistory,
  trimHistory,
  type HistoryEntry,
} from '../session/history.ts'
import { ensureFolder } from '../session/paths.ts'

/** The history of this session: what the file held at start, and what was typed since (repl.md 3.5). */
export interface HistoryLog {
  readonly entries: readonly HistoryEntry[]
  /** The texts of `entries`, oldest first. */
  readonly texts: readonly string[]
  /** Reads the file; at start also shortens it. */
  readonly load: () => Promise<void>
  /** Adds an input that is already free of secrets, here and on disk. */
  readonly add: (text: string, context: string) => void
  /** Notes that the newest input failed. */
  readonly failed: () => void
  readonly clear: () => Promise<void>
  /** Deletes every entry with this text. */
  readonly delete: (text: string) => Promise<void>
  /** Waits until everything is on disk. */
  readonly settled: () => Promise<void>
}

/** `tell` gets the reason when the file cannot be used; the session goes on with what it has in memory. */
export function createHistoryLog(
  stateFolder: string,
  size: number,
  tell: (text: string) => void,
  now: () => number = Date.now,
): HistoryLog {
  const file = join(stateFolder, 'history.jsonl')
  let entries: readonly HistoryEntry[] = []
  let texts: readonly string[] = []
  let told = false
  let queue: Promise<void> = Promise.resolve()

  const set = (next: readonly HistoryEntry[]) => {
    entries = next
    texts = next.map((entry) => entry.text)
  }
  const onDisk = (task: () => Promise<void>): Promise<void> => {
    queue = queue.then(task).catch((error: unknown) => {
      if (!told) tell(`The history cannot be kept: ${error instanceof Error ? error.message : String(error)}`)
      told = true
    })
    return queue
  }
  const append = (entry: HistoryEntry) =>
    onDisk(async () => {
      await ensureFolder(stateFolder)
      await appendHistory(file, entry)
    })

  return {
    get entries() {
      return entries
    },
    get texts() {
      return texts
    },
    load: () =>
      onDisk(async () => {
        await trimHistory(file, size)
        const known = await readHistory(file, size)
        // What was typed while the file was read may not be in it; what other sessions typed stands between what was typed here.
        const inOrder = [...known, ...entries].toSorted((one, other) => one.at - other.at)
        set(newestOf(inOrder, size))
      }),
    add(text, context) {
      if (size === 0) return
      const entry = { text, at: now(), context }
      set([...entries.filter((one) => one.text !== text), entry].slice(-size))
      void append(entry)
    },
    failed() {
      const last = entries.at(-1)
      if (!last || last.ok === false) return
      const entry = { ...last, ok: false }
      set([...entries.slice(0, -1), entry])
      void append(entry)
    },
    async clear() {
      set([])
      await onDisk(() => clearHistory(file))
    },
    async delete(text) {
      set(entries.filter((entry) => entry.text !== text))
      await onDisk(() => deleteHistory(file, text))
    },
    settled: () => queue,
  }
}
