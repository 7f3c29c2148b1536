import type { Source, LogEvent } from '../../dashboard/source.ts'
import type { About, DeviceRow, LogLine, Reading } from '../../dashboard/protocol.ts'
import { createFinder } from '../../entities/finder.ts'
import { groupTypeName, isInField, type Listed } from '../../entities/kinds.ts'
import { listFiltered } from '../../entities/listing.ts'
import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import { ImptError } from '../../output/error.ts'
import type { Result } from '../../output/result.ts'
import { createLogPlaces } from '../build/log-places.ts'
import type { Context } from '../context.ts'
import { examined, factRows } from '../fleet/doctor.ts'
import { osName } from '../fleet/group.ts'
import { group as release } from '../release/group.ts'
import { rollbackOutlook } from '../release/rollback.ts'
import { releasesHere, shownRelease } from '../release/shop.ts'
import { keptRuns } from '../../testing/kept-runs.ts'
import { releaseView, testRunView } from './views.ts'

/** Which devices are shown, by the server's names of the filters; undefined: all. */
type Filters = Readonly<Record<'owner.id' | 'product.id', readonly string[] | undefined>>

const DAY_MS = 86_400_000
/** Stored entries of each device that a log begins with. */
const STORED = 20

/** What the dashboard shows, read with the login of a command. Nothing here waits for a person; requests of the rounds take what the others leave. */
export function sourceOf(context: Context, client: Client, about: About, filters: Filters): Source {
  const quiet: Context = {
    ...context,
    quiet: true,
    info: () => undefined,
    line: () => undefined,
    // The page has asked, and `order` has looked at the answer.
    twice: () => Promise.resolve(),
  }
  return {
    about,
    read: (signal) => read(client, filters, signal),
    async diagnose(device, signal) {
      signal.throwIfAborted()
      const { facts, shown, verdicts } = await examined(
        createFinder(client),
        device,
        Date.now(),
        DAY_MS,
        context.directory,
      )
      const [verdict, ...also] = verdicts
      return {
        sentence: verdict.sentence,
        also: also.map(({ sentence }) => sentence),
        try: verdict.try,
        facts: factRows(facts, shown),
      }
    },
    follow: (devices, signal) => follow(context, client, devices, signal),
    async tests() {
      return (await keptRuns(context.session.folders.state)).map(testRunView)
    },
    async releases() {
      const releases = await releasesHere(context)
      const stores = await Promise.all(
        (await releases.ids()).slice(0, MOST_RELEASES).map((id) => releases.get(id, Date.now)),
      )
      return Promise.all(
        stores.map(async (store) =>
          releaseView(
            store.plan.stages.flat().map(({ id, type }) => [id, isInField(type)] as const),
            await shownRelease(releases, store),
            await releases.isHeld(store.plan.id),
          ),
        ),
      )
    },
    async outlook(id) {
      const releases = await releasesHere(context)
      const of = await releases.get(id, Date.now)
      return rollbackOutlook(quiet, createFinder(client), releases, of)
    },
    async order(id, order, retyped) {
      const releases = await releasesHere(context)
      const { plan } = await releases.get(id, Date.now)
      if (order === 'pause' || order === 'abort') {
        await release[order](quiet, {}, [id])
        return
      }
      const inField = plan.stages.flat().filter(({ type }) => isInField(type))
      if (inField.length > 0 && !inField.some(({ name }) => name === retyped))
        throw new ImptError('CONFIRM', 'The name of the production group was not typed as it is.')
      if (order === 'rollback') {
        // The stream stays with the page, which may be following logs.
        await begin(await release.rollback(quiet, { confirmed: true, stream: false }, [id]))
        return
      }
      if (!(await releases.isHeld(id)))
        throw new ImptError('CONFLICT', `Nobody works on release ${id}: "impt release resume ${id}" goes on.`)
      await release.resume(quiet, {}, [id])
    },
  }
}

const MOST_RELEASES = 20

/**
 * Works on what was ordered beside the page, as long as the dashboard runs. Comes back when it has begun, and throws what kept it from that; how
 * it goes on from there stands in its journal, which the page reads.
 */
async function begin(result: Result): Promise<void> {
  if (result.kind !== 'events') return
  const events = result.items[Symbol.asyncIterator]()
  await events.next()
  await events.next()
  const rest = async () => {
    while ((await events.next()).done !== true);
  }
  rest().catch(() => undefined)
}

async function read(client: Client, filters: Filters, signal: AbortSignal): Promise<Reading> {
  const options = { signal, priority: 'low' } as const
  const [devices, groups, products] = await Promise.all([
    collect(listFiltered(filters, (filter) => client.devices.list(filter, options))),
    collect(client.deviceGroups.list({}, options)),
    collect(client.products.list({}, options)),
  ])
  return {
    at: Date.now(),
    devices: (devices as readonly Listed<'device'>[]).map(deviceRow),
    groups: (groups as readonly Listed<'dg'>[]).map(({ id, type, attributes, relationships }) => [
      id,
      attributes.name ?? id,
      groupTypeName(type),
      relationships?.product?.id ?? null,
    ]),
    products: (products as readonly Listed<'product'>[]).map(({ id, attributes }) => [
      id,
      attributes.name ?? id,
    ]),
  }
}

function deviceRow({ id, attributes: of, relationships }: Listed<'device'>): DeviceRow {
  const since = Date.parse(of.device_state_changed_at ?? '')
  const { swversion } = of as { readonly swversion?: unknown }
  return [
    id,
    of.name ?? '',
    of.mac_address ?? '',
    relationships?.devicegroup?.id ?? null,
    relationships?.product?.id ?? null,
    of.device_online ?? null,
    Number.isNaN(since) ? null : since,
    of.agent_running ?? null,
    of.rssi ?? null,
    typeof swversion === 'string' ? osName(swversion) : '',
    of.imp_type ?? '',
  ]
}

/** The newest stored entries of each device, in the order of their times, then those of the stream. */
async function* follow(
  context: Context,
  client: Client,
  devices: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<LogEvent> {
  const places = createLogPlaces(client, context.directory)
  const line = async (entry: { ts: string; type: string; msg: string }, device: string) => {
    const { ts, type, msg } = await places.mapped(entry, device)
    return { kind: 'line', line: { ts, device, type, text: msg } satisfies LogLine } as const
  }
  const stream = client.logStream(devices, signal)[Symbol.asyncIterator]()
  let next = stream.next()
  // What is stored is read when the stream is open, so that nothing falls in between. It is told also where the stream does not open.
  await next.catch(() => undefined)
  const stored = await Promise.all(
    devices.map(async (device) => {
      const page = await client.devices.logPage(device, 1, STORED).catch(() => ({ items: [] }))
      return page.items.map((entry) => ({ device, entry }))
    }),
  )
  const told = new Set<string>()
  for (const { device, entry } of stored
    .flat()
    .sort((a, b) => Date.parse(a.entry.ts) - Date.parse(b.entry.ts))) {
    told.add(JSON.stringify([device, entry.ts, entry.type, entry.msg]))
    yield { ...(await line(entry, device)), stored: true }
  }
  try {
    for (;;) {
      const { done, value } = await next
      if (done === true) return
      next = stream.next()
      next.catch(() => undefined)
      switch (value.kind) {
        case 'opened':
          yield { kind: 'open' }
          break
        case 'entry': {
          const { entry } = value
          // What came while the stored ones were read was told already.
          if (told.delete(JSON.stringify([entry.device_id, entry.ts, entry.type, entry.msg]))) break
          yield await line(entry, entry.device_id)
          break
        }
        case 'dropped':
          yield { kind: 'dropped', device: value.deviceId }
          break
        case 'reconnecting':
          yield {
            kind: 'reconnecting',
            message: `The log stream is lost and is opened again (${value.reason}).`,
          }
          break
        case 'resumed':
          yield { kind: 'open' }
          break
        case 'closed':
          yield { kind: 'closed', message: `The log stream was closed: ${value.reason}.` }
          return
        case 'idle':
          break
        default:
          value satisfies never
      }
    }
  } finally {
    await stream.return?.()
  }
}
