import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalizeEndpoint } from '../../src/impcentral/endpoint.ts'

test('an endpoint is taken with or without trailing slashes', () => {
  for (const text of ['https://api.test/v5', 'https://api.test/v5/', ' https://api.test/v5// ']) {
    assert.equal(normalizeEndpoint(text), 'https://api.test/v5')
  }
  assert.equal(normalizeEndpoint('http://127.0.0.1:8080'), 'http://127.0.0.1:8080')
})

test('an endpoint that is not an http or https URL is refused with an example', () => {
  for (const text of ['notaurl', '', 'ftp://api.test/v5', 'api.test/v5', 'javascript:alert(1)']) {
    assert.throws(() => normalizeEndpoint(text), {
      code: 'USAGE',
      exit: 2,
      message: /is not an http or https URL/,
    })
  }
})

test('a password in an endpoint is refused and not repeated', () => {
  for (const text of [
    'https://me:hunter2@api.test/v5',
    'gopher://me:hunter2@api.test/v5',
    'me:hunter2@api.test/v5',
    'https://me:hunter2/x@api.test:port/v5',
    'https://api.test/v5?key=hunter2',
    'https://api.test/v5#hunter2',
  ]) {
    assert.throws(
      () => normalizeEndpoint(text),
      (error: Error) => !error.message.includes('hunter2'),
    )
  }
})

test('an endpoint with a query or fragment is refused', () => {
  assert.throws(() => normalizeEndpoint('https://api.test/v5?x=1'), { code: 'USAGE' })
  assert.throws(() => normalizeEndpoint('https://api.test/v5#x'), { code: 'USAGE' })
})
