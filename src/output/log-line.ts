import type { LogEntry } from './result.ts'
import { visible } from './visible.ts'

/**
 * One log entry as text (log.md): `<ts> [<type>] <msg>`, with `[<device id>] ` before it in streams. An entry of several lines becomes a
 * block between two `"""` lines.
 */
export function renderLogEntry(entry: LogEntry): string {
  const device = entry.device_id === undefined ? '' : `[${entry.device_id}] `
  const text = `${device}${entry.ts} [${entry.type}] ${entry.msg}`
  if (!text.includes('\n')) return `${visible(text)}\n`
  const lines = text.split(/\r?\n/).map((line) => `  ${visible(line)}\n`)
  return `"""\n${lines.join('')}"""\n`
}
