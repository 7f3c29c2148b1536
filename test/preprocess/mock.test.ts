import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { MockAgent } from 'undici'
import { preprocess, PreprocessError } from '../../src/preprocess/preprocess.ts'

let agent: MockAgent
beforeEach(() => {
  agent = new MockAgent()
  agent.disableNetConnect()
})
afterEach(async () => {
  agent.assertNoPendingInterceptors()
  await agent.close()
})

const include = (reference: string, more: object = {}) =>
  preprocess({ source: `@include "${reference}"`, name: 'main.nut' }, { dispatcher: agent, ...more })

test('a GitHub include asks the contents API for the ref, with the credentials in a header', async () => {
  agent
    .get('https://api.github.com')
    .intercept({
      path: '/repos/o/r/contents/lib/a.nut?ref=v1.0',
      headers: { authorization: `Basic ${Buffer.from('bob:t0ken').toString('base64')}` },
    })
    .reply(
      200,
      {
        type: 'file',
        encoding: 'base64',
        sha: 'abc',
        content: Buffer.from('function a() {}').toString('base64'),
      },
      { headers: { 'content-type': 'application/json' } },
    )
  const { code } = await include('github:o/r/lib/a.nut@v1.0', { github: { user: 'bob', token: 't0ken' } })
  assert.match(code, /function a\(\) \{\}/)
})

test('a refused include names what to do and no credential', async () => {
  agent
    .get('https://api.github.com')
    .intercept({ path: '/repos/o/r/contents/a.nut' })
    .reply(401, { message: 'Bad credentials t0ken' })
  await assert.rejects(
    include('github:o/r/a.nut', { github: { user: 'bob', token: 't0ken' } }),
    (error: unknown) => {
      assert.ok(error instanceof PreprocessError)
      assert.equal(error.code, 'AUTH')
      assert.doesNotMatch(String(error.stack), /t0ken/)
      return true
    },
  )
})

test('a server that cannot be reached is told with its cause', async () => {
  agent
    .get('https://example.com')
    .intercept({ path: '/a.nut' })
    .replyWithError(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))
  await assert.rejects(
    include('https://example.com/a.nut'),
    /refused the connection \(ECONNREFUSED\) \(\S*main\.nut:1\)$/,
  )
})
