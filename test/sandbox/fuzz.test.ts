/** Whatever a client sends, the sandbox answers with a proper status and JSON:API errors, and never breaks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientOf, home, type Body } from './plainclient.ts'
import { fc } from '../properties.ts'

test('odd bodies and ids never give a server error', { timeout: 600_000 }, async (t) => {
  const { sandbox, url } = await home(t)
  const { store } = sandbox
  const own = [
    'me',
    'none',
    '-_x',
    'a/b',
    '..',
    '%',
    '💡',
    '__proto__',
    'constructor',
    ...[store.products, store.groups, store.devices, store.deployments].map((table) => table.all()[0]!.id),
  ]
  const id = fc.oneof(fc.constantFrom(...own), fc.string({ maxLength: 12 })).map(encodeURIComponent)
  const collection = fc.constantFrom(
    'products',
    'devicegroups',
    'devices',
    'deployments',
    'webhooks',
    'accounts',
    'logstream',
  )
  const tail = fc.constantFrom(
    '',
    '',
    '',
    '/restart',
    '/conditional_restart',
    '/logs',
    '/history',
    '/login_keys',
    '/refresh_tokens',
    '/capabilities',
    '/relationships/devices',
    '/relationships/min_supported_deployment',
  )
  const path = fc.oneof(
    fc.tuple(collection, id, tail).map(([kind, name, rest]) => `/${kind}/${name}${rest}`),
    collection.map((kind) => `/${kind}`),
    fc.constantFrom('/auth', '/auth/token', '/enroll', '/libraries'),
  )
  const types = [
    'product',
    'device',
    'deployment',
    'webhook',
    'login_key',
    'development_devicegroup',
    'factoryfixture_devicegroup',
  ]
  const names =
    `name description env_vars region flagged tags device_code agent_code origin url event content_type
    load_code_after_blessing`.split(/\s+/)
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, '', 'x', 'http://127.0.0.1/', 'blinkup', {}),
  )
  const identifier = fc.record({ type: fc.constantFrom(...types), id: fc.constantFrom(...own) })
  const resource = fc.record(
    {
      type: fc.constantFrom(...types),
      id: fc.constantFrom(...own),
      attributes: fc.dictionary(fc.constantFrom(...names), value),
      relationships: fc.dictionary(
        fc.constantFrom('owner', 'product', 'devicegroup', 'dut_target'),
        identifier,
      ),
    },
    { requiredKeys: ['type'] },
  )
  const body = fc.oneof(
    fc
      .record({ data: fc.oneof(resource, fc.array(identifier, { maxLength: 3 }), value) })
      .map((json) => JSON.stringify(json)),
    fc.jsonValue({ maxDepth: 3 }).map((json) => JSON.stringify(json)),
    fc.string(),
  )
  const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD')
  const query = fc.option(
    fc.dictionary(
      fc.constantFrom('page[size]', 'page[number]', 'filter[type]', 'filter[owner.id]', 'x'),
      fc.string(),
    ),
    { nil: {} },
  )
  const client = clientOf(url, sandbox.tokenFor('demo'))
  await fc.assert(
    fc.asyncProperty(method, path, query, body, async (verb, target, params, text) => {
      const isRead = verb === 'GET' || verb === 'HEAD'
      const reply = await client(
        verb,
        `${target}?${new URLSearchParams(params).toString()}`,
        isRead ? undefined : text,
      )
      assert.ok(reply.status < 500, `${verb} ${target} ${text}: ${reply.text}`)
      if (reply.status < 400 || verb === 'HEAD') return
      for (const error of reply.body.errors as Body[]) {
        assert.deepEqual(
          [typeof error.code, typeof error.title, typeof error.detail],
          ['string', 'string', 'string'],
        )
        assert.match(error.status, /^4\d\d$/)
      }
    }),
    { numRuns: 500 },
  )
})
