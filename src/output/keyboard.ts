import { StringDecoder } from 'node:string_decoder'
import { isTerminal } from './is-terminal.ts'

/** Whoever reads what is typed. */
export interface Holder {
  /** Keys come one by one and unechoed; else the terminal edits and echoes whole lines by itself. */
  readonly raw: boolean
  /** Gets what was typed and gives back the rest, which is for whoever reads next. */
  readonly typed: (text: string) => string
  /** Nothing more will come; `rest` was typed and not taken. */
  readonly ended: (rest: string) => void
}

export interface Hold {
  /** What was given back is offered again: the holder takes more now. */
  readonly again: () => void
  readonly release: () => void
}

/** The one reader of an input. Holders stand on each other: the newest one reads, and after it the one before. */
export interface Keyboard {
  readonly isTerminal: boolean
  /** A program has the terminal. */
  readonly isLent: boolean
  readonly hold: (holder: Holder) => Hold
  /**
   * Gives the terminal away while `use` runs. Reading has stopped before it begins; afterwards the terminal is set as it was before,
   * whatever was done to it.
   */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>
}

/** Makes the reader of an input; there is one for each input of the process. Nothing is read, and no mode changed, while nobody holds it. */
export function createKeyboard(input: NodeJS.ReadStream): Keyboard {
  const isTyped = isTerminal(input)
  const decoder = new StringDecoder('utf8')
  const holders: Holder[] = []
  let text = ''
  let lent = 0
  let isOpen = false
  let isEnded = false
  let isRaw = false
  let modes: string | undefined

  function open(): void {
    if (isOpen) return
    isOpen = true
    input.on('data', (chunk: Buffer | string) => {
      text += typeof chunk === 'string' ? chunk : decoder.write(chunk)
      offer()
    })
    const end = () => {
      isEnded = true
      offer()
    }
    // A terminal that was closed gives an error in place of an end.
    input.once('end', end).once('close', end).once('error', end)
  }

  function offer(): void {
    for (;;) {
      const top = holders.at(-1)
      if (!top || lent > 0) return
      const taken = text
      text = ''
      if (taken !== '') text = top.typed(taken) + text
      if (holders.at(-1) !== top) continue
      if (!isEnded) return
      const rest = text
      text = ''
      top.ended(rest)
      if (holders.at(-1) === top) return
    }
  }

  function setRaw(raw: boolean): void {
    if (!isTyped || raw === isRaw) return
    isRaw = raw
    try {
      input.setRawMode(raw)
    } catch {
      // The terminal has gone; its end is told as the end of the input.
    }
  }

  function apply(): void {
    const top = lent > 0 ? undefined : holders.at(-1)
    setRaw(top?.raw === true)
    if (!top) return void (isOpen && input.pause())
    open()
    input.resume()
  }

  return {
    isTerminal: isTyped,
    get isLent() {
      return lent > 0
    },
    hold(holder) {
      holders.push(holder)
      apply()
      const again = () => queueMicrotask(offer)
      again()
      return {
        again,
        release() {
          const at = holders.lastIndexOf(holder)
          if (at < 0) return
          holders.splice(at, 1)
          apply()
          again()
        },
      }
    },
    async lend(use) {
      lent += 1
      apply()
      // The stream stops reading a turn after it was paused. A child that starts before would share its input with us.
      await new Promise((resolve) => setImmediate(resolve))
      if (isTyped) modes ??= await stty(input, ['-g'])
      try {
        return await use()
      } finally {
        // A program that was killed, or that Ctrl-C reached while it started, leaves its own modes behind.
        if (modes !== undefined) await stty(input, [modes])
        lent -= 1
        apply()
        offer()
      }
    },
  }
}

/** Reads or sets the modes of a terminal; Node has no call for it. Undefined where there is no stty, as on Windows, or no real terminal. */
async function stty(input: NodeJS.ReadStream, args: readonly string[]): Promise<string | undefined> {
  const { fd } = input as { fd?: number }
  if (process.platform === 'win32' || typeof fd !== 'number') return undefined
  const { spawnSync } = await import('node:child_process')
  const { status, stdout } = spawnSync('stty', args, { stdio: [fd, 'pipe', 'ignore'], encoding: 'utf8' })
  return status === 0 ? stdout.trim() : undefined
}

/** Cuts what was typed so that a reader can stop behind any key that may end its reading: each control character stands alone. */
export function keystrokes(text: string): readonly string[] {
  return text.match(/[\0-\x1f\x7f]|[^\0-\x1f\x7f]+/g) ?? []
}
