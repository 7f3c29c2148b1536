import assert from 'node:assert/strict'
import { test } from 'node:test'
import { redactHeaders, redactText, redactUrl, redactValue } from '../../src/impcentral/redact.ts'
import { fc } from '../properties.ts'

test('credentials in headers are hidden whatever the case of the name', () => {
  const hidden = redactHeaders({
    Authorization: 'Bearer s',
    'x-electricimp-password': 's',
    'X-Electricimp-Key': 's',
    'X-ELECTRICIMP-OTP-TOKEN': 's',
    Accept: 'json',
  })
  assert.deepEqual(Object.values(hidden), ['[hidden]', '[hidden]', '[hidden]', '[hidden]', 'json'])
})

test('login keys and stream ids in URLs are hidden, the rest is kept', () => {
  assert.equal(
    redactUrl('https://a.test/v5/accounts/me/login_keys/0123456789abcdef?x=1'),
    'https://a.test/v5/accounts/me/login_keys/[hidden]?x=1',
  )
  assert.equal(redactUrl('/logstream/abc/2347?format=json'), '/logstream/[hidden]/2347?format=json')
  assert.equal(redactUrl('/accounts/me/login_keys?page=1'), '/accounts/me/login_keys?page=1')
})

test('the id of a login key is hidden in a body, that of a product is not', () => {
  const key = {
    data: { type: 'login_key', id: 'S3CRET', links: { self: 'https://a/login_keys/S3CRET' }, attributes: {} },
  }
  assert.equal(redactText(JSON.stringify(key)).includes('S3CRET'), false)
  assert.match(redactText(JSON.stringify({ data: { type: 'product', id: 'p-1' } })), /p-1/)
})

test('a body that was cut in the middle keeps no secret either', () => {
  assert.equal(redactText('{"access_token":"S3CRET","refresh_token":"S3CR').includes('S3CR'), false)
})

test('no text under the name of a secret survives, wherever it stands', () => {
  const field = fc.constantFrom(
    'password',
    'access_token',
    'refresh_token',
    'login_token',
    'token',
    'key',
    'otp',
  )
  const nest = fc.array(fc.constantFrom('list', 'object'), { maxLength: 5 })
  fc.assert(
    fc.property(field, nest, fc.stringMatching(/^[a-z0-9]{12}$/), (name, path, secret) => {
      const body = path.reduce<unknown>((inner, kind) => (kind === 'list' ? [inner] : { inner }), {
        [name]: secret,
      })
      return !redactText(JSON.stringify(body)).includes(secret)
    }),
  )
})

test('a user name and password in a URL are hidden wherever the URL stands', () => {
  for (const [text, shown] of [
    ['http://me:S3CRET@h.test/v5', 'http://[hidden]@h.test/v5'],
    ['https://S3CRET@h.test:8080', 'https://[hidden]@h.test:8080'],
    ['see http://a:S3CRET@x/ and "ftp://b:S3@CRET@y"', 'see http://[hidden]@x/ and "ftp://[hidden]@y"'],
    ['https://h.test/a@b?c=d@e', 'https://h.test/a@b?c=d@e'],
    ['mail me@h.test // a@b', 'mail me@h.test // a@b'],
  ] as const) {
    assert.equal(redactUrl(text), shown)
    assert.equal(redactText(text), shown)
    assert.deepEqual(redactValue({ url: [text] }), { url: [shown] })
  }
})
