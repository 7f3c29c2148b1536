import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { withWorld } from './repl-world.ts'

/** Lines that end in the middle of a word would join with the next one without a space. */
const TEXTS = [
  '"help" shows what there is, Tab completes, Ctrl-D leaves.',
  '[--every DURATION] { ... } Runs the block until it gives true.',
  'Error: Device "nobody" is not found.',
  'did you mean "count"?',
]

test('at 40 columns the banner, help and errors break between words', () =>
  withWorld(({ play, home }) =>
    play(
      async (terminal) => {
        await terminal.until(/› ?$/)
        const seen = async (text: string): Promise<void> => {
          const rows = (await terminal.until((screen) => joined(screen).includes(text), text)).split('\n')
          assert.ok(rows.every((row) => row.length <= 40))
        }
        await seen(TEXTS[0] ?? '')
        terminal.send('help wait-until\r')
        await seen(TEXTS[1] ?? '')
        terminal.send('device info --device nobody\r')
        await seen(TEXTS[2] ?? '')
        terminal.send('\x0c[1, 2] | coutn\r')
        await seen(TEXTS[3] ?? '')
      },
      { columns: 40, rows: 60, argv: ['--sandbox'], env: { XDG_CONFIG_HOME: join(home, 'fresh') } },
    ),
  ))

/** The screen as one line, as it reads where lines break between words. */
function joined(screen: string): string {
  return screen.replace(/\s*\n\s*/g, ' ')
}
