/** The commands of the terminal front end. */
import { ImptError } from '../output/error.ts'

/** Each with its words and what it does. */
export const COMMANDS = {
  break: ['FILE:LINE | LINE | NAME [if EXPR]', 'stops there, or where a function of the name begins'],
  log: ['FILE:LINE TEXT {EXPR}', 'writes a text there and does not stop'],
  catch: ['uncaught | all | none', 'stops where errors are thrown'],
  delete: ['N', 'removes a breakpoint'],
  breaks: ['', 'lists the breakpoints'],
  run: ['', 'begins the program'],
  continue: ['', 'goes on up to the next stop'],
  step: ['', 'goes on to the next statement, into calls'],
  next: ['', 'goes on to the next statement, over calls'],
  out: ['', 'goes on until the function returns'],
  stack: ['', 'shows the calls'],
  frame: ['N', 'looks at a call of the stack'],
  thread: ['device | agent', 'looks at a side'],
  print: ['EXPR', 'shows a value'],
  set: ['NAME = EXPR', 'changes a variable'],
  locals: ['', 'shows the variables'],
  list: ['', 'shows the code around'],
  clock: ['', 'shows the virtual time'],
  restart: ['', 'begins the program anew, with the same breakpoints'],
  quit: ['', 'ends the session'],
  help: ['', 'shows this'],
} as const satisfies Readonly<Record<string, readonly [words: string, does: string]>>

export type CommandName = keyof typeof COMMANDS
const NAMES = Object.keys(COMMANDS) as CommandName[]

/** A breakpoint as the front end keeps it: a line of a file, or a function. */
export type Known = {
  id: number
  file?: string
  line?: number
  name?: string | undefined
  condition?: string
  hits?: string
  log?: string
}

/** The command that a word means: its name, or an unambiguous beginning. Throws USAGE. */
export function commandOf(word: string): CommandName {
  const whole = NAMES.find((name) => name === word)
  if (whole !== undefined) return whole
  const fits = NAMES.filter((name) => name.startsWith(word))
  // The letters of other debuggers.
  const short = SHORT.get(word)
  if (short !== undefined) return short
  if (fits.length === 1 && fits[0] !== undefined) return fits[0]
  throw new ImptError(
    'USAGE',
    fits.length > 1
      ? `"${word}" may be ${fits.join(' or ')}`
      : `there is no command "${word}"; "help" lists what there is`,
  )
}

const SHORT: ReadonlyMap<string, CommandName> = new Map(
  Object.entries({
    b: 'break',
    c: 'continue',
    l: 'list',
    s: 'step',
    bt: 'stack',
  } as const),
)

/** `FILE:LINE`, `LINE` or `NAME`, with `if EXPR` behind. */
export function parseBreak(text: string): {
  file?: string
  line?: number
  name: string
  rest: { condition?: string }
} {
  const [, place = text, condition] = /^(.*?)\s+if\s+(.+)$/s.exec(text) ?? []
  const rest = condition === undefined ? {} : { condition }
  const [, file, line] = /^(?:(.+):)?(\d+)$/.exec(place.trim()) ?? []
  if (line === undefined) return { name: place.trim(), rest }
  return { ...(file === undefined ? {} : { file }), line: Number(line), name: '', rest }
}

export function helpText(): string {
  const rows = Object.entries(COMMANDS).map(
    ([name, [words, does]]) => [`${name} ${words}`.trim(), does] as const,
  )
  const width = Math.max(...rows.map(([usage]) => usage.length))
  return (
    rows.map(([usage, does]) => `  ${usage.padEnd(width)}  ${does}\n`).join('') +
    'The beginning of a command is enough; an empty line repeats step or next.\n'
  )
}
