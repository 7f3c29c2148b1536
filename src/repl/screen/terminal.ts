import { EventEmitter } from 'node:events'
import { emitKeypressEvents, type Interface } from 'node:readline'
import { keystrokes, type Hold, type Keyboard } from '../../output/keyboard.ts'
import { keyOf, type Key, type KeyPress } from '../editor/key.ts'

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'
/** How long an escape waits for the rest of its sequence, in ms: an Esc key alone must feel quick. */
const ESCAPE_WAIT_MS = 50

export interface TerminalStreams {
  readonly keyboard: Keyboard
  readonly output: NodeJS.WriteStream
}

/** The terminal in raw mode, as a source of keys. */
export interface KeyTerminal {
  readonly columns: number
  readonly rows: number
  readonly write: (text: string) => void
  /** Raw mode and bracketed paste on; keys go to the listeners. */
  readonly take: () => void
  /** Keys are taken again: those that came meanwhile are typed now. */
  readonly wake: () => void
  /** Bracketed paste off and on again around what others write and read. */
  readonly lower: () => void
  readonly raise: () => void
  /** Everything back as it was; may be called again and again. */
  readonly release: () => void
}

/** What happens at the terminal. */
interface TerminalListener {
  /** Whether keys are taken now. What is typed while they are not waits, except for the keys of `whileBusy`. */
  readonly takes: () => boolean
  readonly key: (key: Key) => void
  /** Gets what is typed while no key is taken; gives what is to wait. */
  readonly whileBusy: (text: string) => string
  readonly resized: () => void
  /** The terminal has gone. */
  readonly ended: () => void
}

export function createTerminal(
  { keyboard, output }: TerminalStreams,
  listener: TerminalListener,
): KeyTerminal {
  let hold: Hold | undefined
  let pasted: string[] | undefined
  const keys = new EventEmitter()
  emitKeypressEvents(
    keys as unknown as NodeJS.ReadStream,
    { escapeCodeTimeout: ESCAPE_WAIT_MS } as unknown as Interface,
  )
  keys.on('keypress', (text: string | undefined, press: KeyPress) => {
    if (press.name === 'paste-start') {
      pasted = []
    } else if (press.name === 'paste-end') {
      const all = pasted?.join('') ?? ''
      pasted = undefined
      if (all !== '') listener.key({ kind: 'paste', text: all })
    } else if (pasted) {
      pasted.push(text ?? press.sequence ?? '')
    } else {
      const key = keyOf(text, press)
      if (key) listener.key(key)
    }
  })

  function typed(text: string): string {
    const strokes = keystrokes(text)
    let at = 0
    while (at < strokes.length && listener.takes()) keys.emit('data', strokes[at++])
    const rest = strokes.slice(at).join('')
    return rest === '' ? '' : listener.whileBusy(rest)
  }

  return {
    get columns() {
      return output.columns || 80
    },
    get rows() {
      return output.rows || 24
    },
    write: (text) => void output.write(text),
    take() {
      if (hold) return
      output.on('resize', listener.resized)
      hold = keyboard.hold({ raw: true, typed, ended: () => listener.ended() })
      output.write(PASTE_ON)
    },
    wake: () => hold?.again(),
    lower: () => void (hold && output.write(PASTE_OFF)),
    raise: () => void (hold && output.write(PASTE_ON)),
    release() {
      if (!hold) return
      output.write(PASTE_OFF)
      output.off('resize', listener.resized)
      pasted = undefined
      hold.release()
      hold = undefined
    },
  }
}
