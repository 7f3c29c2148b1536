import { createInterface, type Interface } from 'node:readline'
import { parse } from '../language/syntax/parse.ts'
import { complete } from './completion/complete.ts'
import { factsOf, knownOf, lookUp, type ScreenListener } from './full-prompt.ts'
import type { Reading } from './line-editor.ts'
import { promptText } from './prompt.ts'
import type { Screen } from './screen.ts'
import type { ReplOptions, Shell } from './shell.ts'
import { createParser } from './syntax.ts'

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
  const { stdin, stdout } = options
  let reader: Interface | undefined
  let finish: ((reading: Reading) => void) | undefined
  let lines: string[] = []
  let text = ''
  const waiting: string[] = []
  let ended = false

  const prompt = () => void stdout.write(text === '' ? promptText(factsOf(shell())) : '... ')

  function open(): void {
    if (reader || ended) return
    reader = createInterface({ input: stdin, terminal: false, crlfDelay: Infinity })
    reader.on('line', (line) => {
      if (finish) take(line)
      else waiting.push(line)
    })
    reader.on('close', () => {
      if (reader === undefined) return
      reader = undefined
      leave()
    })
  }

  function leave(): void {
    if (!finish) {
      ended = true
      return
    }
    // Ctrl-D: with jobs, the first one only names them.
    if (!listener.leaves()) {
      open()
      return prompt()
    }
    end({ kind: 'leave' })
  }

  function take(line: string): void {
    if (/\t$| \?$/.test(line)) {
      text = [...lines, line.replace(/\t$| \?$/, '')].join('\n')
      return void list(text)
    }
    lines.push(line)
    text = lines.join('\n')
    if (text.trim() !== '' && parse(text, { mode: 'prompt' }).open.length > 0) return prompt()
    const done = text
    lines = []
    text = ''
    end({ kind: 'input', text: done })
  }

  async function list(asked: string): Promise<void> {
    const { now, later } = lookUp(
      shell(),
      () => complete(asked, asked.length, knownOf(shell(), createParser())),
      true,
    )
    const { items, note } = later ? await later : now
    const shown = items
      .slice(0, MOST_LISTED)
      .map((item, index) => `${index + 1}. ${item.insert}${item.detail ? `, ${item.detail}` : ''}\n`)
    const more = items.length > MOST_LISTED ? `and ${items.length - MOST_LISTED} more\n` : ''
    stdout.write(shown.length === 0 ? `no completions${note ? `, ${note}` : ''}\n` : shown.join('') + more)
    text = ''
    lines = []
    prompt()
  }

  function end(reading: Reading): void {
    const done = finish
    finish = undefined
    done?.(reading)
  }

  return {
    plain: true,
    columns: stdout.columns || 80,
    rows: stdout.rows || 24,
    redraw: () => undefined,
    print: (written) => void stdout.write(written),
    async aside(task) {
      const closed = reader
      reader = undefined
      closed?.close()
      return task()
    },
    read() {
      return new Promise((resolve) => {
        finish = resolve
        open()
        prompt()
        if (ended) return end({ kind: 'leave' })
        const early = waiting.splice(0)
        for (const line of early) {
          if (finish === resolve) take(line)
          else waiting.push(line)
        }
      })
    },
    close() {
      const closed = reader
      reader = undefined
      closed?.close()
      end({ kind: 'gone' })
    },
  }
}
