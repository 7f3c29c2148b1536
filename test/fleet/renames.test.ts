import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { diskOf } from '../../src/fleet/folder/disk.ts'
import { fateOf, Killed } from './killing.ts'
import { doApply, doPlan, doPull, newFolder, openCloud, type Cloud } from './world.ts'

const GROUPS = 'products/Thermostat/groups'
const NAMES = ['Thermostat Field', 'Thermostat Development'] as const

/** A folder of the demo account in which two groups have changed their names with each other; a factory has one of them as its target. */
async function swapped(t: TestContext) {
  const cloud = await openCloud({ full: true, check: () => [] })
  t.after(() => cloud.close())
  const folder = newFolder(t)
  await doPull(cloud, folder)
  NAMES.forEach((name, i) => {
    const file = `${folder}/${GROUPS}/${name}/group.json`
    writeFileSync(file, readFileSync(file, 'utf8').replace(`"${name}"`, `"${NAMES[1 - i]}"`))
  })
  return { cloud, folder }
}

/** The group of each device by id, and the groups' names. */
async function state({ client }: Cloud): Promise<object> {
  const found: Record<string, unknown> = {}
  for await (const { id, relationships } of client.devices.list())
    found[id] = relationships?.['devicegroup']?.id
  for await (const { id, attributes } of client.deviceGroups.list()) found[id] = attributes.name
  return found
}

test('a swap of two names moves no device and gives no factory another target, wherever apply is killed', async (t) => {
  const first = await swapped(t)
  const counted = fateOf()
  const [before] = [await state(first.cloud)]
  await doApply(first.cloud, first.folder, {
    client: counted.client(first.cloud.client),
    disk: counted.disk(diskOf(first.folder, 'b')),
  })
  const wanted = await state(first.cloud)
  const ids = (one: object) => Object.values(one).filter((value) => !NAMES.includes(value as never))
  assert.deepEqual(ids(wanted), ids(before))
  assert.notDeepEqual(wanted, before)
  assert.deepEqual((await doPlan(first.cloud, first.folder)).changes, [])
  for (let at = 1; at <= counted.count; at++) {
    const { cloud, folder } = await swapped(t)
    const fate = fateOf(at)
    const killed = doApply(cloud, folder, {
      client: fate.client(cloud.client),
      disk: fate.disk(diskOf(folder, 'b')),
    })
    await assert.rejects(killed, Killed)
    const { changes } = await doPlan(cloud, folder)
    assert.ok(
      changes.every(({ kind }) => kind === 'group'),
      `killed at ${at}: ${JSON.stringify(changes)}`,
    )
    await doApply(cloud, folder)
    assert.deepEqual((await doPlan(cloud, folder)).changes, [], `killed at ${at}`)
    assert.deepEqual(Object.values(await state(cloud)).length, Object.values(wanted).length)
    const names = Object.values(await state(cloud)).filter((value) => NAMES.includes(value as never))
    assert.equal(names.length, 2, `killed at ${at}`)
  }
})
