import type { Host, Program, ProgramCall } from '../language/run/host.ts'
import { parse } from '../language/syntax/parse.ts'
import { mayPage, repeats, runInput, type Capture, type Done } from './input.ts'
import { createInterrupts, type Interrupts } from './interrupt.ts'
import { createPages, type Pages } from './pager.ts'
import type { Screen } from './screen.ts'
import type { Shell } from './shell.ts'

/** Runs inputs one after another and knows what Ctrl-C means for each. */
export interface Runner {
  readonly run: (shell: Shell, text: string) => Promise<Done>
  /** Writes text of the prompt's own, in order with what the running input writes. */
  readonly print: (text: string) => void
  /** Ctrl-C. */
  readonly interrupt: () => void
  /** The host with the screen's rules around it: Ctrl-C, pager, programs that need the terminal. */
  readonly around: (host: Host) => Host
}

export function createRunner(
  screen: Screen,
  env: Readonly<Record<string, string | undefined>>,
  isLocal: boolean,
): Runner {
  let interrupts: Interrupts | undefined
  let pages: Pages | undefined
  let captured: string[] | undefined
  let host: Host | undefined
  let namedPager = false

  const capture: Capture = {
    async collect(task) {
      const pieces: string[] = []
      captured = pieces
      try {
        await task()
      } finally {
        captured = undefined
      }
      return pieces.join('')
    },
    draw: (text) => screen.print(text),
  }

  return {
    interrupt: () => interrupts?.press(),
    print(text) {
      if (pages) void pages.write(text)
      else screen.print(text)
    },
    around(inner) {
      host = inner
      return {
        ...inner,
        terminal: {
          colour: inner.terminal.colour,
          interactive: inner.terminal.interactive,
          get width() {
            // Without a width, tables have no borders: they are drawn with lines that screen readers spell out.
            return screen.plain ? undefined : screen.columns
          },
        } as Host['terminal'],
        run: (invocation, call) =>
          interrupts ? interrupts.run(inner, invocation, call) : inner.run(invocation, call),
        out: (text) => {
          if (captured) return void captured.push(text)
          return pages ? pages.write(text) : inner.out(text)
        },
        err: (text) => {
          if (captured) captured.push(text)
          else if (pages) void pages.write(text)
          else inner.err(text)
        },
        ask: (question, hidden) => screen.aside(() => inner.ask(question, hidden)),
        spawn(call) {
          if (call.stdin !== 'inherit' && call.stdout !== 'inherit') return inner.spawn(call)
          if (!isLocal) return spawnFar(inner, call)
          const program = inner.spawn(call)
          void screen.aside(() => program.ended.catch(() => undefined))
          return program
        },
      }
    },
    async run(shell, text) {
      const parsed = parse(text, { mode: 'prompt' })
      const isLoop = repeats(parsed, text)
      interrupts = createInterrupts(isLoop, (line) => screen.print(`${line}\n`))
      const local = isLocal && !screen.plain && shell.settings.pager && mayPage(parsed, text)
      if (local) {
        const { columns, rows } = screen
        pages = createPages({
          columns,
          rows,
          env,
          aside: screen.aside,
          write: (written) => void host?.out(written),
        })
      }
      try {
        const ended = await runInput(shell, text, interrupts, capture)
        const { signal, done } = interrupts
        if (isLoop && signal.aborted && done > 0)
          screen.print(
            `stopped: ${done} ${done === 1 ? 'command was' : 'commands were'} done, the rest was not started\n`,
          )
        return ended
      } finally {
        // The spinner clears its line a turn after the last answer: not once the prompt stands there.
        await new Promise((resolve) => setImmediate(resolve))
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

/** The terminal of an attached prompt is elsewhere: a program there gets no input, and its output is passed on. */
function spawnFar(host: Host, call: ProgramCall): Program {
  const program = host.spawn({
    ...call,
    stdin: call.stdin === 'inherit' ? 'ignore' : call.stdin,
    stdout: 'pipe',
  })
  if (call.stdout !== 'inherit') return program
  program.stdout?.setEncoding('utf8').on('data', (text: string) => void host.out(text))
  return { ...program, stdout: null }
}
