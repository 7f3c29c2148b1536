import assert from 'node:assert/strict'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { resolveContext } from '../../src/session/execution-context.ts'
import { checkTargetName, isTargetName, loginFolder } from '../../src/session/logins.ts'
import { foldersOf } from '../../src/session/paths.ts'
import { changeTarget, findTarget, listTargets, ownTargetsFile } from '../../src/session/targets.ts'
import { ownFolder } from './folder.ts'

/** A home and a working directory with these files of targets; texts are written as they are. */
async function withTargets(t: TestContext, { own, project }: { own?: unknown; project?: unknown }) {
  const root = await ownFolder(t)
  const env = { HOME: join(root, 'home'), XDG_CONFIG_HOME: join(root, 'config') }
  const directory = join(root, 'work')
  await mkdir(directory)
  await mkdir(foldersOf(env).config, { recursive: true })
  const text = (content: unknown) =>
    typeof content === 'string' ? content : JSON.stringify({ format: 1, targets: content })
  if (own !== undefined) await writeFile(ownTargetsFile(env).path, text(own))
  if (project !== undefined) await writeFile(join(directory, '.impt.targets'), text(project))
  return { env, directory }
}

describe('the two files of targets', () => {
  test('the words of the user come first, the project fills in', async (t) => {
    const { env, directory } = await withTargets(t, {
      own: { prod: { login: 'mine', product: 'A' } },
      project: { prod: { login: 'theirs', dg: 'Field' }, lab: { login: 'theirs' } },
    })
    const { sources, ...prod } = await findTarget('prod', directory, env)
    assert.deepEqual(prod, { name: 'prod', login: 'mine', product: 'A', dg: 'Field', production: false })
    assert.deepEqual(sources, { login: 'own', product: 'own', dg: 'project' })
    assert.deepEqual(
      (await listTargets(directory, env)).map(({ name }) => name),
      ['lab', 'prod'],
    )
  })

  for (const own of [undefined, false, true])
    for (const project of [undefined, false, true])
      test(`production is ${String(own)} here and ${String(project)} in the project: it holds if either says so`, async (t) => {
        const said = (production: boolean | undefined) => ({
          prod: { login: 'acme', ...(production === undefined ? {} : { production }) },
        })
        const { env, directory } = await withTargets(t, { own: said(own), project: said(project) })
        const { production } = await findTarget('prod', directory, env)
        assert.equal(production, own === true || project === true)
      })

  test('a target of the project alone is production if the user guards its login so', async (t) => {
    const { env, directory } = await withTargets(t, {
      own: { prod: { login: 'acme', production: true } },
      project: { harmless: { login: 'acme', production: false } },
    })
    assert.equal((await findTarget('harmless', directory, env)).production, true)
  })
})

const HOSTILE: readonly (readonly [what: string, content: unknown, says: RegExp])[] = [
  ['an endpoint', { a: { login: 'x', endpoint: 'https://evil.example' } }, /"endpoint" of target "a"/],
  ['a key', { a: { loginKey: 'ABC' } }, /"loginKey" of target "a"/],
  ['a token', { a: { accessToken: 'ABC' } }, /"accessToken" of target "a"/],
  ['a path to a login', { a: { auth: '../evil' } }, /"auth" of target "a"/],
  ['a login that leads out', { a: { login: '../../evil' } }, /"login" of target "a"/],
  ['a login that is a path', { a: { login: '/tmp/evil' } }, /"login" of target "a"/],
  ['a login with a backslash', { a: { login: '..\\evil' } }, /"login" of target "a"/],
  ['a login with a 0 byte', { a: { login: 'a\0b' } }, /"login" of target "a"/],
  ['a login of dots', { a: { login: '..' } }, /"login" of target "a"/],
  ['a login that is no text', { a: { login: ['x'] } }, /"login" of target "a"/],
  ['a source file outside', { a: { deviceFile: '../../.ssh/id_rsa' } }, /"deviceFile" of target "a"/],
  ['a source file by its path', { a: { agentFile: '/etc/passwd' } }, /"agentFile" of target "a"/],
  ['a source file at home', { a: { agentFile: '~/x' } }, /"agentFile" of target "a"/],
  ['a source file on a drive', { a: { agentFile: 'C:\\x' } }, /"agentFile" of target "a"/],
  ['control characters in a name', { 'a\u001b[31m': { login: 'x' } }, /cannot be the name of a target/],
  ['control characters in a product', { a: { product: 'x\u001b[2J' } }, /"product" of target "a"/],
  ['a line break in a group', { a: { dg: 'x\ny' } }, /"dg" of target "a"/],
  ['a target called none', { none: { login: 'x' } }, /cannot be the name of a target/],
  ['a text for production', { a: { production: 'no' } }, /"production" of target "a"/],
  ['a variable with an odd name', { a: { define: { 'x y': '1' } } }, /"define" of target "a"/],
  ['a variable that is no text', { a: { define: { x: 1 } } }, /"define" of target "a"/],
  ['a very long text', { a: { product: 'x'.repeat(1001) } }, /"product" of target "a"/],
  [
    '__proto__ as a target',
    '{"format": 1, "targets": {"__proto__": {"login": "x"}}}',
    /"__proto__" cannot be the name/,
  ],
  [
    '__proto__ in a target',
    '{"format": 1, "targets": {"a": {"__proto__": {"login": "x"}}}}',
    /"__proto__" of target "a"/,
  ],
  [
    '__proto__ in the variables',
    '{"format": 1, "targets": {"a": {"define": {"__proto__": "x"}}}}',
    /"define" of target "a"/,
  ],
  ['a key beside the targets', '{"format": 1, "targets": {}, "endpoint": "x"}', /"endpoint" is no key/],
  ['a newer format', '{"format": 2, "targets": {}}', /a newer version of impt/],
  ['no format', '{"targets": {}}', /"format" must be 1/],
  ['a list', '{"format": 1, "targets": []}', /"targets" must be an object/],
  ['no JSON', '{', /not valid JSON/],
]

describe('a cloned repository does not redirect credentials', () => {
  for (const [what, content, says] of HOSTILE)
    test(`${what} is refused`, async (t) => {
      const { env, directory } = await withTargets(t, {
        own: { a: { login: 'mine' } },
        project: content,
      })
      await assert.rejects(findTarget('a', directory, env), (error: unknown) => {
        assert(error instanceof ImptError)
        assert.equal(error.code, 'FILE')
        const text = [error.message, error.hint, ...error.notes].join('\n')
        assert.match(text, says)
        assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f]/)
        return true
      })
      assert.equal(Object.hasOwn(Object.prototype, 'login'), false)
    })
})

test('names lead nowhere', () => {
  for (const name of ['a', 'acme', 'A.b-c_1', '0']) assert.equal(isTargetName(name), true, name)
  const wrong = [
    '',
    '.',
    '..',
    'a/b',
    'a\\b',
    '-x',
    '__proto__',
    'a.',
    'none',
    'NUL',
    'com1.x',
    'a b',
    'é',
    'x'.repeat(65),
  ]
  for (const name of wrong) {
    assert.equal(isTargetName(name), false, name)
    assert.throws(() => checkTargetName('login', name))
    assert.throws(() => loginFolder({ HOME: '/home/u' }, name))
  }
})

test('a login that is not there is none: nothing else takes its place', async (t) => {
  const root = await ownFolder(t)
  const env = { HOME: root, IMPT_LOGINKEY: 'K' }
  await writeFile(
    join(root, '.impt.auth'),
    JSON.stringify({ accessToken: 'G', expiresAt: '2999-01-01T00:00:00Z' }),
  )
  const folder = loginFolder(env, 'acme')
  await assert.rejects(resolveContext(folder, env), (error: unknown) => {
    assert(error instanceof ImptError)
    assert.deepEqual([error.code, error.hint], ['AUTH', 'Log in with "impt auth login --as acme"'])
    return true
  })
})

test('what is written is what a reader takes, and only the user may read the folder', async (t) => {
  const { env, directory } = await withTargets(t, {})
  await changeTarget(ownTargetsFile(env), 'own', 'prod', () => ({ production: true, login: 'acme' }))
  assert.deepEqual(JSON.parse(await readFile(ownTargetsFile(env).path, 'utf8')), {
    format: 1,
    targets: { prod: { login: 'acme', production: true } },
  })
  await assert.rejects(changeTarget(ownTargetsFile(env), 'own', 'x', () => ({ login: '../x' })))
  assert.equal((await listTargets(directory, env)).length, 1)
  assert.equal((await stat(foldersOf(env).config)).isDirectory(), true)
})
