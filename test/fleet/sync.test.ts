import assert from 'node:assert/strict'
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { syncFiles } from '../../src/fleet/folder/sync.ts'
import { newFolder } from './world.ts'

const NAMES = Array.from({ length: 20 }, (_, number) => `${number}.nut`)

/** The files that were waited for one by one, and those that could not be. */
async function synced(folder: string, root: string, names = NAMES) {
  const waited: string[] = []
  const failed: string[] = []
  await syncFiles(
    root,
    names,
    (name) => join(folder, name),
    async (name, work) => {
      waited.push(name)
      await work().catch(() => failed.push(name))
    },
  )
  return { waited, failed }
}

test('where the system cannot bring a whole disk up to date, each file is waited for, and one that is gone is told', async (t) => {
  const folder = newFolder(t)
  mkdirSync(folder, { recursive: true })
  for (const name of NAMES) writeFileSync(join(folder, name), name)
  unlinkSync(join(folder, '7.nut'))
  assert.deepEqual(await synced(folder, join(folder, 'no such folder')), { waited: NAMES, failed: ['7.nut'] })
  assert.deepEqual(await synced(folder, folder, ['1.nut', '7.nut']), {
    waited: ['1.nut', '7.nut'],
    failed: ['7.nut'],
  })
})
