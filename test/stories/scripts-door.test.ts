import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { describe, test } from 'node:test'
import { openDesk, type Desk, type Ended } from './impt.ts'
import { PROGRAM } from './terminal.ts'

/** A line for the shell, where `impt` is this program. */
async function shell(desk: Desk, line: string): Promise<Ended> {
  const bin = join(desk.folder, 'bin')
  if (!existsSync(bin)) {
    await mkdir(bin)
    await symlink(PROGRAM, join(bin, 'impt'))
  }
  const child = spawn('sh', ['-c', line], {
    cwd: desk.folder,
    env: { ...desk.env, PATH: `${bin}${delimiter}${desk.env.PATH}` },
  })
  const kept = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (kept[name] += text))
  return new Promise((done) => child.on('close', (code, signal) => done({ code, signal, ...kept })))
}

const script = async (desk: Desk, text: string | Uint8Array, name = 's.imptsh'): Promise<string> => {
  await writeFile(join(desk.folder, name), text, { mode: 0o755 })
  return name
}

describe('a script that cannot run', () => {
  test('with syntax errors anywhere runs nothing and names all of them', async (t) => {
    const desk = await openDesk(t)
    await script(desk, '!touch made\nprint )\nif 1 = 2 { print x }\nprint `date`\n')
    const { code, stdout, stderr } = await desk.run(['s.imptsh'])
    assert.deepEqual([code, stdout], [2, ''])
    assert.deepEqual(stderr.match(/^s\.imptsh:\d+:\d+: error\[\w+\]/gm), [
      's.imptsh:2:7: error[SYNTAX]',
      's.imptsh:3:6: error[BASH]',
      's.imptsh:4:7: error[BASH]',
    ])
    assert.ok(!existsSync(join(desk.folder, 'made')))
    const json = await desk.run(['run', '--output', 'json', 's.imptsh'])
    const errors = json.stderr
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).error)
    assert.deepEqual([json.code, json.stdout, errors.map(({ line }) => line)], [2, '', [2, 3, 4]])
  })

  test('with unknown names, commands and choices runs nothing and names all of them', async (t) => {
    const desk = await openDesk(t)
    await script(desk, '!touch made\ndevice lst\nprint $nobody\ndg list --dg-type prod\n')
    const { code, stderr } = await desk.run(['run', 's.imptsh'])
    assert.equal(code, 2)
    assert.deepEqual(stderr.match(/^s\.imptsh:\d+/gm), ['s.imptsh:2', 's.imptsh:3', 's.imptsh:4'])
    assert.match(stderr, /did you mean "list"|device list/)
    assert.ok(!existsSync(join(desk.folder, 'made')))
  })

  for (const [what, text, message] of [
    ['is not UTF-8', Buffer.from([0x70, 0xff, 0xfe, 0x0a]), /the file is not UTF-8 text/],
    ['has 10 MB', Buffer.alloc(10_000_000, 'a'), /the script is too long: 10000000/],
    ['has 10,000 open brackets', Buffer.from(`let x = ${'['.repeat(10_000)}`), /nested too deeply/],
    [
      'has 10,000 pairs of brackets',
      Buffer.from(`print ${'('.repeat(10_000)}1${')'.repeat(10_000)}`),
      /nested too deeply/,
    ],
  ] as const) {
    test(`because it ${what} is refused in a few lines, from a file and from stdin`, async (t) => {
      const desk = await openDesk(t)
      const file = await script(desk, text)
      for (const { code, stdout, stderr } of [await desk.run([file]), await shell(desk, `impt < ${file}`)]) {
        assert.deepEqual([code, stdout], [2, ''])
        assert.match(stderr, message)
        assert.ok(stderr.length < 1000, `${stderr.length} characters`)
      }
    })
  }

  test('because it is a directory or is not there is refused in one line', async (t) => {
    const desk = await openDesk(t)
    await mkdir(join(desk.folder, 'folder.imptsh'))
    for (const [words, message] of [
      [['folder.imptsh'], 'Error: folder.imptsh: is a directory, not a script\n'],
      [['run', '.'], 'Error: .: is a directory, not a script\n'],
      [['missing.imptsh'], 'Error: missing.imptsh: there is no such file\n'],
      [['check', 'missing'], 'Error: missing: there is no such file\n'],
    ] as const) {
      assert.deepEqual(await desk.run(words), { code: 2, signal: null, stdout: '', stderr: message })
    }
  })
})

describe('a script', () => {
  test('is run by the kernel through its first line', async (t) => {
    const desk = await openDesk(t)
    await script(
      desk,
      '#!/usr/bin/env impt\nimptsh 1\nparam who\nprint "hello $who"\nexit 7\n',
      'hello.imptsh',
    )
    assert.deepEqual(await shell(desk, "./hello.imptsh 'my friend'"), {
      code: 7,
      signal: null,
      stdout: 'hello my friend\n',
      stderr: '',
    })
    // Without the ending too, by its path.
    await copyFile(join(desk.folder, 'hello.imptsh'), join(desk.folder, 'hello'))
    assert.equal((await shell(desk, './hello you')).stdout, 'hello you\n')
  })

  test('comes from stdin as a whole, with or without arguments', async (t) => {
    const desk = await openDesk(t)
    assert.equal((await desk.run([], 'print a\nprint b\n')).stdout, 'a\nb\n')
    assert.equal((await desk.run(['-', 'x y', '-z'], '$args | to json --compact\n')).stdout, '["x y","-z"]\n')
    assert.deepEqual(await desk.run(['-'], ''), { code: 0, signal: null, stdout: '', stderr: '' })
    const wrong = await desk.run([], 'print a\nprint (\n')
    assert.deepEqual([wrong.code, wrong.stdout], [2, ''])
    assert.match(wrong.stderr, /^<stdin>:2:7: error\[UNCLOSED\]/)
  })

  test('given by -c gets its arguments as they are', async (t) => {
    const desk = await openDesk(t)
    const { stdout } = await desk.run(['-c', 'print $1\n$args | count', '$HOME | {x}', '--help', '-z'])
    assert.equal(stdout, '$HOME | {x}\n3\n')
    assert.equal((await desk.run(['-c'])).code, 2)
  })

  test('prints its help from its param lines, and takes arguments by them', async (t) => {
    const desk = await openDesk(t)
    await script(
      desk,
      'imptsh 1\n## Greets.\nparam who = "you"   # whom to greet\nparam --times/t: number = 1\nparam --loud: flag\nparam --key: secret = ""\nprint $who $times $loud $key\n',
    )
    const help = await desk.run(['s.imptsh', '--help'])
    assert.equal(help.code, 0)
    assert.match(
      help.stdout,
      /^Greets\.\n\nusage: impt run s\.imptsh \[WHO\] \[-t, --times NUMBER\] \[--loud\] \[--key SECRET\]\n/,
    )
    assert.match(help.stdout, /\n {2}WHO +whom to greet {2}\(text\) {2}default: "you"\n/)
    assert.deepEqual(await desk.run(['run', 's.imptsh', '-h']), help)
    assert.match((await desk.run(['run', '--help'])).stdout, /Usage: impt run <FILE>/)
    assert.equal(
      (await desk.run(['s.imptsh', 'me', '-t', '3', '--loud', '--key=abc'])).stdout,
      'me 3 true ***\n',
    )
    for (const [words, message] of [
      [['a', 'b'], /usage: impt run s\.imptsh/],
      [['--times', 'x'], /number/],
      [['--unknown'], /has no option --unknown\n[^]*usage: .* \[--loud\] \[--key SECRET\]/],
    ] as const) {
      const { code, stdout, stderr } = await desk.run(['s.imptsh', ...words])
      assert.deepEqual([code, stdout], [2, ''])
      assert.match(stderr, message)
    }
  })

  test('points at the parameter that got a wrong value or none, and names its choices', async (t) => {
    const desk = await openDesk(t)
    await script(
      desk,
      'param --env: choice("lab", "field") = "lab"\nparam --keep = 3\nparam who\nprint $env $keep $who\n',
    )
    assert.match(
      (await desk.run(['s.imptsh', '--help'])).stdout,
      /\[--env lab\|field\] \[--keep NUMBER\] WHO\n/,
    )
    for (const [words, line] of [
      [['me', '--env', 'sea'], 1],
      [['me', '--keep=x'], 2],
      [['--keep', '3'], 3],
    ] as const) {
      const { code, stderr } = await desk.run(['s.imptsh', ...words])
      assert.equal(code, 2)
      assert.match(stderr, new RegExp(`^s\\.imptsh:${line}:1: error\\[USAGE\\]`))
    }
  })

  test('looks up the entities that its arguments name before it begins', async (t) => {
    const desk = await openDesk(t)
    const world = (words: readonly string[]): ReturnType<typeof desk.run> => desk.run(['--sandbox', ...words])
    await script(desk, 'param p: product\nparam ...more: device\nprint began $p ($more | count)\n')
    assert.equal((await world(['product', 'create', '--name', 'Pump'])).code, 0)
    assert.equal((await world(['run', 's.imptsh', 'Pump'])).stdout, 'began Pump 0\n')
    const missing = await world(['run', 's.imptsh', 'Pomp'])
    assert.deepEqual([missing.code, missing.stdout], [1, ''])
    assert.match(missing.stderr, /^s\.imptsh:1:1: error\[NOT_FOUND\]: Product "Pomp" is not found\./)
    const rest = await world(['run', 's.imptsh', 'Pump', 'nosuch'])
    assert.deepEqual([rest.code, rest.stdout], [1, ''])
    assert.match(rest.stderr, /^s\.imptsh:2:1: error\[NOT_FOUND\]: Device "nosuch" is not found\./)
    assert.equal((await world(['run', '--skip-lookup', 's.imptsh', 'Pomp'])).stdout, 'began Pomp 0\n')
  })

  test('that logs in by itself is not asked for a login before it begins', async (t) => {
    const desk = await openDesk(t)
    await script(desk, 'param p: product\nprint began $p\n')
    const { code, stdout } = await desk.run(['run', 's.imptsh', 'Pump'])
    assert.deepEqual([code, stdout], [0, 'began Pump\n'])
  })

  test('ends quietly when the reader of its output goes', async (t) => {
    const desk = await openDesk(t)
    await script(desk, 'let n = 0\nwhile true {\n  print "line $n"\n  set n = $n + 1\n}\n')
    assert.deepEqual(await shell(desk, 'impt s.imptsh | head -2'), {
      code: 0,
      signal: null,
      stdout: 'line 0\nline 1\n',
      stderr: '',
    })
  })

  for (const [signal, exit] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`runs its finally blocks on ${signal} and ends with ${exit}`, async (t) => {
      const desk = await openDesk(t)
      const file = await script(
        desk,
        'try { print started; !sleep 60 } finally { sleep 1ms; print cleaned; !echo "by a program" }\nprint never\n',
      )
      const impt = desk.start([file])
      await impt.shows(/started/)
      impt.child.kill(signal)
      assert.deepEqual(await impt.ended, {
        code: exit,
        signal: null,
        stdout: 'started\ncleaned\nby a program\n',
        stderr: '',
      })
    })
  }

  test('ends at once at the second Ctrl-C, whatever it does', async (t) => {
    const desk = await openDesk(t)
    const impt = desk.start([
      '-c',
      'try { print started; while true { } } finally { print cleaning; while true { } }',
    ])
    await impt.shows(/started/)
    impt.child.kill('SIGINT')
    await impt.shows(/cleaning/)
    impt.child.kill('SIGINT')
    assert.equal((await impt.ended).code, 130)
  })

  test('ends with 124 after the time of --timeout, with its finally blocks', async (t) => {
    const desk = await openDesk(t)
    const file = await script(desk, 'try { while true { } } finally { print cleaned }\n')
    const { code, stdout, stderr } = await desk.run(['run', '--timeout', '150ms', file])
    assert.deepEqual([code, stdout], [124, 'cleaned\n'])
    assert.match(stderr, /error\[TIMEOUT\]: not done within 150ms/)
    assert.equal((await desk.run(['run', '--timeout', 'soon', file])).code, 2)
  })
})

describe('an example on the embedded impCentral', () => {
  const example = (name: string) => resolve('scripts/examples', name)

  test('runs with --sandbox, and its results stay for the next one', async (t) => {
    const desk = await openDesk(t)
    const made = await desk.run(['--sandbox', 'run', example('12-factory-groups.imptsh'), 'Thermostat'])
    assert.equal(made.code, 0, made.stderr)
    assert.match(
      made.stdout,
      /^name +type +id\nline-1-fixture +factory +\S+\nline-1-dut +dut +\S+\nline-1-production +production +\S+\n$/,
    )
    const again = await desk.run(['--sandbox', example('12-factory-groups.imptsh'), 'Thermostat'])
    assert.deepEqual(again, made)
  })

  test('asks nobody where there is nobody, unless the run is confirmed', async (t) => {
    const desk = await openDesk(t)
    const words = [
      example('01-quarantine-offline.imptsh'),
      'Thermostat',
      '--older',
      '1ms',
      '--group',
      'Pump Lab',
    ]
    const alone = await desk.run(['--sandbox', 'run', ...words])
    assert.deepEqual([alone.code, alone.stdout], [4, ''])
    const dry = await desk.run(['--sandbox', 'run', '--dry-run', ...words])
    assert.deepEqual(
      [dry.code, dry.stdout],
      [0, 'would run: device assign --device 23cdebb69b3b3a66 --dg "Pump Lab" --confirmed\n'],
    )
    assert.match(dry.stderr, /\ndry run: 1 action was shown and not run\n$/)
    const sure = await desk.run(['--sandbox', 'run', '--confirmed', ...words])
    assert.equal(sure.code, 0, sure.stderr)
    const { stdout } = await desk.run([
      '--sandbox',
      '-c',
      'device info --device Cellar | get device_group.name',
    ])
    assert.equal(stdout, 'Pump Lab\n')
  })

  test('may still talk to impCentral in a finally block after Ctrl-C', async (t) => {
    const desk = await openDesk(t)
    const text =
      'try { print started; log stream --device Kitchen | each { } } finally { device restart --device Kitchen }\n'
    const impt = desk.start(['--sandbox', await script(desk, text)])
    await impt.shows(/started/)
    impt.child.kill('SIGINT')
    const { code, stdout, stderr } = await impt.ended
    assert.deepEqual([code, stderr], [130, 'stopped: 1 command was done, the rest was not started\n'])
    assert.match(
      stdout,
      /^started\nRestart request for Device "\w+" is successful\.\nIMPT COMMAND SUCCEEDS\n$/,
    )
  })

  test('from stdin cannot ask, and does not wait for an answer', async (t) => {
    const desk = await openDesk(t)
    const { code, stdout, stderr } = await desk.run(['--sandbox'], 'dg delete --dg "Pump Pilot"\n')
    assert.equal(code, 4)
    assert.doesNotMatch(stdout, /is deleted/)
    assert.match(stderr, /<stdin>:1:1: error\[CONFIRM\]: [^\n]*\n[^]*help: [^\n]*--confirmed/)
  })

  test('deploys with real Squirrel and waits for its line', async (t) => {
    const desk = await openDesk(t)
    await writeFile(join(desk.folder, 'device.nut'), 'server.log("READY")\n')
    await writeFile(join(desk.folder, 'agent.nut'), 'server.log("agent")\n')
    const { code, stdout, stderr } = await desk.run([
      '--sandbox',
      example('02-deploy-all-wait.imptsh'),
      'Water Pump',
    ])
    assert.equal(code, 0, stderr)
    assert.match(stdout, /\nPump Lab: \d{4}-\S+Z READY\n$/)
  })
})
