/** Fleets of any size, the same for the same seed. */
import { isObject } from './body.ts'
import { newDevice } from './enrolment.ts'
import { invalid } from './errors.ts'
import { groupRef, type Account, type DeviceGroup } from './model.ts'
import { agentId, below, hex, seededBytes, uuid } from './random.ts'
import { codeHash } from './routes/deployments.ts'
import type { Store } from './store.ts'

export type Fleet = { products: number; groups: number; devices: number; seed: number }

const most = { products: 10_000, groups: 100_000, devices: 1_000_000 }
const impTypes = ['imp001', 'imp003', 'imp004m', 'imp005', 'imp006', 'impC001']

/** Reads numbers of products, groups and devices (groups need a product, all else may be 0). Throws 400. */
export function readFleet(value: unknown): Fleet {
  if (!isObject(value)) throw invalid('Invalid Fleet', 'fleet must be an object.')
  const read = (name: keyof typeof most) => {
    const number = value[name] ?? 0
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= most[name])
      return number
    throw invalid('Invalid Fleet', `${name} must be a whole number from 0 to ${most[name]}.`)
  }
  const { seed = 1 } = value
  if (typeof seed !== 'number') throw invalid('Invalid Fleet', 'seed must be a number.')
  const fleet = { products: read('products'), groups: read('groups'), devices: read('devices'), seed }
  if (fleet.groups > 0 && fleet.products === 0) throw invalid('Invalid Fleet', 'Groups need a product.')
  return fleet
}

/**
 * Adds the fleet to the account: development groups with one deployment each, devices spread over them; one device in
 * ten is unassigned, one in five offline. Names count on from what is there.
 */
export function seedFleet(store: Store, now: number, account: Account, fleet: Fleet): void {
  const bytes = seededBytes(fleet.seed)
  const unused = (has: (id: string) => unknown) => {
    let id = uuid(bytes)
    while (has(id)) id = uuid(bytes)
    return id
  }
  const stamps = { owner: account.id, creator: account.id, created: now, updated: now }
  const freeName = (stem: string, taken: (name: string) => unknown, from: number) => {
    let number = from
    while (taken(`${stem} ${number}`)) number++
    return `${stem} ${number}`
  }
  const products = Array.from({ length: fleet.products }, (_, i) => {
    const name = freeName('Fleet Product', (text) => store.products.find(`${account.id} ${text}`), i + 1)
    const id = unused((text) => store.products.get(text))
    return store.products.insert({ id, seq: store.nextSeq(), name, description: null, ...stamps })
  })
  const groups = Array.from({ length: fleet.groups }, (_, i): DeviceGroup => {
    const product = products[i % products.length]!
    const group = store.groups.insert({
      id: unused((text) => store.groups.get(text)),
      seq: store.nextSeq(),
      type: 'development_devicegroup',
      product: product.id,
      name: freeName('Fleet Group', (text) => store.groups.find(`${product.id} ${text}`), i + 1),
      description: null,
      region: null,
      loadCodeAfterBlessing: null,
      envVars: {},
      currentDeployment: null,
      minDeployment: null,
      productionTarget: null,
      dutTarget: null,
      ...stamps,
    })
    const deviceCode = `server.log("device of group ${i + 1}")\n`
    const agentCode = `server.log("agent of group ${i + 1}")\n`
    const deployment = store.deployments.insert({
      id: unused((text) => store.deployments.get(text)),
      seq: store.nextSeq(),
      product: product.id,
      group: { id: group.id, type: group.type },
      groupType: group.type,
      sha: codeHash(deviceCode, agentCode),
      deviceCode,
      agentCode,
      description: `Build of group ${i + 1}`,
      origin: null,
      flagged: false,
      flagger: null,
      tags: ['v1.0'],
      ...stamps,
    })
    return store.groups.update(group, { currentDeployment: deployment.id, minDeployment: deployment.id })
  })
  for (let i = 0; i < fleet.devices; i++) {
    const impType = impTypes[below(bytes, impTypes.length)]!
    const group = below(bytes, 10) === 0 ? undefined : groups[i % Math.max(1, groups.length)]
    const online = below(bytes, 5) > 0
    const since = now - below(bytes, 30 * 86_400_000)
    const deployment = group?.currentDeployment ?? null
    let agent = agentId(bytes)
    while (store.devices.find(agent)) agent = agentId(bytes)
    store.devices.insert({
      ...newDevice(store, bytes, account.id, impType),
      name: `Fleet Device ${i + 1}`,
      group: group ? groupRef(group) : null,
      ip: `198.51.100.${below(bytes, 254) + 1}`,
      rssi: -40 - below(bytes, 45),
      freeMemory: 60_000 + below(bytes, 40_000),
      planId: hex(bytes, 16),
      lastEnrolled: since,
      online,
      onlineChanged: since,
      connected: online,
      agentId: agent,
      agentRunning: deployment !== null,
      agentChanged: since,
      deviceDeployment: deployment,
      agentDeployment: deployment,
    })
  }
}
