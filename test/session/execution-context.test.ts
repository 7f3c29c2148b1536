import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { TestContext } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import {
  describeContext,
  endpointOf,
  isExpired,
  loginEndpoint,
  resolveContext,
} from '../../src/session/execution-context.ts'
import type { Environment, ExecutionContext } from '../../src/session/execution-context.ts'
import { json, ownFolder } from './folder.ts'

const PUBLIC = 'https://api.electricimp.com/v5'
const auth = (accessToken: string) => ({
  endpoint: 'http://127.0.0.1:1/v5',
  accessToken,
  expiresAt: '2026-11-23T10:29:49.131Z',
})

interface World {
  readonly local?: unknown
  readonly path?: unknown
  readonly global?: unknown
  readonly env?: Environment
}

/** Puts auth files into a working directory, a named one and a home; objects are written as JSON, texts as they are. */
async function contextIn(t: TestContext, world: World): Promise<ExecutionContext> {
  const root = await ownFolder(t)
  for (const place of ['local', 'path', 'global'] as const) {
    await mkdir(join(root, place))
    const content = world[place]
    if (content === undefined) continue
    await writeFile(join(root, place, '.impt.auth'), typeof content === 'string' ? content : json(content))
  }
  return resolveContext(join(root, 'local'), world.env ?? {}, join(root, 'global'))
}

function summary(context: ExecutionContext): string {
  if (context.kind === 'file') return `${context.place} ${context.auth.accessToken}`
  const { credential, endpoint } = context
  return credential.kind === 'key'
    ? `key ${credential.loginKey} ${endpoint}`
    : `user ${credential.user} ${credential.password ?? '-'} ${endpoint}`
}

const PATH = { IMPT_AUTH_FILE_PATH: '../path' }
const KEY = { IMPT_LOGINKEY: 'K' }
const USER = { IMPT_USER: 'U', IMPT_PASSWORD: 'P' }
const ALL = { ...PATH, ...KEY, ...USER }
const FILES = { local: auth('L'), path: auth('P'), global: auth('G') }

const rows: readonly (readonly [name: string, world: World, expected: string])[] = [
  ['a local file wins over everything', { ...FILES, env: ALL }, 'local L'],
  ['the named file comes next', { path: auth('P'), global: auth('G'), env: ALL }, 'path P'],
  ['the login key comes next', { global: auth('G'), env: { ...KEY, ...USER } }, `key K ${PUBLIC}`],
  ['the user comes next', { global: auth('G'), env: USER }, `user U P ${PUBLIC}`],
  ['a user without a password is asked for it', { env: { IMPT_USER: 'U' } }, `user U - ${PUBLIC}`],
  ['an empty password counts as none', { env: { IMPT_USER: 'U', IMPT_PASSWORD: '' } }, `user U - ${PUBLIC}`],
  ['the global file comes last', { global: auth('G') }, 'global G'],
  ['a password alone names nobody', { global: auth('G'), env: { IMPT_PASSWORD: 'P' } }, 'global G'],
  [
    'an endpoint alone changes nothing',
    { global: auth('G'), env: { IMPT_ENDPOINT: 'http://x/v5' } },
    'global G',
  ],
  [
    'empty variables count as unset',
    {
      global: auth('G'),
      env: { IMPT_AUTH_FILE_PATH: '', IMPT_LOGINKEY: '', IMPT_USER: '', IMPT_ENDPOINT: '' },
    },
    'global G',
  ],
  [
    'the endpoint variable is used with a key',
    { env: { ...KEY, IMPT_ENDPOINT: 'http://x/v5' } },
    'key K http://x/v5',
  ],
  [
    'the endpoint variable is used with a user',
    { env: { ...USER, IMPT_ENDPOINT: 'http://x/v5' } },
    'user U P http://x/v5',
  ],
  [
    'an empty endpoint variable means the public cloud',
    { env: { ...KEY, IMPT_ENDPOINT: '' } },
    `key K ${PUBLIC}`,
  ],
]

for (const [name, world, expected] of rows) {
  test(`execution context: ${name}`, async (t) => {
    assert.equal(summary(await contextIn(t, world)), expected)
  })
}

const failures: readonly (readonly [
  name: string,
  world: World,
  code: string,
  message: string,
  hint: RegExp,
])[] = [
  [
    'nothing at all is not logged in',
    {},
    'AUTH',
    'You are not logged in.',
    /"impt auth login".*"impt --sandbox"/,
  ],
  [
    'a named directory without a file does not fall through',
    { global: auth('G'), env: ALL },
    'AUTH',
    'Auth File is not found.',
    /path\/\.impt\.auth$/,
  ],
  [
    'a broken local file does not fall through',
    { ...FILES, local: '{"accessToken":', env: ALL },
    'FILE',
    'Local Auth File is corrupted.',
    /^Please relogin using "impt auth login --local" command and then try again\.$/,
  ],
  [
    'a broken named file does not fall through',
    { global: auth('G'), path: '', env: ALL },
    'FILE',
    'Auth File is corrupted.',
    /^Correct or delete .*path\/\.impt\.auth$/,
  ],
  [
    'a broken global file is an error',
    { global: '[]' },
    'FILE',
    'Global Auth File is corrupted.',
    /^Please relogin using "impt auth login" command and then try again\.$/,
  ],
]

for (const [name, world, code, message, hint] of failures) {
  test(`execution context: ${name}`, async (t) => {
    const error = await contextIn(t, world).catch((error: unknown) => error)
    assert.ok(error instanceof ImptError)
    assert.deepEqual([error.code, error.message], [code, message])
    assert.match(error.hint ?? '', hint)
  })
}

for (const [key, value] of [
  ['accessToken', undefined],
  ['accessToken', ''],
  ['accessToken', null],
  ['accessToken', 7],
  ['accessToken', 'a\r\nX-Evil: 1'],
  ['expiresAt', undefined],
  ['expiresAt', 'soon'],
  ['expiresAt', 1234567890],
  ['endpoint', ['x']],
  ['loginKey', true],
  ['refreshToken', {}],
] as const) {
  test(`an auth file whose ${key} is ${json(value)} is corrupted, and the key is named`, async (t) => {
    const error = await contextIn(t, { local: { ...auth('T'), [key]: value } }).catch(
      (error: unknown) => error,
    )
    assert.ok(error instanceof ImptError)
    assert.equal(error.message, 'Local Auth File is corrupted.')
    assert.ok(error.notes.join(' ').includes(`"${key}"`))
  })
}

test('a home directory that is the working directory is seen as Local', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, '.impt.auth'), json(auth('X')))
  assert.equal(summary(await resolveContext(folder, { HOME: folder })), 'local X')
})

test('home is HOME, else USERPROFILE', async (t) => {
  const folder = await ownFolder(t)
  await mkdir(join(folder, 'work'))
  await writeFile(join(folder, '.impt.auth'), json(auth('X')))
  assert.equal(summary(await resolveContext(join(folder, 'work'), { HOME: folder })), 'global X')
  assert.equal(
    summary(await resolveContext(join(folder, 'work'), { HOME: '', USERPROFILE: folder })),
    'global X',
  )
})

test('a folder in the place of the local file is an error and no fall-through', async (t) => {
  const folder = await ownFolder(t)
  await mkdir(join(folder, '.impt.auth'))
  await assert.rejects(resolveContext(folder, { IMPT_LOGINKEY: 'K' }), {
    code: 'FILE',
    message: /^File error: .*EISDIR/,
  })
})

test('a file without an endpoint is for the public cloud', async (t) => {
  const { endpoint: _, ...rest } = auth('L')
  assert.equal(endpointOf(await contextIn(t, { local: rest })), PUBLIC)
})

test('a new login goes to the endpoint of the option, else of the variable, else to the public cloud', () => {
  assert.equal(loginEndpoint('http://a', { IMPT_ENDPOINT: 'http://b' }), 'http://a')
  assert.equal(loginEndpoint(undefined, { IMPT_ENDPOINT: 'http://b' }), 'http://b')
  assert.equal(loginEndpoint(undefined, { IMPT_ENDPOINT: '' }), PUBLIC)
})

test('auth info tells the source, the endpoint and how the token is renewed', async (t) => {
  const at = (minutes: number) => Date.parse('2026-11-23T10:29:49.131Z') - minutes * 60_000
  const temporary = await contextIn(t, { local: auth('L') })
  assert.equal(
    json(describeContext(temporary, at(14.99))),
    json({
      'Auth type': 'Local Auth file',
      'impCentral API endpoint': 'http://127.0.0.1:1/v5',
      'Access token auto refresh': false,
      'Access token': 'expires in 14 minutes',
    }),
  )
  assert.equal(describeContext(temporary, at(0))['Access token'], 'expired')
  assert.deepEqual([isExpired(temporary, at(0.1)), isExpired(temporary, at(0))], [false, true])

  const refreshed = await contextIn(t, { global: { ...auth('G'), refreshToken: 'R', loginKey: 'K' } })
  assert.equal(
    json(Object.entries(describeContext(refreshed, at(-5))).slice(2)),
    json([
      ['Access token auto refresh', true],
      ['Login method', 'User/Password'],
    ]),
  )
  assert.equal(isExpired(refreshed, at(-5)), false)

  const named = await contextIn(t, { path: { ...auth('P'), loginKey: 'K' }, env: PATH })
  assert.equal(describeContext(named, at(5))['Auth type'], 'Auth file path: ../path')
  assert.equal(describeContext(named, at(5))['Login method'], 'Login Key')
  assert.equal(describeContext(await contextIn(t, { env: USER }), 0)['Auth type'], 'Environment variables')
})
