/** impcentral-api.md 3.5, 5, 9, 10 and 12: deployments and webhooks. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { CompileMessage } from '../../src/sandbox/core.ts'
import {
  complaint,
  deployment,
  deviceList,
  group,
  home,
  idOf,
  until,
  workshop,
  type Client,
} from './plainclient.ts'

const patch = (client: Client, id: string, attributes: object) =>
  client('PATCH', `/deployments/${id}`, { data: { type: 'deployment', id, attributes } })

test('a deployment keeps code and origin, may be changed in the rest, and becomes current at once', async (t) => {
  const { demo } = await home(t)
  const { groupId, productId } = await workshop(demo)
  const attributes = {
    device_code: '',
    agent_code: '// ä',
    description: 'D',
    origin: 'here',
    tags: ['a', 'b*._-'],
  }
  const made = await demo('POST', '/deployments', deployment(groupId, attributes))
  assert.equal(made.status, 201)
  const { id, attributes: shown, relationships } = made.body.data
  for (const [key, value] of Object.entries(attributes)) assert.deepEqual(shown[key], value)
  assert.match(shown.sha, /^[0-9a-f]{64}$/)
  assert.equal(shown.flagged, false)
  assert.deepEqual(relationships.devicegroup, { type: 'development_devicegroup', id: groupId })
  assert.deepEqual(relationships.product, { type: 'product', id: productId })
  const home1 = (await demo('GET', `/devicegroups/${groupId}`)).body.data.relationships
  assert.deepEqual(home1.current_deployment, { type: 'deployment', id })
  assert.deepEqual(home1.min_supported_deployment, { type: 'deployment', id }, 'the first one is the minimum')
  const second = (await demo('POST', '/deployments', deployment(groupId, attributes))).body.data
  assert.equal(second.attributes.sha, shown.sha, 'equal code, equal sha')
  const home2 = (await demo('GET', `/devicegroups/${groupId}`)).body.data.relationships
  assert.equal(home2.current_deployment.id, second.id)
  assert.equal(home2.min_supported_deployment.id, id)
  const changed = await patch(demo, id, { description: null, flagged: true, tags: [] })
  assert.deepEqual(changed.body.data.attributes.tags, [])
  assert.ok(changed.body.data.relationships.flagger)
  for (const key of ['device_code', 'agent_code', 'origin'])
    assert.equal((await patch(demo, id, { [key]: 'x' })).status, 400, key)
})

test('a deployment without a code, with bad tags or for a wrong group is refused', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const status = async (more: object, type?: string) =>
    (await demo('POST', '/deployments', deployment(groupId, more, type))).status
  assert.equal(await status({ device_code: undefined }), 400)
  assert.equal(await status({ agent_code: 7 }), 400)
  assert.equal(await status({ tags: ['a b'] }), 400)
  assert.equal(await status({ tags: 'a' }), 400)
  assert.equal(await status({ tags: Array.from({ length: 6 }, (_, i) => `${i}`.repeat(90)) }), 400)
  assert.equal(await status({ flagged: 'yes' }), 400)
  assert.equal(await status({}, 'production_devicegroup'), 400)
  assert.equal((await demo('POST', '/deployments', deployment('none'))).status, 404)
})

test('a flagged deployment, the minimum and what is newer cannot be deleted', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const ids: string[] = []
  for (let i = 0; i < 3; i++) ids.push((await demo('POST', '/deployments', deployment(groupId))).body.data.id)
  const [first = '', second = '', third = ''] = ids
  const minimum = `/devicegroups/${groupId}/relationships/min_supported_deployment`
  for (const id of [first, third]) assert.equal((await demo('DELETE', `/deployments/${id}`)).status, 409)
  const put = (id: string) => demo('PUT', minimum, { data: { type: 'deployment', id } })
  assert.equal((await put(second)).status, 204)
  assert.equal((await put(first)).status, 400, 'it only moves forward')
  const elsewhere = await workshop(demo, 'Elsewhere')
  const foreign = (await demo('POST', '/deployments', deployment(elsewhere.groupId))).body.data.id
  assert.equal((await put(foreign)).status, 400)
  assert.equal((await put('none')).status, 404)
  await patch(demo, first, { flagged: true })
  assert.equal(
    complaint(await demo('DELETE', `/deployments/${first}`)),
    'Resource Flagged: You cannot delete flagged deployments; set the flagged attribute to false and try again.',
  )
  await patch(demo, first, { flagged: false })
  assert.equal((await demo('DELETE', `/deployments/${first}`)).status, 204)
  assert.equal((await demo('DELETE', `/deployments/${second}`)).status, 409)
})

test('compile errors are 400 CX005 with the findings as an array, warnings come with the success', async (t) => {
  const finding = (type: 'error' | 'warning'): CompileMessage => ({
    file: 'agent_code',
    type,
    row: 3,
    column: 5,
    text: 'expression expected',
  })
  const { demo } = await home(t, {
    check: async (deviceCode) =>
      deviceCode === '' ? [] : [finding(deviceCode === 'bad' ? 'error' : 'warning')],
  })
  const { groupId } = await workshop(demo)
  const bad = await demo('POST', '/deployments', deployment(groupId, { device_code: 'bad' }))
  assert.equal(bad.status, 400)
  const [error] = bad.body.errors
  assert.deepEqual([error.code, error.title, error.meta], ['CX005', 'Compilation Error', [finding('error')]])
  assert.equal((await demo('GET', `/deployments?filter[devicegroup.id]=${groupId}`)).body.data.length, 0)
  const warned = await demo('POST', '/deployments', deployment(groupId, { device_code: 'odd' }))
  assert.equal(warned.status, 201)
  assert.deepEqual(warned.body.data.meta[0].meta, [finding('warning')])
  const clean = await demo('POST', '/deployments', deployment(groupId, { device_code: '' }))
  assert.equal('meta' in clean.body.data, false)
})

test('deployments are filtered by sha, flag, flagger, creator and all of several tags', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const make = async (more: object) =>
    (await demo('POST', '/deployments', deployment(groupId, more))).body.data
  const one = await make({ tags: ['a', 'b'], flagged: true })
  const two = await make({ tags: ['a'], device_code: 'other' })
  const list = async (query: string) => {
    const { body } = await demo('GET', `/deployments?filter[devicegroup.id]=${groupId}&${query}`)
    return body.data.map((row: { id: string }) => row.id)
  }
  assert.deepEqual(await list(''), [one.id, two.id])
  assert.deepEqual(await list(`filter[sha]=${two.attributes.sha}`), [two.id])
  assert.deepEqual(await list('filter[flagged]=true'), [one.id])
  assert.deepEqual(await list('filter[flagged]=false'), [two.id])
  assert.deepEqual(await list('filter[flagged]=any'), [one.id, two.id])
  assert.deepEqual(await list('filter[tags]=a'), [one.id, two.id])
  assert.deepEqual(await list('filter[tags]=b,a'), [one.id])
  assert.deepEqual(await list('filter[tags]=c'), [])
  const me = one.relationships.creator.id
  assert.deepEqual(await list(`filter[creator.id]=${me}&filter[flagger.id]=${me}`), [one.id])
  assert.equal((await demo('GET', '/deployments?filter[flagged]=maybe')).status, 400)
  assert.equal((await demo('GET', '/deployments?filter[colour]=red')).status, 400)
})

const hook = (groupId: string, attributes: object, type = 'development_devicegroup') => ({
  data: {
    type: 'webhook',
    attributes: {
      url: 'https://example.com/hook',
      event: 'deployment',
      content_type: 'application/json',
      ...attributes,
    },
    relationships: { devicegroup: { type, id: groupId } },
  },
})

test('webhooks are checked, listed by group, changed but for the event, and deleted', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  for (const url of ['nonsense', 'ftp://example.com/', 7, undefined]) {
    const reply = await demo('POST', '/webhooks', hook(groupId, { url }))
    assert.equal(reply.status, 400)
    assert.equal(complaint(reply), 'Invalid URL: The provided URL is invalid.')
  }
  assert.equal((await demo('POST', '/webhooks', hook(groupId, { event: 'other' }))).status, 400)
  assert.equal((await demo('POST', '/webhooks', hook(groupId, { content_type: 'text/plain' }))).status, 400)
  const { id } = (await demo('POST', '/webhooks', hook(groupId, {}))).body.data
  const listed = await demo('GET', `/webhooks?filter[devicegroup.id]=${groupId}`)
  assert.deepEqual(
    listed.body.data.map((row: { id: string }) => row.id),
    [id],
  )
  const change = (attributes: object) =>
    demo('PATCH', `/webhooks/${id}`, { data: { type: 'webhook', id, attributes } })
  assert.equal(
    (await change({ url: 'https://example.org/' })).body.data.attributes.url,
    'https://example.org/',
  )
  assert.equal((await change({ event: 'blinkup' })).status, 400)
  assert.equal((await demo('DELETE', `/webhooks/${id}`)).status, 204)
  assert.equal((await demo('GET', `/webhooks/${id}`)).status, 404)
})

test('webhooks are delivered to this machine and recorded for any other', async (t) => {
  const got: { type: string | undefined; body: string }[] = []
  const catcher = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      got.push({ type: request.headers['content-type'], body })
      response.writeHead(202).end()
    })
  })
  await new Promise<void>((resolve) => catcher.listen(0, '127.0.0.1', resolve))
  t.after(() => catcher.close())
  const url = `http://127.0.0.1:${(catcher.address() as AddressInfo).port}/`
  const { demo, admin } = await home(t)
  const { productId, groupId } = await workshop(demo)
  const form = 'application/x-www-form-urlencoded'
  await demo('POST', '/webhooks', hook(groupId, { url, content_type: form }))
  await demo('POST', '/webhooks', hook(groupId, {}))
  const { id } = (await demo('POST', '/deployments', deployment(groupId))).body.data
  await until(() => got.length === 1, 'the deployment webhook')
  assert.equal(got[0]?.type, form)
  assert.equal(new URLSearchParams(got[0]?.body).get('deployment_id'), id)
  const outcomes = async () =>
    (await admin('GET', '/webhooks')).body.map((row: { outcome: unknown }) => row.outcome)
  await until(async () => (await outcomes()).length === 2, 'both outcomes')
  assert.deepEqual(new Set(await outcomes()), new Set([202, 'recorded']))

  const field = await demo('POST', '/devicegroups', group(productId, 'Field', 'production_devicegroup'))
  const fieldId = field.body.data.id as string
  await demo('POST', '/webhooks', hook(fieldId, { url, event: 'blessing' }, 'production_devicegroup'))
  const device = await idOf(demo, '/devices', 'Pump Prototype')
  await admin('POST', `/devices/${device}/bless`, { devicegroup: fieldId })
  await until(() => got.length === 2, 'the blessing webhook')
  const payload = JSON.parse(got[1]?.body ?? '') as Record<string, string>
  assert.deepEqual(Object.keys(payload).sort(), ['device_id', 'imp_id'])
  assert.equal(payload['device_id'], device)
  assert.equal(
    (await demo('DELETE', `/devicegroups/${fieldId}/relationships/devices`, deviceList(device))).status,
    403,
  )
})
