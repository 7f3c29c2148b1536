import type { WebSocket } from 'ws'
import type { Fleet, FleetChange } from './fleet.ts'
import type { DeviceRow, LogLine, ServerMessage } from './protocol.ts'

/** Devices that one part of the whole fleet holds: a browser takes it in without stopping. */
const PART = 2000
/** Changed devices that go out at once; more of them wait for the next time. */
const MOST_CHANGED = 500
/** Log lines a second that a page gets, and how many may come at once after a pause. */
const LINES_A_SECOND = 200
const LINES_AT_ONCE = 1000

/** What one page still has to be told. Of what changes, only the newest state is kept: a slow page skips, and nothing queues up. */
export interface Outbox {
  /** Tells the whole fleet anew. */
  readonly tellFleet: () => void
  readonly tellChange: (change: FleetChange) => void
  /** Of messages of one kind only the last is sent. */
  readonly tellLatest: (message: ServerMessage) => void
  /** Told as it is, at once. */
  readonly tell: (message: ServerMessage) => void
  readonly tellLines: (lines: readonly LogLine[]) => void
  /** Sends what waits, if the page has taken what came before. */
  readonly flush: () => void
}

export function createOutbox(socket: WebSocket, fleet: Fleet, now: () => number): Outbox {
  const latest = new Map<string, ServerMessage>()
  const changed = new Set<string>()
  const gone = new Set<string>()
  let parts: DeviceRow[][] = []
  let total = 0
  let sent = 0
  let lines: LogLine[] = []
  let skipped = 0
  let allowed = LINES_AT_ONCE
  let allowedAt = now()

  const send = (message: ServerMessage) => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), () => flush())
  }

  function flush(): void {
    if (socket.bufferedAmount > 0) return
    for (const [kind, message] of latest) {
      latest.delete(kind)
      send(message)
    }
    const part = parts.shift()
    if (part !== undefined) {
      const from = sent
      sent += part.length
      return send({ kind: 'devices', from, total, rows: part })
    }
  }

  function flushChanges(): void {
    if (parts.length > 0 || socket.bufferedAmount > 0) return
    if (changed.size > 0 || gone.size > 0) {
      const ids = [...changed].slice(0, MOST_CHANGED)
      for (const id of ids) changed.delete(id)
      const rows = ids.flatMap((id) => {
        const row = fleet.rows.get(id)
        return row === undefined ? [] : [row]
      })
      send({ kind: 'changed', rows, gone: [...gone] })
      gone.clear()
    }
    allowed = Math.min(LINES_AT_ONCE, allowed + ((now() - allowedAt) * LINES_A_SECOND) / 1000)
    allowedAt = now()
    if (lines.length > 0 || skipped > 0) {
      const most = Math.floor(allowed)
      skipped += Math.max(0, lines.length - most)
      const told = most === 0 ? [] : lines.slice(-most)
      allowed -= told.length
      lines = []
      send({ kind: 'log-lines', lines: told, skipped })
      skipped = 0
    }
  }

  return {
    tellFleet() {
      const rows = [...fleet.rows.values()]
      total = rows.length
      sent = 0
      parts = []
      for (let i = 0; i < rows.length || i === 0; i += PART) parts.push(rows.slice(i, i + PART))
      changed.clear()
      gone.clear()
      flush()
    },
    tellChange(change) {
      for (const id of change.gone) {
        changed.delete(id)
        gone.add(id)
      }
      for (const id of change.changed) {
        gone.delete(id)
        changed.add(id)
      }
    },
    tellLatest(message) {
      latest.set(message.kind, message)
      flush()
    },
    tell: send,
    tellLines(more) {
      lines.push(...more)
      const over = lines.length - LINES_AT_ONCE
      if (over <= 0) return
      skipped += over
      lines = lines.slice(over)
    },
    flush() {
      flush()
      flushChanges()
    },
  }
}
