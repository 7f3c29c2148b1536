import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openWorld, type World } from '../world.ts'

async function worldOf(t: TestContext): Promise<World> {
  const world = await openWorld()
  t.after(() => world.close())
  return world
}

/** Writes an auth file for the sandbox into the directory. */
function logIn({ sandbox, directory }: World, token = sandbox.tokenFor('demo'), mode = 0o600): void {
  const file = join(directory, '.impt.auth')
  const content = { endpoint: sandbox.url, accessToken: token, expiresAt: '2999-01-01T00:00:00.000Z' }
  writeFileSync(file, JSON.stringify({ ...content, loginKey: null, refreshToken: null }))
  chmodSync(file, mode)
}

test('where nothing is wrong one line says so, and --all shows every check', async (t) => {
  const world = await worldOf(t)
  logIn(world)
  world.requests()
  const { code, stdout } = await world.outside(['doctor'])
  assert.deepEqual([code, stdout], [0, '13 checks, nothing is wrong.\nIMPT COMMAND SUCCEEDS\n'])
  assert.equal(world.requests().length, 1)
  const all = (await world.outside(['doctor', '--all'])).stdout
  for (const check of [
    'installation',
    'settings',
    'login',
    'login file',
    'proxy',
    'cloud',
    'rate',
    'clock',
    'locks',
    'session',
    'sandbox',
    'pulls',
    'releases',
  ])
    assert.match(all, new RegExp(`^ok ${check}: `, 'm'))
})

test('what keeps commands from working is said with a remedy, and the exit code is 1', async (t) => {
  const world = await worldOf(t)
  const none = await world.outside(['doctor'])
  assert.equal(none.code, 1)
  assert.match(none.stdout, /^! login: You are not logged in\.\n {2}Log in with "impt auth login"/)
  assert.match(
    none.stdout,
    /commands cannot work\.\nError: Commands cannot work here\.\nIMPT COMMAND FAILS\n$/,
  )
  logIn(world, 'no-such-token')
  const refused = await world.outside(['doctor'])
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /^! cloud: /m)
  writeFileSync(join(world.directory, '.impt.auth'), '{')
  const broken = await world.outside(['doctor'])
  assert.equal(broken.code, 1)
  assert.match(broken.stdout, /^! login: .*corrupted/)
})

test('what commands can live with is said too, and the exit code is 0', async (t) => {
  const world = await worldOf(t)
  logIn(world, undefined, 0o644)
  mkdirSync(join(world.directory, '.config', 'impt'), { recursive: true })
  writeFileSync(join(world.directory, '.config', 'impt', 'settings.json'), '{')
  const { code, stdout } = await world.outside(['doctor'])
  assert.equal(code, 0)
  assert.match(stdout, /^! settings: .*\n/)
  assert.match(stdout, /! login file: .*other users.*\n {2}chmod 600 /)
  assert.match(stdout, /13 checks, 2 wrong: commands work\.\n/)
})

test('a clock that is off is noticed', async (t) => {
  const world = await worldOf(t)
  logIn(world)
  const late = new Date(Date.now() - 3_600_000).toUTCString()
  const body = JSON.stringify({ data: { type: 'account', id: 'a', attributes: {}, relationships: {} } })
  const headers = { date: late, 'content-type': 'application/vnd.api+json' }
  world.sandbox.inject({
    method: 'GET',
    path: '/accounts/me',
    skip: 0,
    count: 1,
    fault: { kind: 'status', status: 200, body, headers },
  })
  assert.match(
    (await world.outside(['doctor'])).stdout,
    /! clock: The clock of this machine is 60 min ahead of/,
  )
})

test('the JSON holds no secret', async (t) => {
  const world = await worldOf(t)
  const token = world.sandbox.tokenFor('demo')
  logIn(world, token)
  const { stdout } = await world.outside(['doctor', '--all', '-z', 'json'])
  assert.equal(JSON.parse(stdout).works, true)
  assert.ok(!stdout.includes(token))
})

test('what killed processes left behind is told, with what to do about it', async (t) => {
  const world = await worldOf(t)
  logIn(world)
  const state = join(world.directory, '.local/state/impt')
  // The number of a process that is not there any more.
  const gone = 2 ** 22 + 1
  mkdirSync(join(state, 'serve'), { recursive: true })
  writeFileSync(
    join(state, 'serve/abc.json'),
    JSON.stringify({ port: 1, token: 's3cret', pid: gone, version: '1' }),
  )
  writeFileSync(join(state, 'history.lock'), `${gone} ${hostname()} x`)
  mkdirSync(join(state, 'sandbox'), { recursive: true })
  writeFileSync(join(state, 'sandbox/state.json'), JSON.stringify({ pid: gone, adminToken: 's3cret' }))
  mkdirSync(join(world.directory, 'backup/.impt'), { recursive: true })
  writeFileSync(join(world.directory, 'backup/.impt/redo.json'), '{}')
  const { code, stdout } = await world.outside(['doctor'])
  assert.equal(code, 0)
  assert.match(stdout, /^! locks: A process that held a lock ended without letting go: \S+history\.lock\.$/m)
  assert.match(stdout, /^! session: "impt serve" ended without saying so \(process 4194305\)\.$/m)
  assert.match(stdout, /^! sandbox: The sandbox in \S+ ended without saying so/m)
  assert.match(stdout, /^! pulls: A pull was killed before its end: \S+backup\.\n {2}impt pull/m)
  assert.match(stdout, /13 checks, 4 wrong: commands work\.$/m)
  assert.doesNotMatch(stdout, /s3cret/)
})

test('--stream tries a log stream, and listens to a device', async (t) => {
  const world = await worldOf(t)
  logIn(world)
  assert.match(
    (await world.outside(['doctor', '--all', '--stream', '1s'])).stdout,
    /^ok stream: a log stream can be opened$/m,
  )
  const told = await world.json(['doctor', 'Kitchen', '--stream', '1s'])
  assert.equal(told.heard, 0)
  assert.ok(world.requests().some((request) => request.startsWith('PUT /logstream')))
})
