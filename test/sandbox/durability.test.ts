/** Nothing acknowledged is lost, whatever happens to the process; nothing damaged is replaced in silence. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { test } from 'node:test'
import { DamagedStore } from '../../src/sandbox/journal.ts'
import { FolderInUse, lockFolder } from '../../src/sandbox/lock.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { clientOf, deployment, deviceList, folder, idOf, product, until, workshop } from './plainclient.ts'
import { kill, spawnServer } from './servers.ts'

test(
  'a server killed under load keeps every acknowledged change, three times over',
  { timeout: 600_000 },
  async (t) => {
    const dir = folder(t)
    const kept = new Map<string, string>()
    const gone = new Set<string>()
    let token = ''
    for (let round = 0; round < 3; round++) {
      const server = await spawnServer(dir)
      token = server.token
      const demo = clientOf(server.url, token)
      let killed: Promise<void> | undefined
      let acknowledged = 0
      const worker = async (number: number) => {
        for (let i = 0; ; i++) {
          const made = await demo('POST', '/products', product(`${round} ${number} ${i}`))
          assert.equal(made.status, 201, made.text)
          const { id } = made.body.data
          kept.set(id, `${round} ${number} ${i}`)
          acknowledged++
          if (i % 3 === 0) {
            // From here on, until the answer, both outcomes are right.
            const name = kept.get(id) ?? ''
            kept.delete(id)
            assert.equal((await demo('DELETE', `/products/${id}`)).status, 204, name)
            gone.add(id)
          } else if (i % 3 === 1) {
            kept.delete(id)
            const attributes = { name: `renamed ${round} ${number} ${i}` }
            const reply = await demo('PATCH', `/products/${id}`, {
              data: { type: 'product', id, attributes },
            })
            assert.equal(reply.status, 200)
            kept.set(id, attributes.name)
          }
          if (acknowledged > 150) killed ??= kill(server)
        }
      }
      const cut = (error: unknown) => assert.match(String(error), /fetch failed|terminated|other side closed/)
      await Promise.all(Array.from({ length: 8 }, (_, number) => worker(number).catch(cut)))
      await killed
    }
    const sandbox = await startSandbox({ dir })
    t.after(() => sandbox.close())
    assert.ok(kept.size > 100 && gone.size > 100)
    for (const [id, name] of kept) assert.equal(sandbox.store.products.get(id)?.name, name)
    for (const id of gone) assert.equal(sandbox.store.products.get(id), undefined)
    assert.equal((await clientOf(sandbox.url, token)('GET', '/accounts/me')).status, 200, 'tokens live on')
  },
)

for (const moment of ['journal-2', 'snapshot-2.new', 'snapshot-2'])
  test(
    `a server killed while it compacts its store, when there is a ${moment}, keeps every acknowledged deployment`,
    { timeout: 600_000 },
    async (t) => {
      const dir = folder(t)
      const server = await spawnServer(dir)
      t.after(() => server.child.kill('SIGKILL'))
      const demo = clientOf(server.url, server.token)
      const { groupId } = await workshop(demo)
      const hashes = new Map<string, string>()
      let killed: Promise<void> | undefined
      const worker = async (number: number) => {
        for (let i = 0; !killed; i++) {
          const code = { device_code: `// ${number} ${i}\n`.padEnd(900_000, '/') }
          const made = await demo('POST', '/deployments', deployment(groupId, code))
          assert.equal(made.status, 201)
          hashes.set(made.body.data.id, made.body.data.attributes.sha)
        }
      }
      const cut = (error: unknown) => assert.match(String(error), /fetch failed|terminated|other side closed/)
      const working = Promise.all(Array.from({ length: 4 }, (_, number) => worker(number).catch(cut)))
      // Some moments are short: what comes after one means that it was there.
      const later = (name: string) => name === moment || name === 'snapshot-2'
      await until(() => readdirSync(dir).some(later), moment)
      killed = kill(server)
      await Promise.all([working, killed])
      assert.ok(hashes.size >= 8)
      const sandbox = await startSandbox({ dir })
      t.after(() => sandbox.close())
      for (const [id, sha] of hashes) assert.equal(sandbox.store.deployments.get(id)?.sha, sha)
    },
  )

test('everything comes back after an orderly end: relations, logs, order, credentials', async (t) => {
  const dir = folder(t)
  const first = await startSandbox({ dir })
  const demo = clientOf(first.url, first.tokenFor('demo'))
  const { groupId } = await workshop(demo)
  const device = await idOf(demo, '/devices', 'Kitchen')
  await demo('POST', '/deployments', deployment(groupId))
  await demo('POST', `/devicegroups/${groupId}/relationships/devices`, deviceList(device))
  const login = await clientOf(first.url)('POST', '/auth', { id: 'demo', password: 'demo-password' })
  const strip = (url: string, value: unknown) =>
    JSON.parse(JSON.stringify(value).replaceAll(url.slice(0, -3), '')) as unknown
  const paths = [
    '/products',
    '/devicegroups',
    '/devices',
    '/deployments',
    `/devices/${device}/logs`,
    '/accounts/me/login_keys',
  ]
  const view = async (url: string, token: string) => {
    const replies = await Promise.all(
      paths.map((path) => clientOf(url, token)('GET', `${path}?page[size]=100`)),
    )
    return strip(
      url,
      replies.map((reply) => reply.body.data as unknown),
    )
  }
  const before = await view(first.url, login.body.access_token)
  await first.close()
  const second = await startSandbox({ dir })
  t.after(() => second.close())
  assert.deepEqual(await view(second.url, login.body.access_token), before)
  const renewed = await clientOf(second.url)('POST', '/auth/token', { token: login.body.refresh_token })
  assert.equal(renewed.status, 200)
})

test('a change that cannot be stored is answered 500, as is every later one, while reads go on', async (t) => {
  const sandbox = await startSandbox({ dir: folder(t) })
  t.after(() => sandbox.close().catch(() => undefined))
  const demo = clientOf(sandbox.url, sandbox.tokenFor('demo'))
  assert.equal((await demo('POST', '/products', product('Good'))).status, 201)
  await sandbox.store.close()
  for (const name of ['Lost', 'Lost too']) {
    const reply = await demo('POST', '/products', product(name))
    assert.deepEqual([reply.status, reply.body.errors[0].title], [500, 'Storage Failure'])
  }
  assert.equal((await demo('GET', '/products')).status, 200)
})

test('the folder and its files are private', async (t) => {
  const dir = join(folder(t), 'store')
  const sandbox = await startSandbox({ dir })
  t.after(() => sandbox.close())
  assert.equal(statSync(dir).mode & 0o777, 0o700)
  for (const name of readdirSync(dir)) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name)
})

test('two servers never share a folder', async (t) => {
  const dir = folder(t)
  const sandbox = await startSandbox({ dir })
  await assert.rejects(
    startSandbox({ dir }),
    (error) => error instanceof FolderInUse && error.pid === process.pid,
  )
  await sandbox.close()
  await (await startSandbox({ dir })).close()
})

test('the lock of a dead process is taken over, also when its id was given to another one', (t) => {
  const dir = folder(t)
  for (const stale of [
    { pid: 2 ** 22 + 1, birth: null },
    { pid: process.pid, birth: 'long ago' },
  ]) {
    writeFileSync(join(dir, 'lock'), JSON.stringify(stale))
    writeFileSync(join(dir, `lock.${2 ** 22 + 1}.0a1b2c3d`), '{')
    const unlock = lockFolder(dir)
    assert.throws(() => lockFolder(dir), FolderInUse)
    unlock()
  }
  assert.deepEqual(readdirSync(dir), [])
})

test('a process that ends while it empties a folder leaves one that is empty at the next start', async (t) => {
  const dir = folder(t)
  const first = await startSandbox({ dir })
  await clientOf(first.url, first.tokenFor('demo'))('POST', '/products', product('Old'))
  await first.close()
  const left = new Map(readdirSync(dir).map((name) => [name, readFileSync(join(dir, name))]))
  for (let gone = 0; gone <= left.size; gone++) {
    for (const name of readdirSync(dir)) unlinkSync(join(dir, name))
    writeFileSync(join(dir, 'emptying'), '')
    for (const [name, data] of [...left].slice(gone)) writeFileSync(join(dir, name), data)
    const sandbox = await startSandbox({ dir })
    assert.equal(sandbox.fresh, true)
    assert.equal(
      sandbox.store.products.all().some(({ name }) => name === 'Old'),
      false,
    )
    await sandbox.close()
  }
})

test('a folder that cannot be written gives the error of the system and leaves no lock', async (t) => {
  const dir = folder(t)
  writeFileSync(join(dir, 'file'), '')
  await assert.rejects(startSandbox({ dir: join(dir, 'file', 'store') }), { code: 'ENOTDIR' })
  const broken = join(dir, 'broken')
  await (await startSandbox({ dir: broken })).close()
  writeFileSync(join(broken, 'snapshot-1'), 'nonsense')
  await assert.rejects(startSandbox({ dir: broken }), DamagedStore)
  assert.equal(readdirSync(broken).includes('lock'), false)
})

test('what a newer version has stored is told and left as it is, for that version to go on with', async (t) => {
  const dir = folder(t)
  await (await startSandbox({ dir })).close()
  const journal = join(dir, 'journal-1')
  const before = readFileSync(journal)
  const json = '[{"t":"dreams","p":[{"id":"d1","seq":1}]}]'
  writeFileSync(journal, `${crc32(json).toString(16).padStart(8, '0')} ${json}\n`, { flag: 'a' })
  const written = readFileSync(journal)
  await assert.rejects(startSandbox({ dir }), /has "dreams": a newer version of impt wrote it/)
  assert.deepEqual(readFileSync(journal), written)
  writeFileSync(journal, before)
  await (await startSandbox({ dir })).close()
})
