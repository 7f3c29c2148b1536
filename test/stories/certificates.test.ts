import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { judgeCertificate, type Handshake } from '../../src/commands/fleet/certificate.ts'
import { AUTHORITY, EXPIRED, GOOD, KEY, OTHER } from '../commands/fleet/certificates.ts'
import { openDesk } from './impt.ts'

/** A cloud that knows everybody, behind this certificate. */
async function cloudWith(t: TestContext, cert: string) {
  const seen: string[] = []
  const server: Server = createServer({ key: KEY, cert }, (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.setHeader('content-type', 'application/vnd.api+json')
    response.end(
      JSON.stringify({
        data: { type: 'account', id: 'a', attributes: { username: 'me' }, relationships: {} },
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, seen }
}

test('doctor looks at the certificate of the cloud, and asks nothing of one that is not trusted', async (t) => {
  const desk = await openDesk(t)
  const authority = join(desk.folder, 'authority.pem')
  writeFileSync(authority, AUTHORITY)
  for (const [cert, trusts, code, says] of [
    [GOOD, true, 0, /^ok certificate: that of localhost is valid until 2126-/m],
    [
      GOOD,
      false,
      1,
      /^! certificate: .*signed by "impt test CA", whom this machine does not know.*\n {2}.*NODE_EXTRA_CA_CERTS/m,
    ],
    [OTHER, true, 1, /^! certificate: The certificate is not for localhost but for DNS:other\.example\./m],
    [EXPIRED, true, 1, /^! certificate: The certificate of localhost expired on 2021-01-01\./m],
  ] as const) {
    const cloud = await cloudWith(t, cert)
    const login = { endpoint: `${cloud.url}/v5`, accessToken: 't', expiresAt: '2999-01-01T00:00:00.000Z' }
    const file = join(desk.folder, '.impt.auth')
    writeFileSync(file, JSON.stringify({ ...login, loginKey: null, refreshToken: null }), { mode: 0o600 })
    const env = trusts ? { NODE_EXTRA_CA_CERTS: authority } : {}
    const { code: ended, stdout } = await desk.run(['doctor', '--all'], undefined, env)
    assert.match(stdout, says)
    assert.equal(ended, code, stdout)
    assert.deepEqual(cloud.seen, code === 0 ? ['GET /v5/accounts/me'] : [])
  }
})

test('a certificate that is about to expire is said 14 days before', () => {
  const DAY = 86_400_000
  const now = Date.parse('2026-03-01T12:00:00Z')
  const seen = (days: number): Handshake => {
    return { host: 'api.example', error: null, expires: now + days * DAY, issuer: 'CA', names: '' }
  }
  for (const [days, state, says] of [
    [14, 'ok', /valid until 2026-03-15$/],
    [13.9, 'wrong', /expires in 13 days \(2026-03-15\)/],
    [1.5, 'wrong', /expires in 1 day \(/],
    [0.5, 'wrong', /expires in less than a day/],
  ] as const) {
    const check = judgeCertificate(seen(days), now)
    assert.equal(check.state, state)
    assert.match(check.detail, says)
  }
  assert.equal(judgeCertificate({ ...seen(NaN), expires: NaN }, now).state, 'ok')
})
