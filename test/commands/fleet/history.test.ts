import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openWorld, type World } from '../world.ts'

async function worldOf(t: TestContext): Promise<World> {
  const world = await openWorld()
  t.after(() => world.close())
  return world
}

/** Puts events into the history of the device "Spare", a minute apart, oldest first. */
function remember({ sandbox: { store } }: World, events: readonly object[]): string {
  const device = [...store.devices.all()].find(({ name }) => name === 'Spare')
  assert.ok(device)
  for (const old of store.history.where('device', device.id).slice()) store.history.remove(old)
  for (const [i, event] of events.entries())
    store.history.insert({
      id: `event-${i}`,
      seq: store.nextSeq(),
      device: device.id,
      time: Date.UTC(2026, 0, 1, 0, i),
      event: 'enrolled',
      ownerId: null,
      actorId: null,
      ...event,
    })
  return device.id
}

test('entries come as the server sends them, with names where they can be seen', async (t) => {
  const world = await worldOf(t)
  const demo = world.sandbox.store.accounts.find('demo')?.id
  const id = remember(world, [
    { ownerId: demo, actorId: demo },
    { event: 'a word to come', ownerId: demo, actorId: '00000000-1111-2222-3333-444444444444' },
  ])
  const entries = await world.json(['device', 'history', '-d', id])
  assert.deepEqual(entries, [
    {
      owner: 'demo',
      actor: null,
      timestamp: '2026-01-01T00:01:00.000Z',
      event: 'a word to come',
      owner_id: demo,
      actor_id: '00000000-1111-2222-3333-444444444444',
    },
    {
      owner: 'demo',
      actor: 'demo',
      timestamp: '2026-01-01T00:00:00.000Z',
      event: 'enrolled',
      owner_id: demo,
      actor_id: demo,
    },
  ])
  const { stdout } = await world.run(['device', 'history', '-d', 'Spare'])
  assert.match(
    stdout,
    /^History of Device "Spare":\ntime +event +owner +actor\n2026-01-01T00:01:00\.000Z  a word to come +demo +00000000-/,
  )
})

test('an account that this login may not read stays an id', async (t) => {
  const world = await worldOf(t)
  const id = remember(world, [{ ownerId: '00000000-1111-2222-3333-444444444444' }])
  world.sandbox.inject({
    method: 'GET',
    path: '/accounts/0*',
    skip: 0,
    count: 1,
    fault: { kind: 'status', status: 403 },
  })
  const [entry] = await world.json(['device', 'history', '-d', id])
  assert.deepEqual([entry.owner, entry.owner_id], [null, '00000000-1111-2222-3333-444444444444'])
})

test('all pages are read, and every account is asked for once', async (t) => {
  const world = await worldOf(t)
  const demo = world.sandbox.store.accounts.find('demo')?.id
  const id = remember(
    world,
    Array.from({ length: 230 }, () => ({ ownerId: demo, actorId: demo })),
  )
  world.requests()
  assert.equal((await world.json(['device', 'history', '-d', id])).length, 230)
  const requests = world.requests()
  assert.equal(requests.filter((one) => one.includes('/history')).length, 3)
  assert.equal(requests.filter((one) => one.includes('/accounts/')).length, 1)
})

test('a device without history has none, and one that is not there is an error', async (t) => {
  const world = await worldOf(t)
  remember(world, [])
  assert.deepEqual(await world.json(['device', 'history', '-d', 'Spare']), [])
  assert.match(
    (await world.run(['device', 'history', '-d', 'Spare'])).stdout,
    /^No history of Device "Spare"\.\n/,
  )
  assert.equal((await world.run(['device', 'history', '-d', 'nope'])).code, 1)
})

test('event words with escapes are shown, not obeyed', async (t) => {
  const world = await worldOf(t)
  remember(world, [{ event: '\x1b[31mred\u202e' }])
  for (const mode of [[], ['-z', 'csv'], ['-z', 'table'], ['-z', 'minimal']])
    assert.doesNotMatch(
      (await world.run(['device', 'history', '-d', 'Spare', ...mode])).stdout,
      /[\x1b\u202e]/,
    )
})
