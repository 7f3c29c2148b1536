/** What `more-facts.md` says of the cloud, a sentence a test: each is quoted where it is checked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { complaint, deployment, deviceList, home, idOf, until, workshop, type Body } from './plainclient.ts'

test('"Lists may leave attributes out": a switch takes the code out of lists, and out of nothing else', async (t) => {
  const { demo, admin, sandbox } = await home(t)
  const { groupId } = await workshop(demo)
  const made = await demo('POST', '/deployments', deployment(groupId))
  const whole = await demo('GET', '/deployments')
  assert.ok(whole.body.data.every((row: Body) => 'device_code' in row.attributes))
  assert.equal((await admin('PATCH', '/switches', { listsLeaveOutCode: true })).status, 200)
  assert.equal(sandbox.switches.listsLeaveOutCode, true)
  const lean = await demo('GET', '/deployments')
  const without = whole.body.data.map((row: Body) => {
    const { device_code: _d, agent_code: _a, ...attributes } = row.attributes
    return { ...row, attributes }
  })
  assert.deepEqual(lean.body.data, without)
  const { attributes } = (await demo('GET', `/deployments/${made.body.data.id}`)).body.data
  assert.deepEqual([attributes.device_code, attributes.agent_code], ['server.log("d")', 'server.log("a")'])
})

test('"Relations may be `null` as well as absent (`owner`, `creator`)": a switch for each', async (t) => {
  const { demo, sandbox } = await home(t)
  const spare = async () => {
    const { body } = await demo('GET', '/devices?page[size]=100')
    return body.data.find((row: Body) => row.attributes.name === 'Spare').relationships
  }
  const owner = (await spare()).owner
  assert.deepEqual(await spare(), { owner })
  sandbox.switches.nullRelations = true
  assert.deepEqual(await spare(), { owner, product: null, devicegroup: null })
  sandbox.switches.hideOwners = true
  assert.deepEqual(await spare(), { owner: null, product: null, devicegroup: null })
  const products = (await demo('GET', '/products')).body.data
  assert.ok(products.every((row: Body) => row.relationships.creator === null))
  sandbox.switches.nullRelations = false
  assert.deepEqual(await spare(), {})
})

test('"`PUT /logstream/ID/DEVICE` may arrive before the stream is read ... The server keeps the device until the stream opens (204)"', async (t) => {
  const { demo, admin } = await home(t)
  const [first, second, late] = await Promise.all(
    ['Kitchen', 'Cellar', 'Living Room'].map((name) => idOf(demo, '/devices', name)),
  )
  const { id } = (await demo('POST', '/logstream')).body.data
  const put = async (device = '') => (await demo('PUT', `/logstream/${id}/${device}`)).status
  assert.deepEqual([await put(first), await put(second)], [204, 204])
  assert.equal((await demo('DELETE', `/logstream/${id}/${second}`)).status, 204)
  const stop = new AbortController()
  t.after(() => stop.abort())
  const response = await fetch(`${demo.url}/logstream/${id}?format=text`, { signal: stop.signal })
  assert.equal(await put(late), 204, 'before it is opened')
  let text = ''
  const ended = (async () => {
    for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>)
      text += Buffer.from(chunk).toString()
  })().catch(() => undefined)
  const told = (event: string) => until(() => text.includes(event), event)
  await told(`subscribed ${late}`)
  const states = [...text.matchAll(/event: state_change\ndata: (.*)\n/g)].map(([, state]) => state)
  assert.deepEqual(states, ['opened', `subscribed ${first}`, `subscribed ${late}`])
  await admin('POST', `/devices/${first}/log`, { msg: 'heard' })
  await told('server.log heard')
  stop.abort()
  await ended
})

test('"`page[size]` over 100 is taken as 100"', async (t) => {
  const { demo, url } = await home(t, { fleet: { products: 1, groups: 1, devices: 120, seed: 1 } })
  for (const size of [101, 500, 999_999_999]) {
    const { status, body } = await demo('GET', `/devices?page[size]=${size}`)
    assert.deepEqual([status, body.data.length], [200, 100])
    assert.equal(body.links.next, `${url}/devices?page[number]=2&page[size]=100`)
  }
})

test('"The `X-RateLimit-*` headers (40 a second) come with every answer"', async (t) => {
  const { demo, nobody, as, sandbox } = await home(t, { rateLimit: 40, now: () => 1_800_000_000_000 })
  const { id } = (await demo('POST', '/logstream')).body.data
  const stop = new AbortController()
  t.after(() => stop.abort())
  const stream = await fetch(`${demo.url}/logstream/${id}`, { signal: stop.signal })
  const answers = [
    await demo('GET', '/accounts/me'),
    await demo('GET', '/devices/none'),
    await demo('GET', '/no/such/path'),
    await demo('PUT', '/devices'),
    await demo('POST', '/products', '{'),
    await nobody('GET', '/accounts/me'),
    await nobody('POST', '/auth', { id: 'demo', password: 'wrong' }),
    await nobody('POST', '/auth', { id: 'demo', password: 'demo-password' }),
    stream,
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 404, 404, 405, 400, 401, 401, 200, 200],
  )
  for (const { status, headers } of answers) {
    assert.equal(headers.get('x-ratelimit-limit'), '40', String(status))
    assert.match(headers.get('x-ratelimit-remaining') ?? '', /^\d+$/, String(status))
    assert.equal(headers.get('x-ratelimit-reset'), '1', String(status))
  }
  assert.equal((await demo('GET', '/accounts/me')).headers.get('x-ratelimit-remaining'), '33')
  sandbox.switches.rateLimit = 0
  assert.equal((await as('partner')('GET', '/accounts/me')).headers.get('x-ratelimit-limit'), '1000000')
})

test('"`DELETE .../relationships/devices` with a device that is not in the group: outer 400 with an inner 404, known device or not"', async (t) => {
  const { demo } = await home(t)
  const { groupId } = await workshop(demo)
  const elsewhere = await idOf(demo, '/devices', 'Kitchen')
  const spare = await idOf(demo, '/devices', 'Spare')
  for (const ids of [[elsewhere], [spare], ['none'], [elsewhere, 'none']]) {
    const path = `/devicegroups/${groupId}/relationships/devices`
    const { status, body } = await demo('DELETE', path, deviceList(...ids))
    assert.equal(status, 400)
    assert.deepEqual(
      body.errors.map((error: Body) => error.status),
      ids.map(() => '404'),
    )
  }
})

test('"`DELETE /devices/ID` of a device that is assigned: ... answer 409"', async (t) => {
  const { demo } = await home(t)
  const kitchen = await idOf(demo, '/devices', 'Kitchen')
  const refused = await demo('DELETE', `/devices/${kitchen}`)
  assert.equal(refused.status, 409)
  assert.match(complaint(refused), /^Device Assigned: .* unassign it first\.$/)
  const group = (await demo('GET', `/devices/${kitchen}`)).body.data.relationships.devicegroup.id
  await demo('DELETE', `/devicegroups/${group}/relationships/devices`, deviceList(kitchen))
  assert.equal((await demo('DELETE', `/devices/${kitchen}`)).status, 204)
})

test('"Environment variables: ... Accept letters, digits and `_` that do not begin with a digit"', async (t) => {
  const { demo } = await home(t)
  const { groupId: id } = await workshop(demo)
  const set = async (name: string) => {
    const data = { type: 'development_devicegroup', id, attributes: { env_vars: { [name]: 'x' } } }
    return (await demo('PATCH', `/devicegroups/${id}`, { data })).status
  }
  for (const name of ['SOME_NAME', '_a', 'a1', '_', 'A_']) assert.equal(await set(name), 200, name)
  for (const name of ['1a', '', 'a-b', 'a.b', 'a b', 'ä']) assert.equal(await set(name), 400, name)
})

test('a PATCH of what cannot be changed is refused and changes nothing', async (t) => {
  const { demo } = await home(t)
  const { groupId, productId } = await workshop(demo)
  const build = (await demo('POST', '/deployments', deployment(groupId))).body.data.id
  const device = await idOf(demo, '/devices', 'Kitchen')
  const hook = (
    await demo('POST', '/webhooks', {
      data: {
        type: 'webhook',
        attributes: { url: 'https://example.com', event: 'deployment', content_type: 'application/json' },
        relationships: { devicegroup: { type: 'development_devicegroup', id: groupId } },
      },
    })
  ).body.data.id
  const owner = { type: 'account', id: 'x' }
  const cases: [string, string, string, object, object, RegExp][] = [
    ['product', '/products', productId, { name: 'New' }, { owner }, /^Invalid Relationship: owner cannot/],
    ['product', '/products', productId, { created_at: '2020' }, {}, /created_at cannot/],
    ['device', '/devices', device, { device_online: false }, {}, /^Invalid Attribute: device_online cannot/],
    ['device', '/devices', device, { name: 'New', agent_id: 'x' }, {}, /agent_id cannot/],
    ['device', '/devices', device, {}, { devicegroup: owner }, /devicegroup cannot/],
    ['development_devicegroup', '/devicegroups', groupId, { region: 'x' }, {}, /region cannot/],
    [
      'development_devicegroup',
      '/devicegroups',
      groupId,
      { name: 'New' },
      { product: owner },
      /product cannot/,
    ],
    ['deployment', '/deployments', build, { sha: 'x' }, {}, /sha cannot/],
    ['deployment', '/deployments', build, { flagged: true }, { flagger: owner }, /flagger cannot/],
    ['webhook', '/webhooks', hook, { event: 'blinkup' }, {}, /event cannot/],
  ]
  for (const [type, path, id, attributes, relationships, expected] of cases) {
    const before = (await demo('GET', `${path}/${id}`)).text
    const refused = await demo('PATCH', `${path}/${id}`, { data: { type, id, attributes, relationships } })
    assert.equal(refused.status, 400)
    assert.match(complaint(refused), expected)
    assert.equal((await demo('GET', `${path}/${id}`)).text, before)
  }
})

test('"`http.agenturl()` has the real length (`https://agent.electricimp.com/` plus 12 characters or more)"', async (t) => {
  const { demo } = await home(t)
  const { attributes } = (await demo('GET', `/devices/${await idOf(demo, '/devices', 'Kitchen')}`)).body.data
  assert.equal(attributes.agent_id.length, 12)
  assert.ok(attributes.agent_url.length >= 'https://agent.electricimp.com/'.length + 12, attributes.agent_url)
})
