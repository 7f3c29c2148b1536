import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../src/impcentral/client.ts'
import { compileMessages, formatCompileMessage } from '../../src/impcentral/failure.ts'
import { collect } from '../../src/impcentral/paging.ts'
import { clientFor, mockCloud } from './support.ts'

interface Sent {
  readonly line: string
  readonly body: unknown
  readonly headers: Readonly<Record<string, unknown>>
}

/** Makes one call against an API that gives this answer, and tells what was sent. */
async function sent(
  call: (client: Client) => Promise<unknown>,
  status: number,
  answer: unknown,
): Promise<Sent & { result: unknown }> {
  await using server = mockCloud((_, response) => {
    response.writeHead(status).end(answer === undefined ? '' : JSON.stringify(answer))
  })
  const result = await call(clientFor(server))
  const [seen] = server.seen
  assert.ok(seen !== undefined && server.seen.length === 1)
  const query = seen.query.size === 0 ? '' : `?${decodeURIComponent(seen.query.toString())}`
  return {
    line: `${seen.method} /v5${decodeURIComponent(seen.path)}${query}`,
    body: seen.body === '' ? undefined : JSON.parse(seen.body),
    headers: seen.headers,
    result,
  }
}

const thing = (type: string): object => ({ data: { type, id: 'x1', attributes: { name: 'n' } } })
const group = { type: 'production_devicegroup', id: 'g1', attributes: { name: 'ignored' } } as const
const product = { type: 'product', id: 'p1' } as const
const device = (id: string): object => ({ type: 'device', id })

// [call, request line, body, answer]; 204 without an answer.
const CALLS: readonly (readonly [(client: Client) => Promise<unknown>, string, unknown?, object?])[] = [
  [(c) => c.accounts.get('me'), 'GET /v5/accounts/me', undefined, thing('account')],
  [(c) => c.accounts.capabilities('me'), 'GET /v5/accounts/me/capabilities', undefined, { data: { odd: 1 } }],
  [(c) => c.refreshTokens.delete('r/1'), 'DELETE /v5/accounts/me/refresh_tokens/r/1'],
  [(c) => c.loginKeys.get('k1'), 'GET /v5/accounts/me/login_keys/k1', undefined, thing('login_key')],
  [
    (c) => c.loginKeys.create({ description: 'ci' }, 'pw'),
    'POST /v5/accounts/me/login_keys',
    { data: { type: 'login_key', attributes: { description: 'ci' } } },
    thing('login_key'),
  ],
  [
    (c) => c.loginKeys.update('k1', { description: 'x' }, 'pw'),
    'PATCH /v5/accounts/me/login_keys/k1',
    { data: { type: 'login_key', id: 'k1', attributes: { description: 'x' } } },
    thing('login_key'),
  ],
  [(c) => c.loginKeys.delete('k1', 'pw'), 'DELETE /v5/accounts/me/login_keys/k1'],
  [
    (c) => c.products.create({ name: 'P' }, { owner: { type: 'account', id: 'a1' } }),
    'POST /v5/products',
    {
      data: {
        type: 'product',
        attributes: { name: 'P' },
        relationships: { owner: { type: 'account', id: 'a1' } },
      },
    },
    thing('product'),
  ],
  [
    (c) => c.products.update('p1', { description: '' }),
    'PATCH /v5/products/p1',
    { data: { type: 'product', id: 'p1', attributes: { description: '' } } },
    thing('product'),
  ],
  [(c) => c.products.delete('p1'), 'DELETE /v5/products/p1'],
  [
    (c) => c.deviceGroups.create('development_devicegroup', { name: 'G', env_vars: { a: 1 } }, { product }),
    'POST /v5/devicegroups',
    {
      data: {
        type: 'development_devicegroup',
        attributes: { name: 'G', env_vars: { a: 1 } },
        relationships: { product },
      },
    },
    thing('development_devicegroup'),
  ],
  [
    (c) => c.deviceGroups.update(group, { name: 'H' }, { production_target: group }),
    'PATCH /v5/devicegroups/g1',
    {
      data: {
        type: 'production_devicegroup',
        id: 'g1',
        attributes: { name: 'H' },
        relationships: { production_target: { type: 'production_devicegroup', id: 'g1' } },
      },
    },
    thing('production_devicegroup'),
  ],
  [(c) => c.deviceGroups.delete('g1'), 'DELETE /v5/devicegroups/g1'],
  [(c) => c.deviceGroups.restart('g1'), 'POST /v5/devicegroups/g1/restart'],
  [(c) => c.deviceGroups.conditionalRestart('g1'), 'POST /v5/devicegroups/g1/conditional_restart'],
  [
    (c) => c.deviceGroups.addDevices('g1', ['0c:2a', 'd2']),
    'POST /v5/devicegroups/g1/relationships/devices',
    { data: [device('0c:2a'), device('d2')] },
  ],
  [
    (c) => c.deviceGroups.removeDevices('g1', ['d1'], 'UNBOND'),
    'DELETE /v5/devicegroups/g1/relationships/devices',
    { data: [device('d1')] },
  ],
  [
    (c) => c.deviceGroups.setMinSupportedDeployment('g1', 'b1'),
    'PUT /v5/devicegroups/g1/relationships/min_supported_deployment',
    { data: { type: 'deployment', id: 'b1' } },
  ],
  [(c) => c.devices.get('0c:2a:69:0'), 'GET /v5/devices/0c:2a:69:0', undefined, thing('device')],
  [
    (c) => c.devices.update('d1', { name: null }),
    'PATCH /v5/devices/d1',
    { data: { type: 'device', id: 'd1', attributes: { name: null } } },
  ],
  [(c) => c.devices.delete('d1'), 'DELETE /v5/devices/d1'],
  [(c) => c.devices.restart('d1'), 'POST /v5/devices/d1/restart'],
  [(c) => c.devices.conditionalRestart('d1'), 'POST /v5/devices/d1/conditional_restart'],
  [
    (c) => c.devices.logPage('d1', 3, 20),
    'GET /v5/devices/d1/logs?page[number]=3&page[size]=20',
    undefined,
    { data: [], links: {} },
  ],
  [
    (c) => collect(c.devices.history('d1')),
    'GET /v5/devices/d1/history?page[number]=1&page[size]=100',
    undefined,
    { data: [{ timestamp: 't', event: 'e' }], links: {} },
  ],
  [
    (c) => c.deployments.create({ device_code: '', agent_code: 'a', tags: ['t'] }, group),
    'POST /v5/deployments',
    {
      data: {
        type: 'deployment',
        attributes: { device_code: '', agent_code: 'a', tags: ['t'] },
        relationships: { devicegroup: { type: 'production_devicegroup', id: 'g1' } },
      },
    },
    thing('deployment'),
  ],
  [
    (c) => c.deployments.update('b1', { flagged: true }),
    'PATCH /v5/deployments/b1',
    { data: { type: 'deployment', id: 'b1', attributes: { flagged: true } } },
    thing('deployment'),
  ],
  [(c) => c.deployments.delete('b1'), 'DELETE /v5/deployments/b1'],
  [
    (c) =>
      c.webhooks.create({ url: 'https://w.test', event: 'blinkup', content_type: 'application/json' }, group),
    'POST /v5/webhooks',
    {
      data: {
        type: 'webhook',
        attributes: { url: 'https://w.test', event: 'blinkup', content_type: 'application/json' },
        relationships: { devicegroup: { type: 'production_devicegroup', id: 'g1' } },
      },
    },
    thing('webhook'),
  ],
  [
    (c) => c.webhooks.update('w1', { url: 'https://v.test' }),
    'PATCH /v5/webhooks/w1',
    { data: { type: 'webhook', id: 'w1', attributes: { url: 'https://v.test' } } },
    thing('webhook'),
  ],
  [(c) => c.webhooks.delete('w1'), 'DELETE /v5/webhooks/w1'],
  [
    (c) => collect(c.libraries.list()),
    'GET /v5/libraries?page[number]=1&page[size]=100',
    undefined,
    { data: [{ type: 'library', id: 'l', attributes: {} }], links: {} },
  ],
  [
    (c) => collect(c.deployments.list({ sha: '00123', tags: 'a,b' })),
    'GET /v5/deployments?filter[sha]=00123&filter[tags]=a,b&page[number]=1&page[size]=100',
    undefined,
    { data: [], links: {} },
  ],
]

for (const [call, line, body, answer] of CALLS) {
  test(`the call for "${line}" sends exactly that`, async () => {
    const seen = await sent(call, answer === undefined ? 204 : 200, answer)
    assert.equal(seen.line, line)
    assert.deepEqual(seen.body, body)
  })
}

test('passwords and unbond keys travel in their headers', async () => {
  const created = await sent((c) => c.loginKeys.create({}, 'pw'), 201, thing('login_key'))
  assert.equal(created.headers['x-electricimp-password'], 'pw')
  const removed = await sent((c) => c.deviceGroups.removeDevices('g1', ['d1'], 'UNBOND'), 204, undefined)
  assert.equal(removed.headers['x-electricimp-key'], 'UNBOND')
  const plain = await sent((c) => c.deviceGroups.removeDevices('g1', ['d1']), 204, undefined)
  assert.equal('x-electricimp-key' in plain.headers, false)
})

test('a resource keeps the order and values of what the server sent', async () => {
  const data = {
    type: 'device',
    id: 'd1',
    attributes: { zebra: null, apple: 1, name: 'n' },
    relationships: {},
    odd: [1],
  }
  const { result } = await sent((c) => c.devices.get('d1'), 200, { data })
  assert.equal(JSON.stringify(result), JSON.stringify(data))
})

test('warnings of a deployment come with it', async () => {
  const row = { file: 'agent_code', type: 'warning', row: 1, column: 2, text: 'unused' }
  const data = {
    type: 'deployment',
    id: 'b1',
    attributes: {},
    meta: [{ status: '200', title: 'Warning', detail: 'w', meta: [row] }],
  }
  const { result } = await sent(
    (c) => c.deployments.create({ device_code: '', agent_code: '' }, group),
    201,
    { data },
  )
  const { meta } = result as { meta: [] }
  assert.deepEqual(compileMessages(meta).map(formatCompileMessage), [
    'agent_code warning (line 1, column 2): unused',
  ])
})
