import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { openDesk, serveAgain } from './impt.ts'

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
    assert.equal((await desk.json('sandbox', 'status')).running, false)
    const started = await desk.json('sandbox', 'start', '--fleet', 'products=1,groups=1,devices=5')
    assert.equal(started.running, true)
    assert.equal(started.devices, 14)
    const again = await desk.run(['sandbox', 'start', '--fleet', 'products=1'])
    assert.match(again.stdout, /^The sandbox is running already\.\n/)
    assert.match(again.stderr, /options were not used/)
    assert.equal((await desk.run(['sandbox', 'seed', '--fleet', 'devices=5,groups=1,products=1'])).code, 0)
    assert.equal((await desk.json('sandbox', 'status')).devices, 19)
    assert.match((await desk.run(['sandbox', 'stop'])).stdout, /^The sandbox is stopped\.\n/)
    assert.match((await desk.run(['sandbox', 'stop'])).stdout, /^The sandbox is not running\.\n/)
    const old = await desk.run(['sandbox', 'start', '--fleet', 'products=1,groups=1,devices=7'])
    assert.match(old.stderr, /^Warning: The fleet was not added: /)
    assert.equal((await desk.run(['sandbox', 'reset'])).code, 4)
    assert.equal((await desk.json('sandbox', 'status')).devices, 19)
    assert.equal((await desk.run(['sandbox', 'reset', '--fleet', 'nonsense', '-q'])).code, 2)
    assert.equal((await desk.json('sandbox', 'status')).devices, 19)
    assert.equal((await desk.run(['sandbox', 'reset', '-q'])).code, 0)
    assert.equal((await desk.json('sandbox', 'start')).devices, 9)
  })

  test('adds devices of a type, which run the code of their group on its pins', async (t) => {
    const desk = await openDesk(t)
    await writeFile(
      join(desk.folder, 'main.nut'),
      'server.log(imp.info().type + " " + ("pin1" in hardware) + " " + ("pinXA" in hardware))',
    )
    const early = await desk.run(['sandbox', 'device', 'add', '--type', 'imp001'])
    assert.match(early.stdout + early.stderr, /The sandbox is not running/)
    await desk.run(['sandbox', 'start'])
    const deploy = ['--sandbox', 'build', 'deploy', '--dg', 'Pump Lab', '--device-file', 'main.nut']
    assert.equal((await desk.run(deploy)).code, 0)
    for (const [type, line] of [
      ['IMP001', 'imp001 true false'],
      ['impc001', 'impC001 false true'],
    ] as const) {
      const words = ['sandbox', 'device', 'add', '--type', type, '--name', `The ${type}`, '--dg', 'Pump Lab']
      const { Device: device } = await desk.json(...words)
      assert.deepEqual([device.name, device.device_online], [`The ${type}`, true])
      const stream = desk.start(['--sandbox', 'log', 'stream', '--device', `The ${type}`])
      await stream.shows(/is opened/)
      await desk.run(['--sandbox', 'device', 'restart', '--device', `The ${type}`])
      await stream.shows(new RegExp(line))
      stream.child.kill('SIGINT')
      await stream.ended
    }
    for (const [wrong, code, told] of [
      [['add', '--type', 'imp9'], 2, /There is no imp type "imp9"[^]*imp001/],
      [['add', '--dg', 'Nowhere'], 1, /Nowhere/],
      [['add', '--device', 'Kitchen'], 2, /--device is for a device that is there/],
      [['add', '--script', 'main.nut'], 1, /File error: main\.nut/],
      [[], 2, /Missing required argument: device/],
      [['--device', 'Kitchen', '--type', 'imp001'], 2, /--type is for "impt sandbox device add"/],
      [['remove'], 2, /add/],
    ] as const) {
      const ended = await desk.run(['sandbox', 'device', ...wrong])
      assert.equal(ended.code, code, ended.stdout)
      assert.match(ended.stdout + ended.stderr, told)
    }
    assert.equal((await desk.json('sandbox', 'status')).devices, 11)
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
    const server = await desk.server()
    assert.equal((await desk.run(['product', 'create', '-n', 'Kept'])).code, 0)
    server.running.child.kill('SIGKILL')
    await server.running.ended
    assert.equal((await desk.run(['product', 'list'])).code, 1)
    await serveAgain(desk, server)
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

  test('test runs of several processes take turns, though each has a port of its own', async (t) => {
    const { start, run, folder } = await openDesk(t)
    await writeFile(
      join(folder, 'a.device.test.nut'),
      'class A extends ImpTestCase { function testA() { this.assertEqual(1, 1) } }\n',
    )
    const test = ['--sandbox', 'test']
    const made = await run([...test, 'create', '--dg', 'Pump Lab', '--test-file', 'a.device.test.nut', '-q'])
    assert.equal(made.code, 0, made.stdout)
    const first = start([...test, 'run', '--repeat', '3'])
    await first.shows(/Starting test session/)
    const ended = await Promise.all([first.ended, run([...test, 'run'])])
    for (const { code, stdout } of ended) {
      assert.doesNotMatch(stdout, /was taken by another client/)
      assert.equal(code, 0, stdout)
    }
  })

  test('is open to others only when it is told to be', async (t) => {
    const desk = await openDesk(t)
    const dir = desk.env['IMPT_SANDBOX_DIR'] ?? ''
    const secret = async () => {
      const file = join(dir, 'state.json')
      assert.equal((await stat(file)).mode & 0o777, 0o600)
      return (JSON.parse(await readFile(file, 'utf8')) as { password: string }).password
    }
    const { url, open } = await desk.json('sandbox', 'start', '--open')
    assert.equal(open, true)
    const login = (password: string) =>
      desk.run(['auth', 'login', '-u', 'demo', '-w', password, '-e', url, '-q'])
    assert.equal((await login('demo-password')).code, 0)
    assert.equal((await login(await secret())).code, 0, 'the secret of the state file is a password too')
    assert.equal((await desk.json('product', 'list')).length, 3)
  })

  test('takes switches of the cloud, and names those that it has', async (t) => {
    const desk = await openDesk(t)
    for (const wrong of ['listsLeaveOutCode=1', 'nothing=true', 'offlineLag', 'toString=true']) {
      const refused = await desk.run(['sandbox', 'start', '--switch', wrong])
      assert.equal(refused.code, 2, wrong)
      assert.match(refused.stdout + refused.stderr, /offlineLag=270000.*listsLeaveOutCode=false/)
    }
    const { url } = await desk.server('--switch', 'listsLeaveOutCode=true', '--switch', 'offlineLag=5')
    const login = await fetch(`${url}/auth`, {
      method: 'POST',
      body: JSON.stringify({ id: 'demo', password: 'demo-password' }),
    })
    const { access_token: token } = (await login.json()) as { access_token: string }
    const list = await fetch(`${url}/deployments`, { headers: { authorization: `Bearer ${token}` } })
    assert.doesNotMatch(await list.text(), /device_code/)
  })
})
