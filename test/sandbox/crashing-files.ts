/** Files in memory that record each operation, so that a test can be told what a crash after any of them leaves. */
import type { Files } from '../../src/sandbox/files.ts'

/** A file is known by its number: a name leads to it. Operations on names need `syncFolder` to be safe, those on contents `sync`. */
type Operation =
  | { kind: 'name'; name: string; file: number }
  | { kind: 'rename'; from: string; to: string }
  | { kind: 'remove'; name: string }
  | { kind: 'append'; file: number; data: Buffer }
  | { kind: 'truncate'; file: number; size: number }
  | { kind: 'sync'; file: number }
  | { kind: 'syncFolder' }
  /** What the test was promised by now. */
  | { kind: 'acknowledged'; count: number }

export type Contents = ReadonlyMap<string, Buffer>

export type Recorder = {
  files: Files
  log: Operation[]
  /** What the folder held before the first operation. */
  start: Contents
}

/** Files that hold `start` and record what is done to them. */
export function recorder(start: Contents = new Map()): Recorder {
  const log: Operation[] = []
  let made = start.size
  const now = () => stateAfter({ start, log }, log.length)
  const numberOf = (name: string) => {
    const number = now().names.get(name)
    if (number === undefined) throw Object.assign(new Error(`ENOENT ${name}`), { code: 'ENOENT' })
    return number
  }
  const read = (name: string) => now().data[numberOf(name)] ?? Buffer.alloc(0)
  // Operations take their time, so that others may come between.
  const record = async (operation: Operation) => {
    await Promise.resolve()
    log.push(operation)
    await Promise.resolve()
  }
  const files: Files = {
    path: (name) => name,
    names: () => [...now().names.keys()].sort(),
    size: (name) => read(name).length,
    read,
    async grow(name, empty = false) {
      const known = now().names.get(name)
      if (known !== undefined && empty) await record({ kind: 'truncate', file: known, size: 0 })
      const file = known ?? made++
      if (known === undefined) await record({ kind: 'name', name, file })
      return {
        append: (text) => record({ kind: 'append', file, data: Buffer.from(text) }),
        sync: () => record({ kind: 'sync', file }),
        close: async () => undefined,
      }
    },
    truncate: (name, size) => record({ kind: 'truncate', file: numberOf(name), size }),
    rename: (from, to) => record({ kind: 'rename', from, to }),
    remove: (name) => record({ kind: 'remove', name }),
    syncFolder: () => record({ kind: 'syncFolder' }),
  }
  return { files, log, start }
}

/** What is left when the process ends before the operation `at`, `bytes` of which (of an append) were written. */
export function afterKill({ start, log }: Recorder, at: number, bytes = 0): Contents {
  const operation = log[at]
  const torn =
    operation?.kind === 'append' && bytes > 0
      ? [{ ...operation, data: operation.data.subarray(0, bytes) }]
      : []
  const { names, data } = stateAfter({ start, log: [...log.slice(0, at), ...torn] }, at + torn.length)
  return contents(names, data)
}

/**
 * All that may be left when the machine ends before the operation `at`: contents that were not synced are lost or there, and of the
 * operations on names since the last `syncFolder` any number of the first.
 */
export function* afterPowerLoss({ start, log }: Recorder, at: number): Generator<Contents> {
  const done = log.slice(0, at)
  const safe = done.map(({ kind }) => kind).lastIndexOf('syncFolder') + 1
  for (let names = safe; names <= at; names++) {
    const state = stateAfter({ start, log: done }, names)
    yield contents(state.names, state.data)
    yield contents(state.names, state.synced)
  }
}

function contents(names: Map<string, number>, data: Buffer[]): Contents {
  return new Map([...names].map(([name, file]) => [name, data[file] ?? Buffer.alloc(0)]))
}

/** The state after the log, of whose operations on names only those before `namesUpTo` count. */
function stateAfter({ start, log }: { start: Contents; log: Operation[] }, namesUpTo: number) {
  const names = new Map([...start.keys()].map((name, file) => [name, file]))
  const data = [...start.values()]
  const synced = [...data]
  log.forEach((operation, i) => {
    const counts = i < namesUpTo
    switch (operation.kind) {
      case 'name':
        data[operation.file] = synced[operation.file] = Buffer.alloc(0)
        if (counts) names.set(operation.name, operation.file)
        return
      case 'rename': {
        const file = names.get(operation.from)
        if (!counts || file === undefined) return
        names.delete(operation.from)
        names.set(operation.to, file)
        return
      }
      case 'remove':
        if (counts) names.delete(operation.name)
        return
      case 'append':
        data[operation.file] = Buffer.concat([data[operation.file]!, operation.data])
        return
      case 'truncate':
        data[operation.file] = data[operation.file]!.subarray(0, operation.size)
        return
      case 'sync':
        synced[operation.file] = data[operation.file]!
        return
      case 'syncFolder':
      case 'acknowledged':
        return
    }
  })
  return { names, data, synced }
}
