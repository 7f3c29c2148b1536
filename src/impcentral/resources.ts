import { itemsOf, changedResource, type Api, type CallOptions } from './api.ts'
import { nonEmpty } from './auth.ts'
import {
  act,
  create,
  getResource,
  listItems,
  listResources,
  onePage,
  reader,
  remove,
  update,
  type Filter,
  type ListOptions,
  type Relationships,
} from './calls.ts'
import { pathOf } from './transport.ts'
import type {
  Account,
  Attributes,
  Deployment,
  Device,
  DeviceGroup,
  DeviceGroupType,
  HistoryEntry,
  Library,
  LogEntry,
  LoginKey,
  Product,
  RefreshToken,
  ResourceIdentifier,
  Webhook,
} from './types.ts'

export type { Filter, ListOptions, Relationships }
export type ProductFilter = Filter<'owner.id'>
export type DeviceGroupFilter = Filter<'owner.id' | 'product.id' | 'type'>
/** `devicegroup.owner.id` with the text `null` asks for unassigned Devices. */
export type DeviceFilter = Filter<
  'owner.id' | 'product.id' | 'devicegroup.id' | 'devicegroup.owner.id' | 'devicegroup.type'
>
/** `flagged` is `true`, `false` or `any`; `tags` is comma-separated, all must match. */
export type DeploymentFilter = Filter<
  'owner.id' | 'creator.id' | 'product.id' | 'devicegroup.id' | 'sha' | 'flagged' | 'flagger.id' | 'tags'
>
export type WebhookFilter = Filter<'devicegroup.id'>

/** Deployments carry whole programs in lists and uploads, so their requests may take longer. */
const LARGE_TIMEOUT_MS = 120_000

export type Resources = ReturnType<typeof resources>

/** All calls of impcentral-api.md 3 but those for tokens and the log stream. Each throws the errors of `failure.ts`. */
export function resources(api: Api) {
  return {
    accounts: {
      /** The own account and those one collaborates with. */
      list: (options?: ListOptions) => listResources<Account>(api, '/accounts', {}, options),
      /** `me` stands for the own id. */
      get: (id: string, options?: CallOptions) => getResource<Account>(api, pathOf('accounts', id), options),
      capabilities: async (id: string, options?: CallOptions): Promise<unknown> =>
        (await api.get(pathOf('accounts', id, 'capabilities'), {}, options)).data,
    },
    refreshTokens: refreshTokens(api),
    loginKeys: loginKeys(api),
    products: {
      ...reader<Product, ProductFilter>(api, 'products'),
      /** Creates it for the account in `relationships.owner`, else for the own one. */
      create: (
        attributes: { name: string; description?: string },
        relationships?: Relationships,
        options?: CallOptions,
      ) => create<Product>(api, 'products', 'product', attributes, relationships, options),
      update: (
        id: string,
        attributes: { name?: string; description?: string | null },
        options?: CallOptions,
      ) => update<Product>(api, 'products', 'product', id, attributes, undefined, options),
      delete: (id: string, options?: CallOptions) => remove(api, pathOf('products', id), options),
    },
    deviceGroups: deviceGroups(api),
    devices: devices(api),
    deployments: deployments(api),
    webhooks: {
      ...reader<Webhook, WebhookFilter>(api, 'webhooks'),
      create: (
        attributes: { url: string; event: string; content_type: string },
        deviceGroup: ResourceIdentifier<DeviceGroupType>,
        options?: CallOptions,
      ) => create<Webhook>(api, 'webhooks', 'webhook', attributes, { devicegroup: deviceGroup }, options),
      update: (id: string, attributes: { url?: string; content_type?: string }, options?: CallOptions) =>
        update<Webhook>(api, 'webhooks', 'webhook', id, attributes, undefined, options),
      delete: (id: string, options?: CallOptions) => remove(api, pathOf('webhooks', id), options),
    },
    libraries: { list: (options?: ListOptions) => listResources<Library>(api, '/libraries', {}, options) },
  }
}

function refreshTokens(api: Api) {
  return {
    list: (options?: ListOptions) =>
      listResources<RefreshToken>(api, '/accounts/me/refresh_tokens', {}, options),
    delete: (id: string, options?: CallOptions) =>
      remove(api, pathOf('accounts', 'me', 'refresh_tokens', id), options),
  }
}

/** Changes need the account's password, also with a valid token (impcentral-api.md 4). */
function loginKeys(api: Api) {
  const path = (id: string): string => pathOf('accounts', 'me', 'login_keys', id)
  const withPassword = (password: string) => ({ 'X-Electricimp-Password': nonEmpty('password', password) })
  return {
    list: (options?: ListOptions) => listResources<LoginKey>(api, '/accounts/me/login_keys', {}, options),
    get: (id: string, options?: CallOptions) => getResource<LoginKey>(api, path(id), options),
    async create(
      attributes: { description?: string },
      password: string,
      options?: CallOptions,
    ): Promise<LoginKey> {
      const body = { data: { type: 'login_key', attributes } }
      const document = await api.change(
        'POST',
        '/accounts/me/login_keys',
        body,
        withPassword(password),
        options,
      )
      return changedResource(document, '/accounts/me/login_keys') as LoginKey
    },
    async update(
      id: string,
      attributes: { description: string | null },
      password: string,
      options?: CallOptions,
    ): Promise<LoginKey | undefined> {
      const body = { data: { type: 'login_key', id, attributes } }
      const document = await api.change('PATCH', path(id), body, withPassword(password), options)
      return document === undefined ? undefined : (changedResource(document, path(id)) as LoginKey)
    },
    async delete(id: string, password: string, options?: CallOptions): Promise<void> {
      await api.change('DELETE', path(id), undefined, withPassword(password), options)
    },
  }
}

function deviceGroups(api: Api) {
  const relation = (id: string, name: string): string => pathOf('devicegroups', id, 'relationships', name)
  return {
    ...reader<DeviceGroup, DeviceGroupFilter>(api, 'devicegroups'),
    create: (
      type: DeviceGroupType,
      attributes: Attributes & { readonly name: string },
      relationships: Relationships & { readonly product: ResourceIdentifier },
      options?: CallOptions,
    ) => create<DeviceGroup>(api, 'devicegroups', type, attributes, relationships, options),
    /** `type` must be the group's concrete type (impcentral-api.md 2.2). */
    update: (
      group: ResourceIdentifier<DeviceGroupType>,
      attributes: Attributes,
      relationships?: Relationships,
      options?: CallOptions,
    ) => update<DeviceGroup>(api, 'devicegroups', group.type, group.id, attributes, relationships, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('devicegroups', id), options),
    restart: (id: string, options?: CallOptions) => act(api, pathOf('devicegroups', id, 'restart'), options),
    conditionalRestart: (id: string, options?: CallOptions) =>
      act(api, pathOf('devicegroups', id, 'conditional_restart'), options),
    /** Not atomic: on an error some Devices may be assigned. Device ids, MAC addresses and agent IDs are taken. */
    async addDevices(id: string, deviceIds: readonly string[], options?: CallOptions): Promise<void> {
      await api.change('POST', relation(id, 'devices'), deviceList(deviceIds), undefined, options)
    },
    /** Not atomic. `unbondKey` is needed for Devices of production groups. */
    async removeDevices(
      id: string,
      deviceIds: readonly string[],
      unbondKey?: string,
      options?: CallOptions,
    ): Promise<void> {
      const headers = unbondKey === undefined ? undefined : { 'X-Electricimp-Key': unbondKey }
      await api.change('DELETE', relation(id, 'devices'), deviceList(deviceIds), headers, options)
    },
    async setMinSupportedDeployment(id: string, deploymentId: string, options?: CallOptions): Promise<void> {
      const body = { data: { type: 'deployment', id: deploymentId } }
      await api.change('PUT', relation(id, 'min_supported_deployment'), body, undefined, options)
    },
  }
}

function devices(api: Api) {
  return {
    ...reader<Device, DeviceFilter>(api, 'devices'),
    update: (id: string, attributes: { name: string | null }, options?: CallOptions) =>
      update<Device>(api, 'devices', 'device', id, attributes, undefined, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('devices', id), options),
    restart: (id: string, options?: CallOptions) => act(api, pathOf('devices', id, 'restart'), options),
    conditionalRestart: (id: string, options?: CallOptions) =>
      act(api, pathOf('devices', id, 'conditional_restart'), options),
    /** Stored log entries, newest first as the server gives them, without repetitions of drifting pages (impcentral-api.md 8). */
    logs: (id: string, options?: ListOptions) =>
      listItems<LogEntry>(api, pathOf('devices', id, 'logs'), {}, itemsOf, JSON.stringify, options),
    /** One page of stored log entries; page 1 has the newest. A page past the end is empty. */
    logPage: (id: string, page: number, pageSize: number, options?: CallOptions) =>
      onePage<LogEntry>(api, pathOf('devices', id, 'logs'), page, pageSize, options),
    history: (id: string, options?: ListOptions) =>
      listItems<HistoryEntry>(api, pathOf('devices', id, 'history'), {}, itemsOf, JSON.stringify, options),
  }
}

function deployments(api: Api) {
  const reading = reader<Deployment, DeploymentFilter>(api, 'deployments')
  return {
    ...reading,
    list: (filter?: DeploymentFilter, options?: ListOptions) =>
      reading.list(filter, { timeout: LARGE_TIMEOUT_MS, ...options }),
    /** Compile errors throw COMPILE with the rows in `http.meta`; warnings come back in `meta` of the result. */
    create: (
      attributes: {
        device_code: string
        agent_code: string
        description?: string
        origin?: string
        flagged?: boolean
        tags?: readonly string[]
      },
      deviceGroup: ResourceIdentifier<DeviceGroupType>,
      options?: CallOptions,
    ) => {
      const patient = { timeout: LARGE_TIMEOUT_MS, ...options }
      return create<Deployment>(
        api,
        'deployments',
        'deployment',
        attributes,
        { devicegroup: deviceGroup },
        patient,
      )
    },
    update: (
      id: string,
      attributes: { description?: string | null; flagged?: boolean; tags?: readonly string[] },
      options?: CallOptions,
    ) => update<Deployment>(api, 'deployments', 'deployment', id, attributes, undefined, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('deployments', id), options),
  }
}

function deviceList(deviceIds: readonly string[]): { data: ResourceIdentifier[] } {
  return { data: deviceIds.map((id) => ({ type: 'device', id })) }
}
