import type { Client } from '../../impcentral/client.ts'
import type { LogStreamEvent } from '../../impcentral/logstream.ts'
import type { ClientNeeds, Session } from '../../session/session.ts'

/** What happens to the one stream that all share, for people. */
type Notice = (text: string) => void

interface Follower {
  readonly devices: ReadonlySet<string>
  readonly queue: LogStreamEvent[]
  wake: () => void
  error?: unknown
  ended: boolean
}

/** What one upstream stream serves: the followers of one login. */
interface Hub {
  readonly followers: Set<Follower>
  stop: AbortController
  /** The devices of the upstream stream. */
  devices: ReadonlySet<string>
}

/**
 * A session whose log streams share one stream of the server, since an account has only one (impcentral-api.md 7): a second follower of other
 * devices makes a new upstream stream of all devices, and nobody is closed by another.
 */
export function withSharedLogs(session: Session, notice: Notice): Session {
  const hubs = new Map<string, Hub>()
  async function client(directory: string, needs: ClientNeeds): Promise<Client> {
    const [made, endpoint] = await Promise.all([
      session.client(directory, needs),
      session.endpoint(directory),
    ])
    const key = `${endpoint} ${session.sandbox ? '' : directory}`
    const hub = hubs.get(key) ?? { followers: new Set(), stop: new AbortController(), devices: new Set() }
    hubs.set(key, hub)
    // The upstream stream outlives the command that opened it, so it has a client of its own.
    const upstream = () => session.client(directory, { ...needs, signal: new AbortController().signal })
    return {
      ...made,
      logStream: (devices, signal) =>
        follow(hub, upstream, new Set(devices), anyOf(needs.signal, signal), notice),
    }
  }
  return { ...session, client, sharesLogs: true }
}

async function* follow(
  hub: Hub,
  upstream: () => Promise<Client>,
  devices: ReadonlySet<string>,
  signal: AbortSignal,
  notice: Notice,
): AsyncGenerator<LogStreamEvent, void, undefined> {
  const follower: Follower = { devices, queue: [], wake: () => undefined, ended: false }
  const wake = () => follower.wake()
  signal.addEventListener('abort', wake, { once: true })
  hub.followers.add(follower)
  try {
    const missing = [...devices].some((device) => !hub.devices.has(device))
    if (missing) reopen(hub, upstream, notice)
    else follower.queue.push({ kind: 'opened', devices: [...devices] })
    for (;;) {
      const event = follower.queue.shift()
      if (event) {
        yield event
        if (event.kind === 'closed') return
        continue
      }
      signal.throwIfAborted()
      if (follower.error !== undefined) throw follower.error
      if (follower.ended) return
      await new Promise<void>((resolve) => {
        follower.wake = resolve
      })
    }
  } finally {
    signal.removeEventListener('abort', wake)
    hub.followers.delete(follower)
    if (hub.followers.size === 0) {
      hub.stop.abort()
      hub.devices = new Set()
    }
  }
}

/** Opens one stream for the devices of all followers; the old one is given up when the new one is there. */
function reopen(hub: Hub, upstream: () => Promise<Client>, notice: Notice): void {
  const before = hub.stop
  const stop = new AbortController()
  const devices = new Set([...hub.followers].flatMap((follower) => [...follower.devices]))
  const known = hub.devices
  hub.stop = stop
  hub.devices = devices
  const isCurrent = () => hub.stop === stop
  void (async () => {
    try {
      const client = await upstream()
      before.abort()
      for await (const event of client.logStream([...devices], stop.signal)) {
        if (!isCurrent()) return
        deliver(hub, event, known, notice)
      }
      if (isCurrent()) endAll(hub)
    } catch (error) {
      before.abort()
      if (isCurrent() && !stop.signal.aborted) endAll(hub, error)
    }
  })()
}

function deliver(hub: Hub, event: LogStreamEvent, known: ReadonlySet<string>, notice: Notice): void {
  if (event.kind === 'reconnecting' && event.attempt === 1)
    notice(`the log stream is lost, trying to reconnect (${event.reason})`)
  if (event.kind === 'resumed')
    notice(`the log stream is back, ${event.backfilled} entries of the meantime follow`)
  for (const follower of hub.followers) {
    if (event.kind === 'entry' && !follower.devices.has(event.entry.device_id)) continue
    if (event.kind === 'dropped' && !follower.devices.has(event.deviceId)) continue
    if (event.kind === 'opened') {
      // Who was there before has been told already.
      if ([...follower.devices].every((device) => known.has(device))) continue
      follower.queue.push({ ...event, devices: [...follower.devices] })
    } else follower.queue.push(event)
    follower.wake()
  }
}

function endAll(hub: Hub, error?: unknown): void {
  for (const follower of hub.followers) {
    follower.ended = true
    if (error !== undefined) follower.error = error
    follower.wake()
  }
  hub.devices = new Set()
}

function anyOf(first: AbortSignal, second: AbortSignal | undefined): AbortSignal {
  return second === undefined ? first : AbortSignal.any([first, second])
}
