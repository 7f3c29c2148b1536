import { showLines, showSentences } from '../present/shown-lines.ts'
import { counted } from '../../output/messages.ts'
import type { Finder } from '../../entities/finder.ts'
import type { Kind, Whole } from '../../entities/kinds.ts'
import { judge, type DeviceFacts } from '../../fleet/seeing/judge.ts'
import type { Client } from '../../impcentral/client.ts'
import type { LogEntry } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import { visible } from '../../output/visible.ts'
import { lineMapOf } from '../../preprocess/lines.ts'
import { parseTime } from '../../testing/duration.ts'
import { withPlaces } from '../../testing/places.ts'
import { codeOf } from '../build/code.ts'
import { finderOf } from '../common.ts'
import type { Context, Run } from '../context.ts'
import { flagOf, textOf } from '../options.ts'
import { checkup } from './checkup.ts'

const PAGE = 100
const MOST_PAGES = 3

/**
 * `impt doctor DEVICE`: reads what the cloud tells of a device, with at most 10 requests once it is found, and says in a sentence what is
 * wrong. Succeeds once the device is found.
 */
export const doctor: Run = async (context, options, [text]) => {
  const stream = textOf(options, 'stream')
  const streamMs = stream === undefined ? undefined : parseTime(stream, 'stream')
  if (text === undefined) return checkup(context, flagOf(options, 'all'), streamMs)
  const sinceMs = parseTime(textOf(options, 'since') ?? '24h', 'since')
  const finder = await finderOf(context)
  const now = Date.now()
  const { facts: stored, shown, mapped } = await examined(finder, text, now, sinceMs, context.directory)
  const heard =
    streamMs === undefined ? undefined : mapped(await listen(context, finder.client, stored.id, streamMs))
  const facts =
    heard === undefined || stored.logs === 'unread' ? stored : { ...stored, logs: [...stored.logs, ...heard] }
  const [verdict, ...also] = judge(facts, { now: Date.now(), sinceMs })
  if (!context.quiet) {
    const place = shown.group === '' ? '' : `, ${shown.product} / ${shown.group}`
    const sentences = [
      `${shown.name || '(unnamed)'} (${facts.id})${place}`,
      verdict.sentence,
      ...also.map(({ sentence }) => `Also: ${sentence}`),
    ]
    const rows = [
      ...factRows(facts, shown),
      ...(heard === undefined
        ? []
        : [['on the stream', `${counted(heard.length, 'entry', 'entries')} in ${stream}`] as const]),
    ]
    showSentences(
      context,
      sentences.map((line) => visible(line)),
    )
    showLines(
      context,
      rows.map(([key, value]) => `  ${key.padEnd(16)}${visible(value)}`),
    )
    // A command is copied: it stays in one line.
    context.line(`Try: ${visible(verdict.try)}\n`)
  }
  const { logs, ...told } = facts
  const entries = logs === 'unread' ? [] : logs
  return {
    kind: 'record',
    ...(!context.quiet && { told: true }),
    record: {
      id: facts.id,
      name: shown.name,
      verdict: verdict.code,
      sentence: verdict.sentence,
      try: verdict.try,
      also,
      facts: { ...told, ...shown, log_entries: entries.length, last_log: entries.at(-1)?.ts ?? null },
      ...(heard !== undefined && { heard: heard.length }),
      read_at: new Date(now).toISOString(),
    },
  }
}

/** Reads what the cloud tells of a device and judges it. Places in sources are told from `directory`. */
export async function examined(
  finder: Finder,
  text: string,
  now: number,
  sinceMs: number,
  directory: string,
) {
  const { facts, shown, mapped } = await factsOf(finder, text, now - sinceMs, directory)
  return { facts, shown, mapped, verdicts: judge(facts, { now, sinceMs }) }
}

/** What only people and programs look at. */
interface Shown {
  readonly name: string
  readonly group: string
  readonly product: string
  readonly os: string | null
}

/** What is known of a device, each fact by its name. */
export function factRows(
  facts: DeviceFacts,
  { os }: Shown,
): readonly (readonly [name: string, value: string])[] {
  const yes = (value: boolean | null) => (value === null ? 'unknown' : value ? 'yes' : 'no')
  const { logs, build } = facts
  return [
    ['online', `${yes(facts.online)}${facts.stateSince === null ? '' : `, since ${facts.stateSince}`}`],
    ['signal', facts.rssi === null ? 'unknown' : `${facts.rssi} dBm`],
    ['agent', facts.agentRunning === null ? 'unknown' : facts.agentRunning ? 'runs' : 'does not run'],
    ['OS', os ?? 'unknown'],
    ['enrolled', facts.enrolledAt ?? 'never, as far as the cloud tells'],
    ['build of group', build === null ? 'none' : `${build.label}, deployed ${build.deployedAt}`],
    ['last log entry', logs === 'unread' ? 'not readable' : (logs.at(-1)?.ts ?? 'none')],
  ]
}

/** What a device logs for so long, in ms. Throws CONFLICT where another one takes the stream. */
async function listen(
  { signal }: Context,
  client: Client,
  id: string,
  forMs: number,
): Promise<readonly LogEntry[]> {
  const heard: LogEntry[] = []
  const enough = new AbortController()
  const timer = setTimeout(() => enough.abort(), forMs)
  try {
    for await (const event of client.logStream([id], AbortSignal.any([signal, enough.signal]))) {
      if (event.kind === 'entry') heard.push(event.entry)
      if (event.kind === 'closed')
        throw new ImptError('CONFLICT', 'The log stream was taken by another one of this account.', {
          hint: 'Leave out --stream, or try again when that has ended',
        })
    }
  } catch (error) {
    if (!enough.signal.aborted || signal.aborted) throw error
  } finally {
    clearTimeout(timer)
  }
  return heard
}

async function factsOf(
  finder: Finder,
  text: string,
  since: number,
  directory: string,
): Promise<{
  readonly facts: DeviceFacts
  readonly shown: Shown
  readonly mapped: (logs: readonly LogEntry[]) => readonly LogEntry[]
}> {
  // What a list leaves out is read by id; a device that was found by its id is not read again.
  const device = await finder.whole('device', await finder.find('device', text))
  const { attributes, relationships } = device
  const groupId = relationships?.devicegroup?.id
  const productId = relationships?.product?.id
  const ownerId = relationships?.owner?.id
  const [group, product, me, logs] = await Promise.all([
    groupId === undefined ? null : readable(finder, 'dg', groupId),
    productId === undefined ? null : readable(finder, 'product', productId),
    readable(finder, 'account', 'me'),
    logsOf(finder.client, device.id, since),
  ])
  const isOther = ownerId !== undefined && me !== null && me.id !== ownerId
  const buildId = group?.relationships?.current_deployment?.id
  const [build, owner] = await Promise.all([
    buildId === undefined ? null : readable(finder, 'build', buildId),
    isOther ? readable(finder, 'account', ownerId) : null,
  ])
  const mapped = (entries: readonly LogEntry[]) => withSources(entries, build, directory)
  return {
    mapped,
    facts: {
      id: device.id,
      online: attributes.device_online ?? null,
      stateSince: attributes.device_state_changed_at ?? null,
      agentRunning: attributes.agent_running ?? null,
      enrolledAt: attributes.last_enrolled_at ?? null,
      rssi: attributes.rssi ?? null,
      group:
        groupId === undefined
          ? null
          : group === null
            ? 'unread'
            : { name: group.attributes.name ?? '', hasBuild: buildId !== undefined },
      otherOwner: isOther ? (owner?.attributes.username ?? ownerId) : null,
      build: build?.attributes.created_at
        ? { label: labelOf(build), deployedAt: build.attributes.created_at }
        : null,
      logs: logs === 'unread' ? logs : mapped(logs),
    },
    shown: {
      name: attributes.name ?? '',
      group: group?.attributes.name ?? groupId ?? '',
      product: product?.attributes.name ?? productId ?? '',
      os: attributes.swversion ?? null,
    },
  }
}

/** An entity by its id; null where it is gone or not for this login to read. */
async function readable<K extends Kind>(finder: Finder, kind: K, id: string): Promise<Whole<K> | null> {
  return unlessForbidden(finder.byId(kind, id), null)
}

async function unlessForbidden<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  return reading.catch((error: unknown) => {
    if (error instanceof ImptError && error.code === 'FORBIDDEN') return otherwise
    throw error
  })
}

/** Stored entries back to a moment (ms since 1970) and beyond, three pages at most, oldest first, each once. */
async function logsOf(client: Client, id: string, since: number): Promise<readonly LogEntry[] | 'unread'> {
  const entries = new Map<string, LogEntry>()
  for (let page = 1; page <= MOST_PAGES; page++) {
    const read = await unlessForbidden(client.devices.logPage(id, page, PAGE), 'unread' as const)
    if (read === 'unread') return read
    // Pages move while the device logs.
    for (const entry of read.items) entries.set(JSON.stringify(entry), entry)
    if (read.items.length < PAGE || read.items.every(({ ts }) => Date.parse(ts) < since)) break
  }
  return [...entries.values()].reverse().sort((a, b) => Date.parse(a.ts) - Date.parse(b.ts))
}

/** Entries since the build with their places in its sources. */
function withSources(
  logs: readonly LogEntry[],
  build: Whole<'build'> | null,
  directory: string,
): readonly LogEntry[] {
  const deployed = build?.attributes.created_at
  if (build === null || !deployed || typeof build.attributes.device_code !== 'string') return logs
  const maps = { agent: lineMapOf(codeOf(build, 'agent')), device: lineMapOf(codeOf(build, 'device')) }
  return logs.map((entry) =>
    entry.type.endsWith('.error') && entry.ts >= deployed
      ? { ...entry, msg: withPlaces(entry.msg, maps, directory) }
      : entry,
  )
}

/** What people call a build: its first tag, else its id, which other commands take. */
function labelOf({ id, attributes: { tags } }: Whole<'build'>): string {
  return tags?.[0] ?? `build ${id}`
}
