import { changedResource, entriesOf, itemsOf, type Api, type CallOptions } from './api.ts'
import { nonEmpty } from './auth.ts'
import {
  about,
  act,
  create,
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
import { ANY_SHAPE, type Shape, type Shapes } from './shape.ts'
import { PAGE_SIZE } from './paging.ts'
import { storedLogs, storedPages } from './storedlogs.ts'
import { pathOf } from './transport.ts'
import type { Attributes, DeviceGroupType, HistoryEntry, Resource, ResourceIdentifier } from './types.ts'

export type { Relationships }
type ProductFilter = Filter<'owner.id'>
type DeviceGroupFilter = Filter<'owner.id' | 'product.id' | 'type'>
/** `devicegroup.owner.id` with the text `null` asks for unassigned Devices. */
type DeviceFilter = Filter<
  'owner.id' | 'product.id' | 'devicegroup.id' | 'devicegroup.owner.id' | 'devicegroup.type'
>
/** `flagged` is `true`, `false` or `any`; `tags` is comma-separated, all must match. */
type DeploymentFilter = Filter<
  'owner.id' | 'creator.id' | 'product.id' | 'devicegroup.id' | 'sha' | 'flagged' | 'flagger.id' | 'tags'
>
type WebhookFilter = Filter<'devicegroup.id'>

/** Deployments carry whole programs in lists and uploads, so their requests may take longer. */
const LARGE_TIMEOUT_MS = 120_000

export type Resources = ReturnType<typeof resources>

/** Full paths of folders of libraries. */
export type Libraries = () => Promise<readonly string[]>

/**
 * All calls of impcentral-api.md 3 but those for tokens and the log stream. Each throws the errors of `failure.ts`; what they give fits the
 * shape of its collection.
 */
export function resources(api: Api, shapes: Shapes, libraries: Libraries = async () => []) {
  return {
    accounts: {
      /** `list` gives the own account and those one collaborates with; `me` stands for the own id. */
      ...reader<Filter<string>>(api, shapes.accounts, 'accounts'),
      capabilities: async (id: string, options?: CallOptions): Promise<unknown> =>
        (await api.get(pathOf('accounts', id, 'capabilities'), {}, options)).data,
    },
    refreshTokens: refreshTokens(api),
    loginKeys: loginKeys(api, shapes.loginKeys),
    products: {
      ...reader<ProductFilter>(api, shapes.products, 'products'),
      /** Creates it for the account in `relationships.owner`, else for the own one. */
      create: (
        attributes: { name: string; description?: string },
        relationships?: Relationships,
        options?: CallOptions,
      ) => create(api, shapes.products, 'products', 'product', attributes, relationships, options),
      update: (
        id: string,
        attributes: { name?: string; description?: string | null },
        options?: CallOptions,
      ) => update(api, shapes.products, 'products', 'product', id, attributes, undefined, options),
      delete: (id: string, options?: CallOptions) => remove(api, pathOf('products', id), options),
    },
    deviceGroups: deviceGroups(api, shapes.deviceGroups),
    devices: devices(api, shapes.devices),
    deployments: deployments(api, shapes.deployments, libraries),
    webhooks: {
      ...reader<WebhookFilter>(api, shapes.webhooks, 'webhooks'),
      create: (
        attributes: { url: string; event: string; content_type: string },
        deviceGroup: ResourceIdentifier<DeviceGroupType>,
        options?: CallOptions,
      ) =>
        create(
          api,
          shapes.webhooks,
          'webhooks',
          'webhook',
          attributes,
          { devicegroup: deviceGroup },
          options,
        ),
      update: (id: string, attributes: { url?: string; content_type?: string }, options?: CallOptions) =>
        update(api, shapes.webhooks, 'webhooks', 'webhook', id, attributes, undefined, options),
      delete: (id: string, options?: CallOptions) => remove(api, pathOf('webhooks', id), options),
    },
    libraries: { list: (options?: ListOptions) => listResources(api, ANY_SHAPE, '/libraries', {}, options) },
  }
}

function refreshTokens(api: Api) {
  return {
    list: (options?: ListOptions) =>
      listResources(api, ANY_SHAPE, '/accounts/me/refresh_tokens', {}, options),
    delete: (id: string, options?: CallOptions) =>
      remove(api, pathOf('accounts', 'me', 'refresh_tokens', id), options),
  }
}

/** Changes need the account's password, also with a valid token (impcentral-api.md 4). */
function loginKeys(api: Api, shape: Shape) {
  const path = (id: string): string => pathOf('accounts', 'me', 'login_keys', id)
  const withPassword = (password: string) => ({ 'X-Electricimp-Password': nonEmpty('password', password) })
  return {
    ...reader<Filter<string>>(api, shape, 'accounts', 'me', 'login_keys'),
    async create(
      attributes: { description?: string },
      password: string,
      options?: CallOptions,
    ): Promise<Resource> {
      const body = { data: { type: 'login_key', attributes } }
      const document = await api.change(
        'POST',
        '/accounts/me/login_keys',
        body,
        withPassword(password),
        options,
      )
      return changedResource(document, shape, '/accounts/me/login_keys')
    },
    async update(
      id: string,
      attributes: { description: string | null },
      password: string,
      options?: CallOptions,
    ): Promise<Resource | undefined> {
      const body = { data: { type: 'login_key', id, attributes } }
      const call = api.change('PATCH', path(id), body, withPassword(password), options)
      const document = await about(shape, id, call)
      return document === undefined ? undefined : changedResource(document, shape, path(id))
    },
    async delete(id: string, password: string, options?: CallOptions): Promise<void> {
      await api.change('DELETE', path(id), undefined, withPassword(password), options)
    },
  }
}

function deviceGroups(api: Api, shape: Shape) {
  const relation = (id: string, name: string): string => pathOf('devicegroups', id, 'relationships', name)
  return {
    ...reader<DeviceGroupFilter>(api, shape, 'devicegroups'),
    create: (
      type: DeviceGroupType,
      attributes: Attributes & { readonly name: string },
      relationships: Relationships & { readonly product: ResourceIdentifier },
      options?: CallOptions,
    ) => create(api, shape, 'devicegroups', type, attributes, relationships, options),
    /** `type` must be the group's concrete type (impcentral-api.md 2.2). */
    update: (
      group: ResourceIdentifier<DeviceGroupType>,
      attributes: Attributes,
      relationships?: Relationships,
      options?: CallOptions,
    ) => update(api, shape, 'devicegroups', group.type, group.id, attributes, relationships, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('devicegroups', id), options),
    restart: (id: string, options?: CallOptions) =>
      about(shape, id, act(api, pathOf('devicegroups', id, 'restart'), options)),
    conditionalRestart: (id: string, options?: CallOptions) =>
      about(shape, id, act(api, pathOf('devicegroups', id, 'conditional_restart'), options)),
    /** Not atomic: on an error some Devices may be assigned. Device ids, MAC addresses and agent IDs are taken. */
    async addDevices(id: string, deviceIds: readonly string[], options?: CallOptions): Promise<void> {
      const call = api.change('POST', relation(id, 'devices'), deviceList(deviceIds), undefined, options)
      await about(shape, id, call)
    },
    /** Not atomic. `unbondKey` is needed for Devices of production groups. */
    async removeDevices(
      id: string,
      deviceIds: readonly string[],
      unbondKey?: string,
      options?: CallOptions,
    ): Promise<void> {
      const headers = unbondKey === undefined ? undefined : { 'X-Electricimp-Key': unbondKey }
      const call = api.change('DELETE', relation(id, 'devices'), deviceList(deviceIds), headers, options)
      await about(shape, id, call)
    },
    async setMinSupportedDeployment(id: string, deploymentId: string, options?: CallOptions): Promise<void> {
      const body = { data: { type: 'deployment', id: deploymentId } }
      const call = api.change('PUT', relation(id, 'min_supported_deployment'), body, undefined, options)
      await about(shape, id, call)
    },
  }
}

/** `since` as in `storedLogs`. */
interface LogOptions extends ListOptions {
  readonly since?: number
}

function devices(api: Api, shape: Shape) {
  const entryPage = (id: string, page: number, pageSize: number, options?: CallOptions) =>
    about(shape, id, onePage(api, pathOf('devices', id, 'logs'), entriesOf, page, pageSize, options))
  return {
    ...reader<DeviceFilter>(api, shape, 'devices'),
    update: (id: string, attributes: { name: string | null }, options?: CallOptions) =>
      update(api, shape, 'devices', 'device', id, attributes, undefined, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('devices', id), options),
    restart: (id: string, options?: CallOptions) =>
      about(shape, id, act(api, pathOf('devices', id, 'restart'), options)),
    conditionalRestart: (id: string, options?: CallOptions) =>
      about(shape, id, act(api, pathOf('devices', id, 'conditional_restart'), options)),
    /**
     * All stored log entries, newest first, each once and none passed over, although what is logged meanwhile moves them to later pages: so one
     * page after the other (impcentral-api.md 8). Those older than `since` (ms since 1970) may be left out.
     */
    logs: (id: string, { pageSize = PAGE_SIZE, since, ...options }: LogOptions = {}) =>
      storedLogs((page) => entryPage(id, page, pageSize, options), since),
    /** The same page by page; a page may hold less than its size, or nothing. */
    logPages: (id: string, pageSize: number, options?: CallOptions) =>
      storedPages((page) => entryPage(id, page, pageSize, options)),
    /** One page of stored log entries; page 1 has the newest. A page past the end is empty. */
    logPage: entryPage,
    history: (id: string, options?: ListOptions) =>
      listItems(
        api,
        pathOf('devices', id, 'history'),
        {},
        (document) => itemsOf(document) as readonly HistoryEntry[],
        JSON.stringify,
        options,
      ),
  }
}

function deployments(api: Api, shape: Shape, libraries: Libraries) {
  const reading = reader<DeploymentFilter>(api, shape, 'deployments')
  return {
    ...reading,
    list: (filter?: DeploymentFilter, options?: ListOptions) =>
      reading.list(filter, { timeout: LARGE_TIMEOUT_MS, ...options }),
    /** Compile errors throw COMPILE with the rows in `http.meta`; warnings come back in `meta` of the result. */
    create: async (
      attributes: {
        device_code: string
        agent_code: string
        description?: string
        origin?: string
        flagged?: boolean
        tags?: readonly string[]
      },
      deviceGroup: ResourceIdentifier<DeviceGroupType>,
      options?: CallOptions & {
        /** Where `#require` looks before all else, instead of the folders of the client: only the sandbox of this machine takes it. */
        readonly libraries?: readonly string[]
      },
    ) => {
      const named = options?.libraries ?? (await libraries())
      const headers =
        named.length > 0 ? { 'X-Impt-Libraries': encodeURIComponent(JSON.stringify(named)) } : undefined
      const patient = { timeout: LARGE_TIMEOUT_MS, ...options }
      return create(
        api,
        shape,
        'deployments',
        'deployment',
        attributes,
        { devicegroup: deviceGroup },
        patient,
        headers,
      )
    },
    update: (
      id: string,
      attributes: { description?: string | null; flagged?: boolean; tags?: readonly string[] },
      options?: CallOptions,
    ) => update(api, shape, 'deployments', 'deployment', id, attributes, undefined, options),
    delete: (id: string, options?: CallOptions) => remove(api, pathOf('deployments', id), options),
  }
}

function deviceList(deviceIds: readonly string[]): { data: ResourceIdentifier[] } {
  return { data: deviceIds.map((id) => ({ type: 'device', id })) }
}
