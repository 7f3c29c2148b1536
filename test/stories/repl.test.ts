import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { deviceNamed, ready, withWorld } from './repl-world.ts'

test('the prompt opens, knows the account, runs a command and leaves on Ctrl-D', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('product list\r')
      await terminal.until(/^name +id[^]*Thermostat[^]*› ?$/m)
      await terminal.until(/› ?$/)
      terminal.send('\x04')
      assert.equal(await terminal.end(), 0)
      assert.match(terminal.raw(), /\x1b\[\?2004l[^\x1b]*$/)
    }),
  ))

test('SIGTERM ends the prompt in good order, with the terminal as it was', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('half typed')
      await terminal.until(/half typed$/)
      terminal.kill('SIGTERM')
      assert.equal(await terminal.end(), 143)
      assert.match(terminal.raw(), /\x1b\[\?2004l[^\x1b]*$/)
    }),
  ))

test('without a login the prompt says so, and a login at the prompt changes it', () =>
  withWorld(({ play, sandbox }) =>
    play(
      async (terminal) => {
        await terminal.until(/\(not logged in\) .*› ?$/)
        terminal.send(`auth login --endpoint ${sandbox.url} --user demo --pwd demo-password\r`)
        await terminal.until(/impt demo@127\.0\.0\.1:\d+ .*› ?$/)
        // The password is neither in the memory of the session nor on disk.
        terminal.send('\x1b[A')
        await terminal.until(/--pwd ‹secret›/)
        terminal.send('\x03')
        terminal.send('exit 7\r')
        assert.equal(await terminal.end(), 7)
        const history = await readFile(join(terminal.home, '.local/state/impt/history.jsonl'), 'utf8')
        assert.match(history, /‹secret›/)
        assert.doesNotMatch(history, /demo-password/)
      },
      { argv: [], columns: 160 },
    ),
  ))

test('a wrong password is asked for when a recalled login is run again', () =>
  withWorld(({ play, sandbox }) =>
    play(
      async (terminal) => {
        await terminal.until(/not logged in.*› ?$/)
        terminal.send(`auth login --endpoint ${sandbox.url} --user demo --pwd wrong\r`)
        await terminal.until(/✗\d .*› ?$/)
        terminal.send('\x1b[A\r')
        await terminal.until(/Enter the value of --pwd: $|Enter the value of --pwd:$/)
        terminal.send('demo-password\r')
        await terminal.until(/impt demo@.*› ?$/)
        assert.doesNotMatch(terminal.screen(true), /demo-password/)
      },
      { argv: [] },
    ),
  ))

test('Tab completes commands, options and the names of devices, and Enter accepts without running', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('dev\t')
      await terminal.until(/› device ?$/m)
      terminal.send('inf\t--dev\t')
      await terminal.until(/device info --device/)
      terminal.send('Ki\t')
      await terminal.until(/--device Kitchen/)
      terminal.send('\x03')
      terminal.send('device info --device \t')
      await terminal.until(/Cellar[^]*Kitchen/)
      terminal.send('\x1b[B\x1b[B')
      await terminal.until(/> Cellar/)
      terminal.send('\r')
      await terminal.until(
        (screen) =>
          /--device Cellar\s*$/m.test(screen) && !/Kitchen/.test(screen.slice(screen.lastIndexOf('›'))),
      )
      assert.doesNotMatch(terminal.screen(), /mac_address/)
      terminal.send('\r')
      await terminal.until(/mac_address/)
    }),
  ))

test('a name with escape codes is shown escaped and inserted by its id', () =>
  withWorld(({ play, sandbox }) => {
    const device = deviceNamed(sandbox, 'Kitchen')
    sandbox.store.devices.update(device, { name: '\x1b]0;pwned\x07Evil' })
    return play(async (terminal) => {
      await ready(terminal)
      terminal.send('device info --device Evil\t')
      await terminal.until(new RegExp(`--device ${device.id}`))
      terminal.send('\x15device info --device \t')
      await terminal.until(/\\e\]0;pwned\\x07Evil/)
      assert.ok(!terminal.raw().includes('\x1b]0;pwned'))
    })
  }))

test('pasted rows are kept and not run until Enter', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('\x1b[200~print "one"\rprint "two"\r\n\x1b[201~')
      await terminal.until(/… print "two"/)
      assert.doesNotMatch(terminal.screen(), /^one$/m)
      terminal.send('\r')
      await terminal.until(/^one\ntwo$/m)
    }),
  ))

test('five thousand pasted rows are kept, the prompt stays usable, and undo takes them back', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      const rows = Array.from({ length: 5000 }, (_, row) => `print ${row}`).join('\r')
      terminal.send(`\x1b[200~${rows}\x1b[201~`)
      await terminal.until(/print 4999/)
      terminal.send(' # end')
      await terminal.until(/print 4999 # end/)
      terminal.send('\x1f\x1f\x1f\x1f')
      await terminal.until(/demo@sandbox [^›]*› ?$/)
      terminal.send('print "still here"\r')
      await terminal.until(/^still here$/m)
    }),
  ))

test('an unfinished block takes more rows, and Alt-Enter always makes one', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('if true {\r')
      await terminal.until(/… \{/)
      terminal.send('print "inside"\r}')
      terminal.send('\x1b\rprint "after"\r')
      await terminal.until(/^inside\nafter$/m)
    }),
  ))

test('Ctrl-R finds an earlier input; the first Enter takes it, the second runs it', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('print "needle"\r')
      await terminal.until(/^needle$/m)
      terminal.send('print "hay"\r')
      await terminal.until(/^hay$/m)
      terminal.send('\x12need')
      await terminal.until(/search: need/)
      terminal.send('\r')
      await terminal.until((screen) => !screen.includes('search:'))
      assert.equal(terminal.screen().match(/^needle$/gm)?.length, 1)
      terminal.send('\r')
      await terminal.until((screen) => screen.match(/^needle$/gm)?.length === 2)
      terminal.send('half\x12needle')
      await terminal.until(/search: needle/)
      terminal.send('\x1b')
      await terminal.until(/› half/)
    }),
  ))

test('history survives the session, and what begins with a space is not kept', () =>
  withWorld(async ({ play, home }) => {
    await play(async (terminal) => {
      await ready(terminal)
      terminal.send('print "kept"\r')
      await terminal.until(/^kept$/m)
      terminal.send(' print "unkept"\r')
      await terminal.until(/^unkept$/m)
      terminal.send('private on\r')
      await terminal.until(/\(private\)/)
      terminal.send('print "hidden"\r')
      await terminal.until(/^hidden$/m)
      await terminal.until(/› ?$/)
      terminal.send('\x04')
      await terminal.end()
    })
    const history = await readFile(join(home, '.local/state/impt/history.jsonl'), 'utf8')
    assert.match(history, /"print \\"kept\\""/)
    assert.doesNotMatch(history, /unkept|hidden/)
    await play(async (terminal) => {
      await ready(terminal)
      terminal.send('pri\x1b[A\x1b[A')
      await terminal.until(/print "kept"/)
    })
  }))

test('two sessions write history at once and nothing is lost', () =>
  withWorld(async ({ play, home }) => {
    await play((one) =>
      play(async (two) => {
        await ready(one)
        await ready(two)
        for (let turn = 0; turn < 5; turn++) {
          one.send(`print "one ${turn}"\r`)
          two.send(`print "two ${turn}"\r`)
          await Promise.all([
            one.until(new RegExp(`^one ${turn}$`, 'm')),
            two.until(new RegExp(`^two ${turn}$`, 'm')),
          ])
        }
        await one.until(/› ?$/)
        one.send('\x04')
        await two.until(/› ?$/)
        two.send('\x04')
        await Promise.all([one.end(), two.end()])
      }),
    )
    const lines = (await readFile(join(home, '.local/state/impt/history.jsonl'), 'utf8')).trim().split('\n')
    assert.equal(lines.length, 10)
    assert.equal(new Set(lines.map((line) => (JSON.parse(line) as { text: string }).text)).size, 10)
  }))

test('a damaged history and a damaged settings file do not keep the prompt from opening', () =>
  withWorld(async ({ play, home }) => {
    await play(async (terminal) => {
      await ready(terminal)
      terminal.send('print "good"\r')
      await terminal.until(/^good$/m)
      await terminal.until(/› ?$/)
      terminal.send('\x04')
      await terminal.end()
    })
    const file = join(home, '.local/state/impt/history.jsonl')
    await writeFile(file, `{"text": broken\n\0\0\0\n${await readFile(file, 'utf8')}{"text":"half`)
    await writeFile(join(home, '.config/impt/settings.json'), '{ no json')
    await play(async (terminal) => {
      await ready(terminal)
      terminal.send('\x1b[A')
      await terminal.until(/› print "good"/)
    })
  }))

test('a production group is named in words', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('use dg "Thermostat Field"\r')
      await terminal.until(/Thermostat Field production!/)
      terminal.send('use none\r')
      await terminal.until((screen) => !(screen.split('\n').at(-1) ?? '').includes('production!'))
    }),
  ))

test('a terminal of 20 columns and wide characters keep the cursor right', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.resize(20, 12)
      terminal.send('print "日本語 é 👍 end"')
      await terminal.until(/end"/)
      terminal.resize(60, 20)
      terminal.send('\x01\x05!')
      await terminal.until(/end"!/)
      terminal.send('\x7f\r')
      await terminal.until(/^日本語 é 👍 end$/m)
    }),
  ))

test('plain mode never moves the cursor, completes in numbered lines and asks no menu', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await terminal.until(/impt .*> ?$/)
        terminal.send('device info --device Ki\t\r')
        await terminal.until(/1\. Kitchen/)
        // Names of fields come from anywhere.
        terminal.send('let x = \'{"\\u001b[2Jodd": 1}\' | from json\r')
        terminal.send('print $x. ?\r')
        await terminal.until(/1\. \$x\.\\e\[2Jodd/)
        terminal.send('print "plain"\r')
        await terminal.until(/^plain$/m)
        terminal.send('[{name: "a", n: 1}, {name: "b", n: 2}]\r')
        await terminal.until(/name: a\nn: {4}1\n\nname: b\nn: {4}2\n/)
        terminal.send('product list\r')
        await terminal.until(/name: +Thermostat\n/)
        terminal.send('\x1b[A\r')
        await terminal.until(/plain lines have no arrow and function keys: "history" shows/)
        assert.doesNotMatch(terminal.raw(), /\x1b\[\d*[ABCDGHJK]/)
        await terminal.until(/> ?$/)
        terminal.send('\x04')
        assert.equal(await terminal.end(), 0)
      },
      { argv: ['--sandbox', '--plain'] },
    ),
  ))

test('init.imptsh runs first, and a mistake in it is shown', () =>
  withWorld(async ({ play, home }) => {
    await writeFile(join(home, '.config/impt/init.imptsh'), 'fn hello(who) { "hello $who" }\nnosuchcommand\n')
    await play(async (terminal) => {
      await terminal.until(/unknown command[^]*init\.imptsh[^]*› ?$/)
      terminal.send('hello you\r')
      await terminal.until(/^hello you$/m)
    })
  }))
