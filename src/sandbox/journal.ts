/**
 * The store on disk: `snapshot-N` holds everything up to a moment, `journal-N`, `journal-N+1`, ... every change since. A line is
 * `CRC32 JSON`. Changes are whole records, so replaying one twice does no harm and a snapshot may be written while changes go on.
 *
 * The end of the process may come between any two operations, and in the middle of any write. What keeps every acknowledged change:
 *
 * 1. Only the last journal is written to. The next one is made when all that was appended before is on disk, so that only the one
 *    written to last can have a torn end.
 * 2. A snapshot gets its name when it is whole and on disk, and when each change that it shows is in a journal: a change that is torn
 *    away is in neither.
 * 3. Older files go last. What is older than the newest snapshot, or has no name yet, counts for nothing and is removed at the next start.
 */
import { crc32 } from 'node:zlib'
import type { Files } from './files.ts'

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
  /** Writes a new snapshot from the given lines and drops what is older. Rejects if that fails: the older files stay in charge then. */
  compact(lines: () => Iterable<string>): Promise<void>
  /** Bytes in the current journal and in the last snapshot. */
  sizes(): { journal: number; snapshot: number }
  close(): Promise<void>
}

/** Is there while a store is being emptied: whoever opens it goes on with that. */
export const emptyingMark = 'emptying'

/** Names of the files that hold the store. */
export const isStoreFile = (name: string): boolean => /^(snapshot|journal)-\d+(\.new)?$/.test(name)

/**
 * Reads the files, handing each stored line to `replay` in order, and opens the journal for more. Returns whether the store was fresh.
 * Throws DamagedStore. A torn end of the journal that was written to last, which was never acknowledged, is cut off.
 */
export async function openJournal(
  files: Files,
  replay: (json: string) => void,
): Promise<{ journal: Journal; fresh: boolean }> {
  if (files.names().includes(emptyingMark)) await empty(files)
  const { snapshots, journals } = generations(files)
  const base = snapshots.at(-1) ?? 0
  const current = journals.filter((number) => number >= base)
  const filled = current.filter((number) => files.size(`journal-${number}`) > 0)
  if (base === 0 && filled.length > 0)
    throw new DamagedStore(files.path(`journal-${filled[0]}`), 1, 'its snapshot is missing')
  const gap = current.findIndex((number, i) => number !== base + i)
  if (base > 0 && (gap >= 0 || current.length === 0))
    throw new DamagedStore(files.path(`journal-${base + Math.max(gap, 0)}`), 1, 'the file is missing')

  const size = base > 0 ? readSnapshot(files, `snapshot-${base}`, replay) : 0
  for (const number of filled) {
    const name = `journal-${number}`
    const whole = readJournal(files, name, replay, number === filled.at(-1))
    if (whole < files.size(name)) await files.truncate(name, whole)
  }
  for (const name of files.names()) if (isLeftOver(name, base)) await files.remove(name)
  const journal = await createJournal(files, current.at(-1) ?? base, size)
  return { journal, fresh: base === 0 }
}

async function createJournal(files: Files, first: number, snapshotSize: number): Promise<Journal> {
  let generation = first
  let snapshot = snapshotSize
  let file = await files.grow(`journal-${generation}`)
  await files.syncFolder()
  let written = files.size(`journal-${generation}`)
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
    await file.append(text)
    await file.sync()
    written += Buffer.byteLength(text)
  }
  /** Lets all that is appended from now on go into the next journal; in turn with the writes, so that the one before is whole. */
  const turnOver = () => {
    const turned = tail.then(async () => {
      const next = await files.grow(`journal-${generation + 1}`)
      await files.syncFolder()
      const previous = file
      file = next
      generation += 1
      written = 0
      await previous.close()
    })
    // A journal that cannot be made leaves the one before in use.
    const before = tail
    tail = turned.catch(() => before)
    tail.catch(() => undefined)
    return turned
  }
  const compactNow = async (lines: () => Iterable<string>) => {
    await turnOver()
    const number = generation
    const size = await writeSnapshot(files, `snapshot-${number}.new`, lines)
    // The snapshot may show changes that are not acknowledged yet.
    await tail
    await files.rename(`snapshot-${number}.new`, `snapshot-${number}`)
    await files.syncFolder()
    snapshot = size
    for (const name of files.names()) if (isLeftOver(name, number)) await files.remove(name)
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

const last = JSON.stringify('end')

/** Bytes that are gathered before they are written to a snapshot. */
const chunkSize = 1 << 20

async function writeSnapshot(files: Files, name: string, lines: () => Iterable<string>): Promise<number> {
  const file = await files.grow(name, true)
  let size = 0
  try {
    let text = ''
    for (const json of lines()) {
      text += line(json)
      if (text.length < chunkSize) continue
      await file.append(text)
      size += Buffer.byteLength(text)
      text = ''
    }
    text += line(last)
    await file.append(text)
    size += Buffer.byteLength(text)
    await file.sync()
  } finally {
    await file.close()
  }
  return size
}

/** Removes all files of the store; goes on with it where an earlier process ended. */
async function empty(files: Files): Promise<void> {
  for (const name of files.names()) if (isStoreFile(name)) await files.remove(name)
  await files.syncFolder()
  await files.remove(emptyingMark)
}

/** Whether a file counts for nothing beside the newest snapshot. */
function isLeftOver(name: string, base: number): boolean {
  const [, number, unnamed] = /^(?:snapshot|journal)-(\d+)(\.new)?$/.exec(name) ?? []
  return number !== undefined && (unnamed !== undefined || Number(number) < base)
}

function generations(files: Files): { snapshots: number[]; journals: number[] } {
  const numbers = (kind: RegExp) =>
    files
      .names()
      .flatMap((name) => kind.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b)
  return { snapshots: numbers(/^snapshot-(\d+)$/), journals: numbers(/^journal-(\d+)$/) }
}

function readSnapshot(files: Files, name: string, replay: (json: string) => void): number {
  const data = files.read(name)
  let ended = false
  let number = 0
  for (const { start, end } of spans(data)) {
    number++
    const json = check(data, start, end)
    if (json === null) throw new DamagedStore(files.path(name), number, 'the checksum does not match')
    if (json === last) ended = true
    else replay(json)
  }
  if (!ended) throw new DamagedStore(files.path(name), number + 1, 'the end is missing')
  return data.length
}

/** Replays a journal and returns how many of its bytes are whole lines. Throws DamagedStore, also for a torn end where it `mayTear` not. */
function readJournal(files: Files, name: string, replay: (json: string) => void, mayTear: boolean): number {
  const data = files.read(name)
  let number = 0
  for (const { start, end } of spans(data)) {
    number++
    const json = check(data, start, end)
    if (json !== null) {
      replay(json)
      continue
    }
    if (mayTear && end === data.length) return start
    throw new DamagedStore(files.path(name), number, 'the checksum does not match')
  }
  return data.length
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
