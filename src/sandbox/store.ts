/** All records of the embedded impCentral, in memory, with a journal when a folder is given. */
import { chmodSync, mkdirSync } from 'node:fs'
import type * as model from './model.ts'
import { filesIn } from './files.ts'
import { openJournal, type Journal } from './journal.ts'
import { createLogShelf, type LogShelf, type StoredEntry } from './logshelf.ts'
import { lockFolder } from './lock.ts'
import { createTable, type Change, type Table } from './table.ts'

export type Store = {
  accounts: Table<model.Account>
  collaborations: Table<model.Collaboration>
  accessTokens: Table<model.AccessToken>
  refreshTokens: Table<model.RefreshToken>
  loginKeys: Table<model.LoginKey>
  products: Table<model.Product>
  groups: Table<model.DeviceGroup>
  devices: Table<model.Device>
  deployments: Table<model.Deployment>
  webhooks: Table<model.Webhook>
  history: Table<model.HistoryEvent>
  saved: Table<model.SavedValue>
  logs: LogShelf
  /** Place of the next record in the order of creation. */
  nextSeq(): number
  /** Resolves when every change made so far will survive the loss of the process. Rejects if it cannot be written. */
  durable(): Promise<void>
  close(): Promise<void>
}

type Tables = Omit<Store, 'logs' | 'nextSeq' | 'durable' | 'close'>
type Operation = { t: string; p?: model.Row[]; r?: string[]; l?: [string, StoredEntry[]] }

/** Journal size, in bytes, below which compaction is not worth it. */
const compactionFloor = 8 << 20

/**
 * Opens the store in the folder (created 0700 if missing), or in memory without one. `fill` puts the first records
 * into a fresh store. Throws FolderInUse, DamagedStore, or the file system's error.
 */
export async function openStore(
  dir: string | undefined,
  logLimit: number,
  fill: (store: Store) => void,
): Promise<Store> {
  const pending: Operation[] = []
  const recorder = createRecorder(pending)
  const tables = createTables(recorder.change)
  const logs = createLogShelf(logLimit, recorder.log)
  let seq = 0
  const base = { ...tables, logs, nextSeq: () => ++seq }

  if (dir === undefined) {
    const store: Store = { ...base, durable: async () => undefined, close: async () => undefined }
    fill(store)
    return store
  }

  mkdirSync(dir, { recursive: true, mode: 0o700 })
  chmodSync(dir, 0o700)
  const unlock = lockFolder(dir)
  try {
    const { journal, fresh } = await openJournal(filesIn(dir), (json) => {
      for (const operation of JSON.parse(json) as Operation[]) {
        seq = Math.max(seq, restore(tables, logs, operation))
      }
    })
    seq = Math.max(seq, logs.lastNumber())
    const durable = async () => {
      recorder.seal()
      await journal.durable()
    }
    const store: Store = {
      ...base,
      durable,
      async close() {
        recorder.seal()
        await journal.close().finally(unlock)
      },
    }
    if (fresh) fill(store)
    if (fresh) await journal.compact(() => snapshot(tables, logs))
    recorder.attach(journal, () => snapshot(tables, logs))
    return store
  } catch (error) {
    unlock()
    throw error
  }
}

/** Gathers the changes made in one turn into one atomic journal line. */
function createRecorder(pending: Operation[]) {
  let journal: Journal | null = null
  let snapshotLines: () => Iterable<string> = () => []
  let scheduled = false

  const seal = () => {
    scheduled = false
    if (pending.length === 0 || !journal) return
    journal.append(JSON.stringify(pending))
    pending.length = 0
    const { journal: size, snapshot } = journal.sizes()
    // A failed compaction leaves the old files in charge; a failed journal shows at the next write.
    if (size > Math.max(compactionFloor, snapshot)) journal.compact(snapshotLines).catch(() => undefined)
  }
  const add = (operation: Operation) => {
    if (!journal) return
    pending.push(operation)
    // Whole fleets would make a line too long for a string.
    if (pending.length >= 20_000) return seal()
    if (scheduled) return
    scheduled = true
    queueMicrotask(seal)
  }
  return {
    seal,
    attach(opened: Journal, lines: () => Iterable<string>) {
      journal = opened
      snapshotLines = lines
    },
    change: (table: string) => (change: Change<model.Row>) =>
      add('put' in change ? { t: table, p: [change.put] } : { t: table, r: [change.remove] }),
    log: (device: string, entries: StoredEntry[]) => add({ t: 'logs', l: [device, entries] }),
  }
}

function createTables(changed: (table: string) => (change: Change<model.Row>) => void): Tables {
  const owned = (row: { owner: string }) => ({ owner: row.owner })
  return {
    accounts: createTable<model.Account>(
      () => ({}),
      (row) => [row.username, row.email],
      changed('accounts'),
    ),
    collaborations: createTable<model.Collaboration>(
      (row) => ({ member: row.member, owner: row.owner }),
      (row) => [`${row.owner} ${row.member}`],
      changed('collaborations'),
    ),
    accessTokens: createTable<model.AccessToken>(
      (row) => ({ account: row.account }),
      () => [],
      changed('accessTokens'),
    ),
    refreshTokens: createTable<model.RefreshToken>(
      (row) => ({ account: row.account }),
      (row) => [row.secret],
      changed('refreshTokens'),
    ),
    loginKeys: createTable<model.LoginKey>(
      (row) => ({ account: row.account }),
      () => [],
      changed('loginKeys'),
    ),
    products: createTable<model.Product>(owned, (row) => [`${row.owner} ${row.name}`], changed('products')),
    groups: createTable<model.DeviceGroup>(
      (row) => ({ owner: row.owner, product: row.product, type: row.type }),
      (row) => [`${row.product} ${row.name}`],
      changed('groups'),
    ),
    devices: createTable<model.Device>(
      (row) => ({
        owner: row.owner,
        group: row.group?.id ?? null,
        product: row.group?.product ?? null,
        type: row.group?.type ?? null,
        groupOwner: row.group?.owner ?? 'null',
      }),
      (row) => [row.mac, row.agentId],
      changed('devices'),
    ),
    deployments: createTable<model.Deployment>(
      (row) => ({
        owner: row.owner,
        creator: row.creator,
        product: row.product,
        group: row.group?.id ?? null,
        sha: row.sha,
        flagged: String(row.flagged),
        flagger: row.flagger,
        tags: row.tags.join(','),
      }),
      () => [],
      changed('deployments'),
    ),
    webhooks: createTable<model.Webhook>(
      (row) => ({ owner: row.owner, group: row.group.id }),
      () => [],
      changed('webhooks'),
    ),
    history: createTable<model.HistoryEvent>(
      (row) => ({ device: row.device }),
      () => [],
      changed('history'),
    ),
    saved: createTable<model.SavedValue>(
      () => ({}),
      () => [],
      changed('saved'),
    ),
  }
}

/** Applies a stored change; returns the highest place in the order of creation that it names. */
function restore(tables: Tables, logs: LogShelf, operation: Operation): number {
  if (operation.l) {
    logs.restore(operation.l[0], operation.l[1])
    return 0
  }
  const table = tables[operation.t as keyof Tables] as unknown as Table<model.Row> | undefined
  if (!table) throw new Error(`The sandbox store has "${operation.t}": a newer version of impt wrote it.`)
  let seq = 0
  for (const row of operation.p ?? []) {
    table.restore(row)
    seq = Math.max(seq, row.seq)
  }
  for (const id of operation.r ?? []) {
    seq = Math.max(seq, table.get(id)?.seq ?? 0)
    table.forget(id)
  }
  return seq
}

/** The whole store as journal lines of a few hundred records each. */
function* snapshot(tables: Tables, logs: LogShelf): Generator<string> {
  for (const [name, table] of Object.entries(tables)) {
    const rows = (table as unknown as Table<model.Row>).all().slice()
    for (let at = 0; at < rows.length; at += 500) {
      yield JSON.stringify([{ t: name, p: rows.slice(at, at + 500) }])
    }
  }
  for (const [device, entries] of logs.everything())
    yield JSON.stringify([{ t: 'logs', l: [device, entries] }])
}
