import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CLOUDS, openWorld, type World } from '../world.ts'

const MINUTE = 60_000

async function worldOf(t: TestContext, options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options)
  t.after(() => world.close())
  return world
}

/** A device of a development group with a build, brought into a state, with these log entries (minutes ago, type, text) only. */
function bring(
  { sandbox: { store } }: World,
  state: Record<string, unknown>,
  logs: readonly (readonly [number, string, string])[] = [],
): string {
  const device = [...store.devices.all()].find(
    ({ group }) => group && store.groups.get(group.id)?.name === 'Thermostat Development',
  )
  assert.ok(device)
  store.devices.update(device, { online: true, agentRunning: true, rssi: -50, lastEnrolled: 1, ...state })
  store.logs.drop(device.id)
  for (const [ago, type, msg] of logs)
    store.logs.add(device.id, { ts: new Date(Date.now() - ago * MINUTE).toISOString(), type, msg })
  return device.id
}

const away = { online: false, onlineChanged: Date.now() - 60 * MINUTE }

/** States of a device of the sandbox, and what is said of them. */
const STATES: readonly (readonly [
  string,
  Record<string, unknown>,
  readonly (readonly [number, string, string])[],
  string,
])[] = [
  ['healthy', {}, [], 'nothing'],
  ['offline by the flag, but talking', away, [[5, 'server.log', 'still here']], 'talks'],
  ['asleep', away, [[61, 'server.sleep', 'sleeping until woken']], 'sleeps'],
  ['lost on a weak signal', { ...away, rssi: -91 }, [], 'weak'],
  ['gone', away, [], 'offline'],
  [
    'coming and going',
    {},
    [40, 32, 24, 16, 8].map((ago) => [ago, 'status', 'Device connected'] as const),
    'reconnects',
  ],
  ['failing', {}, [[5, 'server.error', 'ERROR: the index "x" does not exist']], 'fails'],
  ['too large', {}, [[5, 'lastexitcode', 'out of memory']], 'memory'],
  ['without its agent', { agentRunning: false }, [], 'agent-down'],
  [
    'without its agent, and long away',
    { ...away, agentRunning: false, onlineChanged: Date.now() - 40 * 1440 * MINUTE },
    [],
    'agent-stopped',
  ],
  ['in no group', { group: null }, [], 'no-group'],
]

for (const [cloud, options] of CLOUDS) {
  test(`a cloud ${cloud}: a device of the sandbox in each state gets its verdict, with ten requests at most`, async (t) => {
    const world = await worldOf(t, options)
    for (const [state, attributes, logs, verdict] of STATES.slice()) {
      const id = bring(world, attributes, logs)
      world.requests()
      const told = await world.json(['doctor', id])
      assert.equal(told.verdict, verdict, state)
      const requests = world.requests()
      assert.ok(requests.length <= 10, `${state}: ${requests.join('\n')}`)
      assert.ok(requests.every((one) => one.startsWith('GET ')))
    }
  })
}

test('a long log is read three pages far, with ten requests', async (t) => {
  const world = await worldOf(t)
  const logs = Array.from({ length: 500 }, (_, i) => [500 - i, 'server.log', `line ${i}`] as const)
  const id = bring(world, {}, logs)
  world.requests()
  const { facts } = await world.json(['doctor', id])
  assert.equal(facts.log_entries, 300)
  const requests = world.requests()
  assert.equal(requests.filter((one) => one.includes('/logs')).length, 3)
  assert.ok(requests.length <= 10, requests.join('\n'))
})

test('people get the sentence second, the facts, and a command to try', async (t) => {
  const world = await worldOf(t)
  const id = bring(world, { ...away, rssi: -87, name: 'Line 7' })
  const { code, stdout } = await world.run(['doctor', 'Line 7'])
  assert.equal(code, 0)
  const lines = stdout.split('\n')
  assert.equal(lines[0], `Line 7 (${id}), Thermostat / Thermostat Development`)
  assert.match(lines[1] ?? '', /^Lost on a weak signal \(-87 dBm\) since .*Z \(60 min\)\.$/)
  assert.match(
    stdout,
    new RegExp(`\n {2}signal +-87 dBm\n[^]*\nTry: impt log get -d ${id}\nIMPT COMMAND SUCCEEDS\n$`),
  )
})

test('a device of another account is said to be, and what may not be read too', async (t) => {
  const world = await worldOf(t)
  const theirs = [...world.sandbox.store.devices.all()].find(
    ({ owner }) => owner === world.sandbox.store.accounts.find('partner')?.id,
  )
  assert.ok(theirs)
  const other = await world.json(['doctor', theirs.id])
  assert.match(JSON.stringify([other.sentence, other.also]), /belongs to the account partner/)
  const id = bring(world, {})
  for (const path of ['/devices/*/logs', '/devicegroups/*'])
    world.sandbox.inject({ method: 'GET', path, skip: 0, count: 1, fault: { kind: 'status', status: 403 } })
  const unread = await world.json(['doctor', id])
  assert.match(unread.sentence, /may not read its Device Group and its logs/)
})

test('an error since the build is told with its place in the sources, and as new', async (t) => {
  const world = await worldOf(t)
  writeFileSync(join(world.directory, 'device.nut'), '#line 40 "net.nut"\nlocal x = 1\nlocal y = 2\n')
  writeFileSync(join(world.directory, 'agent.nut'), '')
  const deploy = [
    'build',
    'deploy',
    '-g',
    'Thermostat Development',
    '-x',
    'device.nut',
    '-y',
    'agent.nut',
    '-t',
    'v1.4',
  ]
  assert.equal((await world.run(deploy)).code, 0)
  const id = bring(world, {}, [
    [600, 'server.log', 'hello'],
    [-1, 'server.error', 'ERROR: no such slot at main device_code:3'],
  ])
  const { verdict, sentence } = await world.json(['doctor', id])
  assert.equal(verdict, 'fails')
  assert.match(sentence, /^It fails since v1\.4: ERROR: no such slot at main net\.nut:41 \(once/)
  // One that is heard while it listens too.
  const { store, core } = world.sandbox
  const device = store.devices.get(id)
  assert.ok(device)
  const talking = setInterval(
    () => core.platform.log(device, 'server.error', 'ERROR: again at main device_code:2'),
    20,
  )
  t.after(() => clearInterval(talking))
  const heard = await world.json(['doctor', id, '--stream', '1s'])
  assert.ok(heard.heard > 0)
  assert.match(heard.sentence, /ERROR: again at main net\.nut:40 \(/)
})

test('texts of a device cannot move the cursor or turn the text', async (t) => {
  const world = await worldOf(t)
  const id = bring(world, { name: '\x1b[2J<b>\u202e' }, [[1, 'server.error', '\x1b[31m\u202eboom']])
  for (const mode of [[], ['-z', 'minimal'], ['-z', 'table'], ['-z', 'csv']]) {
    const { code, stdout } = await world.run(['doctor', id, ...mode])
    assert.equal(code, 0)
    assert.doesNotMatch(stdout, /[\x1b\u202e]/)
    assert.match(stdout, /boom/)
  }
})

test('a device that is not there is an error', async (t) => {
  const world = await worldOf(t)
  assert.equal((await world.run(['doctor', 'nope'])).code, 1)
})
