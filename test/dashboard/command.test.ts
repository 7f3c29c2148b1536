import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { openDesk } from '../stories/impt.ts'
import { play } from '../stories/terminal.ts'
import { inBrowser, until } from './browser.ts'

test('impt dashboard prints an address on this machine, listens nowhere else, and ends well by Ctrl-C', async (t) => {
  const desk = await openDesk(t)
  const running = desk.start(['--sandbox', 'dashboard', '--no-open', '-z', 'json'])
  const { url, port } = JSON.parse(await running.shows(/^\{.*\}\n/)) as { url: string; port: number }
  assert.match(url, new RegExp(`^http://127\\.0\\.0\\.1:${port}/#[\\w-]{24}$`))
  assert.match(await (await fetch(`http://127.0.0.1:${port}/`)).text(), /<title>impt dashboard<\/title>/)
  if (process.platform === 'linux') {
    const listening =
      readFileSync(`/proc/${running.child.pid}/net/tcp`, 'utf8') +
      readFileSync(`/proc/${running.child.pid}/net/tcp6`, 'utf8')
    const ours = listening
      .split('\n')
      .filter((row) => row.includes(`:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000`))
    assert.equal(ours.length, 1)
    assert.match(ours[0] ?? '', /0100007F:/)
  }
  running.child.kill('SIGINT')
  const { code, stderr } = await running.ended
  assert.deepEqual([code, stderr], [0, ''])
})

test('the browser is opened through a file that only its user can read, with no secret in the command line', async (t) => {
  if (process.platform !== 'linux') return t.skip('the opener of Linux')
  const desk = await openDesk(t)
  const folder = join(desk.folder, 'bin')
  mkdirSync(folder)
  const opener = join(folder, 'xdg-open')
  writeFileSync(opener, `#!/bin/sh\necho "$@" > "${desk.folder}/opened"\n`)
  chmodSync(opener, 0o755)
  const running = desk.start(['--sandbox', 'dashboard'], {
    DISPLAY: ':9',
    PATH: `${folder}:${desk.env['PATH'] ?? ''}`,
  })
  const [address = ''] = /http:\S+/.exec(await running.shows(/http:\S+\n/)) ?? []
  await until(() => existsSync(join(desk.folder, 'opened')) && statSync(join(desk.folder, 'opened')).size > 0)
  const file = readFileSync(join(desk.folder, 'opened'), 'utf8').trim()
  const { hash, origin } = new URL(address)
  assert.equal(file.includes(hash.slice(1)), false)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  assert.match(readFileSync(file, 'utf8'), new RegExp(`url=${address}"`))
  const answer = await fetch(`${origin}/token`, { method: 'POST', headers: { origin }, body: hash.slice(1) })
  assert.equal(answer.status, 200)
  await until(() => !existsSync(file))
  running.child.kill('SIGINT')
  await running.ended
  assert.deepEqual(readdirSync(join(file, '..')), [])
})

test('a port that is taken, or that is none, is an error that says what to do, of every server', async (t) => {
  const desk = await openDesk(t)
  const other = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => other.once('listening', done))
  t.after(() => void other.close())
  const { port } = other.address() as { port: number }
  for (const words of [
    ['--sandbox', 'dashboard', '--no-open'],
    ['--sandbox', 'serve'],
    ['sandbox', 'serve', '--dir', 'x'],
  ]) {
    const taken = await desk.run([...words, '--port', String(port)])
    assert.equal(taken.code, 1, words.join(' '))
    assert.match(taken.stdout + taken.stderr, new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is in use`))
    const none = await desk.run([...words, '--port', '80000'])
    assert.equal(none.code, 2, words.join(' '))
    assert.match(none.stdout + none.stderr, /There is no port 80000/)
  }
})

test('on a terminal Enter prints a new address, and Ctrl-C ends it well', async () => {
  await play(['--sandbox', 'dashboard', '--no-open'], async (terminal) => {
    await terminal.until(/http:\S+\n[^]*Press <Enter> for a new address\./)
    terminal.send('\r')
    await terminal.until((screen) => (screen.match(/http:\/\/127/g)?.length ?? 0) === 2)
    terminal.send('\x03')
    assert.equal(await terminal.end(), 0)
  })
})

test('a page rolls a release back: told before what that does, refused without the name of the production group', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud()
  writeFileSync(join(desk.folder, 'device.nut'), 'server.log("new")\n')
  writeFileSync(join(desk.folder, 'agent.nut'), '')
  const group = 'Thermostat Field'
  const codeNow = async () => {
    const { id } = (await desk.json('dg', 'info', '-g', group))['Device Group']['Current Deployment']
    return (await desk.json('build', 'info', '-b', id)).Deployment.device_code as string
  }
  const before = await codeNow()
  await desk.run([
    'build',
    'deploy',
    '-g',
    'Thermostat Development',
    '-t',
    'new',
    '-x',
    'device.nut',
    '-y',
    'agent.nut',
  ])
  const start = [
    'release',
    'start',
    '--build',
    'new',
    '--dg',
    group,
    '--reason',
    'x',
    '--watch',
    '0s',
    '--stream=false',
  ]
  const released = await desk.run([...start, '--confirmed', '--retype', group])
  assert.equal(released.code, 0, released.stdout + released.stderr)
  assert.equal(await codeNow(), 'server.log("new")\n')

  const running = desk.start(['dashboard', '--no-open', '-z', 'json'])
  const { origin, hash } = new URL(JSON.parse(await running.shows(/^\{.*\}\n/)).url)
  const answer = await fetch(`${origin}/token`, { method: 'POST', headers: { origin }, body: hash.slice(1) })
  const token = await answer.text()
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/live`, { origin })
  t.after(() => socket.terminate())
  const told: any[] = []
  socket.on('message', (data: Buffer) => told.push(JSON.parse(data.toString('utf8'))))
  await new Promise((done) => socket.once('open', done))
  const say = (message: object) => socket.send(JSON.stringify(message))
  const heard = async (kind: string, fits: (message: any) => boolean = () => true) => {
    await until(() => told.some((message) => message.kind === kind && fits(message)))
    return told.findLast((message) => message.kind === kind && fits(message))
  }
  say({ kind: 'hello', token })
  say({ kind: 'watch', what: 'releases' })
  const { releases } = await heard('releases', (message) => message.releases.length === 1)
  const [{ id: release }] = releases
  say({ kind: 'outlook', release })
  const { lines } = await heard('outlook')
  assert.match(lines.join('\n'), /^Rollback .* of release [^]*Thermostat Field gets build/)
  for (const retyped of [null, 'thermostat field']) {
    say({ kind: 'order', release, order: 'rollback', retyped })
    assert.match((await heard('ordered')).error, /name of the production group was not typed/)
    told.length = 0
  }
  assert.equal(await codeNow(), 'server.log("new")\n')
  say({ kind: 'order', release, order: 'rollback', retyped: group })
  assert.equal((await heard('ordered')).error, null)
  await heard('releases', (message) => message.releases.some((one: any) => one.release === 'rollback'))
  await until(async () => (await codeNow()) === before)
  running.child.kill('SIGINT')
  assert.equal((await running.ended).code, 0)
})

inBrowser('impt --sandbox dashboard', {
  async 'shows the virtual devices, what is wrong with one, and its log as it comes; without an account'(
    t,
    { open },
  ) {
    const desk = await openDesk(t)
    const running = desk.start(['--sandbox', 'dashboard', '--no-open', '-z', 'json'])
    const { url } = JSON.parse(await running.shows(/^\{.*\}\n/)) as { url: string }
    const { page, complaints } = await open(t, url)
    await page.getByText('demo \u00b7 built-in impCentral').waitFor()
    await page.getByRole('button', { name: 'Table', exact: true }).click()
    await page.getByRole('row', { name: /^Living Room Online/ }).click()
    const drawer = page.getByRole('complementary', { name: 'Device' })
    await drawer.getByText('build of group').waitFor()
    await drawer.getByRole('button', { name: 'Show its log' }).click()
    await page
      .getByText(/^reading \d/)
      .first()
      .waitFor()
    assert.deepEqual(complaints, [])
    // Another impt runs tests on the same machine.
    cpSync('scripts/examples/library', join(desk.folder, 'library'), { recursive: true })
    const tested = desk.start(
      ['--sandbox', 'test', 'run', '--dg', 'Pump Lab'],
      {},
      { cwd: join(desk.folder, 'library') },
    )
    await page.getByRole('button', { name: 'Tests', exact: true }).click()
    assert.equal((await tested.ended).code, 0)
    await page.getByRole('button', { name: /^library passed/ }).waitFor()
    // Another impt changes the same sandbox: the page sees it without being asked.
    const renamed = await desk.run([
      '--sandbox',
      'device',
      'update',
      '--device',
      'Cellar',
      '--name',
      'Wine Cellar',
    ])
    assert.equal(renamed.code, 0, renamed.stdout)
    await page.getByRole('button', { name: 'Fleet', exact: true }).click()
    await page.getByRole('row', { name: /^Wine Cellar/ }).waitFor()
    running.child.kill('SIGKILL')
    await page.getByText(/impt does not answer; the page goes on trying/).waitFor()
  },
})
