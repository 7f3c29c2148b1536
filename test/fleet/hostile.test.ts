import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { lookAt, readFolder } from '../../src/fleet/folder/read.ts'
import { diskOf, type Disk } from '../../src/fleet/folder/disk.ts'
import { folderNames } from '../../src/fleet/folder/names.ts'
import { readCsv, writeCsv } from '../../src/fleet/folder/csv.ts'
import { changeLine, maskOf } from '../../src/fleet/plan/text.ts'
import { ImptError } from '../../src/output/error.ts'
import { caseless } from './caseless.ts'
import { fateOf, Killed } from './killing.ts'
import { copyOf, doApply, doPlan, doPull, filesIn, newFolder, openCloud, seed } from './world.ts'
import { character, fc } from '../properties.ts'

/** A folder in memory, with whatever a hostile repository may hold. */
function memoryDisk(files: Readonly<Record<string, Buffer>>): Disk {
  const refuse = () => Promise.reject(new Error('nothing is written by reading'))
  return {
    name: 'folder',
    read: async (path) => (Object.hasOwn(files, path) ? files[path] : undefined),
    async list(path) {
      const found = new Map<string, 'file' | 'folder'>()
      for (const name of Object.keys(files)) {
        if (!name.startsWith(`${path}/`)) continue
        const [first = '', ...more] = name.slice(path.length + 1).split('/')
        found.set(first, more.length > 0 ? 'folder' : 'file')
      }
      return [...found].map(([name, kind]) => ({ name, kind }))
    },
    write: refuse,
    put: refuse,
    flush: refuse,
    append: refuse,
    move: refuse,
    remove: refuse,
    removeAll: refuse,
  }
}

const json = fc.json({ maxDepth: 3 })
const snippet = fc.constantFrom(
  '{"name":"x","type":"production","env":{"A":{"secret":true}},"webhooks":[{"event":"blinkup","url":{"secret":true}}]}',
  '[{"code":".","current":true},{"code":"builds/0123456789ab","minimum":true}]',
  '[{"code":"builds/../../../../etc","current":true}]',
  '{"format":1,"builds":"all","public":["*"],"without":["env"]}',
  '{"products/a/groups/b":{"env":{"A":[]},"webhooks":{"blinkup 1":1}}}',
  '{"__proto__":{"name":"x"},"constructor":1}',
  'id\n1\n"2',
  '[1,null,"x",[]]',
)
const content = fc.oneof(
  json.map((text) => Buffer.from(text)),
  snippet.map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
)
const path = fc.constantFrom(
  'account.json',
  'secrets.json',
  'devices.csv',
  'loginkeys.csv',
  'hints/x~y.json',
  'hints/z',
  'products/a/product.json',
  'products/a/groups/b/group.json',
  'products/a/groups/b/builds.json',
  'products/a/groups/b/device.nut',
  'products/a/groups/b/agent.nut',
  'products/a/groups/b/builds/0123456789ab/device.nut',
  'products/a/groups/b/builds/0123456789ab/agent.nut',
  'products/..%2F/product.json',
  'products/__proto__/product.json',
  'products/x',
)

describe('a hostile folder', () => {
  test('is read or refused with places, and never ends in a defect', async () => {
    await fc.assert(
      fc.asyncProperty(fc.dictionary(path, content, { maxKeys: 8 }), async (files) => {
        const disk = memoryDisk(files)
        const { problems } = await lookAt(disk)
        for (const one of problems) assert.ok(one.text.length > 0)
        await readFolder(disk).catch((error: unknown) => {
          assert.ok(error instanceof ImptError && error.code === 'FILE', String(error))
        })
      }),
      { numRuns: 400 },
    )
  })
})

describe('names of folders', () => {
  const name = fc.oneof(
    fc.string({ unit: character, minLength: 1, maxLength: 80 }),
    fc.constantFrom('a', 'A', 'CON', 'nul.x', '.', '..', '.git', 'x.', 'x '),
  )

  test('differ where the names do, on every system, and lead nowhere else', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 12 }), (names) => {
        const folders = folderNames(names)
        const folded = folders.map((one) => one.toUpperCase().toLowerCase().normalize('NFC'))
        assert.equal(new Set(folded).size, new Set(names).size)
        for (const folder of folders) {
          assert.match(folder, /^(?!\.)[^/\\:*?"<>|\0-\x1f]+(?<![. ])$/)
          assert.doesNotMatch(folder, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i)
          assert.ok(Buffer.byteLength(folder) <= 255)
        }
      }),
    )
  })

  test('do not depend on the order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 8 }), (names) => {
        const there = new Map(names.map((one, i) => [one, folderNames(names)[i]]))
        const back = names.toReversed()
        folderNames(back).forEach((folder, i) => assert.equal(folder, there.get(back[i] ?? '')))
      }),
    )
  })
})

test('cells of tables come back as they were, and none begins like a formula', async () => {
  const cell = fc.oneof(
    fc.string({ unit: character }),
    fc.constantFrom('=1+1', "'x", '+', '-', '@a', '\ta', '\ra', '', '"', 'a\r\nb', ' '),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(cell, cell), { maxLength: 5 }), async (rows) => {
      const text = writeCsv(['a', 'b'], rows)
      const read = await readCsv(text)
      assert.deepEqual(
        read.rows.map(({ cells }) => [cells['a'], cells['b']]),
        rows,
      )
      for (const line of text.split('\n')) assert.doesNotMatch(line, /^"?[=+\-@]/)
    }),
  )
})

test('a table of one column is read as one, whatever its name', async () => {
  for (const name of ['a', 'a;b', 'a\tb', 'a,b']) {
    const { columns, rows } = await readCsv(writeCsv([name], [['x;y'], ['']]))
    assert.deepEqual([columns, rows.map(({ cells }) => cells[name])], [[name], ['x;y', '']])
  }
})

describe('what changed in the cloud meanwhile', () => {
  test('is not written over when it was read more than a minute ago', async (t) => {
    const cloud = await openCloud({ check: () => [] })
    t.after(() => cloud.close())
    const group = {
      name: 'G',
      type: 'development_devicegroup',
      description: 'old',
      region: undefined,
      loadCode: true,
      env: { A: 'a' },
      webhooks: [],
      builds: [],
      minimum: 0,
    } as const
    await seed(cloud, [{ name: 'P', description: 'old', groups: [group] }])
    const folder = newFolder(t)
    await doPull(cloud, folder)
    const { readFileSync, writeFileSync } = await import('node:fs')
    const file = `${folder}/products/P/product.json`
    writeFileSync(file, readFileSync(file, 'utf8').replace('old', 'mine'))
    const id = cloud.sandbox.store.products.where('owner', cloud.account.id)[0]?.id ?? ''
    // The clock of the plan runs ahead by two minutes at each look: what it read is old at once.
    let time = 0
    const slow = () => (time += 120_000)
    const client = {
      ...cloud.client,
      products: {
        ...cloud.client.products,
        async get(...words: Parameters<typeof cloud.client.products.get>) {
          await cloud.client.products.update(id, { description: 'theirs' })
          return cloud.client.products.get(...words)
        },
      },
    } as typeof cloud.client
    const [event] = await doApply(cloud, folder, { now: slow, client })
    assert.ok(event?.kind === 'failed' && event.error.code === 'CONFLICT')
    assert.equal(cloud.sandbox.store.products.get(id)?.description, 'theirs')
    // Read a moment ago, it is written without a second look.
    const [done] = await doApply(cloud, folder, { now: () => 0 })
    assert.equal(done?.kind, 'done')
    assert.equal((await doPlan(cloud, folder)).changes.length, 0)
    assert.ok(Object.keys(filesIn(folder)).length > 5)
  })
})

test('tables without quotes are read as the parser reads them', async () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '1', ' ', 'ä', '|', '-', '🙂'), maxLength: 4 })
  const line = fc.array(cell, { minLength: 1, maxLength: 4 })
  const separator = fc.constantFrom(',', ';', '\t')
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 6 }), separator, fc.boolean(), async (table, sep, ends) => {
      const lines = table.map((cells) => cells.join(sep))
      const text = lines.join('\n') + (ends ? '\n' : '')
      // The first line that is none of nothing shows what stands between cells.
      const delimiter = lines.find((one) => one !== '')?.includes(sep) ? sep : ','
      const expected = (() => {
        try {
          return parse(text, { skip_empty_lines: true, delimiter })
        } catch {
          return undefined
        }
      })()
      const read = await readCsv(text).catch(() => undefined)
      assert.equal(read === undefined, expected === undefined, JSON.stringify(text))
      if (read === undefined || expected === undefined) return
      const [head = [], ...rows] = expected
      assert.deepEqual(read.columns, head)
      const bare = (one: string) => (one.startsWith("'") ? one.slice(1) : one)
      assert.deepEqual(
        read.rows.map(({ cells }) => cells),
        rows.map((row) => Object.fromEntries(head.map((name, i) => [name, bare(row[i] ?? '')]))),
      )
    }),
  )
})

test('a plan shows control characters in a value as everything else does', () => {
  const change = {
    action: 'change' as const,
    kind: 'product' as const,
    path: 'products/a',
    label: 'a',
    fields: [{ name: 'description', from: 'one', to: 'a "b" \\ \x1b[2J\u202e\n\t\x07' }],
  }
  assert.equal(
    changeLine(change, maskOf('key')),
    '~ product a: description one -> "a \\"b\\" \\\\ \\e[2J\\u{202e}\\n\\t\\x07"',
  )
})

describe('names on a disk that finds them in any case', () => {
  test('may change nothing but their case: no file is lost, wherever the pull is killed', async (t) => {
    const cloud = await openCloud({ check: () => [] })
    t.after(() => cloud.close())
    const build = (text: string) => ({
      device: `${text}\n`,
      agent: '',
      description: undefined,
      origin: undefined,
      tags: [],
      flagged: true,
    })
    const group = {
      name: 'Field',
      type: 'development_devicegroup',
      description: 'old',
      region: undefined,
      loadCode: true,
      env: { A: 'a' },
      webhooks: [],
      builds: [build('1'), build('2')],
      minimum: 0,
    } as const
    await seed(cloud, [{ name: 'Lamp', description: 'old', groups: [group] }])
    const names = new Map<string, string>()
    const old = newFolder(t)
    const doing = { builds: 'all' } as const
    await doPull(cloud, old, { ...doing, disk: caseless(diskOf(old, 'b'), names) })
    const [product] = cloud.sandbox.store.products.where('owner', cloud.account.id)
    const [one] = cloud.sandbox.store.groups.where('owner', cloud.account.id)
    await cloud.client.products.update(product?.id ?? '', { name: 'lamp' })
    await cloud.client.deviceGroups.update(
      { type: 'development_devicegroup', id: one?.id ?? '' },
      { name: 'FIELD' },
    )
    const expected = newFolder(t)
    await doPull(cloud, expected, { ...doing, disk: caseless(diskOf(expected, 'b'), new Map()) })
    const counted = fateOf()
    const first = copyOf(old, t)
    await doPull(cloud, first, { ...doing, disk: counted.disk(caseless(diskOf(first, 'b'), new Map(names))) })
    assert.deepEqual(filesIn(first), filesIn(expected))
    for (let at = 1; at <= counted.count; at++) {
      const folder = copyOf(old, t)
      const fate = fateOf(at, at % 2 === 0)
      const disk = caseless(diskOf(folder, 'b'), new Map(names))
      await assert.rejects(doPull(cloud, folder, { ...doing, disk: fate.disk(disk) }), Killed)
      await doPull(cloud, folder, { ...doing, disk })
      assert.deepEqual(filesIn(folder), filesIn(expected), `killed at ${at}`)
    }
  })
})
