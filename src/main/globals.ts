import { ImptError } from '../output/error.ts'

/** Options that stand before everything else and concern the program, not a command. */
export interface Globals {
  readonly sandbox: boolean
  readonly noSession: boolean
  readonly color?: boolean
  readonly plain: boolean
}

/** Takes the options of the program off the front of a command line. Throws USAGE for a value on one of them. */
export function takeGlobals(argv: readonly string[]): {
  readonly globals: Globals
  readonly rest: readonly string[]
} {
  let globals: Globals = { sandbox: false, noSession: false, plain: false }
  let index = 0
  for (; index < argv.length; index++) {
    const [name, value] = (argv[index] ?? '').split('=', 2)
    const next = change(name ?? '')
    if (!next) break
    if (value !== undefined) throw new ImptError('USAGE', `Option "${name}" takes no value.`)
    globals = { ...globals, ...next }
  }
  return { globals, rest: argv.slice(index) }
}

function change(name: string): Partial<Globals> | null {
  switch (name) {
    case '--sandbox':
      return { sandbox: true }
    case '--no-session':
      return { noSession: true }
    case '--color':
      return { color: true }
    case '--no-color':
      return { color: false }
    case '--plain':
      return { plain: true }
    default:
      return null
  }
}
