import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { RUNNING } from '../../../src/fleet/release/promote.ts'
import { readProgress } from '../../../src/fleet/release/store.ts'
import { eventText } from '../../../src/fleet/release/text.ts'
import { planned, ran, releaseWorld, stored, type ReleaseWorld, type Run } from './world.ts'

/** The events as a word each, with the wave. */
const told = ({ events }: Run) =>
  events.map(({ event, wave }) => (wave === undefined ? event : `${event} ${wave}`))

/** Ids of devices of a group that its own store calls online. */
const onlineIn = ({ sandbox }: ReleaseWorld, group: string) =>
  [...sandbox.store.devices.all()].filter((one) => one.group?.id === group && one.online).map(({ id }) => id)

const buildsOf = ({ sandbox }: ReleaseWorld, group: string) =>
  [...sandbox.store.deployments.all()].filter((one) => one.group?.id === group)

describe('a release', () => {
  test('of a good build goes through its waves, restarts each device once and leaves the offline ones', async (t) => {
    const world = await releaseWorld(t)
    const build = await world.deploy(world.bench, 'good', { tags: ['v2'] })
    const online = onlineIn(world, world.field)
    const before = world.sandbox.store.groups.get(world.field)?.currentDeployment
    const plan = await planned(world, build)
    const store = await stored(world, plan)
    const run = await ran(world, store)
    assert.equal(run.outcome, 'done', String(run.error))
    assert.deepEqual(told(run), [
      'promote',
      ...[1, 2, 3, 4].flatMap((wave) => [`restart ${wave}`, `wave ${wave}`]),
      'end',
    ])
    // The devices themselves say it: each has loaded the new code once, no other device has.
    assert.deepEqual([...world.starts.keys()].sort(), online.toSorted())
    for (const codes of world.starts.values()) assert.deepEqual(codes, ['good'])
    const [, made, ...more] = buildsOf(world, world.field)
    assert.deepEqual(more, [])
    assert.equal(made?.deviceCode, 'good')
    assert.ok(made?.flagged && made.tags.includes('v2') && made.tags.includes(`release-${plan.id}`))
    assert.ok(!made.tags.includes(RUNNING), 'the marker is gone')
    assert.ok(world.sandbox.store.deployments.get(before ?? '')?.flagged, 'the build before is kept')
    assert.match(made.origin ?? '', new RegExp(`^impt release ${plan.id} from Bench/v2 by demo: test$`))
    assert.equal((await readProgress(store)).ended, 'done')
  })

  for (const [word, metric, text] of [
    ['crash', 'errors', "the index 'pump' does not exist"],
    ['agent', 'errors', 'bad response 500'],
    ['memory', 'errors', 'out of memory'],
    ['loop', 'errors', 'started 6 times'],
    ['silent', 'offline', 'it was online before'],
    ['down', 'agents', 'its agent ran before'],
  ] as const)
    test(`of a build with "${word}" stops in wave 1 by ${metric}`, async (t) => {
      const world = await releaseWorld(t)
      const store = await stored(world, await planned(world, await world.deploy(world.bench, word)))
      const run = await ran(world, store)
      assert.equal(run.outcome, 'stopped', String(run.error))
      assert.deepEqual(told(run), ['promote', 'restart 1', 'wave 1', 'stop 1'])
      assert.match(run.events.at(-1)?.why ?? '', new RegExp(`^${metric}>`))
      assert.ok(run.events.at(-2)?.evidence?.[0]?.text.includes(text), JSON.stringify(run.events.at(-2)))
      assert.equal(world.starts.size, 1, 'one device was restarted')
    })

  test('is not stopped by noise that was there before', async (t) => {
    const world = await releaseWorld(t)
    for (const device of world.sandbox.store.devices.all())
      world.sandbox.core.platform.log(device, 'server.error', 'ERROR: sensor 0x1f at 12')
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'noise')))
    const run = await ran(world, store)
    assert.equal(run.outcome, 'done', String(run.error))
  })

  test('of a build that failed here before, and was taken back, stops again', async (t) => {
    const world = await releaseWorld(t)
    const { platform } = world.sandbox.core
    const now = world.time.now()
    for (const device of world.sandbox.store.devices.all()) {
      platform.log(device, 'server.error', "ERROR: the index 'pump' does not exist", now - 5000)
      platform.log(device, 'status', 'Agent restarted: reload.', now - 4000)
      platform.log(device, 'status', 'Downloading new code; 1.00% program storage used', now - 3000)
    }
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'crash')))
    const run = await ran(world, store)
    assert.equal(run.outcome, 'stopped', String(run.error))
  })

  test('of a bad build that a device took by itself before its wave stops', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'crash')))
    const run = await ran(world, store, async ({ event }) => {
      if (event !== 'promote') return
      for (const id of onlineIn(world, world.field)) await world.client.devices.restart(id)
    })
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.match(run.events.at(-1)?.why ?? '', /^errors>/)
  })

  test('of a bad build whose error lies below hundreds of lines of its chatter stops', async (t) => {
    const world = await releaseWorld(t)
    const { platform } = world.sandbox.core
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'crash')))
    const run = await ran(world, store, ({ event }) => {
      if (event !== 'restart') return
      for (const device of world.sandbox.store.devices.all())
        for (let line = 0; line < 250; line++) platform.log(device, 'server.log', `measured ${line}`)
    })
    assert.equal(run.outcome, 'stopped', String(run.error))
  })

  test('in which the server takes no restart stops: nobody has seen the build', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    world.sandbox.inject({
      method: 'POST',
      path: '/devices/*',
      skip: 0,
      count: 1000,
      fault: { kind: 'status', status: 403 },
    })
    const run = await ran(world, store)
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.match(run.events.at(-1)?.why ?? '', /^only 0 of 1 restart was accepted$/)
  })

  test('that no device of a wave loads stops: nobody has seen the build', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'asleep')))
    const run = await ran(world, store)
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.equal(run.events.at(-1)?.why, '1 of 1 device without a sign that it loaded the build')
    assert.equal(world.starts.size, 0)
  })

  for (const [what, settings] of [
    ['by --allow-unsure', { allowUnsure: true }],
    ['without rules', { rules: [] }],
  ] as const)
    test(`that no device loads ends ${what}, and its waves and its end say so`, async (t) => {
      const world = await releaseWorld(t)
      const build = await world.deploy(world.bench, 'asleep')
      const plan = await planned(world, build, { settings })
      const run = await ran(world, await stored(world, plan))
      assert.equal(run.outcome, 'done', String(run.error))
      const online = onlineIn(world, world.field).length
      const texts = run.events.map((event) => eventText(plan, event))
      assert.match(texts.join(''), /^wave 1 of 4: 0 loaded, 1 without a sign of a load, 0 with new errors/m)
      assert.ok(
        texts
          .at(-1)
          ?.endsWith(`: done; ${online} of ${online} devices without a sign that they loaded the build\n`),
        texts.at(-1),
      )
    })

  test('leaves alone a device that went to another group meanwhile', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    const moved = store.plan.waves[2]?.devices[0]?.id ?? ''
    const run = await ran(world, store, async ({ event }) => {
      if (event === 'promote') await world.client.deviceGroups.addDevices(world.canary, [moved])
    })
    assert.equal(run.outcome, 'done', String(run.error))
    assert.equal(world.starts.get(moved)?.includes('good') ?? false, false)
    const { restarted } = await readProgress(store)
    assert.deepEqual(
      restarted.get(2)?.failed.map(({ id }) => id),
      [moved],
    )
  })

  test('is not stopped by errors that the old build went on to log after the promotion', async (t) => {
    const world = await releaseWorld(t)
    const { platform } = world.sandbox.core
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'noise')))
    const run = await ran(world, store, ({ event }) => {
      if (event !== 'promote') return
      for (const device of world.sandbox.store.devices.all())
        platform.log(device, 'server.error', 'ERROR: sensor 0x1f at 12')
    })
    assert.equal(run.outcome, 'done', String(run.error))
  })
})
