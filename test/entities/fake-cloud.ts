import type { Kind as AnyKind } from '../../src/entities/kinds.ts'
import type { Client } from '../../src/impcentral/client.ts'
import type { Resource } from '../../src/impcentral/types.ts'
import { ImptError } from '../../src/output/error.ts'
import { fc } from '../properties.ts'

/** The kinds that people name by more than an id. */
export type Kind = Exclude<AnyKind, 'webhook' | 'loginkey'>

/** All entities of a small cloud by kind. The first account is the one that is logged in. */
export type Cloud = Readonly<Record<Kind, readonly Resource[]>>

/** Where each kind lives in the client. */
const COLLECTIONS: Readonly<Record<Kind, string>> = {
  account: 'accounts',
  product: 'products',
  dg: 'deviceGroups',
  device: 'devices',
  build: 'deployments',
}

/** A client that answers from a cloud in memory, and a record of what it was asked: `get products a`, `list products {"owner.id":"a"}`. */
export function clientOf(cloud: Cloud): { readonly client: Client; readonly requests: string[] } {
  const requests: string[] = []
  const collection = (kind: Kind) => ({
    async get(id: string) {
      requests.push(`get ${COLLECTIONS[kind]} ${id}`)
      const found =
        kind === 'account' && id === 'me' ? cloud.account[0] : cloud[kind].find((one) => one.id === id)
      if (!found) throw new ImptError('NOT_FOUND', 'Not Found')
      return found
    },
    async *list(filter: Readonly<Record<string, string>> = {}) {
      requests.push(`list ${COLLECTIONS[kind]} ${JSON.stringify(filter)}`)
      for (const one of cloud[kind])
        if (
          Object.entries(filter).every(
            ([name, value]) => one.relationships?.[name.replace('.id', '')]?.id === value,
          )
        )
          yield one
    },
  })
  const kinds = Object.keys(COLLECTIONS) as Kind[]
  return {
    client: Object.fromEntries(
      kinds.map((kind) => [COLLECTIONS[kind], collection(kind)]),
    ) as unknown as Client,
    requests,
  }
}

/** Few different texts, so that ids, names and tags of different entities are often the same. */
export const word = fc.constantFrom('a', 'b', 'c', 'd', 'A', 'me', '{a}{b}', '')

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const unique = <T extends { readonly id: string }>(item: fc.Arbitrary<T>) =>
  fc.uniqueArray(item, { selector: (one) => one.id, maxLength: 4 })
const relation = (name: string, type: string) => id.map((target) => [name, { type, id: target }] as const)

const resource = (
  type: string,
  attributes: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  ...relations: fc.Arbitrary<readonly [string, { type: string; id: string }]>[]
) =>
  fc
    .record({ id, attributes: fc.record(attributes), relationships: fc.tuple(...relations) })
    .map((one) => ({ ...one, type, relationships: Object.fromEntries(one.relationships) }))

/** Clouds whose entities clash by ids and names in every way. */
export const cloud: fc.Arbitrary<Cloud> = fc.record({
  account: unique(resource('account', { email: word, username: word })).filter(
    (accounts) => accounts.length > 0,
  ),
  product: unique(resource('product', { name: word }, relation('owner', 'account'))),
  dg: unique(
    resource(
      'development_devicegroup',
      { name: word },
      relation('product', 'product'),
      relation('owner', 'account'),
    ),
  ),
  device: unique(resource('device', { mac_address: word, agent_id: word, name: fc.option(word) })),
  build: unique(
    resource('deployment', { sha: word, tags: fc.array(word, { maxLength: 3 }), origin: fc.option(word) }),
  ),
})
