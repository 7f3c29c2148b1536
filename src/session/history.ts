import { open, readFile, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { replaceFile } from './atomic-file.ts'
import { codeOf, namingFile } from './file-error.ts'
import { withLock } from './lock.ts'

/** One input of the prompt, redacted before it comes here. */
export interface HistoryEntry {
  readonly text: string
  /** Milliseconds since 1970. */
  readonly at: number
  /** What the prompt stood in, such as an account and a product. */
  readonly context?: string
  readonly ok?: boolean
}

/**
 * Reads the history, oldest first: of entries with equal text the newest, at most `size` of them. Damaged lines are skipped. No file is
 * an empty history. Throws FILE when it cannot be read.
 */
export async function readHistory(file: string, size: number): Promise<readonly HistoryEntry[]> {
  const text = await namingFile(file, () => readFile(file, 'utf8').catch(nothingIfMissing))
  return newestOf(entriesIn(text), size)
}

/**
 * Adds an entry as one line in one write, so that several sessions may write at once; the file has mode 0600, its folder must exist.
 * When another session has just replaced the file, the line goes to the new one. Throws FILE.
 */
export async function appendHistory(file: string, entry: HistoryEntry): Promise<void> {
  await namingFile(file, async () => {
    while (!(await appendLine(file, JSON.stringify(entry)))) continue
  })
}

/**
 * Rewrites the file without repeated and damaged lines once it holds a tenth more lines than `size`; called at start, never while
 * people type. Entries that other sessions add meanwhile are kept. Throws FILE.
 */
export async function trimHistory(file: string, size: number): Promise<void> {
  const text = await namingFile(file, () => readFile(file, 'utf8').catch(nothingIfMissing))
  const lines = text.split('\n').length - 1
  if (lines > size * 1.1) await rewrite(file, (entries) => newestOf(entries, size))
}

/** Deletes every entry with this text. Throws FILE. */
export async function deleteHistory(file: string, text: string): Promise<void> {
  await rewrite(file, (entries) => entries.filter((entry) => entry.text !== text))
}

/** Deletes all entries. Throws FILE. */
export async function clearHistory(file: string): Promise<void> {
  await rewrite(file, () => [])
}

/** The entries that contain `text`; case counts only if `text` has a capital. */
export function grepHistory(entries: readonly HistoryEntry[], text: string): readonly HistoryEntry[] {
  const folds = text === text.toLowerCase()
  return entries.filter((entry) => (folds ? entry.text.toLowerCase() : entry.text).includes(text))
}

/** Of entries with equal text the last, at most `size` of them, in their order. */
export function newestOf(entries: readonly HistoryEntry[], size: number): readonly HistoryEntry[] {
  const newest = new Map<string, HistoryEntry>()
  for (const entry of entries) {
    newest.delete(entry.text)
    newest.set(entry.text, entry)
  }
  return [...newest.values()].slice(Math.max(0, newest.size - size))
}

function entriesIn(text: string): readonly HistoryEntry[] {
  return text.split('\n').flatMap((line) => {
    const entry = line === '' ? undefined : entryIn(line)
    return entry === undefined ? [] : [entry]
  })
}

function entryIn(line: string): HistoryEntry | undefined {
  try {
    const { text, at, context, ok } = Object(JSON.parse(line)) as Record<string, unknown>
    if (typeof text !== 'string' || typeof at !== 'number') return undefined
    return {
      text,
      at,
      ...(typeof context === 'string' ? { context } : {}),
      ...(typeof ok === 'boolean' ? { ok } : {}),
    }
  } catch {
    return undefined
  }
}

/** Appends a line; false when the file was replaced by another one meanwhile, so that the line may be lost. */
async function appendLine(file: string, line: string): Promise<boolean> {
  const handle = await open(file, 'a+', 0o600)
  try {
    const { ino, size, mode } = await handle.stat()
    if ((mode & 0o077) !== 0) await handle.chmod(0o600)
    // A half-written last line of a killed process must not swallow ours.
    const start = size > 0 && (await lastByte(handle, size)) !== 0x0a ? '\n' : ''
    await handle.write(`${start}${line}\n`)
    const current = await stat(file).catch(() => undefined)
    return current?.ino === ino
  } finally {
    await handle.close()
  }
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0]
}

/**
 * Replaces the file under its lock. Sessions append without a lock: what reaches the old file until it is replaced is carried over, and
 * what comes later is seen by the writer itself (`appendLine`).
 */
async function rewrite(
  file: string,
  change: (entries: readonly HistoryEntry[]) => readonly HistoryEntry[],
): Promise<void> {
  await withLock(file, () =>
    namingFile(file, async () => {
      const handle = await open(file, 'r').catch(nothingIfMissing)
      if (handle === '') return
      try {
        const content = await handle.readFile()
        // The last line may be one that is just being written: it counts as late.
        const whole = content.subarray(0, content.lastIndexOf(0x0a) + 1)
        const kept = change(entriesIn(whole.toString('utf8')))
        await replaceFile(file, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''), 'secret')
        const { size } = await handle.stat()
        const late = Buffer.alloc(Math.max(0, size - whole.length))
        await handle.read(late, 0, late.length, whole.length)
        for (const entry of entriesIn(late.toString('utf8'))) await appendHistory(file, entry)
      } finally {
        await handle.close()
      }
    }),
  )
}

function nothingIfMissing(error: unknown): '' {
  if (codeOf(error) === 'ENOENT') return ''
  throw error
}
