import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { openWorld, type World } from './world.ts'

describe('what the server does not tell is unknown, never empty', () => {
  let world: World
  let id: string
  const file = (name: string) => join(world.directory, name)
  before(async () => {
    world = await openWorld({ listsLeaveOutCode: true })
    await writeFile(file('d.nut'), 'server.log("d")\n')
    await writeFile(file('a.nut'), 'server.log("a")\n')
    const words = [
      'build',
      'deploy',
      '-g',
      'Pump Lab',
      '-x',
      'd.nut',
      '-y',
      'a.nut',
      '-t',
      'one',
      '-t',
      'two',
    ]
    id = (await world.json(words)).Deployment.id
  })
  after(() => world.close())

  const build = async (text: string) => (await world.json(['build', 'info', '-b', text])).Deployment
  /** The next reading of the build by id is answered without some attributes. */
  const withhold = async (...names: string[]) => {
    const { Deployment } = await world.json(['build', 'info', '-b', id])
    const attributes = Object.fromEntries(
      Object.entries({
        sha: Deployment.sha,
        tags: Deployment.tags,
        device_code: 'x',
        agent_code: 'y',
      }).filter(([name]) => !names.includes(name)),
    )
    world.sandbox.inject({
      method: 'GET',
      path: `/deployments/${id}`,
      skip: 0,
      count: 1,
      fault: {
        kind: 'status',
        status: 200,
        body: JSON.stringify({ data: { type: 'deployment', id, attributes } }),
      },
    })
  }

  test('build get by a tag writes the code, not empty files', async () => {
    const { code } = await world.run(['build', 'get', '-b', 'one', '-x', 'd2.nut', '-y', 'a2.nut'])
    assert.equal(code, 0)
    assert.equal(await readFile(file('d2.nut'), 'utf8'), 'server.log("d")\n')
    assert.equal(await readFile(file('a2.nut'), 'utf8'), 'server.log("a")\n')
  })

  test('build info by a tag shows the code', async () => {
    assert.equal((await build('one')).device_code, 'server.log("d")\n')
  })

  test('build copy by a tag deploys the code', async () => {
    assert.equal((await world.run(['build', 'copy', '-b', 'two', '-g', 'Pump Pilot'])).code, 0)
    const [{ Deployment }] = await world.json(['build', 'list', '-g', 'Pump Pilot'])
    assert.equal((await build(Deployment.id)).agent_code, 'server.log("a")\n')
  })

  test('where even reading by id does not tell the code, build get and build copy fail and write nothing', async () => {
    for (const words of [
      ['build', 'get', '-b', id, '-x', 'd.nut', '-y', 'a.nut', '-q'],
      ['build', 'copy', '-b', id, '-g', 'Pump Pilot'],
    ]) {
      await withhold('agent_code')
      world.requests()
      const { code, stdout } = await world.run(words)
      assert.equal(code, 1)
      assert.ok(
        stdout.startsWith(`Error: The server does not tell the agent code of Deployment "${id}".\n`),
        stdout,
      )
      assert.ok(world.requests().every((request) => request.startsWith('GET ')))
    }
    assert.equal(await readFile(file('d.nut'), 'utf8'), 'server.log("d")\n')
  })

  test('tags that are not told are not written over', async () => {
    await withhold('tags')
    const { code, stdout } = await world.run(['build', 'update', '-b', id, '-t', 'three'])
    assert.equal(code, 1)
    assert.ok(stdout.startsWith(`Error: The server does not tell the tags of Deployment "${id}".\n`), stdout)
    assert.deepEqual((await build(id)).tags, ['one', 'two'])
  })

  test('device info by name holds what only reading by id tells', async () => {
    world.requests()
    const { Device } = await world.json(['device', 'info', '-d', 'Kitchen'])
    for (const name of ['free_memory', 'swversion', 'plan_id']) assert.ok(name in Device, name)
    assert.ok(world.requests().includes(`GET /devices/${Device.id}`))
  })

  test('build cleanup leaves builds alone whose owner the server does not tell', async () => {
    const hidden = await openWorld({ zombies: true, hideOwners: true })
    try {
      await hidden.run(['product', 'create', '-n', 'P'])
      await hidden.run(['dg', 'create', '-n', 'G', '-p', 'P'])
      await hidden.run(['build', 'deploy', '-g', 'G'])
      await hidden.run(['dg', 'delete', '-g', 'G', '-q'])
      assert.equal((await hidden.json(['build', 'list', '--zombie'])).length, 1)
      const { code, stdout } = await hidden.run(['build', 'cleanup', '-q'])
      assert.equal(code, 0)
      assert.match(stdout, /^No Deployments are found\.\n/)
      assert.equal((await hidden.json(['build', 'list', '--zombie'])).length, 1)
    } finally {
      await hidden.close()
    }
  })
})
