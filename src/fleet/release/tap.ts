import type { Client } from '../../impcentral/client.ts'
import type { LogEntry } from '../../impcentral/types.ts'

/** Entries of a device that are kept: these decide, and a device may log for days. */
const MOST_ENTRIES = 1000

/** How long the stream may take to open before the restart goes on without it, in ms of the real clock. */
const OPENING_MS = 5000

/** The log stream over some devices of a wave: a sample, which the account's other streams may end at any time. */
export interface Tap {
  /** What came so far, by device. */
  readonly entries: ReadonlyMap<string, readonly LogEntry[]>
  /** Resolves at the next entry that may be an error, or never. */
  readonly alarm: () => Promise<void>
  readonly close: () => void
}

/** Opens the stream and waits until it is there, or cannot be had. Never throws: stored logs are the measure; `lost` is told why it ended before its time. */
export async function openTap(
  client: Client,
  devices: readonly string[],
  signal: AbortSignal,
  lost: (why: string) => void,
): Promise<Tap> {
  const entries = new Map<string, LogEntry[]>()
  const stop = new AbortController()
  const ended = AbortSignal.any([stop.signal, signal])
  let ring: () => void = () => undefined
  let alarmed = new Promise<void>((resolve) => (ring = resolve))
  let opened: () => void = () => undefined
  const isOpen = new Promise<void>((resolve) => (opened = resolve))

  const follow = async () => {
    try {
      for await (const event of client.logStream(devices, ended))
        switch (event.kind) {
          case 'opened':
            opened()
            break
          case 'entry': {
            const { device_id: id, ...entry } = event.entry
            const known = entries.get(id) ?? []
            entries.set(id, known)
            const isSign = /error|lastexitcode|status/.test(entry.type)
            // What a program logs says no more than that the device was seen.
            if (known.length > 0 && (!isSign || known.length >= MOST_ENTRIES)) break
            known.push(entry)
            if (isSign) ring()
            break
          }
          case 'closed':
            lost(event.reason)
            return
          default:
            break
        }
    } catch (error) {
      if (!ended.aborted) lost((error as Error).message)
    } finally {
      opened()
    }
  }
  void follow()
  const patience = setTimeout(opened, OPENING_MS)
  patience.unref()
  await isOpen
  clearTimeout(patience)
  return {
    entries,
    async alarm() {
      await alarmed
      alarmed = new Promise<void>((resolve) => (ring = resolve))
    },
    close: () => stop.abort(),
  }
}
