import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { Disk } from '../../src/fleet/folder/disk.ts'
import type { Api } from '../../src/impcentral/api.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import type { Client } from '../../src/impcentral/client.ts'
import { resources } from '../../src/impcentral/resources.ts'

/** What a process that was killed throws: nothing in the program takes it for an error of its own. */
export class Killed extends Error {
  override readonly name = 'Killed'
}

/** Counts every request and every effect on the disk, and ends the process at one of them: after it nothing has any effect. */
interface Fate {
  /** How many effects there were. */
  readonly count: number
  client(client: Client): Client
  /** With `root`, where its files lie, the power fails with the process: what was put and not flushed is cut. */
  disk(disk: Disk, root?: string): Disk
}

/**
 * `at`: the effect that the process dies at, from 1; `late`: it dies when the effect has happened, before its result is known. Without `at` it
 * lives on.
 */
export function fateOf(at?: number, late = false): Fate {
  let count = 0
  let die = (): void => undefined
  const step = async <T>(effect: () => Promise<T>): Promise<T> => {
    const mine = ++count
    if (at !== undefined && (mine > at || (mine === at && !late))) {
      die()
      throw new Killed()
    }
    const result = await effect()
    if (at !== undefined && count >= at) {
      die()
      throw new Killed()
    }
    return result
  }
  return {
    get count() {
      return count
    },
    client(client) {
      const api: Api = {
        get: (...words) => step(() => client.api.get(...words)),
        change: (...words) => step(() => client.api.change(...words)),
      }
      return { ...client, ...resources(api, SHAPES), api }
    },
    disk(disk, root) {
      const loose = new Set<string>()
      if (root !== undefined)
        die = () => {
          for (const path of loose) truncateSync(join(root, path), 1)
          loose.clear()
        }
      return {
        ...disk,
        write: (...words) => step(() => disk.write(...words)),
        put: (path, ...words) =>
          step(async () => {
            await disk.put(path, ...words)
            loose.add(path)
          }),
        flush: () =>
          step(async () => {
            const flushed = [...loose]
            await disk.flush()
            for (const path of flushed) loose.delete(path)
          }),
        append: (...words) => step(() => disk.append(...words)),
        move: (from, to) =>
          step(async () => {
            await disk.move(from, to)
            for (const path of loose)
              if (path === from || path.startsWith(`${from}/`)) {
                loose.delete(path)
                loose.add(to + path.slice(from.length))
              }
          }),
        remove: (path) =>
          step(async () => {
            await disk.remove(path)
            loose.delete(path)
          }),
        removeAll: (path) =>
          step(async () => {
            await disk.removeAll(path)
            for (const one of loose) if (one.startsWith(`${path}/`)) loose.delete(one)
          }),
      }
    },
  }
}
