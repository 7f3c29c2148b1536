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
  disk(disk: Disk): Disk
}

/**
 * `at`: the effect that the process dies at, from 1; `late`: it dies when the effect has happened, before its result is known. Without `at` it
 * lives on.
 */
export function fateOf(at?: number, late = false): Fate {
  let count = 0
  const step = async <T>(effect: () => Promise<T>): Promise<T> => {
    const mine = ++count
    if (at !== undefined && (mine > at || (mine === at && !late))) throw new Killed()
    const result = await effect()
    if (at !== undefined && count >= at) throw new Killed()
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
    disk(disk) {
      return {
        ...disk,
        write: (...words) => step(() => disk.write(...words)),
        put: (...words) => step(() => disk.put(...words)),
        append: (...words) => step(() => disk.append(...words)),
        move: (...words) => step(() => disk.move(...words)),
        remove: (...words) => step(() => disk.remove(...words)),
        removeAll: (...words) => step(() => disk.removeAll(...words)),
      }
    },
  }
}
