import type { LogEntry } from '../../impcentral/types.ts'
import { ageText } from '../../output/age.ts'

/** What the cloud tells of one device. null: it does not tell, or there is none. Times are ISO texts. */
export interface DeviceFacts {
  readonly id: string
  readonly online: boolean | null
  /** When it went offline or came online. */
  readonly stateSince: string | null
  readonly agentRunning: boolean | null
  readonly enrolledAt: string | null
  readonly rssi: number | null
  /** null: in no group; `unread`: this login may not read the group. */
  readonly group: { readonly name: string; readonly hasBuild: boolean } | 'unread' | null
  /** The account that owns it, if that is another one than ours. */
  readonly otherOwner: string | null
  /** The current build of its group: no device tells which build it runs (impcentral-api.md 9). */
  readonly build: { readonly label: string; readonly deployedAt: string } | null
  /** Stored entries, oldest first; `unread`: this login may not read them. */
  readonly logs: readonly LogEntry[] | 'unread'
}

type FindingCode =
  | 'never-enrolled'
  | 'no-group'
  | 'talks'
  | 'sleeps'
  | 'weak'
  | 'reconnects'
  | 'memory'
  | 'fails'
  | 'agent-stopped'
  | 'agent-down'
  | 'no-build'
  | 'offline'
  | 'unread'
  | 'other-owner'
  | 'nothing'

/** One thing that is so, in a sentence, with one command to try. Both hold texts of the device as they are: escape what is shown. */
interface Finding {
  readonly code: FindingCode
  readonly sentence: string
  readonly try: string
}

interface Limits {
  /** ms since 1970. */
  readonly now: number
  /** How far back reconnects and errors count, in ms. */
  readonly sinceMs: number
}

/** A signal below this many dBm is weak. */
const WEAK_DBM = -80
const MOST_RECONNECTS = 5
/** Agents may be stopped after so long without contact (impcentral-api.md 9). */
const AGENT_PATIENCE_MS = 30 * 86_400_000
/** Entries of the same moment as a change of state are about it, whatever the order of the clocks. */
const SAME_MOMENT_MS = 10_000
const LONGEST = 200

/** What is wrong with a device, the most telling first; never empty: `nothing` where the cloud sees nothing wrong. */
export function judge(facts: DeviceFacts, limits: Limits): readonly [Finding, ...Finding[]] {
  const [first, ...more] = RULES.flatMap((rule) => rule(facts, limits) ?? [])
  if (first) return [first, ...more]
  return [
    {
      code: 'nothing',
      sentence:
        'Nothing is wrong that the cloud can see; it notices a loss after up to ten minutes, more on cellular.',
      try: `impt log stream -d ${facts.id}`,
    },
  ]
}

type Rule = (facts: DeviceFacts, limits: Limits) => Finding | undefined

const RULES: readonly Rule[] = [
  ({ id, enrolledAt, online, logs }) => {
    if (enrolledAt !== null || online === true || entriesOf(logs).length > 0) return undefined
    return finding(
      'never-enrolled',
      'It was never enrolled: no BlinkUp is known.',
      `impt device history -d ${id}`,
    )
  },
  ({ id, group }) =>
    group === null
      ? finding(
          'no-group',
          'It is in no Device Group, so it has no code to run.',
          `impt device assign -d ${id} --dg DEVICE_GROUP`,
        )
      : undefined,
  whyOffline,
  agentStopped,
  reconnects,
  memory,
  fails,
  offline,
  agentDown,
  ({ group }) =>
    group !== null && group !== 'unread' && !group.hasBuild
      ? finding(
          'no-build',
          `Its Device Group "${group.name}" has no build, so it has no code to run.`,
          'impt build deploy --help',
        )
      : undefined,
  ({ group, logs }) => {
    const what = [
      ...(group === 'unread' ? ['its Device Group'] : []),
      ...(logs === 'unread' ? ['its logs'] : []),
    ]
    if (what.length === 0) return undefined
    return finding('unread', `This login may not read ${what.join(' and ')}.`, 'impt auth info')
  },
  ({ otherOwner }) =>
    otherOwner === null
      ? undefined
      : finding(
          'other-owner',
          `It belongs to the account ${otherOwner}: this login sees what its role there allows.`,
          'impt auth info',
        ),
]

function whyOffline(
  { id, online, stateSince, logs, rssi }: DeviceFacts,
  { now }: Limits,
): Finding | undefined {
  if (online !== false) return undefined
  const own = entriesOf(logs).filter(isOfDevice)
  const last = own.at(-1)
  const look = `impt log get -d ${id}`
  const isLate = last && stateSince !== null && Date.parse(last.ts) > Date.parse(stateSince) + SAME_MOMENT_MS
  if (last?.type === 'powerstate' || last?.type === 'server.sleep')
    return finding('sleeps', `It sleeps or lost power at ${last.ts}.`, look)
  if (last && isLate)
    return finding(
      'talks',
      `It talks although the flag says offline (last at ${last.ts}); the flag is not reliable.`,
      `impt log stream -d ${id}`,
    )
  if (rssi !== null && rssi < WEAK_DBM)
    return finding('weak', `Lost on a weak signal (${rssi} dBm)${since(stateSince, now)}.`, look)
  return undefined
}

/** Offline, and nothing that is known explains it. */
function offline(facts: DeviceFacts, limits: Limits): Finding | undefined {
  const { id, online, stateSince } = facts
  if (online !== false || whyOffline(facts, limits) !== undefined) return undefined
  return finding(
    'offline',
    `It is offline${since(stateSince, limits.now)}, and nothing that the cloud keeps says why.`,
    `impt log get -d ${id}`,
  )
}

function reconnects({ id, logs }: DeviceFacts, { now, sinceMs }: Limits): Finding | undefined {
  const recent = entriesOf(logs).filter(({ ts }) => now - Date.parse(ts) <= sinceMs)
  const times = recent.filter(isConnect).map(({ ts }) => Date.parse(ts))
  // What sleeps and wakes does what it should.
  const sleeps = recent.filter(({ type }) => type === 'server.sleep').length
  if (times.length < MOST_RECONNECTS || sleeps * 2 >= times.length) return undefined
  const every = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1)
  return finding(
    'reconnects',
    `It reconnects about every ${ageText(every)}: ${times.length} times in the logs of the last ${ageText(sinceMs)}.`,
    `impt log get -d ${id}`,
  )
}

function memory({ id, logs, build }: DeviceFacts): Finding | undefined {
  const last = entriesOf(logs).findLast(
    ({ type, msg, ts }) =>
      type !== 'server.log' &&
      type !== 'agent.log' &&
      /out of (?:memory|space)/i.test(msg) &&
      (build === null || ts >= build.deployedAt),
  )
  if (!last) return undefined
  return finding('memory', `Its code does not fit: ${short(last.msg)} (${last.ts}).`, `impt log get -d ${id}`)
}

function fails({ id, logs, build }: DeviceFacts, { now, sinceMs }: Limits): Finding | undefined {
  const all = entriesOf(logs)
  const errors = all.filter(
    ({ type, msg }) => /^(?:server|agent)\.error$/.test(type) && !/out of memory/i.test(msg),
  )
  const fresh = errors.filter(
    ({ ts }) => now - Date.parse(ts) <= sinceMs && (build === null || ts >= build.deployedAt),
  )
  const last = fresh.at(-1)
  if (!last) return undefined
  const what = `${short(last.msg)} (${fresh.length === 1 ? 'once' : `${fresh.length} times`}, last at ${last.ts})`
  const look = `impt log get -d ${id}`
  if (build === null) return finding('fails', `It fails: ${what}.`, look)
  const before = all.filter(({ ts }) => ts < build.deployedAt)
  if (before.length === 0)
    return finding('fails', `It fails: ${what}. No logs from before ${build.label} were read.`, look)
  return errors.some(({ ts }) => ts < build.deployedAt)
    ? finding('fails', `It fails, and did before ${build.label}: ${what}.`, look)
    : finding('fails', `It fails since ${build.label}: ${what}.`, look)
}

/** Agents of devices that are away for long are stopped by the cloud. */
function agentStopped(
  { id, online, stateSince, ...facts }: DeviceFacts,
  { now }: Limits,
): Finding | undefined {
  if (!lacksAgent(facts) || online !== false || stateSince === null) return undefined
  const away = now - Date.parse(stateSince)
  if (away < AGENT_PATIENCE_MS) return undefined
  return finding(
    'agent-stopped',
    `Its agent was stopped for want of contact: the device went offline ${ageText(away)} ago.`,
    `impt device history -d ${id}`,
  )
}

function agentDown(facts: DeviceFacts, limits: Limits): Finding | undefined {
  if (!lacksAgent(facts) || agentStopped(facts, limits) !== undefined) return undefined
  return finding('agent-down', 'Its agent does not run.', `impt log get -d ${facts.id}`)
}

/** Whether there is code for an agent, and none runs. */
function lacksAgent({ agentRunning, group }: Pick<DeviceFacts, 'agentRunning' | 'group'>): boolean {
  return agentRunning === false && group !== null && (group === 'unread' || group.hasBuild)
}

function finding(code: FindingCode, sentence: string, command: string): Finding {
  return { code, sentence, try: command }
}

function entriesOf(logs: DeviceFacts['logs']): readonly LogEntry[] {
  return logs === 'unread' ? [] : logs
}

/** Whether the device itself must have been there for it: agents talk without their devices. */
function isOfDevice({ type, msg }: LogEntry): boolean {
  if (type === 'status') return /^(?:Device connected|Connected by|Downloading new code)/.test(msg)
  return type.startsWith('server.') || type === 'powerstate' || type === 'lastexitcode' || type === 'firmware'
}

function isConnect({ type, msg }: LogEntry): boolean {
  return type === 'status' && msg.startsWith('Device connected')
}

function since(time: string | null, now: number): string {
  return time === null ? '' : ` since ${time} (${ageText(Math.max(0, now - Date.parse(time)))})`
}

function short(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? ''
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}...` : line.replace(/\.$/, '')
}
