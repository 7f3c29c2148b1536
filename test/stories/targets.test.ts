import assert from 'node:assert/strict'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openDesk, type Desk } from './impt.ts'

const NAMES = ['a', 'b']

/** Two impCentrals, and a login in each: `a` and `b`, with a target of the same name. */
async function twoClouds(
  t: TestContext,
): Promise<Desk & { readonly urls: Readonly<Record<string, string>> }> {
  const desk = await openDesk(t)
  const config = join(desk.folder, '.config/impt')
  const urls: Record<string, string> = {}
  for (const name of NAMES) {
    urls[name] = (await desk.cloud()).url
    const login = join(config, 'logins', name)
    await mkdir(login, { recursive: true })
    await rename(join(desk.folder, '.impt.auth'), join(login, '.impt.auth'))
  }
  const targets = Object.fromEntries(NAMES.map((name) => [name, { login: name }]))
  await writeFile(join(config, 'targets.json'), JSON.stringify({ format: 1, targets }))
  return { ...desk, urls }
}

test('a target is named on a command and before it, and its login is used', async (t) => {
  const desk = await openDesk(t)
  for (const name of NAMES) {
    const { url } = await desk.cloud()
    const login = await desk.run(
      ['auth', 'login', '--as', name, '-u', 'demo', '-w', 'demo-password', '-e', url],
      '',
    )
    assert.equal(login.code, 0, login.stdout)
    const added = await desk.run(['target', 'add', name, '--login', name])
    assert.equal(added.code, 0, added.stdout)
  }
  await desk.run(['auth', 'logout'])
  const made = await desk.run(['product', 'create', '-n', 'Lamp', '--at', 'b'])
  assert.equal(made.code, 0, made.stdout)
  assert.match((await desk.run(['--at', 'b', 'product', 'list'])).stdout, /Lamp/)
  assert.doesNotMatch((await desk.run(['--at=a', 'product', 'list'])).stdout, /Lamp/)
  assert.match((await desk.run(['product', 'list', '--at', 'b'], '', { IMPT_TARGET: 'a' })).stdout, /Lamp/)
  assert.doesNotMatch((await desk.run(['product', 'list'], '', { IMPT_TARGET: 'a' })).stdout, /Lamp/)
  const without = await desk.run(['product', 'list'])
  assert.equal(without.code, 3, without.stdout)
  assert.deepEqual(await desk.json('target', 'list'), [
    { name: 'a', login: 'a', production: false, from: 'user' },
    { name: 'b', login: 'b', production: false, from: 'user' },
  ])
})

test('snapshots and releases of a target are those of its login, also where nobody is logged in here', async (t) => {
  const desk = await twoClouds(t)
  assert.equal((await desk.run(['fleet', 'snapshot', '--at', 'a'])).code, 0)
  assert.deepEqual(await desk.json('fleet', 'diff', '--at', 'a'), [])
  assert.match(
    (await desk.run(['fleet', 'diff', '--at', 'b'])).stdout,
    /There is no snapshot -1: none is kept/,
  )
  assert.deepEqual(await desk.json('release', 'history', '--at', 'a'), [])
})

test('production asks twice: the question and the name, or --retype where nobody is asked', async (t) => {
  const desk = await twoClouds(t)
  assert.equal((await desk.run(['target', 'update', 'b', '--production'])).code, 0)
  const create = ['product', 'create', '-n', 'Lamp']
  const refused = await desk.run([...create, '--at', 'b'])
  assert.equal(refused.code, 4)
  assert.match(refused.stdout, /asked twice and there is no one to ask\nadd --retype b if you are sure/)
  const piped = await desk.run([...create, '--at', 'b'], 'y\nb\n')
  assert.equal(piped.code, 4, 'a pipe is nobody')
  const other = await desk.run([...create, '--at', 'b', '--retype', 'a'])
  assert.match(other.stdout, /--retype says "a", but the target is "b"/)
  assert.equal(other.code, 4)
  const lost = await desk.run([...create, '--retype', 'b'])
  assert.match(lost.stdout, /--retype says "b", but no target is in effect/)
  assert.doesNotMatch((await desk.run(['product', 'list', '--at', 'b'])).stdout, /Lamp/)
  const made = await desk.run([...create, '--at', 'b', '--retype', 'b'])
  assert.equal(made.code, 0, made.stdout)
  const gone = ['product', 'delete', '-p', 'Lamp', '--at', 'b', '--retype', 'b']
  assert.equal((await desk.run(gone)).code, 4, 'the question of the command is not answered by the name')
  assert.equal((await desk.run([...gone, '-q'])).code, 0)
  assert.equal((await desk.run([...create, '--at', 'a'])).code, 0)
})

test('of a login that is not there nothing is told but that', async (t) => {
  const desk = await twoClouds(t)
  for (const words of [
    ['auth', 'info', '--as', 'nosuch'],
    ['auth', 'info', '--as', 'nosuch', '-z', 'minimal'],
  ]) {
    const { code, stdout } = await desk.run(words)
    assert.equal(code, 3)
    assert.match(stdout, /^Error: There is no login "nosuch"\.\n/)
  }
})

test('a login that is not there makes no target; in a project it is only told, for others may have it', async (t) => {
  const desk = await twoClouds(t)
  const refused = await desk.run(['target', 'add', 'prod', '--login', 'nosuch'])
  assert.equal(refused.code, 1, refused.stdout)
  assert.match(refused.stdout, /There is no login "nosuch" on this machine/)
  assert.match(refused.stdout, /"impt auth login --as nosuch"; logins are: a, b/)
  assert.equal((await desk.run(['target', 'update', 'a', '--login', 'nosuch'])).code, 1)
  assert.equal((await desk.run(['target', 'info', 'prod'])).code, 1)
  assert.equal((await desk.json('target', 'info', 'a')).login, 'a')
  const told = await desk.run(['target', 'add', 'prod', '--login', 'nosuch', '--project'])
  assert.equal(told.code, 0, told.stdout + told.stderr)
  assert.match(told.stdout + told.stderr, /There is no login "nosuch" on this machine/)
  assert.equal((await desk.run(['product', 'list', '--at', 'prod'])).code, 3)
})

test('a script that names a target that is not there does nothing at all', async (t) => {
  const desk = await twoClouds(t)
  const literal = await desk.run(['-c', 'print begun\nwith target nosuch {\n  product list\n}'])
  assert.equal(literal.code, 1, literal.stdout)
  assert.doesNotMatch(literal.stdout, /begun/)
  assert.match(literal.stderr, /There is no target "nosuch"/)
  assert.match(literal.stderr, /<command>:2/)
  const computed = await desk.run([
    '-c',
    'let name = "nosuch"\nprint begun\nwith target $name {\n  print inside\n}',
  ])
  assert.equal(computed.code, 1, computed.stdout)
  assert.equal(computed.stdout, 'begun\n')
})

test('what is told and remembered of one login never stands for the other', async (t) => {
  const desk = await twoClouds(t)
  const ids: Record<string, string> = {}
  for (const name of ['a', 'b']) {
    const made = await desk.json('product', 'create', '-n', 'Lamp', '--at', name)
    ids[name] = made.Product.id
  }
  const show = 'let lamp = (product info -p Lamp); let login = (auth info); print $lamp.id $login.endpoint'
  const script = `
for at in ["a", "b", "a", "b"] {
  with target $at { ${show} }
}
with target a { let lamp = (product info -p Lamp --at b); print $lamp.id }
with auth .config/impt/logins/b { ${show} }`
  const run = await desk.run(['-c', script])
  assert.equal(run.code, 0, run.stdout + run.stderr)
  const line = (name: string) => `${ids[name]} ${desk.urls[name]}`
  assert.deepEqual(run.stdout.trimEnd().split('\n'), [
    line('a'),
    line('b'),
    line('a'),
    line('b'),
    ids['b'],
    line('b'),
  ])
})

test('without targets and logins the lists say so, and a login without a terminal names its options', async (t) => {
  const desk = await openDesk(t)
  for (const group of ['target', 'auth'])
    assert.equal(
      (await desk.run([group, 'list'])).stdout,
      'There is nothing to list.\nIMPT COMMAND SUCCEEDS\n',
    )
  const { stdout } = await desk.run(['auth', 'login', '--as', 'acme'])
  assert.match(stdout, /no one to ask\ngive --user USER and --pwd PASSWORD, or --lk LOGIN_KEY\n/)
})

/** One impCentral with two accounts: logins `big` and `also` of one, `part` of the other; `prod` is production. */
async function oneCloud(t: TestContext): Promise<Desk & { readonly url: string }> {
  const desk = await openDesk(t)
  const { url } = await desk.cloud()
  const logIn = async (name: string, user: string, ...more: string[]) => {
    const words = ['auth', 'login', '--as', name, '-u', user, '-w', `${user}-password`, '-e', url, ...more]
    const { code, stdout } = await desk.run(words)
    assert.equal(code, 0, stdout)
  }
  await logIn('big', 'demo')
  await logIn('also', 'demo', '--temp')
  await logIn('part', 'partner')
  await desk.run(['target', 'add', 'prod', '--login', 'big', '--production'])
  return { ...desk, url }
}

test('the account of a login is known from the login on', async (t) => {
  const desk = await oneCloud(t)
  assert.deepEqual(
    (await desk.json('auth', 'list')).map(({ login, account }: any) => [login, account]),
    [
      ['also', 'demo'],
      ['big', 'demo'],
      ['part', 'partner'],
    ],
  )
  assert.equal((await desk.json('target', 'info', 'prod')).account, 'demo')
})

test('production is guarded by the account: whatever the target or the login is called', async (t) => {
  const desk = await oneCloud(t)
  for (const [target, login, ...more] of [
    ['lab', 'big'],
    ['late', 'also', '--dg', 'Pump Lab'],
  ] as const) {
    const added = await desk.run(['target', 'add', target, '--login', login, ...more])
    assert.equal(added.code, 0, added.stdout)
    assert.match(
      added.stderr,
      /has the account of the production target "prod": changes through it are asked twice, unless you say --production=false/,
    )
    assert.equal((await desk.json('target', 'info', target)).production, true)
    const refused = await desk.run(['product', 'create', '-n', target, '--at', target])
    assert.equal(refused.code, 4, refused.stdout)
    assert.match(refused.stdout, new RegExp(`asked twice[^]*--retype ${target} if you are sure`))
    const done = await desk.run(['product', 'create', '-n', target, '--at', target, '--retype', target])
    assert.equal(done.code, 0, done.stdout)
  }
  const other = await desk.run(['target', 'add', 'part', '--login', 'part'])
  assert.equal(other.stderr, '')
  assert.equal((await desk.run(['product', 'create', '-n', 'x', '--at', 'part'])).code, 0)
  assert.deepEqual(
    (await desk.json('target', 'list')).map(({ name, production }: any) => [name, production]),
    [
      ['lab', true],
      ['late', true],
      ['part', false],
      ['prod', true],
    ],
  )
  const said = await desk.run(['target', 'update', 'lab', '--production=false'])
  assert.match(
    said.stderr,
    /the account of the production target "prod": changes through it are not asked twice/,
  )
  assert.equal((await desk.run(['product', 'create', '-n', 'free', '--at', 'lab'])).code, 0)
})

test('the guard does not need to remember: it asks whose the logins are, and guards where nobody can tell', async (t) => {
  const desk = await oneCloud(t)
  await desk.run(['target', 'add', 'late', '--login', 'also'])
  const forget = () => rm(join(desk.folder, '.cache'), { recursive: true, force: true })
  await forget()
  const create = ['product', 'create', '-n', 'x', '--at', 'late']
  assert.equal((await desk.run(create)).code, 4)
  await desk.run(['target', 'add', 'part', '--login', 'part'])
  assert.equal((await desk.run(['product', 'create', '-n', 'x', '--at', 'part'])).code, 0)
  await desk.run(['auth', 'logout', '--as', 'big'])
  assert.equal((await desk.run(create)).code, 4, 'also where the login of the production target has ended')
  await desk.run(['auth', 'login', '--as', 'big', '-u', 'demo', '-w', 'demo-password', '-e', desk.url])
  await forget()
  await rm(join(desk.folder, '.local'), { recursive: true, force: true })
  const file = join(desk.folder, '.config/impt/logins/big/.impt.auth')
  const auth = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify({ ...auth, accessToken: 'gone', refreshToken: undefined }))
  assert.equal((await desk.run(create)).code, 4)
})

test('a production target of the directory guards its account there, too, and the list learns the login of an earlier version', async (t) => {
  const desk = await oneCloud(t)
  await desk.run(['target', 'remove', 'prod', '-q'])
  await desk.run(['target', 'add', 'field', '--login', 'big', '--production', '--project'])
  await desk.run(['target', 'add', 'late', '--login', 'also'])
  assert.equal((await desk.run(['product', 'create', '-n', 'x', '--at', 'late'])).code, 4)
  await rm(join(desk.folder, '.cache'), { recursive: true, force: true })
  const accounts = async () => (await desk.json('auth', 'list')).map(({ account }: any) => account)
  assert.deepEqual(await accounts(), ['', '', ''])
  await desk.run(['auth', 'info', '--as', 'part'])
  assert.deepEqual(await accounts(), ['', '', 'partner'])
})

test('a documented command line on the account of a production target asks nothing more, and is told so', async (t) => {
  const desk = await oneCloud(t)
  await desk.run(['auth', 'login', '-u', 'demo', '-w', 'demo-password', '-e', desk.url, '-q'])
  const { code, stdout, stderr } = await desk.run(['product', 'create', '-n', 'Lamp'])
  assert.equal(code, 0, stdout)
  assert.equal(
    stderr,
    'Warning: This is the account of the production target "prod": with "--at prod" changes are asked twice.\n',
  )
  assert.equal((await desk.run(['product', 'list'])).stderr, '')
  const twice = await desk.run(['-c', 'product create -n A; product create -n B'])
  assert.equal(twice.stderr.split('Warning').length, 2, 'once for a run')
  await desk.run(['auth', 'login', '-u', 'partner', '-w', 'partner-password', '-e', desk.url, '-q'])
  assert.equal((await desk.run(['product', 'create', '-n', 'Lamp'])).stderr, '')
})

test('a login over that of another account is told, and the targets that meant the one before are refused', async (t) => {
  const desk = await oneCloud(t)
  await desk.run(['target', 'add', 'part', '--login', 'part', '--production=false'])
  await desk.run(['target', 'add', 'theirs', '--login', 'part', '--project'])
  await desk.run(['target', 'use', 'part'])
  assert.equal((await desk.run(['product', 'list', '--at', 'theirs'])).code, 0)
  const words = ['auth', 'login', '--as', 'part', '-u', 'demo', '-w', 'demo-password', '-e', desk.url]
  const host = desk.url.replace(/^http:..|\/v5$/g, '')
  const refused = await desk.run(words)
  assert.equal(refused.code, 4)
  assert.ok(
    refused.stdout.startsWith(`The "part" Auth File already exists: it is partner on ${host}. It will be`),
  )
  const same = await desk.run([
    ...words.slice(0, 5),
    'partner',
    '-w',
    'partner-password',
    '-e',
    desk.url,
    '-q',
  ])
  assert.equal(same.code, 0, same.stdout)
  assert.equal(same.stderr, '')
  const changed = await desk.run([...words, '-q'])
  assert.equal(changed.code, 0, changed.stdout)
  assert.match(
    changed.stderr,
    new RegExp(
      `Login "part" was partner on ${host}, and is demo on ${host} now\\. Targets [^]* until "impt target update NAME --login part": part, theirs\\.\\n$`,
    ),
  )
  for (const at of [['--at', 'part'], ['--at', 'theirs'], []]) {
    const { code, stdout } = await desk.run(['product', 'list', ...at])
    assert.equal(code, 1, stdout)
    assert.match(
      stdout,
      /^Error: Target "\w+" is for the account partner on \S+, but its login "part" is demo on \S+ now\.\nIf that is meant, say so: "impt target update \w+ --login part( --project)?"\n/,
    )
  }
  // What mends it is not refused for it.
  assert.equal((await desk.run(['auth', 'list'])).code, 0)
  assert.equal((await desk.run(['target', 'info', 'part'])).code, 0)
  for (const [name, ...more] of [['part'], ['theirs', '--project']] as const) {
    const updated = await desk.run(['target', 'update', name, '--login', 'part', ...more])
    assert.equal(updated.code, 0, updated.stdout)
    assert.equal((await desk.run(['product', 'list', '--at', name])).code, 0)
  }
  assert.equal((await desk.run(['product', 'list'])).code, 0)
})
