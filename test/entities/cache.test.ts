import assert from 'node:assert/strict'
import { mkdir, readFile, readdir, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import {
  deleteEntityFiles,
  entityFolder,
  openEntityCache,
  sweepEntityFiles,
} from '../../src/entities/cache.ts'
import type { EntityCache } from '../../src/entities/cache.ts'
import { nameOf, type SeenResource } from '../../src/entities/cached.ts'
import { KIND_NAMES, type Kind } from '../../src/entities/kinds.ts'
import { ownFolder } from '../session/folder.ts'
import { fc } from '../properties.ts'

const WEEK = 7 * 24 * 3_600_000

const device = (id: string, name: string, more: object = {}, group?: string): SeenResource => ({
  id,
  type: 'device',
  attributes: { name, ...more },
  ...(group === undefined ? {} : { relationships: { devicegroup: { id: group } } }),
})
const ids = (cache: EntityCache, kind: Kind, typed: string) =>
  cache.search(kind, typed).map((entity) => entity.id)

/** A clock that goes on by `pass`. */
function clock(start = 1_800_000_000_000) {
  let time = start
  return { now: () => time, pass: (ms: number) => (time += ms) }
}

test('an id is found by the first attribute that matches, in the order of identification', () => {
  const cache = openEntityCache(undefined)
  cache.remember('device', [
    device('d1', 'x', { mac_address: 'm1', agent_id: 'a1' }),
    device('d2', 'm1', { mac_address: 'm2', agent_id: 'a2' }),
    device('d3', 'x', { mac_address: 'd1', agent_id: 'x' }),
  ])
  assert.deepEqual(cache.idsFor('device', 'd1'), ['d1'])
  assert.deepEqual(cache.idsFor('device', 'm1'), ['d1'])
  assert.deepEqual(cache.idsFor('device', 'a2'), ['d2'])
  assert.deepEqual(cache.idsFor('device', 'x'), ['d3'])
  assert.deepEqual(cache.idsFor('device', 'X'), [])
  cache.remember('build', [
    { id: 'b1', type: 'deployment', attributes: { sha: 's1', tags: ['v1', 'ok'] } },
    { id: 'b2', type: 'deployment', attributes: { sha: 's2', tags: ['ok'], origin: 's1' } },
  ])
  assert.deepEqual(cache.idsFor('build', 'ok'), ['b1', 'b2'])
  assert.deepEqual(cache.idsFor('build', 's1'), ['b1'])
})

test('completion gives beginnings first, then beginnings of words, then letters in order; each by name', () => {
  const cache = openEntityCache(undefined)
  const names = ['zeta lab', 'Lab-10', 'lab-2', 'collab', 'myLab', 'lxaxb', 'other']
  cache.remember(
    'device',
    names.map((name) => device(`id-${name}`, name)),
  )
  const found = (typed: string) => cache.search('device', typed).map((entity) => nameOf('device', entity))
  assert.deepEqual(found('lab'), ['Lab-10', 'lab-2', 'myLab', 'zeta lab', 'collab', 'lxaxb'])
  assert.deepEqual(found('Lab'), ['Lab-10', 'myLab'])
  assert.deepEqual(found('id-oth'), ['other'])
  assert.equal(found('').length, names.length)
  assert.deepEqual(found('nothing'), [])
})

test('ids and addresses match by their beginning only', () => {
  const cache = openEntityCache(undefined)
  cache.remember('device', [device('234776801163a9ee', 'n', { mac_address: '0c:2a:69:05:0d:62' })])
  assert.deepEqual(ids(cache, 'device', '2347'), ['234776801163a9ee'])
  assert.deepEqual(ids(cache, 'device', '0C:2A'), [])
  assert.deepEqual(ids(cache, 'device', '0c:2a'), ['234776801163a9ee'])
  assert.deepEqual(ids(cache, 'device', 'a9ee'), [])
})

test('a list of all drops what it did not show, and is fresh for a minute', () => {
  const time = clock()
  const cache = openEntityCache(undefined, time.now)
  cache.remember('product', [{ id: 'p1', type: 'product', attributes: { name: 'gone' } }])
  assert.equal(cache.ageOf('product'), undefined)
  assert.equal(cache.isFresh('product'), false)
  time.pass(10)
  const startedAt = time.now()
  cache.remember('product', [{ id: 'p2', type: 'product', attributes: { name: 'here' } }])
  time.pass(5)
  cache.listed('product', startedAt)
  assert.deepEqual(ids(cache, 'product', ''), ['p2'])
  time.pass(59_000)
  assert.equal(cache.isFresh('product'), true)
  time.pass(1_000)
  assert.equal(cache.isFresh('product'), false)
  assert.equal(cache.ageOf('product'), 60_005)
})

test('the online state counts for ten seconds', () => {
  const time = clock()
  const cache = openEntityCache(undefined, time.now)
  cache.remember('device', [device('d1', 'a', { device_online: false }), device('d2', 'b')])
  const online = (id: string) => cache.isOnline(cache.get('device', id)!)
  assert.deepEqual([online('d1'), online('d2')], [false, undefined])
  time.pass(10_000)
  assert.equal(online('d1'), undefined)
})

test('a deleted group takes the assignments of its devices along', () => {
  const cache = openEntityCache(undefined)
  cache.remember('dg', [{ id: 'g1', type: 'development_devicegroup', attributes: { name: 'G' } }])
  cache.remember('device', [device('d1', 'a', {}, 'g1'), device('d2', 'b', {}, 'g2')])
  cache.forget('dg', 'g1')
  assert.deepEqual(cache.idsFor('dg', 'G'), [])
  assert.deepEqual(cache.get('device', 'd1')?.related, {})
  assert.deepEqual(cache.get('device', 'd2')?.related, { devicegroup: 'g2' })
})

test('dropped kinds are empty, others are not', () => {
  const cache = openEntityCache(undefined)
  cache.remember('device', [device('d1', 'a')])
  cache.remember('account', [{ id: 'a1', type: 'account', attributes: { username: 'u' } }])
  cache.listed('device', 0)
  cache.drop(['device', 'build'])
  assert.deepEqual([ids(cache, 'device', ''), ids(cache, 'account', '')], [[], ['a1']])
  assert.equal(cache.ageOf('device'), undefined)
})

test('no more than 20,000 of a kind are remembered, the newest', () => {
  const cache = openEntityCache(undefined)
  cache.remember(
    'device',
    Array.from({ length: 20_003 }, (_, i) => device(`d${i}`, `n${i}`)),
  )
  assert.equal(cache.search('device', '').length, 20_000)
  assert.deepEqual(cache.idsFor('device', 'n2'), [])
  assert.deepEqual(cache.idsFor('device', 'n3'), ['d3'])
})

test('a warm start knows what an earlier run saved, with its age', async (t) => {
  const folder = join(await ownFolder(t), 'x', 'y')
  const time = clock()
  const first = openEntityCache(folder, time.now)
  first.remember('device', [device('d1', 'a', { mac_address: 'm', device_online: true }, 'g1')])
  first.remember('dg', [
    { id: 'g1', type: 'development_devicegroup', attributes: { name: 'G', region: 'r' } },
  ])
  first.listed('device', time.now())
  await first.save()
  assert.equal((await stat(folder)).mode & 0o777, 0o700)
  assert.equal((await stat(join(folder, 'device.json'))).mode & 0o777, 0o600)

  time.pass(12 * 60_000)
  const second = openEntityCache(folder, time.now)
  assert.deepEqual(second.idsFor('device', 'a'), [])
  await second.load('device')
  assert.deepEqual(second.idsFor('device', 'm'), ['d1'])
  assert.deepEqual(second.get('device', 'd1'), first.get('device', 'd1'))
  assert.equal(second.ageOf('device'), 12 * 60_000)
  assert.equal(second.isFresh('device'), false)
  assert.deepEqual(ids(second, 'dg', ''), [])
  await second.load('dg')
  assert.equal(second.get('dg', 'g1')?.type, 'development_devicegroup')
})

test('what was seen more than seven days ago is not known any more', async (t) => {
  const folder = await ownFolder(t)
  const time = clock()
  const first = openEntityCache(folder, time.now)
  first.remember('device', [device('old', 'a')])
  first.listed('device', time.now())
  time.pass(WEEK / 2)
  first.remember('device', [device('new', 'b')])
  await first.save()
  time.pass(WEEK / 2)
  const second = openEntityCache(folder, time.now)
  await second.load('device')
  assert.deepEqual(ids(second, 'device', ''), ['new'])
  assert.equal(second.ageOf('device'), undefined)
})

test('login keys, codes, webhook addresses and unknown attributes never reach the disk', async (t) => {
  const folder = await ownFolder(t)
  const cache = openEntityCache(folder)
  const secret = {
    device_code: 'SECRET',
    agent_code: 'SECRET',
    url: 'http://SECRET',
    env_vars: { k: 'SECRET' },
    password: 'SECRET',
  }
  for (const kind of KIND_NAMES) {
    const id = kind === 'loginkey' ? 'SECRET' : 'x'
    cache.remember(kind, [
      { id, type: kind, attributes: { name: 'n', ...secret }, relationships: { creator: { id: 'SECRET' } } },
    ])
  }
  await cache.save()
  const names = await readdir(folder)
  assert.deepEqual(
    names.sort(),
    ['account', 'build', 'device', 'dg', 'product', 'webhook'].map((kind) => `${kind}.json`),
  )
  for (const name of names) assert.ok(!(await readFile(join(folder, name), 'utf8')).includes('SECRET'), name)
  assert.deepEqual(ids(cache, 'loginkey', ''), ['SECRET'])
})

test('sessions that save at once keep what each has seen, and what one knows to be gone stays so for it', async (t) => {
  const folder = await ownFolder(t)
  const time = clock()
  const caches = Array.from({ length: 8 }, (_, i) => {
    const cache = openEntityCache(folder, time.now)
    cache.remember('device', [device(`d${i}`, `n${i}`)])
    return cache
  })
  await Promise.all(caches.map((cache) => cache.save()))
  const fresh = openEntityCache(folder, time.now)
  await fresh.load('device')
  assert.equal(fresh.search('device', '').length, 8)

  time.pass(1)
  fresh.forget('device', 'd3')
  await fresh.save()
  const next = openEntityCache(folder, time.now)
  await next.load('device')
  assert.deepEqual(next.idsFor('device', 'n3'), [])
  assert.equal(next.search('device', '').length, 7)
})

test('a list of all that is saved replaces older entries of the file', async (t) => {
  const folder = await ownFolder(t)
  const time = clock()
  const first = openEntityCache(folder, time.now)
  first.remember('device', [device('d1', 'a'), device('d2', 'b')])
  await first.save()
  time.pass(1000)
  const second = openEntityCache(folder, time.now)
  second.remember('device', [device('d2', 'b')])
  second.listed('device', time.now())
  await second.save()
  const third = openEntityCache(folder, time.now)
  await third.load('device')
  assert.deepEqual(ids(third, 'device', ''), ['d2'])
})

test('a damaged file counts as none and is written anew', async (t) => {
  const folder = await ownFolder(t)
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(fc.string(), fc.json(), fc.constant('{"entities":[{"id":"x"')),
      async (damage) => {
        await writeFile(join(folder, 'device.json'), damage)
        const cache = openEntityCache(folder)
        await cache.load('device')
        assert.deepEqual(ids(cache, 'device', ''), [])
        cache.remember('device', [device('d1', 'a')])
        await cache.save()
        const next = openEntityCache(folder)
        await next.load('device')
        assert.deepEqual(ids(next, 'device', ''), ['d1'])
      },
    ),
    { numRuns: 30 },
  )
})

test('entries of a wrong shape are left out, the others are taken', async (t) => {
  const folder = await ownFolder(t)
  const good = {
    id: 'd1',
    type: 'device',
    attributes: { name: 'a', agent_id: 5, more: 'x' },
    related: { owner: 'o', x: 'y' },
    seenAt: 5,
  }
  const bad = [
    null,
    7,
    [],
    {},
    { ...good, id: 5 },
    { ...good, type: null },
    { ...good, seenAt: 'now' },
    { ...good, seenAt: 11 },
  ]
  await writeFile(join(folder, 'device.json'), JSON.stringify({ listedAt: 'x', entities: [...bad, good] }))
  const cache = openEntityCache(folder, () => 10)
  await cache.load('device')
  assert.deepEqual(cache.search('device', ''), [
    { id: 'd1', type: 'device', attributes: { name: 'a' }, related: { owner: 'o' }, seenAt: 5 },
  ])
})

test('a folder that cannot be written is no error', async (t) => {
  const root = await ownFolder(t)
  await writeFile(join(root, 'plain'), '')
  const cache = openEntityCache(join(root, 'plain', 'x'))
  cache.remember('device', [device('d1', 'a')])
  await cache.load('device')
  await cache.save()
  assert.deepEqual(ids(cache, 'device', ''), ['d1'])
})

test('each endpoint and account has a folder of its own, whose name tells neither', () => {
  const folder = entityFolder('/c', 'https://h/v5', 'acc-1')
  assert.equal(entityFolder('/c', 'https://h/v5/', 'acc-1'), folder)
  assert.notEqual(entityFolder('/c', 'https://h/v5', 'acc-2'), folder)
  assert.notEqual(entityFolder('/c', 'https://i/v5', 'acc-1'), folder)
  assert.match(folder, /^\/c\/entities\/[0-9a-f]{32}$/)
})

test('files that nobody wrote for a week are swept, and all of them can be deleted', async (t) => {
  const root = await ownFolder(t)
  await mkdir(join(root, 'entities', 'a'), { recursive: true })
  for (const name of ['old', 'new']) await writeFile(join(root, 'entities', 'a', name), '')
  await utimes(join(root, 'entities', 'a', 'old'), new Date(0), new Date(0))
  await sweepEntityFiles(root)
  assert.deepEqual(await readdir(join(root, 'entities', 'a')), ['new'])
  await deleteEntityFiles(root)
  await deleteEntityFiles(root)
  assert.deepEqual(await readdir(root), [])
})
