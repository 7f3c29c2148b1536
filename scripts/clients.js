// `npm run clients`: drives the sandbox with the official JavaScript client of the API, which shares nothing with ours, three times in a
// row. The client is installed from the registry into a temporary folder; it is no dependency. Without a registry nothing is run, and said.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from './build.js'
import { root } from './ready.js'

const CLIENT = 'imp-central-api@~1.7.0'
const ROUNDS = 3
/** A call of the client, or an event of its stream, that takes longer has failed. */
const PATIENCE_MS = 20_000

const folder = mkdtempSync(join(tmpdir(), 'impt-clients-'))
/** Parts of the client. */
const parts = [
  'auth',
  'accounts',
  'products',
  'deviceGroups',
  'devices',
  'deployments',
  'webhooks',
  'logStreams',
]

const calls = new Map()
let failures = 0

async function main() {
  const missing = install()
  if (missing) {
    console.log(`SKIPPED: the registry does not answer (${missing}); no client was run`)
    return 0
  }
  await build({ ifStale: true })
  const { Api, version } = load()
  const server = await startServer()
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      const before = failures
      const api = recorded(new Api(server.url))
      await drive(api, Api, server, round).catch((error) => fail(`round ${round}`, error))
      console.log(`round ${round}: ${failures === before ? 'no failure' : `${failures - before} failed`}`)
    }
    reportCalls(recorded(new Api(server.url)))
  } finally {
    server.child.kill()
  }
  console.log(
    `imp-central-api ${version}: ${failures === 0 ? 'every call went as the contract says' : `${failures} FAILED`}`,
  )
  return failures === 0 ? 0 : 1
}

/** Installs the client. Returns why the registry cannot be reached, if so; throws for every other failure. */
function install() {
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  const { status, stderr, stdout } = spawnSync(
    'npm',
    ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--fetch-retries=1', CLIENT],
    {
      cwd: folder,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      // `npm run -s` would silence it.
      env: { ...process.env, npm_config_loglevel: 'error' },
    },
  )
  if (status === 0) return undefined
  const unreachable =
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ENOTCACHED/.exec(stderr)
  if (unreachable) return unreachable[0]
  throw new Error(`npm install ${CLIENT} failed:\n${stderr}${stdout}`)
}

function load() {
  const require = createRequire(join(folder, 'package.json'))
  const { version } = JSON.parse(
    readFileSync(join(folder, 'node_modules/imp-central-api/package.json'), 'utf8'),
  )
  return { Api: require('imp-central-api'), version }
}

/** A sandbox of its own, with `admin` for what only a sandbox can do. */
async function startServer() {
  const dir = join(folder, 'sandbox')
  const child = spawn(process.execPath, [join(root, 'dist/impt.cjs'), 'sandbox', 'serve', '--dir', dir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, HOME: folder, IMPT_AUTH_FILE_PATH: folder },
  })
  let url
  for await (const line of createInterface({ input: child.stdout })) {
    ;({ url } = JSON.parse(line))
    break
  }
  if (!url) throw new Error('the sandbox did not start')
  const { adminToken } = JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8'))
  const admin = async (path, body) => {
    const response = await fetch(`${new URL(url).origin}/sandbox${path}`, {
      method: 'POST',
      headers: { 'x-sandbox-token': adminToken },
      body: JSON.stringify(body),
    })
    assert.ok(response.ok, `${path}: ${response.status}`)
    return response.status === 204 ? undefined : (await response.json()).data
  }
  return { child, url, admin }
}

/** The methods of a part of the client, but for its helpers. */
function methodsOf(part) {
  const own = Object.entries(Object.getOwnPropertyDescriptors(Object.getPrototypeOf(part)))
  return own.flatMap(([name, { value }]) =>
    typeof value === 'function' && name !== 'constructor' && !name.startsWith('_') ? [name] : [],
  )
}

/** The client with each call counted and bounded. */
function recorded(api) {
  return Object.fromEntries(
    parts.map((part) => [
      part,
      Object.fromEntries(
        methodsOf(api[part]).map((name) => [
          name,
          (...args) => {
            const key = `${part}.${name}`
            calls.set(key, (calls.get(key) ?? 0) + 1)
            return bounded(api[part][name](...args), key)
          },
        ]),
      ),
    ]),
  )
}

function bounded(promise, what) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what} takes too long`)), PATIENCE_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function fail(what, error) {
  failures++
  console.log(
    `FAILED ${what}: ${error?.stack ?? error}${error?.body ? `\n${JSON.stringify(error.body)}` : ''}`,
  )
}

/** One expectation after the other: one that fails does not keep the others from being tried. */
async function expect(what, act) {
  try {
    await act()
  } catch (error) {
    fail(what, error)
  }
}

/** The call is answered with this status; returns the error of the client. */
async function refused(promise, status, title) {
  const error = await promise.then(
    () => assert.fail(`not refused with ${status}`),
    (reason) => reason,
  )
  assert.equal(error.statusCode, status, error.stack)
  if (title) assert.match(error.message, title)
  return error
}

/** RFC 6238 for a base32 secret. */
function oneTimeCode(secret) {
  const bits = [...secret]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

async function drive(api, Api, { admin }, round) {
  const { DeviceGroups, Devices, Deployments, Products, Webhooks, LogStreams } = Api
  const ids = ({ data }) => data.map(({ id }) => id)
  await login(api)
  await accounts(api, round)

  const product = (await api.products.create({ name: `Client ${round}`, description: 'x' })).data
  const group = (
    await api.deviceGroups.create(product.id, DeviceGroups.TYPE_DEVELOPMENT, {
      name: 'Bench',
      env_vars: { SOME_NAME: 1 },
    })
  ).data

  await expect('products', async () => {
    assert.deepEqual(Object.keys(product.relationships), ['owner', 'creator'])
    assert.ok(
      ids(
        await api.products.list({ [Products.FILTER_OWNER_ID]: product.relationships.owner.id }, 1, 100),
      ).includes(product.id),
    )
    assert.deepEqual((await api.products.get(product.id)).data, product)
    assert.equal(
      (await api.products.update(product.id, { description: 'y' })).data.attributes.description,
      'y',
    )
    await refused(
      api.products.create({ name: product.attributes.name }),
      409,
      /^Duplicate Resource: Products must have unique names/,
    )
    await refused(api.products.delete(product.id), 409, /^Dependent Devicegroups Exist/)
    await refused(api.products.get('none'), 404)
    const owned = (await api.products.create({ name: `Owned ${round}` }, product.relationships.owner.id)).data
    await api.products.delete(owned.id)
  })

  await expect('device groups', async () => {
    const made = [group]
    const make = async (type, attributes = {}, ...targets) => {
      const { data } = await api.deviceGroups.create(
        product.id,
        type,
        { name: type, ...attributes },
        ...targets,
      )
      made.push(data)
      return { type, id: data.id }
    }
    const pre = [
      await make(DeviceGroups.TYPE_PRE_PRODUCTION, { region: 'x' }),
      await make(DeviceGroups.TYPE_PRE_DUT),
    ]
    const real = [await make(DeviceGroups.TYPE_PRODUCTION), await make(DeviceGroups.TYPE_DUT)]
    await make(DeviceGroups.TYPE_PRE_FACTORY_FIXTURE, {}, ...pre)
    const fixture = await make(DeviceGroups.TYPE_FACTORY_FIXTURE, {}, ...real)
    const filters = { [DeviceGroups.FILTER_PRODUCT_ID]: product.id }
    assert.deepEqual(new Set(ids(await api.deviceGroups.list(filters))), new Set(made.map(({ id }) => id)))
    assert.deepEqual(
      ids(await api.deviceGroups.list({ ...filters, [DeviceGroups.FILTER_TYPE]: fixture.type })),
      [fixture.id],
    )
    assert.ok(
      (await api.deviceGroups.list({ [DeviceGroups.FILTER_OWNER_ID]: product.relationships.owner.id }, 1, 2))
        .links.next,
    )
    assert.deepEqual((await api.deviceGroups.get(group.id)).data, group)
    const changed = await api.deviceGroups.update(fixture.id, fixture.type, { name: 'Line' }, ...real)
    assert.deepEqual(changed.data.relationships.production_target, real[0])
    const blessing = await api.deviceGroups.update(real[0].id, real[0].type, {
      load_code_after_blessing: false,
    })
    assert.equal(blessing.data.attributes.load_code_after_blessing, false)
    await refused(api.deviceGroups.delete(real[1].id), 409)
    await refused(api.deviceGroups.update(group.id, DeviceGroups.TYPE_PRODUCTION, { name: 'x' }), 400)
    for (const { id } of made.slice(1).reverse()) await api.deviceGroups.delete(id)
  })

  const code = {
    device_code: 'server.log("from the device")\n',
    agent_code: 'server.log("from the agent")\n',
  }
  const deploy = async (more = {}) =>
    (await api.deployments.create(group.id, group.type, { ...code, ...more })).data

  await expect('deployments', async () => {
    const first = await deploy({ description: 'd', origin: 'o', tags: ['t1', 't2'], flagged: true })
    const second = await deploy({ device_code: '' })
    const { owner, creator, flagger } = first.relationships
    for (const filters of [
      { [Deployments.FILTER_OWNER_ID]: owner.id },
      { [Deployments.FILTER_CREATOR_ID]: creator.id },
      { [Deployments.FILTER_PRODUCT_ID]: product.id },
      { [Deployments.FILTER_DEVICE_GROUP_ID]: group.id },
      { [Deployments.FILTER_SHA]: first.attributes.sha },
      { [Deployments.FILTER_FLAGGED]: true },
      { [Deployments.FILTER_FLAGGER_ID]: flagger.id },
      { [Deployments.FILTER_TAGS]: ['t1', 't2'] },
    ])
      assert.ok(ids(await api.deployments.list(filters, 1, 100)).includes(first.id), JSON.stringify(filters))
    assert.deepEqual((await api.deployments.get(first.id)).data, first)
    await refused(api.deployments.delete(first.id), 409, /^Resource Flagged/)
    const plain = await api.deployments.update(first.id, { flagged: false, tags: [], description: 'e' })
    assert.deepEqual([plain.data.attributes.flagged, plain.data.attributes.tags], [false, []])
    await api.deviceGroups.updateMinSupportedDeployment(group.id, second.id)
    assert.equal(
      (await api.deviceGroups.get(group.id)).data.relationships.min_supported_deployment.id,
      second.id,
    )
    await api.deployments.delete(first.id)
    await refused(api.deployments.delete(second.id), 409)
    const wrong = await refused(deploy({ device_code: 'server.log(\n' }), 400, /^Compilation Error/)
    const [finding] = wrong.body.errors[0].meta
    assert.deepEqual(
      [finding.file, finding.type, typeof finding.row, typeof finding.column],
      ['device_code', 'error', 'number', 'number'],
    )
  })

  const { id: device, attributes: facts } = await admin('/devices', { name: `Device ${round}` })

  await expect('devices', async () => {
    for (const id of [device, facts.mac_address, facts.agent_id])
      assert.equal((await api.devices.get(id)).data.id, device)
    assert.equal((await api.devices.update(device, { name: 'Renamed' })).data.attributes.name, 'Renamed')
    assert.equal((await api.devices.update(device, { name: null })).data.attributes.name, null)
    assert.ok(
      ids(await api.devices.list({ [Devices.FILTER_DEVICE_GROUP_OWNER_ID]: 'null' }, 1, 100)).includes(
        device,
      ),
    )
    const other = (await admin('/devices', {})).id
    await api.deviceGroups.addDevices(group.id, device, other)
    for (const filters of [
      { [Devices.FILTER_OWNER_ID]: product.relationships.owner.id },
      { [Devices.FILTER_PRODUCT_ID]: product.id },
      { [Devices.FILTER_DEVICE_GROUP_ID]: group.id },
      { [Devices.FILTER_DEVICE_GROUP_OWNER_ID]: product.relationships.owner.id },
      { [Devices.FILTER_DEVICE_GROUP_TYPE]: group.type },
    ])
      assert.ok(ids(await api.devices.list(filters, 1, 100)).includes(device), JSON.stringify(filters))
    const half = await refused(api.deviceGroups.removeDevices(group.id, null, other, 'none'), 400)
    assert.deepEqual(
      half.body.errors.map(({ status }) => status),
      ['404'],
    )
    await refused(api.deviceGroups.removeDevices(group.id, null, other), 400)
    await refused(api.devices.delete(device), 409)
    await api.devices.delete(other)
    await refused(api.devices.get(other), 404)
    await api.devices.restart(device)
    await api.devices.conditionalRestart(device)
    await api.deviceGroups.restartDevices(group.id)
    await api.deviceGroups.conditionalRestartDevices(group.id)
    await refused(api.deviceGroups.delete(group.id), 409, /^Dependent Devices Exist/)
  })

  for (const format of [LogStreams.FORMAT_JSON, LogStreams.FORMAT_TEXT])
    await expect(`log stream, ${format}`, () => logStream(api, format, device, admin))

  await expect('a second log stream closes the first', async () => {
    const heard = listener()
    await api.logStreams.create(heard.message, heard.state, () => undefined, LogStreams.FORMAT_TEXT)
    const second = await api.logStreams.create(() => undefined)
    await heard.until(({ states }) => states.includes('closed'))
    await api.logStreams.close(second.data.id)
  })

  await expect('webhooks', async () => {
    const attributes = {
      url: 'https://example.com/hook',
      event: Webhooks.EVENT_DEPLOYMENT,
      content_type: Webhooks.CONTENT_TYPE_JSON,
    }
    const { data: hook } = await api.webhooks.create(group.id, group.type, attributes)
    assert.deepEqual(ids(await api.webhooks.list({ [Webhooks.FILTER_DEVICE_GROUP_ID]: group.id })), [hook.id])
    assert.deepEqual((await api.webhooks.get(hook.id)).data, hook)
    const changed = await api.webhooks.update(hook.id, {
      url: 'https://example.com/2',
      content_type: Webhooks.CONTENT_TYPE_WWW_FORM,
    })
    assert.equal(changed.data.attributes.url, 'https://example.com/2')
    await refused(
      api.webhooks.update(hook.id, { url: 'nonsense' }),
      400,
      /^Invalid URL: The provided URL is invalid/,
    )
    await api.webhooks.delete(hook.id)
    await refused(api.webhooks.get(hook.id), 404)
  })

  await expect('production devices', async () => {
    const field = (await api.deviceGroups.list({ [DeviceGroups.FILTER_TYPE]: DeviceGroups.TYPE_PRODUCTION }))
      .data[0]
    const blessed = (await admin('/devices', {})).id
    await admin(`/devices/${blessed}/bless`, { devicegroup: field.id })
    await refused(api.deviceGroups.removeDevices(field.id, null, blessed), 403)
    await refused(api.devices.delete(blessed), 409)
    await api.deviceGroups.removeDevices(field.id, 'demo-unbond-key', blessed)
    await api.devices.delete(blessed)
  })

  await expect('the end of all', async () => {
    await api.deviceGroups.removeDevices(group.id, null, device)
    await api.devices.delete(device)
    await api.deviceGroups.delete(group.id)
    await api.products.delete(product.id)
    await refused(api.products.get(product.id), 404)
  })
}

async function login(api) {
  await expect('auth', async () => {
    await refused(api.auth.login('demo', 'wrong'), 401, /^Invalid Credentials/)
    const first = await api.auth.login('demo@example.com', 'demo-password')
    assert.equal(first.expires_in, 3600)
    const renewed = await api.auth.refreshAccessToken(first.refresh_token)
    assert.ok(renewed.access_token && !renewed.refresh_token)
    assert.ok((await api.auth.getAccessToken('de30de30de30de30')).access_token)
    const tokens = (await api.auth.getRefreshTokens()).data
    await api.auth.deleteRefreshToken(tokens.at(-1).id)
    await refused(api.auth.refreshAccessToken(first.refresh_token), 404)
    const step = await refused(api.auth.login('mfa', 'mfa-password'), 403)
    assert.equal(step.body.errors[0].code, 'PX200')
    const { login_token: token } = step.body.errors[0].meta
    assert.ok((await api.auth.loginWithOTP(oneTimeCode('JBSWY3DPEHPK3PXP'), token)).access_token)
  })
  await api.auth.login('demo', 'demo-password')
}

async function accounts(api, round) {
  await expect('accounts and login keys', async () => {
    const { data: me } = await api.accounts.get('me')
    assert.equal(me.attributes.username, 'demo')
    assert.deepEqual((await api.accounts.get(me.id)).data, me)
    assert.ok((await api.accounts.list(1, 50)).data.some(({ id }) => id === me.id))
    await refused(api.accounts.createLoginKey('wrong', {}), 403)
    const { data: key } = await api.accounts.createLoginKey('demo-password', { description: `Key ${round}` })
    assert.ok((await api.accounts.listLoginKeys()).data.some(({ id }) => id === key.id))
    assert.deepEqual((await api.accounts.getLoginKey(key.id)).data, key)
    const changed = await api.accounts.updateLoginKey(key.id, 'demo-password', { description: 'other' })
    assert.equal(changed.data.attributes.description, 'other')
    await api.accounts.deleteLoginKey(key.id, 'demo-password')
    await refused(api.accounts.getLoginKey(key.id), 404)
  })
}

/** What a stream told, and a way to wait for something in it. */
function listener() {
  const told = { messages: [], states: [] }
  let look = () => undefined
  const note = (list) => (text) => {
    list.push(text)
    look()
  }
  const until = (holds) =>
    bounded(
      new Promise((resolve) => {
        look = () => holds(told) && resolve()
        look()
      }),
      `waiting for ${holds}; told ${JSON.stringify(told)}`,
    )
  return { told, message: note(told.messages), state: note(told.states), until }
}

/** Adds a device as soon as the client lets one, and compares what comes with the stored log. */
async function logStream(api, format, device, admin) {
  const { told, message, state, until } = listener()
  const lost = []
  const { data } = await api.logStreams.create(message, state, (error) => lost.push(error), format)
  const text = (word) =>
    format === 'json' ? JSON.stringify({ state: word, device_id: device }) : `${word} ${device}`
  await api.logStreams.addDevice(data.id, device)
  await until(({ states }) => states.includes(text('subscribed')))
  assert.equal(told.states[0], format === 'json' ? '{"state":"opened"}' : 'opened')
  for (let i = 0; i < 20; i++)
    await admin(`/devices/${device}/log`, { type: 'agent.log', msg: `line ${i}\nand more` })
  await until(({ messages }) => messages.some((each) => each.includes('line 19')))
  const stored = (await api.devices.getLogs(device, 1, 100)).data
    .filter(({ msg }) => msg.startsWith('line '))
    .slice(0, 20)
    .reverse()
  const wanted = stored.map(({ ts, type, msg }) =>
    format === 'json'
      ? JSON.stringify({ device_id: device, ts, type, msg })
      : `${device} ${ts} development ${type} ${msg}`,
  )
  assert.deepEqual(
    told.messages.filter((each) => each.includes('line ')),
    wanted,
  )
  await api.logStreams.removeDevice(data.id, device)
  await until(({ states }) => states.includes(text('unsubscribed')))
  assert.deepEqual(lost, [])
  await api.logStreams.close(data.id)
}

/** Each method of the client with the number of its calls; one that was never called is a failure. */
function reportCalls(api) {
  console.log(`\n${'call'.padEnd(44)} times`)
  for (const part of parts)
    for (const name of Object.keys(api[part])) {
      const key = `${part}.${name}`
      const count = calls.get(key) ?? 0
      console.log(`${key.padEnd(44)} ${String(count).padStart(5)}`)
      if (count < ROUNDS) fail(key, `was called ${count} times`)
    }
  console.log('\nNot in this client: capabilities, device history, libraries, enrolment.')
}

process.exitCode = await main().finally(() => rmSync(folder, { recursive: true, force: true }))
// The client keeps its connections.
process.exit()
