import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { account, doApply, doPlan, doPull, filesIn, newFolder, openCloud, OWN_ONLY, seed } from './world.ts'
import { fc } from '../properties.ts'

const noCheck = { check: () => [] }
/** What the cloud leaves open: the folder must not depend on it. */
const switches = fc.record({
  listsLeaveOutCode: fc.boolean(),
  nullRelations: fc.boolean(),
  hideOwners: fc.boolean(),
  lastLink: fc.boolean(),
})

describe('an account as a folder', () => {
  test('is the same in another account that has its devices, but for what only blessing can do', async (t) => {
    const [from, to] = [
      await openCloud({ ...noCheck, full: true }),
      await openCloud({ ...noCheck, full: true }),
    ]
    t.after(() => Promise.all([from.close(), to.close()]))
    const { store } = to.sandbox
    for (const device of store.devices.where('owner', to.account.id))
      store.devices.update(device, { group: null, name: null })
    for (const table of [store.webhooks, store.deployments, store.groups, store.products])
      for (const row of (table as typeof store.products).where('owner', to.account.id).slice())
        (table as typeof store.products).remove(row)
    const [first, second] = [newFolder(t), newFolder(t)]
    await doPull(from, first, { builds: 'all' })
    const events = await doApply(to, first)
    assert.deepEqual(
      events.filter(({ kind }) => kind !== 'done'),
      [],
    )
    const impossible = (await doPlan(to, first)).changes.map(({ action, label, why }) => [
      action,
      label.slice(17),
      why,
    ])
    assert.deepEqual(impossible, [
      ['impossible', '"Customer 1"', 'only blessing brings a device into such a group'],
    ])
    await doPull(to, second, { builds: 'all' })
    // Where it was blessed into is all that is not restored.
    const shown = (folder: string) => {
      const files = filesIn(folder, /^(?:\.impt\/|hints\/)/)
      const devices = files['devices.csv']?.replace(/(Customer 1),[^,]*,[^,]*,/, '$1,,,')
      return { ...files, 'devices.csv': devices }
    }
    assert.deepEqual(shown(second), shown(first))
  })

  test('pulled, applied to an empty account and pulled from there is the same folder', async (t) => {
    await fc.assert(
      fc.asyncProperty(
        account,
        fc.constantFrom('current' as const, 'flagged' as const, 'all' as const),
        switches,
        async (products, builds, behaviour) => {
          const [from, to] = [await openCloud({ ...noCheck, ...behaviour }), await openCloud(noCheck)]
          try {
            await seed(from, products)
            const [first, second, again] = [newFolder(t), newFolder(t), newFolder(t)]
            await doPull(from, first, { builds, public: ['LOG*'] })
            const pulled = filesIn(first, OWN_ONLY)
            // Two pulls of an unchanged account are equal byte for byte.
            assert.deepEqual((await doPull(from, first, { builds })).changed, 0)
            await doPull(from, again, { builds, public: ['LOG*'] })
            assert.deepEqual(filesIn(again), filesIn(first))
            assert.deepEqual((await doPlan(from, first)).changes, [])

            const events = await doApply(to, first)
            assert.deepEqual(
              events.filter(({ kind }) => kind !== 'done'),
              [],
            )
            // The folder itself stays as it was.
            assert.deepEqual(filesIn(first, OWN_ONLY), pulled)
            assert.deepEqual(
              (await doPlan(to, first)).changes.filter(
                ({ action, kind }) => action !== 'keep' && kind !== 'loginkey',
              ),
              [],
            )
            await doPull(to, second, { builds, public: ['LOG*'] })
            assert.deepEqual(filesIn(second, OWN_ONLY), pulled)
          } finally {
            await Promise.all([from.close(), to.close()])
          }
        },
      ),
      { numRuns: 10 },
    )
  })
})
