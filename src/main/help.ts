import { namedBy, topicOf } from '../commands/named.ts'
import { renderHelp } from '../commands/help.ts'
import { ImptError } from '../output/error.ts'
import { takeGlobals } from './globals.ts'
import { isScript } from './script-word.ts'

/**
 * The help that a command line asks for with `--help` or `-h` anywhere (commands.md 2); null if it asks for something else. Loads no more than
 * the table of commands.
 */
export function helpFor(argv: readonly string[], width: number | undefined): string | null {
  try {
    const { rest } = takeGlobals(argv)
    const [first = ''] = rest
    if (isScript(first)) return null
    const named = namedBy(rest)
    // What follows the file of "run" belongs to the script.
    const isScripts = named.command?.words?.some(({ dashes }) => dashes === 'all') === true
    if (!named.help || (isScripts && named.rest.some((word) => !word.startsWith('-')))) return null
    return renderHelp(topicOf(named), Math.min(80, width ?? 80))
  } catch (error) {
    // What is wrong with the line is told where it is run.
    if (error instanceof ImptError) return null
    throw error
  }
}
