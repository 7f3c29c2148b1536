import { parseLine } from '../commands/argv.ts'
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
    const line = parseLine(rest)
    return line.kind === 'help' ? renderHelp(line.topic, Math.min(80, width ?? 80)) : null
  } catch (error) {
    // What is wrong with the line is told where it is run.
    if (error instanceof ImptError) return null
    throw error
  }
}
