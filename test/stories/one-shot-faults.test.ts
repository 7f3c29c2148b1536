import assert from 'node:assert/strict'
import { chmod, cp, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { faultsOf } from '../../src/commands/sandbox/switches.ts'
import { openDesk, serveAgain, type Desk } from './impt.ts'
import { PROGRAM } from './terminal.ts'

const UNREACHABLE = 'Access to impCentral failed or timed out. Please check your network connection.'

/** A server whose answers have a fault, as `sandbox serve --fault` gives it. */
async function injected(desk: Desk, fault: string): Promise<void> {
  const { sandbox } = await desk.cloud()
  for (const one of faultsOf({ fault: [fault] })) sandbox.inject({ method: '*', path: '*', skip: 0, ...one })
}

describe('a server that', () => {
  test('cannot be reached gives the documented line, and a login writes nothing', async (t) => {
    const desk = await openDesk(t)
    const { code, stdout } = await desk.run([
      'auth',
      'login',
      '-u',
      'demo',
      '-w',
      'secret-word',
      '-e',
      'http://127.0.0.1:9/v5',
    ])
    assert.equal(code, 1)
    assert.ok(stdout.startsWith(`Error: ${UNREACHABLE}\n`), stdout)
    assert.match(stdout, /\nIMPT COMMAND FAILS\n$/)
    assert.doesNotMatch(stdout, /secret-word/)
    assert.deepEqual(
      (await readdir(desk.folder)).filter((name) => name.startsWith('.impt.auth')),
      [],
    )
  })

  for (const [fault, expected] of [
    ['html', /^Error: impCentral answered HTTP \d+ with HTML .*\n/],
    ['garbage', /^Error: Access to impCentral failed .*\n.*HPE_INVALID_CONSTANT.*\n/],
    ['418', /^Error: .*\n/],
  ] as const) {
    test(`answers with ${fault} gives one line in text and one reason in JSON`, async (t) => {
      const desk = await openDesk(t)
      await injected(desk, `${fault}=99`)
      const { code, stdout, stderr } = await desk.run(['product', 'list'])
      assert.equal(code, 1)
      assert.match(stdout, expected)
      assert.match(stdout, /\nIMPT COMMAND FAILS\n$/)
      assert.equal(stderr, '')
      assert.equal(typeof (await desk.json('product', 'list')).Error, 'string')
    })
  }

  test('cuts answers, resets connections or is overloaded for a moment is asked again', async (t) => {
    const desk = await openDesk(t)
    // The login of the desk takes three answers of the server, all good: faults are added by a second server.
    const server = await desk.server()
    server.running.child.kill('SIGTERM')
    await server.running.ended
    await serveAgain(desk, server, '--fault', 'truncated=1', '--fault', 'reset=1', '--fault', '503=1')
    const { code, stdout } = await desk.run(['product', 'list'])
    assert.equal(code, 0, stdout)
  })

  test('is overloaded for good gives the reason, and a write is sent once only', async (t) => {
    const desk = await openDesk(t)
    await injected(desk, '503=1')
    const refused = await desk.run(['product', 'create', '-n', 'Once', '-z', 'json'])
    assert.equal(refused.code, 1)
    assert.equal(JSON.parse(refused.stdout).Error, 'Injected Fault: By request.')
    assert.equal((await desk.run(['product', 'info', '-p', 'Once'])).code, 1)
  })
})

describe('proxies', () => {
  test('are used, unless NO_PROXY names the server', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
    const dead = { HTTP_PROXY: 'http://127.0.0.1:9', HTTPS_PROXY: 'http://127.0.0.1:9' }
    const through = await desk.run(['product', 'list'], '', { ...dead, NO_PROXY: 'example.com' })
    assert.equal(through.code, 1)
    assert.ok(through.stdout.startsWith(`Error: ${UNREACHABLE}\n`), through.stdout)
    assert.equal((await desk.run(['product', 'list'], '', { ...dead, NO_PROXY: '127.0.0.1' })).code, 0)
  })
})

describe('two processes at once', () => {
  test('refresh the token of one file without harm', async (t) => {
    const desk = await openDesk(t)
    await desk.server('--token-life', '60')
    const before = JSON.parse(await readFile(join(desk.folder, '.impt.auth'), 'utf8'))
    const all = await Promise.all(
      Array.from({ length: 4 }, () => desk.run(['product', 'list', '-z', 'minimal'])),
    )
    for (const { code, stdout } of all) assert.equal(code, 0, stdout)
    const after = JSON.parse(await readFile(join(desk.folder, '.impt.auth'), 'utf8'))
    assert.notEqual(after.accessToken, before.accessToken)
    assert.equal((await stat(join(desk.folder, '.impt.auth'))).mode & 0o777, 0o600)
    assert.deepEqual(
      (await readdir(desk.folder)).filter((name) => name.startsWith('.impt.auth')),
      ['.impt.auth'],
    )
  })

  test('share one sandbox folder, and lose nothing', async (t) => {
    const desk = await openDesk(t)
    const names = ['One', 'Two', 'Three']
    const made = await Promise.all(
      names.map((name) => desk.run(['--sandbox', 'product', 'create', '-n', name])),
    )
    for (const { code, stdout, stderr } of made) assert.equal(code, 0, stdout + stderr)
    const all = JSON.parse((await desk.run(['--sandbox', 'product', 'list', '-z', 'json'])).stdout)
    for (const name of names)
      assert.ok(
        all.some((one: any) => one.Product.name === name),
        name,
      )
  })
})

describe('files', () => {
  test('that are broken are reported and kept', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
    for (const [name, text, words, message] of [
      ['.impt.project', '{"deviceGroupId": "x"', ['dg', 'info'], 'Project File is corrupted.'],
      ['.impt.project', '[]', ['project', 'info'], 'Project File is corrupted.'],
      ['.impt.test', '\0\0', ['test', 'info'], 'Test Configuration File is corrupted.'],
      ['.impt.auth', '{"accessToken": 5}', ['product', 'list'], 'Local Auth File is corrupted.'],
    ] as const) {
      await writeFile(join(desk.folder, name), text)
      const { code, stdout } = await desk.run(words)
      assert.notEqual(code, 0)
      assert.ok(stdout.startsWith(`Error: ${message}\n`), stdout)
      assert.equal(await readFile(join(desk.folder, name), 'utf8'), text)
    }
  })

  test('in a folder that may not be written give one line, and no half-written file', async (t) => {
    const desk = await openDesk(t)
    // Somebody else, see below, gets into an open sandbox only.
    const { url } = await desk.server('--open')
    const closed = join(desk.folder, 'closed')
    await mkdir(closed)
    await chmod(closed, 0o555)
    await chmod(desk.folder, 0o755)
    // Permissions mean nothing to root, so there the command runs as somebody else, who may not be able to read this folder.
    const copy = join(desk.folder, 'program')
    await cp(dirname(PROGRAM), copy, { recursive: true })
    const person = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
    const words = ['auth', 'login', '-u', 'demo', '-w', 'demo-password', '-e', url]
    const impt = desk.start(words, { HOME: closed }, { ...person, program: join(copy, basename(PROGRAM)) })
    const { code, stdout } = await impt.ended
    assert.equal(code, 1, stdout)
    assert.match(
      stdout,
      /^Error: File error: .*\.impt\.auth: .*permission denied\.\n.*\nIMPT COMMAND FAILS\n$/i,
    )
    assert.deepEqual(await readdir(closed), [])
  })
})

describe('every word of the shell has the same door and the same exit', () => {
  test('a failure is a JSON document where JSON was asked for', async (t) => {
    const desk = await openDesk(t)
    for (const words of [
      ['check', '-z', 'json', 'nosuch.imptsh'],
      ['serve', '-z', 'json', '--bogus'],
      ['run', '--output=json', '--bogus'],
      ['sandbox', 'start', '-z', 'json', '--bogus'],
      ['squirrel', 'run', '-z', 'json', 'nosuch.nut'],
      ['device', 'list', '-z', 'json', '--bogus'],
      ['nosuch', '-z', 'json'],
    ]) {
      const { code, stdout } = await desk.run(words)
      assert.notEqual(code, 0, words.join(' '))
      assert.equal(typeof (JSON.parse(stdout) as { Error: unknown }).Error, 'string', words.join(' '))
    }
  })

  test('a group without a command shows its help, then what is missing, and fails', async (t) => {
    const desk = await openDesk(t)
    const { code, stdout } = await desk.run(['product'])
    assert.equal(code, 2)
    assert.match(stdout, /^\nUsage: impt product <command>[^]*\nError: Please specify a valid command\.\n/)
  })

  test('with neither a terminal nor an input the help is shown, and it fails', async (t) => {
    const desk = await openDesk(t)
    const { code, stdout, stderr } = await desk.run([])
    assert.equal(code, 2)
    assert.match(stdout, /^\nUsage: impt <command>/)
    assert.match(stderr, /^Error: Please specify a valid command\.\n/)
  })
})
