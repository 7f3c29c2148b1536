/**
 * The store on disk: `snapshot-N` holds everything up to a moment, `journal-N` every change since. A line is
 * `CRC32 JSON`. Changes are whole records, so replaying one twice does no harm and a snapshot may be written while
 * changes go on.
 */
import { readdirSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { open, rename, unlink, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

/** A file of the store cannot be read; it is left as it is. */
export class DamagedStore extends Error {
  constructor(file: string, line: number, reason: string) {
    super(
      `The sandbox store is damaged: ${file}, line ${line}: ${reason}. ` +
        `It was left untouched. Move it away or run "impt sandbox reset" to start afresh.`,
    )
    this.name = 'DamagedStore'
  }
}

export type Journal = {
  /** Queues one atomic line; `durable` tells when it is safe. */
  append(json: string): void
  /** Resolves when everything appended so far is on disk; rejects if it cannot be written. */
  durable(): Promise<void>
  /** Writes a new snapshot from the given lines and drops what is older. */
  compact(lines: () => Iterable<string>): Promise<void>
  /** Bytes in the current journal and in the last snapshot. */
  sizes(): { journal: number; snapshot: number }
  close(): Promise<void>
}

/**
 * Reads the folder, handing each stored line to `replay` in order, and opens the journal for more. Returns whether
 * the folder was fresh. Throws DamagedStore. A torn last line of the journal, which was never acknowledged, is cut off.
 */
export async function openJournal(
  dir: string,
  replay: (json: string) => void,
): Promise<{ journal: Journal; fresh: boolean }> {
  const files = generations(dir)
  const base = files.snapshots.at(-1) ?? 0
  const orphan = files.journals.find(
    (number) => base === 0 && statSync(join(dir, `journal-${number}`)).size > 0,
  )
  if (orphan !== undefined)
    throw new DamagedStore(join(dir, `journal-${orphan}`), 1, 'its snapshot is missing')
  let snapshot = 0
  if (base > 0) snapshot = readSnapshot(join(dir, `snapshot-${base}`), replay)
  let generation = base
  const journals = files.journals.filter((number) => number >= base)
  for (const number of journals) {
    readJournal(join(dir, `journal-${number}`), replay, number === journals.at(-1))
    generation = Math.max(generation, number)
  }
  const journal = await createJournal(dir, generation, snapshot)
  return { journal, fresh: base === 0 }
}

async function createJournal(dir: string, first: number, snapshotSize: number): Promise<Journal> {
  let generation = first
  let snapshot = snapshotSize
  let file = await open(join(dir, `journal-${generation}`), 'a', 0o600)
  await syncFolder(dir)
  let written = (await file.stat()).size
  let queue: string[] = []
  /** Everything appended so far, written; rejected for good after the first failure. */
  let tail: Promise<void> = Promise.resolve()
  let gathering = false
  let compacting: Promise<void> | null = null

  const writeBatch = async () => {
    // One turn of the event loop gathers the changes of requests that arrived together into one sync.
    await new Promise((done) => setImmediate(done))
    gathering = false
    const text = queue.join('')
    queue = []
    await file.appendFile(text)
    await file.datasync()
    written += Buffer.byteLength(text)
  }
  const compactNow = async (lines: () => Iterable<string>) => {
    const next = generation + 1
    const opened = await open(join(dir, `journal-${next}`), 'a', 0o600)
    await syncFolder(dir)
    await tail
    // No await between here and the swap: a write under way would end in the wrong file.
    const previous = file
    const old = generation
    file = opened
    generation = next
    written = 0
    await previous.close()
    snapshot = await writeSnapshot(join(dir, `snapshot-${next}`), lines)
    await syncFolder(dir)
    const stale = generations(dir)
    for (const number of stale.snapshots) if (number <= old) await unlink(join(dir, `snapshot-${number}`))
    for (const number of stale.journals) if (number <= old) await unlink(join(dir, `journal-${number}`))
  }

  return {
    append(json) {
      queue.push(line(json))
      if (gathering) return
      gathering = true
      tail = tail.then(writeBatch)
      tail.catch(() => undefined)
    },
    durable: () => tail,
    compact(lines) {
      compacting ??= compactNow(lines).finally(() => {
        compacting = null
      })
      return compacting
    },
    sizes: () => ({ journal: written, snapshot }),
    async close() {
      await compacting?.catch(() => undefined)
      await tail.catch(() => undefined)
      await file.close()
    },
  }
}

const line = (json: string) => `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`

const last = 'end'

async function writeSnapshot(path: string, lines: () => Iterable<string>): Promise<number> {
  const file = await open(`${path}.new`, 'w', 0o600)
  let size = 0
  try {
    for (const json of lines()) size += await write(file, line(json))
    size += await write(file, line(JSON.stringify(last)))
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  return size
}

async function write(file: FileHandle, text: string): Promise<number> {
  await file.appendFile(text)
  return Buffer.byteLength(text)
}

async function syncFolder(dir: string): Promise<void> {
  const handle = await open(dir, 'r')
  await handle.sync().catch(() => undefined)
  await handle.close()
}

function generations(dir: string): { snapshots: number[]; journals: number[] } {
  const names = readdirSync(dir)
  const numbers = (kind: string) =>
    names
      .flatMap((name) =>
        new RegExp(`^${kind}-\\d+$`).test(name) ? [Number(name.slice(kind.length + 1))] : [],
      )
      .sort((a, b) => a - b)
  return { snapshots: numbers('snapshot'), journals: numbers('journal') }
}

function readSnapshot(path: string, replay: (json: string) => void): number {
  const data = readFileSync(path)
  let ended = false
  let number = 0
  for (const { start, end } of spans(data)) {
    number++
    const json = check(data, start, end)
    if (json === null) throw new DamagedStore(path, number, 'the checksum does not match')
    if (json === JSON.stringify(last)) ended = true
    else replay(json)
  }
  if (!ended) throw new DamagedStore(path, number + 1, 'the end is missing')
  return data.length
}

function readJournal(path: string, replay: (json: string) => void, isLast: boolean): void {
  const data = readFileSync(path)
  let number = 0
  for (const { start, end } of spans(data)) {
    number++
    const json = check(data, start, end)
    if (json !== null) {
      replay(json)
      continue
    }
    if (!isLast || end < data.length) throw new DamagedStore(path, number, 'the checksum does not match')
    truncateSync(path, start)
  }
}

/** Start and end of each line; the end of a complete line lies before the end of the data (its line feed). */
function* spans(data: Buffer): Generator<{ start: number; end: number }> {
  let start = 0
  while (start < data.length) {
    const feed = data.indexOf(10, start)
    const end = feed < 0 ? data.length : feed
    yield { start, end }
    start = end + 1
  }
}

function check(data: Buffer, start: number, end: number): string | null {
  if (end - start < 10 || end === data.length) return null
  const body = data.subarray(start + 9, end)
  const sum = data.toString('latin1', start, start + 8)
  return sum === crc32(body).toString(16).padStart(8, '0') ? body.toString('utf8') : null
}
