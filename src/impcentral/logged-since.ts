import type { Client } from './client.ts'
import { PAGE_SIZE } from './paging.ts'
import type { LogEntry } from './types.ts'

/** What is stored now of a device and was not in `before`, the first page of then, the oldest first. Equal entries count as often as they come. */
export async function loggedSince(
  client: Client,
  id: string,
  before: readonly LogEntry[],
): Promise<readonly LogEntry[]> {
  const known = new Map<string, number>()
  for (const entry of before) known.set(keyOf(entry), (known.get(keyOf(entry)) ?? 0) + 1)
  const times = before.map(({ ts }) => Date.parse(ts))
  // A full page tells nothing of what is older than itself.
  const oldest = before.length < PAGE_SIZE ? -Infinity : Math.min(...times)
  const found: LogEntry[] = []
  for await (const entry of client.devices.logs(id, { since: Math.max(...times) })) {
    const left = known.get(keyOf(entry)) ?? 0
    if (left > 0) known.set(keyOf(entry), left - 1)
    else if (!(Date.parse(entry.ts) <= oldest)) found.push(entry)
  }
  return found.reverse()
}

function keyOf(entry: LogEntry): string {
  return JSON.stringify(entry)
}
