/** impcentral-api.md 2.4: pages, links and filters, against a naive model. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Device } from '../../src/sandbox/model.ts'
import { home, type Body } from './plainclient.ts'
import { fc } from '../properties.ts'

const fleet = { products: 3, groups: 7, devices: 250, seed: 5 }

test('a page has 20 by default and at most 100, and next leads through all to the end', async (t) => {
  const { demo, url, sandbox } = await home(t, { fleet })
  const first = await demo('GET', '/devices')
  assert.equal(first.body.data.length, 20)
  assert.equal(first.body.links.first, `${url}/devices?page[number]=1&page[size]=20`)
  assert.equal('prev' in first.body.links, false)
  const ids: string[] = []
  let next: string | undefined = `${url}/devices?page[size]=100`
  while (next) {
    const { body } = await demo('GET', next)
    ids.push(...body.data.map((row: Body) => row.id as string))
    next = body.links.next
  }
  assert.deepEqual(
    ids,
    sandbox.store.devices.all().map((device) => device.id),
  )
  const past = await demo('GET', '/devices?page[number]=99')
  assert.deepEqual([past.status, past.body.data, past.body.links.next], [200, [], undefined])
  for (const query of ['page[size]=0', 'page[size]=x', 'page[number]=0', 'page[number]=-1', 'page[size]='])
    assert.equal((await demo('GET', `/devices?${query}`)).status, 400, query)
})

test('the last link can be switched off, and links keep the filters', async (t) => {
  const { demo, sandbox } = await home(t, { fleet })
  const query = '/devices?filter[devicegroup.type]=development_devicegroup&page[size]=7&page[number]=2'
  const { links } = (await demo('GET', query)).body
  for (const name of ['self', 'first', 'prev', 'next', 'last'])
    assert.equal(
      new URL(links[name]).searchParams.get('filter[devicegroup.type]'),
      'development_devicegroup',
      name,
    )
  sandbox.switches.lastLink = false
  assert.equal('last' in (await demo('GET', query)).body.links, false)
})

test('every combination of filters and pages gives what a plain scan gives', async (t) => {
  const { demo, sandbox } = await home(t, { fleet })
  const { store } = sandbox
  const demoId = store.accounts.find('demo')!.id
  const owners = store.accounts.all().map((row) => row.id)
  const tests: Record<string, (device: Device, value: string) => boolean> = {
    'owner.id': (device, value) => device.owner === value,
    'account.id': (device, value) => device.owner === value,
    'product.id': (device, value) => device.group?.product === value,
    'devicegroup.id': (device, value) => device.group?.id === value,
    'devicegroup.owner.id': (device, value) =>
      value === 'null' ? device.group === null : device.group?.owner === value,
    'devicegroup.type': (device, value) => device.group?.type === value,
  }
  const pick = (values: string[]) =>
    fc.option(fc.constantFrom(...values, 'unknown'), { nil: undefined, freq: 2 })
  const filters = fc.record({
    'owner.id': pick(owners),
    'account.id': pick([demoId]),
    'product.id': pick(store.products.all().map((row) => row.id)),
    'devicegroup.id': pick(store.groups.all().map((row) => row.id)),
    'devicegroup.owner.id': pick([...owners, 'null', 'null']),
    'devicegroup.type': pick(['development_devicegroup', 'production_devicegroup', 'dut_devicegroup']),
  })
  const page = fc.record({ number: fc.integer({ min: 1, max: 6 }), size: fc.integer({ min: 1, max: 100 }) })
  const change = fc.option(fc.nat(fleet.devices - 1), { nil: undefined, freq: 3 })
  await fc.assert(
    fc.asyncProperty(filters, page, change, async (chosen, { number, size }, moved) => {
      if (moved !== undefined) {
        const device = store.devices.all()[moved]!
        sandbox.core.platform.unassign(device)
        const groups = store.groups.where('owner', device.owner)
        if (moved % 2 === 0) sandbox.core.platform.assign(device, groups[moved % groups.length]!)
      }
      const query = new URLSearchParams({ 'page[number]': String(number), 'page[size]': String(size) })
      for (const [name, value] of Object.entries(chosen))
        if (value !== undefined) query.set(`filter[${name}]`, value)
      const wanted = store.devices
        .all()
        .filter((device) => visible(device, demoId))
        .filter((device) =>
          Object.entries(chosen).every(([name, value]) => value === undefined || tests[name]!(device, value)),
        )
      const { body } = await demo('GET', `/devices?${query.toString()}`)
      const expected = wanted.slice((number - 1) * size, number * size).map((device) => device.id)
      assert.deepEqual(
        body.data.map((row: Body) => row.id),
        expected,
      )
      assert.equal('next' in body.links, wanted.length > number * size)
    }),
    { numRuns: 150 },
  )
  /** Demo sees its own devices, and the partner's as a developer: development and unassigned ones. */
  function visible(device: Device, me: string): boolean {
    if (device.owner === me) return true
    const isPartner = device.owner === store.accounts.find('partner')!.id
    return isPartner && (device.group === null || device.group.type === 'development_devicegroup')
  }
})

test('unknown filters are refused', async (t) => {
  const { demo } = await home(t)
  for (const path of ['/products', '/devicegroups', '/devices', '/deployments', '/webhooks'])
    assert.equal((await demo('GET', `${path}?filter[nothing]=x`)).status, 400, path)
})

test('libraries come with their versions, newest first', async (t) => {
  const { demo } = await home(t)
  const { body } = await demo('GET', '/libraries?page[size]=2')
  const [library] = body.data
  assert.equal(library.type, 'library')
  assert.equal(library.relationships.versions[0].id, `${library.attributes.name}:4.0.0`)
  assert.ok(body.links.next)
})
