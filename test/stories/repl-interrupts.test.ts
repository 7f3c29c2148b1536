import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually, ready, withWorld } from './repl-world.ts'
import { PROGRAM, type TerminalStory } from './terminal.ts'

/** The prompt is back and stands below everything else. */
const back = (terminal: TerminalStory) => terminal.until(/demo@sandbox [^›\n]*› ?$/)

test('Ctrl-C on a text clears it, and undo brings it back', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('print "typed"')
      await terminal.until(/typed"$/)
      terminal.send('\x03')
      await terminal.until(/typed"\^C\n.*› ?$/)
      terminal.send('\x1f')
      await terminal.until(/\^C\n.*› print "typed"$/)
    }),
  ))

test('Ctrl-C on an empty input says how to leave, and Ctrl-D leaves', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('\x03')
      await terminal.until(/Ctrl-D or "exit" to leave\n.*› ?$/)
      terminal.send('ab\x1b[D\x04')
      await terminal.until(/› a$/)
      terminal.send('\x15\x1b[C\x04\x04')
      assert.equal(await terminal.end(), 0)
    }),
  ))

test('Ctrl-C at a question answers no', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('product delete --product "Water Pump"\r')
      await terminal.until(/Are you sure[^]*\(no\): ?$/)
      terminal.send('\x03')
      await terminal.until(/canceled[^]*✗\d+ › ?$/)
      assert.ok([...sandbox.store.products.all()].some((product) => product.name === 'Water Pump'))
    }),
  ))

test('Ctrl-C aborts a read at once', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.inject({ method: 'GET', path: '/devices*', skip: 0, count: 100, fault: { kind: 'hang' } })
      terminal.send('device info --device Kitchen\r')
      await terminal.until(/Contacting impCentral/)
      terminal.send('\x03')
      await terminal.until(/\^C[^]*✗130 › ?$/)
    }),
  ))

test('Ctrl-C on a write waits first; the second gives up and says that it may have been done', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.inject({ method: 'POST', path: '/products*', skip: 0, count: 100, fault: { kind: 'hang' } })
      terminal.send('product create --name Slow\r')
      await terminal.until(/Contacting impCentral/)
      terminal.send('\x03')
      await terminal.until(/waiting for the answer/)
      terminal.send('\x04\x03')
      await terminal.until(/the server may have done it[^]*✗130 › ?$/)
    }),
  ))

test('Ctrl-C on a write that answers shows the result', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.switches.latency = 1500
      terminal.send('product create --name Waited\r')
      await terminal.until(/Contacting impCentral/)
      terminal.send('\x03')
      await terminal.until(/waiting for the answer[^]*"Waited" is created successfully/)
      await terminal.until(/› ?$/)
    }),
  ))

test('Ctrl-C in a loop stops before the next item', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.switches.latency = 700
      terminal.send(
        'for name in ["Kitchen", "Cellar", "Spare", "Line 1 Fixture"] { device info --device $name | get name }\r',
      )
      await terminal.until(/^Kitchen$/m)
      terminal.send('\x03')
      await terminal.until(/stopping before the next item[^]*stopped: \d done, \d not started\n.*✗130 › ?$/)
      assert.doesNotMatch(terminal.screen(), /^Line 1 Fixture$/m)
    }),
  ))

test('Ctrl-C always stops a loop that asks nothing', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('while true { let x = 1 }\r')
      await terminal.until(() => terminal.cursor().column === 0, 'the loop runs')
      terminal.send('\x03')
      await terminal.until(/✗130 › ?$/)
    }),
  ))

test('Ctrl-C closes a log stream at the server', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('log stream --device Kitchen\r')
      await terminal.until(/is opened/)
      terminal.send('\x03')
      await back(terminal).catch(() => terminal.until(/✗130 › ?$/))
      await eventually(() => sandbox.core.streams.dropAll() === 0)
    }),
  ))

test('typed text waits while a command runs', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.switches.latency = 600
      terminal.send('product list\r')
      await terminal.until(/product list\n/)
      terminal.send('print "early"\r')
      await terminal.until(/Water Pump[^]*› print "early"\nearly/)
    }),
  ))

// Shells that edit lines by themselves set the terminal right before the next command: this one does not.
const HAS_DASH = spawnSync('dash', ['-c', ':']).status === 0

test(
  'kill -9 leaves the terminal raw, and the next start repairs it',
  { skip: !HAS_DASH && 'there is no dash' },
  () =>
    withWorld(({ play }) =>
      play(
        async (terminal) => {
          await terminal.until(/shell\$ ?$/)
          terminal.send(`sh -c '${process.execPath} ${PROGRAM} --sandbox'\r`)
          await ready(terminal)
          const [pid] = readdirSync(join(terminal.home, '.local/state/impt/raw')).map((file) =>
            readFileSync(join(terminal.home, '.local/state/impt/raw', file), 'utf8'),
          )
          process.kill(Number(pid), 'SIGKILL')
          await terminal.until(/shell\$ ?$/)
          // The terminal is raw still: there is no Enter key, only a line end.
          terminal.send(`${process.execPath} ${PROGRAM} --sandbox\n`)
          await terminal.until(/demo@sandbox [^›\n]*› ?$/)
          await terminal.until(/› ?$/)
          terminal.send('\x04')
          await terminal.until(/shell\$ ?$/)
          // A helper does it when the process is gone.
          await eventually(() => {
            terminal.send('stty -a\r')
            return / icanon /.test(terminal.screen())
          })
        },
        { program: 'dash', argv: [], env: { PS1: 'shell$ ' } },
      ),
    ),
)

test('refresh over a server that hangs says that it waits, and Ctrl-C ends it with what was typed meanwhile', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.inject({ method: 'GET', path: '/*', skip: 0, count: 1000, fault: { kind: 'hang' } })
      terminal.send('refresh\r')
      await terminal.until(/reading the names from the server; Ctrl-C stops waiting/)
      terminal.send('print "typed meanwhile"\r')
      terminal.send('\x03')
      await terminal.until(/✗130 › ?$/)
      terminal.send('print "alive"\r')
      await terminal.until(/^alive$/m)
      assert.doesNotMatch(terminal.screen(), /^typed meanwhile$/m)
    }),
  ))
