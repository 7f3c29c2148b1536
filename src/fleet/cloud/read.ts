import type { Client } from '../../impcentral/client.ts'
import { collect } from '../../impcentral/paging.ts'
import { inParallel } from '../../impcentral/parallel.ts'
import type { Kind, Listed } from '../../entities/kinds.ts'
import { variablesTold } from '../../entities/told.ts'
import type { Resource } from '../../impcentral/types.ts'
import { ImptError } from '../../output/error.ts'
import {
  type AccountName,
  type AccountTree,
  type BuildMode,
  type BuildNode,
  type CodeRef,
  type CodeTexts,
  type DeviceNode,
  type FolderKind,
  type GroupNode,
  type ProductNode,
  type WebhookNode,
} from '../account.ts'
import { folderNames } from '../folder/names.ts'
import { grouped } from '../grouped.ts'
import { isSecretUrl } from '../secret-url.ts'
import { readBuilds } from './builds.ts'
import { factsOf } from './facts.ts'

type Group = Listed<'dg'>
type Hook = Listed<'webhook'>

/** What is read of an account. */
export interface CloudQuery {
  /** Whose Products; with its user name and host. */
  readonly account: AccountName
  /** Whether that is the account that is logged in: only its login keys can be seen. */
  readonly isOwn: boolean
  /** Only these Products, by id; all without. */
  readonly products?: readonly string[] | undefined
  readonly builds: BuildMode
  readonly without: readonly FolderKind[]
  /** Whether the value of a variable is no secret. */
  isPublic(variable: string): boolean
  /** Takes the code of a build as it arrives, with the folder where it will lie; nothing else keeps it. */
  keepCode(texts: CodeTexts, folder: (ref: CodeRef) => string): Promise<CodeRef>
  /** The code of a build that is here already, by the id of the build. */
  knownCode?(id: string): CodeRef | undefined
  /** Hears of the Products with all that is in them as soon as they are read; devices are the longest list. */
  onProducts?(read: Cloud): void
  /** Milliseconds since 1970. */
  now(): number
}

/** An account as the cloud showed it. */
export interface Cloud {
  readonly account: AccountName
  readonly tree: AccountTree
  /** Kinds, or paths of groups, that this login may not read. What is not seen is never taken for deleted (impcentral-api.md 11). */
  readonly unread: readonly string[]
  /** Devices in each group, by the group's id; undefined where they were not read. */
  readonly deviceCounts: ReadonlyMap<string, number> | undefined
  /** When reading began, in ms since 1970. */
  readonly readAt: number
}

/** Reads an account. Throws DATA where the cloud leaves out code even when a build is read by its id. */
export async function readCloud(client: Client, query: CloudQuery): Promise<Cloud> {
  const readAt = query.now()
  const unread = new Set<string>()
  const skips = (kind: FolderKind) => query.without.includes(kind)
  const owned = { 'owner.id': query.account.id }
  const allowed = async <T>(kind: string, read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read()
    } catch (error) {
      if (!(error instanceof ImptError) || (error.code !== 'FORBIDDEN' && error.code !== 'NOT_FOUND'))
        throw error
      unread.add(kind)
      return undefined
    }
  }
  const perProduct = async <K extends Kind>(
    list: (filter: Readonly<Record<string, string>>) => AsyncIterable<Resource>,
  ): Promise<Listed<K>[]> => {
    if (query.products === undefined) return all<K>(list(owned))
    const lists = await Promise.all(query.products.map((id) => all<K>(list({ 'product.id': id }))))
    return lists.flat()
  }
  const mine = ({ relationships }: Resource) => {
    const owner = relationships?.['owner']?.id
    return owner === undefined || owner === query.account.id
  }

  const groupsRead = Promise.all([
    all<'product'>(client.products.list(owned)).then((found) => found.filter(mine)),
    allowed('groups', async () =>
      (await perProduct<'dg'>((filter) => client.deviceGroups.list(filter))).filter(mine),
    ),
  ]).then(async ([products, groups]) => {
    const chosen = products.filter(({ id }) => query.products?.includes(id) ?? true)
    const ids = new Set(chosen.map(({ id }) => id))
    const ours = (groups ?? []).filter((group) => ids.has(productOf(group)))
    const whole = await wholeGroups(client, ours)
    return { products, chosen, whole, ...pathsOf(products, whole) }
  })
  const wholeRead = groupsRead.then(({ whole }) => whole)
  const pathsRead = groupsRead.then(({ groupPaths }) => groupPaths)
  // Whoever waits for it later hears of its failure then.
  for (const read of [wholeRead, pathsRead]) read.catch(() => undefined)
  const readDevices = async () => {
    const lists =
      query.products === undefined
        ? [client.devices.list(owned)]
        : query.products.map((id) => client.devices.list({ 'product.id': id }))
    // Of ten thousand devices only what the table needs stays in memory.
    const read = lists.map(async (list) => {
      const rows: DeviceRow[] = []
      for await (const device of list) if (mine(device)) rows.push(deviceRow(device as Listed<'device'>))
      return rows
    })
    return (await Promise.all(read)).flat()
  }
  const insideRead = Promise.all([
    groupsRead,
    skips('builds') ? undefined : readBuilds(client, query, wholeRead, pathsRead, unread),
    skips('webhooks') ? undefined : allowed('webhooks', () => all<'webhook'>(client.webhooks.list())),
  ])
  const restRead = Promise.all([
    skips('devices') ? undefined : allowed('devices', readDevices),
    skips('loginkeys') || !query.isOwn || query.products !== undefined
      ? undefined
      : allowed('loginkeys', () => all<'loginkey'>(client.loginKeys.list())),
  ])
  // A failure of either is told at once.
  const failure = new Promise<never>((_resolve, reject) => void restRead.catch(reject))
  const [{ products, chosen, whole, productPaths, groupPaths }, builds, hooks] = await Promise.race([
    insideRead,
    failure,
  ])

  const names = new Map(whole.map((group) => [group.id, nameOf(group)]))
  const productNames = new Map(products.map((product) => [product.id, nameOf(product)]))
  const hooksOf = grouped(hooks ?? [], (hook) => hook.relationships?.['devicegroup']?.id)
  const groupsOf = grouped(whole, productOf)
  const nodes = chosen.map((product): ProductNode => {
    const inside = groupsOf.get(product.id) ?? []
    return {
      path: productPaths.get(product.id) ?? '',
      name: nameOf(product),
      description: product.attributes.description || undefined,
      groups: inside.map((group) =>
        groupNode(query, group, groupPaths.get(group.id) ?? '', names, {
          webhooks: hooks && (hooksOf.get(group.id) ?? []),
          builds: builds?.get(group.id),
        }),
      ),
      cloud: factsOf(product),
    }
  })
  const withRest = ([devices, keys]: Partial<Awaited<typeof restRead>>): Cloud => ({
    account: query.account,
    tree: {
      products: nodes,
      devices: devices?.map((device) => deviceNode(device, productNames, names)),
      loginKeys: keys?.map(({ attributes }) => attributes.description ?? ''),
    },
    // A group is named by its path, which is only known now.
    unread: [...unread].map((what) => pathIn(nodes, what) ?? what),
    deviceCounts: devices && countsOf(devices),
    readAt,
  })
  query.onProducts?.(withRest([]))
  return withRest(await restRead)
}

/** Where Products and groups lie, by their ids. Names of all Products decide: one that is pulled alone lies where it lies among all. */
function pathsOf(products: readonly Listed<'product'>[], groups: readonly Group[]) {
  const folders = folderNames(products.map(nameOf))
  const productPaths = new Map(products.map(({ id }, i) => [id, `products/${folders[i]}`]))
  const groupPaths = new Map<string, string>()
  for (const [product, inside] of grouped(groups, productOf)) {
    const names = folderNames(inside.map(nameOf))
    inside.forEach(({ id }, i) => groupPaths.set(id, `${productPaths.get(product)}/groups/${names[i]}`))
  }
  return { productPaths, groupPaths }
}

/** The client checks answers against the table of kinds; this gives them its types. */
function all<K extends Kind>(items: AsyncIterable<Resource>): Promise<Listed<K>[]> {
  return collect(items) as Promise<Listed<K>[]>
}

function nameOf({ attributes }: Listed<'product'> | Group): string {
  return attributes.name ?? ''
}

function groupNode(
  query: CloudQuery,
  group: Group,
  path: string,
  names: ReadonlyMap<string, string>,
  parts: { webhooks: readonly Hook[] | undefined; builds: readonly BuildNode[] | undefined },
): GroupNode {
  const { attributes, relationships, type } = group
  const production = relationships?.['production_target']?.id
  const dut = relationships?.['dut_target']?.id
  const blessed = /^(?:pre_)?production_/.test(type)
  const env = Object.entries(variablesTold(group)).map(([name, value]) => [
    name,
    { value: value as string | number, secret: !query.isPublic(name) },
  ])
  return {
    path,
    name: nameOf(group),
    type,
    description: attributes.description || undefined,
    region: attributes.region || undefined,
    loadCode: blessed ? (attributes.load_code_after_blessing ?? true) : undefined,
    targets: {
      production: production === undefined ? undefined : names.get(production),
      dut: dut === undefined ? undefined : names.get(dut),
    },
    env: query.without.includes('env')
      ? undefined
      : (Object.fromEntries(env) as NonNullable<GroupNode['env']>),
    webhooks: parts.webhooks?.map(webhookNode),
    builds: parts.builds,
    cloud: { ...factsOf(group), targetIds: { production, dut } },
  }
}

function webhookNode(hook: Hook): WebhookNode {
  const { event, url, content_type: contentType } = hook.attributes
  return {
    event: event ?? '',
    url: { value: url ?? '', secret: isSecretUrl(url ?? '') },
    contentType: contentType ?? 'application/json',
    cloud: factsOf(hook),
  }
}

/** A device as its list shows it, with ids where the table has names. */
type DeviceRow = Omit<DeviceNode, 'product' | 'group'> & { readonly productId: string | undefined }

function deviceRow({ id, attributes, relationships }: Listed<'device'>): DeviceRow {
  return {
    id,
    mac: attributes.mac_address ?? '',
    name: attributes.name ?? '',
    imp: attributes.imp_type ?? '',
    agent: attributes.agent_id ?? '',
    groupId: relationships?.['devicegroup']?.id,
    productId: relationships?.['product']?.id,
  }
}

function deviceNode(
  { id, mac, name, imp, agent, groupId, productId }: DeviceRow,
  products: ReadonlyMap<string, string>,
  groups: ReadonlyMap<string, string>,
): DeviceNode {
  return {
    id,
    mac,
    name,
    imp,
    agent,
    groupId,
    // A group that this login may not read has no name here; its id says at least that there is one.
    product: productId === undefined ? '' : (products.get(productId) ?? productId),
    group: groupId === undefined ? '' : (groups.get(groupId) ?? groupId),
  }
}

/** Lists may leave attributes out (more-facts.md 1): a group without `env_vars` is read by its id before it is taken to have none. */
async function wholeGroups(client: Client, groups: readonly Group[]): Promise<readonly Group[]> {
  const whole = [...groups]
  const partly = groups.flatMap((group, i) => ('env_vars' in group.attributes ? [] : [i]))
  await inParallel(partly, async (i) => {
    whole[i] = (await client.deviceGroups.get((groups[i] as Group).id)) as Group
  })
  return whole
}

function productOf({ relationships }: Resource): string {
  return relationships?.['product']?.id ?? ''
}

function countsOf(devices: readonly DeviceRow[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { groupId } of devices)
    if (groupId !== undefined) counts.set(groupId, (counts.get(groupId) ?? 0) + 1)
  return counts
}

function pathIn(products: readonly ProductNode[], id: string): string | undefined {
  return products.flatMap(({ groups }) => groups).find(({ cloud }) => cloud?.id === id)?.path
}
