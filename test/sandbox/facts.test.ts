/** What `more-facts.md` says of the cloud, a sentence a test: each is quoted where it is checked. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deployment, home, workshop, type Body } from './plainclient.ts'

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
