/**
 * The first contents of a sandbox: accounts that anybody may know, and a small fleet of the demo account.
 *
 * | user | e-mail | password | what for |
 * | --- | --- | --- | --- |
 * | demo | demo@example.com | demo-password | the demo account, with production rights |
 * | mfa | mfa@example.com | mfa-password | two-factor login, codes of `mfaSecret` (RFC 6238) |
 * | partner | partner@example.com | partner-password | shares its product with demo as a developer; supports demo |
 */
import { newDevice, record } from './enrolment.ts'
import { demoLoginKey, demoUser, mfaSecret } from './known.ts'
import {
  groupRef,
  type Account,
  type Device,
  type DeviceGroup,
  type DeviceGroupType,
  type Product,
} from './model.ts'
import { agentId, hex, seededBytes, uuid } from './random.ts'
import { codeHash } from './routes/deployments.ts'
import { iso } from './resources.ts'
import type { Store } from './store.ts'

const minute = 60_000
const day = 24 * 60 * minute

/** What hashPassword makes of the passwords with the salts below, which are the same in each store: it takes 3 ms each, in every start of a fresh sandbox. */
const PASSWORDS = {
  demo: '48cd2773cdf5f7e4271ebfe788ff205a5042aa597f3a3dc8a8552bb5211a6e1c',
  mfa: '6d1411db156e95e241ef05d8462ae7c08e7afedc470e231cb96d9f2211eae29c',
  partner: '6d7520f4590b54ea365c5ec1317896fe7d50eb0b4cceceb66a9c2d99179721ad',
} as const

/** Fills a fresh store and returns the demo account. The same ids come out each time, so that scripts may name them. */
export function seedDemo(store: Store, now: number): Account {
  const bytes = seededBytes(2017)
  const start = now - 30 * day
  const account = (name: keyof typeof PASSWORDS, more: Partial<Account>): Account =>
    store.accounts.insert({
      id: uuid(bytes),
      seq: store.nextSeq(),
      username: name,
      email: `${name}@example.com`,
      tier: 'free',
      password: `${Buffer.from(bytes(8)).toString('hex')}:${PASSWORDS[name]}`,
      otpSecret: null,
      production: false,
      unbondKey: `${name}-unbond-key`,
      blinkupKey: `${name}-blinkup-key`,
      created: start,
      ...more,
    })
  const demo = account(demoUser, { tier: 'enterprise', production: true })
  const mfa = account('mfa', { otpSecret: mfaSecret })
  const partner = account('partner', {})
  const collaborate = (owner: Account, member: Account, role: 'developer' | 'support') =>
    store.collaborations.insert({
      id: uuid(bytes),
      seq: store.nextSeq(),
      owner: owner.id,
      member: member.id,
      role,
    })
  collaborate(partner, demo, 'developer')
  collaborate(demo, partner, 'support')
  const stamps = { created: start, updated: start }
  store.loginKeys.insert({
    id: demoLoginKey,
    seq: store.nextSeq(),
    account: demo.id,
    description: 'Demo login key',
    usages: 0,
    lastUsed: null,
    ...stamps,
  })

  const product = (owner: Account, name: string, description: string): Product =>
    store.products.insert({
      id: uuid(bytes),
      seq: store.nextSeq(),
      owner: owner.id,
      creator: owner.id,
      name,
      description,
      ...stamps,
    })
  const group = (
    home: Product,
    type: DeviceGroupType,
    name: string,
    targets: { productionTarget?: string; dutTarget?: string } = {},
  ): DeviceGroup =>
    store.groups.insert({
      id: uuid(bytes),
      seq: store.nextSeq(),
      type,
      owner: home.owner,
      creator: home.owner,
      product: home.id,
      name,
      description: null,
      region: null,
      loadCodeAfterBlessing: /production/.test(type) ? true : null,
      envVars: {},
      currentDeployment: null,
      minDeployment: null,
      productionTarget: null,
      dutTarget: null,
      ...stamps,
      ...targets,
    })
  let builds = 0
  const deploy = (home: DeviceGroup, description: string, deviceCode: string, agentCode: string) => {
    // Scripts find the newest build of a group by its time: no two have the same.
    const created = start + builds++ * minute
    const deployment = store.deployments.insert({
      id: uuid(bytes),
      seq: store.nextSeq(),
      owner: home.owner,
      creator: home.owner,
      product: home.product,
      group: { id: home.id, type: home.type },
      groupType: home.type,
      sha: codeHash(deviceCode, agentCode),
      deviceCode,
      agentCode,
      description,
      origin: null,
      flagged: false,
      flagger: null,
      tags: ['v1.0'],
      created,
      updated: created,
    })
    const minDeployment = home.minDeployment ?? deployment.id
    store.groups.update(home, { currentDeployment: deployment.id, minDeployment })
  }
  let devices = 0
  const device = (
    owner: Account,
    name: string | null,
    impType: string,
    home: DeviceGroup | null,
    online: boolean,
  ) => {
    devices++
    const since = now - devices * minute
    const deployment = home?.currentDeployment ?? null
    const made: Device = store.devices.insert({
      ...newDevice(store, bytes, owner.id, impType),
      name,
      group: home && groupRef(home),
      ip: `203.0.113.${devices}`,
      rssi: online ? -50 - devices : null,
      freeMemory: online ? 84_000 - 100 * devices : null,
      planId: hex(bytes, 16),
      lastEnrolled: now - 7 * day,
      online,
      onlineChanged: since,
      connected: online,
      agentId: agentId(bytes),
      agentRunning: deployment !== null,
      agentChanged: since,
      deviceDeployment: deployment,
      agentDeployment: deployment,
    })
    const actor = { ownerId: owner.id, actorId: owner.id }
    const core = { store, random: bytes }
    record(core, { device: made.id, time: now - 7 * day, event: 'enrolled', ...actor })
    if (home?.type === 'production_devicegroup')
      record(core, { device: made.id, time: now - 6 * day, event: 'blessed', ...actor })
    if (!online || deployment === null) return
    const messages = [
      'Agent restarted: reload.',
      'Downloading new code; 0.12% program storage used',
      'Device connected',
    ]
    messages.forEach((msg, i) => store.logs.add(made.id, { ts: iso(since + i * 1000), type: 'status', msg }))
  }

  const thermostat = product(demo, 'Thermostat', 'A room thermostat, from bench to field')
  const bench = group(thermostat, 'development_devicegroup', 'Thermostat Development')
  deploy(
    bench,
    'First steps',
    'server.log("Hello from the device")\n',
    'server.log("Hello from the agent")\n',
  )
  deploy(
    bench,
    'Measure once a minute',
    'function measure() {\n  agent.send("reading", hardware.millis())\n  imp.wakeup(60, measure)\n}\nmeasure()\n',
    'device.on("reading", @(value) server.log("reading " + value))\n',
  )
  const field = group(thermostat, 'production_devicegroup', 'Thermostat Field')
  deploy(field, 'Release 1', 'server.log("Release 1")\n', 'server.log("Release 1")\n')
  const dut = group(thermostat, 'dut_devicegroup', 'Thermostat Under Test')
  const targets = { productionTarget: field.id, dutTarget: dut.id }
  const line = group(thermostat, 'factoryfixture_devicegroup', 'Thermostat Factory Line', targets)
  deploy(line, 'Line fixture', 'server.log("Fixture ready")\n', 'server.log("Fixture ready")\n')
  const pump = product(demo, 'Water Pump', 'A pump with a remote switch')
  const lab = group(pump, 'development_devicegroup', 'Pump Lab')
  group(pump, 'pre_production_devicegroup', 'Pump Pilot')

  // One of each type is online.
  device(demo, 'Living Room', 'imp006', bench, true)
  device(demo, 'Kitchen', 'imp005', bench, true)
  device(demo, 'Cellar', 'imp003', bench, false)
  device(demo, 'Pump Prototype', 'imp004m', lab, true)
  device(demo, 'Customer 1', 'impC001', field, true)
  device(demo, 'Line 1 Fixture', 'imp003', line, true)
  device(demo, 'Spare', 'imp001', null, false)
  device(demo, null, 'imp003', null, true)

  const shared = product(partner, 'Shared Sensor', 'A product of the partner, on which demo works too')
  const sharedGroup = group(shared, 'development_devicegroup', 'Sensor Development')
  deploy(sharedGroup, 'Partner build', 'server.log("sensor")\n', 'server.log("sensor agent")\n')
  device(partner, 'Partner Sensor', 'imp001', sharedGroup, true)

  const secured = product(mfa, 'Secured Product', 'Behind a two-factor login')
  group(secured, 'development_devicegroup', 'Secured Development')
  return demo
}
