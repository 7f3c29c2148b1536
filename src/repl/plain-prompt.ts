import type { Hold } from '../output/keyboard.ts'
import { visible } from '../output/visible.ts'
import { complete } from '../completion/complete.ts'
import { factsOf, knownOf, lookUp, type ScreenListener } from './full-prompt.ts'
import type { Reading } from './line-editor.ts'
import { promptText } from './prompt.ts'
import type { Screen } from './screen.ts'
import type { ReplOptions, Shell } from './shell.ts'
import { createParser } from './syntax.ts'

/** What is said to a key that plain lines do not have. */
const KEYS =
  'plain lines have no arrow and function keys: "history" shows earlier inputs, a line that ends with Tab or " ?" its completions, "help" the rest\n'

/** Completions that are listed at once. */
const MOST_LISTED = 20

/**
 * The prompt without any redrawing (repl.md 3.11): the terminal itself edits the line, completions are numbered lines. A line that ends with
 * a tab, or with ` ?`, asks for completions.
 */
export function createPlainScreen(
  options: ReplOptions,
  shell: () => Shell,
  listener: ScreenListener,
): Screen {
  const { stdout, keyboard } = options.terminal
  let finish: ((reading: Reading) => void) | undefined
  let lines: string[] = []
  let text = ''
  let hold: Hold | undefined

  /** Text and prompt are written at once: what is typed in between would stand in the wrong place. */
  const prompt = (before = '') =>
    void stdout.write(before + (text === '' ? promptText(factsOf(shell())) : '... '))

  /** Takes lines while an input is read; the others wait. */
  function typed(rest: string): string {
    while (finish) {
      const end = rest.indexOf('\n')
      if (end < 0) break
      const line = rest.slice(0, end).replace(/\r$/, '')
      rest = rest.slice(end + 1)
      take(line)
    }
    return rest
  }

  function ended(): void {
    if (!finish) return
    // Ctrl-D: with jobs, the first one only names them.
    if (listener.leaves() || listener.leaves()) end({ kind: 'leave' })
  }

  function take(line: string): void {
    if (/\x1b(?:\[|O)/.test(line)) {
      text = ''
      lines = []
      return prompt(KEYS)
    }
    if (/\t$| \?$/.test(line)) {
      text = [...lines, line.replace(/\t$| \?$/, '')].join('\n')
      return void list(text)
    }
    lines.push(line)
    text = lines.join('\n')
    if (text.trim() !== '' && shell().language.parse(text).open.length > 0) return prompt()
    const done = text
    lines = []
    text = ''
    end({ kind: 'input', text: done })
  }

  async function list(asked: string): Promise<void> {
    const { now, later } = lookUp(
      shell(),
      () => complete(asked, asked.length, knownOf(shell(), createParser(shell().language.parse))),
      true,
    )
    const { items, note } = later ? await later : now
    const shown = items
      .slice(0, MOST_LISTED)
      .map(
        ({ insert, detail }, index) =>
          `${index + 1}. ${visible(insert)}${detail ? `, ${visible(detail)}` : ''}\n`,
      )
    const more = items.length > MOST_LISTED ? `and ${items.length - MOST_LISTED} more\n` : ''
    text = ''
    lines = []
    prompt(shown.length === 0 ? `no completions${note ? `, ${note}` : ''}\n` : shown.join('') + more)
  }

  function end(reading: Reading): void {
    const done = finish
    finish = undefined
    done?.(reading)
  }

  return {
    plain: true,
    get columns() {
      return stdout.columns || 80
    },
    get rows() {
      return stdout.rows || 24
    },
    redraw: () => undefined,
    print: (written) => void stdout.write(written),
    aside: (task) => task(),
    read() {
      return new Promise((resolve) => {
        finish = resolve
        prompt()
        if (hold) hold.again()
        else hold = keyboard.hold({ raw: false, typed, ended })
      })
    },
    close() {
      hold?.release()
      hold = undefined
      end({ kind: 'gone' })
    },
  }
}
