import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, test, type TestContext } from 'node:test'
import type { BuildMode } from '../../src/fleet/account.ts'
import { fateOf, Killed } from './killing.ts'
import { ImptError } from '../../src/output/error.ts'
import { diskOf } from '../../src/fleet/folder/disk.ts'
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
} from './world.ts'

const GROUP = 'products/P/groups/G'

/** A group whose current build is v1.0, and a folder that was pulled from it. */
async function pulled(t: TestContext, builds: BuildMode = 'current') {
  const cloud = await openCloud({ check: () => [] })
  t.after(() => cloud.close())
  const build = (name: string, tags: readonly string[]) => ({
    device: `server.log("${name}")\n`,
    agent: '',
    description: 'Pumps',
    origin: `git ${name}`,
    tags,
    flagged: true,
  })
  await seed(cloud, [
    {
      name: 'P',
      description: undefined,
      groups: [
        {
          name: 'G',
          type: 'development_devicegroup',
          description: undefined,
          region: undefined,
          loadCode: true,
          env: {},
          webhooks: [],
          builds: [build('zero', ['v0.9', 'old']), build('one', ['v1.0', 'good'])],
          minimum: 0,
        },
      ],
    },
  ])
  const folder = newFolder(t)
  await doPull(cloud, folder, { builds })
  const edit = (name: string, change: (text: string) => string) =>
    writeFileSync(`${folder}/${GROUP}/${name}`, change(readFileSync(`${folder}/${GROUP}/${name}`, 'utf8')))
  return { cloud, folder, edit }
}

/** Tags and origin of every build of the cloud by its device code. */
function tagged({ sandbox: { store }, account }: Cloud): Record<string, string> {
  const rows = store.deployments.where('owner', account.id) as readonly {
    readonly deviceCode: string
    readonly tags: readonly string[]
    readonly origin: string | null
  }[]
  return Object.fromEntries(
    rows.map(({ deviceCode, tags, origin }) => [
      /"(.*)"/.exec(deviceCode)?.[1] ?? '',
      `${tags.join(' ')} of ${origin ?? 'nowhere'}`,
    ]),
  )
}

const code = (name: string) => () => `server.log("${name}")\n`

describe('a tag', () => {
  for (const builds of ['current', 'flagged', 'all'] as const)
    test(`stays with the code it was given to when that code is edited (${builds} builds)`, async (t) => {
      const { cloud, folder, edit } = await pulled(t, builds)
      edit('device.nut', code('two'))
      const [change] = (await doPlan(cloud, folder)).changes
      assert.match(
        change?.why ?? '',
        /the tags good and v1\.0 stay with the build [\w-]+ \(--move-tags moves them\)/,
      )
      assert.match(change?.why ?? '', /the origin stays with it/)
      await doApply(cloud, folder)
      assert.deepEqual(tagged(cloud), {
        zero: 'v0.9 old of git zero',
        one: 'v1.0 good of git one',
        two: ' of nowhere',
      })
      // The folder says so too: nothing differs, and a pull finds what it would write.
      assert.doesNotMatch(
        readFileSync(`${folder}/${GROUP}/builds.json`, 'utf8').split('"."')[1] ?? '',
        /tags|origin/,
      )
      assert.deepEqual(
        (await doPlan(cloud, folder)).changes.filter(({ action }) => action !== 'keep'),
        [],
      )
      await doPull(cloud, folder)
      const fresh = newFolder(t)
      await doPull(cloud, fresh, { builds })
      assert.deepEqual(filesIn(folder, OWN_ONLY), filesIn(fresh, OWN_ONLY))
    })

  test('that is new goes to the new code, and the others stay', async (t) => {
    const { cloud, folder, edit } = await pulled(t)
    edit('device.nut', code('two'))
    edit('builds.json', (text) => text.replace('"v1.0"', '"v1.1"').replace('git one', 'git two'))
    await doApply(cloud, folder)
    assert.deepEqual(tagged(cloud), {
      zero: 'v0.9 old of git zero',
      one: 'v1.0 good of git one',
      two: 'v1.1 of git two',
    })
    assert.deepEqual((await doPlan(cloud, folder)).changes, [])
  })

  test('moves when it is asked to', async (t) => {
    const { cloud, folder, edit } = await pulled(t)
    edit('device.nut', code('two'))
    const plan = await doPlan(cloud, folder, { moveTags: true })
    assert.deepEqual(
      plan.changes.map(({ action, fields }) => [action, ...fields.map(({ name }) => name)]),
      [
        ['change', 'current'],
        ['change', 'tag good', 'tag v1.0'],
      ],
    )
    await doApply(cloud, folder, { moveTags: true })
    assert.deepEqual(tagged(cloud), {
      zero: 'v0.9 old of git zero',
      one: ' of git one',
      two: 'good v1.0 of nowhere',
    })
    assert.deepEqual((await doPlan(cloud, folder)).changes, [])
  })

  test('of a build that the folder does not have is not given a second time', async (t) => {
    const { cloud, folder, edit } = await pulled(t)
    edit('builds.json', (text) => text.replace('"v1.0"', '"v0.9"'))
    const { changes } = await doPlan(cloud, folder)
    assert.deepEqual(
      changes.map(({ action, fields, why }) => [
        action,
        fields[0]?.to,
        why?.replace(/build [\w-]+/, 'build X'),
      ]),
      [
        ['change', 'good', undefined],
        ['impossible', 'good, v0.9', 'the tag v0.9 stays with the build X (--move-tags moves it)'],
      ],
    )
    await doApply(cloud, folder)
    assert.deepEqual(tagged(cloud), { zero: 'v0.9 old of git zero', one: 'good of git one' })
    await doApply(cloud, folder, { moveTags: true })
    assert.deepEqual(tagged(cloud), { zero: 'old of git zero', one: 'good v0.9 of git one' })
    assert.deepEqual((await doPlan(cloud, folder)).changes, [])
  })

  test('moves by the file where the file has both builds', async (t) => {
    const { cloud, folder, edit } = await pulled(t, 'all')
    edit('builds.json', (text) =>
      text.replace(/"old",\s*"v0.9"/, '"old"').replace('"v1.0"', '"v0.9", "v1.0"'),
    )
    await doApply(cloud, folder)
    assert.deepEqual(tagged(cloud), { zero: 'old of git zero', one: 'good v0.9 v1.0 of git one' })
  })

  test('comes back with its own code', async (t) => {
    const { cloud, folder, edit } = await pulled(t)
    const files = ['device.nut', 'builds.json'] as const
    const before = files.map((name) => readFileSync(`${folder}/${GROUP}/${name}`, 'utf8'))
    edit('device.nut', code('two'))
    await doApply(cloud, folder)
    files.forEach((name, i) => edit(name, () => before[i] as string))
    await doApply(cloud, folder)
    const rows = cloud.sandbox.store.deployments.where('owner', cloud.account.id)
    assert.deepEqual(
      rows.map(({ deviceCode, tags }) => [/"(.*)"/.exec(deviceCode)?.[1], tags.toSorted().join(' ')]),
      [
        ['zero', 'old v0.9'],
        ['one', 'good v1.0'],
        ['two', ''],
        ['one', 'good v1.0'],
      ],
    )
  })

  for (const moveTags of [false, true])
    test(`ends at the same place when apply is killed anywhere (${moveTags ? 'moved' : 'stays'})`, async (t) => {
      const first = await pulled(t)
      first.edit('device.nut', code('two'))
      const counted = fateOf()
      const once = copyOf(first.folder, t)
      await doApply(first.cloud, once, {
        moveTags,
        client: counted.client(first.cloud.client),
        disk: counted.disk(diskOf(once, 'b')),
      })
      const wanted = tagged(first.cloud)
      const files = filesIn(once, OWN_ONLY)
      for (let at = 1; at <= counted.count; at++) {
        const { cloud, folder, edit } = await pulled(t)
        edit('device.nut', code('two'))
        const fate = fateOf(at)
        await assert.rejects(
          doApply(cloud, folder, {
            moveTags,
            client: fate.client(cloud.client),
            disk: fate.disk(diskOf(folder, 'b')),
          }),
          Killed,
        )
        await doApply(cloud, folder, { moveTags })
        assert.deepEqual(tagged(cloud), wanted, `killed at ${at}`)
        assert.deepEqual(filesIn(folder, OWN_ONLY), files, `killed at ${at}`)
        assert.deepEqual((await doPlan(cloud, folder)).changes, [], `killed at ${at}`)
      }
    })
})

describe('the entry of a build in builds.json', () => {
  const ENTRY = `${GROUP}/builds.json`

  test('is as it was where the build was refused: the edit undone, nothing differs', async (t) => {
    const { cloud, folder, edit } = await pulled(t)
    const before = filesIn(folder, OWN_ONLY)
    edit('device.nut', code('two'))
    const refused: typeof cloud.client = {
      ...cloud.client,
      deployments: {
        ...cloud.client.deployments,
        create: () => Promise.reject(new ImptError('COMPILE', 'It does not compile.')),
      },
    }
    const [event] = await doApply(cloud, folder, { client: refused })
    assert.equal(event?.kind, 'failed')
    assert.equal(readFileSync(`${folder}/${ENTRY}`, 'latin1'), before[ENTRY])
    edit('device.nut', code('one'))
    assert.deepEqual((await doPlan(cloud, folder)).changes, [])
    assert.deepEqual(filesIn(folder, OWN_ONLY), before)
  })

  test('never changes before its build is there, wherever apply is killed', async (t) => {
    const counting = await pulled(t)
    counting.edit('device.nut', code('two'))
    const counted = fateOf()
    await doApply(counting.cloud, counting.folder, {
      client: counted.client(counting.cloud.client),
      disk: counted.disk(diskOf(counting.folder, 'b')),
    })
    const ends = new Set<string>()
    for (let at = 1; at <= counted.count; at++) {
      const { cloud, folder, edit } = await pulled(t)
      const before = filesIn(folder, OWN_ONLY)
      edit('device.nut', code('two'))
      const fate = fateOf(at)
      const killed = doApply(cloud, folder, {
        client: fate.client(cloud.client),
        disk: fate.disk(diskOf(folder, 'b')),
      })
      await assert.rejects(killed, Killed)
      const isMade = 'two' in tagged(cloud)
      ends.add(isMade ? 'made' : 'not made')
      if (isMade) continue
      edit('device.nut', code('one'))
      assert.deepEqual((await doPlan(cloud, folder)).changes, [], `killed at ${at}`)
      assert.deepEqual(filesIn(folder, OWN_ONLY), before, `killed at ${at}`)
    }
    assert.deepEqual([...ends].toSorted(), ['made', 'not made'])
  })
})

test('what was edited after the plan was made is not deployed unseen', async (t) => {
  const { cloud, folder, edit } = await pulled(t)
  edit('device.nut', code('two'))
  const client = {
    ...cloud.client,
    deviceGroups: {
      ...cloud.client.deviceGroups,
      get(...words: Parameters<typeof cloud.client.deviceGroups.get>) {
        edit('device.nut', code('three'))
        return cloud.client.deviceGroups.get(...words)
      },
    },
  } as typeof cloud.client
  const before = diskOf(folder, 'b')
  const late = {
    ...before,
    append: async (...words: Parameters<typeof before.append>) => {
      edit('device.nut', code('three'))
      return before.append(...words)
    },
  }
  const [event] = await doApply(cloud, folder, { client, disk: late })
  assert.ok(event?.kind === 'failed' && event.error.code === 'CONFLICT', JSON.stringify(event))
  assert.deepEqual(Object.keys(tagged(cloud)), ['zero', 'one'])
})
