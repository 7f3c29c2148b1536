import type { LogEntry } from '../../impcentral/types.ts'
import type { Earlier, Evidence } from './types.ts'

/** More starts than these since the restart are a loop, unless the device did so before. */
const MOST_STARTS = 3
/** Errors of a device that are remembered, and characters of each. */
const MOST_KNOWN = 50
const LONGEST = 200

/** An error without numbers and hex, which change from one time to the next: what makes two entries the same error. */
export function signatureOf({ type, msg }: LogEntry): string {
  const text = msg.replaceAll(/\b(?:0x[0-9a-f]+|[0-9a-f]*\d[0-9a-f]*)\b/gi, '#').replaceAll(/\d+/g, '#')
  return `${type} ${text}`.slice(0, LONGEST)
}

/** Which way an entry counts against a build (impcentral-api.md 7); undefined for the rest. */
function faultOf({ type, msg }: LogEntry): 'error' | 'memory' | undefined {
  if (/out of memory|out of space/i.test(msg) && type !== 'server.log' && type !== 'agent.log')
    return 'memory'
  if (type === 'server.error' || type === 'agent.error') return 'error'
  return undefined
}

/** Whether an entry says that the device or its agent took code. */
function isLoad({ msg, type }: LogEntry): boolean {
  return type === 'status' && /^(?:Downloading new code|Agent restarted: reload)/.test(msg)
}

/** How often a device came up: by whichever of the signs it gives most. */
function startsIn(entries: readonly LogEntry[]): number {
  const count = (is: (entry: LogEntry) => boolean) => entries.filter(is).length
  return Math.max(
    count(({ type, msg }) => type === 'status' && msg.startsWith('Downloading new code')),
    count(({ type, msg }) => type === 'status' && msg.startsWith('Device connected')),
    count(({ type }) => type === 'lastexitcode'),
  )
}

/** A device and its agent take the code of one deploy within so many milliseconds. */
const ONE_DEPLOY = 60_000

/**
 * The entries of the build that a device ran last: from when it, or its agent, last took code; all where the log does not tell. What an older build
 * logged says nothing: it may be the very one that failed here before, and is released once more.
 */
function ofLastBuild(entries: readonly LogEntry[]): readonly LogEntry[] {
  const loads = entries.filter(isLoad).sort((a, b) => (a.ts < b.ts ? 1 : -1))
  const [last, before] = loads
  if (last === undefined) return entries
  const isOfAgent = ({ msg }: LogEntry): boolean => msg.startsWith('Agent')
  const isOneDeploy =
    before !== undefined &&
    isOfAgent(before) !== isOfAgent(last) &&
    Date.parse(last.ts) - Date.parse(before.ts) < ONE_DEPLOY
  const from = isOneDeploy ? before.ts : last.ts
  return entries.filter(({ ts }) => ts >= from)
}

/** The entries before a device took a build that was made at `created`, by itself: what follows was logged by that build. */
function beforeBuild(entries: readonly LogEntry[], created: string | undefined): readonly LogEntry[] {
  if (created === undefined) return entries
  const made = Date.parse(created)
  const taken = entries.filter((entry) => isLoad(entry) && Date.parse(entry.ts) > made).map(({ ts }) => ts)
  const [first] = taken.sort()
  return first === undefined ? entries : entries.filter(({ ts }) => ts < first)
}

/**
 * What a log says of a device before it took the build of a release, which was made at `created`. `span`: the length of a watch in ms, for how often
 * it starts. Entries in any order.
 */
export function earlierOf(all: readonly LogEntry[], span: number, created?: string): Earlier {
  const entries = beforeBuild(all, created)
  const since = entries.reduce((latest, { ts }) => (ts > latest ? ts : latest), '')
  const from = Date.parse(since) - span
  const errors = ofLastBuild(entries)
    .filter((entry) => faultOf(entry) !== undefined)
    .map(signatureOf)
  return {
    since,
    errors: [...new Set(errors)].slice(0, MOST_KNOWN),
    starts: startsIn(entries.filter(({ ts }) => Date.parse(ts) >= from)),
  }
}

/**
 * What a device's log shows since its restart. `span`: the length of a watch in ms, in which starts are counted, as before: a release that
 * rested for days has seen more of them, and they mean nothing.
 */
export function seenIn(
  device: string,
  entries: readonly LogEntry[],
  { since, errors, starts }: Earlier,
  span = Infinity,
): { readonly loaded: boolean; readonly evidence: readonly Evidence[] } {
  // The server's clock says what is new, not ours.
  const fresh = entries.filter(({ ts }) => ts > since).sort((a, b) => (a.ts < b.ts ? -1 : 1))
  const known = new Set(errors)
  const evidence: Evidence[] = []
  for (const entry of fresh) {
    const what = faultOf(entry)
    if (what === undefined || known.has(signatureOf(entry))) continue
    evidence.push({ device, what, text: entry.msg.slice(0, LONGEST) })
    break
  }
  const from = Date.parse(fresh.at(-1)?.ts ?? '') - Math.max(span, ONE_DEPLOY)
  const again = startsIn(fresh.filter(({ ts }) => !(Date.parse(ts) < from)))
  if (evidence.length === 0 && again > MOST_STARTS + 2 * starts)
    evidence.push({ device, what: 'reboots', text: `started ${again} times since the restart` })
  return { loaded: fresh.some(isLoad), evidence }
}
