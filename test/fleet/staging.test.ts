import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { SHAPES } from '../../src/entities/kinds.ts'
import { codeRefOf } from '../../src/fleet/code.ts'
import { diskOf } from '../../src/fleet/folder/disk.ts'
import { carryOut } from '../../src/fleet/folder/redo.ts'
import { openStaging } from '../../src/fleet/folder/staging.ts'
import { resources } from '../../src/impcentral/resources.ts'
import { ImptError } from '../../src/output/error.ts'
import { doPull, filesIn, newFolder, openCloud } from './world.ts'

test('code that lands elsewhere than was thought, or twice, or at the place of other code, is whole', async (t) => {
  const folder = newFolder(t)
  const disk = diskOf(folder, 'b')
  const staging = await openStaging(disk, new Map())
  const [one, two] = [
    { device: 'one', agent: 'same' },
    { device: 'two', agent: 'same' },
  ]
  // Both are thought to lie in one folder, as if their digests began alike.
  await Promise.all([one, two, one].map((texts) => staging.keep(texts, () => 'g/builds/0')))
  const files = [
    ['g/builds/1', one],
    ['g/builds/2', two],
    ['h', two],
  ] as const
  const wanted = files.flatMap(([place, texts]) =>
    (['device', 'agent'] as const).map((side) => {
      const sha = codeRefOf(texts)[side]
      return [`${place}/${side}.nut`, { program: sha, sha }] as const
    }),
  )
  await staging.put(wanted)
  const paths = wanted.map(([path]) => path)
  await carryOut(disk, {
    moves: await staging.moves(paths),
    removes: [],
    written: {},
    source: { id: 'x', username: 'demo', host: 'sandbox' },
  })
  assert.deepEqual(Object.keys(filesIn(folder)), paths.toSorted())
  for (const [place, texts] of files)
    for (const side of ['device', 'agent'] as const)
      assert.equal(readFileSync(`${folder}/${place}/${side}.nut`, 'utf8'), texts[side])
})

test('code that still arrives when a pull has failed is not written: somebody else may work on the folder by then', async (t) => {
  const cloud = await openCloud({ check: () => [], full: true })
  t.after(() => cloud.close())
  let isOver = false
  let goOn = (): void => undefined
  const over = new Promise<void>((resolve) => (goOn = resolve))
  let underWay = 0
  const { api } = cloud.client
  const slow: typeof api = {
    ...api,
    async get(path, ...words) {
      if (path === '/devices') throw new ImptError('SERVER', 'it is broken')
      underWay += 1
      try {
        const answer = await api.get(path, ...words)
        if (path.startsWith('/deployments')) await over
        return answer
      } finally {
        underWay -= 1
      }
    },
  }
  const folder = newFolder(t)
  const disk = diskOf(folder, 'b')
  const late: string[] = []
  const pulling = doPull(cloud, folder, {
    builds: 'all',
    client: { ...cloud.client, ...resources(slow, SHAPES), api: slow },
    disk: {
      ...disk,
      put(path, ...words) {
        if (isOver) late.push(path)
        return disk.put(path, ...words)
      },
    },
  })
  await assert.rejects(pulling, /it is broken/)
  isOver = true
  assert.ok(underWay > 0)
  goOn()
  for (let quiet = 0; quiet < 3; quiet = underWay === 0 ? quiet + 1 : 0) await setImmediate()
  assert.deepEqual(late, [])
})

test('many files come to the disk without a program of the user that happens to be called sync', async (t) => {
  const folder = newFolder(t)
  // Not there: programs may not run from memory.
  const programs = mkdtempSync(join(tmpdir(), 'impt-bin-'))
  t.after(() => rmSync(programs, { recursive: true }))
  writeFileSync(join(programs, 'sync'), `#!/bin/sh\ntouch "${folder}/called"\n`, { mode: 0o755 })
  const { PATH } = process.env
  process.env['PATH'] = `${programs}:${PATH}`
  t.after(() => (process.env['PATH'] = PATH))
  const disk = diskOf(folder, 'b')
  for (let i = 0; i < 40; i++) await disk.put(`f${i}`, 'x')
  await disk.flush()
  assert.ok(!existsSync(join(folder, 'called')))
})
