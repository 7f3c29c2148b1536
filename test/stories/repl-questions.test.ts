import assert from 'node:assert/strict'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ready, withWorld } from './repl-world.ts'
import type { TerminalStory } from './terminal.ts'

/** How often a text is on the screen, what has scrolled out included. */
const count = (terminal: TerminalStory, text: string) => terminal.screen(true).split(text).length - 1

test('ten questions of all kinds, a program, the pager and the editor: no key is doubled, lost or shown', () =>
  withWorld(async ({ play, sandbox, home }) => {
    const editor = join(home, 'editor.sh')
    await writeFile(editor, '#!/bin/sh\necho editing\nread line\necho "print \\"edited $line\\"" > "$1"\n')
    const pager = join(home, 'pager.sh')
    await writeFile(
      pager,
      '#!/bin/sh\nhead -2\nread key < /dev/tty\necho "paged until $key"\ncat > /dev/null\n',
    )
    await Promise.all([chmod(editor, 0o755), chmod(pager, 0o755)])
    await play(
      async (terminal) => {
        await ready(terminal)
        const ask = async (input: string, question: RegExp, answer: string) => {
          terminal.send(`${input}\r`)
          await terminal.until(question)
          terminal.send(`${answer}\r`)
        }
        await ask('let a = (ask "Name: ")', /Name: ?$/, 'joe smith')
        await ask('let b = (ask --secret "Word: ")', /Word: ?$/, 'hunter2-one')
        await ask('product delete --product "Water Pump"', /\(no\): ?$/, 'n')
        await terminal.until(/canceled[^]*› ?$/)
        await ask('let c = (ask "Town: ")', /Town: ?$/, 'Grenoble')
        await ask('let d = (ask --secret "Code: ")', /Code: ?$/, 'hunter2-two')
        await ask('confirm "Go on?"', /Go on\? \[y\/N\] ?$/, 'yes')
        await ask(`auth login --endpoint ${sandbox.url} --confirmed`, /Enter 1 or 2: ?$/, '1')
        await terminal.until(/Enter.*: ?$/)
        terminal.send('demo\r')
        await terminal.until(/demo\n.*: ?$/)
        terminal.send('demo-password\r')
        await terminal.until(/is failed|successful[^]*› ?$/)
        await ask('let e = (ask "Last: ")', /Last: ?$/, 'end')
        await terminal.until(/Last: end\n.*› ?$/)

        await ask(
          '!sh -c "echo listening; read line; echo got \\$line"',
          /^listening$/m,
          'words for the program',
        )
        await terminal.until(/got words for the program\n.*› ?$/)
        await ask('help language', /imptsh/, 'q')
        await terminal.until(/paged until q\n[^]*› ?$/)
        terminal.send('draft\x18\x05')
        await terminal.until(/^editing$/m)
        terminal.send('by hand\r')
        await terminal.until(/› print "edited by hand"$/)
        terminal.send('\r')
        await terminal.until(/^edited by hand$/m)
        terminal.send('print "$a, $c, $e"\r')
        await terminal.until(/^joe smith, Grenoble, end$/m)
        assert.doesNotMatch(terminal.raw(), /hunter2|demo-password/)
        terminal.send('print ($b == "hunter2-one") ($d == "hunter2-two")\r')
        await terminal.until(/^true true$/m)

        assert.equal(count(terminal, 'joe smith'), 2, 'once as the answer, once printed')
        assert.equal(count(terminal, 'Grenoble'), 2)
        assert.equal([...sandbox.store.products.all()].filter(({ name }) => name === 'Water Pump').length, 1)
      },
      { columns: 120, env: { EDITOR: editor, PAGER: pager } },
    )
  }))

test('what is typed before a question is asked answers it, and a hidden answer stays hidden', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send(
        'sleep 300ms; let p = (ask --secret "Password: ")\rtyped-early\rprint ($p == "typed" + "-early")\r',
      )
      await terminal.until(/^true$/m)
      assert.doesNotMatch(terminal.raw(), /typed-early/)
    }),
  ))

test('Ctrl-D at a question answers no: nobody says that there is no one to ask', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      const questions = [
        ['product delete --product "Water Pump"', /\(no\): ?$/],
        ['let a = (ask "Name: ")', /Name: ?$/],
        ['let b = (ask --secret "Word: ")', /Word: ?$/],
        ['confirm "Go on?"', /\[y\/N\] ?$/],
      ] as const
      for (const [index, [input, question]] of questions.entries()) {
        terminal.send(`${input}\r`)
        await terminal.until(question)
        terminal.send('\x04')
        await terminal.until(new RegExp(`(Operation is canceled\\.[^]*){${index + 1}}› ?$`))
      }
      assert.doesNotMatch(terminal.screen(true), /no one to ask|Error/)
      assert.equal([...sandbox.store.products.all()].filter(({ name }) => name === 'Water Pump').length, 1)
    }),
  ))

test('Ctrl-C while the pager starts leaves a terminal that programs can use', () =>
  withWorld(async ({ play, home }) => {
    // What a pager does first; then it dies of the interrupt, as less does before it can catch one.
    const pager = join(home, 'pager.sh')
    await writeFile(pager, '#!/bin/sh\nstty raw -echo -isig < /dev/tty\necho started\nkill -INT $$\n')
    await chmod(pager, 0o755)
    await play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('help language\r')
        await terminal.until(/started[^]*› ?$/)
        terminal.send(
          "!sh -c \"echo listening; stty -a | grep -o -e '-*isig' -e '-*icanon'; exec sleep 100\"\r",
        )
        await terminal.until(/listening[^]*^icanon$/m)
        assert.match(terminal.screen(), /^isig$/m)
        terminal.send('\x03')
        await terminal.until(/✗130 › ?$/)
      },
      { env: { PAGER: pager } },
    )
  }))

test('Ctrl-C belongs to the program that has the terminal', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send(
        `!sh -c "trap 'echo caught; exit 0' INT; echo listening; while :; do sleep 0.1; done"; print "went on"\r`,
      )
      await terminal.until(/^listening$/m)
      terminal.send('\x03')
      await terminal.until(/caught[^]*^went on$/m)
    }),
  ))

test('a program that changes the terminal and is killed leaves the prompt as it was', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('!sh -c "stty raw -echo; kill -9 \\$\\$"\r')
      await terminal.until(/✗1 › ?$/)
      terminal.send('!stty -a\r')
      await terminal.until(/ icanon [^]* echo [^]*› ?$/)
    }),
  ))
