import { existsSync } from 'node:fs'
import { topicOf } from '../commands/topic.ts'
import { renderHelp } from '../commands/help.ts'

/** First words that are no commands: they know `--help` themselves. */
const OTHERS = new Set(['-c', '-', 'run', 'check', 'help'])

/**
 * The help that a command line asks for with `--help` or `-h` anywhere (commands.md 2); null if it asks for something else. Loads no more than
 * the table of commands.
 */
export function helpFor(argv: readonly string[], width: number | undefined): string | null {
  const words = argv.slice(
    argv.findIndex((word) => !/^--(?:sandbox|no-session|color|no-color|plain)$/.test(word)),
  )
  const [first = ''] = words
  if (OTHERS.has(first) || first.endsWith('.imptsh') || (first.includes('/') && existsSync(first)))
    return null
  const end = words.indexOf('--')
  const meant = end < 0 ? words : words.slice(0, end)
  if (!meant.includes('--help') && !meant.includes('-h')) return null
  return renderHelp(topicOf(meant), Math.min(80, width ?? 80))
}
