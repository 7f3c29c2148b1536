import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { chmod, cp, mkdir, open, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { openDesk, type Desk } from './impt.ts'
import { PROGRAM } from './terminal.ts'

const json = async (desk: Desk, ...words: string[]): Promise<any> =>
  JSON.parse((await desk.run([...words, '-z', 'json'])).stdout)
/** The code of RFC 6238 for a base32 secret at a time in milliseconds. */
function oneTimePassword(secret: string, now: number): string {
  const bits = Array.from(secret, (char) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(char).toString(2).padStart(5, '0'),
  ).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const at = (digest.at(-1) ?? 0) & 15
  return String((digest.readUInt32BE(at) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0')
}

const UNREACHABLE = 'Access to impCentral failed or timed out. Please check your network connection.'

describe('questions', () => {
  test('are answered through a pipe, and asked again after a wrong answer', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const { code, stdout } = await desk.run(
      ['product', 'delete', '-p', 'Water Pump', '-f', '-b'],
      'maybe\ny\n',
    )
    assert.equal(code, 0)
    assert.match(stdout, /^The following entities will be deleted:\nProduct: \n {2}id: /)
    assert.match(
      stdout,
      /\n\nAre you sure you want to continue\?\nEnter 'y' \(yes\) or 'n' \(no\): \nInvalid value!\nEnter 'y' \(yes\) or 'n' \(no\): \n/,
    )
    assert.match(stdout, /\nProduct "\S+" is deleted successfully\.\n/)
    assert.equal((await desk.run(['product', 'info', '-p', 'Water Pump'])).code, 1)
  })

  test('fail at once where nobody can answer, and nothing is changed', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const before = await json(desk, 'product', 'list')
    const { code, stdout } = await desk.run(['product', 'delete', '-p', 'Thermostat', '-f', '-b'])
    assert.equal(code, 4)
    assert.match(
      stdout,
      /\nError: The command needs a confirmation and there is no one to ask\n.*--confirmed.*\nIMPT COMMAND FAILS\n$/,
    )
    assert.deepEqual(await json(desk, 'product', 'list'), before)
  })

  test('leave the JSON on stdout alone', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const refused = await desk.run(['product', 'delete', '-p', 'Thermostat', '-f', '-z', 'json'], 'n\n')
    assert.equal(refused.code, 4)
    assert.deepEqual(JSON.parse(refused.stdout), { Error: 'Operation is canceled.' })
    assert.match(refused.stderr, /Are you sure you want to continue\?/)
  })

  test('about a password are not answered by the end of the input', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.server()
    const { code, stdout } = await desk.run(['auth', 'login', '-u', 'demo', '-e', url, '-l', '-q'])
    assert.equal(code, 4)
    assert.match(stdout, /Error: The command needs the password and there is no one to ask\n/)
    const typed = await desk.run(['auth', 'login', '-e', url, '-q'], '1\ndemo\ndemo-password\n')
    assert.match(
      typed.stdout,
      /^Choose authentication method:\n {2}\(1\) User\/Password\n {2}\(2\) Login Key\n\nEnter 1 or 2: \n/,
    )
    assert.equal(typed.code, 0)
    assert.doesNotMatch(typed.stdout, /demo-password/)
  })
})

describe('logging in', () => {
  test('with two factors asks for the one-time password, and shows no credential even when debugging', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.server()
    const words = ['auth', 'login', '-l', '-q', '-u', 'mfa', '-w', 'mfa-password', '-e', url]
    const wrong = await desk.run(words, 'abcdef\n')
    assert.notEqual(wrong.code, 0)
    assert.match(wrong.stdout, /^Enter one-time password: \nError: /)
    const code = oneTimePassword('JBSWY3DPEHPK3PXP', Date.now())
    const right = await desk.run([...words, '-z', 'debug'], `${code}\n`)
    assert.equal(right.code, 0, right.stdout)
    const saved = JSON.parse(await readFile(join(desk.folder, '.impt.auth'), 'utf8'))
    for (const secret of ['mfa-password', code, saved.accessToken, saved.refreshToken])
      assert.ok(!right.stdout.includes(secret), secret)
    assert.equal((await json(desk, 'auth', 'info')).Auth.Username, 'mfa')
  })

  test('by environment variables saves nothing, and a local file comes first', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.server()
    const key = { IMPT_LOGINKEY: 'de30de30de30de30', IMPT_ENDPOINT: url }
    const typeOf = async (env: NodeJS.ProcessEnv) =>
      JSON.parse((await desk.run(['auth', 'info', '-z', 'json'], '', env)).stdout).Auth['Auth type']
    assert.equal(await typeOf(key), 'Local Auth file')
    await rename(join(desk.folder, '.impt.auth'), join(desk.folder, 'sandbox.auth'))
    assert.equal(await typeOf(key), 'Environment variables')
    assert.equal(
      await typeOf({ IMPT_USER: 'demo', IMPT_PASSWORD: 'demo-password', IMPT_ENDPOINT: url }),
      'Environment variables',
    )
    assert.ok(!(await readdir(desk.folder)).includes('.impt.auth'))
    const none = await desk.run(['product', 'list'])
    assert.equal(none.code, 3)
    assert.match(none.stdout, /^Error: You are not logged in\.\n.*impt auth login.*\nIMPT COMMAND FAILS\n$/)
  })

  test('with --temp expires with the documented advice', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.server()
    const file = join(desk.folder, '.impt.auth')
    await desk.run(['auth', 'login', '-l', '-q', '-t', '-u', 'demo', '-w', 'demo-password', '-e', url])
    const saved = JSON.parse(await readFile(file, 'utf8'))
    assert.deepEqual(Object.keys(saved), ['endpoint', 'accessToken', 'expiresAt'])
    await writeFile(file, JSON.stringify({ ...saved, expiresAt: '2020-01-01T00:00:00.000Z' }))
    assert.equal((await json(desk, 'auth', 'info')).Auth['Access token'], 'expired')
    const { code, stdout } = await desk.run(['product', 'list'])
    assert.equal(code, 3)
    assert.match(
      stdout,
      /^Error: Access token is expired for the Local Auth File\. Information required to refresh access token is not saved\.\nPlease relogin using "impt auth login --local" command and then try again\.\nIMPT COMMAND FAILS\n$/,
    )
  })
})

describe('ending early', () => {
  test('a reader that goes away ends impt quietly', async (t) => {
    const desk = await openDesk(t)
    await desk.server('--fleet', 'products=1,groups=2,devices=3000')
    const line = `'${process.execPath}' '${PROGRAM}' device list | head -1`
    const shell = spawn('sh', ['-c', line], { cwd: desk.folder, env: desk.env })
    let text = ''
    shell.stdout.on('data', (chunk) => (text += String(chunk)))
    shell.stderr.on('data', (chunk) => (text += String(chunk)))
    await new Promise((done) => shell.on('close', done))
    assert.equal(text, 'Device list (3009 items):\n')
  })

  test('a disk without room gives one line and exit code 1', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const full = await open('/dev/full', 'w')
    const impt = spawn(process.execPath, [PROGRAM, 'product', 'list'], {
      cwd: desk.folder,
      env: desk.env,
      stdio: ['ignore', full.fd, 'pipe'],
    })
    let text = ''
    impt.stderr?.on('data', (chunk) => (text += String(chunk)))
    const code = await new Promise((done) => impt.on('close', done))
    await full.close()
    assert.equal(code, 1)
    assert.match(text, /^Error: File error: standard output: ENOSPC: no space left on device, write\.\n$/)
  })

  test('Ctrl-C during a request ends with 130', async (t) => {
    const desk = await openDesk(t)
    const { running } = await desk.server()
    running.child.kill('SIGSTOP')
    const impt = desk.start(['product', 'list', '-z', 'debug'])
    await impt.shows(/Doing the request/)
    impt.child.kill('SIGINT')
    const { code, stdout, stderr } = await impt.ended
    running.child.kill('SIGCONT')
    assert.equal(code, 130)
    assert.match(stdout, /\nOperation is canceled\.\nIMPT COMMAND FAILS\n$/)
    assert.equal(stderr, '')
  })

  test('Ctrl-C at a question that a pipe holds open ends with 130', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const impt = desk.start(['product', 'delete', '-p', 'Thermostat', '-f'])
    await impt.shows(/Enter 'y'/)
    impt.child.kill('SIGINT')
    const { code, stdout } = await impt.ended
    assert.equal(code, 130)
    assert.match(stdout, /Operation is canceled\.\nIMPT COMMAND FAILS\n$/)
  })

  test('Ctrl-C is how a log stream ends well', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
    const impt = desk.start(['log', 'stream', '-d', 'Kitchen'])
    await impt.shows(
      /^Log stream for Device\(s\) \w{16} is opened\.\nIMPT COMMAND SUCCEEDS\n\nPress <Ctrl-C> to exit\.\n/,
    )
    assert.equal((await desk.run(['device', 'restart', '-d', 'Kitchen'])).code, 0)
    await impt.shows(/\n\[\w{16}\] \S+ \[\w+\] /)
    impt.child.kill('SIGINT')
    const { code, stdout } = await impt.ended
    assert.equal(code, 0)
    assert.match(stdout, /\nIMPT COMMAND SUCCEEDS\n$/)
  })
})

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
      // The login of the desk takes three answers of the server, all good: faults are added by a second server.
      const { url, running, folder } = await desk.server()
      running.child.kill('SIGTERM')
      await running.ended
      const port = new URL(url).port
      const faulty = desk.start([
        'sandbox',
        'serve',
        '--dir',
        folder,
        '--port',
        port,
        '--fault',
        `${fault}=99`,
      ])
      await faulty.shows(/ready/)
      const { code, stdout, stderr } = await desk.run(['product', 'list'])
      assert.equal(code, 1)
      assert.match(stdout, expected)
      assert.match(stdout, /\nIMPT COMMAND FAILS\n$/)
      assert.equal(stderr, '')
      assert.equal(typeof (await json(desk, 'product', 'list')).Error, 'string')
    })
  }

  test('cuts answers, resets connections or is overloaded for a moment is asked again', async (t) => {
    const desk = await openDesk(t)
    const { url, running, folder } = await desk.server()
    running.child.kill('SIGTERM')
    await running.ended
    const faulty = desk.start([
      'sandbox',
      'serve',
      '--dir',
      folder,
      '--port',
      new URL(url).port,
      '--fault',
      'truncated=1',
      '--fault',
      'reset=1',
      '--fault',
      '503=1',
    ])
    await faulty.shows(/ready/)
    const { code, stdout } = await desk.run(['product', 'list'])
    assert.equal(code, 0, stdout)
  })

  test('is overloaded for good gives the reason, and a write is sent once only', async (t) => {
    const desk = await openDesk(t)
    const { url, running, folder } = await desk.server()
    running.child.kill('SIGTERM')
    await running.ended
    const faulty = desk.start([
      'sandbox',
      'serve',
      '--dir',
      folder,
      '--port',
      new URL(url).port,
      '--fault',
      '503=1',
    ])
    await faulty.shows(/ready/)
    const refused = await desk.run(['product', 'create', '-n', 'Once', '-z', 'json'])
    assert.equal(refused.code, 1)
    assert.equal(JSON.parse(refused.stdout).Error, 'Injected Fault: By request.')
    assert.equal((await desk.run(['product', 'info', '-p', 'Once'])).code, 1)
  })
})

describe('proxies', () => {
  test('are used, unless NO_PROXY names the server', async (t) => {
    const desk = await openDesk(t)
    await desk.server()
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
    await desk.server()
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
    const { url } = await desk.server()
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

describe('impt sandbox', () => {
  test('serve prints one line of JSON, and SIGTERM ends it in good order', async (t) => {
    const desk = await openDesk(t)
    const { running, folder, url } = await desk.server()
    assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/v5$/)
    assert.ok((await readdir(folder)).includes('state.json'))
    running.child.kill('SIGTERM')
    const { code, signal, stdout, stderr } = await running.ended
    assert.deepEqual([code, signal, stderr], [0, null, ''])
    assert.equal(stdout, `{"ready":true,"url":"${url}"}\n`)
    assert.ok(!(await readdir(folder)).includes('state.json'))
  })

  test('start, status, seed, stop and reset manage one in the background', async (t) => {
    const desk = await openDesk(t)
    assert.equal((await json(desk, 'sandbox', 'status')).running, false)
    const started = await json(desk, 'sandbox', 'start', '--fleet', 'products=1,groups=1,devices=5')
    assert.equal(started.running, true)
    assert.equal(started.devices, 14)
    const again = await desk.run(['sandbox', 'start', '--fleet', 'products=1'])
    assert.match(again.stdout, /^The sandbox is running already\.\n/)
    assert.match(again.stderr, /options were not used/)
    assert.equal((await desk.run(['sandbox', 'seed', '--fleet', 'devices=5,groups=1,products=1'])).code, 0)
    assert.equal((await json(desk, 'sandbox', 'status')).devices, 19)
    assert.match((await desk.run(['sandbox', 'stop'])).stdout, /^The sandbox is stopped\.\n/)
    assert.match((await desk.run(['sandbox', 'stop'])).stdout, /^The sandbox is not running\.\n/)
    const old = await desk.run(['sandbox', 'start', '--fleet', 'products=1,groups=1,devices=7'])
    assert.match(old.stderr, /^Warning: The fleet was not added: /)
    assert.equal((await desk.run(['sandbox', 'reset'])).code, 4)
    assert.equal((await json(desk, 'sandbox', 'status')).devices, 19)
    assert.equal((await desk.run(['sandbox', 'reset', '--fleet', 'nonsense', '-q'])).code, 2)
    assert.equal((await json(desk, 'sandbox', 'status')).devices, 19)
    assert.equal((await desk.run(['sandbox', 'reset', '-q'])).code, 0)
    assert.equal((await json(desk, 'sandbox', 'start')).devices, 9)
  })

  test('never ends the sandbox of an impt that somebody works with', async (t) => {
    const desk = await openDesk(t)
    const impt = desk.start(['--sandbox', 'log', 'stream', '-d', 'Kitchen'])
    await impt.shows(/is opened/)
    for (const words of [['stop'], ['reset', '-q']]) {
      const { code, stdout } = await desk.run(['sandbox', ...words])
      assert.equal(code, 1)
      assert.match(
        stdout,
        new RegExp(`^Error: The sandbox in .* runs inside another impt, process ${impt.child.pid}\\.\\n`),
      )
    }
    assert.equal((await desk.run(['--sandbox', 'product', 'create', '-n', 'Beside'])).code, 0)
    impt.child.kill('SIGINT')
    assert.equal((await impt.ended).code, 0)
    assert.equal((await desk.run(['--sandbox', 'product', 'info', '-p', 'Beside'])).code, 0)
  })

  test('loses nothing that it acknowledged when it is killed', async (t) => {
    const desk = await openDesk(t)
    const { url, running, folder } = await desk.server()
    assert.equal((await desk.run(['product', 'create', '-n', 'Kept'])).code, 0)
    running.child.kill('SIGKILL')
    await running.ended
    assert.equal((await desk.run(['product', 'list'])).code, 1)
    const next = desk.start(['sandbox', 'serve', '--dir', folder, '--port', new URL(url).port])
    await next.shows(/ready/)
    assert.equal((await desk.run(['product', 'info', '-p', 'Kept'])).code, 0)
  })

  test('goes on after an impt that had it inside was killed', async (t) => {
    const desk = await openDesk(t)
    const impt = desk.start(['--sandbox', 'log', 'stream', '-d', 'Kitchen'])
    await impt.shows(/is opened/)
    assert.equal((await desk.run(['--sandbox', 'product', 'create', '-n', 'Kept'])).code, 0)
    const guest = desk.start(['--sandbox', 'loginkey', 'update', '-k', 'de30de30de30de30', '-s', 'changed'])
    await guest.shows(/Enter password/)
    impt.child.kill('SIGKILL')
    await impt.ended
    guest.child.stdin?.end('demo-password\n')
    const { code, stdout } = await guest.ended
    assert.equal(code, 0, stdout)
    assert.equal((await desk.run(['--sandbox', 'product', 'info', '-p', 'Kept'])).code, 0)
    assert.match((await desk.run(['--sandbox', 'loginkey', 'list'])).stdout, /description: changed/)
  })

  test('refuses a port and a folder that are in use, in one line', async (t) => {
    const desk = await openDesk(t)
    const { url, folder } = await desk.server()
    const { port } = new URL(url)
    const taken = await desk.run(['sandbox', 'serve', '--port', port, '--dir', join(desk.folder, 'other')])
    assert.equal(taken.code, 1)
    assert.match(taken.stdout, new RegExp(`^Error: Port ${port} of 127\\.0\\.0\\.1 is in use\\.\\n`))
    const held = await desk.run(['sandbox', 'serve', '--dir', folder])
    assert.equal(held.code, 1)
    assert.match(held.stdout, /^Error: The sandbox in .* cannot be opened: .* is in use by process \d+\..*\n/)
  })
})
