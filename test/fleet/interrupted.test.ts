import assert from 'node:assert/strict'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { diskOf, type Disk } from '../../src/fleet/folder/disk.ts'
import type { FaultRule } from '../../src/sandbox/injection.ts'
import { ImptError } from '../../src/output/error.ts'
import { fileError } from '../../src/session/file-error.ts'
import type { Client } from '../../src/impcentral/client.ts'
import type { Api } from '../../src/impcentral/api.ts'
import { resources } from '../../src/impcentral/resources.ts'
import { SHAPES } from '../../src/entities/kinds.ts'
import { fateOf, Killed } from './killing.ts'
import {
  copyOf,
  doApply,
  doPlan,
  doPull,
  filesIn,
  newFolder,
  openCloud,
  OWN_ONLY,
  seed,
  type Cloud,
  type ProductSeed,
} from './world.ts'

const noCheck = { check: () => [] }
const SECRET = 'planted-secret'
const build = (text: string, more: object = {}) => ({
  device: `device ${text}\n`,
  agent: 'agent\n',
  description: undefined,
  origin: 'git',
  tags: [text],
  flagged: true,
  ...more,
})
const group = {
  description: undefined,
  region: undefined,
  loadCode: false,
  env: {},
  webhooks: [],
  builds: [],
  minimum: 0,
}

/** A small account with everything whose making takes a request of its own. */
const small: readonly ProductSeed[] = [
  {
    name: 'Lamp',
    description: 'A lamp',
    groups: [
      {
        ...group,
        name: 'Field',
        type: 'production_devicegroup',
        env: { KEY: SECRET },
        builds: [build('v1'), build('v2'), build('v1', { tags: ['again'] })],
        minimum: 1,
        webhooks: [
          { event: 'blinkup', url: `https://u:${SECRET}@a.example.com/`, content_type: 'application/json' },
          { event: 'blinkup', url: 'https://b.example.com/', content_type: 'application/json' },
        ],
      },
      { ...group, name: 'Test', type: 'dut_devicegroup' },
      { ...group, name: 'Line', type: 'factoryfixture_devicegroup' },
    ],
  },
]

/** How many entities of each kind an account has: nothing may be there twice. */
function countsOf({ sandbox: { store }, account }: Cloud): Record<string, number> {
  const count = (table: { where(index: 'owner', key: string): readonly unknown[] }) =>
    table.where('owner', account.id).length
  return {
    products: count(store.products),
    groups: count(store.groups),
    builds: count(store.deployments),
    webhooks: count(store.webhooks),
  }
}

async function source() {
  const cloud = await openCloud(noCheck)
  await seed(cloud, small)
  return cloud
}

/** No secret stands anywhere but in secrets.json. */
function assertNoLeak(folder: string): void {
  for (const [path, text] of Object.entries(filesIn(folder, /^(?:secrets\.json|\.impt\/staging\/)/)))
    assert.ok(!text.includes(SECRET), `${path} holds a secret`)
}

describe('a pull that is killed', () => {
  test('at any request or write leaves the old folder or the new one, and the next pull ends it', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const whole = newFolder(t)
    await doPull(cloud, whole, { builds: 'all' })
    const after = filesIn(whole)
    const counted = fateOf()
    const first = newFolder(t)
    await doPull(cloud, first, {
      builds: 'all',
      client: counted.client(cloud.client),
      disk: counted.disk(diskOf(first, 'b')),
    })
    for (let at = 1; at <= counted.count; at++) {
      // To die after an effect is to die before the next.
      for (const late of at === counted.count ? [false, true] : [false]) {
        const folder = newFolder(t)
        const fate = fateOf(at, late)
        await assert.rejects(
          doPull(cloud, folder, {
            builds: 'all',
            client: fate.client(cloud.client),
            disk: fate.disk(diskOf(folder, 'b')),
          }),
          Killed,
        )
        assertNoLeak(folder)
        await doPull(cloud, folder, { builds: 'all' })
        assert.deepEqual(filesIn(folder), after, `killed at ${at}${late ? ', late' : ''}`)
        assert.deepEqual(Object.keys(filesIn(folder, /^[^.]|^\.git/)), [
          '.impt/source.json',
          '.impt/written.json',
        ])
      }
    }
  })

  test('by a power failure, at any request or write, shows nobody a file that is cut', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const whole = newFolder(t)
    await doPull(cloud, whole, { builds: 'all' })
    const after = filesIn(whole)
    for (let at = 1; ; at++) {
      const folder = newFolder(t)
      const fate = fateOf(at)
      const pulling = doPull(cloud, folder, {
        builds: 'all',
        client: fate.client(cloud.client),
        disk: fate.disk(diskOf(folder, 'b'), folder),
      })
      const died = await pulling.then(
        () => false,
        (error: unknown) => error instanceof Killed,
      )
      if (!died) {
        await pulling
        assert.ok(at > 30, `it has ${at} effects`)
        break
      }
      for (const [path, text] of Object.entries(filesIn(folder)))
        assert.equal(text, after[path], `${path} when the power failed at ${at}`)
      await doPull(cloud, folder, { builds: 'all' })
      assert.deepEqual(filesIn(folder), after, `the power failed at ${at}`)
    }
  })

  test('while it puts code aside does not take what was cut for whole', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const whole = newFolder(t)
    await doPull(cloud, whole)
    const folder = newFolder(t)
    const fate = fateOf(12)
    await assert.rejects(
      doPull(cloud, folder, { disk: fate.disk(diskOf(folder, 'b')), client: fate.client(cloud.client) }),
      Killed,
    )
    const staged = Object.keys(filesIn(folder, /^(?!\.impt\/staging\/.*\.nut$)/))
    assert.ok(staged.length > 0)
    for (const path of staged) writeFileSync(`${folder}/${path}`, 'cut')
    await doPull(cloud, folder)
    assert.deepEqual(filesIn(folder), filesIn(whole))
  })

  test('leaves nothing that gives the next secrets another mode', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const folder = newFolder(t)
    mkdirSync(`${folder}/.impt/staging`, { recursive: true })
    for (let i = 0; i < 60; i++) writeFileSync(`${folder}/.impt/staging/${i}`, 'old', { mode: 0o644 })
    await doPull(cloud, folder)
    assert.equal(statSync(`${folder}/secrets.json`).mode & 0o777, 0o600)
    assertNoLeak(folder)
  })

  test('over an old folder is old or new for the next reader', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const old = newFolder(t)
    await doPull(cloud, old)
    const before = filesIn(old)
    const lamp = cloud.sandbox.store.products.where('owner', cloud.account.id)[0]?.id ?? ''
    await cloud.client.products.update(lamp, { name: 'Lantern', description: 'Other' })
    const expected = newFolder(t)
    await doPull(cloud, expected)
    const after = filesIn(expected)
    const counted = fateOf()
    const first = copyOf(old, t)
    await doPull(cloud, first, {
      client: counted.client(cloud.client),
      disk: counted.disk(diskOf(first, 'b')),
    })
    assert.deepEqual(filesIn(first), after)
    for (let at = 1; at <= counted.count; at++) {
      const folder = copyOf(old, t)
      const fate = fateOf(at, at % 2 === 0)
      await assert.rejects(
        doPull(cloud, folder, { client: fate.client(cloud.client), disk: fate.disk(diskOf(folder, 'b')) }),
        Killed,
      )
      // Any command finishes the moves before it reads.
      await doPlan(cloud, folder)
      const now = JSON.stringify(filesIn(folder))
      assert.ok(now === JSON.stringify(before) || now === JSON.stringify(after), `killed at ${at}`)
    }
  })
})

describe('an apply that is killed', () => {
  test('at any request or write goes on by itself: the same end, and nothing twice', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const folder = newFolder(t)
    await doPull(cloud, folder, { builds: 'all' })
    const wanted = filesIn(folder, OWN_ONLY)
    const goal = countsOf(cloud)
    const counted = fateOf()
    const to = await openCloud(noCheck)
    t.after(() => to.close())
    const once = copyOf(folder, t)
    await doApply(to, once, { client: counted.client(to.client), disk: counted.disk(diskOf(once, 'b')) })
    for (let at = 1; at <= counted.count; at++) {
      // To die after an effect is to die before the next.
      for (const late of at === counted.count ? [false, true] : [false]) {
        to.clear()
        const copy = copyOf(folder, t)
        const fate = fateOf(at, late)
        await assert.rejects(
          doApply(to, copy, { client: fate.client(to.client), disk: fate.disk(diskOf(copy, 'b')) }),
          Killed,
        )
        const events = await doApply(to, copy)
        assert.deepEqual(
          events.filter(({ kind }) => kind !== 'done'),
          [],
          `killed at ${at}${late ? ', late' : ''}`,
        )
        assert.deepEqual(countsOf(to), goal, `killed at ${at}${late ? ', late' : ''}`)
        const pulled = newFolder(t)
        await doPull(to, pulled, { builds: 'all' })
        assert.deepEqual(filesIn(pulled, OWN_ONLY), wanted)
        assertNoLeak(copy)
      }
    }
  })
})

/** Every request meets most faults. The limit is waited for, a second each; of three that end alike, each third. */
const STEPS: Readonly<Record<string, number>> = { '429': 9, '500': 3, garbage: 3, html: 3, hang: 3 }

/** The same client, which gives up soon: a request that is slow for another reason fails too, and that is no worse. */
function impatient(client: Client): Client {
  const timeout = 150
  const api: Api = {
    get: (path, query, options) => client.api.get(path, query, { ...options, timeout }),
    change: (method, path, body, headers, options) =>
      client.api.change(method, path, body, headers, { ...options, timeout }),
  }
  return { ...client, ...resources(api, SHAPES), api }
}

describe('faults of the cloud', () => {
  const faults: readonly FaultRule['fault'][] = [
    { kind: 'status', status: 429 },
    { kind: 'status', status: 503, body: '<html>' },
    { kind: 'status', status: 500 },
    { kind: 'reset' },
    { kind: 'truncated' },
    { kind: 'garbage' },
    { kind: 'html' },
    { kind: 'hang' },
  ]
  for (const fault of faults) {
    const name = `${fault.kind}${fault.kind === 'status' ? ` ${fault.status}` : ''}`
    test(`${name} at any request of pull: whole or untouched, and whole when it is run again`, async (t) => {
      const cloud = await source()
      t.after(() => cloud.close())
      const whole = newFolder(t)
      await doPull(cloud, whole, { builds: 'all' })
      const after = filesIn(whole)
      const counted = fateOf()
      await doPull(cloud, newFolder(t), { builds: 'all', client: counted.client(cloud.client) })
      const step = STEPS[fault.kind === 'status' ? String(fault.status) : fault.kind] ?? 1
      for (let skip = 0; skip < counted.count; skip += step) {
        const folder = newFolder(t)
        cloud.sandbox.inject({ method: '*', path: '*', skip, count: 1, fault })
        const client = fault.kind === 'hang' ? impatient(cloud.client) : cloud.client
        try {
          await doPull(cloud, folder, { builds: 'all', client })
          assert.deepEqual(filesIn(folder), after, `went well with a fault after ${skip}`)
        } catch (error) {
          if (!(error instanceof ImptError)) throw error
          assert.deepEqual(filesIn(folder), {}, `failed by a fault after ${skip}`)
        }
        assertNoLeak(folder)
        cloud.sandbox.clearFaults()
        await doPull(cloud, folder, { builds: 'all' })
        assert.deepEqual(filesIn(folder), after, `again, after a fault after ${skip}`)
      }
    })
  }
  for (const fault of faults) {
    test(`${fault.kind}${fault.kind === 'status' ? ` ${fault.status}` : ''} at any request of apply: the same end when it is run again`, async (t) => {
      const cloud = await source()
      t.after(() => cloud.close())
      const folder = newFolder(t)
      await doPull(cloud, folder, { builds: 'all' })
      const goal = countsOf(cloud)
      const counted = fateOf()
      const to = await openCloud(noCheck)
      t.after(() => to.close())
      await doApply(to, copyOf(folder, t), { client: counted.client(to.client) })
      const step = STEPS[fault.kind === 'status' ? String(fault.status) : fault.kind] ?? 1
      for (let skip = 0; skip < counted.count; skip += step) {
        to.clear()
        const copy = copyOf(folder, t)
        to.sandbox.inject({ method: '*', path: '*', skip, count: 1, fault })
        const client = fault.kind === 'hang' ? impatient(to.client) : to.client
        await doApply(to, copy, { client }).catch((error: unknown) => {
          if (!(error instanceof ImptError)) throw error
        })
        // On a busy machine one who has little patience may have given up before the fault came.
        to.sandbox.clearFaults()
        const events = await doApply(to, copy)
        assert.deepEqual(
          events.filter(({ kind }) => kind !== 'done'),
          [],
          `fault after ${skip}`,
        )
        assert.deepEqual(countsOf(to), goal, `fault after ${skip}`)
      }
    })
  }
})

describe('a token that ends in the middle and cannot be renewed', () => {
  const ended = (skip: number): FaultRule => ({
    method: '*',
    path: '*',
    skip,
    count: 1000,
    fault: { kind: 'status', status: 401 },
  })
  const isAuth = (error: unknown) => error instanceof ImptError && error.code === 'AUTH'

  test('leaves the folder as it was, at whichever request, and the next pull is whole', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const whole = newFolder(t)
    await doPull(cloud, whole, { builds: 'all' })
    const counted = fateOf()
    await doPull(cloud, newFolder(t), { builds: 'all', client: counted.client(cloud.client) })
    for (let skip = 0; skip < counted.count; skip++) {
      const folder = newFolder(t)
      cloud.sandbox.inject(ended(skip))
      const failed = await doPull(cloud, folder, { builds: 'all' }).then(
        () => false,
        (error: unknown) => isAuth(error),
      )
      cloud.sandbox.clearFaults()
      if (failed) assert.deepEqual(filesIn(folder), {})
      await doPull(cloud, folder, { builds: 'all' })
      assert.deepEqual(filesIn(folder), filesIn(whole))
    }
  })

  test('stops an apply at whichever request, and the same apply goes on after a login', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const folder = newFolder(t)
    await doPull(cloud, folder, { builds: 'all' })
    const goal = countsOf(cloud)
    const to = await openCloud(noCheck)
    t.after(() => to.close())
    const counted = fateOf()
    await doApply(to, copyOf(folder, t), { client: counted.client(to.client) })
    for (let skip = 0; skip < counted.count; skip += 2) {
      to.clear()
      const copy = copyOf(folder, t)
      to.sandbox.inject(ended(skip))
      const events = await doApply(to, copy).catch((error: unknown) => {
        assert.ok(isAuth(error), String(error))
        return []
      })
      for (const event of events)
        if (event.kind === 'failed') assert.ok(isAuth(event.error), String(event.error))
      to.sandbox.clearFaults()
      const again = await doApply(to, copy)
      assert.ok(
        again.every(({ kind }) => kind === 'done'),
        `ended after ${skip}`,
      )
      assert.deepEqual(countsOf(to), goal, `ended after ${skip}`)
    }
  })
})

/** A disk that is full from a write on; what is there can still be moved and removed. */
function fullAt(disk: Disk, at: number): Disk & { readonly writes: () => number } {
  let count = 0
  const counted =
    <W extends readonly [string, ...unknown[]]>(work: (...words: W) => Promise<void>) =>
    async (...words: W) => {
      if (++count < at) return work(...words)
      throw fileError(words[0], Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
    }
  return {
    ...disk,
    write: counted(disk.write),
    put: counted(disk.put),
    append: counted(disk.append),
    writes: () => count,
  }
}

describe('a disk that is full', () => {
  test('at any write of a pull leaves the old folder or the new one, and the next pull is whole', async (t) => {
    const cloud = await source()
    t.after(() => cloud.close())
    const old = newFolder(t)
    await doPull(cloud, old)
    const before = filesIn(old)
    const lamp = cloud.sandbox.store.products.where('owner', cloud.account.id)[0]?.id ?? ''
    await cloud.client.products.update(lamp, { description: 'Other' })
    const expected = newFolder(t)
    await doPull(cloud, expected, { builds: 'all' })
    const after = filesIn(expected)
    for (const start of [undefined, old]) {
      const begin = () => (start === undefined ? newFolder(t) : copyOf(start, t))
      const first = begin()
      const whole = fullAt(diskOf(first, 'b'), Infinity)
      await doPull(cloud, first, { builds: 'all', disk: whole })
      assert.deepEqual(filesIn(first), after)
      for (let at = 1; at <= whole.writes(); at++) {
        const folder = begin()
        await assert.rejects(
          doPull(cloud, folder, { builds: 'all', disk: fullAt(diskOf(folder, 'b'), at) }),
          (error: unknown) => error instanceof ImptError && error.code === 'FILE',
        )
        assertNoLeak(folder)
        if (start !== undefined) {
          await doPlan(cloud, folder)
          const now = JSON.stringify(filesIn(folder))
          assert.ok(now === JSON.stringify(before) || now === JSON.stringify(after), `full at ${at}`)
        }
        await doPull(cloud, folder, { builds: 'all' })
        assert.deepEqual(filesIn(folder), after, `full at ${at}`)
      }
    }
  })
})
