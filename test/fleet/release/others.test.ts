/** Somebody else at the same groups, builds, streams and files. */
import assert from 'node:assert/strict'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { factsOf, obstacles } from '../../../src/fleet/release/check.ts'
import { ended } from '../../../src/fleet/release/course.ts'
import { lastGood, recordsOf } from '../../../src/fleet/release/last-good.ts'
import { RUNNING } from '../../../src/fleet/release/promote.ts'
import { newReleaseId, readProgress, releasesOf } from '../../../src/fleet/release/store.ts'
import { openTap, type Tap } from '../../../src/fleet/release/tap.ts'
import { ImptError } from '../../../src/output/error.ts'
import { MINUTE, planned, ran, releaseWorld, stored, type ReleaseWorld } from './world.ts'

const releasesIn = (world: ReleaseWorld) => releasesOf(world.folder, world.sandbox.url)
const conflict = (text: RegExp) => (error: unknown) =>
  error instanceof ImptError && error.code === 'CONFLICT' && text.test(error.message)

test('who lists releases while another one is written down neither sees it half nor takes it away', async (t) => {
  const world = await releaseWorld(t)
  const plan = await planned(world, await world.deploy(world.bench, 'good'))
  let isMade = false
  const making = stored(world, plan).finally(() => (isMade = true))
  while (!isMade)
    for (const id of await releasesIn(world).ids()) await releasesIn(world).get(id, world.time.now)
  await making
  assert.deepEqual(await releasesIn(world).ids(), [plan.id])
  const half = join(dirname((await making).folder), '20260101-000000-0000')
  await mkdir(half)
  assert.deepEqual(await releasesIn(world).ids(), [plan.id])
  assert.deepEqual(await readdir(half), [], 'it is still there')
})

test('a release that was killed while it was written down is cleared away by one of a later day, and no other', async (t) => {
  const world = await releaseWorld(t)
  const build = await world.deploy(world.bench, 'good')
  const root = dirname((await stored(world, await planned(world, build))).folder)
  const [old, present] = [world.time.now() - 2 * 1440 * MINUTE, world.time.now()].map(
    (time) => `${newReleaseId(time)}.begun`,
  )
  for (const name of [old, present]) {
    await mkdir(join(root, name ?? ''))
    await writeFile(join(root, name ?? '', 'plan.json'), '{')
  }
  await stored(world, await planned(world, build))
  assert.deepEqual(
    (await readdir(root)).filter((name) => name.endsWith('.begun')),
    [present],
  )
})

describe('while a release runs', () => {
  test('a deploy of somebody else stops it before the next wave, with the build and its creator', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    let foreign = ''
    const run = await ran(world, store, ({ event, wave }) => {
      if (event === 'restart' && wave === 1)
        world.time.in(MINUTE, async () => (foreign = await world.deploy(world.field, 'of another')))
    })
    assert.equal(run.outcome, 'stopped', String(run.error))
    const { event, why = '' } = run.events.at(-1) ?? {}
    assert.equal(event, 'stop')
    assert.match(why, /runs another build .* by demo/)
    assert.ok(why.includes(foreign))
    assert.equal(world.starts.size, 1, 'nothing was restarted with it')
    const again = await ran(world, store)
    assert.equal(again.outcome, 'stopped', 'it waits for a person')
  })

  test('a deploy between the plan and the promotion keeps it from putting anything over it', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    await world.deploy(world.field, 'of another')
    const run = await ran(world, store)
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.match(run.events.at(-1)?.why ?? '', /got another build since/)
    // What can never go on is not to be resumed, and what put nothing there not to be rolled back.
    const groups = [await factsOf(world.client, world.field)]
    await assert.rejects(obstacles(releasesIn(world), groups, true, world.time.now), {
      hint: `"impt release abort ${store.plan.id}" ends it and leaves what is there`,
    })
    assert.equal(world.starts.size, 0)
  })

  test('a group that is deleted stops it', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    const run = await ran(world, store, ({ event }) => {
      if (event === 'restart')
        world.time.in(MINUTE, () => {
          const group = world.sandbox.store.groups.get(world.field)
          if (group) world.sandbox.store.groups.remove(group)
        })
    })
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.equal((await readProgress(store)).paused?.cause, 'NOT_FOUND')
  })

  test('a token that ends leaves it interrupted, wherever it was, and it goes on after a login', async (t) => {
    const world = await releaseWorld(t)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    let requests = 0
    const counting = { method: '*', path: '*', count: 1000, fault: { kind: 'status', status: 401 } as const }
    for (let skip = 0; ; skip += 3) {
      world.sandbox.inject({ ...counting, skip })
      const run = await ran(world, store)
      world.sandbox.clearFaults()
      if (run.error === undefined) {
        assert.equal(run.outcome, 'done')
        break
      }
      assert.equal((run.error as ImptError).code, 'AUTH')
      assert.equal((await readProgress(store)).ended, undefined)
      requests++
    }
    assert.ok(requests > 2, 'it ended more than once on the way')
    const restarted = [...world.starts.values()].map(
      (codes) => codes.filter((code) => code === 'good').length,
    )
    assert.ok(
      restarted.length > 0 && restarted.every((count) => count <= 2),
      'once, or twice where the answer was lost',
    )
  })

  test('a stream that another takes changes nothing but a warning: the stored logs go on', async (t) => {
    const world = await releaseWorld(t, 12)
    const wish = { waves: '1,100%', settings: { stream: true } }
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good'), wish))
    const run = await ran(world, store, ({ event, wave }, warnings) => {
      if (event !== 'restart' || wave !== 1) return
      world.time.in(MINUTE, async () => {
        world.sandbox.core.streams.closeAll()
        for (let looks = 0; warnings.length === 0 && looks < 30_000; looks++) await delay(10)
      })
    })
    assert.equal(run.outcome, 'done', String(run.error))
    assert.match(run.warnings.join('\n'), /log stream of this release was closed/)
  })

  test('of what a program logs on the stream for days only that it was seen is kept', async () => {
    async function* logStream() {
      yield { kind: 'opened' }
      for (let i = 0; i < 5000; i++) {
        yield { kind: 'entry', entry: { device_id: 'a', ts: `${i}`, type: 'server.log', msg: 'tick' } }
        yield { kind: 'entry', entry: { device_id: 'b', ts: `${i}`, type: 'server.error', msg: 'no pump' } }
      }
      yield { kind: 'closed', reason: 'the end' }
    }
    const tap = await new Promise<Tap>((resolve, reject) => {
      const client = { logStream } as unknown as ReleaseWorld['client']
      const opened = openTap(client, ['a', 'b'], new AbortController().signal, () => {
        opened.then(resolve, reject)
      })
    })
    assert.equal(tap.entries.get('a')?.length, 1)
    assert.equal(tap.entries.get('b')?.length, 1000)
  })

  test('and an error stops it halfway at the latest, not at the end of the watch', async (t) => {
    const world = await releaseWorld(t, 12)
    const wish = { settings: { stream: true, watch: 600 * MINUTE } }
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'crash'), wish))
    const began = world.time.now()
    const run = await ran(world, store)
    assert.equal(run.outcome, 'stopped', String(run.error))
    assert.ok(world.time.now() - began <= 300 * MINUTE + MINUTE, 'halfway at the latest')
  })
})

describe('two releases', () => {
  test('of one group do not run at the same time on one machine', async (t) => {
    const world = await releaseWorld(t, 8)
    const releases = releasesIn(world)
    const held = releases.hold('20260101-000000-0001', [world.field, world.canary], async () => {
      await assert.rejects(
        releases.hold('20260101-000000-0002', [world.field], async () => undefined),
        conflict(/in use by the process/),
      )
      return 'held'
    })
    assert.equal(await held, 'held')
  })

  test('one that has not ended is in the way of the next, and says how to end it; one that has is not', async (t) => {
    const world = await releaseWorld(t, 8)
    const build = await world.deploy(world.bench, 'crash')
    const store = await stored(world, await planned(world, build))
    await ran(world, store)
    const releases = releasesIn(world)
    const groups = [await factsOf(world.client, world.field)]
    await assert.rejects(obstacles(releases, groups, true, world.time.now), (error: ImptError) => {
      assert.match(error.message, new RegExp(`Release ${store.plan.id} .* has not ended`))
      assert.match(error.hint ?? '', new RegExp(`abort ${store.plan.id}`))
      assert.match(error.hint ?? '', /"impt release resume \S+" goes on with the next wave/)
      return error.code === 'CONFLICT'
    })
    await releases.hold(store.plan.id, [], () =>
      assert.rejects(obstacles(releases, groups, true, world.time.now), {
        code: 'CONFLICT',
        hint: /^A process works on it: .*status .* --follow/,
      }),
    )
    // As an abort without network leaves it: the marker stays.
    await ended(store, 'aborted')
    const marked = await factsOf(world.client, world.field)
    assert.equal(marked.marked.length, 1)
    const stale = await obstacles(releases, [marked], false, world.time.now)
    assert.deepEqual(
      stale,
      marked.marked.map((one) => one.build),
    )
  })

  test('one of another machine shows by its marker, which only --take-over passes', async (t) => {
    const world = await releaseWorld(t, 8)
    const build = await world.deploy(world.field, 'theirs', {
      tags: ['release-20260101-000000-00aa', RUNNING],
    })
    const groups = [await factsOf(world.client, world.field)]
    const releases = releasesIn(world)
    await assert.rejects(
      obstacles(releases, groups, false, world.time.now),
      conflict(/runs elsewhere: 20260101-000000-00aa/),
    )
    assert.deepEqual(await obstacles(releases, groups, true, world.time.now), [build])
  })
})

describe('the last good build', () => {
  const find = async (world: ReleaseWorld, id?: string) => {
    const { group, current } = await factsOf(world.client, world.field)
    const records = await recordsOf(releasesIn(world), id, world.time.now)
    return lastGood(world.client, { id: group.id, name: 'Field', current }, records)
  }

  test('is the one before the release, by the journal', async (t) => {
    const world = await releaseWorld(t, 8)
    const before = world.sandbox.store.groups.get(world.field)?.currentDeployment
    await world.deploy(world.bench, 'unrelated', { flagged: true })
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'crash')))
    await ran(world, store)
    assert.equal((await find(world, store.plan.id)).id, before)
  })

  test('is the newest older flagged one of other code where there is no journal', async (t) => {
    const world = await releaseWorld(t, 8)
    await world.deploy(world.field, 'oldest', { flagged: true })
    const good = await world.deploy(world.field, 'good', { flagged: true })
    await world.deploy(world.field, 'a try', {})
    await world.deploy(world.field, 'bad', { flagged: true })
    await world.deploy(world.field, 'bad', { flagged: true })
    assert.equal((await find(world)).id, good)
  })

  test('is not one that a rollback has taken back', async (t) => {
    const world = await releaseWorld(t, 8)
    const oldest = await world.deploy(world.field, 'oldest', { flagged: true })
    const good = await world.deploy(world.field, 'good', { flagged: true })
    await world.deploy(world.field, 'bad', { flagged: true })
    const store = await stored(world, { ...(await planned(world, good)), kind: 'rollback' })
    assert.equal((await ran(world, store)).outcome, 'done')
    assert.equal((await find(world)).id, oldest)
  })

  test('of a group whose build is another than the release put there is the one below that', async (t) => {
    const world = await releaseWorld(t, 8)
    const store = await stored(world, await planned(world, await world.deploy(world.bench, 'good')))
    assert.equal((await ran(world, store)).outcome, 'done')
    const released = world.sandbox.store.groups.get(world.field)?.currentDeployment
    await world.deploy(world.field, 'by hand', { flagged: true })
    assert.equal((await find(world)).id, released)
  })

  test('is none where no older one is flagged, and that is said', async (t) => {
    const world = await releaseWorld(t, 8)
    await world.deploy(world.field, 'bad', { flagged: true })
    await assert.rejects(find(world), /no older flagged build/)
  })
})
