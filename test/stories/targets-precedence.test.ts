import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { ACCOUNT, FAR_AWAY, json, serve, type Server } from '../impcentral/support.ts'
import { chunksWith, compiledBy } from './compiled.ts'
import { openDesk, type Desk } from './impt.ts'

/** A server that writes down the token of each request. */
async function recorder(t: TestContext): Promise<Server & { readonly taken: () => readonly string[] }> {
  let tokens: string[] = []
  const server = await serve((request, response) => {
    tokens.push(String(request.headers['authorization']).replace('Bearer ', ''))
    return json(response, 200, request.path.startsWith('/accounts') ? ACCOUNT : { data: [], links: {} })
  })
  t.after(() => server[Symbol.asyncDispose]())
  return Object.assign(server, {
    taken() {
      const all = tokens
      tokens = []
      return all
    },
  })
}

const auth = (endpoint: string, token: string) =>
  JSON.stringify({ endpoint, accessToken: token, expiresAt: FAR_AWAY })

/** Logins and targets of these names, each with its name for a token, and a global auth file whose token is `global`. */
async function withLogins(desk: Desk, logins: Readonly<Record<string, string>>, global: string) {
  const config = join(desk.folder, '.config/impt')
  for (const [name, endpoint] of Object.entries(logins)) {
    await mkdir(join(config, 'logins', name), { recursive: true })
    await writeFile(join(config, 'logins', name, '.impt.auth'), auth(endpoint, name))
  }
  const targets = Object.fromEntries(Object.keys(logins).map((name) => [name, { login: name }]))
  await writeFile(join(config, 'targets.json'), JSON.stringify({ format: 1, targets }))
  await writeFile(join(desk.folder, '.impt.auth'), auth(global, 'global'))
}

/** What names a target, the strongest first. */
const WAYS = ['option', 'before', 'variable', 'directory'] as const
type Way = (typeof WAYS)[number]
const PAIRS = WAYS.flatMap((strong, i) => WAYS.slice(i + 1).map((weak) => [strong, weak] as const))

async function chosen(t: TestContext) {
  const desk = await openDesk(t)
  const server = await recorder(t)
  const { endpoint } = server
  await withLogins(desk, Object.fromEntries(WAYS.map((way) => [way, endpoint])), endpoint)
  const use = async (name: string) => assert.equal((await desk.run(['target', 'use', name])).code, 0)
  const has = (ways: readonly Way[], way: Way) => ways.includes(way)
  return {
    use,
    async oneShot(ways: readonly Way[]) {
      const words = [
        ...(has(ways, 'before') ? ['--at', 'before'] : []),
        'product',
        'list',
        ...(has(ways, 'option') ? ['--at', 'option'] : []),
      ]
      const ended = await desk.run(words, '', has(ways, 'variable') ? { IMPT_TARGET: 'variable' } : {})
      assert.equal(ended.code, 0, ended.stdout + ended.stderr)
      return { tokens: server.taken(), stderr: ended.stderr }
    },
    async script(ways: readonly Way[], text: string) {
      const words = [...(has(ways, 'before') ? ['--at', 'before'] : []), '-c', text]
      const ended = await desk.run(words, '', has(ways, 'variable') ? { IMPT_TARGET: 'variable' } : {})
      assert.equal(ended.code, 0, ended.stdout + ended.stderr)
      return server.taken()
    },
  }
}

test('of two that name a target the stronger one counts, and without any the documented order does', async (t) => {
  const { use, oneShot, script } = await chosen(t)
  const list = (ways: readonly Way[]) => `product list${ways.includes('option') ? ' --at option' : ''}`
  assert.deepEqual(await oneShot([]), { tokens: ['global'], stderr: '' })
  const ordered = PAIRS.filter(([, weak]) => weak !== 'directory')
  for (const pair of ordered) {
    assert.deepEqual((await oneShot(pair)).tokens, [pair[0]], pair.join(' and '))
    assert.deepEqual(await script(pair, list(pair)), [pair[0]], `${pair.join(' and ')} in a script`)
  }
  await use('directory')
  for (const pair of PAIRS.filter(([, weak]) => weak === 'directory')) {
    assert.deepEqual((await oneShot(pair)).tokens, [pair[0]], pair.join(' and '))
    assert.deepEqual(await script(pair, list(pair)), [pair[0]], `${pair.join(' and ')} in a script`)
  }
  const alone = await oneShot([])
  assert.deepEqual(alone.tokens, ['directory'])
  assert.match(alone.stderr, /^Target "directory", login "directory": chosen for this directory by/)
  await use('none')
  assert.deepEqual((await oneShot([])).tokens, ['global'])
})

test('in a script the inner one counts, and after a block what was before', async (t) => {
  const { script } = await chosen(t)
  const text = [
    'product list',
    'with target option { product list',
    'with target before { product list; product list --at directory }',
    'with auth . { product list }',
    'product list }',
    'with auth . { with target option { product list } }',
    'product list',
  ].join('\n')
  assert.deepEqual(await script(['variable'], text), [
    'variable',
    'option',
    'before',
    'directory',
    'global',
    'option',
    'option',
    'variable',
  ])
})

test('two processes that go between two accounts send no token to the other one', async (t) => {
  const desk = await openDesk(t)
  const [a, b, other] = await Promise.all([recorder(t), recorder(t), recorder(t)])
  await withLogins(desk, { a: a.endpoint, b: b.endpoint }, other.endpoint)
  const rounds = 100
  const text = `for i in 1..${rounds} { product list --at a; product list --at b }`
  const ended = await Promise.all([
    desk.run(['-c', text]),
    desk.run(['-c', text.replace('--at a', '--at tmp').replace('--at b', '--at a').replace('tmp', 'b')]),
  ])
  for (const { code, stdout, stderr } of ended) assert.equal(code, 0, stdout.slice(-500) + stderr)
  assert.deepEqual(new Set(a.taken()), new Set(['a']))
  const tokens = b.taken()
  assert.deepEqual([tokens.length, new Set(tokens)], [2 * rounds, new Set(['b'])])
  assert.deepEqual(other.taken(), [])
})

const LATE = [
  'src/session/targets.ts',
  'src/main/placing.ts',
  'src/commands/production.ts',
  'src/commands/target.ts',
]

test('without a target no module of theirs is loaded', async (t) => {
  const desk = await openDesk(t)
  const server = await recorder(t)
  await withLogins(desk, { a: server.endpoint }, server.endpoint)
  const chunks = LATE.map(
    (file) => chunksWith((source) => source === file)[0] ?? assert.fail(`${file} is in no chunk`),
  )
  const loadedBy = async (words: readonly string[]) => {
    const { compiled } = await compiledBy(desk, words)
    return chunks.filter((chunk) => compiled.has(chunk))
  }
  for (const words of [
    ['product', 'list'],
    ['--version'],
    ['-c', 'product list'],
    ['product', 'create', '-n', 'x'],
  ])
    assert.deepEqual(await loadedBy(words), [], words.join(' '))
  assert.deepEqual(await loadedBy(['product', 'list', '--at', 'a']), [chunks[0], chunks[1]])
})
