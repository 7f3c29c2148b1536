import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('what scripts of the previous tool rely on', () => {
  let world: World
  const file = (name: string) => join(world.directory, name)
  const exist = async (path: string) =>
    readFile(path).then(
      () => true,
      () => false,
    )
  before(async () => {
    world = await openWorld({
      check: (device) =>
        device.includes('hmm')
          ? [{ file: 'device_code', type: 'warning', row: 1, column: 1, text: 'odd' }]
          : [],
    })
    await world.run(['product', 'create', '-n', 'P'])
  })
  beforeEach(async () => {
    for (const name of ['.impt.project', '.impt.test']) await rm(file(name), { force: true })
  })
  after(() => world.close())

  /** The next change at this path is answered with 404, as if somebody else had just deleted what it is about. */
  const vanished = (method: string, path: string) =>
    world.sandbox.inject({ method, path, skip: 0, count: 1, fault: { kind: 'status', status: 404 } })
  const idOf = async (...words: string[]) => (Object.values(await world.json(words))[0] as { id: string }).id

  test('messages name an entity by what was typed', async () => {
    await world.run(['product', 'create', '-n', 'Lamp'])
    await world.run(['dg', 'create', '-n', 'L', '-p', 'Lamp'])
    const group = await idOf('dg', 'info', '-g', 'L')
    const { stdout } = await world.run(['dg', 'delete', '-g', '{me}{Lamp}{L}', '-q'])
    assert.equal(stdout, 'Device Group "{me}{Lamp}{L}" is deleted successfully.\nIMPT COMMAND SUCCEEDS\n')
    assert.match((await world.run(['dg', 'info', '-g', group])).stdout, /is not found/)
    const deleted = await world.run(['product', 'delete', '-p', 'Lamp', '-q'])
    assert.equal(deleted.stdout, 'Product "Lamp" is deleted successfully.\nIMPT COMMAND SUCCEEDS\n')
    // What nobody typed is named by its id.
    await world.run(['product', 'create', '-n', 'Lamp'])
    const made = (await world.json(['dg', 'create', '-n', 'L2', '-p', 'Lamp']))['Device Group'].id
    const both = await world.run(['product', 'delete', '-p', 'Lamp', '-f', '-q'])
    assert.match(
      both.stdout,
      new RegExp(`^Device Group "${made}" is deleted successfully\\.\\nProduct "Lamp" is deleted`),
    )
  })

  test('an empty part of a hierarchical identifier is named', async () => {
    for (const [text, name] of [
      ['{}{P}{g}', 'Account'],
      ['{me}{}{g}', 'Product'],
      ['{me}{P}{}', 'Device Group'],
    ]) {
      const { code, stdout } = await world.run(['dg', 'info', '-g', text ?? ''])
      assert.equal(code, 2)
      assert.ok(stdout.startsWith(`Error: No ${name} Identifier is specified.\n`), stdout)
    }
  })

  test('a text of hierarchical form is never the name of something new', async () => {
    const counts = async () => [
      (await world.json(['product', 'list', '-o', 'me'])).length,
      (await world.json(['dg', 'list', '-o', 'me'])).length,
    ]
    const before = await counts()
    const create = (...words: string[]) => world.run(['project', 'create', '-n', 'a', '-q', ...words])
    const target = ['-f', '-p', 'P', '-w', '-u', 'd', '-r', '-t', '{me}{P}{g}']
    for (const [words, said] of [
      [['-p', '{me}{NoSuch}', '-c'], 'Product "NoSuch" is not found.'],
      [['-p', '{nobody}{NoSuch}', '-c'], 'Account "nobody" is not found.'],
      [target, 'Device Group "g" is not found.'],
      [[...target.slice(0, 2), 'New', '-c', ...target.slice(3)], 'Device Group "g" is not found.'],
    ] as const) {
      const { code, stdout } = await create(...words)
      assert.equal(code, 1, stdout)
      assert.ok(stdout.includes(`Error: ${said}\n`), stdout)
    }
    assert.deepEqual(await counts(), before)
    assert.equal(await exist(file('.impt.project')), false)
  })

  test('a hierarchical identifier finds a name that is an id elsewhere', async () => {
    const elsewhere = await idOf('dg', 'info', '-g', 'Pump Lab')
    await world.run(['dg', 'create', '-n', elsewhere, '-p', 'P'])
    const group = (await world.json(['dg', 'info', '-g', `{me}{P}{${elsewhere}}`]))['Device Group']
    assert.equal(group.name, elsewhere)
    assert.notEqual(group.id, elsewhere)
  })

  test('what is gone when it is to be changed is not found, in the documented words', async () => {
    const device = await idOf('device', 'info', '-d', 'Kitchen')
    const group = await idOf('dg', 'info', '-g', 'Pump Lab')
    const product = await idOf('product', 'info', '-p', 'P')
    for (const [method, path, said, words] of [
      ['PATCH', `/devices/${device}`, `Device "${device}"`, ['device', 'update', '-d', 'Kitchen', '-n', 'K']],
      ['POST', `/devices/${device}/restart`, `Device "${device}"`, ['device', 'restart', '-d', 'Kitchen']],
      ['GET', `/devices/${device}/logs`, `Device "${device}"`, ['log', 'get', '-d', 'Kitchen']],
      [
        'GET',
        `/devices/${device}/logs`,
        `Device "${device}"`,
        ['log', 'get', '-d', 'Kitchen', '--page-number', '1'],
      ],
      [
        'POST',
        `/devicegroups/${group}/relationships/devices`,
        `Device Group "${group}"`,
        ['device', 'assign', '-d', 'Kitchen', '-g', 'Pump Lab', '-q'],
      ],
      [
        'DELETE',
        '/devicegroups/*/relationships/devices',
        'Device Group',
        ['device', 'unassign', '-d', 'Kitchen'],
      ],
      [
        'PATCH',
        `/devicegroups/${group}`,
        `Device Group "${group}"`,
        ['dg', 'update', '-g', 'Pump Lab', '-s', 's'],
      ],
      ['PATCH', `/products/${product}`, `Product "${product}"`, ['product', 'update', '-p', 'P', '-s', 's']],
    ] as const) {
      vanished(method, path)
      const { code, stdout } = await world.run(words)
      assert.equal(code, 1, words.join(' '))
      assert.match(stdout, new RegExp(`^Error: ${said}.* is not found\\.\\nIMPT COMMAND FAILS\\n$`))
    }
  })

  test('a login key that is gone when it is deleted is deleted already', async () => {
    const key = (await world.json(['loginkey', 'create', '-s', 'k', '-w', 'demo-password']))['Login Key']?.id
    assert.ok(key)
    vanished('DELETE', '/accounts/me/login_keys/*')
    const { code, stdout } = await world.run(['loginkey', 'delete', '-k', key, '-w', 'demo-password', '-q'])
    assert.equal(code, 0)
    assert.match(stdout, /^Login Key "\S+" is already deleted\.\nIMPT COMMAND SUCCEEDS\n$/)
  })

  test('a device that vanished before it is removed was not unassigned by us', async () => {
    vanished('DELETE', '/devicegroups/*/relationships/devices')
    vanished('DELETE', '/devices/*')
    const { code, stdout } = await world.run(['device', 'remove', '-d', 'Kitchen', '-f', '-q'])
    assert.equal(code, 0)
    assert.equal(
      stdout,
      'Device "Kitchen" is already unassigned.\nDevice "Kitchen" is already deleted.\nIMPT COMMAND SUCCEEDS\n',
    )
  })

  test('warnings of the compiler have their heading', async () => {
    await writeFile(file('w.nut'), 'hmm\n')
    const { stdout } = await world.run(['build', 'deploy', '-g', 'Pump Lab', '-x', 'w.nut'])
    assert.match(stdout, /\nCompilation Warning: .*\ndevice_code warning \(line 1, column 1\): odd\n/)
  })

  test('candidates of log get from a Project show their group', async () => {
    await world.run(['dg', 'create', '-n', 'two', '-p', 'P'])
    for (const name of ['Kitchen', 'Living Room'])
      await world.run(['device', 'assign', '-d', name, '-g', 'two', '-q'])
    await world.run(['project', 'link', '-g', 'two', '-q'])
    const { stdout } = await world.run(['log', 'get'])
    assert.match(
      stdout,
      /^Error: Multiple Devices are found:\nDevice: \n[^]* {2}Device Group: \n {4}id: .*\n {4}type: development\n {4}name: two\n/,
    )
  })

  test('an outdated file ends with the documented line', async () => {
    await world.run(['dg', 'create', '-n', 'doomed', '-p', 'P'])
    await world.run(['project', 'link', '-g', 'doomed', '-q'])
    await world.run(['dg', 'delete', '-g', 'doomed', '-q'])
    const { stdout } = await world.run(['project', 'info'])
    assert.match(
      stdout,
      /does not exist anymore\.\nUse "impt project delete" .*\nImpossible to execute the command\.\nIMPT COMMAND FAILS\n$/,
    )
  })

  test('the types of fixture groups are named in the old order', async () => {
    const { stdout } = await world.run(['dg', 'update', '-g', 'Pump Lab', '-t', 'Pump Pilot'])
    assert.match(stdout, /It may be specified for "pre-factory" or "factory" Device Groups only\./)
  })

  test('errors of files show the name as it was typed', async () => {
    const { stdout } = await world.run(['test', 'github', '-i', 'nodir/gh.json', '-u', 'a', '-w', 'b'])
    assert.match(
      stdout,
      /^Error: File error: nodir\/gh\.json: ENOENT: no such file or directory, open 'nodir\/gh\.json'\.\n/,
    )
  })

  test('auth info with a broken file tells first what is known, and minimal mode adds no line to the error', async () => {
    const own = await openWorld()
    try {
      await writeFile(join(own.directory, '.impt.auth'), '{')
      const told = await own.outside(['auth', 'info'])
      assert.match(
        told.stdout,
        /^Auth: \n {2}Auth type: Local Auth file\nError: Local Auth File is corrupted\.\n/,
      )
      const minimal = await own.outside(['auth', 'info', '-z', 'minimal'])
      assert.equal(minimal.stdout, 'Error: Local Auth File is corrupted.\n')
    } finally {
      await own.close()
    }
  })

  test('"deviceFile": false in a test configuration means no such file', async () => {
    const group = await idOf('dg', 'info', '-g', 'Pump Lab')
    for (const [none, shown] of [
      [false, false],
      [null, undefined],
      ['', undefined],
    ] as const) {
      const content = { deviceGroupId: group, testFiles: ['t.nut'], deviceFile: none, agentFile: none }
      await writeFile(file('.impt.test'), JSON.stringify(content))
      const info = (await world.json(['test', 'info']))['Test Configuration']
      assert.deepEqual([info['Device file'], info['Agent file']], [shown, shown])
    }
  })

  test('test update looks only at the files that its options name', async () => {
    await writeFile(file('there.nut'), '')
    const group = await idOf('dg', 'info', '-g', 'Pump Lab')
    const saved = {
      deviceGroupId: group,
      testFiles: ['t.nut'],
      deviceFile: 'gone.nut',
      githubConfig: 'gone.json',
    }
    await writeFile(file('.impt.test'), JSON.stringify(saved))
    const { code, stdout } = await world.run(['test', 'update', '-t', '9', '-y', 'there.nut'])
    assert.equal(code, 0)
    assert.match(stdout, /^Test Configuration is updated successfully\.\n/)
    const refused = await world.run(['test', 'update', '-y', 'nope.nut'])
    assert.ok(refused.stdout.startsWith('Error: Agent file "nope.nut" is not found.\n'))
  })

  test('build get writes both files or none, and says so', async () => {
    await writeFile(file('one.nut'), 'old')
    const words = ['build', 'get', '-b', await newest(), '-q', '-x', 'one.nut', '-y', 'nodir/two.nut']
    const { code, stdout } = await world.run(words)
    assert.equal(code, 1)
    assert.match(stdout, /^Error: File error: nodir\/two\.nut: .*\nNo file was written\. /)
    assert.equal(await readFile(file('one.nut'), 'utf8'), 'old')
    const folder = await world.run([...words.slice(0, -1), '.'])
    assert.match(folder.stdout, /^Error: File error: \.: EISDIR.*\nNo file was written\. /)
    assert.equal(await readFile(file('one.nut'), 'utf8'), 'old')
  })

  const newest = async () => (await world.json(['build', 'list', '-g', 'Pump Lab']))[0].Deployment.id
})
