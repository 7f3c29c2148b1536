import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openDesk } from './impt.ts'
import { play } from './terminal.ts'

test('impt new works on the sandbox without any answer but Enter, from nothing to a device and an agent that talk', () =>
  play(['--sandbox', 'new', 'lamp'], async (terminal) => {
    await terminal.until(/Product, made if it is missing \[lamp\]: ?$/)
    terminal.send('\r')
    await terminal.until(/Device Group, made if it is missing \[lamp dev\]: ?$/)
    terminal.send('\r')
    await terminal.until(/Device, "none" for none \[.*online\]: ?$/)
    terminal.send('\r')
    await terminal.until(/Example: plain or builder \[plain\]: ?$/)
    terminal.send('\r')
    await terminal.until(/\[agent\.log\] Greeting 1 from the device/)
    await terminal.until(/\[server\.log\] The agent answers: hello, number 1/)
    await terminal.until(/Next time:\n {2}cd lamp\n {2}impt build run --log/)
    assert.equal(await terminal.end(), 0)
  }))

test('Ctrl-C at a question of impt new makes nothing', () =>
  play(['--sandbox', 'new'], async (terminal) => {
    await terminal.until(/First light\]: ?$/)
    terminal.send('\x03')
    assert.equal(await terminal.end(), 130)
    assert.doesNotMatch(terminal.screen(), /is created/)
  }))

test('impt new says which options answer where there is no one to ask, and makes nothing', async (t) => {
  const desk = await openDesk(t)
  const { code, stdout, stderr } = await desk.run(['--sandbox', 'new'])
  assert.equal(code, 4)
  assert.match(
    stdout + stderr,
    /there is no one to ask\.\nadd --yes to take what is proposed; --product, --dg/,
  )
  assert.doesNotMatch(stdout, /is created/)
})
