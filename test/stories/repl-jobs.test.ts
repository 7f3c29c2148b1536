import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deviceNamed, eventually, ready, withWorld } from './repl-world.ts'

test('logs appear above the prompt, escaped, while the typed text stays', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      const kitchen = deviceNamed(sandbox, 'Kitchen')
      await ready(terminal)
      terminal.send('bg log stream --device Kitchen\r')
      await terminal.until(/job 1: .*\n.*\(jobs 1\) › ?$/)
      await eventually(() => sandbox.core.streams.count() === 1)
      terminal.send('product li')
      await terminal.until(/› product li/)
      await eventually(() => {
        sandbox.core.platform.log(kitchen, 'server.log', 'hello \x1b[31mred\x1b]0;title\x07')
        return /\d\d:\d\d:\d\d Kitchen \[server\.log\] hello \\e\[31mred\\e\]0;title\\x07\n.*› product li$/.test(
          terminal.screen(),
        )
      })
      terminal.send('st\r')
      await terminal.until(/Water Pump/)
      terminal.send('jobs show 1 | where msg =~ "hello" | count\r')
      await terminal.until(/^\d+$/m)
    }),
  ))

test('a job is named by what was meant, without what a terminal would obey', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      sandbox.store.devices.update(deviceNamed(sandbox, 'Kitchen'), { name: 'Odd \x9b2J' })
      await ready(terminal)
      terminal.send("let d = $'Odd \\x9b2J'; bg log stream --device $d\r")
      await terminal.until(/job 1: log stream --device "Odd \\x9b2J"/)
      terminal.send('jobs\r')
      await terminal.until(/^1 {2}log stream --device "Odd \\x9b2J", /m)
      assert.doesNotMatch(terminal.raw(), /\x9b/)
    }),
  ))

test('two jobs on different devices share the one stream of the account', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('bg log stream --device Kitchen\r')
      await terminal.until(/job 1: .*\n.*\(jobs 1\) › ?$/)
      terminal.send('bg log stream --device "Living Room" --time epoch\r')
      await terminal.until(/job 2: .*\n.*\(jobs 2\) › ?$/)
      const say = (name: string, text: string) =>
        sandbox.core.platform.log(deviceNamed(sandbox, name), 'server.log', text)
      await eventually(() => {
        say('Kitchen', 'from the kitchen')
        say('Living Room', 'from the living room')
        return (
          /\d\d:\d\d:\d\d Kitchen .*from the kitchen/.test(terminal.screen()) &&
          /\d{10}\.\d{3} Living Room .*from the living room/.test(terminal.screen())
        )
      })
      terminal.send('jobs\r')
      await terminal.until(
        /^1 {2}log stream --device Kitchen.*\n2 {2}log stream --device "Living Room" --time epoch/m,
      )
      assert.doesNotMatch(terminal.screen(), /closed by the server/)
      terminal.send('stop 1\r')
      await terminal.until(/job 1: stopped/)
      await eventually(() => {
        say('Living Room', 'still here')
        return /still here/.test(terminal.screen())
      })
    }),
  ))

test('a thousand lines a second are collapsed, and no key is lost', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      const kitchen = deviceNamed(sandbox, 'Kitchen')
      await ready(terminal)
      terminal.send('bg log stream --device Kitchen\r')
      await terminal.until(/\(jobs 1\) › ?$/)
      await eventually(() => sandbox.core.streams.count() === 1)
      let sent = 0
      const timer = setInterval(() => {
        for (let line = 0; line < 20; line++)
          sandbox.core.platform.log(kitchen, 'server.log', `line ${sent++}`)
      }, 20)
      try {
        await terminal.until(/line \d+/)
        const typed = 'print "abcdefghijklmnopqrstuvwxyz0123456789"'
        for (const key of typed) terminal.send(key)
        await terminal.until(/more lines \(jobs show 1\)/)
        await terminal.until((screen) => screen.includes(typed), 'every key')
      } finally {
        clearInterval(timer)
      }
      terminal.send('\r')
      await terminal.until(/^abcdefghijklmnopqrstuvwxyz0123456789$/m)
    }),
  ))

test('leaving with jobs names them first, and closes their streams', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('bg log stream --device Kitchen\r')
      await terminal.until(/\(jobs 1\) › ?$/)
      await terminal.until(/› ?$/)
      terminal.send('\x04')
      await terminal.until(/job 1: log stream[^]*Ctrl-D again/)
      await terminal.until(/› ?$/)
      terminal.send('\x04')
      assert.equal(await terminal.end(), 0)
      await eventually(() => sandbox.core.streams.dropAll() === 0)
    }),
  ))

test('what a job waits for neither writes into the line of the prompt nor clears it', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.inject({ method: '*', path: '/logstream*', skip: 0, count: 100, fault: { kind: 'hang' } })
      terminal.send('bg log stream --device Kitchen\r')
      await terminal.until(/job 1: .*\n.*\(jobs 1\) › ?$/)
      const before = terminal.raw().length
      terminal.send('print )')
      // The mistake is said when no key has come for longer than a request may take without being told.
      await terminal.until(/› print \)\n.+/)
      assert.doesNotMatch(terminal.raw().slice(before), /Contacting|\x1b\[2K/)
    }),
  ))

test('a network that disappears in the middle of a completion leaves the prompt usable', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      sandbox.inject({ method: 'GET', path: '/devices*', skip: 0, count: 100, fault: { kind: 'hang' } })
      terminal.send('device info --device \t')
      await terminal.until(/updating…/)
      terminal.send('Kitchen')
      await terminal.until(/--device Kitchen/)
      terminal.send('\x15print "alive"\r')
      await terminal.until(/^alive$/m)
    }),
  ))

test('a long list goes through the pager, and the prompt comes back', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('device list\r')
        await terminal.until(/paged.output/)
        await terminal.until(/config pager off[^]*› ?$/)
        terminal.send('config pager off\r')
        await terminal.until(/pager +off/)
        terminal.send('device list\r')
        await terminal.until(/Partner Sensor[^]*› ?$/)
      },
      { rows: 8, env: { PAGER: 'sed -n 1s/.*/paged.output/p' } },
    ),
  ))

test('watch redraws its output until Ctrl-C', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('let n = [1]\r')
      terminal.send('watch 200ms { set n = $n + [1]; $n | count }\r')
      // Not each of its screens is seen by who looks now and then.
      const screen = await terminal.until(/^(?:[4-9]|\d\d+)\nevery 200ms/m)
      assert.equal(screen.match(/^\d+$/gm)?.length, 1)
      terminal.send('\x03')
      await terminal.until(/› ?$/)
    }),
  ))

test('a program gets the terminal and gives it back', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('!sh -c "echo ready; read line; echo got \\$line"\r')
      await terminal.until(/^ready$/m)
      terminal.send('words\r')
      await terminal.until(/^got words$/m)
      terminal.send('print "back"\r')
      await terminal.until(/^back$/m)
    }),
  ))

test('Ctrl-X Ctrl-E edits the input with the editor', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('print "before"\x18\x05')
        await terminal.until(/print "after"/)
        terminal.send('\r')
        await terminal.until(/^after$/m)
      },
      { env: { EDITOR: 'sed -i s/before/after/' } },
    ),
  ))

test('a release runs above the prompt, is listed as a job, and is interrupted by the end of it', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      const { store } = sandbox
      const group = [...store.groups.all()].find(({ name }) => name === 'Thermostat Field')
      const build = [...store.deployments.all()].find((one) => one.group?.id === group?.id)
      await ready(terminal)
      terminal.send(`bg release start --build ${build?.id} --dg "Pump Lab" --watch 1h --reason try\r`)
      await terminal.until(/cannot ask/)
      terminal.send(`bg release start --build ${build?.id} --dg "Pump Lab" --watch 1h --reason try -q\r`)
      await terminal.until(/wave 1 of 1: 1 device restarted, watched for 1h/)
      terminal.send('jobs\r')
      await terminal.until(/^1 {2}release start --build [^›]*\d lines/m)
      terminal.send('stop 1\r')
      await terminal.until(/job 1: stopped/)
      terminal.send('release history | get state | first\r')
      await terminal.until(/^interrupted$/m)
    }),
  ))
