import { tagsTold, variablesTold } from '../entities/told.ts'
import type { Listed } from '../entities/kinds.ts'
import type { Client } from '../impcentral/client.ts'
import type { DeviceGroupType, Resource } from '../impcentral/types.ts'
import { ImptError } from '../output/error.ts'
import type { Disk } from './folder/disk.ts'
import type { Folder } from './folder/read.ts'
import type { Renamed } from './plan/renamed.ts'
import type { Step } from './steps.ts'
import { firstOf, gone, looked } from './lost-answers.ts'
import { createBuild } from './step-builds.ts'
import { moveDevices } from './step-devices.ts'
import { mergedVariables } from './variables.ts'

/** What was read longer ago is read again before it is written over (impcentral-api.md 3: there are no conditional writes). */
const FRESH_MS = 60_000

export interface ApplyOptions {
  readonly folder: Folder
  readonly disk: Disk
  /** Ids of entities that exist, by path. */
  readonly ids: ReadonlyMap<string, string>
  readonly types: ReadonlyMap<string, DeviceGroupType>
  /** What names groups that get other names. */
  readonly renamed: Renamed
  /** When the plan's reading began, ms since 1970. */
  readonly readAt: number
  /** Id of the account that new Products are for; undefined for the own one. */
  readonly owner: string | undefined
  readonly keepGoing: boolean
  now(): number
  readonly signal: AbortSignal
}

/** What steps know of each other. */
export interface World {
  readonly client: Client
  readonly options: ApplyOptions
  readonly ids: Map<string, string>
  readonly types: Map<string, DeviceGroupType>
  readonly builds: Map<string, string>
  readonly minimums: Map<string, string>
  /** Ids of entities that were looked at, and may have been changed, by this apply. */
  readonly checked: Set<string>
  /** SHA-256 of files of the folder that were brought up to date, by path. */
  readonly written: Map<string, string>
}

/** The id of what was made or changed, or why it was not. */
export type Result = string | ImptError | undefined

/** Does one step. Gives for each of its changes the id of what it made, or why it failed. */
export async function carryOutStep({ op, changes }: Step, world: World): Promise<readonly Result[]> {
  const { client, ids, types, builds, options } = world
  const idAt = (path: string): string => {
    const id = ids.get(path)
    if (id === undefined) throw new ImptError('NOT_FOUND', `${path} does not exist in the cloud.`)
    return id
  }
  const groupAt = (path: string) => ({
    type: types.get(path) ?? 'development_devicegroup',
    id: idAt(path),
  })
  const buildAt = ({ group, build }: { readonly group: string; readonly build: string | number }) =>
    typeof build === 'string' ? build : (builds.get(`${group}#${build}`) ?? '')
  switch (op.do) {
    case 'create product': {
      const { name, description, path } = op.product
      const owner =
        options.owner === undefined ? undefined : { owner: { type: 'account', id: options.owner } }
      const made = await looked(
        () => client.products.create({ name, ...(description === undefined ? {} : { description }) }, owner),
        () => {
          const filter = options.owner === undefined ? {} : { 'owner.id': options.owner }
          return firstOf(client.products.list(filter), ({ attributes }) => attributes.name === name)
        },
      )
      ids.set(path, made.id)
      return [made.id]
    }
    case 'update product':
      await unchanged(world, op, () => client.products.get(op.id))
      await client.products.update(op.id, op.attributes)
      return [op.id]
    case 'create group': {
      const { group } = op
      const product = { type: 'product', id: idAt(op.product) }
      const made = await looked(
        () =>
          client.deviceGroups.create(
            group.type,
            {
              name: group.name,
              ...(group.description === undefined ? {} : { description: group.description }),
              ...(group.region === undefined ? {} : { region: group.region }),
              ...(group.env === undefined || Object.keys(group.env).length === 0
                ? {}
                : { env_vars: plainEnv(group.env) }),
            },
            { product, ...targetsOf(op.targets, groupAt) },
          ),
        () =>
          firstOf(
            client.deviceGroups.list({ 'product.id': product.id }),
            ({ attributes }) => attributes.name === group.name,
          ),
      )
      ids.set(group.path, made.id)
      types.set(group.path, group.type)
      // Cannot be given when a group is made (impcentral-api.md 3.3); true is the default.
      if (group.loadCode === false)
        await client.deviceGroups.update(
          { type: group.type, id: made.id },
          { load_code_after_blessing: false },
        )
      return [made.id]
    }
    case 'update group': {
      const before = await unchanged(world, op, () => client.deviceGroups.get(op.id), op.env !== undefined)
      const env =
        op.env === undefined
          ? {}
          : {
              env_vars: mergedVariables(variablesTold(before as Listed<'dg'>), op.env),
            }
      const targets = op.targets === undefined ? undefined : targetsOf(op.targets, groupAt)
      await client.deviceGroups.update({ type: op.type, id: op.id }, { ...op.attributes, ...env }, targets)
      return [op.id]
    }
    case 'create build': {
      const id = await createBuild(op, changes[0], groupAt(op.group), world)
      builds.set(`${op.group}#${op.index}`, id)
      return [id]
    }
    case 'update build':
      await unchanged(world, op, () => client.deployments.get(op.id))
      await client.deployments.update(op.id, op.attributes)
      return [op.id]
    case 'move tags': {
      const id = buildAt(op)
      // Taken away first: what is killed in between leaves a tag that no build has, and the next plan gives it.
      for (const holder of op.from) {
        const tags = tagsTold((await client.deployments.get(holder)) as Listed<'build'>)
        await client.deployments.update(holder, { tags: tags.filter((tag) => !op.moved.includes(tag)) })
      }
      await client.deployments.update(id, { tags: op.tags })
      return [id]
    }
    case 'set minimum': {
      const id = buildAt(op)
      await client.deviceGroups.setMinSupportedDeployment(idAt(op.group), id)
      world.minimums.set(op.group, id)
      return [id]
    }
    case 'create webhook': {
      const group = groupAt(op.group)
      const { event, contentType } = op.webhook
      const url = op.webhook.url.value ?? ''
      const made = await looked(
        () => client.webhooks.create({ url, event, content_type: contentType }, group),
        () => {
          const taken = new Set(ids.values())
          return firstOf(
            client.webhooks.list({ 'devicegroup.id': group.id }),
            ({ id, attributes }) => attributes.event === event && attributes.url === url && !taken.has(id),
          )
        },
      )
      ids.set(`${op.group}#webhook ${made.id}`, made.id)
      return [made.id]
    }
    case 'update webhook':
      await unchanged(world, op, () => client.webhooks.get(op.id))
      await client.webhooks.update(op.id, op.attributes)
      return [op.id]
    case 'update device':
      await client.devices.update(op.id, { name: op.name })
      return [op.id]
    case 'assign device':
    case 'unassign device':
      return moveDevices(op, changes, client, op.do === 'assign device' ? idAt(op.group) : op.groupId)
    case 'delete webhook':
      await gone(() => client.webhooks.delete(op.id))
      return [op.id]
    case 'delete group':
      await gone(() => client.deviceGroups.delete(op.id))
      return [op.id]
    case 'delete product':
      await gone(() => client.products.delete(op.id))
      return [op.id]
    default:
      return op satisfies never
  }
}

/** Reads again what was read too long ago, and refuses to write over what somebody changed meanwhile. */
async function unchanged<T extends Resource>(
  { options, checked }: World,
  { id, updatedAt }: { readonly id: string; readonly updatedAt: string | undefined },
  read: () => Promise<T>,
  always = false,
): Promise<T | undefined> {
  const isOld = options.now() - options.readAt > FRESH_MS
  // A rename in a circle has two halves: the second finds what the first has written.
  const isOurs = checked.has(id)
  checked.add(id)
  if (!always && (!isOld || isOurs)) return undefined
  const fresh = await read()
  if (isOld && !isOurs && fresh.attributes['updated_at'] !== updatedAt)
    throw new ImptError('CONFLICT', 'Somebody changed it since the plan was made.', {
      hint: 'Plan and apply again',
    })
  return fresh
}

function plainEnv(env: Readonly<Record<string, { readonly value: string | number | undefined }>>) {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  )
}

function targetsOf(
  { production, dut }: { readonly production?: string | undefined; readonly dut?: string | undefined },
  groupAt: (path: string) => { readonly type: DeviceGroupType; readonly id: string },
) {
  return {
    ...(production === undefined ? {} : { production_target: groupAt(production) }),
    ...(dut === undefined ? {} : { dut_target: groupAt(dut) }),
  }
}
