import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('failures', () => {
  let world: World
  before(async () => {
    world = await openWorld({ fleet: { products: 1, groups: 2, devices: 250, seed: 1 } })
    await world.run(['product', 'create', '-n', 'Other'])
    for (const product of ['Thermostat', 'Other'])
      await world.run(['dg', 'create', '-n', 'Same', '-p', product])
  })
  after(() => world.close())

  test('of ambiguity show the candidates with the Product that each belongs to', async () => {
    const { code, stdout } = await world.run(['dg', 'info', '-g', 'Same'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^Error: Multiple Device Groups "Same" are found:\n(?:Device Group: \n {2}id: {6}\S+\n {2}type: {4}development\n {2}name: {4}Same\n {2}Product: \n {4}id: {3}\S+\n {4}name: (?:Thermostat|Other)\n){2}Impossible to execute the command\.\nIMPT COMMAND FAILS\n$/,
    )
    const minimal = await world.run(['dg', 'info', '-g', 'Same', '-z', 'minimal'])
    assert.match(minimal.stdout, /^Error: Multiple .*\n(?:Device Group: \n(?: .*\n)+){2}$/)
    const { Error: reason, Candidates } = await world.json(['dg', 'info', '-g', 'Same'])
    assert.equal(reason, 'Multiple Device Groups "Same" are found:')
    assert.deepEqual(Candidates.map((one: any) => one['Device Group'].Product.name).sort(), [
      'Other',
      'Thermostat',
    ])
  })

  test('of a change without a clear answer say in every mode that it may have been carried out', async () => {
    const look = 'look with "impt product list" before you repeat it'
    for (const mode of ['default', 'minimal', 'json', 'csv'] as const) {
      world.sandbox.inject({ method: 'POST', path: '/products', skip: 0, count: 1, fault: { kind: 'reset' } })
      const words = ['product', 'create', '-n', `Lost ${mode}`, ...(mode === 'default' ? [] : ['-z', mode])]
      const { code, stdout, stderr } = await world.run(words)
      assert.equal(code, 1)
      assert.ok((stdout + stderr).replaceAll('\\"', '"').includes(look), `${mode}: ${stdout}${stderr}`)
      if (mode === 'json') assert.match(JSON.parse(stdout).Doubt, /may have carried out/)
    }
  })

  test('of the compiler give the place in every mode', async () => {
    const words = ['build', 'deploy', '-g', 'Pump Lab', '-x', 'broken.nut', '-y', 'broken.nut']
    const broken = await openWorld({
      check: () => [{ file: 'device_code', type: 'error', row: 2, column: 5, text: 'expression expected' }],
    })
    await writeFile(join(broken.directory, 'broken.nut'), 'local a = 1;\nx = = 1\n')
    const { code, stdout } = await broken.run(words)
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^Error: Compilation Error: .+\ndevice_code error \(line 2, column 5\): expression expected\n {2}broken\.nut:2:5\n {2}2 \| x = = 1\n {4}\| {5}\^\nIMPT COMMAND FAILS\n$/,
    )
    const { Error: reason } = await broken.json(words)
    assert.match(
      reason,
      /^Compilation Error: .+ device_code error \(line 2, column 5\): expression expected$/,
    )
    await broken.close()
  })

  test('in the middle of a list leave one whole JSON document, and no half of a list', async () => {
    world.sandbox.inject({
      method: 'GET',
      path: '/devices',
      skip: 1,
      count: 99,
      fault: { kind: 'status', status: 418 },
    })
    try {
      const { code, stdout } = await world.run(['device', 'list', '-z', 'json'])
      assert.equal(code, 1)
      assert.deepEqual(Object.keys(JSON.parse(stdout)), ['Error'])
      const csv = await world.run(['device', 'list', '-z', 'csv'])
      assert.equal(csv.code, 1)
      assert.doesNotMatch(csv.stdout, /Error|IMPT COMMAND/)
      assert.match(csv.stderr, /^Error: /)
    } finally {
      await fetch(`${new URL(world.sandbox.url).origin}/sandbox/faults`, {
        method: 'DELETE',
        headers: { 'x-sandbox-token': world.sandbox.adminToken },
      })
    }
  })

  test('of auth info come after what is known without the server', async () => {
    world.sandbox.inject({
      method: 'GET',
      path: '/accounts/me',
      skip: 0,
      count: 1,
      fault: { kind: 'status', status: 418 },
    })
    const { code, stdout } = await world.run(['auth', 'info'])
    assert.equal(code, 1)
    assert.match(
      stdout,
      /^Auth: \n {2}Auth type: .+\n {2}impCentral API endpoint: .+\n {2}Access token auto refresh: false\nError: .+\nIMPT COMMAND FAILS\n$/,
    )
  })

  test('in minimal mode are the error alone', async () => {
    const { stdout } = await world.run(['dg', 'info', '-z', 'minimal'])
    assert.equal(stdout, 'Error: No Device Group Identifier is specified.\n')
  })

  test('of an identifier come from the first part of a hierarchy that names nothing', async () => {
    assert.match(
      (await world.run(['dg', 'info', '-g', '{me}{Nope}{Same}'])).stdout,
      /^Error: Product "Nope" is not found\.\n/,
    )
    assert.match(
      (await world.run(['dg', 'info', '-g', '{me}{Other}{Nope}'])).stdout,
      /^Error: Device Group "Nope" is not found\.\n/,
    )
    assert.equal(
      (await world.json(['dg', 'info', '-g', '{me}{Other}{Same}']))['Device Group'].Product.name,
      'Other',
    )
  })
})

describe('text of others', () => {
  test('reaches no terminal as control characters, in no mode', async () => {
    const world = await openWorld()
    const name = 'a\x1b[31mb\u202e\u009b2J'
    assert.equal((await world.run(['product', 'create', '-n', name])).code, 0)
    for (const mode of [
      [],
      ['-z', 'minimal'],
      ['-z', 'json'],
      ['-z', 'debug'],
      ['-z', 'table'],
      ['-z', 'csv'],
    ]) {
      for (const words of [
        ['product', 'list'],
        ['product', 'info', '-p', name],
        ['product', 'info', '-p', `${name}x`],
        ['product', 'update', '-p', name, '-s', name],
      ]) {
        const { stdout, stderr } = await world.run([...words, ...mode])
        assert.doesNotMatch(stdout + stderr, /[\x1b\u202e\u009b]/, `${words.join(' ')} ${mode.join(' ')}`)
      }
    }
    assert.equal((await world.json(['product', 'info', '-p', name])).Product.name, name)
    await world.close()
  })

  test('an API name with odd characters is looked up as it stands', async () => {
    const world = await openWorld()
    for (const name of ['a/b', 'x?y=1', '#1', '..', '100%', 'a&b', '{a}', '-dash', '007', ' ']) {
      assert.equal((await world.run(['product', 'create', `--name=${name}`])).code, 0, name)
      assert.equal((await world.json(['product', 'info', `--product=${name}`])).Product.name, name)
    }
    await world.close()
  })
})

describe('the summary before a deletion', () => {
  test('has the documented blocks, each followed by an empty line, and files after them', async () => {
    const world = await openWorld()
    await world.run(['build', 'deploy', '-g', 'Pump Lab', '-f'])
    const { stdout } = await world.run(['dg', 'delete', '-g', 'Pump Lab', '-f', '-b'], ['n'])
    assert.match(
      stdout,
      /^The following entities will be deleted:\nDevice Group: \n(?: {2}.*\n)+Deployment: \n(?:(?: {2}|Deployment).*\n)+\nThe following Devices will be unassigned from Device Groups:\nDevice: \n(?:(?: {2}|Device).*\n)+\nThe following Deployments are marked "flagged" to prevent deleting\. They will be modified by setting "flagged" attribute to false:\nDeployment: \n(?:(?: {2}|Deployment).*\n)+\n/,
    )
    await world.close()
  })
})
