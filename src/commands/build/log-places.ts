import { createFinder, type Finder } from '../../entities/finder.ts'
import type { Listed, Whole } from '../../entities/kinds.ts'
import { told } from '../../entities/told.ts'
import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import type { LogEntry } from '../../output/result.ts'
import { lineMapOf } from '../../preprocess/lines.ts'
import { codeOf } from './code.ts'
import { hasPlaces, withPlaces, type LineMaps } from '../../testing/places.ts'

/** A build of a device's group, and since when it was the one that the group gave out (ms since 1970). */
interface Given {
  readonly id: string
  readonly since: number
}

/** What is known of the code of a device. */
interface Known {
  readonly current: Given & { readonly maps: LineMaps }
  /** Where the rows of what ran at that time come from; undefined where nobody can tell. */
  readonly mapsAt: (time: number) => Promise<LineMaps | undefined>
}

/** Builds that this process made, by their ids, with the sources of their rows. */
export type KnownBuilds = ReadonlyMap<string, LineMaps>

/** Maps the places of deployed code in log entries to those of the sources. */
interface LogPlaces {
  /** An entry of a stream, as it comes. */
  mapped(entry: LogEntry, deviceId: string): Promise<LogEntry>
  /** The stored entries of one device. */
  all(entries: AsyncIterable<LogEntry>, deviceId: string): AsyncGenerator<LogEntry>
}

const ERRORS = new Set(['agent.error', 'server.error'])
const RELOADED = /Agent restarted|program storage used/

/**
 * Maps `device_code:<row>` and `agent_code:<row>` of run-time errors through the `#line` markers of the code that ran then: the newest build of the
 * device's group that was there at that time, or the current one after the device was seen to load its code. The current build is asked for when
 * the first such entry arrives, and again after the device has loaded its code anew; older builds when an entry is older. Entries of before all
 * builds stay as they are, and so do all where the code cannot be read. Builds that this process made are mapped by what it knows of their
 * sources: full paths, and files that have no markers.
 */
export function createLogPlaces(
  client: Client,
  directory: string,
  builds: KnownBuilds = new Map(),
): LogPlaces {
  const known = new Map<string, Promise<Known | undefined>>()
  /** Devices that were seen to load their code: what comes after that is of the current build, whatever the clocks say. */
  const reloaded = new Set<string>()

  async function withPlace(entry: LogEntry, deviceId: string): Promise<LogEntry> {
    if (!ERRORS.has(entry.type) || !(hasPlaces(entry.msg) || builds.size > 0)) return entry
    const asking = known.get(deviceId) ?? codeOfDevice(client, deviceId, builds).catch(() => undefined)
    known.set(deviceId, asking)
    const found = await asking
    if (!found) return entry
    const time = Date.parse(entry.ts)
    const isCurrent = reloaded.has(deviceId) || time >= found.current.since
    const maps = isCurrent ? found.current.maps : await found.mapsAt(time).catch(() => undefined)
    return maps === undefined ? entry : { ...entry, msg: withPlaces(entry.msg, maps, directory) }
  }

  return {
    async mapped(entry, deviceId) {
      if (entry.type === 'status' && RELOADED.test(entry.msg)) {
        known.delete(deviceId)
        reloaded.add(deviceId)
      }
      return withPlace(entry, deviceId)
    },
    async *all(entries, deviceId) {
      for await (const entry of entries) yield await withPlace(entry, deviceId)
    },
  }
}

async function codeOfDevice(
  client: Client,
  deviceId: string,
  builds: KnownBuilds,
): Promise<Known | undefined> {
  // A finder remembers its answers; which build is the current one is asked anew each time.
  const finder = createFinder(client)
  const device = await finder.byId('device', deviceId)
  const groupId = device?.relationships?.devicegroup?.id
  const group = groupId === undefined ? null : await finder.byId('dg', groupId)
  const buildId = group?.relationships?.current_deployment?.id
  const build = buildId === undefined ? null : await finder.byId('build', buildId)
  if (!build || groupId === undefined) return undefined
  const all = new Map<string, Promise<LineMaps | undefined>>()
  let older: Promise<readonly Given[]> | undefined
  return {
    current: { ...givenOf(build), maps: builds.get(build.id) ?? mapsOf(build) },
    async mapsAt(time) {
      older ??= collect(finder.list('build', { 'devicegroup.id': groupId })).then((list) =>
        list.map(givenOf).sort((a, b) => b.since - a.since),
      )
      const then = (await older).find(({ since }) => since <= time)
      if (then === undefined) return undefined
      const maps = all.get(then.id) ?? mapsById(finder, then.id, builds)
      all.set(then.id, maps)
      return maps
    },
  }
}

async function mapsById(finder: Finder, id: string, builds: KnownBuilds): Promise<LineMaps | undefined> {
  const known = builds.get(id)
  if (known !== undefined) return known
  const build = await finder.byId('build', id)
  return build === null ? undefined : mapsOf(build)
}

function givenOf({ id, attributes }: Listed<'build'>): Given {
  return { id, since: Date.parse(told(attributes.created_at, 'the time of creation', 'build', id)) }
}

function mapsOf(build: Whole<'build'>): LineMaps {
  return { agent: lineMapOf(codeOf(build, 'agent')), device: lineMapOf(codeOf(build, 'device')) }
}
