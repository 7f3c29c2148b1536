import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { CLOUDS, openWorld, type World } from './world.ts'

for (const [cloud, switches] of CLOUDS)
  describe(`impt device, in a cloud ${cloud}`, () => {
    let world: World
    before(async () => {
      world = await openWorld(switches)
    })
    after(() => world.close())

    const names = async (...words: string[]) =>
      (await world.json(['device', 'list', '-o', 'me', ...words])).map((one: any) => one.Device.name).sort()

    test('info takes id, MAC address, agent id and name, and asks for an id only once', async () => {
      const { Device } = await world.json(['device', 'info', '-d', 'Kitchen'])
      for (const text of [Device.id, Device.mac_address, Device.agent_id]) {
        world.requests()
        assert.equal((await world.json(['device', 'info', '-d', text])).Device.id, Device.id)
        assert.equal(world.requests().filter((request) => request.startsWith('GET /devices')).length, 1)
      }
      assert.ok(Device['Device Group']['Current Deployment'].sha)
      assert.equal(Device.Owner, undefined)
    })

    test('list filters by state and assignment, and contradicting filters cancel each other', async () => {
      assert.deepEqual(await names('--offline'), ['Cellar', 'Spare'])
      assert.deepEqual(await names('--offline', '--assigned'), ['Cellar'])
      assert.equal((await names('--online', '--offline')).length, (await names()).length)
      assert.deepEqual(await names('--unassigned', '--offline'), ['Spare'])
    })

    test('list never shows a device twice that matches two values of a filter', async () => {
      const group = (await world.json(['dg', 'info', '-g', 'Thermostat Development']))['Device Group'].id
      assert.equal((await names('-g', group, '-g', 'Thermostat Development')).length, 3)
    })

    test('list leaves out false and empty values', async () => {
      const [{ Device }] = await world.json(['device', 'list', '--unassigned', '--offline'])
      assert.deepEqual(Object.keys(Device), ['id', 'name', 'mac_address', 'agent_id'])
    })

    test('assign asks before it takes a device out of another group', async () => {
      const declined = await world.run(['device', 'assign', '-d', 'Cellar', '-g', 'Pump Lab'], ['n'])
      assert.equal(declined.code, 4)
      assert.match(
        declined.stdout,
        /^Device "Cellar" is assigned to another Device Group\. It will be reassigned to Device Group "Pump Lab"\.\n/,
      )
      const done = await world.run(['device', 'assign', '-d', 'Cellar', '-g', 'Pump Lab', '-q'])
      assert.equal(
        done.stdout,
        'Device "Cellar" is assigned successfully to Device Group "Pump Lab".\nIMPT COMMAND SUCCEEDS\n',
      )
      const again = await world.run(['device', 'assign', '-d', 'Cellar', '-g', 'Pump Lab'])
      assert.equal(
        again.stdout,
        'Device "Cellar" is already assigned to Device Group "Pump Lab".\nIMPT COMMAND SUCCEEDS\n',
      )
    })

    test('unassign sends the unbond key', async () => {
      assert.notEqual((await world.run(['device', 'unassign', '-d', 'Customer 1', '-u', 'wrong'])).code, 0)
      const { code, stdout } = await world.run([
        'device',
        'unassign',
        '-d',
        'Customer 1',
        '-u',
        'demo-unbond-key',
      ])
      assert.equal(code, 0)
      assert.equal(stdout, 'Device "Customer 1" is unassigned successfully.\nIMPT COMMAND SUCCEEDS\n')
      assert.match(
        (await world.run(['device', 'unassign', '-d', 'Customer 1'])).stdout,
        /^Device "Customer 1" is already unassigned\.\n/,
      )
    })

    test('update keeps a name exactly as it is, also one that looks like a number or an option', async () => {
      for (const name of ['007', '1e5', '-x', 'two words', 'ünïcode 🚲']) {
        assert.equal((await world.run(['device', 'update', '-d', 'Living Room', '-n', name])).code, 0, name)
        const { Device } = await world.json(['device', 'info', '-d', name])
        assert.equal(Device.name, name)
        await world.run(['device', 'update', '-d', Device.id, '-n', 'Living Room'])
      }
    })

    test('a name with control characters is shown escaped', async () => {
      await world.run(['device', 'update', '-d', 'Kitchen', '-n', 'evil\u001b[2J\u009b1m\u202e'])
      const { stdout } = await world.run(['device', 'list'])
      assert.match(stdout, /name: {10}evil\\e\[2J\\x9b1m\\u\{202e\}\n/)
      assert.doesNotMatch(stdout, /[\u001b\u009b\u202e]/)
      const raw = (await world.run(['device', 'list', '-z', 'json'])).stdout
      assert.doesNotMatch(raw, /[\u001b\u009b\u202e]/)
      assert.ok(JSON.parse(raw).some((one: any) => one.Device.name === 'evil\u001b[2J\u009b1m\u202e'))
      await world.run(['device', 'update', '-d', 'evil\u001b[2J\u009b1m\u202e', '-n', 'Kitchen'])
    })

    test('restart tells what was asked for', async () => {
      assert.match(
        (await world.run(['device', 'restart', '-d', 'Kitchen'])).stdout,
        /^Restart request for Device "Kitchen" is successful\.\n/,
      )
      assert.match(
        (await world.run(['device', 'restart', '-d', 'Kitchen', '-c'])).stdout,
        /^Conditional restart request for Device "Kitchen" is successful\.\n/,
      )
    })

    test('remove needs --force for an assigned device', async () => {
      const refused = await world.run(['device', 'remove', '-d', 'Pump Prototype', '-q'])
      assert.notEqual(refused.code, 0)
      const { code, stdout } = await world.run(['device', 'remove', '-d', 'Pump Prototype', '-f', '-q'])
      assert.equal(code, 0)
      assert.match(
        stdout,
        /^Device "Pump Prototype" is unassigned successfully\.\nDevice "Pump Prototype" is removed successfully\.\n/,
      )
    })

    test('csv has the same columns for every device and quotes what needs it', async () => {
      await world.run(['device', 'update', '-d', 'Spare', '-n', '=1+1, "x"'])
      const lines = (await world.run(['device', 'list', '-z', 'csv'])).stdout.trimEnd().split('\n')
      assert.match(lines[0] ?? '', /^id,name,mac_address,/)
      assert.ok(lines.some((line) => line.includes(`"'=1+1, ""x"""`)))
    })
  })
