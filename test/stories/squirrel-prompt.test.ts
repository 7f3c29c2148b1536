import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { resultOf } from '../../src/commands/schema/result.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
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
    'local a = 1, b = [a, a + 1]; local c; local function g(x) { return x * 10 }\ng(b[1]) + (c == null ? 1 : 0)\nfunction f() {\nreturn 7 }\nf() + a\n:device\nimp.environment() == ENVIRONMENT_CARD || imp.environment() == ENVIRONMENT_MODULE\n',
  )
  assert.equal(code, 0)
  assert.match(stdout, /null\n21\nnull\n8\ntrue\n$/)
})

test('from a pipe the Squirrel prompt gives programs a line of JSON for all that it shows', async (t) => {
  const desk = await openDesk(t)
  const input = '1 + 1\nserver.log("hi")\n:type\nfunction f() {\n  return "a\\nb"\n}\nf()\nf(\n'
  const { code, stdout } = await desk.run(['squirrel', '-z', 'json'], input)
  assert.equal(code, 1)
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failure = entries.pop()
  assert.deepEqual(
    entries.map(({ type, msg }) => [type, msg]),
    [
      ['value', '2'],
      ['server.log', 'hi'],
      ['value', '0'],
      ['prompt', 'imp006'],
      ['value', 'null'],
      ['value', '"a\nb"'],
    ],
  )
  assert.match(failure.Error, /^The statement that begins in line 8 is not complete\.$/)
})

test('what the input of a pipe left to do is done at its end, in no time; :quit waits for nothing', async (t) => {
  const desk = await openDesk(t)
  const timer = 'imp.wakeup(600, @() server.log("late"))\n'
  const late = await desk.run(['squirrel'], timer)
  assert.deepEqual([late.code, late.stdout.split('\n').at(-2)], [0, '[server.log] late'])
  const quit = await desk.run(['squirrel'], `${timer}:quit\n`)
  assert.deepEqual([quit.code, quit.stdout.includes('late')], [0, false])
  const [value, log] = (await desk.run(['squirrel', '-z', 'json'], timer)).stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  assert.ok(Date.parse(log.ts) - Date.parse(value.ts) > 599_000)
  const failed = await desk.run(['squirrel'], 'imp.wakeup(600, @() nothing.here)\n')
  assert.equal(failed.code, 1)
  assert.match(
    failed.stdout,
    /'nothing' does not exist[^]*\nError: A callback failed after the end of the input\.\n/,
  )
  const endless = await desk.run(
    ['squirrel'],
    'function f() { imp.wakeup(600, f); server.log("again") }\nf()\n',
  )
  assert.deepEqual([endless.code, endless.stdout.match(/again/g)?.length], [0, 7])
})

test('a command whose JSON is a document a line fails in one line, also before its first', async (t) => {
  const desk = await openDesk(t)
  const lines = await Promise.all(
    commands.map(async (row) => ((await resultOf(row)).form === 'lines' ? [row] : [])),
  )
  const rows = lines.flat()
  assert.ok(rows.length >= 5)
  for (const row of rows) {
    const { code, stdout } = await desk.run([
      ...commandLine(row).split(' '),
      '--no-such-option',
      '-z',
      'json',
    ])
    assert.equal(code, 2, commandLine(row))
    assert.match(stdout, /^\{"Error":".*"\}\n$/, commandLine(row))
  }
  for (const words of [
    ['release', 'status', 'nosuch', '--follow'],
    ['build', 'run', '-g', 'nosuch', '-x', 'none.nut', '-y', 'none.nut', '--log'],
  ])
    assert.match((await desk.run(['--sandbox', ...words, '-z', 'json'])).stdout, /^\{"Error":".*"\}\n$/)
  const { stdout } = await desk.run(['device', 'list', '--no-such-option', '-z', 'json'])
  assert.match(stdout, /^\{\n {2}"Error"/)
})

test('a pipe ends at the first statement that fails or is cut off, with its line and 1', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'half.nut'), 'function f() {\n')
  await writeFile(join(desk.folder, 'bad.nut'), 'nothing.here\n')
  const ending = async (input: string) => {
    const { code, stdout, stderr } = await desk.run(['squirrel'], input)
    return [code, (stdout + stderr).replace(/\nIMPT COMMAND FAILS\n$/, '')]
  }
  const unfinished = 'The input ended before it: a bracket, a comment or a text is open'
  const failed = (where: string) => `Error: The input ends here: ${where} failed.`
  const cases: [string, number, string][] = [
    ['1\nnope\n2\n', 1, `1\nthe index 'nope' does not exist\n  at main:prompt:1\n${failed('line 2')}`],
    ['\n\nlocal = 1\n2\n', 1, ''],
    ['function f() {\n\n  return nope\n}\nf()\n', 1, failed('line 5')],
    ['f(1,\n2)\n', 1, failed('lines 1 to 2')],
    [
      '1\nsyntax (\n"end"\n',
      1,
      `1\nError: The statement that begins in line 2 is not complete.\n${unfinished}`,
    ],
    ['/* a\n', 1, `Error: The statement that begins in line 1 is not complete.\n${unfinished}`],
    ['local t = @"a\n', 1, `Error: The statement that begins in line 1 is not complete.\n${unfinished}`],
    ['throw "x"\n', 1, failed('line 1')],
    [':nope\n3\n', 1, failed('line 1')],
    [
      'if (false) {\n}\nelse {\n}\n',
      1,
      `${failed('line 3')}\nA statement runs when its line completes it: put "else" behind the "}", or use "impt squirrel run FILE"`,
    ],
    [':load none.nut\n', 1, failed('line 1')],
    [':load half.nut\n', 1, failed('line 1')],
    [':load bad.nut\n', 1, failed('line 1')],
    ['function f() {\n\n  return 7\n}\nf()\n', 0, 'null\n7\n'],
    ['7', 0, '7\n'],
    [':quit\nnope\n', 0, ''],
    ['  \n// a comment\n', 0, 'null\n'],
    ['', 0, ''],
  ]
  for (const [input, wanted, text] of cases) {
    const [code, shown] = await ending(input)
    assert.equal(code, wanted, input + shown)
    if (wanted === 0) assert.equal(shown, text, input)
    else assert.ok(String(shown).endsWith(text), `${input}\n${shown}`)
  }
})
