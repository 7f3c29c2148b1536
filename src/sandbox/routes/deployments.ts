/** `/deployments` (impcentral-api.md 3.5, 5, 9, 10). */
import { createHash } from 'node:crypto'
import { isAbsolute } from 'node:path'
import { Hono } from 'hono'
import { demand, manageOf, seen, viewOf } from '../access.ts'
import {
  given,
  readFlag,
  readIdentifier,
  readNullable,
  readResource,
  refuseOthers,
  type Json,
} from '../body.ts'
import {
  answer,
  created,
  noContent,
  queryOf,
  type CompileMessage,
  type Core,
  type Env,
  type RouteContext,
} from '../core.ts'
import { apiError, fault, forbidden, invalid, notFound } from '../errors.ts'
import type { Deployment } from '../model.ts'
import { pageOf, readFilters, select } from '../pages.ts'
import { peerOf, tellsPeers } from '../peer.ts'
import { uuid } from '../random.ts'
import { deploymentResource, type Resource } from '../resources.ts'
import { checkDeploymentDeletion, readTags } from '../rules.ts'

const indexOf = {
  'owner.id': 'owner',
  'creator.id': 'creator',
  'product.id': 'product',
  'devicegroup.id': 'group',
  sha: 'sha',
  'flagger.id': 'flagger',
  flagged: 'flagged',
} as const
const indexed = Object.keys(indexOf) as (keyof typeof indexOf)[]

export function deploymentRoutes(core: Core): Hono<Env> {
  const { store } = core
  const show = (row: Deployment) => deploymentResource(core.urls, row)
  const view = (row: Deployment) => viewOf(row.groupType)
  const find = (c: RouteContext): Deployment => {
    const id = c.req.param('id') ?? ''
    return seen(store, c.get('account'), 'Deployment', id, store.deployments.get(id), view)
  }
  const findManaged = (c: RouteContext): Deployment => {
    const deployment = find(c)
    demand(store, c.get('account'), deployment.owner, manageOf(deployment.groupType))
    return deployment
  }

  return new Hono<Env>()
    .get('/deployments', (c) => {
      const query = queryOf(c)
      const filters = readFilters(query, [...indexed, 'tags'])
      if (filters.flagged === 'any') delete filters.flagged
      else if (filters.flagged !== undefined && !/^(true|false)$/.test(filters.flagged))
        throw invalid('Invalid Filter', 'filter[flagged] must be true, false or any.')
      const chosen = indexed.flatMap((name) =>
        filters[name] === undefined ? [] : [{ index: indexOf[name], key: filters[name] }],
      )
      const tags = filters.tags?.split(',').filter((tag) => tag !== '')
      const keep = tags && {
        name: tags.join(','),
        test: (row: Deployment) => tags.every((tag) => row.tags.includes(tag)),
      }
      const rows = select(store, 'deployments', store.deployments, c.get('account'), chosen, view, keep)
      const item = core.switches.listsLeaveOutCode ? (row: Deployment) => withoutCode(show(row)) : show
      return answer(c, pageOf(rows, query, `${core.urls.api}/deployments`, core.switches.lastLink, item))
    })
    .post('/deployments', async (c) => {
      const me = c.get('account')
      const { attributes, relationships } = await readResource(c, ['deployment'])
      const deviceCode = readCode(attributes, 'device_code')
      const agentCode = readCode(attributes, 'agent_code')
      const description = readNullable(attributes, 'description', 1000) ?? null
      const origin = readNullable(attributes, 'origin', 1000) ?? null
      const flagged = readFlag(attributes, 'flagged') ?? false
      const tags = attributes['tags'] === undefined ? [] : readTags(attributes['tags'])
      if (relationships['devicegroup'] === undefined)
        throw invalid('Invalid Relationship', 'devicegroup is required.')
      const target = readIdentifier(relationships['devicegroup'], 'devicegroup')
      const inStore = store.groups.get(target.id)
      const group = seen(store, me, 'Device group', target.id, inStore, (row) => viewOf(row.type))
      if (target.type !== group.type) throw invalid('Invalid Type', `The devicegroup is a ${group.type}.`)
      demand(store, me, group.owner, manageOf(group.type))
      const libraries = readLibraries(core, c)
      // The compiler and what runs the code take as long as each other to load.
      if (store.devices.where('group', group.id).some(({ connected }) => connected))
        core.platform.behaviour.prepare?.()
      const warnings = await compile(core, deviceCode, agentCode, group.envVars, libraries)
      // The group may have been deleted while the compiler ran.
      if (store.groups.get(group.id) !== group) throw notFound('Device group', group.id)
      const now = core.now()
      const deployment = store.deployments.insert({
        id: uuid(core.random),
        seq: store.nextSeq(),
        owner: group.owner,
        creator: me.id,
        product: group.product,
        group: { id: group.id, type: group.type },
        groupType: group.type,
        sha: codeHash(deviceCode, agentCode),
        deviceCode,
        agentCode,
        description,
        origin,
        flagged,
        flagger: flagged ? me.id : null,
        tags,
        ...(libraries.length > 0 ? { libraries } : {}),
        created: now,
        updated: now,
      })
      const minDeployment = group.minDeployment ?? deployment.id
      store.groups.update(group, { currentDeployment: deployment.id, minDeployment })
      core.webhooks.fire(group, 'deployment', { deployment_id: deployment.id, devicegroup_id: group.id })
      return created(c, { ...show(deployment), ...(warnings.length > 0 ? { meta: warnings } : {}) })
    })
    .get('/deployments/:id', (c) => answer(c, { data: show(find(c)) }))
    .patch('/deployments/:id', async (c) => {
      const deployment = findManaged(c)
      const body = await readResource(c, ['deployment'], deployment.id)
      refuseOthers(body, ['description', 'flagged', 'tags'])
      const { attributes } = body
      const description = readNullable(attributes, 'description', 1000)
      const flagged = readFlag(attributes, 'flagged')
      const tags = attributes['tags'] === undefined ? undefined : readTags(attributes['tags'])
      const flagger = flagged === undefined ? undefined : flagged ? c.get('account').id : null
      const changes = given({ description, flagged, tags, flagger })
      store.deployments.update(deployment, { ...changes, updated: core.now() })
      return answer(c, { data: show(deployment) })
    })
    .delete('/deployments/:id', (c) => {
      const deployment = findManaged(c)
      const group = store.groups.get(deployment.group?.id ?? '')
      checkDeploymentDeletion(deployment, store.deployments.get(group?.minDeployment ?? ''))
      store.deployments.remove(deployment)
      return noContent(c)
    })
}

/** SHA-256 of both sides; equal code gives an equal value. */
export const codeHash = (deviceCode: string, agentCode: string): string =>
  createHash('sha256').update(deviceCode).update('\0').update(agentCode).digest('hex')

/** What a list shows of a deployment in a cloud whose lists leave out code (more-facts.md 1). */
function withoutCode(resource: Resource): Resource {
  const { device_code: _device, agent_code: _agent, ...attributes } = resource.attributes
  return { ...resource, attributes }
}

function readCode(attributes: Json, name: string): string {
  const code = attributes[name]
  if (typeof code !== 'string')
    throw invalid('Invalid Attribute', `${name} is required and must be a string.`)
  return code
}

/**
 * The header with which a command of this machine says where its libraries lie. Throws 400, and 403 for other users: files are read with the
 * rights of who serves.
 */
function readLibraries({ open }: Core, c: RouteContext): readonly string[] {
  const header = c.req.header('x-impt-libraries')
  if (header === undefined) return []
  const isOwner = tellsPeers() ? peerOf(c.env.incoming.socket) === 'owner' : !open
  if (!isOwner) throw forbidden('Libraries are read for the user only who started the sandbox.')
  const places = parsed(header)
  const isRight = (place: unknown) =>
    typeof place === 'string' && isAbsolute(place.replace(/^[\w.-]+(?::[\d.]+)?=/, ''))
  if (Array.isArray(places) && places.every(isRight)) return places as string[]
  throw invalid('Invalid Header', 'X-Impt-Libraries must be a list of full paths.')
}

function parsed(header: string): unknown {
  try {
    return JSON.parse(decodeURIComponent(header))
  } catch {
    return undefined
  }
}

/** Throws 400 CX005 with all findings if there is an error; else returns the warnings as the API shows them. */
async function compile(
  core: Core,
  deviceCode: string,
  agentCode: string,
  ...[envVars, libraries]: [Parameters<Core['check']>[2], readonly string[]]
) {
  const findings: CompileMessage[] = await core.check(deviceCode, agentCode, envVars, libraries)
  if (findings.some((finding) => finding.type === 'error'))
    throw fault(400, 'CX005', 'Compilation Error', 'The code does not compile.', findings)
  if (findings.length === 0) return []
  return [apiError(200, 'WA001', 'Compilation Warning', 'The compiler has warnings.', findings)]
}
