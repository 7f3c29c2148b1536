import type { Listed } from '../../entities/kinds.ts'
import type { CallOptions } from '../../impcentral/api.ts'
import type { Client } from '../../impcentral/client.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import type { LogEntry } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import { earlierOf, seenIn } from './evidence.ts'
import { judge, type Facts } from './judge.ts'
import type { Progress } from './progress.ts'
import type { Tap } from './tap.ts'
import type { Earlier, Evidence, NewEntry, ReleasePlan, Verdict } from './types.ts'

/** Stored entries of a device in one request, and how many are read back at most, newest first. */
const LOG_PAGE = 100
const MOST_ENTRIES = 1000

/** What watching needs of the world; time passes through `sleep` only. */
export interface Watching {
  readonly client: Client
  readonly plan: ReleasePlan
  readonly options: CallOptions
  now(): number
  /** Waits so long, or until `early` resolves; throws when the release is to pause or end. */
  sleep(ms: number, early?: Promise<void>): Promise<void>
}

/** The devices of a wave as the lists of its groups tell. A device that is in none any more is missing. */
async function devicesNow(
  { client, plan, options }: Watching,
  wave: number,
): Promise<ReadonlyMap<string, Listed<'device'>>> {
  const { devices } = plan.waves[wave] ?? { devices: [] }
  const wanted = new Set(devices.map(({ id }) => id))
  const found = new Map<string, Listed<'device'>>()
  for (const group of new Set(devices.map((one) => one.group)))
    for await (const device of client.devices.list({ 'devicegroup.id': group }, options))
      if (wanted.has(device.id)) found.set(device.id, device as Listed<'device'>)
  return found
}

/** The devices of a wave whose stored logs are read. */
function sampleOf({ waves, settings }: ReleasePlan, wave: number): readonly string[] {
  return (waves[wave]?.devices ?? []).slice(0, settings.sample).map(({ id }) => id)
}

/**
 * Reads the newest stored entries of devices, a page, or back to the time that `known` gives; one whose log cannot be read is missing. Throws
 * what concerns all of them.
 */
async function storedLogs(
  { client, options }: Watching,
  devices: readonly string[],
  known: (id: string) => string | undefined = () => undefined,
): Promise<Map<string, readonly LogEntry[]>> {
  const logs = new Map<string, readonly LogEntry[]>()
  await inParallel(devices, async (id) => {
    const since = known(id)
    const entries: LogEntry[] = []
    try {
      for await (const { items } of client.devices.logPages(id, LOG_PAGE, options)) {
        entries.push(...items)
        const isReached = since === undefined || items.some(({ ts }) => ts <= since)
        if (isReached || entries.length >= MOST_ENTRIES) break
      }
      logs.set(id, entries)
    } catch (error) {
      if (!(error instanceof ImptError) || error.code === 'CANCELLED' || error.code === 'AUTH') throw error
    }
  })
  return logs
}

/** What the devices of a wave were like right before their restart. */
export async function baseline(
  watching: Watching,
  wave: number,
  { promoted }: Pick<Progress, 'promoted'>,
): Promise<NewEntry> {
  const { plan } = watching
  const [devices, logs] = await Promise.all([
    devicesNow(watching, wave),
    storedLogs(watching, sampleOf(plan, wave)),
  ])
  const groups = new Map(plan.waves[wave]?.devices.map(({ id, group }) => [id, group]))
  const earlier: Record<string, Earlier> = {}
  for (const [id, entries] of logs) {
    const { created } = promoted.get(groups.get(id) ?? '') ?? {}
    earlier[id] = earlierOf(entries, plan.settings.watch, created)
  }
  const all = [...devices.values()]
  const gone = [...groups.keys()].filter((id) => !devices.has(id))
  return {
    kind: 'baseline',
    wave,
    earlier,
    ...(gone.length > 0 && { gone }),
    online: all.filter(({ attributes }) => attributes.device_online !== false).map(({ id }) => id),
    agents: all.filter(({ attributes }) => attributes.agent_running === true).map(({ id }) => id),
  }
}

/** Watches a wave from its restart on, as long as the plan says, and judges it; at once where a rule is broken already. */
export async function watch(
  watching: Watching,
  wave: number,
  progress: Progress,
  tap: Tap | undefined,
): Promise<Verdict> {
  const { plan, now } = watching
  const { settings } = plan
  const from = progress.watchedFrom.get(wave) ?? now()
  const until = from + settings.watch
  const half = from + settings.watch / 2
  const sample = sampleOf(plan, wave)
  const logs = new Map<string, readonly LogEntry[]>()
  const earlier = progress.baselines.get(wave)?.earlier ?? {}
  // What came between two looks is all read: the one error may be below a hundred lines of chatter.
  const known = (id: string) => newestOf(logs.get(id) ?? []) ?? earlier[id]?.since
  const readLogs = async () => {
    for (const [id, entries] of await storedLogs(watching, sample, known))
      logs.set(id, merged(logs.get(id) ?? [], entries))
  }
  const verdictOf = (devices: ReadonlyMap<string, Listed<'device'>> | undefined): Verdict =>
    judge(factsOf(plan, wave, progress, logs, tap, devices), settings, devices === undefined)

  // An error on the stream wakes it; else the stored logs are read halfway and at the end.
  for (let isRead = false; now() < until;) {
    if (!isRead && now() >= half) {
      isRead = true
      await readLogs()
    }
    const early = verdictOf(undefined)
    if (early.stop) return early
    await watching.sleep(Math.max(0, (isRead ? until : half) - now()), tap?.alarm())
  }
  // A log that could be read before and cannot be now is not sure.
  const before = new Map(logs)
  const last = await storedLogs(watching, sample, known)
  logs.clear()
  for (const [id, entries] of last) logs.set(id, merged(before.get(id) ?? [], entries))
  return verdictOf(await devicesNow(watching, wave))
}

function factsOf(
  plan: ReleasePlan,
  wave: number,
  progress: Progress,
  logs: ReadonlyMap<string, readonly LogEntry[]>,
  tap: Tap | undefined,
  devices: ReadonlyMap<string, Listed<'device'>> | undefined,
): Facts {
  const members = plan.waves[wave]?.devices ?? []
  const before = progress.baselines.get(wave)
  const answered = progress.restarted.get(wave)
  const sample = sampleOf(plan, wave)
  const evidence: Evidence[] = (answered?.failed ?? []).map(({ id, error }) => ({
    device: id,
    what: 'restart',
    text: error,
  }))
  let read = 0
  let loaded = 0
  let sampled = 0
  for (const { id } of members) {
    const entries = merged(logs.get(id) ?? [], tap?.entries.get(id) ?? [])
    // A stream tells of a device whose earlier log is not known: what is old there cannot be told from what is new.
    const earlier = before?.earlier[id]
    if (earlier === undefined) continue
    const isStored = logs.has(id)
    if (isStored) sampled += 1
    if (!isStored && entries.length === 0) continue
    read += 1
    const seen = seenIn(id, entries, earlier, plan.settings.watch)
    if (seen.loaded) loaded += 1
    evidence.push(...seen.evidence)
  }
  if (devices !== undefined) {
    for (const id of before?.online ?? [])
      if (devices.get(id)?.attributes.device_online === false || !devices.has(id))
        evidence.push({ device: id, what: 'offline', text: 'it was online before, and is not now' })
    for (const id of before?.agents ?? [])
      if (devices.has(id) && devices.get(id)?.attributes.agent_running === false)
        evidence.push({ device: id, what: 'agent', text: 'its agent ran before, and does not now' })
  }
  const restarted = answered?.ids.size ?? 0
  return { size: members.length, restarted, sample: sample.length, sampled, read, loaded, evidence }
}

function newestOf(entries: readonly LogEntry[]): string | undefined {
  return entries.reduce<string | undefined>(
    (latest, { ts }) => (latest === undefined || ts > latest ? ts : latest),
    undefined,
  )
}

/** Entries of two readings, each once. */
function merged(a: readonly LogEntry[], b: readonly LogEntry[]): readonly LogEntry[] {
  const keys = new Map<string, LogEntry>()
  for (const entry of [...a, ...b]) keys.set(`${entry.ts} ${entry.type} ${entry.msg}`, entry)
  return [...keys.values()]
}
