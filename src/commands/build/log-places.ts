import { createFinder } from '../../entities/finder.ts'
import { told } from '../../entities/told.ts'
import type { Client } from '../../impcentral/client.ts'
import type { LogEntry } from '../../output/result.ts'
import { lineMapOf } from '../../preprocess/lines.ts'
import { codeOf } from './code.ts'
import { hasPlaces, withPlaces, type LineMaps } from '../../testing/places.ts'

/** Where the rows of a device's code come from, and since when it has been the current code of its group (ms since 1970). */
interface Known {
  readonly maps: LineMaps
  readonly since: number
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
 * Maps `device_code:<row>` and `agent_code:<row>` of run-time errors through the `#line` markers of the deployed code. The current build of a
 * device's group is asked for when the first such entry arrives, and again after the device has loaded its code anew. Entries of before that build stay as they are,
 * and so do all where the code cannot be read. Builds that this process made are mapped by what it knows of their sources: full paths, and
 * files that have no markers.
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
    const asking = known.get(deviceId) ?? currentCode(client, deviceId, builds).catch(() => undefined)
    known.set(deviceId, asking)
    const found = await asking
    if (!found || (!reloaded.has(deviceId) && Date.parse(entry.ts) < found.since)) return entry
    return { ...entry, msg: withPlaces(entry.msg, found.maps, directory) }
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

async function currentCode(
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
  if (!build) return undefined
  const since = Date.parse(told(build.attributes.created_at, 'the time of creation', 'build', build.id))
  const maps = () => ({
    agent: lineMapOf(codeOf(build, 'agent')),
    device: lineMapOf(codeOf(build, 'device')),
  })
  return { since, maps: builds.get(build.id) ?? maps() }
}
