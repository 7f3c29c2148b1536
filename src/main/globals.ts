import { optionSpelled } from '../commands/scan.ts'
import { globalOptions } from '../commands/table/index.ts'
import { ImptError } from '../output/error.ts'

/** Options that stand before everything else and concern the program, not a command. */
export interface Globals {
  readonly sandbox: boolean
  readonly noSession: boolean
  readonly color?: boolean
  readonly plain: boolean
  /** The target of `--at`. */
  readonly at?: string
}

const PROGRAM = { name: 'impt', options: globalOptions }

/** Takes the options of the program off the front of a command line; `-c` begins a script and ends them. Throws USAGE for a value on one that takes none. */
export function takeGlobals(argv: readonly string[]): {
  readonly globals: Globals
  readonly rest: readonly string[]
} {
  const given = new Set<string>()
  let at: string | undefined
  let index = 0
  for (; index < argv.length; index++) {
    const word = argv[index] ?? ''
    const option = optionSpelled(PROGRAM, { text: word })
    if (option?.name === 'at') {
      const value = word.includes('=') ? word.slice(word.indexOf('=') + 1) : argv[++index]
      if (!value) throw new ImptError('USAGE', 'Option "--at" needs the name of a target.')
      at = value
      continue
    }
    if (option?.kind !== 'flag') break
    if (word.includes('=')) throw new ImptError('USAGE', `Option "--${option.name}" takes no value.`)
    given.add(option.name)
    // The last one of two that contradict each other counts.
    if (option.name === 'color') given.delete('no-color')
  }
  if (at !== undefined && given.has('sandbox'))
    throw new ImptError('USAGE', 'Options "--at" and "--sandbox" cannot be used together.', {
      hint: 'The sandbox has an account of its own: leave one of them out',
    })
  const colour = given.has('no-color') ? { color: false } : given.has('color') ? { color: true } : {}
  return {
    globals: {
      sandbox: given.has('sandbox'),
      noSession: given.has('no-session'),
      plain: given.has('plain'),
      ...colour,
      ...(at === undefined ? {} : { at }),
    },
    rest: argv.slice(index),
  }
}
