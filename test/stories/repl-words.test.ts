import assert from 'node:assert/strict'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ready, withWorld } from './repl-world.ts'

test('context, refresh, config and dry-run say and change what the session stands in', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('refresh\r')
      await terminal.until(/^product: 3\ndg: \d+$/m)
      terminal.send('context\r')
      await terminal.until(/account: +demo[^]*use: +nothing[^]*names of product: +3/)
      terminal.send('refresh device\r')
      await terminal.until(/^device: 9$/m)
      terminal.send('config\r')
      await terminal.until(/hints +on[^]*history\.size +10000/)
      terminal.send('config hints off\r')
      await terminal.until(/hints +off/)
      terminal.send('config nonsense\r')
      await terminal.until(/There is no setting "nonsense"/)
      terminal.send('dry-run on\r')
      await terminal.until(/\(dry run\)/)
      terminal.send('product create --name Never\r')
      await terminal.until(/would run: product create --name Never/)
      assert.ok(![...sandbox.store.products.all()].some((product) => product.name === 'Never'))
      terminal.send('dry-run off\r')
      await terminal.until((screen) => !(screen.split('\n').at(-1) ?? '').includes('dry run'))
    }),
  ))

test('use fills only what a Project file would, and shows it dim while typing', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('use dg "Pump Lab"\r')
        await terminal.until(/‹Water Pump \/ Pump Lab›/)
        terminal.send('dg info')
        await terminal.until(/dg info {2}\(--dg Pump Lab, from use\)/)
        terminal.send('\r')
        await terminal.until(/name: +Pump Lab[^]*› ?$/)
        terminal.send('dg delete')
        await terminal.until(/dg delete$/m)
        terminal.send('\x03device list | count\r')
        await terminal.until(/^9$/m)
      },
      { rows: 60 },
    ),
  ))

test('cd goes to another directory, and history is shown, searched and deleted', () =>
  withWorld(async ({ play, home }) => {
    await mkdir(join(home, 'fw'))
    await play(async (terminal) => {
      await ready(terminal)
      terminal.send('cd fw\r')
      await terminal.until(/demo@sandbox ~\/fw › ?$/)
      terminal.send('print "to go"\r')
      await terminal.until(/^to go$/m)
      terminal.send('history grep "to go"\r')
      await terminal.until(/2 {2}print "to go"/)
      terminal.send('history delete 2\r')
      await terminal.until(/history delete 2\n.*› ?$/)
      terminal.send('\x0chistory\r')
      await terminal.until(/1 {2}cd fw/)
      assert.doesNotMatch(terminal.screen(), /print "to go"/)
      terminal.send('nosuchthing\r')
      await terminal.until(/unknown command "nosuchthing"/)
      terminal.send('device info --device nobody\r')
      await terminal.until(/^Error: Device "nobody" is not found\.$/m)
      terminal.send('print $err.code\r')
      await terminal.until(/^NOT_FOUND$/m)
    })
  }))

test('F1 shows the help of the command at the cursor, and the typed text stays', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('device list\x1bOP')
        await terminal.until(/Usage: impt device list[^]*› device list/)
        terminal.send('\x1b[15~')
        terminal.send(' --online\r')
        await terminal.until(/^name +id +online[^]*Kitchen/m)
      },
      { rows: 70 },
    ),
  ))

test('a device that was renamed or deleted by someone else is explained', () =>
  withWorld(({ play, sandbox }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('refresh device\r')
      await terminal.until(/^device: 9$/m)
      const spare = [...sandbox.store.devices.all()].find((device) => device.name === 'Spare')
      assert.ok(spare)
      sandbox.store.devices.update(spare, { name: 'Reserve' })
      terminal.send('device info --device Spare\r')
      await terminal.until(/is not found[^]*Device "Spare" is now called "Reserve"/)
    }),
  ))

test('words of the prompt take variables, stand in if and after ";", go into pipes and know --help', () =>
  withWorld(({ play }) =>
    play(
      async (terminal) => {
        await ready(terminal)
        terminal.send('let g = "Pump Lab"; use dg $g\r')
        await terminal.until(/‹Water Pump \/ Pump Lab›/)
        terminal.send('if true { use none }\r')
        await terminal.until(/fills in nothing/)
        terminal.send('bg log stream --dg $g\r')
        await terminal.until(/job 1: log stream --dg "Pump Lab"/)
        terminal.send('jobs | get title\r')
        await terminal.until(/^log stream --dg "Pump Lab"$/m)
        terminal.send('let n = 1; stop $n\r')
        await terminal.until(/job 1: stopped/)
        terminal.send('config | where name == "hints" | get value\r')
        await terminal.until(/^on$/m)
        terminal.send('watch --help\r')
        await terminal.until(/watch TIME \{ \.\.\. \}\n {2}Runs a block again/)
        terminal.send('dry-run maybe\r')
        await terminal.until(/the state of "dry-run" cannot be "maybe"/)
        terminal.send('use dg\r')
        await terminal.until(/"use dg" needs a name/)
      },
      { rows: 60 },
    ),
  ))

test('a name that is almost right is suggested from the names that are known', () =>
  withWorld(({ play }) =>
    play(async (terminal) => {
      await ready(terminal)
      terminal.send('device list\r')
      await terminal.until(/Kitchen[^]*› ?$/)
      terminal.send('device info --device Kitchn\r')
      await terminal.until(/^Error: Device "Kitchn" is not found\.\ndid you mean "Kitchen"\?$/m)
    }),
  ))
