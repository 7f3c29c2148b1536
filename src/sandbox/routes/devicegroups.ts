/** `/devicegroups` (impcentral-api.md 3.3, 9). */
import { Hono } from 'hono'
import { demand, manageOf, seen, viewOf } from '../access.ts'
import {
  given,
  readFlag,
  readIdentifier,
  readNullable,
  readResource,
  readText,
  refuseOthers,
  type Json,
} from '../body.ts'
import { answer, created, noContent, queryOf, type Core, type Env, type RouteContext } from '../core.ts'
import { invalid, notFound } from '../errors.ts'
import { deviceGroupTypes, isBlessed, isFixture, type DeviceGroup, type DeviceGroupType } from '../model.ts'
import { pageOf, readFilters, select } from '../pages.ts'
import { uuid } from '../random.ts'
import { groupResource } from '../resources.ts'
import {
  checkGroupDeletion,
  checkProductionAccount,
  checkTarget,
  checkUnique,
  readGroupType,
  readVariables,
} from '../rules.ts'

const indexOf = { 'owner.id': 'owner', 'product.id': 'product', type: 'type' } as const
const filterNames = Object.keys(indexOf) as (keyof typeof indexOf)[]

const showGroup = (core: Core, row: DeviceGroup) =>
  groupResource(core.urls, row, (id) => core.store.groups.get(id)?.type)

/** The group with the id in the path; throws 404. */
export function groupInPath(core: Core, c: RouteContext): DeviceGroup {
  const id = c.req.param('id') ?? ''
  const row = core.store.groups.get(id)
  return seen(core.store, c.get('account'), 'Device group', id, row, (group) => viewOf(group.type))
}

/** As groupInPath, for a caller who may change the group; throws 403 too. */
export function managedGroup(core: Core, c: RouteContext): DeviceGroup {
  const group = groupInPath(core, c)
  demand(core.store, c.get('account'), group.owner, manageOf(group.type))
  return group
}

export function deviceGroupRoutes(core: Core): Hono<Env> {
  const { store } = core

  /** Ids of the targets that the body names, each checked. */
  const readTargets = (c: RouteContext, type: DeviceGroupType, product: string, relationships: Json) => {
    const read = (name: 'production_target' | 'dut_target'): string | undefined => {
      if (relationships[name] === undefined) return undefined
      if (!isFixture(type)) throw invalid('Invalid Relationship', `A ${type} has no ${name}.`)
      const { id } = readIdentifier(relationships[name], name)
      const target = seen(store, c.get('account'), 'Device group', id, store.groups.get(id), (g) =>
        viewOf(g.type),
      )
      checkTarget(type, product, name, target)
      return id
    }
    return { productionTarget: read('production_target'), dutTarget: read('dut_target') }
  }
  const readBlessingFlag = (type: DeviceGroupType, attributes: Json) => {
    const flag = readFlag(attributes, 'load_code_after_blessing')
    if (flag !== undefined && !isBlessed(type))
      throw invalid('Invalid Attribute', `A ${type} has no load_code_after_blessing.`)
    return flag
  }
  const readRegion = (type: DeviceGroupType, attributes: Json) => {
    const region = readNullable(attributes, 'region', 80)
    if (region !== undefined && region !== null && !isBlessed(type))
      throw invalid('Invalid Attribute', `A ${type} has no region.`)
    return region ?? null
  }

  return new Hono<Env>()
    .get('/devicegroups', (c) => {
      const query = queryOf(c)
      const filters = readFilters(query, filterNames)
      const chosen = filterNames.flatMap((name) =>
        filters[name] === undefined ? [] : [{ index: indexOf[name], key: filters[name] }],
      )
      const rows = select(store, 'groups', store.groups, c.get('account'), chosen, (group) =>
        viewOf(group.type),
      )
      const show = (row: DeviceGroup) => showGroup(core, row)
      return answer(c, pageOf(rows, query, `${core.urls.api}/devicegroups`, core.switches.lastLink, show))
    })
    .post('/devicegroups', async (c) => {
      const me = c.get('account')
      const body = await readResource(c, deviceGroupTypes)
      const { attributes, relationships } = body
      const type = readGroupType(body.type)
      const name = readText(attributes, 'name', 1, 80)
      if (name === undefined) throw invalid('Invalid Attribute', 'name is required.')
      const description = readNullable(attributes, 'description', 255) ?? null
      const region = readRegion(type, attributes)
      const loadCodeAfterBlessing = readBlessingFlag(type, attributes) ?? (isBlessed(type) ? true : null)
      const envVars = attributes['env_vars'] === undefined ? {} : readVariables(attributes['env_vars'])
      if (relationships['product'] === undefined)
        throw invalid('Invalid Relationship', 'product is required.')
      const { id: productId } = readIdentifier(relationships['product'], 'product')
      const found = store.products.get(productId)
      const product = seen(store, me, 'Product', productId, found, () => 'product.view')
      demand(store, me, product.owner, manageOf(type))
      if (Object.keys(envVars).length > 0) demand(store, me, product.owner, 'variables')
      const owner = store.accounts.get(product.owner)
      if (!owner) throw notFound('Account', product.owner)
      checkProductionAccount(owner, type)
      const { productionTarget, dutTarget } = readTargets(c, type, product.id, relationships)
      if (isFixture(type) && (productionTarget === undefined || dutTarget === undefined))
        throw invalid('Invalid Relationship', `A ${type} needs a production_target and a dut_target.`)
      checkUnique('Devicegroup', store.groups.find(`${product.id} ${name}`))
      const now = core.now()
      const group = store.groups.insert({
        id: uuid(core.random),
        seq: store.nextSeq(),
        type,
        owner: product.owner,
        creator: me.id,
        product: product.id,
        name,
        description,
        region,
        loadCodeAfterBlessing,
        envVars,
        currentDeployment: null,
        minDeployment: null,
        productionTarget: productionTarget ?? null,
        dutTarget: dutTarget ?? null,
        created: now,
        updated: now,
      })
      return created(c, showGroup(core, group))
    })
    .get('/devicegroups/:id', (c) => answer(c, { data: showGroup(core, groupInPath(core, c)) }))
    .patch('/devicegroups/:id', async (c) => {
      const group = managedGroup(core, c)
      const body = await readResource(c, [group.type], group.id)
      refuseOthers(
        body,
        ['name', 'description', 'env_vars', 'load_code_after_blessing'],
        ['production_target', 'dut_target'],
      )
      const { attributes, relationships } = body
      const name = readText(attributes, 'name', 1, 80)
      const description = readNullable(attributes, 'description', 255)
      const loadCodeAfterBlessing = readBlessingFlag(group.type, attributes)
      const envVars = attributes['env_vars'] === undefined ? undefined : readVariables(attributes['env_vars'])
      if (envVars) demand(store, c.get('account'), group.owner, 'variables')
      const targets = readTargets(c, group.type, group.product, relationships)
      if (name !== undefined) checkUnique('Devicegroup', store.groups.find(`${group.product} ${name}`), group)
      const changes = given({ name, description, loadCodeAfterBlessing, envVars, ...targets })
      store.groups.update(group, { ...changes, updated: core.now() })
      return answer(c, { data: showGroup(core, group) })
    })
    .delete('/devicegroups/:id', (c) => {
      const group = managedGroup(core, c)
      const deployments = [...store.deployments.where('group', group.id)]
      const siblings = store.groups.where('product', group.product)
      checkGroupDeletion(store.devices.where('group', group.id), siblings, group, deployments)
      for (const hook of store.webhooks.where('group', group.id).slice()) store.webhooks.remove(hook)
      for (const deployment of deployments) {
        if (core.switches.zombies) store.deployments.update(deployment, { group: null })
        else store.deployments.remove(deployment)
      }
      store.groups.remove(group)
      return noContent(c)
    })
}
