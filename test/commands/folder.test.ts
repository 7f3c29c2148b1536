import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test'
import { openWorld } from './world.ts'

const FIELD = 'products/Thermostat/groups/Thermostat Field'
const BENCH = 'products/Thermostat/groups/Thermostat Development'

/** A world whose demo account was pulled into `backup`; it ends with the test. */
async function pulled(t: TestContext, ...options: string[]) {
  const world = await openPulled(...options)
  t.after(() => world.close())
  return world
}

async function openPulled(...options: string[]) {
  const world = await openWorld()
  const path = (name: string) => join(world.directory, 'backup', name)
  const here = {
    ...world,
    path,
    read: (name: string) => readFileSync(path(name), 'utf8'),
    write: (name: string, text: string) => writeFileSync(path(name), text),
    edit(name: string, change: (value: any) => unknown) {
      const value = JSON.parse(here.read(name))
      const changed = change(value)
      here.write(name, `${JSON.stringify(changed ?? value, null, 2)}\n`)
    },
    /** The plan's changes as `action kind label: field from -> to`. */
    async changes(...words: string[]): Promise<string[]> {
      const { Changes } = await world.json(['plan', 'backup', ...words])
      return Changes.map(({ action, kind, label, fields, why }: any) =>
        [
          `${action} ${kind} ${label}`,
          ...fields.map((one: any) => `${one.name} ${one.from} -> ${one.to}`),
          ...(why ? [why] : []),
        ].join('; '),
      )
    },
    apply: (...words: string[]) =>
      world.run(['apply', 'backup', '-q', '--retype', 'Thermostat Field', ...words]),
  }
  const first = await world.run(['pull', 'backup', ...options])
  assert.equal(first.code, 0, first.stdout + first.stderr)
  world.requests()
  return here
}

/** The answer of somebody who thinks for more than a minute, and what happens meanwhile. */
const late =
  (t: TestContext, meet: () => void = () => undefined) =>
  () => {
    const { now } = Date
    t.mock.method(Date, 'now', () => now() + 120_000)
    meet()
    return 'y'
  }
const ASKS = ['apply', 'backup', '--without', 'devices', '--retype', 'Thermostat Field']

describe('the name of a folder', () => {
  test('that is empty, as an unset variable of a script gives it, is refused and nothing is written', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    const before = readdirSync(world.directory)
    for (const line of [
      ['pull', ''],
      ['plan', ''],
      ['apply', '', '-q'],
    ]) {
      const { code, stdout, stderr } = await world.run(line)
      assert.equal(code, 2, stdout + stderr)
      assert.match(stdout + stderr, /The name of the folder is empty\.\nwrite \. for the folder here/)
    }
    assert.deepEqual(readdirSync(world.directory), before)
  })

  test('that is in use for something else is refused, unless that is wanted; a fresh repository is none', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    mkdirSync(join(world.directory, 'mine/.git'), { recursive: true })
    writeFileSync(join(world.directory, 'mine/README.md'), '')
    assert.equal((await world.run(['pull', 'mine'])).code, 0)
    mkdirSync(join(world.directory, 'photos'))
    writeFileSync(join(world.directory, 'photos/cat.png'), '')
    const { code, stdout } = await world.run(['pull', 'photos'])
    assert.equal(code, 1)
    assert.match(stdout, /The folder "photos" is not empty and was not pulled before: it holds "cat\.png"\./)
    // The lock of the attempt lies in .impt.
    assert.deepEqual(
      readdirSync(join(world.directory, 'photos')).filter((name) => name !== '.impt'),
      ['cat.png'],
    )
    assert.equal((await world.run(['pull', 'photos', '--force'])).code, 0)
    assert.ok(existsSync(join(world.directory, 'photos/cat.png')))
  })

  test('that is the name of a file is refused with what to do', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    writeFileSync(join(world.directory, 'taken'), 'kept')
    const { code, stdout, stderr } = await world.run(['pull', 'taken'])
    assert.equal(code, 1)
    assert.match(stdout + stderr, /taken: .*\nA file stands where the folder is expected; move it away/)
    assert.equal(readFileSync(join(world.directory, 'taken'), 'utf8'), 'kept')
  })
})

describe('impt pull', () => {
  test('tells what it wrote, twice the same bytes, and the second time nothing', async (t) => {
    const world = await pulled(t)
    const before = statSync(world.path(`${FIELD}/group.json`)).mtimeMs
    const again = await world.run(['pull', 'backup'])
    assert.deepEqual(again, {
      code: 0,
      stdout:
        'demo on sandbox: 2 Products, 6 Device Groups, 4 builds, 8 devices\nbackup: 0 new files, 0 changed, 0 removed, 28 unchanged\nIMPT COMMAND SUCCEEDS\n',
      stderr: '',
    })
    assert.equal(statSync(world.path(`${FIELD}/group.json`)).mtimeMs, before)
    assert.deepEqual(await world.json(['pull', 'backup']), {
      Pulled: { change: 0, create: 0, delete: 0, keep: 28, impossible: 0 },
      Failed: [],
      Unread: [],
    })
    assert.equal((await world.run(['plan', 'backup'])).code, 0)
  })

  test('keeps secrets apart, for the owner alone, and out of Git', async (t) => {
    const world = await pulled(t)
    await world.run(['dg', 'update', '-g', 'Thermostat Field', '-e', '{"API":"planted1","LOGLEVEL":"debug"}'])
    await world.run([
      'webhook',
      'create',
      '-g',
      'Thermostat Field',
      '-u',
      'https://u:planted2@a.example.com/',
      '-e',
      'blinkup',
      '-m',
      'json',
    ])
    assert.equal((await world.run(['pull', 'backup', '--public', 'LOG*'])).code, 0)
    const group = world.read(`${FIELD}/group.json`)
    assert.match(group, /"API": \{\n {6}"secret": true\n {4}\}/)
    assert.match(group, /"LOGLEVEL": "debug"/)
    assert.doesNotMatch(group, /planted/)
    assert.deepEqual(JSON.parse(world.read('secrets.json')), {
      [FIELD]: { env: { API: 'planted1' }, webhooks: { 'blinkup 1': 'https://u:planted2@a.example.com/' } },
    })
    assert.equal(statSync(world.path('secrets.json')).mode & 0o777, 0o600)
    assert.equal(statSync(world.path('.impt')).mode & 0o777, 0o700)
    const git = (...words: string[]) =>
      execFileSync('git', words, { cwd: world.path('.'), encoding: 'utf8', stdio: 'pipe' })
    git('init', '--quiet')
    git('add', '.')
    const tracked = git('ls-files')
    assert.match(tracked, /group\.json/)
    assert.doesNotMatch(tracked, /secrets|\.impt\//)
    assert.throws(() => git('grep', '--cached', 'planted'), /Command failed/)
  })

  test('refuses to replace what was edited here, names it, and keeps it with --force', async (t) => {
    const world = await pulled(t)
    await world.run(['product', 'update', '-p', 'Thermostat', '-s', 'Changed there'])
    world.edit('products/Thermostat/product.json', (value) => {
      value.description = 'Changed here'
    })
    const refused = await world.run(['pull', 'backup'])
    assert.deepEqual(
      [refused.code, refused.stdout],
      [
        1,
        'Error: One file of "backup" changed here since the last pull, and would be replaced.\nproducts/Thermostat/product.json\n' +
          'Use "impt apply" to bring the changes to the cloud, or --force to keep them in .impt/replaced\nIMPT COMMAND FAILS\n',
      ],
    )
    assert.match(world.read('products/Thermostat/product.json'), /Changed here/)
    const forced = await world.run(['pull', 'backup', '-f'])
    assert.equal(forced.code, 0)
    const [, kept = ''] = /1 file edited here was kept in (.*)\n/.exec(forced.stdout) ?? []
    assert.match(
      readFileSync(join(world.directory, kept, 'products/Thermostat/product.json'), 'utf8'),
      /Changed here/,
    )
    assert.match(world.read('products/Thermostat/product.json'), /Changed there/)
  })

  test('is the same folder after a commit and a clone by a Git that changes line ends', async (t) => {
    const world = await pulled(t, '--builds', 'all')
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'core.autocrlf=true', '-c', 'user.name=n', '-c', 'user.email=e', ...words], {
        cwd: world.directory,
        stdio: 'ignore',
        env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
      })
    git('init', 'backup')
    git('-C', 'backup', 'add', '-A')
    git('-C', 'backup', 'commit', '-m', 'As found')
    git('clone', 'backup', 'clone')
    const paths = readdirSync(world.path('.'), { recursive: true, encoding: 'utf8' })
    const ours = paths.filter((path) => /^(?!\.|secrets).*\.(?:nut|json|csv)$/.test(path))
    assert.ok(ours.length > 20)
    for (const path of ours)
      assert.equal(
        readFileSync(join(world.directory, 'clone', path), 'latin1'),
        readFileSync(world.path(path), 'latin1'),
        path,
      )
    const again = await world.run(['pull', 'clone'])
    assert.match(again.stdout, /clone: 0 new files, 0 changed, 0 removed, 28 unchanged\n/)
  })

  test('asks before it replaces what apply could not do', async (t) => {
    const world = await pulled(t)
    world.edit(`${FIELD}/group.json`, (value) => ({
      ...value,
      type: 'dut',
      region: undefined,
      load_code_after_blessing: undefined,
    }))
    world.edit('products/Thermostat/product.json', (value) => ({ ...value, description: 'Mine' }))
    assert.match((await world.changes()).join('\n'), /impossible group Thermostat Field/)
    const applied = await world.run(['apply', 'backup', '-q', '--retype', 'Thermostat Field'])
    assert.equal(applied.code, 0, applied.stdout)
    const refused = await world.run(['pull', 'backup'])
    assert.deepEqual(
      [refused.code, refused.stdout.split('\n').slice(0, 3)],
      [
        1,
        [
          'Error: One file of "backup" changed here since the last pull, and would be replaced.',
          `${FIELD}/group.json`,
          'Use "impt apply" to bring the changes to the cloud, or --force to keep them in .impt/replaced',
        ],
      ],
    )
  })

  test('keeps notes, and files that are none of its own', async (t) => {
    const world = await pulled(t)
    world.write('README.md', 'mine\n')
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, notes: { owner: 'Ann' } }))
    world.edit(`${FIELD}/builds.json`, ([first]) => [{ ...first, notes: 'the first' }])
    assert.equal((await world.run(['plan', 'backup'])).code, 0)
    await world.run(['dg', 'update', '-g', 'Thermostat Development', '-s', 'Other'])
    const { code, stdout } = await world.run(['pull', 'backup'])
    assert.equal(code, 0, stdout)
    assert.deepEqual(JSON.parse(world.read(`${FIELD}/group.json`)).notes, { owner: 'Ann' })
    assert.equal(JSON.parse(world.read(`${FIELD}/builds.json`))[0].notes, 'the first')
    assert.equal(world.read('README.md'), 'mine\n')
  })

  test('of one Product leaves the rest untouched', async (t) => {
    const world = await pulled(t)
    await world.run(['product', 'update', '-p', 'Thermostat', '-s', 'One'])
    await world.run(['product', 'update', '-p', 'Water Pump', '-s', 'Two'])
    world.write('products/Thermostat/product.json', '{"name":   "Thermostat"}')
    assert.equal((await world.run(['pull', 'backup', '-p', 'Water Pump'])).code, 0)
    assert.match(world.read('products/Water Pump/product.json'), /Two/)
    assert.equal(world.read('products/Thermostat/product.json'), '{"name":   "Thermostat"}')
    assert.match(world.read('devices.csv'), /Kitchen/)
    assert.match(
      (await world.run(['pull', 'backup', '-p', 'nope'])).stdout,
      /^Error: Product "nope" is not found\.\n/,
    )
  })

  test('into the folder of another account is a conflict; plan says whose it is', async (t) => {
    const world = await pulled(t)
    world.edit('hints/sandbox~demo.json', (value) => {
      value.account = { id: 'x', username: 'else', host: 'api.example.com' }
    })
    renameSync(world.path('hints/sandbox~demo.json'), world.path('hints/api.example.com~else.json'))
    const refused = await world.run(['pull', 'backup'])
    assert.equal(refused.code, 1)
    assert.match(
      refused.stdout,
      /^Error: The folder "backup" is of another account: else on api\.example\.com\.\n/,
    )
    assert.match(
      (await world.run(['plan', 'backup'])).stdout,
      /^demo on sandbox, plan \w{6}; the folder was pulled from else on api\.example\.com\n/,
    )
  })

  test('that serves two accounts is not taken from the one that it was pulled from without --force', async (t) => {
    const world = await pulled(t)
    const other = { id: 'x', username: 'else', host: 'api.example.com' }
    const own = JSON.parse(world.read('hints/sandbox~demo.json'))
    world.write('hints/api.example.com~else.json', JSON.stringify({ ...own, account: other }))
    assert.equal((await world.run(['pull', 'backup'])).code, 0, 'it is still of the account of the last pull')
    world.write('.impt/source.json', JSON.stringify(other))
    const refused = await world.run(['pull', 'backup'])
    assert.equal(refused.code, 1)
    assert.match(
      refused.stdout,
      /^Error: The folder "backup" is of another account: else on api\.example\.com\.\n.*Use --force/,
    )
    assert.match(
      (await world.run(['plan', 'backup'])).stdout,
      /^demo on sandbox, plan \w{6}; the folder was pulled from else on api\.example\.com\n/,
    )
    for (const words of [['--force'], []])
      assert.equal((await world.run(['pull', 'backup', ...words])).code, 0)
    assert.deepEqual(JSON.parse(world.read('.impt/source.json')), own.account)
  })

  test('that another process works on is a conflict that says who', async (t) => {
    const world = await pulled(t)
    writeFileSync(
      world.path('.impt/folder.lock'),
      `${process.ppid} ${(await import('node:os')).hostname()} x`,
    )
    const { code, stdout } = await world.run(['pull', 'backup'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      new RegExp(
        `^Error: The folder "backup" is in use by the process ${process.ppid} on \\S+ since \\d{4}-`,
      ),
    )
    rmSync(world.path('.impt/folder.lock'))
    assert.equal((await world.run(['pull', 'backup'])).code, 0)
  })

  test('writes what it may read, notes the rest, and exits with 1', async (t) => {
    const world = await pulled(t)
    world.sandbox.inject({
      method: 'GET',
      path: '/webhooks',
      skip: 0,
      count: 1,
      fault: { kind: 'status', status: 403 },
    })
    const { code, stdout } = await world.run(['pull', 'backup'])
    assert.equal(code, 1)
    assert.match(stdout, /\nError: This login may not read all of the account: webhooks\.\n/)
    assert.deepEqual(JSON.parse(world.read('hints/sandbox~demo.json')).unread, ['webhooks'])
  })

  test('keeps what it had of a group whose build it may not read, and prune deletes nothing there', async (t) => {
    const world = await pulled(t)
    const before = world.read(`${FIELD}/builds.json`)
    const [field] = [...world.sandbox.store.groups.all()].filter(({ name }) => name === 'Thermostat Field')
    const forbidden = () =>
      world.sandbox.inject({
        method: 'GET',
        path: `/deployments/${field?.currentDeployment}`,
        skip: 0,
        count: 1,
        fault: { kind: 'status', status: 403 },
      })
    forbidden()
    const { code, stdout } = await world.run(['pull', 'backup'])
    assert.equal(code, 1)
    assert.match(stdout, /may not read all of the account: products\/Thermostat\/groups\/Thermostat Field\./)
    assert.equal(world.read(`${FIELD}/builds.json`), before)
    forbidden()
    const plan = await world.run(['plan', 'backup', '--prune'])
    assert.match(plan.stdout, /not compared, because this login may not read it: products\/Thermostat/)
    assert.doesNotMatch(plan.stdout, /^-/m)
  })

  test('never takes code for empty that the cloud does not give', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    const body = JSON.stringify({ data: { type: 'deployment', id: 'x', attributes: { sha: 'abc' } } })
    world.sandbox.inject({
      method: 'GET',
      path: '/deployments/*',
      skip: 0,
      count: 99,
      fault: { kind: 'status', status: 200, body },
    })
    const { code, stdout } = await world.run(['pull', 'backup'])
    assert.equal(code, 1)
    assert.match(stdout, /^Error: impCentral does not give the code of Deployment "/)
    assert.equal(existsSync(join(world.directory, 'backup/account.json')), false)
  })
})

describe('impt plan and apply', () => {
  test('show a change, ask once, do it, and then nothing differs', async (t) => {
    const world = await pulled(t)
    world.write(`${FIELD}/agent.nut`, 'server.log("Release 2")\n')
    const plan = await world.run(['plan', 'backup'])
    assert.equal(plan.code, 6)
    assert.match(
      plan.stdout,
      /^demo on sandbox, plan \w{6}\n~ product Thermostat\n~ {3}group Thermostat Field\n~ {5}build current v1\.0 -> agent\.nut \+1 -1, taken at the next restart or reconnect; the tag v1\.0 stays with the build [\w-]+ \(--move-tags moves it\)\n {8}@@ agent\.nut:1 @@\n {8}-server\.log\("Release 1"\)\n {8}\+server\.log\("Release 2"\)\n1 to change, 0 to create, 0 to delete, 0 kept, 0 impossible\n/,
    )
    const no = await world.run(['apply', 'backup'], ['n'])
    assert.equal(no.code, 4)
    assert.match(
      no.stdout,
      /1 change will be made in the account demo on sandbox\.\nOperation is canceled\.\n/,
    )
    const yes = await world.run(['apply', 'backup', '--retype', 'Thermostat Field'], ['y'])
    assert.equal(yes.code, 0)
    assert.match(
      yes.stdout,
      /\nbackup\/products\/Thermostat\/groups\/Thermostat Field\/builds\.json no longer gives the new build what stays with the one before it\.\n1 changed, 0 created, 0 deleted, 0 kept, 0 impossible\nDevices take new code at their next restart or reconnect; "impt dg restart" restarts them: Thermostat Field\.\nIMPT COMMAND SUCCEEDS\n$/,
    )
    assert.equal((await world.run(['plan', 'backup'])).code, 0)
    assert.equal((await world.json(['build', 'list', '-g', 'Thermostat Field'])).length, 2)
    // The minimum never moves silently: it is still the first build.
    const info = (await world.json(['dg', 'info', '-g', 'Thermostat Field']))['Device Group']
    assert.notEqual(info['Min supported Deployment'].id, info['Current Deployment'].id)
    // Nothing was edited since: the next pull takes what is there.
    assert.equal((await world.run(['pull', 'backup'])).code, 0)
  })

  test('take a changed name for a rename, also in a circle', async (t) => {
    const world = await pulled(t)
    const [a, b] = ['products/Thermostat/product.json', 'products/Water Pump/product.json']
    world.edit(a, (value) => ({ ...value, name: 'Water Pump' }))
    world.edit(b, (value) => ({ ...value, name: 'Thermostat' }))
    assert.deepEqual(await world.changes('--without', 'devices'), [
      'change product Water Pump; name Thermostat -> Water Pump',
      'change product Thermostat; name Water Pump -> Thermostat',
    ])
    assert.equal((await world.apply('--without', 'devices')).code, 0)
    assert.deepEqual(await world.changes('--without', 'devices'), [])
    const groups = await world.json(['dg', 'list', '-p', 'Water Pump'])
    assert.ok(groups.some((one: any) => one['Device Group'].name === 'Thermostat Field'))
  })

  test('a changed name of a group or Product moves no device: the rows follow it, and then nothing differs', async (t) => {
    const world = await pulled(t)
    const before = await world.json(['device', 'list'])
    const groupOf = (list: any) =>
      list.map(({ Device }: any) => [Device.id, Device['Device Group']?.id ?? ''])
    const swapped = [FIELD, BENCH].map((path) => JSON.parse(world.read(`${path}/group.json`)).name)
    const name = (file: string, to: string) => world.edit(file, (value) => ({ ...value, name: to }))
    const [field, bench] = [`${FIELD}/group.json`, `${BENCH}/group.json`]
    const kinds: readonly [() => void, string][] = [
      [() => name(field, 'Thermostat Outdoors'), 'Thermostat Outdoors'],
      [() => name('products/Thermostat/product.json', 'Heating'), 'Thermostat Field'],
      [() => (name(field, swapped[1]), name(bench, swapped[0])), swapped[1]],
    ]
    const apply = async (retype: string, ...words: string[]) => {
      const { code, stdout, stderr } = await world.run([
        'apply',
        'backup',
        '-q',
        '--retype',
        retype,
        ...words,
      ])
      assert.equal(code, 0, stdout + stderr)
      assert.deepEqual(groupOf(await world.json(['device', 'list'])), groupOf(before))
      assert.deepEqual(await world.changes(), [], words.join(' '))
    }
    for (const [change, named] of kinds)
      for (const words of [[], ['--without', 'devices']]) {
        change()
        const devices = (await world.changes()).filter((line) => line.includes(' device '))
        assert.deepEqual(devices, [])
        await apply('Thermostat Field', ...words)
        name(field, 'Thermostat Field')
        name(bench, swapped[1])
        name('products/Thermostat/product.json', 'Thermostat')
        await apply(named)
      }
    const again = await world.run(['pull', 'backup'])
    assert.match(again.stdout, /0 new files, [01] changed, 0 removed/)
  })

  test('rows stay as they are where no name was changed after all', async (t) => {
    const world = await pulled(t)
    const rows = world.read('devices.csv')
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, name: 'Thermostat Outdoors' }))
    world.sandbox.inject({
      method: 'PATCH',
      path: '/devicegroups/*',
      skip: 0,
      count: 1,
      fault: { kind: 'status', status: 403 },
    })
    assert.equal((await world.apply()).code, 1)
    assert.equal(world.read('devices.csv'), rows)
  })

  test('a circle of names is gone round also where the answer to the question took minutes', async (t) => {
    const world = await pulled(t)
    const [a, b] = ['products/Thermostat/product.json', 'products/Water Pump/product.json']
    world.edit(a, (value) => ({ ...value, name: 'Water Pump' }))
    world.edit(b, (value) => ({ ...value, name: 'Thermostat' }))
    const { code, stdout } = await world.run(ASKS, [late(t)])
    assert.equal(code, 0, stdout)
    assert.deepEqual(await world.changes('--without', 'devices'), [])
  })

  test('of another owner leave their variables alone, and make Products that are theirs', async (t) => {
    const world = await pulled(t, '-o', 'partner')
    const groups = 'products/Shared Sensor/groups'
    const [name = ''] = readdirSync(world.path(groups))
    world.edit(`${groups}/${name}/group.json`, (value) => ({ ...value, env: { ...value.env, ADDED: 'x' } }))
    mkdirSync(world.path('products/Theirs'))
    world.write('products/Theirs/product.json', '{"name": "Theirs"}\n')
    const { accounts, collaborations } = world.sandbox.store
    const partner = accounts.find('partner')?.id
    const role = [...collaborations.all()].find(({ owner }) => owner === partner)
    if (role) collaborations.update(role, { role: 'administrator' })
    const owned = ['-o', 'partner', '--without', 'devices']
    const [env, product, ...more] = await world.changes(...owned)
    assert.match(
      env ?? '',
      /^impossible group .*; env ADDED null -> .*; only its owner may change variables$/,
    )
    assert.equal(product, 'create product Theirs')
    assert.deepEqual(more, [])
    const { code, stdout } = await world.apply(...owned)
    assert.equal(code, 0, stdout)
    const made = [...world.sandbox.store.products.all()].find((one) => one.name === 'Theirs')
    assert.ok(partner !== undefined && made?.owner === partner, made?.owner)
  })

  test('code is not put over what somebody deployed during the question', async (t) => {
    const world = await pulled(t)
    world.write(`${FIELD}/device.nut`, 'ours\n')
    const group = [...world.sandbox.store.groups.all()].find(({ name }) => name === 'Thermostat Field')
    const like = world.sandbox.store.deployments.get(group?.currentDeployment ?? '')
    assert.ok(group && like)
    const id = like.id.replace(/^.{4}/, 'cccc')
    const deploy = () => {
      world.sandbox.store.deployments.insert({ ...like, id, deviceCode: 'theirs' })
      world.sandbox.store.groups.update(group, { currentDeployment: id })
    }
    const { code, stdout } = await world.run(ASKS, [late(t, deploy)])
    assert.equal(code, 1, stdout)
    assert.match(stdout, /Somebody deployed another build there since the plan was made/)
    assert.equal(world.sandbox.store.groups.get(group.id)?.currentDeployment, id)
  })

  test('one device that is refused does not keep the others of its request from their group', async (t) => {
    const world = await pulled(t)
    const text = world.read('devices.csv')
    world.write(
      'devices.csv',
      text.replace(/(Kitchen|Cellar),Thermostat,Thermostat Development/g, '$1,Water Pump,Pump Lab'),
    )
    world.sandbox.inject({
      method: 'POST',
      path: '*/relationships/devices',
      skip: 0,
      count: 2,
      fault: { kind: 'status', status: 400 },
    })
    const { code, stdout } = await world.apply()
    assert.equal(code, 1, stdout)
    assert.equal(stdout.match(/^Error: /gm)?.length, 2, stdout)
    assert.match(stdout, /^Error: 1 of 2 changes were not made\.$/m)
    assert.equal((await world.changes()).length, 1)
  })

  test('an id and a name that point at two entities are a conflict', async (t) => {
    const world = await pulled(t)
    await world.run(['product', 'create', '-n', 'Third'])
    world.edit('products/Thermostat/product.json', (value) => ({ ...value, name: 'Third' }))
    const changes = await world.changes('--without', 'devices')
    assert.match(changes.join('\n'), /^impossible product Third; CONFLICT: its name is that of /)
  })

  test('create, change and, with --prune, delete webhooks; without it they stay', async (t) => {
    const world = await pulled(t)
    await world.run([
      'webhook',
      'create',
      '-g',
      'Pump Lab',
      '-u',
      'https://old.example.com/',
      '-e',
      'blinkup',
      '-m',
      'json',
    ])
    await world.run([
      'webhook',
      'create',
      '-g',
      'Pump Lab',
      '-u',
      'https://gone.example.com/',
      '-e',
      'deployment',
      '-m',
      'json',
    ])
    world.edit('products/Water Pump/groups/Pump Lab/group.json', (value) => {
      value.webhooks = [
        { event: 'blinkup', url: 'https://new.example.com/' },
        { event: 'blessing', url: 'https://u:planted@b.example.com/' },
      ]
    })
    const changes = await world.changes()
    assert.match(
      changes.join('\n'),
      /^change webhook blinkup https:\/\/new\.example\.com\/; url https:\/\/old\.example\.com\/ -> https:\/\/new\.example\.com\/\ncreate webhook blessing \(secret\)\nkeep webhook deployment https:\/\/gone\.example\.com\/; kept \(--prune deletes\)$/,
    )
    assert.equal((await world.apply()).code, 0)
    assert.equal((await world.json(['webhook', 'list', '-g', 'Pump Lab'])).length, 3)
    assert.equal((await world.apply('--prune')).code, 0)
    assert.deepEqual(
      (await world.json(['webhook', 'list', '-g', 'Pump Lab'])).map((one: any) => one.Webhook.event).sort(),
      ['blessing', 'blinkup'],
    )
  })

  test('prune never touches groups with devices, builds, devices or login keys', async (t) => {
    const world = await pulled(t)
    rmSync(world.path('products/Thermostat'), { recursive: true })
    rmSync(world.path('products/Water Pump/groups/Pump Pilot'), { recursive: true })
    world.write('loginkeys.csv', 'description\n')
    const lines = world.read('devices.csv').split('\n')
    world.write('devices.csv', lines.filter((line) => !/Spare/.test(line)).join('\n'))
    const changes = (await world.changes('--prune')).join('\n')
    assert.match(changes, /impossible product Thermostat; it has groups that stay/)
    assert.match(changes, /impossible group Thermostat Field \(production\); not deleted: it has 1 device/)
    assert.match(changes, /delete group Pump Pilot \(pre-production\)/)
    assert.match(changes, /keep device \w+ "Spare"; kept \(devices are never deleted\)/)
    assert.match(changes, /keep loginkey "Demo login key"; kept \(login keys are never deleted\)/)
    await world.apply('--prune')
    const names = (await world.json(['dg', 'list'])).map((one: any) => one['Device Group'].name)
    assert.ok(!names.includes('Pump Pilot') && names.includes('Thermostat Field'))
  })

  test('what is fixed, missing or not this account is marked, and does not stop the rest', async (t) => {
    const world = await pulled(t)
    world.edit(`${BENCH}/group.json`, (value) => ({ ...value, type: 'dut', description: 'new' }))
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, region: 'eu' }))
    world.edit(`${FIELD}/builds.json`, ([first]) => [{ ...first, origin: 'elsewhere' }])
    world.write('devices.csv', `${world.read('devices.csv')}0000000000000001,,Ghost,,,,\n`)
    world.write('loginkeys.csv', 'description\nDemo login key\nci\n')
    assert.deepEqual((await world.changes()).sort(), [
      'change group Thermostat Development (dut, 3 devices); description null -> new',
      'impossible build v1.0 (current); origin null -> elsewhere; the origin is fixed when a build is made',
      'impossible device 0000000000000001 "Ghost"; not in this account',
      'impossible group Thermostat Development (dut, 3 devices); the type development is fixed when a group is made',
      'impossible group Thermostat Field (production, 1 device); the region is fixed when a group is made',
      'impossible loginkey "ci"; a login key cannot be restored: its id is its secret',
    ])
    assert.equal((await world.apply()).code, 0)
    assert.equal((await world.changes()).length, 5)
  })

  test('keep the value of a secret that this folder does not have', async (t) => {
    const world = await pulled(t)
    await world.run(['dg', 'update', '-g', 'Pump Lab', '-e', '{"API":"planted"}'])
    await world.run(['pull', 'backup'])
    rmSync(world.path('secrets.json'))
    const group = 'products/Water Pump/groups/Pump Lab/group.json'
    world.edit(group, (value) => {
      value.env.NEW = 3
    })
    const { stdout } = await world.run(['plan', 'backup'])
    assert.match(
      stdout,
      /~ {5}env NEW {3}\(none\) -> \(secret \w{4}\)\n- {3}group Pump Lab \(development, 1 device\) {3}API: value not in this folder: the cloud keeps its own\n/,
    )
    assert.equal((await world.apply()).code, 0)
    assert.deepEqual((await world.json(['dg', 'info', '-g', 'Pump Lab']))['Device Group'].env_vars, {
      API: 'planted',
      NEW: 3,
    })
    const copy = JSON.parse(world.read(group))
    mkdirSync(world.path('products/Water Pump/groups/Copy'))
    world.write('products/Water Pump/groups/Copy/group.json', JSON.stringify({ ...copy, name: 'Copy' }))
    assert.match(
      (await world.run(['plan', 'backup'])).stdout,
      /! {3}group Copy \(development\) {3}API: value not in this folder\n/,
    )
    await world.apply()
    assert.ok(!(await world.json(['dg', 'list'])).some((one: any) => one['Device Group'].name === 'Copy'))
  })

  test('what is kept for good is told and is no difference, also in a fresh clone and where devices were enrolled since', async (t) => {
    const world = await pulled(t, '--without', 'loginkeys')
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, env: { ...value.env, API: 'planted' } }))
    assert.equal((await world.apply()).code, 0)
    assert.equal((await world.run(['pull', 'backup', '--without', 'loginkeys'])).code, 0)
    rmSync(world.path('secrets.json'))
    rmSync(world.path('.impt'), { recursive: true })
    const rows = world.read('devices.csv').split('\n')
    world.write('devices.csv', rows.filter((row) => !row.includes('Spare')).join('\n'))
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.match(
      stdout,
      /\n- +group Thermostat Field .* API: value not in this folder: the cloud keeps its own\n/,
    )
    assert.match(
      stdout,
      /\n- device \w+ "Spare" +kept \(devices are never deleted\)\n0 to change, 0 to create, 0 to delete, \d+ kept, 0 impossible\nNothing differs but what is kept\.\n/,
    )
    assert.equal(code, 0)
    const { Changes } = await world.json(['plan', 'backup'])
    assert.ok(Changes.length > 1 && Changes.every(({ differs }: any) => differs === false))
    // What the cloud does not have either cannot be made.
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, env: { ...value.env, NEW: { secret: true } } }))
    const missing = await world.run(['plan', 'backup'])
    assert.match(missing.stdout, /\n! +group Thermostat Field .* NEW: value not in this folder\n/)
    assert.equal(missing.code, 6)
  })

  test('of many devices of which the same is told ten are shown, and the number of the rest', async (t) => {
    const world = await pulled(t)
    const ids = Array.from({ length: 4000 }, (_, i) => `5${String(i).padStart(15, '0')}`)
    const [head = '', ...rows] = world.read('devices.csv').split('\n').filter(Boolean)
    const width = head.split(',').length - 1
    world.write('devices.csv', `${[head, ...rows, ...ids.map((id) => id + ','.repeat(width))].join('\n')}\n`)
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.equal(code, 6)
    assert.equal(stdout.match(/^! device /gm)?.length, 10)
    assert.match(
      stdout,
      /\n! 3,?990 more devices +not in this account: --output json shows all, --without devices none\n/,
    )
    assert.match(stdout, /, 4000 impossible\n/)
    assert.equal((await world.json(['plan', 'backup'])).Changes.length, 4000)
  })

  test('have one id for the same changes; --plan does only what was reviewed', async (t) => {
    const world = await pulled(t)
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, description: 'x', env: { API: 'planted' } }))
    const { Plan: id, Changes: changes } = await world.json(['plan', 'backup'])
    assert.equal((await world.json(['plan', 'backup'])).Plan, id)
    assert.match(changes[0].fields.at(-1).to, /^\(secret \w{4}\)$/)
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, env: { API: 'other' } }))
    const moved = await world.apply('--plan', id)
    assert.match(
      moved.stdout,
      new RegExp(`^Error: The plan is \\w{6} now, not ${id}: folder or cloud changed since\\.\n`),
    )
    assert.equal(moved.code, 1)
    world.edit(`${FIELD}/group.json`, (value) => ({ ...value, env: { API: 'planted' } }))
    assert.equal((await world.apply('--plan', id)).code, 0)
  })

  test('a failure stops the rest, or with --keep-going only what depends on it', async (t) => {
    const world = await pulled(t)
    world.edit('products/Water Pump/product.json', (value) => ({ ...value, description: 'x' }))
    world.write(`${BENCH}/device.nut`, 'new code\n')
    world.write(`${FIELD}/agent.nut`, 'new code\n')
    const fail = () =>
      world.sandbox.inject({
        method: 'PATCH',
        path: '/products/*',
        skip: 0,
        count: 1,
        fault: { kind: 'status', status: 403 },
      })
    fail()
    const stopped = await world.apply()
    assert.equal(stopped.code, 1)
    assert.match(
      stopped.stdout,
      /Error: ~ product Water Pump: description .*: Injected Fault: By request\.\n0 changed, .* 2 not started\nError: 3 of 3 changes were not made\.\nThe same command goes on with what is left\n/,
    )
    fail()
    const json = JSON.parse((await world.apply('-k', '-z', 'json')).stdout)
    assert.deepEqual(json.Applied.change, 2)
    assert.deepEqual(json.Failed, [
      {
        path: 'products/Water Pump',
        kind: 'product',
        label: 'Water Pump',
        error: 'Injected Fault: By request.',
      },
    ])
    assert.equal((await world.apply()).code, 0)
    assert.deepEqual(await world.changes(), [])
  })

  test('a compile error is told at the file and line, and the group keeps its build', async (t) => {
    const world = await pulled(t)
    const meta = [{ file: 'agent_code', type: 'error', row: 3, column: 2, text: 'expected something' }]
    const errors = [{ status: '400', code: 'CX005', title: 'Compilation Error', meta }]
    world.write(`${FIELD}/agent.nut`, 'fine\n#line 7 "lib/net.nut"\nbad line\n')
    world.sandbox.inject({
      method: 'POST',
      path: '/deployments',
      skip: 0,
      count: 1,
      fault: { kind: 'status', status: 400, body: JSON.stringify({ errors }) },
    })
    const { code, stdout } = await world.apply()
    assert.equal(code, 1)
    assert.match(
      stdout,
      /\nError: ~ build of products\/.*: Compilation Error\n.*\n {2}lib\/net\.nut:7:2\n {2}7 \| bad line\n/,
    )
    assert.equal((await world.json(['build', 'list', '-g', 'Thermostat Field'])).length, 1)
  })

  test('a changed line end is shown, and the new build is not called by what the old one was described as', async (t) => {
    const world = await pulled(t)
    const code = world.read(`${FIELD}/agent.nut`)
    world.write(`${FIELD}/agent.nut`, code.replaceAll('\n', '\r\n'))
    const { stdout } = await world.run(['plan', 'backup'])
    assert.match(stdout, /\n +-(.*)\n +\+\1\\r\n/)
    const { Changes } = await world.json(['plan', 'backup'])
    assert.deepEqual(Changes[0].fields, [{ name: 'current', from: 'v1.0', to: 'new code' }])
  })

  test('a compile error is told as data too, and by the plan before anything is sent', async (t) => {
    const world = await pulled(t)
    world.write(`${FIELD}/agent.nut`, 'local x = 1;\nfunction {{{\n')
    world.write(`${BENCH}/device.nut`, 'a <- 1;\n<<<<<<< HEAD\nb <- 1;\n=======\nb <- 2;\n>>>>>>> theirs\n')
    const shown = await world.run(['plan', 'backup'])
    assert.match(shown.stderr, /Field\/agent\.nut:2:\d+: it does not compile: \S/)
    assert.match(shown.stderr, /Development\/device\.nut:2:1: it has a conflict of Git: resolve it/)
    const { Warnings: warnings } = await world.json(['plan', 'backup'])
    assert.deepEqual(
      warnings.map(({ file, line }: any) => [file, line]),
      [
        [`${BENCH}/device.nut`, 2],
        [`${FIELD}/agent.nut`, 2],
      ],
    )
    world.write(`${BENCH}/device.nut`, 'a <- 1;\n')
    const meta = [{ file: 'agent_code', type: 'error', row: 2, column: 10, text: 'identifier expected' }]
    const errors = [{ status: '400', code: 'CX005', title: 'Compilation Error', meta }]
    world.sandbox.inject({
      method: 'POST',
      path: '/deployments',
      skip: 0,
      count: 2,
      fault: { kind: 'status', status: 400, body: JSON.stringify({ errors }) },
    })
    const applied = await world.apply('-k', '-z', 'json')
    assert.equal(applied.code, 1)
    const failed = JSON.parse(applied.stdout).Failed.find(({ path }: any) => path === FIELD)
    assert.deepEqual(failed.problems, [
      { file: `backup/${FIELD}/agent.nut`, line: 2, column: 10, text: 'identifier expected' },
    ])
  })

  test('an older build that is missing is made only where nothing can load it', async (t) => {
    const world = await pulled(t)
    mkdirSync(world.path(`${FIELD}/builds/0123456789ab`), { recursive: true })
    for (const side of ['device', 'agent']) world.write(`${FIELD}/builds/0123456789ab/${side}.nut`, 'old\n')
    world.edit(`${FIELD}/builds.json`, ([first]) => [{ code: 'builds/0123456789ab', tags: ['v0'] }, first])
    assert.match(
      (await world.changes()).join('\n'),
      /^impossible build v0; it would become the current build of a group that has builds or devices$/,
    )
    await world.apply()
    assert.equal((await world.json(['build', 'list', '-g', 'Thermostat Field'])).length, 1)
  })

  test('devices move between groups with one request a group; production ones do not leave', async (t) => {
    const world = await pulled(t)
    const text = world.read('devices.csv')
    world.write(
      'devices.csv',
      text
        .replace(/(Kitchen|Cellar),Thermostat,Thermostat Development/g, '$1,Water Pump,Pump Lab')
        .replace('Customer 1,Thermostat,Thermostat Field', 'Customer 1,Water Pump,Pump Lab')
        .replace(',Spare,,', ',Spare,Thermostat,Thermostat Field'),
    )
    const changes = (await world.changes()).join('\n')
    assert.match(changes, /change device \w+ "Kitchen"; group Thermostat Development -> Pump Lab/)
    assert.match(
      changes,
      /impossible device \w+ "Customer 1"; group Thermostat Field -> Pump Lab; it needs the unbond key/,
    )
    assert.match(
      changes,
      /impossible device \w+ "Spare"; group null -> Thermostat Field; only blessing brings a device into such a group/,
    )
    world.requests()
    assert.equal((await world.apply()).code, 0)
    assert.equal(world.requests().filter((line) => line.startsWith('POST')).length, 1)
  })
})

describe('a folder that is not as it should be', () => {
  // Nothing of what these tests do reaches the cloud: one serves them all, and each begins with the folder as it was pulled.
  let world: Awaited<ReturnType<typeof pulled>>
  before(async () => {
    world = await openPulled()
    renameSync(world.path('.'), join(world.directory, 'whole'))
  })
  beforeEach(() => {
    rmSync(world.path('.'), { recursive: true, force: true })
    cpSync(join(world.directory, 'whole'), world.path('.'), { recursive: true, preserveTimestamps: true })
    world.requests()
  })
  after(() => world.close())

  const cases: readonly (readonly [string, (world: Awaited<ReturnType<typeof pulled>>) => void, RegExp])[] = [
    [
      'broken JSON',
      (world) => world.write(`${FIELD}/group.json`, '{\n  "name": "x",\n}'),
      /group\.json:3:1: it is not valid JSON/,
    ],
    [
      'a key that nobody knows',
      (world) => world.edit(`${FIELD}/group.json`, (value) => ({ ...value, colour: 'red' })),
      /group\.json:5:13: "colour" is not known here/,
    ],
    [
      'a value of the wrong kind',
      (world) => world.edit('products/Thermostat/product.json', (value) => ({ ...value, name: 3 })),
      /product\.json:2:11: "name" must be a text/,
    ],
    [
      'a number whose digits would get lost',
      (world) =>
        world.write(
          `${FIELD}/group.json`,
          world
            .read(`${FIELD}/group.json`)
            .replace('{', '{\n  "notes": [{ "serial": 12345678901234567890 }],'),
        ),
      /group\.json:2:25: the number has more digits than can be kept: write it as a text, or with fewer\n/,
    ],
    [
      'a type that is none',
      (world) => world.edit(`${FIELD}/group.json`, (value) => ({ ...value, type: 'prod' })),
      /group\.json:3:11: "prod" is no type of Device Group/,
    ],
    [
      'a missing program',
      (world) => rmSync(world.path(`${FIELD}/agent.nut`)),
      /Thermostat Field\/agent\.nut: the file is missing/,
    ],
    [
      'a missing file of a group',
      (world) => rmSync(world.path(`${FIELD}/group.json`)),
      /Thermostat Field: group\.json is missing/,
    ],
    [
      'two folders of one name',
      (world) =>
        world.edit('products/Water Pump/product.json', (value) => ({ ...value, name: 'Thermostat' })),
      /products\/Water Pump: two Products have the name "Thermostat": the other is products\/Thermostat/,
    ],
    [
      'a path that leads out',
      (world) => world.edit(`${FIELD}/builds.json`, ([first]) => [{ code: '../../../../secrets' }, first]),
      /builds\.json:3:13: "\.\.\/\.\.\/\.\.\/\.\.\/secrets" does not name code of this group/,
    ],
    [
      'a symbolic link in place of a program',
      (world) => {
        rmSync(world.path(`${FIELD}/agent.nut`))
        symlinkSync('/etc/hostname', world.path(`${FIELD}/agent.nut`))
      },
      /agent\.nut: it is a symbolic link\n/,
    ],
    [
      'a symbolic link in place of a folder',
      (world) => {
        symlinkSync('/etc', world.path('products/Etc'))
      },
      /products\/Etc: it is a link, a pipe or a device/,
    ],
    [
      'a pipe in place of a file',
      (world) => {
        rmSync(world.path(`${FIELD}/device.nut`))
        execFileSync('mkfifo', [world.path(`${FIELD}/device.nut`)])
      },
      /device\.nut: it is no plain file\n/,
    ],
    [
      'a newer format',
      (world) => world.edit('account.json', (value) => ({ ...value, format: 9 })),
      /account\.json:2:13: format 9 needs a newer impt/,
    ],
    [
      'bytes that are no text',
      (world) => writeFileSync(world.path(`${FIELD}/device.nut`), Buffer.from([0xff, 0xfe])),
      /device\.nut: it is not UTF-8 text/,
    ],
    [
      'a broken table',
      (world) => world.write('devices.csv', 'id,mac,name,product,group,imp,agent\n1,2\n'),
      /devices\.csv:2:1: the row has another number of cells/,
    ],
    ['an empty table', (world) => world.write('devices.csv', ''), /devices\.csv:1:1: it is empty/],
    [
      'a device that is there twice',
      (world) => world.write('devices.csv', 'id\n1\n1\n'),
      /devices\.csv:3:1: the device 1 is there twice, first in line 2/,
    ],
    [
      'a value that is no variable',
      (world) => world.edit(`${FIELD}/group.json`, (value) => ({ ...value, env: { 'a-b': [] } })),
      /"a-b" is no name of a variable/,
    ],
    [
      'targets of a group that has none',
      (world) => world.edit(`${FIELD}/group.json`, (value) => ({ ...value, targets: { dut: 'x' } })),
      /a production group has no targets/,
    ],
    [
      'a current build that is not the last',
      (world) => world.edit(`${BENCH}/builds.json`, (value) => value.toReversed()),
      /the current build must be the last/,
    ],
  ]
  for (const [what, damage, expected] of cases) {
    test(`${what}: file, line and column are told, and nothing is sent`, async () => {
      damage(world)
      for (const command of [
        ['plan', 'backup'],
        ['apply', 'backup', '-q'],
      ]) {
        const { code, stdout } = await world.run(command)
        assert.equal(code, 1, stdout)
        assert.match(stdout, /^Error: The folder "backup" cannot be read: /)
        assert.match(stdout, expected)
        assert.match(stdout, /\nNothing was sent\. Correct the files and try again\nIMPT COMMAND FAILS\n$/)
        assert.deepEqual(
          world.requests().filter((line) => !/^GET \/accounts\/me$/.test(line)),
          [],
        )
      }
    })
  }

  test('everything that is broken is told at once, whatever lies above it', async () => {
    const all = readdirSync(world.path('.'), { recursive: true, encoding: 'utf8' })
    const paths = all.filter((path) => /^(?!\.impt|hints).*\.(?:json|csv)$/.test(path)).sort()
    for (const path of paths) world.write(path, '"')
    const { stdout } = await world.run(['plan', 'backup'])
    const told = [...stdout.matchAll(/^(\S[^:\n]*\.(?:json|csv)):1:1: /gm)].map(([, path]) => path)
    assert.deepEqual(new Set(told), new Set(paths))
    assert.equal(told.length, paths.length)
  })

  test('every kind of value in the place of every other is told with its place', async () => {
    const values = [null, true, 5, 'x', [], [5], {}, { x: 1 }]
    for (const file of [
      'account.json',
      'products/Thermostat/product.json',
      `${FIELD}/group.json`,
      `${FIELD}/builds.json`,
    ]) {
      const text = world.read(file)
      const whole = JSON.parse(text)
      const one = Array.isArray(whole) ? whole[0] : whole
      const names = new Set([
        ...Object.keys(one),
        'env',
        'webhooks',
        'targets',
        'notes',
        'region',
        'description',
      ])
      for (const name of names)
        for (const value of values) {
          const changed = { ...one, [name]: value }
          world.write(file, JSON.stringify(Array.isArray(whole) ? [changed] : changed))
          const { code, stdout } = await world.run(['plan', 'backup'])
          const what = `${file} ${name} ${JSON.stringify(value)}: ${stdout}`
          assert.ok(code === 0 || code === 6 || code === 1, what)
          if (code === 1) assert.match(stdout, /^Error: The folder "backup" cannot be read: /, what)
          if (code === 1)
            for (const line of stdout.split('\n').slice(1, -3))
              assert.match(line, /:\d+:\d+: |: the file is missing|: two /, what)
        }
      world.write(file, text)
    }
    assert.equal((await world.run(['plan', 'backup'])).code, 0)
  })

  for (const broken of ['product.json', 'group.json', 'builds.json', 'nothing'])
    for (const how of ['cut', 'gone'] as const)
      test(`what was edited beside a ${broken} that is ${how} is not lost when a pull replaces it`, async () => {
        const path = broken === 'product.json' ? 'products/Thermostat/product.json' : `${FIELD}/${broken}`
        if (broken !== 'nothing' && how === 'cut') world.write(path, '{"name": "Ther')
        else rmSync(world.path(path), { force: true })
        world.write(`${FIELD}/device.nut`, 'edited\n')
        world.write(`${FIELD}/agent.nut`, 'edited too\n')
        const refused = await world.run(['pull', 'backup'])
        assert.equal(refused.code, 1, refused.stdout)
        assert.match(refused.stdout, /device\.nut\n/)
        assert.equal(world.read(`${FIELD}/device.nut`), 'edited\n')
        const forced = await world.run(['pull', 'backup', '-f'])
        assert.equal(forced.code, 0, forced.stdout)
        const [, kept = ''] = /files edited here were kept in (.*)\n/.exec(forced.stdout) ?? []
        for (const [name, text] of [
          ['device.nut', 'edited\n'],
          ['agent.nut', 'edited too\n'],
        ] as const)
          assert.equal(readFileSync(join(world.directory, kept, FIELD, name), 'utf8'), text)
        assert.equal((await world.run(['plan', 'backup'])).code, 0)
      })

  for (const [what, redo] of [
    [
      'moves a file out of it',
      { moves: [{ from: '.impt/staging/x', to: '../x' }], removes: [], written: {} },
    ],
    ['moves one in', { moves: [{ from: '../mine', to: 'x' }], removes: [], written: {} }],
    ['takes one away elsewhere', { moves: [], removes: [{ path: '../mine' }], written: {} }],
    ['is of another form', { moves: 1 }],
    ['is a list', []],
  ] as const)
    test(`whose unfinished work ${what} is refused, and nothing beyond it is touched`, async (t) => {
      const world = await pulled(t)
      const mine = join(world.directory, 'mine')
      writeFileSync(mine, 'mine')
      mkdirSync(world.path('.impt/staging'), { recursive: true })
      world.write('.impt/staging/x', 'theirs')
      world.write('.impt/redo.json', JSON.stringify(redo))
      for (const command of ['plan', 'pull']) {
        const { code, stdout } = await world.run([command, 'backup'])
        assert.equal(code, 1, stdout)
        assert.match(stdout, /^Error: File error: backup\/.*redo\.json: it /)
      }
      assert.equal(readFileSync(mine, 'utf8'), 'mine')
      assert.ok(!existsSync(join(world.directory, 'x')))
    })

  test('whose hints are a link or a file is not taken for one that has none', async (t) => {
    const world = await pulled(t)
    rmSync(world.path('hints'), { recursive: true })
    world.write('hints', 'x')
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.equal(code, 1, stdout)
    assert.match(stdout, /^hints: .*not a directory/m)
  })

  test('of which builds.json was deleted, or code of an older build, says what corrects it', async (t) => {
    const world = await pulled(t)
    rmSync(world.path(`${FIELD}/builds.json`))
    for (const side of ['device', 'agent']) rmSync(world.path(`${FIELD}/${side}.nut`))
    mkdirSync(world.path(`${FIELD}/builds/0123456789ab`), { recursive: true })
    world.edit(`${BENCH}/builds.json`, (list) => [{ code: 'builds/0123456789ab' }, ...list])
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.equal(code, 1)
    assert.match(stdout, /Field\/builds\.json: it is missing, and says which code is which/)
    assert.match(
      stdout,
      /0123456789ab\/device\.nut: the file is missing: restore it, or take its build out of builds\.json\n/,
    )
  })

  test('whose files were deleted gets them back from a pull, which says how many', async (t) => {
    const world = await pulled(t)
    rmSync(world.path('devices.csv'))
    const again = await world.run(['pull', 'backup'])
    assert.match(again.stdout, /: 1 new files, .*\n1 file deleted here is there again\n/)
    assert.doesNotMatch((await world.run(['pull', 'backup'])).stdout, /deleted here/)
  })

  test('with conflicts of Git says so, in every kind of file', async (t) => {
    const world = await pulled(t)
    const files = [
      'account.json',
      `${FIELD}/group.json`,
      `${FIELD}/builds.json`,
      'devices.csv',
      'loginkeys.csv',
    ]
    for (const file of files)
      world.write(file, `<<<<<<< HEAD\n${world.read(file)}=======\n${world.read(file)}>>>>>>> theirs\n`)
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.equal(code, 1)
    for (const file of files)
      assert.ok(stdout.includes(`${file}:1:1: it has a conflict of Git: resolve it`), `${file}\n${stdout}`)
  })

  test('with code of a group that no builds.json speaks of says so', async (t) => {
    const world = await pulled(t)
    rmSync(world.path(`${FIELD}/builds.json`))
    world.write(`${FIELD}/device.nut`, 'edited\n')
    const { code, stdout } = await world.run(['plan', 'backup'])
    assert.equal(code, 1, stdout)
    assert.match(stdout, /builds\.json: it is missing/)
  })

  test('all mistakes are told at once', async () => {
    rmSync(world.path(`${FIELD}/agent.nut`))
    world.edit(`${BENCH}/group.json`, (value) => ({ ...value, a: 1, b: 2 }))
    assert.match(
      (await world.run(['plan', 'backup'])).stdout,
      /^Error: The folder "backup" cannot be read: 3 things are wrong\.\n/,
    )
  })

  test('that is not there, or no folder of an account, is said so and left as it is', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    assert.match(
      (await world.run(['plan', 'nope'])).stdout,
      /^Error: File error: nope: folder is not found\.\nUse "impt pull nope" to make one\n/,
    )
    assert.equal(existsSync(join(world.directory, 'nope')), false)
    mkdirSync(join(world.directory, 'empty'))
    assert.match(
      (await world.run(['apply', 'empty', '-q'])).stdout,
      /^Error: "empty" is not a folder of an account: it has no account\.json\.\n/,
    )
    writeFileSync(join(world.directory, 'file'), '')
    assert.match((await world.run(['pull', 'file'])).stdout, /^Error: File error: file: /)
  })
})
