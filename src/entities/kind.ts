import type { Client } from '../impcentral/client.ts'
import type { DeviceGroupType, Resource } from '../impcentral/types.ts'
import type { EntityName } from '../output/result.ts'

/** The kinds of entity that people name by an identifier (identifiers.md 1). */
export type Kind = 'account' | 'product' | 'dg' | 'device' | 'build'

interface KindRow {
  readonly name: EntityName
  readonly get: (client: Client, id: string) => Promise<Resource>
  readonly list: (
    client: Client,
    filter?: Readonly<Record<string, string>>,
  ) => AsyncGenerator<Resource, void, undefined>
  /** The attributes that an identifier is compared with, in order; the id comes before all of them. */
  readonly attributes: readonly string[]
  /** Whether a text can be an id of this kind: then it is asked for before anything is listed. */
  readonly mayBeId: RegExp
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What is known of each kind: where it lives in the API and how it is identified. */
export const KINDS: Readonly<Record<Kind, KindRow>> = {
  account: {
    name: 'Account',
    get: (client, id) => client.accounts.get(id),
    list: (client) => client.accounts.list(),
    attributes: ['email', 'username'],
    mayBeId: /^(?:me|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i,
  },
  product: {
    name: 'Product',
    get: (client, id) => client.products.get(id),
    list: (client, filter) => client.products.list(filter),
    attributes: ['name'],
    mayBeId: UUID,
  },
  dg: {
    name: 'Device Group',
    get: (client, id) => client.deviceGroups.get(id),
    list: (client, filter) => client.deviceGroups.list(filter),
    attributes: ['name'],
    mayBeId: UUID,
  },
  device: {
    name: 'Device',
    get: (client, id) => client.devices.get(id),
    list: (client, filter) => client.devices.list(filter),
    attributes: ['mac_address', 'agent_id', 'name'],
    // Device id, MAC address or agent id: the server takes all three (impcentral-api.md 2.3).
    mayBeId: /^(?:[0-9a-f]{16}|(?:[0-9a-f]{2}:?){5}[0-9a-f]{2}|[\w-]{12})$/i,
  },
  build: {
    name: 'Deployment',
    get: (client, id) => client.deployments.get(id),
    list: (client, filter) => client.deployments.list(filter),
    attributes: ['sha', 'tags', 'origin'],
    mayBeId: UUID,
  },
}

/** The short names of the Device Group types by the API's (manual, Device Group Type). */
const TYPE_NAMES: Readonly<Record<DeviceGroupType, string>> = {
  development_devicegroup: 'development',
  pre_factoryfixture_devicegroup: 'pre-factory',
  pre_dut_devicegroup: 'pre-dut',
  pre_production_devicegroup: 'pre-production',
  factoryfixture_devicegroup: 'factory',
  dut_devicegroup: 'dut',
  production_devicegroup: 'production',
}

/** The short name of a Device Group's type; `unknown` for one that we do not know. */
export function groupTypeName(type: string): string {
  return Object.hasOwn(TYPE_NAMES, type) ? TYPE_NAMES[type as DeviceGroupType] : 'unknown'
}

/** The API's type of a short name; the binder has checked it. */
export function groupTypeOf(name: string): DeviceGroupType {
  return (
    (Object.keys(TYPE_NAMES) as DeviceGroupType[]).find((type) => TYPE_NAMES[type] === name) ??
    'development_devicegroup'
  )
}

/** The texts of an attribute: one, or each element of a list such as tags. */
export function textsOf(resource: Resource, attribute: string): readonly string[] {
  const value = resource.attributes[attribute]
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? [value] : []
}
