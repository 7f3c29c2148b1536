import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openWorld, type World } from '../world.ts'

async function worldOf(t: TestContext, options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options)
  t.after(() => world.close())
  return world
}

const deviceNamed = ({ sandbox: { store } }: World, name: string) => {
  const device = [...store.devices.all()].find((one) => one.name === name)
  assert.ok(device, name)
  return device
}

test('what was done to the devices is what the diff tells, no more and no less', async (t) => {
  const world = await worldOf(t)
  const { store } = world.sandbox
  assert.deepEqual(await world.run(['fleet', 'snapshot', '-z', 'minimal']).then(({ code }) => code), 0)
  assert.deepEqual(await world.json(['fleet', 'diff']), [])
  const [kitchen, living, cellar, spare, pump] = [
    'Kitchen',
    'Living Room',
    'Cellar',
    'Spare',
    'Pump Prototype',
  ].map((name) => deviceNamed(world, name))
  assert.ok(kitchen && living && cellar && spare && pump)
  store.devices.update(kitchen, { name: 'Bath', swversion: 'release-45.0', agentId: 'new-agent-id' })
  store.devices.update(living, { online: !living.online })
  await world.run(['device', 'assign', '-d', cellar.id, '-g', 'Pump Lab', '-q'])
  store.devices.remove(spare)
  const changes = await world.json(['fleet', 'diff', '-1', 'now'])
  const told = changes.map(({ kind, id, from, to }: Record<string, string>) => [id, kind, from, to])
  const expected = [
    [kitchen.id, 'renamed', 'Kitchen', 'Bath'],
    [kitchen.id, 'os', '1ae4c87 - release-44.2 - Tue Mar 09 10:52:30 2021 - production', 'release-45.0'],
    [kitchen.id, 'agent', told.find((one: string[]) => one[1] === 'agent')?.[2], 'new-agent-id'],
    [cellar.id, 'moved', 'Thermostat Development', 'Pump Lab'],
    [spare.id, 'gone', '', ''],
  ]
  const states = told.filter(([, kind]: string[]) => kind === 'silent' || kind === 'back')
  assert.deepEqual(
    states.map(([id]: string[]) => id),
    [living.id],
  )
  const others = told.filter((one: unknown) => !states.includes(one))
  const byId = (a: readonly unknown[], b: readonly unknown[]) =>
    String(a[0]) < String(b[0]) ? -1 : a[0] === b[0] ? 0 : 1
  assert.deepEqual(others, expected.sort(byId))
  assert.equal((await world.json(['fleet', 'diff', '--only', 'moved'])).length, 1)
  const groups = await world.json(['fleet', 'diff', '--by', 'group'])
  const countIn = (group: string, kind: string) =>
    groups.find((one: Record<string, unknown>) => one['group'] === group)?.[kind]
  assert.equal(countIn('Pump Lab', 'moved'), 1)
  assert.equal(countIn('Thermostat Development', 'renamed'), 1)
  assert.equal(
    groups.reduce((sum: number, { total }: { total: number }) => sum + total, 0),
    changes.length,
  )
  // The other way round.
  await world.json(['fleet', 'snapshot'])
  const back = await world.json(['fleet', 'diff', '-1', '-2'])
  assert.ok(back.some(({ kind, id }: Record<string, string>) => kind === 'appeared' && id === spare.id))
})

test('snapshots are read by their user alone, and the newest of them are kept', async (t) => {
  const world = await worldOf(t)
  for (let i = 0; i < 4; i++) await world.json(['fleet', 'snapshot', '--keep', '3'])
  const { file } = await world.json(['fleet', 'snapshot', '--keep', '3'])
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const names = readdirSync(join(file, '..')).sort()
  assert.equal(names.length, 3)
  assert.ok(file.endsWith(names.at(-1) ?? '?'))
})

test('a file of one is compared from anywhere, and is never written over', async (t) => {
  const world = await worldOf(t)
  assert.equal((await world.run(['fleet', 'snapshot', 'before.csv'])).code, 0)
  assert.deepEqual(await world.json(['fleet', 'diff', 'before.csv']), [])
  const again = await world.run(['fleet', 'snapshot', 'before.csv'])
  assert.deepEqual([again.code, again.stdout.split('\n')[0]], [1, 'Error: before.csv is there already.'])
})

test('names with markup, escapes, right-to-left text, quotes and formulas come back as they were', async (t) => {
  const world = await worldOf(t)
  for (const name of ['<b>&"\'', '\x1b[2J\u202eevil', '=1+1', '-5', "'x", 'a,b\r\nc', ' '] as const) {
    world.sandbox.store.devices.update(deviceNamed(world, 'Spare'), { name })
    const file = `${Buffer.from(name).toString('hex')}.csv`
    await world.json(['fleet', 'snapshot', file])
    assert.deepEqual(await world.json(['fleet', 'diff', file]), [], JSON.stringify(name))
    const device = deviceNamed(world, name)
    world.sandbox.store.devices.update(device, { name: 'Spare' })
    assert.equal((await world.json(['fleet', 'diff', file]))[0].from, name)
    assert.doesNotMatch((await world.run(['fleet', 'diff', file])).stdout, /[\x1b\u202e]/)
  }
})

test('a snapshot of no devices is one', async (t) => {
  const world = await worldOf(t, { user: 'mfa' })
  assert.equal((await world.json(['fleet', 'snapshot', 'none.csv'])).devices, 0)
  assert.deepEqual(await world.json(['fleet', 'diff', 'none.csv']), [])
})

test('what is no snapshot of this account, whole and of this version, is refused', async (t) => {
  const world = await worldOf(t)
  await world.json(['fleet', 'snapshot', 'good.csv'])
  const good = readFileSync(join(world.directory, 'good.csv'), 'utf8')
  const lines = good.trimEnd().split('\n')
  const demo = world.sandbox.store.accounts.find('demo')?.id ?? ''
  const bad: readonly (readonly [string, RegExp])[] = [
    ['', /is no snapshot/],
    ['a,b\n1,2\n', /is no snapshot/],
    [`${lines.slice(0, -1).join('\n')}\n`, /damaged: it has \d+ of \d+ devices/],
    [good.slice(0, good.length - 40), /damaged/],
    [`${good}${lines.at(-1)}\n`, /damaged in line/],
    [good.replaceAll(`,2,${demo},`, `,3,${demo},`), /newer version of impt \(format 3\)/],
    [good.replaceAll(`,2,${demo},`, ',2,somebody-else,'), /snapshot of another account/],
    [good.replace(`,2,${demo},`, ',2,somebody-else,'), /snapshot of another account/],
    [good.replace('Kitchen', 'Kitchn'), /was changed in line \d+, device [0-9a-f]+: it is not what/],
    ['\0\x01\xff', /is no snapshot|damaged/],
  ]
  for (const [i, [text, says]] of bad.entries()) {
    writeFileSync(join(world.directory, `bad-${i}.csv`), text)
    const { code, stdout } = await world.run(['fleet', 'diff', `bad-${i}.csv`])
    assert.equal(code, 1, `bad-${i}`)
    assert.match(stdout, says)
  }
  for (const missing of ['-1', '2020-01-01', 'not-there.csv'])
    assert.equal((await world.run(['fleet', 'diff', missing])).code, 1)
})

test('a snapshot and a diff ask for the pages of devices and three things more', async (t) => {
  const world = await worldOf(t, { fleet: { products: 2, groups: 3, devices: 250, seed: 1 } })
  const pages = Math.ceil([...world.sandbox.store.devices.all()].length / 100)
  for (const words of [['snapshot'], ['diff'], ['diff', '-1', '-1']]) {
    world.requests()
    await world.json(['fleet', ...words])
    assert.ok(world.requests().length <= pages + 3)
  }
})
