import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { blink } from './blink.ts'
import { openDesk } from './impt.ts'
import { play } from './terminal.ts'

test('a program stops at a line, shows its variables, takes steps, is changed and goes on', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'blink.nut'), blink())
  const commands = [
    'break blink.nut:12',
    'run',
    'locals',
    'print lamp',
    'step',
    'step',
    'stack',
    'out',
    'set count = 2',
    'delete 1',
    'continue',
  ]
  const { code, stdout, stderr } = await desk.run(
    ['squirrel', 'debug', 'blink.nut', '--start', '2026-01-01'],
    `${commands.join('\n')}\n`,
  )
  assert.equal(
    stdout + stderr,
    `Breakpoint 1 at blink.nut:12.
Breakpoint 1: tick at blink.nut:12 (device)
   12    local twice = count * 2
count = 1
instance {level = 0}
Step: tick at blink.nut:13 (device)
   13    lamp.set(twice)
Step: set at blink.nut:5 (device)
    5      level = l
> 0 set at blink.nut:5
  1 tick at blink.nut:13
  2 callback of imp.wakeup
Step: tick at blink.nut:14 (device)
   14    server.log("tick " + twice)
2
2026-01-01T00:00:01.001Z [server.log] tick 2
2026-01-01T00:00:02.001Z [server.log] tick 6
The program ended.
`,
  )
  assert.equal(code, 0)
})

test('a wrong command from a pipe is told, and the exit code says so', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'blink.nut'), blink())
  const { code, stdout, stderr } = await desk.run([
    'squirrel',
    'debug',
    'blink.nut',
    '--command',
    'fly',
    '--command',
    'constructor',
  ])
  assert.match(stdout + stderr, /there is no command "fly"[^]*there is no command "constructor"/)
  assert.match(stdout + stderr, /Error: 2 commands were wrong\./)
  assert.equal(code, 2)
  const one = await desk.run(['squirrel', 'debug', 'blink.nut', '--command', 'fly'])
  assert.match(one.stdout + one.stderr, /Error: 1 command was wrong\./)
  // What was typed may have been pasted from anywhere.
  const odd = await desk.run(
    ['log blink.nut:12 odd \x9b2J', 'breaks', 'quit'].reduce(
      (argv, command) => [...argv, '--command', command],
      ['squirrel', 'debug', 'blink.nut'],
    ),
  )
  assert.match(odd.stdout, /1 blink\.nut:12 log odd \\x9b2J\n/)
})

test('breakpoints hold in included files and in libraries, whose text is shown as it was compiled', async (t) => {
  const desk = await openDesk(t)
  const put = (name: string, text: string) => writeFile(join(desk.folder, name), text)
  await mkdir(join(desk.folder, 'inc'))
  await mkdir(join(desk.folder, 'libs'))
  await put(
    'main.nut',
    '@include "inc/part.nut"\n#require "MyLib.lib.nut:1.0.0"\nhelper(3)\nserver.log(mylib(2))\n',
  )
  await put('inc/part.nut', 'function helper(n) {\n  local m = n * 2\n  return m\n}\n')
  await put(
    'libs/MyLib.lib.nut',
    'const VERSION = "1.0.0"\nfunction mylib(x) {\n  local y = x + 1\n  return y\n}\n',
  )
  const commands = [
    'break part.nut:2',
    'break mylib',
    'break nosuch.nut:1',
    'run',
    'continue',
    'locals',
    'continue',
  ]
  const { stdout, code } = await desk.run(
    ['squirrel', 'debug', 'main.nut', '--preprocess', '--libraries', 'libs', '--start', '2026-01-01'],
    `${commands.join('\n')}\n`,
  )
  assert.equal(
    stdout.slice(0, stdout.indexOf('The program')),
    `Breakpoint 1 at inc/part.nut:2.
Breakpoint 2 at MyLib.lib.nut:3.
Error: the program has no file "nosuch.nut"; it has main.nut, MyLib.lib.nut, inc/part.nut
Breakpoint 1: helper at inc/part.nut:2 (device)
    2    local m = n * 2
Breakpoint 2: mylib at MyLib.lib.nut:3 (device)
    3    local y = x + 1
x = 2
2026-01-01T00:00:00.001Z [server.log] 3
`,
  )
  assert.equal(code, 2)
})

test('in a terminal commands are edited and completed, Ctrl-C stops what runs, and a restart begins anew', async (t) => {
  const desk = await openDesk(t)
  const source =
    'count <- 0\nfunction busy() {\n  server.log("begin")\n  while (true) {\n    count++\n  }\n}\nbusy()\n'
  await writeFile(join(desk.folder, 'busy.nut'), source)
  await play(
    ['squirrel', 'debug', 'busy.nut', '--max-ticks', '2000000000'],
    async (terminal) => {
      await terminal.until(/\(debug\)$/m)
      terminal.send('br\t')
      await terminal.until(/\(debug\) break$/m)
      terminal.send(' bu\t')
      // An answer that takes its time is a menu, which is not chosen from here.
      await terminal.until(/break busy\.nut:$|^ +busy\.nut:/m)
      terminal.send('\x15break busy.nut:8\r')
      await terminal.until(/Breakpoint 1 at busy\.nut:8\./)
      terminal.send('run\r')
      await terminal.until(/Breakpoint 1: main at busy\.nut:8[^]*\(debug\)$/m)
      terminal.send('c\r')
      await terminal.until(/\[server\.log\] begin/)
      terminal.send('\x03')
      await terminal.until(/Paused: busy at busy\.nut:5 \(device\)[^]*\(debug\)$/m)
      terminal.send('print cou\t')
      await terminal.until(/print count$|^ +count\b/m)
      terminal.send('\x15print count > 0\r')
      await terminal.until(/\ntrue\n/)
      terminal.send('restart\r')
      await terminal.until(/Breakpoint 1: main at busy\.nut:8[^]*Breakpoint 1: main at busy\.nut:8/)
      await terminal.until(/busy\(\)\n\(debug\)$/m)
      terminal.send('print count\r')
      await terminal.until(/\n0\n/)
      terminal.send('quit\r')
    },
    { home: desk.folder, directory: desk.folder },
  )
})
