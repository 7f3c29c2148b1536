import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Writable } from 'node:stream'
import { test } from 'node:test'
import { openDesk } from './impt.ts'
import { withWorld } from './repl-world.ts'

test('Ctrl-C on a change of a one-shot waits for its answer and shows it', () =>
  withWorld(({ play, sandbox }) => {
    sandbox.switches.latency = 1500
    return play(
      async (terminal) => {
        await terminal.until(/Contacting impCentral/)
        terminal.send('\x03')
        await terminal.until(/waiting for the answer so that the result is known; Ctrl-C again to give up/)
        await terminal.until(/"Waited" is created successfully\.[^]*SUCCEEDS/)
        assert.equal(await terminal.end(), 0)
      },
      { argv: ['--sandbox', 'product', 'create', '--name', 'Waited'] },
    )
  }))

test('a second Ctrl-C gives a change up and says that it may have been done', () =>
  withWorld(({ play, sandbox }) => {
    sandbox.inject({ method: 'POST', path: '/products*', skip: 0, count: 100, fault: { kind: 'hang' } })
    return play(
      async (terminal) => {
        await terminal.until(/Contacting impCentral/)
        terminal.send('\x03')
        await terminal.until(/waiting for the answer/)
        terminal.send('\x03')
        await terminal.until(/given up; the server may have done it\n[^]*Operation is canceled\./)
        assert.equal(await terminal.end(), 130)
      },
      { argv: ['--sandbox', 'product', 'create', '--name', 'Slow'] },
    )
  }))

test('a script that is stopped says how many items were done and how many not started', () =>
  withWorld(async ({ play, sandbox, home }) => {
    sandbox.switches.latency = 700
    const names = ['Kitchen', 'Cellar', 'Spare', 'Line 1 Fixture']
    await writeFile(
      join(home, 'all.imptsh'),
      `for name in ${JSON.stringify(names)} { device update --device $name --name "$name 2"; print "did $name" }\n`,
    )
    await play(
      async (terminal) => {
        await terminal.until(/did Kitchen/)
        terminal.send('\x03')
        await terminal.until(/waiting for the answer|stopping before the next item/)
        await terminal.until(/stopped: \d done, (?:1 interrupted, )?\d not started/)
        assert.equal(await terminal.end(), 130)
        const [, done, broken, left] = /stopped: (\d) done, (?:(\d) interrupted, )?(\d) not started/.exec(
          terminal.screen(),
        ) as RegExpExecArray
        assert.equal(Number(done) + Number(broken ?? 0) + Number(left), names.length)
        const changed = [...sandbox.store.devices.all()].filter(({ name }) => name?.endsWith(' 2'))
        assert.ok(changed.length === Number(done) || changed.length === Number(done) + Number(broken ?? 0))
      },
      { argv: ['--sandbox', 'all.imptsh'] },
    )
  }))

test('a parallel each that is stopped waits for its changes and counts them', () =>
  withWorld(({ play, sandbox }) => {
    sandbox.switches.latency = 700
    return play(
      async (terminal) => {
        await terminal.until(/Contacting impCentral/)
        terminal.send('\x03')
        await terminal.until(/stopped: \d+ done, [^]*not started/)
        assert.equal(await terminal.end(), 130)
      },
      {
        argv: [
          '--sandbox',
          '-c',
          '["Kitchen", "Cellar", "Spare", "Line 1 Fixture"] | each --parallel 2 { device update --device $it --name "$it 2" }',
        ],
      },
    )
  }))

for (const words of [['run', '-'], ['fmt', '--stdin'], ['squirrel', 'format', '--stdin'], ['lsp']]) {
  for (const [signal, exit] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)
    test(`${signal} ends "impt ${words.join(' ')}" while it waits for more of its input`, async (t) => {
      const { child, ended } = (await openDesk(t)).start(words)
      const input = child.stdin as Writable
      // More than any pipe holds: when it is gone, it is being read.
      const piece = words[0] === 'lsp' ? 'Content-Length: 9000000\r\n\r\n' : '# a comment\n'
      await new Promise((resolve) => input.write(piece + '#\n'.repeat(2_000_000), resolve))
      child.kill(signal)
      const { code, stdout, stderr } = await ended
      assert.equal(code, exit)
      assert.match(stdout + stderr, /^Operation is canceled\.\n(?:IMPT COMMAND FAILS\n)?$/)
    })
}

for (const [signal, exit] of [
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)
  test(`${signal} ends "impt mcp" as everything else`, async (t) => {
    const { child, shows, ended } = (await openDesk(t)).start(['--sandbox', 'mcp'])
    child.stdin?.write('{"jsonrpc":"2.0","id":7,"method":"ping"}\n')
    await shows(/"id":7/)
    child.kill(signal)
    const { code, stderr } = await ended
    assert.deepEqual([code, stderr], [exit, 'Operation is canceled.\n'])
  })

test('what does not speak the protocol is told so by "impt lsp", in one line on stderr', async (t) => {
  const desk = await openDesk(t)
  for (const garbage of ['garbage', 'GET / HTTP/1.1\r\n\r\n', 'Content-Length: abc\r\n\r\n']) {
    const { code, stdout, stderr } = await desk.run(['lsp'], garbage)
    assert.deepEqual([code, stdout], [1, ''])
    assert.match(stderr, /^Error: .*\.\n$/)
  }
})
