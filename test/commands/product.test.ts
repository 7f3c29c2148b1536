import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CLOUDS, openWorld, type World } from './world.ts'

for (const [cloud, switches] of CLOUDS)
  describe(`impt product, in a cloud ${cloud}`, () => {
    let world: World
    before(async () => {
      world = await openWorld(switches)
    })
    after(() => world.close())

    test('create tells the name and shows the list attributes', async () => {
      const { code, stdout } = await world.run(['product', 'create', '-n', 'Lamp', '-s', 'A lamp'])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /^Product "Lamp" is created successfully\.\nProduct: \n {2}id: {3}[0-9a-f-]{36}\n {2}name: Lamp\nIMPT COMMAND SUCCEEDS\n$/,
      )
    })

    test('create with a name that exists fails with the text of the server', async () => {
      await world.run(['product', 'create', '-n', 'Twice'])
      const { code, stdout } = await world.run(['product', 'create', '-n', 'Twice'])
      assert.equal(code, 1)
      assert.match(stdout, /^Error: Duplicate Resource: Products must have unique names\.\n/)
      assert.match(stdout, /IMPT COMMAND FAILS\n$/)
    })

    test('info takes a name, an id and a hierarchical identifier', async () => {
      const byName = await world.json(['product', 'info', '-p', 'Thermostat'])
      const byId = await world.json(['product', 'info', '-p', byName.Product.id])
      const byPath = await world.json(['product', 'info', '-p', '{me}{Thermostat}'])
      assert.deepEqual(byId, byName)
      assert.deepEqual(byPath, byName)
      assert.equal(byName.Product.name, 'Thermostat')
    })

    test('info --full shows every group with its devices', async () => {
      const { Product } = await world.json(['product', 'info', '-p', 'Thermostat', '--full'])
      const groups = Product['Device Groups'].map((one: any) => one['Device Group'].name)
      assert.ok(groups.includes('Thermostat Development'))
      const bench = Product['Device Groups'].find(
        (one: any) => one['Device Group'].name === 'Thermostat Development',
      )['Device Group']
      assert.equal(bench.Devices.length, 3)
      assert.ok(bench['Current Deployment'].sha)
    })

    test('list counts in its heading and is an array in json', async () => {
      const { stdout } = await world.run(['product', 'list', '--owner', 'me'])
      const items = await world.json(['product', 'list', '--owner', 'me'])
      assert.match(stdout, new RegExp(`^Product list \\(${items.length} items\\):\n`))
    })

    test('list of an owner that does not exist is empty, not an error', async () => {
      const { code, stdout } = await world.run(['product', 'list', '--owner', 'nobody'])
      assert.equal(code, 0)
      assert.equal(stdout, 'No Products are found.\nIMPT COMMAND SUCCEEDS\n')
      assert.deepEqual(await world.json(['product', 'list', '--owner', 'nobody']), [])
    })

    test('update changes the name and the description and prints nothing but the line', async () => {
      await world.run(['product', 'create', '-n', 'Old'])
      const { stdout } = await world.run(['product', 'update', '-p', 'Old', '-n', 'New', '-s', ''])
      assert.equal(stdout, 'Product "Old" is updated successfully.\nIMPT COMMAND SUCCEEDS\n')
      const { Product } = await world.json(['product', 'info', '-p', 'New'])
      assert.equal(Product.description, '')
    })

    test('delete shows what goes, and leaves all as it is after a no', async () => {
      await world.run(['product', 'create', '-n', 'Stay'])
      const { code, stdout } = await world.run(['product', 'delete', '-p', 'Stay'], ['n'])
      assert.equal(code, 4)
      assert.match(
        stdout,
        /^The following entities will be deleted:\nProduct: \n {2}id: {3}\S+\n {2}name: Stay\n/,
      )
      assert.match(stdout, /Operation is canceled\.\nIMPT COMMAND FAILS\n$/)
      assert.equal((await world.run(['product', 'info', '-p', 'Stay'])).code, 0)
    })

    test('delete fails at once where there is no one to ask', async () => {
      await world.run(['product', 'create', '-n', 'Alone'])
      const { code, stdout } = await world.run(['product', 'delete', '-p', 'Alone'])
      assert.equal(code, 4)
      assert.match(stdout, /Error: The command needs a confirmation and there is no one to ask\n/)
    })

    test('delete of a product with groups fails without --force and works with it', async () => {
      await world.run(['product', 'create', '-n', 'Full'])
      await world.run(['dg', 'create', '-n', 'G', '-p', 'Full'])
      const refused = await world.run(['product', 'delete', '-p', 'Full', '-q'])
      assert.equal(refused.code, 1)
      assert.match(
        refused.stdout,
        /Error: Dependent Devicegroups Exist: Cannot delete a product with associated devicegroups\./,
      )
      const forced = await world.run(['product', 'delete', '-p', 'Full', '-f', '-b', '-q'])
      assert.equal(forced.code, 0)
      assert.match(
        forced.stdout,
        /Device Group "\S+" is deleted successfully\.\nProduct "\S+" is deleted successfully\.\nIMPT COMMAND SUCCEEDS\n$/,
      )
    })

    test('an ambiguous name shows the candidates, in json too', async () => {
      for (const name of ['One', 'Two']) {
        await world.run(['product', 'create', '-n', name])
        await world.run(['dg', 'create', '-n', 'Dup', '-p', name])
      }
      const { code, stdout } = await world.run(['dg', 'info', '-g', 'Dup'])
      assert.equal(code, 1)
      assert.match(stdout, /^Error: Multiple Device Groups "Dup" are found:\nDevice Group: \n/)
      assert.match(stdout, /Impossible to execute the command\.\nIMPT COMMAND FAILS\n$/)
      const failure = await world.json(['dg', 'info', '-g', 'Dup'])
      assert.equal(failure.Error, 'Multiple Device Groups "Dup" are found:')
      assert.equal(failure.Candidates.length, 2)
    })
  })
