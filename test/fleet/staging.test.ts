import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { codeRefOf } from '../../src/fleet/code.ts'
import { diskOf } from '../../src/fleet/folder/disk.ts'
import { carryOut } from '../../src/fleet/folder/redo.ts'
import { openStaging } from '../../src/fleet/folder/staging.ts'
import { filesIn, newFolder } from './world.ts'

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
  await carryOut(disk, { moves: await staging.moves(paths), removes: [], written: {} })
  assert.deepEqual(Object.keys(filesIn(folder)), paths.toSorted())
  for (const [place, texts] of files)
    for (const side of ['device', 'agent'] as const)
      assert.equal(readFileSync(`${folder}/${place}/${side}.nut`, 'utf8'), texts[side])
})
