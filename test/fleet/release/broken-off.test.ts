/** A release is killed, paused and aborted at every line of its journal; what the devices and the cloud say then is compared with it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { factsOf, obstacles } from '../../../src/fleet/release/check.ts'
import { RUNNING } from '../../../src/fleet/release/promote.ts'
import { readProgress, releasesOf } from '../../../src/fleet/release/store.ts'
import { Killed, meeting, planned, ran, releaseWorld, stored, type ReleaseWorld } from './world.ts'

const WISH = { canary: true, waves: '1,50%,100%' }
const DEVICES = 8

/** What the cloud holds of a release: nobody in it has read the journal. */
function held({ sandbox, canary, field, starts }: ReleaseWorld) {
  const { store } = sandbox
  const devices = [...store.devices.all()].filter(({ group }) => group?.id === canary || group?.id === field)
  return {
    online: devices.filter(({ online }) => online).map(({ id }) => id),
    /** Copies that were made, by group. */
    copies: [canary, field].map(
      (group) =>
        [...store.deployments.all()].filter((one) => one.group?.id === group && one.deviceCode === 'good')
          .length,
    ),
    marked: [...store.deployments.all()].filter(({ tags }) => tags.includes(RUNNING)).length,
    /** How often each device loaded the new code, by the log that the cloud stores. */
    loads: new Map(
      devices.map(({ id }) => [
        id,
        store.logs.of(id).filter(({ msg }) => msg.startsWith('Downloading new code')).length,
      ]),
    ),
    starts: new Map([...starts].map(([id, codes]) => [id, codes.length])),
  }
}

async function opened(t: Parameters<typeof releaseWorld>[0]) {
  const world = await releaseWorld(t, DEVICES)
  const plan = await planned(world, await world.deploy(world.bench, 'good'), WISH)
  return { world, plan, store: await stored(world, plan) }
}

/** How many lines the journal of such a release has. */
let lines = 0
test('the journal of a whole release', async (t) => {
  const { world, store } = await opened(t)
  const counted = meeting(store, -1, 'after', () => undefined)
  const run = await ran(world, counted)
  assert.equal(run.outcome, 'done', String(run.error))
  lines = counted.lines()
  assert.ok(lines >= 2 * 2 + 4 * 4 + 1, String(lines))
  const entries = await store.entries()
  assert.equal(entries.length, lines)
  // So few devices hold what more would: a batch of some, and one that is offline.
  assert.ok(entries.some((entry) => entry.kind === 'restart' && entry.devices.length > 1))
  assert.ok(held(world).online.length < DEVICES)
})

for (const when of ['before', 'after'] as const)
  test(`killed ${when} each line is written and resumed, it restarts each device and makes one copy a group`, async (t) => {
    assert.ok(lines > 0, 'the first test has counted them')
    for (let line = 0; line < lines; line++) {
      const { world, plan, store } = await opened(t)
      const killed = await ran(
        world,
        meeting(store, line, when, () => {
          throw new Killed()
        }),
      )
      assert.ok(killed.error instanceof Killed, `line ${line}: ${String(killed.error)}`)
      // Another process knows the disk only.
      const found = await releasesOf(world.folder, world.sandbox.url).get(plan.id, world.time.now)
      const wasBegun = (await found.entries()).at(-1)
      const run = await ran(world, found)
      const at = `killed ${when} line ${line}, after ${wasBegun?.kind}: ${String(run.error)}`
      assert.equal(run.outcome, 'done', at)
      const { online, copies, marked, loads, starts } = held(world)
      assert.deepEqual(copies, [1, 1], at)
      assert.equal(marked, 0, at)
      assert.deepEqual([...starts.keys()].sort(), online.toSorted(), at)
      // Only the batch whose answers were lost with the process is restarted again.
      const lost = wasBegun?.kind === 'restart' ? wasBegun.devices : []
      for (const id of online) {
        const most = lost.includes(id) && when === 'before' ? 2 : 1
        assert.equal(starts.get(id), most, `${at}: ${id}`)
        assert.equal(loads.get(id), most, `${at}: ${id}`)
      }
      // The journal says the same as the devices.
      const { restarted } = await readProgress(found)
      const told = [...restarted.values()].flatMap(({ ids }) => [...ids])
      assert.deepEqual(told.sort(), online.toSorted(), at)
      await world.sandbox.close()
    }
  })

test('paused at each line it stops within a look, and goes on to the same end', async (t) => {
  assert.ok(lines > 0, 'the first test has counted them')
  for (let line = 0; line < lines - 1; line++) {
    const { world, store } = await opened(t)
    let startsThen = -1
    const paused = meeting(store, line, 'after', async () => {
      await store.setOrder('pause')
      world.time.in(5000, async () => {
        startsThen = world.starts.size
        assert.equal((await readProgress(store)).paused?.why, 'paused by hand', `line ${line}`)
      })
      world.time.in(60_000, async () => {
        assert.equal(world.starts.size, startsThen, `line ${line}: nothing was restarted in the pause`)
        await store.setOrder('run')
      })
    })
    const run = await ran(world, paused)
    assert.equal(run.outcome, 'done', `line ${line}: ${String(run.error)}`)
    const { online, copies, starts } = held(world)
    assert.deepEqual(copies, [1, 1])
    assert.deepEqual(
      [...starts.values()],
      online.map(() => 1),
      `line ${line}`,
    )
    await world.sandbox.close()
  }
})

test('aborted at each line it ends for good, leaves no marker, and another one may start', async (t) => {
  assert.ok(lines > 0, 'the first test has counted them')
  for (let line = 0; line < lines - 1; line++) {
    const { world, store } = await opened(t)
    const run = await ran(
      world,
      meeting(store, line, 'after', () => store.setOrder('abort')),
    )
    assert.equal(run.outcome, 'aborted', `line ${line}: ${String(run.error)}`)
    const { marked, starts } = held(world)
    assert.equal(marked, 0, `line ${line}`)
    const { restarted, ended } = await readProgress(store)
    assert.equal(ended, 'aborted')
    const told = [...restarted.values()].flatMap(({ ids }) => [...ids])
    assert.deepEqual([...starts.keys()].sort(), told.sort(), `line ${line}`)
    const releases = releasesOf(world.folder, world.sandbox.url)
    const groups = await Promise.all([
      factsOf(world.client, world.canary),
      factsOf(world.client, world.field),
    ])
    assert.deepEqual(await obstacles(releases, groups, false, world.time.now), [])
    await world.sandbox.close()
  }
})

test('the answers that are under way when an abort is ordered are waited for, and told', async (t) => {
  const { world, store } = await opened(t)
  const slow = {
    ...store,
    async append(entry: Parameters<typeof store.append>[0]) {
      await store.append(entry)
      if (entry.kind !== 'restart') return
      // Longer than an order goes unseen.
      world.sandbox.switches.latency = 600
      await store.setOrder('abort')
    },
  }
  const run = await ran(world, slow)
  assert.equal(run.outcome, 'aborted', String(run.error))
  const { starts } = held(world)
  const { restarted } = await readProgress(store)
  const told = [...restarted.values()].flatMap(({ ids }) => [...ids])
  assert.ok(told.length > 0)
  assert.deepEqual([...starts.keys()].sort(), told.sort())
})

describe('a line that a kill has cut', () => {
  test('is passed over, and the next one is whole', async (t) => {
    const { world, plan, store } = await opened(t)
    await store.append({ kind: 'promote', group: 'x' })
    const { appendFileSync, readdirSync } = await import('node:fs')
    const { join } = await import('node:path')
    const key = readdirSync(join(world.folder, 'releases'))[0] ?? ''
    appendFileSync(join(world.folder, 'releases', key, plan.id, 'journal.jsonl'), '{"at":1,"kind":"prom')
    const again = await releasesOf(world.folder, world.sandbox.url).get(plan.id, world.time.now)
    assert.equal((await again.entries()).length, 1)
    await again.append({ kind: 'resumed' })
    assert.deepEqual(
      (await again.entries()).map(({ kind }) => kind),
      ['promote', 'resumed'],
    )
  })
})
