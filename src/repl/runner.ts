import { createInterrupts, stoppedText, type Interrupts } from '../commands/interrupts.ts'
import type { Host } from '../language/run/host.ts'
import type { OpenTerminal } from '../output/terminal.ts'
import { mayPage, repeats, runInput, type Done } from './input.ts'
import { createPages, type Pages } from './pager.ts'
import type { Screen } from './screen.ts'
import type { Shell } from './shell.ts'

/** Runs inputs one after another and knows what Ctrl-C means for each. */
export interface Runner {
  readonly run: (shell: Shell, text: string) => Promise<Done>
  /** Writes text of the prompt's own, in order with what the running input writes. */
  readonly print: (text: string) => void
  /** Ctrl-C as a key. */
  readonly interrupt: () => void
  /** Ctrl-C as a signal: a program has the terminal, or the terminal is plain. */
  readonly signalled: () => void
  /** What Ctrl-C means for the input that runs now. */
  readonly interrupts: () => Interrupts | undefined
  /** The host with the screen's rules around it: Ctrl-C, pager, programs that need the terminal. */
  readonly around: (host: Host) => Host
}

export function createRunner(
  screen: Screen,
  env: Readonly<Record<string, string | undefined>>,
  { keyboard, isOwn }: OpenTerminal,
): Runner {
  let interrupts: Interrupts | undefined
  let pages: Pages | undefined
  let host: Host | undefined
  let namedPager = false
  /** Programs that have the terminal: Ctrl-C is theirs. */
  let guests = 0
  let wasSignalled = false
  const lend = <T>(task: () => Promise<T>) => screen.aside(() => keyboard.lend(task))

  return {
    interrupt: () => interrupts?.press(),
    interrupts: () => interrupts,
    signalled() {
      if (guests > 0) wasSignalled = true
      else interrupts?.press()
    },
    print(text) {
      if (pages) void pages.write(text)
      else screen.print(text)
    },
    around(inner) {
      host = inner
      // The standard input is the keyboard, which the prompt reads itself.
      const { stdin: _keyboard, ...others } = inner
      return {
        ...others,
        terminal: {
          colour: inner.terminal.colour,
          interactive: inner.terminal.interactive,
          get width() {
            // Without a width, tables have no borders: they are drawn with lines that screen readers spell out.
            return screen.plain ? undefined : screen.columns
          },
          get plain() {
            return screen.plain
          },
        } as Host['terminal'],
        out: (text) => {
          return pages ? pages.write(text) : inner.out(text)
        },
        err: (text) => {
          if (pages) void pages.write(text)
          else inner.err(text)
        },
        async spawn(call) {
          if (call.stdin !== 'inherit' && call.stdout !== 'inherit') return inner.spawn(call)
          guests += 1
          wasSignalled = false
          const leave = () => void (guests -= 1)
          const program = await Promise.resolve(inner.spawn(call)).catch((error: unknown) => {
            leave()
            throw error
          })
          const ended = program.ended.finally(leave).then(async (end) => {
            // The signal may be heard a turn after the end of the program that it has ended.
            await new Promise((resolve) => setImmediate(resolve))
            // Who stops a program with Ctrl-C means the input that started it too.
            if (end.signal === 'SIGINT' || (wasSignalled && end.code === 130)) interrupts?.press()
            return end
          })
          ended.catch(() => undefined)
          return { ...program, ended }
        },
      }
    },
    async run(shell, text) {
      const parsed = shell.language.parse(text)
      const isLoop = repeats(parsed, text)
      interrupts = createInterrupts((line) => screen.print(`${line}\n`), isLoop)
      const local = isOwn && !screen.plain && shell.settings.pager && mayPage(parsed, text)
      if (local) {
        const { columns, rows } = screen
        pages = createPages({
          columns,
          rows,
          env,
          lend,
          write: (written) => void host?.out(written),
        })
      }
      try {
        const ended = await runInput(shell, text, parsed, interrupts)
        const { soft, done } = interrupts
        if (soft.aborted && (ended.left || (isLoop && done > 0)))
          screen.print(`${stoppedText(done, ended.left)}\n`)
        return ended
      } finally {
        // The spinner of a job may be there, or its line be cleared a turn after the last answer: not once the prompt stands there.
        await new Promise((resolve) => setImmediate(resolve))
        host?.progress?.(null)
        const used = pages
        pages = undefined
        interrupts = undefined
        if (used && (await used.end()) && !namedPager) {
          namedPager = true
          screen.print('("config pager off" shows long results without a pager)\n')
        }
      }
    },
  }
}
