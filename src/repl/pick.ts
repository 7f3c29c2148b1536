import { canceled, INTERRUPTED } from '../output/error.ts'
import type { OpenTerminal } from '../output/terminal.ts'
import { visible } from '../output/visible.ts'
import { columnsOf, cutTo, previousBoundary } from './editor/graphemes.ts'
import { menuRows } from './screen/menu-rows.ts'

/** What is asked: `names` are what can be chosen, `first` is chosen to begin with. */
interface Pick {
  readonly names: readonly string[]
  readonly question: string
  readonly first: number
  readonly signal: AbortSignal
}

/** Where the menu is: the part of a name that was typed, and which of the names that hold it is chosen. */
interface State {
  readonly part: string
  readonly selected: number
}

const KEYS = /\x1b\[[\d;]*[A-Za-z~]|\x1bO[A-Za-z]|[\0-\x1f\x7f]|[^\0-\x1f\x7f]+/g
const STEPS: Readonly<Record<string, number>> = {
  '\x1b[A': -1,
  '\x1bOA': -1,
  '\x10': -1,
  '\x1b[Z': -1,
  '\x1b[B': 1,
  '\x1bOB': 1,
  '\x0e': 1,
  '\t': 1,
}

/**
 * A menu on a terminal: arrows go through it, typing leaves what holds the text, Enter takes the chosen one. Gives its position in `names`.
 * Throws CANCELLED on Ctrl-C and Esc, and at the end of the input.
 */
export function pick({ keyboard, stderr, colour, progress }: OpenTerminal, given: Pick): Promise<number> {
  const { names, signal } = given
  const question = visible(given.question, true)
  let state: State = { part: '', selected: given.first }
  signal.throwIfAborted()
  progress(null)
  const draw = (): void => {
    const { columns, rows } = stderr
    const left = matching(names, state.part)
    const items = left.map((position) => ({ insert: '', label: names[position] ?? '' }))
    const note = left.length === 0 ? 'nothing holds this text' : undefined
    const menu = { items, selected: state.selected, start: 0, end: 0, ...(note && { note }) }
    const lines = menuRows(menu, { columns, rows, colour })
    const asked = `${cutTo(question.trimEnd(), columns - 12)} ${visible(state.part)}`
    const back = lines.length === 0 ? '' : `\x1b[${lines.length}A`
    stderr.write(`\r\x1b[J${[asked, ...lines].join('\n')}${back}\r\x1b[${columnsOf(asked)}C`)
  }
  return new Promise((resolve, reject) => {
    let isDone = false
    const finish = (shown: string, settle: () => void): void => {
      if (isDone) return
      isDone = true
      signal.removeEventListener('abort', cancel)
      hold.release()
      stderr.write(`\r\x1b[J${question.trimEnd()} ${shown}\n`)
      settle()
    }
    const cancel = (): void => finish('^C', () => reject(canceled(INTERRUPTED)))
    const hold = keyboard.hold({
      raw: true,
      typed(text) {
        const keys = text.match(KEYS) ?? []
        let at = 0
        for (; at < keys.length && !isDone; at += 1) {
          const key = keys[at] ?? ''
          const chosen = matching(names, state.part)[state.selected]
          if (key === '\x03' || key === '\x1b' || key === '\x04') cancel()
          else if (key !== '\r') state = pressed(state, key, names)
          else if (chosen !== undefined) finish(names[chosen] ?? '', () => resolve(chosen))
        }
        if (!isDone) draw()
        return keys.slice(at).join('')
      },
      ended: cancel,
    })
    signal.addEventListener('abort', cancel, { once: true })
    draw()
  })
}

/** What a key makes of the menu. Typing chooses the first of what is left. */
function pressed({ part, selected }: State, key: string, names: readonly string[]): State {
  const step = STEPS[key]
  if (step !== undefined) {
    const { length } = matching(names, part)
    return { part, selected: length === 0 ? 0 : (selected + step + length) % length }
  }
  if (key === '\x7f' || key === '\b')
    return { part: part.slice(0, previousBoundary(part, part.length)), selected: 0 }
  if (key === '\x15') return { part: '', selected: 0 }
  // Other control keys do nothing.
  return /^[\0-\x1f]/.test(key) ? { part, selected } : { part: part + key, selected: 0 }
}

/** The positions of the names that hold a text, whatever its case. */
function matching(names: readonly string[], part: string): readonly number[] {
  const text = part.toLowerCase()
  return names.flatMap((name, position) => (name.toLowerCase().includes(text) ? [position] : []))
}
