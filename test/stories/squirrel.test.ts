import assert from 'node:assert/strict'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'

test('a program that never ends is told with its place, its log is whole, and the exit code is 1', async (t) => {
  const desk = await openDesk(t)
  const source = 'server.log("before")\nfunction spin() {\n  while (true) {}\n}\nimp.wakeup(1, spin)\n'
  await writeFile(join(desk.folder, 'loop.nut'), source)
  const plain = await desk.run([
    'squirrel',
    'run',
    'loop.nut',
    '--start',
    '2026-01-01',
    '--max-ticks',
    '90000',
  ])
  assert.equal(plain.code, 1)
  assert.equal(
    plain.stdout + plain.stderr,
    `2026-01-01T00:00:00.001Z [server.log] before
2026-01-01T00:00:01.001Z [server.error] ERROR: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks
2026-01-01T00:00:01.001Z [server.error] ERROR:   at spin:loop.nut:3
2026-01-01T00:00:01.001Z [lastexitcode] watchdog
Error: loop.nut: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks.
  at spin:loop.nut:3
IMPT COMMAND FAILS
`,
  )
  const json = await desk.run(['squirrel', 'run', 'loop.nut', '--max-ticks', '90000', '-z', 'json'])
  const error = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, unknown>
  assert.deepEqual(error, {
    Error: 'loop.nut: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks.',
    side: 'device',
    reason: 'ticks',
    callback: 'imp.wakeup',
    place: { file: 'loop.nut', line: 2 },
    frames: [{ name: 'spin', file: 'loop.nut', line: 3 }],
  })
  const wrong = await desk.run(['squirrel', 'run', 'loop.nut', '--start', 'yesterday'])
  assert.deepEqual([wrong.code, /is not a time/.test(wrong.stdout + wrong.stderr)], [2, true])
})

test('code that is too large for the imp does not pass for a run that went well', async (t) => {
  const desk = await openDesk(t)
  const long = 'a text that takes room, '.repeat(25)
  const lines = Array.from({ length: 400 }, (_, i) => `server.log("${long}number ${i}")\n`)
  await writeFile(join(desk.folder, 'large.nut'), lines.join(''))
  const words = ['large.nut', '--type', 'imp001']
  for (const command of [
    ['run', ...words],
    ['run', ...words, '--coverage'],
    ['run', ...words, '--profile'],
    ['debug', ...words, '--command', 'run'],
  ]) {
    const { code, stdout, stderr } = await desk.run(['squirrel', ...command])
    assert.equal(code, 1, command.join(' '))
    assert.match(
      stdout + stderr,
      /^Error: large\.nut: the code does not start: it takes [\d,]+ bytes, and an imp001 has room for 131,072\.\nIMPT COMMAND FAILS\n$/,
    )
  }
  const json = await desk.run(['squirrel', 'run', ...words, '-z', 'json'])
  assert.equal(json.code, 1)
  assert.equal((JSON.parse(json.stdout) as { reason: string }).reason, 'room')
})

test('a run that a signal breaks off is no success, and what was logged before is there', async (t) => {
  const desk = await openDesk(t)
  await writeFile(
    join(desk.folder, 'loop.nut'),
    'function spin() { while (true) {} }\nserver.log("begins")\nimp.wakeup(1, spin)\n',
  )
  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const running = desk.start(['squirrel', 'run', 'loop.nut', '--max-ticks', '9000000000000'])
    await running.shows(/begins/)
    running.child.kill(signal)
    const { code, stdout, stderr } = await running.ended
    assert.equal(code, exit, signal)
    assert.match(stdout + stderr, /begins\nOperation is canceled\.\nIMPT COMMAND FAILS\n$/)
  }
})

test('a second file for the side of FILE is refused, not forgotten', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'one.nut'), 'server.log("ran")\n')
  for (const command of ['run', 'debug'])
    for (const [side, words] of [
      ['device', ['--device-file', 'one.nut']],
      ['agent', ['--agent', '--agent-file', 'one.nut']],
    ] as const) {
      const { code, stdout, stderr } = await desk.run(['squirrel', command, 'one.nut', ...words])
      assert.equal(code, 2)
      assert.match(
        stdout + stderr,
        new RegExp(`^Error: FILE is the ${side} code: "--${side}-file" has no effect\\.\n`),
      )
    }
})

test('type, script, libraries and variables reach the code; wrong ones are told', async (t) => {
  const desk = await openDesk(t)
  const put = (name: string, text: string) => writeFile(join(desk.folder, name), text)
  await mkdir(join(desk.folder, 'libs/2.1.0'), { recursive: true })
  await put('libs/2.1.0/Sensor.lib.nut', 'Sensor <- "sensor"')
  await put('pins.json', '{"pins": {"pin1": 1}}')
  await put(
    'main.nut',
    `#require "sensor.lib.nut:2.1.0"
hardware.pin1.configure(DIGITAL_IN)
server.log(Sensor + " " + hardware.pin1.read() + " " + imp.info().type + " " + __VARS.URL + " " + (__VARS.LIMIT + 1))
`,
  )
  const words = [
    'squirrel',
    'run',
    'main.nut',
    '--type',
    'IMP001',
    '--script',
    'pins.json',
    '--libraries',
    'libs',
  ]
  const vars = ['--var', 'URL=x=y', '--var', 'LIMIT=41']
  const run = await desk.run([...words, ...vars])
  assert.match(run.stdout, /\[server\.log\] sensor 1 imp001 x=y 42\n/, run.stdout + run.stderr)
  const checked = await desk.run(['squirrel', 'check', 'main.nut', ...vars], '', { IMPT_LIBRARIES: 'libs' })
  assert.equal(checked.code, 0, checked.stdout + checked.stderr)
  await put('deployed.nut', '#require "sensor.lib.nut:2.1.0"\nserver.log(Sensor)')
  const deploy = ['--sandbox', 'build', 'deploy', '--dg', 'Pump Lab', '--device-file', 'deployed.nut']
  const lost = await desk.run(deploy)
  assert.match(lost.stdout + lost.stderr, /library "sensor\.lib\.nut:2\.1\.0" is not available offline/)
  const deployed = await desk.run(deploy, '', { IMPT_LIBRARIES: 'libs' })
  assert.equal(deployed.code, 0, deployed.stdout + deployed.stderr)
  for (const [wrong, told] of [
    [['--type', 'imp9'], /There is no imp type "imp9"[^]*imp001, imp002/],
    [['--var', 'URL'], /"URL" is no variable/],
    [['--libraries', 'none'], /library folder "[^"]*none" does not exist/],
    [['--script', 'main.nut'], /File error: main\.nut/],
  ] as const) {
    const ended = await desk.run(['squirrel', 'run', 'main.nut', ...wrong])
    assert.notEqual(ended.code, 0)
    assert.match(ended.stdout + ended.stderr, told)
  }
})

test('models of a script are files beside it, or built in; those that lie elsewhere or do not compile are told before anything runs', async (t) => {
  const desk = await openDesk(t)
  const put = (name: string, text: string) => writeFile(join(desk.folder, name), text)
  await mkdir(join(desk.folder, 'bench/parts'), { recursive: true })
  const list = await desk.json('squirrel', 'model')
  assert.deepEqual(Object.keys(list), ['lis3dh', 'tmp102', 'modem', 'spi-flash'])
  const printed = await desk.run(['squirrel', 'model', 'tmp102'])
  assert.match(printed.stdout, /^\/\/ A TMP102 thermometer/)
  assert.equal((await desk.run(['squirrel', 'model', 'none'])).code, 1)
  await put('bench/parts/own.nut', printed.stdout)
  await put('bench/own.json', (await desk.run(['squirrel', 'model', 'lis3dh'])).stdout)
  const model = (use: string, rest = '') => `{"bus": "i2cJK", "address": "90", "use": "${use}"${rest}}`
  await put(
    'bench/script.json',
    `{"models": [${model('parts/own.nut', ', "with": {"celsius": 30}')}, {"bus": "i2cLM", "address": "30", "use": "own.json"}]}`,
  )
  await put(
    'main.nut',
    'local r = hardware.i2cJK.read(0x90, "\\x00", 2); server.log(((r[0] << 8) | r[1]) / 256.0); server.log(hardware.i2cLM.read(0x30, "\\x0F", 1)[0])',
  )
  const run = (...words: string[]) => desk.run(['squirrel', 'run', 'main.nut', '--script', ...words])
  const good = await run('bench/script.json')
  assert.equal(good.code, 0, good.stdout + good.stderr)
  assert.match(good.stdout, /\[server\.log\] 30\n[^]*\[server\.log\] 51\n/)
  await put('outside.nut', 'class A {}')
  await symlink('../outside.nut', join(desk.folder, 'bench/link.nut'))
  await put('bench/broken.nut', 'class A {\n  function (')
  await put('bench/bad.nut', 'class A { function read(r, n) { throw "burnt" } }')
  for (const [use, told] of [
    ['../outside.nut', /lies outside the folder of the script/],
    ['link.nut', /lies outside the folder of the script/],
    ['/etc/passwd.nut', /does not exist beside the script/],
    ['gone.json', /the model gone\.json does not exist beside the script/],
    ['broken.nut', /\(broken\.nut:2\)/],
    ['nothing', /lis3dh, tmp102, modem, spi-flash/],
  ] as const) {
    await put('bench/wrong.json', `{"models": [${model(use)}]}`)
    const { code, stdout, stderr } = await run('bench/wrong.json')
    assert.deepEqual([code, stdout.includes('[server.log]')], [1, false], use)
    assert.match(stdout + stderr, told)
  }
  await put('bench/wrong.json', `{"models": [${model('bad.nut')}]}`)
  const failed = await run('bench/wrong.json')
  assert.equal(failed.code, 1)
  assert.match(failed.stdout, /\[server\.error\] ERROR: model bad\.nut: burnt\n/)
  assert.match(failed.stdout + failed.stderr, /Error: main\.nut: model bad\.nut: burnt\./)
  await desk.run(['sandbox', 'start'])
  const device = ['sandbox', 'device', '--device', 'Living Room', '--script']
  assert.equal((await desk.run([...device, 'bench/script.json'])).code, 0)
  assert.match((await desk.run([...device, 'bench/wrong.json', '--slow', '1'])).stdout, /Living Room/)
})

test('a check of several files is a row a file in a table and in CSV', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'a.nut'), 'server.log(1)')
  await writeFile(join(desk.folder, 'b.nut'), 'server.log(')
  const check = async (mode: string) =>
    (await desk.run(['squirrel', 'check', 'a.nut', 'b.nut', '-z', mode])).stdout.split('\n')
  const [head = '', first = '', second = ''] = await check('table')
  assert.match(head, /^file +errors +size +warnings/)
  assert.match(first, /^a\.nut +.*\d+/)
  assert.match(second, /^b\.nut /)
  const csv = await check('csv')
  assert.deepEqual(
    [csv[0]?.trim(), csv[1]?.split(',')[0], csv[2]?.split(',')[0]],
    ['file,errors,size,warnings', 'a.nut', 'b.nut'],
  )
})

test('a file that is a folder, is missing or has no name is told by the name that was given, with what to do', async (t) => {
  const desk = await openDesk(t)
  await mkdir(join(desk.folder, 'd'))
  await writeFile(join(desk.folder, 'a.nut'), 'server.log(1)')
  const ends = async (expected: number, ...words: string[]) => {
    const { code, stdout, stderr } = await desk.run(words)
    assert.equal(code, expected, words.join(' '))
    return stdout + stderr
  }
  const told = (...words: string[]) => ends(1, ...words)
  const folder =
    /^Error: File error: d: EISDIR: illegal operation on a directory\.\nA folder stands where the file is expected; name a file, or move the folder away\n/
  for (const words of [
    ['squirrel', 'run'],
    ['squirrel', 'run', 'a.nut', '--script'],
  ])
    assert.match(await told(...words, 'd'), folder, words.join(' '))
  // What formats and checks takes folders: one in which there is nothing to do is a mistake, too.
  for (const act of ['check', 'format'])
    assert.match(await ends(2, 'squirrel', act, 'd'), /^Error: d: the folder has no \.nut files\.\n/)
  assert.match(await ends(2, 'fmt', 'd'), /^Error: d: the folder has no \.imptsh files\.\n/)
  for (const words of [['squirrel', 'check'], ['squirrel', 'run'], ['squirrel', 'format'], ['fmt']])
    assert.match(
      await told(...words, ''),
      /^Error: File error: "": .*\nThe name of the file is empty\n/,
      words.join(' '),
    )
  for (const words of [['squirrel', 'format'], ['fmt'], ['squirrel', 'run', 'a.nut', '--script']])
    assert.match(
      await told(...words, 'gone'),
      /^Error: File error: gone: file is not found\.\nCheck the name and the folder\n/,
      words.join(' '),
    )
})

test('help knows the imp API', async (t) => {
  const desk = await openDesk(t)
  assert.match(
    (await desk.run(['help', 'imp', 'imp.wakeup'])).stdout,
    /^imp\.wakeup\(seconds: number, callback: function, name\?: string\) -> timer\n/,
  )
  const close = await desk.run(['help', 'imp', 'imp.wakup'])
  assert.deepEqual([close.code, /Did you mean "imp\.wakeup"/.test(close.stdout + close.stderr)], [2, true])
})

test('check says how much room the compiled code takes on a type of imp, and warns before it is full', async (t) => {
  const desk = await openDesk(t)
  const long = 'a text that takes room, '.repeat(25)
  const lines = Array.from(
    { length: 400 },
    (_, index) => `function f${index}(a) { return a * ${index} + "${long}${index}" }\n`,
  )
  await writeFile(join(desk.folder, 'small.nut'), '// A comment takes no room.\nserver.log("a")\n')
  await writeFile(join(desk.folder, 'large.nut'), lines.join(''))
  const check = (...words: string[]) => desk.run(['squirrel', 'check', ...words])
  const small = await check('small.nut')
  const [, bytes = ''] =
    /^small\.nut compiles: ([\d,]+) bytes, [\d.]+ % of the room for code on an imp006\.\n/.exec(
      small.stdout,
    ) ?? []
  assert.ok(Number(bytes.replace(',', '')) > 0, small.stdout)
  const longer = '// A comment takes no room, however long it is.\n'.repeat(100)
  await writeFile(join(desk.folder, 'commented.nut'), `${longer}server.log("a")\n`)
  assert.match((await check('commented.nut')).stdout, new RegExp(`compiles: ${bytes} bytes`))
  const { files } = (await desk.json('squirrel', 'check', 'small.nut', 'large.nut')) as {
    readonly files: readonly { readonly file: string; readonly size: number }[]
  }
  assert.equal(files[0]?.size, Number(bytes.replace(',', '')))
  const large = await check('large.nut', '--type', 'IMP001')
  assert.match(large.stdout, / % of the room for code on an imp001\.\n/)
  assert.match(
    large.stderr,
    /Warning: large\.nut:1:1: the program is too large for a device: an imp001 does not start it \(SQ_SIZE\)/,
  )
  assert.equal((await check('large.nut', '--type', 'imp999')).code, 2)
})
