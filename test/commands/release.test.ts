import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { lifecycleBehaviour } from '../../src/sandbox/lifecycle.ts'
import type { BehaviourFactory } from '../../src/sandbox/behaviour.ts'
import { openWorld } from './world.ts'

/** Devices whose code has the word `crash` log an error when they start. */
const crashing: BehaviourFactory = (host) => {
  const plain = lifecycleBehaviour(host)
  return {
    ...plain,
    start(device, program, cause) {
      plain.start(device, program, cause)
      if (program.deviceCode.includes('crash')) host.log(device.id, 'server.error', 'ERROR: it crashed')
    },
  }
}

/** A world with a bad and a good build in one group, and what another one runs. */
async function world(t: TestContext) {
  const opened = await openWorld({ behaviour: crashing })
  t.after(() => opened.close())
  const { store } = opened.sandbox
  const field = () => [...store.groups.all()].find(({ name }) => name === 'Thermostat Field')
  const current = () => store.deployments.get(field()?.currentDeployment ?? '')
  const bench = [...store.groups.all()].find(({ name }) => name === 'Thermostat Development')
  const like = [...store.deployments.all()].find((one) => one.group?.id === bench?.id)
  if (!like) throw new Error('there is no build')
  for (const [tag, deviceCode] of [
    ['bad', 'crash'],
    ['good', 'well'],
  ] as const)
    store.deployments.insert({
      ...like,
      id: like.id.replace(/^.{4}/, tag === 'bad' ? 'aaaa' : 'bbbb'),
      seq: store.nextSeq(),
      tags: [tag],
      deviceCode,
    })
  const start = (build: string, ...more: string[]) =>
    opened.run(
      `release start --build ${build} --watch 0s --stream=false --reason test --confirmed`
        .split(' ')
        .concat('--dg', 'Thermostat Field', '--retype', 'Thermostat Field', ...more),
    )
  const states = async () =>
    (await opened.json(['release', 'history'])).map(({ kind, state }: any) => `${kind} ${state}`)
  return { ...opened, field, current, start, states }
}

describe('impt release start', () => {
  test('--on-stop rollback puts the build before back by itself, and still says that it stopped', async (t) => {
    const { start, current, states } = await world(t)
    const before = current()?.deviceCode
    const ended = await start('bad', '--on-stop', 'rollback')
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    assert.match(ended.stdout, /^rolling back: errors>2%/m)
    assert.match(ended.stdout, /it was rolled back/)
    assert.equal(current()?.deviceCode, before)
    assert.deepEqual(await states(), ['rollback done', 'release rolled-back'])
  })

  test('--on-stop abort ends it for good', async (t) => {
    const { start, current, states } = await world(t)
    const ended = await start('bad', '--on-stop', 'abort')
    assert.equal(ended.code, 7, ended.stdout + ended.stderr)
    assert.equal(current()?.deviceCode, 'crash')
    assert.deepEqual(await states(), ['release aborted'])
  })

  test('--force-agents moves the minimum after the last wave, and only then', async (t) => {
    const { start, field } = await world(t)
    const minimum = field()?.minDeployment
    assert.equal((await start('bad', '--force-agents')).code, 7)
    assert.equal(field()?.minDeployment, minimum)
    assert.equal((await start('good')).code, 1, 'the stopped one is in the way')
  })

  test('a good one with --force-agents ends with its build as the minimum', async (t) => {
    const { start, field, current } = await world(t)
    const ended = await start('good', '--force-agents')
    assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    assert.equal(current()?.deviceCode, 'well')
    assert.equal(field()?.minDeployment, current()?.id)
  })

  test('asks for no more than it announces', async (t) => {
    const { start, requests } = await world(t)
    requests()
    const { stdout } = await start('good')
    const [, most] = /at most (\d+) requests/.exec(stdout) ?? []
    const course = requests()
    assert.ok(course.length <= Number(most), `${course.length} of ${most}`)
    assert.ok(Number(most) <= 60, 'one device in one wave: D + W (3 sample) + 40')
  })

  test('asks before it writes, and writes nothing after a no', async (t) => {
    const { run, requests } = await world(t)
    requests()
    const words = ['release', 'start', '--build', 'good', '--dg', 'Thermostat Field', '--reason', 'test']
    assert.equal((await run(words, ['n'])).code, 4)
    assert.deepEqual(
      requests().filter((one) => !one.startsWith('GET')),
      [],
    )
    assert.equal((await run(['release', 'history'])).code, 0)
  })
})
