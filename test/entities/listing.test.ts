import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFinder } from '../../src/entities/finder.ts'
import { eitherOf, idsOf, keep, listFiltered } from '../../src/entities/listing.ts'
import { collect } from '../../src/impcentral/paging.ts'
import type { Resource } from '../../src/impcentral/types.ts'
import { clientOf, cloud } from './fake-cloud.ts'
import { fc } from '../properties.ts'

type Filter = Readonly<Record<string, string>>

const value = fc.constantFrom('x', 'y', 'z')
const item = fc.record({ a: fc.array(value), b: fc.array(value) })
const filters = fc.record({
  a: fc.option(fc.array(value), { nil: undefined }),
  b: fc.option(fc.array(value), { nil: undefined }),
})

describe('filters of lists (identifiers.md 4)', () => {
  test('are AND of different options and OR of the values of one, each entity once', () =>
    fc.assert(
      fc.asyncProperty(fc.array(item), filters, async (items, wanted) => {
        const all = items.map((attributes, index) => ({ id: String(index), type: 'deployment', attributes }))
        const has = (one: Resource, name: string, text: string) =>
          (one.attributes[name] as string[]).includes(text)
        let listings = 0
        const list = async function* (filter: Filter) {
          listings++
          for (const one of all)
            if (Object.entries(filter).every(([name, text]) => has(one, name, text))) yield one
        }
        const found = (await collect(listFiltered(wanted, list))).map(({ id }) => id)
        const expected = all
          .filter((one) =>
            (['a', 'b'] as const).every((name) => wanted[name]?.some((text) => has(one, name, text)) ?? true),
          )
          .map(({ id }) => id)
        assert.deepEqual(found.toSorted(), expected.toSorted())
        const sizes = (['a', 'b'] as const).map((name) =>
          wanted[name] === undefined ? 1 : new Set(wanted[name]).size,
        )
        assert.equal(listings, (sizes[0] ?? 1) * (sizes[1] ?? 1))
      }),
    ))

  test('take identifiers to ids: nothing for what names nothing, all for what is ambiguous, each once', () =>
    fc.assert(
      fc.asyncProperty(cloud, fc.array(fc.constantFrom('a', 'b', 'me', 'nobody')), async (all, texts) => {
        const finder = createFinder(clientOf(all).client)
        const ids = await idsOf(finder, 'product', texts)
        if (texts.length === 0) return assert.equal(ids, undefined)
        const each = await Promise.all(texts.map((text) => finder.findAll('product', text)))
        assert.deepEqual(ids, [...new Set(each.flat().map(({ id }) => id))])
      }),
    ))

  test('refuse an empty identifier', () =>
    assert.rejects(
      idsOf(
        createFinder(clientOf({ account: [], product: [], dg: [], device: [], build: [] }).client),
        'product',
        [''],
      ),
      {
        message: 'No Product Identifier is specified.',
      },
    ))

  test('that contradict each other are no filter', () => {
    assert.equal(eitherOf(true, true), undefined)
    assert.equal(eitherOf(false, false), undefined)
    assert.equal(eitherOf(true, false), true)
    assert.equal(eitherOf(false, true), false)
  })

  test('on this side leave out what does not match', async () => {
    const list = async function* () {
      for (const id of ['1', '2', '3']) yield { id, type: 'device', attributes: {} } as Resource
    }
    assert.deepEqual(
      (await collect(keep(list(), ({ id }) => id !== '2'))).map(({ id }) => id),
      ['1', '3'],
    )
  })
})
