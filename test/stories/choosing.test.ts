import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ready, withWorld } from './repl-world.ts'
import { play } from './terminal.ts'

const SCRIPT = 'print (choose ["Thermostat", "Water Pump", "Weather", "Gate"] --question "Which? ")'
const UP = '\x1b[A'
const DOWN = '\x1b[B'

test('choose is a menu on a terminal: arrows go through it, typing narrows it, Enter takes one', () =>
  play(
    ['-c', SCRIPT],
    async (terminal) => {
      await terminal.until(/Which\? *\n> Thermostat *\n {2}Water Pump *\n {2}Weather *\n {2}Gate/)
      terminal.send(DOWN)
      await terminal.until(/^> Water Pump *$/m)
      terminal.send(UP + UP)
      await terminal.until(/^> Gate *$/m)
      terminal.send('wea')
      await terminal.until(/Which\? wea\n> Weather *$/)
      terminal.send('xx')
      await terminal.until(/nothing holds this text/)
      terminal.send('\r\x15at')
      await terminal.until(/Which\? at\n> Thermostat *\n {2}Water Pump *\n {2}Weather *\n {2}Gate/)
      terminal.send(`${DOWN}\r`)
      assert.equal(await terminal.end(), 0)
      assert.equal(terminal.screen().trimEnd(), 'Which? Water Pump\nWater Pump')
    },
    { columns: 40 },
  ))

test('Ctrl-C and Esc at the menu cancel', async () => {
  for (const key of ['\x03', '\x1b'])
    await play(['-c', SCRIPT], async (terminal) => {
      await terminal.until(/> Thermostat/)
      terminal.send(key)
      assert.equal(await terminal.end(), 130)
    })
})

test('in plain mode the choices are numbered lines', () =>
  play(['--plain', '-c', SCRIPT], async (terminal) => {
    await terminal.until(/1 {2}Thermostat\n2 {2}Water Pump\n3 {2}Weather\n4 {2}Gate\nWhich\? *$/)
    terminal.send('3\r')
    assert.equal(await terminal.end(), 0)
    assert.match(terminal.screen(), /Which\? 3\nWeather\n?$/)
  }))

test('a long list scrolls at the prompt, and the line of the prompt comes back', () =>
  withWorld(({ play: playIn }) =>
    playIn(async (terminal) => {
      await ready(terminal)
      terminal.send('1..30 | choose\r')
      await terminal.until(/Choose: *\n> 1 *\n[^]*30 in all/)
      terminal.send(UP)
      await terminal.until(/^> 30 *$/m)
      terminal.send('\r')
      await terminal.until(/Choose: 30\n30\n.*› ?$/)
      terminal.send('ask "Colour? " --choices ["red", "blue"] --default blue\r')
      await terminal.until(/^> blue *$/m)
      terminal.send('\r')
      await terminal.until(/Colour\? blue\nblue\n.*› ?$/)
    }),
  ))
