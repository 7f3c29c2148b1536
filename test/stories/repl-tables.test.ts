import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceNamed, ready, withWorld } from './repl-world.ts'

for (const columns of [40, 80, 200]) {
  test(`at ${columns} columns a list is a table with whole ids and names; what has no room is left out and named`, () =>
    withWorld(({ play, sandbox }) =>
      play(
        async (terminal) => {
          await ready(terminal)
          terminal.send('device list\r')
          await terminal.until(/Partner Sensor[^]*› ?$/)
          const screen = terminal.screen(true)
          assert.match(screen, /^name +id +online/m)
          assert.match(screen, /^\(unnamed\) +[0-9a-f]{16} /m)
          for (const { id, name } of sandbox.store.devices.all())
            if (name !== null) assert.match(screen, new RegExp(`^${name} +${id}( |$)`, 'm'))
          assert.doesNotMatch(screen, /[─│┌+|]|IMPT COMMAND|…/)
          assert.equal(/not shown for lack of room:[^]*\(--wide shows all\)/.test(screen), columns < 100)
          if (columns === 200)
            assert.match(screen, /\d+ (?:s|min|h|d) ago +Thermostat Development +Thermostat +imp006$/m)
          // No row is broken by the terminal.
          assert.ok(screen.split('\n').every((line) => line.length <= columns))
        },
        { columns, rows: 40 },
      ),
    ))
}

test('--wide shows every column, and "config output default" the blocks of one-shots', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('device list --wide | count\r')
        await terminal.until(/^\d+$/m)
        terminal.send('device list --wide\r')
        await terminal.until(/mac_address[^]*device_group\.name[^]*› ?$/)
        terminal.send('config output default\r')
        await terminal.until(/output +default/)
        terminal.send('product list\r')
        await terminal.until(/Product list \(\d items\):[^]*› ?$/)
        assert.doesNotMatch(terminal.screen(true), /SUCCEEDS/)
      },
      { columns: 200, rows: 60 },
    ),
  ))

test('one error is one line, and a caret stands only where the place is not obvious', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('device info --device nobody\r')
        await terminal.until(/^Error: Device "nobody" is not found\.\n.*✗1 › ?$/m)
        terminal.send('nosuchthing\r')
        await terminal.until(/^Error: unknown command "nosuchthing" \(.*\)\n.*✗2 › ?$/m)
        terminal.send('[1, 2] | each { 1 / 0 }\r')
        await terminal.until(/\^~*[^]*✗1 › ?$/)
      },
      { columns: 120 },
    ),
  ))

test('answering no is not an error', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('product delete --product "Water Pump"\r')
      await terminal.until(/Are you sure you want to continue\?\n.*\(no\): ?$/)
      terminal.send('n\r')
      await terminal.until(/Operation is canceled\.\n[^✗]*› ?$/)
      assert.ok([...sandbox.store.products.all()].some(({ name }) => name === 'Water Pump'))
    }),
  ))

test('names with escapes and wide characters keep the columns straight', () =>
  withWorld(({ play, sandbox }) => {
    sandbox.store.devices.update(deviceNamed(sandbox, 'Kitchen'), { name: '日本\x1b[31m' })
    return play(async (terminal) => {
      await ready(terminal)
      terminal.send('device list\r')
      await terminal.until(/Partner Sensor[^]*› ?$/)
      assert.match(terminal.screen(true), /^日本\\e\[31m +[0-9a-f]{16} {2}yes/m)
      assert.ok(!terminal.raw().includes('日本\x1b[31m'))
    })
  }))

test('who is not logged in is told how to begin', () =>
  withWorld(({ play }) =>
    play(
      (terminal) =>
        terminal
          .until(/Not logged in: "auth login".*"impt --sandbox"[^]*not logged in[^]*› ?$/)
          .then(() => undefined),
      {
        argv: [],
        columns: 120,
      },
    ),
  ))
