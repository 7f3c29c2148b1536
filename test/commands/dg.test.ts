import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CLOUDS, openWorld, type World } from './world.ts'

for (const [cloud, switches] of CLOUDS)
  describe(`impt dg, in a cloud ${cloud}`, () => {
    let world: World
    before(async () => {
      world = await openWorld(switches)
      await world.run(['product', 'create', '-n', 'P'])
    })
    after(() => world.close())

    const create = (name: string, ...more: string[]) =>
      world.run(['dg', 'create', '-n', name, '-p', 'P', ...more])
    const info = async (name: string, ...more: string[]) =>
      (await world.json(['dg', 'info', '-g', `{me}{P}{${name}}`, ...more]))['Device Group']

    test('create makes a development group unless told otherwise', async () => {
      const { stdout } = await create('dev')
      assert.match(
        stdout,
        /^Device Group "dev" is created successfully\.\nDevice Group: \n {2}id: {3}\S+\n {2}type: development\n {2}name: dev\nIMPT COMMAND SUCCEEDS\n$/,
      )
    })

    test('create sends environment variables and refuses what is no JSON object', async () => {
      await create('vars', '-e', '{"limit": 3, "mode": "eco"}')
      assert.deepEqual((await info('vars')).env_vars, { limit: 3, mode: 'eco' })
      const refused = await create('broken', '-e', '{limit}')
      assert.equal(refused.code, 1)
      assert.match(refused.stdout, /^Error: Option "--env-variable" must be a JSON object: /)
      assert.match(
        (await create('list', '-e', '[1]')).stdout,
        /^Error: Option "--env-variable" must be a JSON object\n/,
      )
    })

    test('create of a fixture group needs targets of the right type', async () => {
      await create('prod', '-y', 'production')
      await create('dut', '-y', 'dut')
      const missing = await create('fix', '-y', 'factory', '-t', 'prod', '-u', 'nope')
      assert.match(missing.stdout, /^Error: DUT Target Device Group "nope" is not found\.\n/)
      const wrong = await create('fix', '-y', 'factory', '-t', 'dut', '-u', 'dut')
      assert.match(
        wrong.stdout,
        /^Error: Production Target Device Group "dut" is of the type "dut" but must be of the type "production"\.\n/,
      )
      const foreign = await create('fix', '-y', 'factory', '-t', 'Thermostat Field', '-u', 'dut')
      assert.match(foreign.stdout, /^Error: Production Target Device Group must be from the same Product\.\n/)
      assert.equal((await create('fix', '-y', 'factory', '-t', 'prod', '-u', 'dut')).code, 0)
      const full = await info('prod', '--full')
      assert.equal(full['Production Target for'][0]['Device Group'].name, 'fix')
    })

    test('update without a minimum sets one, and never moves it back', async () => {
      await create('min')
      const first = (await world.json(['build', 'deploy', '-g', 'min'])).Deployment.id
      const second = (await world.json(['build', 'deploy', '-g', 'min', '-t', 'x'])).Deployment.id
      assert.equal((await world.run(['dg', 'update', '-g', 'min', '-m', second])).code, 0)
      assert.equal((await info('min'))['Min supported Deployment'].id, second)
      const back = await world.run(['dg', 'update', '-g', 'min', '-m', first])
      assert.equal(back.code, 1)
      assert.match(back.stdout, /^Error: Min supported Deployment cannot be set to an earlier Deployment/)
    })

    test('update refuses options that the type does not have', async () => {
      const { stdout } = await world.run(['dg', 'update', '-g', 'dev', '-l'])
      assert.match(
        stdout,
        /^Error: Invalid option "--load-code-after-blessing" for Device Group of the type "development"\. It may be specified for "production" or "pre-production" Device Groups only\.\n/,
      )
    })

    test('list filters by product and type, and repeated values are an or', async () => {
      const names = async (...words: string[]) =>
        (await world.json(['dg', 'list', ...words])).map((one: any) => one['Device Group'].name).sort()
      assert.deepEqual(await names('-p', 'P', '-y', 'production', '-y', 'dut'), ['dut', 'prod'])
      assert.ok((await names('-p', 'P', '-p', 'Thermostat')).includes('Thermostat Field'))
    })

    test('delete refuses flagged builds, then --force and --builds take all', async () => {
      await create('full')
      await world.run(['build', 'deploy', '-g', 'full', '-f'])
      const refused = await world.run(['dg', 'delete', '-g', 'full', '-q'])
      assert.match(refused.stdout, /^Error: Flagged Deployments Exist: /)
      const { code, stdout } = await world.run(['dg', 'delete', '-g', 'full', '-b', '-f', '-q'])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /Deployment "\S+" is updated successfully\.\nDevice Group "\S+" is deleted successfully\.\nDeployment "\S+" is already deleted\.\n/,
      )
    })

    test('delete --builds also works with servers that keep the builds of deleted groups', async () => {
      const old = await openWorld({ ...switches, zombies: true })
      await old.run(['dg', 'create', '-n', 'g', '-p', 'Thermostat'])
      await old.run(['build', 'deploy', '-g', 'g'])
      const { stdout } = await old.run(['dg', 'delete', '-g', 'g', '-b', '-q'])
      assert.match(stdout, /Deployment "\S+" is deleted successfully\.\nIMPT COMMAND SUCCEEDS\n$/)
      await old.close()
    })

    test('builds --remove asks before it unflags anything', async () => {
      await create('old')
      await world.run(['build', 'deploy', '-g', 'old', '-f'])
      const { Deployment } = await world.json(['build', 'deploy', '-g', 'old'])
      await world.run(['dg', 'update', '-g', 'old', '-m', Deployment.id])
      const declined = await world.run(['dg', 'builds', '-g', 'old', '-u', '-r'], ['n'])
      assert.equal(declined.code, 4)
      assert.equal((await world.json(['build', 'list', '-g', 'old', '--flagged'])).length, 1)
      const { code, stdout } = await world.run(['dg', 'builds', '-g', 'old', '-u', '-r', '-q'])
      assert.equal(code, 0)
      assert.match(stdout, /Deployment list \(1 items\):\n/)
    })

    test('reassign, restart and unassign tell the devices, five at most', async () => {
      await create('to')
      const moved = await world.run(['dg', 'reassign', '-f', 'Thermostat Development', '-t', 'to'])
      assert.match(
        moved.stdout,
        /^The following Devices assigned to Device Group "Thermostat Development" are reassigned successfully to Device Group "to":\nDevice: \n/,
      )
      const restarted = await world.run(['dg', 'restart', '-g', 'to', '-c'])
      assert.match(
        restarted.stdout,
        /^Conditional restart request for Devices assigned to Device Group "to" is successful:\n/,
      )
      const unassigned = await world.run(['dg', 'unassign', '-g', 'to'])
      assert.match(
        unassigned.stdout,
        /^The following Devices are unassigned successfully from Device Group "to":\n/,
      )
      const none = await world.run(['dg', 'restart', '-g', 'to'])
      assert.equal(none.stdout, 'Device Group "to" does not have assigned Devices.\nIMPT COMMAND SUCCEEDS\n')
    })

    test('unassign of a production group needs the unbond key', async () => {
      const refused = await world.run(['dg', 'unassign', '-g', 'Thermostat Field'])
      assert.notEqual(refused.code, 0)
      assert.equal(
        (await world.run(['dg', 'unassign', '-g', 'Thermostat Field', '-u', 'demo-unbond-key'])).code,
        0,
      )
    })

    test('a command without a group says how to name one', async () => {
      const { code, stdout } = await world.run(['dg', 'info'])
      assert.equal(code, 2)
      assert.match(stdout, /^Error: No Device Group Identifier is specified\.\nGive --dg/)
    })
  })
