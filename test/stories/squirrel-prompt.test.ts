import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'
import { play } from './terminal.ts'

test('the Squirrel prompt: values, several lines, completion, carets, both sides, other imps, files, endless loops, history', async () => {
  const home = await mkdtemp(join(tmpdir(), 'impt-squirrel-prompt-'))
  const directory = join(home, 'work')
  const { mkdir } = await import('node:fs/promises')
  await mkdir(directory)
  await writeFile(join(directory, 'part.nut'), 'loaded <- "from a file";\n')
  try {
    await play(
      ['squirrel'],
      async (terminal) => {
        await terminal.until(/device›$/m)
        terminal.send('local count = 40\r')
        await terminal.until(/\n40\n/)
        terminal.send('count + 2 // sum')
        await terminal.until(/› count \+ 2 \/\/ sum$/m)
        assert.match(terminal.raw(), /\x1b\[[\d;]+m2\x1b[^]*\x1b\[[\d;]+m\/\/ sum/)
        terminal.send('\r')
        await terminal.until(/\n42\n/)
        terminal.send('function twice(a) {\r')
        await terminal.until(/twice\(a\) \{\n {2}…$/m)
        terminal.send('return a * 2 }\r')
        await terminal.until(/\nnull\n/)
        terminal.send('cou\t')
        await terminal.until(/› count$/m)
        terminal.send('.tof\t')
        await terminal.until(/› count\.tofloat$/m)
        terminal.send('()\r')
        await terminal.until(/\n40\.0\n/)
        terminal.send('imp.wak\t')
        await terminal.until(/› imp\.wakeup$/m)
        terminal.send('(0.1, @() server.log("woken"))\r')
        await terminal.until(/\[server\.log\] woken\n/)
        terminal.send('local = 1\r')
        await terminal.until(/\n {2}local = 1\n {8}\^\n/)
        terminal.send('agent.on("answer", @(text) server.log("got " + text))\r')
        terminal.send(':agent\r')
        await terminal.until(/agent›$/m)
        terminal.send('device.send("answer", "pair")\r')
        await terminal.until(/\[server\.log\] got pair\n/)
        terminal.send(':device\r')
        await terminal.until(/device›$/m)
        terminal.send(':load part.nut\r')
        terminal.send('loaded\r')
        await terminal.until(/\n"from a file"\n/)
        terminal.send('while (true) {}\r')
        terminal.send('\x03')
        await terminal.until(/ticks|Stopped/)
        await terminal.until(/device›$/m)
        terminal.send(':type imp001\r')
        terminal.send('"pin1" in hardware\r')
        await terminal.until(/\ntrue\n/)
        terminal.send(':type imp9\r')
        await terminal.until(/Error: There is no imp type "imp9"\.\nTypes: imp001/)
        terminal.send(':help imp.wakeup\r')
        await terminal.until(/Calls a function once/)
        terminal.send('\x04')
        assert.equal(await terminal.end(), 0)
      },
      { home, directory, rows: 60, columns: 100 },
    )
    const file = join(home, '.local/state/impt/squirrel-history')
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    assert.match(await readFile(file, 'utf8'), /count \+ 2/)
    // Its history is its own, and is there the next time; from inside the prompt, too.
    await play(
      [],
      async (terminal) => {
        await terminal.until(/›$/m)
        terminal.send('squirrel\r')
        await terminal.until(/device›$/m)
        terminal.send('\x1b[A\x1b[A')
        await terminal.until(/› :type imp9$/m)
        terminal.send('\x03')
        terminal.send('6 * 7\r')
        await terminal.until(/\n42\n/)
        terminal.send(':quit\r')
        await terminal.until(/impt .*›$/m)
        terminal.send('print (1 + 1)\r')
        await terminal.until(/\n2\n/)
        terminal.send('exit\r')
        assert.equal(await terminal.end(), 0)
      },
      { home, directory },
    )
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('from a pipe the Squirrel prompt takes lines and commands, and ends with its input', async (t) => {
  const desk = await openDesk(t)
  const { code, stdout } = await desk.run(
    ['squirrel', '--agent'],
    'local a = 1, b = [a, a + 1]; local c; local function g(x) { return x * 10 }\ng(b[1]) + (c == null ? 1 : 0)\nfunction f() {\nreturn 7 }\nf() + a\n:device\nimp.environment() == ENVIRONMENT_CARD || imp.environment() == ENVIRONMENT_MODULE\n:nope\n',
  )
  assert.equal(code, 0)
  assert.match(stdout, /null\n21\nnull\n8\ntrue\nError: There is no :nope\.\n/)
})
