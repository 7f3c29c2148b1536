import assert from 'node:assert/strict'
import { test } from 'node:test'
import { squirrelCheck } from '../../src/sandbox/squirrel.ts'
import { openScriptWorld } from './script-world.ts'
import { eventually } from './repl-world.ts'

test('a caught COMPILE error carries file, row and column of the compiler', async (t) => {
  const world = await openScriptWorld(t, { check: squirrelCheck() })
  await world.write('bad.nut', 'server.log("a")\nlocal = 3\n')
  await world.write('ok.nut', '')
  const line = 'build deploy --dg "Pump Lab" --device-file bad.nut --agent-file ok.nut'
  const { stdout } = await world.run(
    `try { ${line} } catch COMPILE e { $e.cause | select file row column | to json --compact }`,
  )
  assert.match(stdout, /^\[\{"file":"device_code","row":2,"column":\d+\}/)
  const { code, stderr } = await world.run(line)
  assert.equal(code, 1)
  assert.match(stderr, /error\[COMPILE\][^]*bad\.nut:2:\d+\n[^]*2 \| local = 3\n/)
})

test('an ambiguous name carries its candidates', async (t) => {
  const world = await openScriptWorld(t)
  for (const name of ['Kitchen', 'Cellar'])
    world.sandbox.store.devices.update(world.device(name), { name: 'Twin' })
  const { stdout } = await world.run(
    'try { device info --device Twin } catch AMBIGUOUS e { $e.candidates | map { $it.id } | join-text " " }',
  )
  assert.equal(stdout, '23a7aad32c5e46b1 23cdebb69b3b3a66\n')
  const { stderr } = await world.run('device info --device Twin')
  assert.match(stderr, /:1:22: error\[AMBIGUOUS\]: [^]*= candidate: device 23a7aad32c5e46b1 "Twin"\n/)
})

test('with changes who is logged in, for its block only', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout, stderr } = await world.run(
    `
let d = temp-dir
with dir $d { auth login --local --user partner --pwd $1 --confirmed --output minimal }
with auth $d { account info | get username }
with dir $d { account info | get username }
let key = loginkey create --pwd $2 --descr x
let empty = temp-dir
with env HOME = $empty { try { account info } catch AUTH e { print $e.exit } }
with env HOME = $empty, env IMPT_LOGINKEY = $key.id {
  account info | get username
  auth info | get login_method
}
account info | get username
`,
    { args: ['partner-password', 'demo-password'] },
  )
  assert.equal(code, 0, stderr)
  assert.equal(stdout, 'partner\npartner\n3\ndemo\nLogin Key\ndemo\n')
})

test('a timeout aborts the request under way, and says that a write may have been done', async (t) => {
  const world = await openScriptWorld(t)
  world.sandbox.inject({ method: 'PATCH', path: '/products/*', skip: 0, count: 1, fault: { kind: 'hang' } })
  const { code, stderr } = await world.run(
    'with timeout 100ms { product update --product Thermostat --descr x }',
  )
  assert.equal(code, 124)
  assert.match(stderr, /:1:6: error\[TIMEOUT\]: not done within 100ms\n[^]*may have been done/)
})

test('each --parallel stays under the rate limit of the server', async (t) => {
  const world = await openScriptWorld(t, { rateLimit: 40 })
  const { code, stdout, stderr } = await world.run(
    'device list | each --parallel 16 { device info --device $it.id --output minimal } | count',
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /\n9\n$/)
})

test('a script of many commands asks for what it knows only once', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stderr } = await world.run(
    'for d in (device list) { device update --device $d.id --name "n-${d.id}" --output minimal }',
  )
  assert.equal(code, 0, stderr)
  const requests = world.requests()
  assert.equal(requests.filter((line) => line.startsWith('PATCH')).length, 9)
  assert.ok(requests.length <= 9 * 2 + 9, requests.join('\n'))
})

test('a log stream is closed as soon as nobody reads it, while the script goes on', async (t) => {
  const world = await openScriptWorld(t)
  const { platform } = world.sandbox.core
  const kitchen = world.device('Kitchen')
  const stop = new AbortController()
  const text =
    'let line = log stream --device Kitchen | where type == "agent.log" | first\nprint $line.msg $line.device_id\nsleep 60s'
  const playing = world.run(text, { signal: stop.signal })
  await eventually(() => world.requests().some((line) => line.startsWith('GET /logstream/')))
  await eventually(() => {
    platform.log(kitchen, 'agent.log', 'found')
    return world.open() === 0
  })
  stop.abort()
  const { code, stdout, stderr } = await playing
  assert.deepEqual([code, stdout, stderr], [130, `found ${kitchen.id}\n`, ''])
})

test('code that a list leaves out is unknown to a script, not null or empty', async (t) => {
  const world = await openScriptWorld(t, { listsLeaveOutCode: true })
  await world.write('d.nut', 'server.log("d")')
  await world.run('build deploy --dg "Pump Lab" --device-file d.nut --tag unknown')
  const list = 'build list --tag unknown'
  const { code, stderr } = await world.run(`${list} | each { $it.device_code | save --force d2.nut }`)
  assert.equal(code, 1)
  assert.match(stderr, /error\[BUG_FIELD\]: the server does not tell the field "device_code" of a deployment/)
  assert.match(stderr, /build info --build \$it\.id/)
  await assert.rejects(world.read('d2.nut'), { code: 'ENOENT' })
  const whole = await world.run(
    `let b = ${list} | first\nlet w = build info --build $b.id\nprint $w.device_code`,
  )
  assert.match(whole.stdout, /server\.log\("d"\)\n$/)
  assert.equal((await world.run(`let b = ${list} | first\nprint ($b.device_code? == null)`)).stdout, 'true\n')
})
