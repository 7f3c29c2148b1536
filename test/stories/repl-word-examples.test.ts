import assert from 'node:assert/strict'
import { test } from 'node:test'
import { REPL_WORDS } from '../../src/repl/words/index.ts'
import { ready, withWorld } from './repl-world.ts'
import type { TerminalStory } from './terminal.ts'

test('what the help of each word of the prompt shows is what happens', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        for (const { name, summary, examples } of REPL_WORDS) {
          assert.match(summary, /^[A-Z"].*[.)]$/, `the summary of "${name}" is a sentence`)
          assert.ok(Object.keys(examples).length >= 2, `"${name}" has two examples`)
          for (const [code, shown] of Object.entries(examples)) {
            if (typeof shown === 'string') await shows(terminal, code, shown)
            else await failsWith(terminal, code, shown.fails)
          }
        }
      },
      { columns: 160, rows: 60 },
    ),
  ))

/** What stands between an input and the next prompt. */
async function shows(terminal: TerminalStory, code: string, shown: string): Promise<void> {
  terminal.send(`\x0c${code}\r`)
  const whole = shown === '' ? '' : `${shown}\n`
  await terminal.until((screen) => {
    // A slow machine says that it waits for the server.
    const lines = screen
      .trimEnd()
      .split('\n')
      .filter((line) => !line.endsWith('; Ctrl-C stops waiting'))
    if (lines.at(-1)?.endsWith('›') !== true) return false
    // After "clear" nothing is left, not even the input.
    if (whole === '') return lines.length === 1
    return lines[0]?.endsWith(`› ${code}`) === true && `${lines.slice(1, -1).join('\n')}\n` === whole
  }, `${code}\n${whole}`)
}

async function failsWith(terminal: TerminalStory, code: string, error: string): Promise<void> {
  terminal.send(`\x0c${code}\r`)
  await terminal.until((screen) => /^(?:Error: |.*error\[)[^]*›\s*$/m.test(screen), `${code} fails`)
  // A mistake that is found before anything runs is shown with its code, and is no error of the run.
  if (/error\[(?:ARGUMENTS|BUG_ARGS)\]/.test(terminal.screen())) return
  await shows(terminal, 'print $err.code', error)
}
