import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createFinder } from '../../src/entities/finder.ts'
import { hierarchyOf } from '../../src/entities/hierarchy.ts'
import type { Resource } from '../../src/impcentral/types.ts'
import { ImptError } from '../../src/output/error.ts'
import type { Entity } from '../../src/output/result.ts'
import { clientOf, cloud, word, type Cloud, type Kind } from './fake-cloud.ts'
import { fc } from '../properties.ts'

const KINDS: readonly Kind[] = ['account', 'product', 'dg', 'device', 'build']
const NAMES: Readonly<Record<Kind, string>> = {
  account: 'Account',
  product: 'Product',
  dg: 'Device Group',
  device: 'Device',
  build: 'Deployment',
}
const ORDER: Readonly<Record<Kind, readonly string[]>> = {
  account: ['email', 'username'],
  product: ['name'],
  dg: ['name'],
  device: ['mac_address', 'agent_id', 'name'],
  build: ['sha', 'tags', 'origin'],
}

/** identifiers.md 2 and 3, said once more as plainly as possible: the matches, or the message of the error. */
function matchesOf(all: Cloud, kind: Kind, text: string): readonly Resource[] | string {
  if (text === '') return `No ${NAMES[kind]} Identifier is specified.`
  const plain = (of: Kind, one: string, isChild: (resource: Resource) => boolean): readonly Resource[] => {
    const direct = of === 'account' && one === 'me' ? all.account[0] : all[of].find(({ id }) => id === one)
    if (direct && isChild(direct)) return [direct]
    for (const attribute of ORDER[of]) {
      const found = all[of].filter(
        (resource) => isChild(resource) && [resource.attributes[attribute]].flat().includes(one),
      )
      if (found.length > 0) return found
    }
    return []
  }
  const size = kind === 'product' ? 2 : kind === 'dg' ? 3 : 0
  const parts = /^\{.*\}$/s.test(text) ? text.slice(1, -1).split('}{') : []
  if (size === 0 || parts.length !== size) return plain(kind, text, () => true)
  const levels = (['account', 'product', 'dg'] as const).slice(0, size)
  const empty = levels[parts.indexOf('')]
  if (empty) return `No ${NAMES[empty]} Identifier is specified.`
  let parent: Resource | undefined
  let failure: string | undefined
  for (const [level, of] of levels.entries()) {
    const relation = of === 'product' ? 'owner' : 'product'
    const part = parts[level] ?? ''
    const id: string | undefined = parent?.id
    const found = plain(
      of,
      part,
      (resource) => of === 'account' || resource.relationships?.[relation]?.id === id,
    )
    if (found.length !== 1) {
      failure =
        found.length === 0
          ? `${NAMES[of]} "${part}" is not found.`
          : `Multiple ${NAMES[of]}s "${part}" are found:`
      break
    }
    parent = found[0]
  }
  if (failure === undefined && parent) return [parent]
  const whole = plain(kind, text, () => true)
  return whole.length > 0 ? whole : (failure ?? '')
}

const identifier = fc.oneof(
  word,
  fc.array(word, { minLength: 1, maxLength: 4 }).map((parts) => parts.map((part) => `{${part}}`).join('')),
)

describe('identification (identifiers.md 2 and 3)', () => {
  test('finds what a plain reading of the rules finds, whatever clashes', () =>
    fc.assert(
      fc.asyncProperty(cloud, fc.constantFrom(...KINDS), identifier, async (all, kind, text) => {
        const expected = matchesOf(all, kind, text)
        const finder = createFinder(clientOf(all).client)
        const found = await finder.find(kind, text).then(
          (one) => one.id,
          (error: unknown) => error as ImptError,
        )
        if (typeof expected === 'string') return assert.equal((found as ImptError).message, expected)
        if (expected.length === 1) return assert.equal(found, expected[0]?.id)
        assert.ok(found instanceof ImptError)
        if (expected.length === 0)
          return assert.equal(found.message, `${NAMES[kind]} "${text}" is not found.`)
        assert.equal(found.message, `Multiple ${NAMES[kind]}s "${text}" are found:`)
        assert.deepEqual(
          (found.candidates as Entity[]).map(({ id }) => id),
          expected.map(({ id }) => id),
        )
      }),
      { numRuns: 1000 },
    ))

  test('gives filters of lists all matches, and none where there are none', () =>
    fc.assert(
      fc.asyncProperty(cloud, fc.constantFrom(...KINDS), word.filter(Boolean), async (all, kind, text) => {
        const expected = matchesOf(all, kind, text)
        const found = await createFinder(clientOf(all).client).findAll(kind, text)
        assert.deepEqual(
          found.map(({ id }) => id),
          typeof expected === 'string' ? [] : expected.map(({ id }) => id),
        )
      }),
    ))

  test('names the part of a hierarchical identifier that is empty', () => {
    const wordsOf = { '{}{P}': 'Account', '{me}{}': 'Product', '{}{}': 'Account' }
    for (const [text, name] of Object.entries(wordsOf))
      assert.throws(() => hierarchyOf('product', text), {
        code: 'USAGE',
        message: `No ${name} Identifier is specified.`,
      })
    assert.throws(() => hierarchyOf('dg', '{me}{P}{}'), {
      message: 'No Device Group Identifier is specified.',
    })
  })

  test('takes only whole shapes as hierarchical', () => {
    assert.deepEqual(hierarchyOf('product', '{me}{a b}'), ['me', 'a b'])
    assert.deepEqual(hierarchyOf('dg', '{a}{b}{c}'), ['a', 'b', 'c'])
    for (const text of ['{a}{b}{c}', '{a}', 'a}{b', '{a} {b}', ''])
      assert.equal(hierarchyOf('product', text), undefined)
    for (const kind of ['account', 'device', 'build'] as const)
      assert.equal(hierarchyOf(kind, '{a}{b}'), undefined)
  })
})

const group = (id: string, name: string, product = 'p') =>
  ({
    id,
    type: 'development_devicegroup',
    attributes: { name },
    relationships: { product: { type: 'product', id: product } },
  }) as unknown as Resource
const product = {
  id: 'p',
  type: 'product',
  attributes: { name: 'Prod1' },
  relationships: { owner: { type: 'account', id: 'acc' } },
} as unknown as Resource
const me = {
  id: 'acc',
  type: 'account',
  attributes: { username: 'jdoe', email: 'j@example.com' },
} as unknown as Resource
const uuid = '6ca93072-8f4c-b3d7-6fc0-1d88312ef5a4'
const small: Cloud = {
  account: [me],
  product: [product],
  dg: [group(uuid, 'DG1'), group('g2', 'Twice'), group('g3', 'Twice')],
  device: [],
  build: [],
}

describe('the requests of identification', () => {
  const asked = async (act: (finder: ReturnType<typeof createFinder>) => Promise<unknown>) => {
    const { client, requests } = clientOf(small)
    await act(createFinder(client)).catch(() => undefined)
    return requests
  }

  test('are one for an id, and one and a list for a name', async () => {
    assert.deepEqual(await asked((finder) => finder.find('dg', uuid)), [`get deviceGroups ${uuid}`])
    assert.deepEqual((await asked((finder) => finder.find('dg', 'DG1'))).sort(), [
      'get deviceGroups DG1',
      'list deviceGroups {}',
    ])
  })

  test('follow the documented path of a hierarchical identifier', async () => {
    assert.deepEqual((await asked((finder) => finder.find('dg', '{me}{Prod1}{DG1}'))).sort(), [
      'get accounts me',
      'get deviceGroups DG1',
      'get products Prod1',
      'list deviceGroups {"product.id":"p"}',
      'list products {"owner.id":"acc"}',
    ])
  })

  test('are not repeated by one command, also when they are asked at the same time', async () => {
    const requests = await asked((finder) =>
      Promise.all([
        finder.find('dg', 'DG1'),
        finder.find('dg', 'DG1'),
        finder.findAll('dg', 'Twice'),
        finder.me(),
        finder.me(),
      ]),
    )
    assert.equal(requests.length, new Set(requests).size)
    assert.equal(requests.filter((request) => request.startsWith('list')).length, 1)
  })

  test('stop at the first error that is no 404', async () => {
    const { client, requests } = clientOf(small)
    Object.assign(client.deviceGroups, { get: () => Promise.reject(new ImptError('FORBIDDEN', 'no')) })
    await assert.rejects(createFinder(client).find('dg', uuid), { code: 'FORBIDDEN' })
    assert.deepEqual(requests, [])
  })

  test('read the Products of ambiguous candidates once', async () => {
    const requests = await asked((finder) => finder.find('dg', 'Twice'))
    assert.equal(requests.filter((request) => request === 'get products p').length, 1)
  })

  test('use a remembered id only when what it names still matches', async () => {
    const { client, requests } = clientOf(small)
    const memory = {
      idsFor: (_kind: Kind, text: string) => (text === 'DG1' ? [uuid] : text === 'Renamed' ? ['g2'] : []),
      remember: () => undefined,
    }
    assert.equal((await createFinder(client, memory).find('dg', 'DG1')).id, uuid)
    assert.deepEqual(requests, [`get deviceGroups ${uuid}`])
    await assert.rejects(createFinder(client, memory).find('dg', 'Renamed'), {
      message: 'Device Group "Renamed" is not found.',
    })
  })
})
