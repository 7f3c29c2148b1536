import assert from 'node:assert/strict'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openWorld, type World } from './world.ts'

async function world(t: TestContext): Promise<World> {
  const opened = await openWorld()
  t.after(() => opened.close())
  return opened
}

const names = (items: Iterable<{ name: string | null }>) =>
  [...items].map(({ name }) => String(name)).toSorted((a, b) => a.localeCompare(b))

describe('impt new', () => {
  test('takes what is proposed on Enter and a device by name, and leaves a Project whose programs are deployed', async (t) => {
    const { run, directory, sandbox } = await world(t)
    const { code, stdout } = await run(['new', 'first'], ['', '', 'Spare', ''])
    assert.equal(code, 0, stdout)
    assert.deepEqual(
      (await readdir(join(directory, 'first'))).toSorted((a, b) => a.localeCompare(b)),
      ['.impt.project', 'agent.nut', 'device.nut'],
    )
    const project = JSON.parse(await readFile(join(directory, 'first/.impt.project'), 'utf8')) as {
      deviceGroupId: string
    }
    const group = [...sandbox.store.groups.all()].find(({ id }) => id === project.deviceGroupId)
    assert.equal(group?.name, 'first dev')
    assert.ok(names(sandbox.store.products.all()).includes('first'))
    assert.equal(
      [...sandbox.store.devices.all()].filter((device) => device.group?.id === group?.id).length,
      1,
    )
    assert.equal(
      [...sandbox.store.deployments.all()].filter((build) => build.group?.id === group?.id).length,
      1,
    )
    assert.match(stdout, /Next time:\n {2}cd first\n {2}impt build run --log/)
  })

  test('needs no answer where everything is an option', async (t) => {
    const { run, directory } = await world(t)
    const words = ['new', '-p', 'Lamp', '-g', 'Lamp dev', '-d', 'none', '--example', 'builder', '--yes']
    const { code, stdout } = await run(words, [])
    assert.equal(code, 0, stdout)
    assert.match(await readFile(join(directory, 'device.nut'), 'utf8'), /^@include "shared.nut"/)
    assert.match(await readFile(join(directory, '.impt.project'), 'utf8'), /"preprocess": true/)
  })

  test('takes back what it made where a later step fails', async (t) => {
    const { run, directory, sandbox } = await world(t)
    const before = [names(sandbox.store.products.all()), names(sandbox.store.groups.all())]
    const unassigned = () => [...sandbox.store.devices.all()].filter(({ group }) => group === null).length
    const free = unassigned()
    sandbox.inject({
      method: 'POST',
      path: '/deployments*',
      skip: 0,
      count: 100,
      fault: { kind: 'status', status: 500 },
    })
    const { code, stdout } = await run(['new', 'broken', '--yes'], [])
    assert.equal(code, 1)
    assert.match(stdout, /What was made is taken back\./)
    assert.deepEqual([names(sandbox.store.products.all()), names(sandbox.store.groups.all())], before)
    assert.equal(unassigned(), free)
    assert.deepEqual(
      (await readdir(directory)).filter((name) => name === 'broken'),
      [],
    )
  })

  test('makes nothing when a question is answered with Ctrl-C or there is no one to ask', async (t) => {
    const { run, sandbox } = await world(t)
    const before = names(sandbox.store.products.all())
    const { code } = await run(['new', 'never'], [''])
    assert.notEqual(code, 0)
    assert.deepEqual(names(sandbox.store.products.all()), before)
  })

  test('writes over nothing', async (t) => {
    const { run, directory } = await world(t)
    await mkdir(join(directory, 'there'))
    await writeFile(join(directory, 'there/agent.nut'), 'mine')
    const { code, stdout } = await run(['new', 'there', '--yes'], [])
    assert.equal(code, 1)
    assert.match(stdout, /There is agent\.nut in .* already\./)
    assert.equal(await readFile(join(directory, 'there/agent.nut'), 'utf8'), 'mine')
  })
})
