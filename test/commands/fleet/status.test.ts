import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { CLOUDS, openWorld, type World } from '../world.ts'

const HOUR = 3_600_000

async function worldOf(t: TestContext, options: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(options)
  t.after(() => world.close())
  return world
}

/** Brings a device of the demo account into a state. */
function bring({ sandbox: { store } }: World, name: string, state: Record<string, unknown>): string {
  const device = [...store.devices.all()].find((one) => one.name === name)
  assert.ok(device, name)
  store.devices.update(device, state)
  return device.id
}

for (const [cloud, options] of CLOUDS) {
  test(`a cloud ${cloud}: the counts by group agree with a count of the devices`, async (t) => {
    const world = await worldOf(t, options)
    const id = bring(world, 'Spare', { online: false, onlineChanged: Date.now() - 30 * HOUR, rssi: -91 })
    const rows = await world.json(['fleet', 'status'])
    const devices = await world.json(['device', 'list'])
    const total = rows.reduce((sum: number, row: { total: number }) => sum + row.total, 0)
    const online = rows.reduce((sum: number, row: { online: number }) => sum + row.online, 0)
    assert.equal(total, devices.length)
    assert.equal(
      online,
      devices.filter((one: { Device: { device_online?: boolean } }) => one.Device.device_online === true)
        .length,
    )
    const without = rows.find((row: { group: string }) => row.group === '')
    assert.deepEqual([without.total, without.silent, without.weak, without.current], [2, 1, 1, null])
    const [first] = await world.json(['fleet', 'status', '--devices'])
    assert.deepEqual(
      [first.id, first.name, first.silent, first.weak, first.rssi],
      [id, 'Spare', true, true, -91],
    )
    assert.equal(
      (await world.run(['fleet', 'status', '--silent', '2d', '--devices'])).stdout.includes('silent,'),
      false,
    )
  })
}

test('every key counts every device once', async (t) => {
  const world = await worldOf(t, { fleet: { products: 2, groups: 3, devices: 40, seed: 1 } })
  const count = (await world.json(['device', 'list'])).length
  for (const by of ['group', 'product', 'type', 'imp', 'os']) {
    const rows = await world.json(['fleet', 'status', '--by', by])
    assert.equal(
      rows.reduce((sum: number, row: { total: number }) => sum + row.total, 0),
      count,
      by,
    )
    for (const row of rows) assert.ok(by in row, by)
  }
})

test('it asks for the pages of devices and two lists more, whatever it is counted by', async (t) => {
  const world = await worldOf(t, { fleet: { products: 2, groups: 3, devices: 250, seed: 1 } })
  const count = [...world.sandbox.store.devices.all()].length
  world.requests()
  for (const more of [[], ['--by', 'os'], ['--devices']]) {
    await world.json(['fleet', 'status', ...more])
    const requests = world.requests()
    assert.ok(requests.length <= Math.ceil(count / 100) + 2, requests.join('\n'))
  }
})

test('filters choose the devices', async (t) => {
  const world = await worldOf(t)
  const rows = await world.json(['fleet', 'status', '--dg', 'Pump Lab'])
  assert.deepEqual(
    rows.map((row: { group: string }) => row.group),
    ['Pump Lab'],
  )
})

test('no devices are no rows', async (t) => {
  const world = await worldOf(t, { user: 'mfa' })
  assert.deepEqual(await world.json(['fleet', 'status']), [])
  assert.match(
    (await world.run(['fleet', 'status'])).stdout,
    /^No Devices are found\.\nIMPT COMMAND SUCCEEDS\n$/,
  )
})

test('names with escapes and right-to-left marks cannot move the cursor or turn the text', async (t) => {
  const world = await worldOf(t)
  bring(world, 'Spare', { name: '\x1b[2J<b>\u202eevil', online: false, onlineChanged: null })
  for (const mode of [[], ['-z', 'minimal'], ['-z', 'table'], ['-z', 'csv'], ['--wide']]) {
    const { code, stdout } = await world.run(['fleet', 'status', '--devices', ...mode])
    assert.equal(code, 0)
    assert.doesNotMatch(stdout, /[\x1b\u202e]/)
    assert.match(stdout, /<b>/)
  }
})

test('limits that are none are refused before anything is asked', async (t) => {
  const world = await worldOf(t)
  world.requests()
  for (const words of [['--silent', 'soon'], ['--weak=80'], ['--weak', 'low'], ['--by', 'colour']]) {
    const { code } = await world.run(['fleet', 'status', ...words]).catch(() => ({ code: 2 }))
    assert.notEqual(code, 0, words.join(' '))
  }
  assert.deepEqual(world.requests(), [])
  assert.equal((await world.run(['fleet', 'status', '--weak', '-70'])).code, 0)
})
