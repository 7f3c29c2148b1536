/** A sandbox is for the user who started it; others need a secret that only that user can read. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { endianness } from 'node:os'
import { test } from 'node:test'
import { findPeer, peerOf, tellsPeers } from '../../src/sandbox/peer.ts'
import { demoBlinkUpKey, demoLoginKey, demoPassword } from '../../src/sandbox/known.ts'
import { home, idOf } from './plainclient.ts'

/** Lines as Linux writes them on a little-endian machine (proc(5)). */
const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n'
const entry = (local: string, remote: string, user: number, inode: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000 ${String(user).padStart(5)}        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`
const ends = {
  remoteAddress: '127.0.0.1',
  remotePort: 0xc001,
  localAddress: '127.0.0.1',
  localPort: 0x1f90,
}
const client = '0100007F:C001'
const server = '0100007F:1F90'
const mapped = '0000000000000000FFFF0000'

test(
  'the table of connections tells whose the other end is, and a socket that is gone is nobody’s',
  { skip: endianness() === 'BE' && 'the recorded table is of a little-endian machine' },
  () => {
    const peer = (tcp: string, tcp6 = '', own: number | undefined = 1000) =>
      findPeer(ends, (name) => head + (name === 'tcp' ? tcp : tcp6), own)
    const ours = entry(server, client, 1000, 7)
    assert.equal(peer(ours + entry(client, server, 1000, 8)), 'owner')
    assert.equal(peer(ours + entry(client, server, 0, 8)), 'owner', 'the administrator')
    assert.equal(peer(ours + entry(client, server, 1001, 8)), 'stranger')
    assert.equal(peer(ours + entry(client, server, 1000, 8), '', 0), 'stranger', 'of the administrator')
    assert.equal(peer(ours + entry(client, server, 0, 0)), 'unknown', 'closed: its user shows as 0')
    assert.equal(peer(ours), 'unknown')
    assert.equal(peer(''), 'unknown')
    assert.equal(
      peer(ours, entry(mapped + client, mapped + server, 1001, 8)),
      'stranger',
      'of the other family',
    )
    assert.equal(
      findPeer(ends, () => '', undefined),
      'unknown',
    )
    assert.equal(peer(entry(client, `0100007F:1F91`, 1000, 8)), 'unknown', 'to another port')
  },
)

test(
  'a connection of this process is its own',
  { skip: !tellsPeers() && 'this system does not tell' },
  async (t) => {
    const listener = createServer()
    t.after(() => listener.close())
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const accepted = new Promise<Parameters<typeof peerOf>[0]>((resolve) =>
      listener.once('connection', resolve),
    )
    const socket = connect((listener.address() as AddressInfo).port, '127.0.0.1')
    t.after(() => socket.destroy())
    assert.equal(peerOf(await accepted), 'owner')
  },
)

const wayIn = {
  password: { path: '/auth', body: { id: 'demo', password: demoPassword }, headers: {} },
  'two-factor password': { path: '/auth', body: { id: 'mfa', password: 'mfa-password' }, headers: {} },
  'login key': { path: '/auth/token', body: { key: demoLoginKey }, headers: {} },
  'BlinkUp key': {
    path: '/enroll',
    body: { type: 'production_token' },
    headers: { authorization: `Basic ${Buffer.from(demoBlinkUpKey).toString('base64')}` },
  },
}

/** Sends a request as another user of this machine; needs the rights of the administrator. */
async function asNobody(url: string, path: string, body: object | undefined, headers: object) {
  const options = { method: body ? 'POST' : 'GET', headers, ...(body ? { body: JSON.stringify(body) } : {}) }
  const code = `fetch(${JSON.stringify(url + path)}, ${JSON.stringify(options)})
    .then(async (r) => console.log(JSON.stringify([r.status, await r.text()])))`
  const child = spawn(process.execPath, ['-e', code], { uid: 65534, gid: 65534, cwd: '/' })
  let out = ''
  child.stdout.on('data', (text) => (out += text))
  child.stderr.pipe(process.stderr)
  await new Promise((resolve) => child.on('close', resolve))
  const [status, text] = JSON.parse(out) as [number, string]
  return { status, text }
}

const canBeOthers =
  (process.getuid?.() !== 0 && 'needs the administrator, to be another user') ||
  (!tellsPeers() && 'this system does not tell who connects')

test(
  'another user of this machine gets in nowhere with what everybody knows',
  { skip: canBeOthers },
  async (t) => {
    const { sandbox, url, nobody, demo } = await home(t)
    for (const [name, { path, body, headers }] of Object.entries(wayIn)) {
      const { status, text } = await asNobody(url, path, body, headers)
      assert.equal(status, 403, name)
      assert.match(text, /This sandbox is for the user who started it.*serve --open/, name)
      assert.notEqual(text.includes('PX200'), true, 'nor learns that the password is right')
      const own = await nobody('POST', path, body, headers)
      assert.ok(own.status < 300 || own.body.errors[0].code === 'PX200', `${name}: ${own.text}`)
    }
    const kitchen = (await demo('GET', `/devices/${await idOf(demo, '/devices', 'Kitchen')}`)).body.data
    const agents = new URL(kitchen.attributes.agent_url)
    assert.equal((await asNobody(agents.origin, agents.pathname, undefined, {})).status, 403)
    const secret = await asNobody(url, '/auth', { id: 'demo', password: sandbox.password }, {})
    assert.equal(secret.status, 200, 'who was given the secret is welcome')
    const { access_token: token } = JSON.parse(secret.text) as { access_token: string }
    const list = await asNobody(url, '/products', undefined, { authorization: `Bearer ${token}` })
    assert.equal(list.status, 200)
  },
)

test('an open sandbox lets others in', { skip: canBeOthers }, async (t) => {
  const { url } = await home(t, { open: true })
  for (const { path, body, headers } of Object.values(wayIn))
    assert.doesNotMatch((await asNobody(url, path, body, headers)).text, /started it/)
})

test('the secret password is one for every account, and of no use where it is guessed', async (t) => {
  const { sandbox, nobody } = await home(t)
  assert.match(sandbox.password, /^[0-9a-f]{32}$/)
  const login = async (id: string, password: string) =>
    (await nobody('POST', '/auth', { id, password })).status
  assert.equal(await login('demo', sandbox.password), 200)
  assert.equal(await login('partner', sandbox.password), 200)
  assert.equal(await login('nobody', sandbox.password), 401)
  assert.equal(await login('demo', sandbox.password.slice(1)), 401)
})

test('the table of this system has the form that is read', { skip: !tellsPeers() && 'there is none' }, () => {
  assert.match(
    readFileSync('/proc/net/tcp', 'latin1'),
    /^ +sl +local_address +rem_address +st .* uid +timeout +inode/,
  )
})
