import { emitKeypressEvents, type Interface } from 'node:readline'
import { keyOf, type Key, type KeyPress } from '../editor/key.ts'

const PASTE_ON = '\x1b[?2004h'
const PASTE_OFF = '\x1b[?2004l'
/** How long an escape waits for the rest of its sequence, in ms: an Esc key alone must feel quick. */
const ESCAPE_WAIT_MS = 50

export interface TerminalStreams {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
}

/** The terminal in raw mode, as a source of keys. */
export interface Terminal {
  readonly columns: number
  readonly rows: number
  readonly write: (text: string) => void
  /** Raw mode and bracketed paste on; keys go to the listeners. */
  readonly take: () => void
  /** Everything back as it was: for children, questions and the end. May be called again and again. */
  readonly release: () => void
}

/** What happens at the terminal. */
export interface TerminalListener {
  readonly key: (key: Key) => void
  readonly resized: () => void
  /** The terminal has gone. */
  readonly ended: () => void
}

export function createTerminal({ input, output }: TerminalStreams, listener: TerminalListener): Terminal {
  let taken = false
  let pasted: string[] | undefined

  const onKeyPress = (text: string | undefined, press: KeyPress) => {
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
  }
  const onResize = () => listener.resized()
  const onEnd = () => listener.ended()

  return {
    get columns() {
      return output.columns || 80
    },
    get rows() {
      return output.rows || 24
    },
    write: (text) => void output.write(text),
    take() {
      if (taken) return
      taken = true
      emitKeypressEvents(input, { escapeCodeTimeout: ESCAPE_WAIT_MS } as unknown as Interface)
      input.setRawMode?.(true)
      input.on('keypress', onKeyPress)
      input.on('end', onEnd)
      output.on('resize', onResize)
      input.resume()
      output.write(PASTE_ON)
    },
    release() {
      if (!taken) return
      taken = false
      pasted = undefined
      input.off('keypress', onKeyPress)
      input.off('end', onEnd)
      output.off('resize', onResize)
      output.write(PASTE_OFF)
      input.setRawMode?.(false)
      input.pause()
    },
  }
}
