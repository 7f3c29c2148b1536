/** Records as the API shows them: relationships without an inner `data`, absent relations as absent keys. */
import type * as model from './model.ts'

/** Base URLs of the API and of the agents, without a trailing slash. */
export type Urls = { api: string; agents: string }

export type Resource = {
  type: string
  id: string
  links: { self: string }
  attributes: Record<string, unknown>
  relationships?: Record<string, unknown>
  meta?: unknown
}

/** ISO 8601 UTC with milliseconds. */
export const iso = (time: number): string => new Date(time).toISOString()

const isoOrNull = (time: number | null) => (time === null ? null : iso(time))

const stamps = (row: { created: number; updated: number }) => ({
  created_at: iso(row.created),
  updated_at: iso(row.updated),
})

const account = (id: string | null) => (id === null ? undefined : { type: 'account', id })

const deployment = (id: string | null) => (id === null ? undefined : { type: 'deployment', id })

export const accountResource = (urls: Urls, row: model.Account): Resource => ({
  type: 'account',
  id: row.id,
  links: { self: `${urls.api}/accounts/${row.id}` },
  attributes: { username: row.username, email: row.email, tier: row.tier, created_at: iso(row.created) },
})

export const productResource = (urls: Urls, row: model.Product): Resource => ({
  type: 'product',
  id: row.id,
  links: { self: `${urls.api}/products/${row.id}` },
  attributes: { name: row.name, description: row.description, ...stamps(row) },
  relationships: { owner: account(row.owner), creator: account(row.creator) },
})

export const groupResource = (
  urls: Urls,
  row: model.DeviceGroup,
  typeOf: (id: string) => model.DeviceGroupType | undefined,
): Resource => {
  const target = (id: string | null) => (id === null ? undefined : { type: typeOf(id), id })
  return {
    type: row.type,
    id: row.id,
    links: { self: `${urls.api}/devicegroups/${row.id}` },
    attributes: {
      name: row.name,
      description: row.description,
      region: row.region,
      ...(row.loadCodeAfterBlessing === null ? {} : { load_code_after_blessing: row.loadCodeAfterBlessing }),
      env_vars: row.envVars,
      ...stamps(row),
    },
    relationships: {
      owner: account(row.owner),
      creator: account(row.creator),
      product: { type: 'product', id: row.product },
      current_deployment: deployment(row.currentDeployment),
      min_supported_deployment: deployment(row.minDeployment),
      production_target: target(row.productionTarget),
      dut_target: target(row.dutTarget),
    },
  }
}

export const deviceResource = (urls: Urls, row: model.Device): Resource => ({
  type: 'device',
  id: row.id,
  links: { self: `${urls.api}/devices/${row.id}` },
  attributes: {
    name: row.name,
    device_online: row.online,
    device_state_changed_at: isoOrNull(row.onlineChanged),
    agent_id: row.agentId,
    agent_url: row.agentId === null ? null : `${urls.agents}/${row.agentId}`,
    agent_running: row.agentRunning,
    agent_state_changed_at: isoOrNull(row.agentChanged),
    last_enrolled_at: isoOrNull(row.lastEnrolled),
    imp_type: row.impType,
    ip_address: row.ip,
    mac_address: row.mac,
    free_memory: row.freeMemory,
    rssi: row.rssi,
    swversion: row.swversion,
    plan_id: row.planId,
  },
  relationships: {
    owner: account(row.owner),
    product: row.group ? { type: 'product', id: row.group.product } : undefined,
    devicegroup: row.group ? { type: row.group.type, id: row.group.id } : undefined,
  },
})

export const deploymentResource = (urls: Urls, row: model.Deployment): Resource => ({
  type: 'deployment',
  id: row.id,
  links: { self: `${urls.api}/deployments/${row.id}` },
  attributes: {
    sha: row.sha,
    description: row.description,
    origin: row.origin,
    flagged: row.flagged,
    tags: row.tags,
    device_code: row.deviceCode,
    agent_code: row.agentCode,
    ...stamps(row),
  },
  relationships: {
    owner: account(row.owner),
    creator: account(row.creator),
    product: { type: 'product', id: row.product },
    devicegroup: row.group ?? undefined,
    flagger: account(row.flagger),
  },
})

export const webhookResource = (urls: Urls, row: model.Webhook): Resource => ({
  type: 'webhook',
  id: row.id,
  links: { self: `${urls.api}/webhooks/${row.id}` },
  attributes: { url: row.url, event: row.event, content_type: row.contentType, ...stamps(row) },
  relationships: { owner: account(row.owner), devicegroup: { type: row.group.type, id: row.group.id } },
})

export const loginKeyResource = (urls: Urls, row: model.LoginKey): Resource => ({
  type: 'login_key',
  id: row.id,
  links: { self: `${urls.api}/accounts/${row.account}/login_keys/${row.id}` },
  attributes: {
    description: row.description,
    usages: row.usages,
    ...stamps(row),
    last_used_at: isoOrNull(row.lastUsed),
  },
})

export const refreshTokenResource = (urls: Urls, row: model.RefreshToken): Resource => ({
  type: 'refresh_token',
  id: row.id,
  links: { self: `${urls.api}/accounts/${row.account}/refresh_tokens/${row.id}` },
  attributes: { created_at: iso(row.created), last_used_at: isoOrNull(row.lastUsed) },
})
