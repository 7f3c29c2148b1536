import { visible } from '../output/visible.ts'
import type { Clock } from './clock.ts'

type Kind = 'info' | 'test' | 'warning' | 'error'
type Colour = 'green' | 'red' | 'cyan' | 'yellow' | 'grey'
type Part = 'TestHelper' | 'TestSession' | 'TestLogsParser' | 'TestWatchdog'

/** The lines that a test run prints as it goes (test-run.md 7). */
export interface Journal {
  info(text: string): void
  test(text: string, colour?: Colour): void
  warning(text: string): void
  error(text: string): void
  /** A line without a prefix, where info lines are shown. */
  plain(text: string, colour?: Colour): void
  /** A line without a prefix that belongs to an error. */
  note(text: string): void
  /** What an external command wrote. */
  external(text: string): void
  blank(): void
  debug(part: Part, text: string): void
  /** A journal whose lines are kept back until it is opened, so that sessions that run side by side do not mix. */
  branch(): Branch
}

export interface Branch extends Journal {
  open(): void
}

interface Line {
  /** Milliseconds of the clock. */
  readonly at: number
  readonly level: 'debug' | 'info' | 'always'
  readonly kind?: Kind
  readonly text: string
  readonly colour?: Colour | undefined
}

interface JournalOptions {
  readonly clock: Clock
  /** Takes text that is ready for the screen. */
  readonly print: (text: string) => void
  readonly colour: boolean
  /** What is shown: `minimal` has no info lines, `debug` has everything. */
  readonly mode: 'minimal' | 'default' | 'debug'
}

const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
  grey: [90, 39],
}
const PREFIXES: Readonly<Record<Kind, Colour | undefined>> = {
  info: undefined,
  test: 'grey',
  warning: 'yellow',
  error: 'red',
}

/** Makes the journal of a run. Times count from its first line. */
export function createJournal({ clock, print, colour, mode }: JournalOptions): Journal {
  let first: number | undefined
  let previous = 0

  function write({ at, level, kind, text, colour: of }: Line): void {
    if (level === 'debug' ? mode !== 'debug' : level === 'info' && mode === 'minimal') return
    const shown = paint(visible(text, true), of)
    print(kind === undefined ? `${shown}\n` : `${prefix(at, kind)} ${shown}\n`)
  }

  function prefix(at: number, kind: Kind): string {
    const times = first === undefined ? '' : `+${seconds(at - first)}/${seconds(at - previous)}s `
    first ??= at
    previous = at
    return paint(`[${times}${kind}]`, PREFIXES[kind])
  }

  function paint(text: string, name: Colour | undefined): string {
    if (!colour || name === undefined || text === '') return text
    const [on, off] = CODES[name]
    return `\x1b[${on}m${text}\x1b[${off}m`
  }

  return journalOver(write, clock)
}

function journalOver(write: (line: Line) => void, clock: Clock): Journal {
  const line = (level: Line['level'], kind: Kind | undefined, text: string, colour?: Colour) =>
    write({ at: clock.now(), level, text, colour, ...(kind === undefined ? {} : { kind }) })
  return {
    info: (text) => line('info', 'info', text),
    test: (text, colour) => line('always', 'test', text, colour),
    warning: (text) => line('info', 'warning', text, 'yellow'),
    error: (text) => line('always', 'error', text, 'red'),
    plain: (text, colour) => line('info', undefined, text, colour),
    note: (text) => line('always', undefined, text),
    external(text) {
      for (const part of text.split('\n')) line('always', undefined, `> ${part}`, 'cyan')
    },
    blank: () => line('always', undefined, ''),
    debug: (part, text) => line('debug', undefined, `[debug:${part}] ${text}`),
    branch() {
      let kept: Line[] | undefined = []
      return {
        ...journalOver((one) => (kept ? void kept.push(one) : write(one)), clock),
        open() {
          const lines = kept ?? []
          kept = undefined
          lines.forEach(write)
        },
      }
    },
  }
}

function seconds(ms: number): string {
  return (Math.max(0, ms) / 1000).toFixed(2)
}
