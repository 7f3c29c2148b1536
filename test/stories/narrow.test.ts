import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import stringWidth from 'string-width'
import { withWorld } from './repl-world.ts'
import { play, PROGRAM } from './terminal.ts'

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

test('at 40 columns the caret of an error stands below its place, however long the line is', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await terminal.until(/› ?$/)
        for (const [input, marked] of [
          [
            'print "a text that is far too long for it" ("漢字漢字" - 1) "and goes on behind it"',
            '"漢字漢字" - 1',
          ],
          ['let wide = "漢字漢字漢字漢字漢字漢字漢字漢字"; print “x”', '“x”'],
        ] as const) {
          terminal.send(`\x0c${input}\r`)
          const rows = (await terminal.until(new RegExp(` 1 \\| .*${marked}[^]*= help: [^]*› ?$`))).split(
            '\n',
          )
          const at = rows.findIndex((row) => /^ +1 \| /.test(row))
          const line = rows[at] ?? ''
          const caret = rows[at + 1] ?? ''
          assert.match(caret, /^ +\| +\^~*$/)
          const below = stringWidth(caret.slice(0, caret.indexOf('^')))
          const shown = stringWidth(line.slice(0, line.indexOf(marked)))
          assert.ok(line.includes(marked) && below === shown, `${line}\n${caret}`)
          assert.ok(stringWidth(line) <= 40)
        }
      },
      { columns: 40, rows: 40 },
    ),
  ))

test('at 40 columns what a command says beside its data breaks between words, and commands in it do not', async () => {
  const at40 = (argv: readonly string[], look: (screen: string, raw: string) => void) =>
    play(
      ['--sandbox', ...argv],
      async (terminal) => {
        await terminal.end()
        look(terminal.screen(true), terminal.raw())
      },
      { columns: 40, rows: 40 },
    )
  await at40(['log', 'get', '-d', 'Kitchen', '-n', '99'], (screen) =>
    assert.match(
      joined(screen),
      /Warning: Page 99 is beyond the end of the log: page 1 has the newest entries/,
    ),
  )
  await at40('release start --build a --dg b --reason c --detach'.split(' '), (screen) =>
    assert.match(screen, /^Leave out --detach, or use\n {4}"impt sandbox serve" and log in\n {4}there$/m),
  )
  await at40(['-c', 'device info --device "somebody whom nobody knows"'], (screen) =>
    assert.match(joined(screen), /: error\[NOT_FOUND\]: Device "somebody whom nobody knows" is not found/),
  )
  await at40(['device', 'info', '-d', 'somebody whom nobody knows', '-z', 'json'], (_screen, raw) =>
    assert.match(raw, /"Error": "Device \\"somebody whom nobody knows\\" is not found\."/),
  )
})

test('what goes into a file is not broken, also where the other stream is a terminal', () =>
  play(
    ['-c', `"$0" "$1" --sandbox log get -d Kitchen -n 99 2>said; cat said`, process.execPath, PROGRAM],
    async (terminal) => {
      await terminal.end()
      assert.match(
        terminal.raw(),
        /Warning: Page 99 is beyond the end of the log: page 1 has the newest entries\r\n/,
      )
    },
    { program: 'sh', columns: 40 },
  ))

/** The screen as one line, as it reads where lines break between words. */
function joined(screen: string): string {
  return screen.replace(/\s*\n\s*/g, ' ')
}
