import type { Writer } from './writer.ts'

const FRAMES = ['|', '/', '-', '\\'] as const
const FRAME_MS = 80
/** Answers that come sooner need no spinner: a flash of text is noise. */
const DELAY_MS = 250

export interface Progress {
  /** A request begins. */
  begin(): void
  /** A request has ended. */
  end(): void
  /** Adds what is known of a long operation, such as `1,200 devices`. */
  tell(text: string): void
  /** Clears the line and stops; called before the program ends. */
  stop(): void
}

/** The spinner `Contacting impCentral...` on stderr (output.md 11), shown while requests are under way for more than a moment. */
export function createProgress(writer: Writer): Progress {
  let pending = 0
  let since = 0
  let frame = 0
  let detail = ''
  let timer: NodeJS.Timeout | undefined
  const draw = () => {
    if (Date.now() - since < DELAY_MS) return
    writer.progress(`${FRAMES[frame++ % FRAMES.length]} Contacting impCentral...${detail && ` ${detail}`}`)
  }
  const stop = () => {
    clearInterval(timer)
    timer = undefined
    writer.progress(null)
  }
  return {
    begin() {
      if (pending++ > 0) return
      since = timer ? since : Date.now()
      timer ??= setInterval(draw, FRAME_MS).unref()
    },
    end() {
      if (--pending > 0) return
      // The next request often follows at once: the spinner goes on instead of flickering.
      setImmediate(() => pending === 0 && stop())
    },
    tell(text) {
      detail = text
    },
    stop,
  }
}
