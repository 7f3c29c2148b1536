import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { open, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { openDesk } from './impt.ts'
import { PROGRAM } from './terminal.ts'

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

describe('questions', () => {
  test('are answered through a pipe, and asked again after a wrong answer', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
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
    assert.match(stdout, /\nProduct "Water Pump" is deleted successfully\.\n/)
    assert.equal((await desk.run(['product', 'info', '-p', 'Water Pump'])).code, 1)
  })

  test('fail at once where nobody can answer, and nothing is changed', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
    const before = await desk.json('product', 'list')
    const { code, stdout } = await desk.run(['product', 'delete', '-p', 'Thermostat', '-f', '-b'])
    assert.equal(code, 4)
    assert.match(
      stdout,
      /\nError: The command needs a confirmation and there is no one to ask\n.*--confirmed.*\nIMPT COMMAND FAILS\n$/,
    )
    assert.deepEqual(await desk.json('product', 'list'), before)
  })

  test('leave the JSON on stdout alone', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
    const refused = await desk.run(['product', 'delete', '-p', 'Thermostat', '-f', '-z', 'json'], 'n\n')
    assert.equal(refused.code, 4)
    assert.deepEqual(JSON.parse(refused.stdout), { Error: 'Operation is canceled.' })
    assert.match(refused.stderr, /Are you sure you want to continue\?/)
  })

  test('about a password are not answered by the end of the input', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.cloud()
    const { code, stdout } = await desk.run(['auth', 'login', '-u', 'demo', '-e', url, '-l', '-q'])
    assert.equal(code, 4)
    assert.match(
      stdout,
      /Error: The command needs the password and there is no one to ask\ngive it with --pwd\n/,
    )
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
    const { url } = await desk.cloud()
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
    assert.equal((await desk.json('auth', 'info')).Auth.Username, 'mfa')
  })

  test('by environment variables saves nothing, and a local file comes first', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.cloud()
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
    const refused = async (env: NodeJS.ProcessEnv) => {
      const { code, stdout } = await desk.run(['product', 'list'], '', { ...env, IMPT_ENDPOINT: url })
      return [code, stdout.split('\n').at(-3)]
    }
    assert.deepEqual(await refused({ IMPT_USER: 'demo' }), [4, 'Set IMPT_PASSWORD beside IMPT_USER'])
    assert.deepEqual(await refused({ IMPT_USER: 'demo', IMPT_PASSWORD: 'no' }), [
      3,
      'The login is that of IMPT_USER and IMPT_PASSWORD',
    ])
    assert.match(
      String((await refused({ IMPT_LOGINKEY: 'no' }))[1]),
      /\. The login is that of IMPT_LOGINKEY$/,
    )
    assert.ok(!(await readdir(desk.folder)).includes('.impt.auth'))
    const none = await desk.run(['product', 'list'])
    assert.equal(none.code, 3)
    assert.match(none.stdout, /^Error: You are not logged in\.\n.*impt auth login.*\nIMPT COMMAND FAILS\n$/)
  })

  test('with --temp expires with the documented advice', async (t) => {
    const desk = await openDesk(t)
    const { url } = await desk.cloud()
    const file = join(desk.folder, '.impt.auth')
    await desk.run(['auth', 'login', '-l', '-q', '-t', '-u', 'demo', '-w', 'demo-password', '-e', url])
    const saved = JSON.parse(await readFile(file, 'utf8'))
    assert.deepEqual(Object.keys(saved), ['endpoint', 'accessToken', 'expiresAt'])
    await writeFile(file, JSON.stringify({ ...saved, expiresAt: '2020-01-01T00:00:00.000Z' }))
    assert.equal((await desk.json('auth', 'info')).Auth['Access token'], 'expired')
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
    await desk.cloud({ fleet: 'products=1,groups=2,devices=1200' })
    const line = `'${process.execPath}' '${PROGRAM}' device list | head -1`
    const shell = spawn('sh', ['-c', line], { cwd: desk.folder, env: desk.env })
    let text = ''
    shell.stdout.on('data', (chunk) => (text += String(chunk)))
    shell.stderr.on('data', (chunk) => (text += String(chunk)))
    await new Promise((done) => shell.on('close', done))
    assert.equal(text, 'Device list (1209 items):\n')
  })

  test('a command ends with its own exit code also where nobody reads on, a script with 141 where something is left of it', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud({ fleet: 'products=1,groups=2,devices=1200' })
    await writeFile(join(desk.folder, 'count.imptsh'), 'for i in 1..100000 { print $i }')
    await writeFile(join(desk.folder, 'one.imptsh'), 'device list -z csv')
    const impt = `'${process.execPath}' '${PROGRAM}'`
    const ends = [
      ['device list | head -1', 0],
      ['device list -z csv | head -1', 0],
      ['device list -z json | head -1', 0],
      ['help language | head -1', 0],
      ['device info --device nosuch | true', 1],
      ['dg update --dg "Pump Lab" --set-env a=1 | true', 0],
      ["-c 'device list -z csv' | head -1", 0],
      ['one.imptsh | head -1', 0],
      ['count.imptsh | head -1', 141],
      ['-c \'device list -z csv; dg update --dg "Pump Lab" --set-env b=1\' | head -1', 141],
    ] as const
    const lines = ends.map(([line]) => `${impt} ${line} > /dev/null; echo \${PIPESTATUS[0]}`)
    const { stdout } = await promisify(execFile)('bash', ['-c', `exec 2> /dev/null; ${lines.join('; ')}`], {
      cwd: desk.folder,
      env: { ...desk.env, CI: '1' },
    })
    assert.deepEqual(
      stdout
        .trim()
        .split('\n')
        .map((code, i) => `${ends[i]?.[0]}: ${code}`),
      ends.map(([line, code]) => `${line}: ${code}`),
    )
    assert.equal((await desk.json('dg', 'info', '--dg', 'Pump Lab'))['Device Group'].env_vars.a, '1')
  })

  test('a disk without room gives one line and exit code 1', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
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

  test('what is written at once, too, ends with 1 on a disk without room', async (t) => {
    const desk = await openDesk(t)
    const lines = ['schema device list', 'completion bash', '--version', '--version --verbose', '--help']
    lines.push('device list --help', 'help scale', 'squirrel run --help', 'mcp --help')
    for (const line of lines) {
      const full = await open('/dev/full', 'w')
      const impt = spawn(process.execPath, [PROGRAM, ...line.split(' ')], {
        cwd: desk.folder,
        env: desk.env,
        stdio: ['ignore', full.fd, 'pipe'],
      })
      let text = ''
      impt.stderr?.on('data', (chunk) => (text += String(chunk)))
      const code = await new Promise((done) => impt.on('close', done))
      await full.close()
      assert.equal(code, 1, line)
      assert.match(
        text,
        /^Error: File error: standard output: ENOSPC: no space left on device, write\.\n$/,
        line,
      )
    }
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
    await desk.cloud()
    const impt = desk.start(['product', 'delete', '-p', 'Thermostat', '-f'])
    await impt.shows(/Enter 'y'/)
    impt.child.kill('SIGINT')
    const { code, stdout } = await impt.ended
    assert.equal(code, 130)
    assert.match(stdout, /Operation is canceled\.\nIMPT COMMAND FAILS\n$/)
  })

  test('Ctrl-C is how a log stream ends well', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
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

test('SIGTERM ends a log stream and a watch in good order; the exit code tells it, and so does the last line', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud()
  await writeFile(join(desk.folder, 'a.nut'), 'server.log("a")\n')
  for (const [words, begun] of [
    [['log', 'stream', '-d', 'Kitchen'], /Press <Ctrl-C> to exit/],
    [['build', 'run', '-g', 'Pump Pilot', '-x', 'a.nut', '--watch'], /deployed/],
  ] as const) {
    const impt = desk.start(words)
    await impt.shows(begun)
    impt.child.kill('SIGTERM')
    const { code, stdout } = await impt.ended
    assert.equal(code, 143)
    assert.match(stdout, /\nOperation is canceled\.\nIMPT COMMAND FAILS\n$/)
    assert.doesNotMatch(stdout, /Error/)
  }
})

test('a source that is not UTF-8 is told with its line by what checks, runs and deploys it', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud()
  await writeFile(join(desk.folder, 'latin.nut'), Buffer.from('// one\nserver.log("caf\xe9")\n', 'latin1'))
  for (const words of [
    ['squirrel', 'check', 'latin.nut'],
    ['squirrel', 'run', 'latin.nut', '--time', '1'],
    ['build', 'deploy', '-g', 'Pump Pilot', '-x', 'latin.nut'],
  ]) {
    const { code, stderr } = await desk.run(words)
    assert.equal(code, 0)
    assert.match(
      stderr,
      /^Warning: latin\.nut:2 is not UTF-8: .* Save the file as UTF-8\.$/m,
      words.join(' '),
    )
  }
})

test('--version --verbose tells what a report of a fault needs', async (t) => {
  const desk = await openDesk(t)
  const { code, stdout } = await desk.run(['--version', '--verbose'])
  assert.equal(code, 0)
  assert.match(
    stdout,
    /^impt: +\d+\.\d+\.\d+\ncommit: +\S+\nplatform: +\S+ \S+\nnode: +\d+\.\S+\nprogram: +\S/,
  )
  for (const name of ['settings', 'state', 'cache', 'sandbox'])
    assert.match(stdout, new RegExp(`^${name}: +\\S`, 'm'))
})
