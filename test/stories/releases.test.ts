import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'

const BENCH = 'products/Thermostat/groups/Thermostat Development'
const BAD = 'function read() { server.log(sensor.value) }\nimp.wakeup(0.1, read)\n'

test('a new user backs an account up, changes a file, applies it, sees its release stop by itself, and rolls it back', async (t) => {
  const desk = await openDesk(t)
  const impt = (...words: string[]) => desk.run(['--sandbox', ...words])
  const well = async (...words: string[]) => {
    const ended = await impt(...words)
    assert.equal(ended.code, 0, ended.stdout + ended.stderr)
    return ended.stdout
  }
  const at = (name: string) => join(desk.folder, 'backup', BENCH, name)
  await well('pull', 'backup')
  await writeFile(at('device.nut'), BAD)
  const builds = JSON.parse(await readFile(at('builds.json'), 'utf8')) as {
    current?: boolean
    tags?: string[]
  }[]
  for (const build of builds) if (build.current) build.tags = ['v1.1']
  await writeFile(at('builds.json'), JSON.stringify(builds))
  const plan = await impt('plan', 'backup')
  assert.equal(plan.code, 6, plan.stdout)
  await well('apply', 'backup', '--confirmed')
  const before = await desk.json('--sandbox', 'dg', 'info', '--dg', 'Thermostat Field')
  const good: string = before['Device Group']['Current Deployment'].id

  const start = ['release', 'start', '--build', 'v1.1', '--dg', 'Thermostat Field']
  const retype = ['--retype', 'Thermostat Field']
  const released = await impt(...start, ...retype, '--reason', 'Reads the sensor', '--confirmed')
  assert.equal(released.code, 7, released.stdout + released.stderr)
  assert.match(released.stdout, /^wave 1 of 1: 1 device restarted, watched for 10m$/m)
  assert.match(released.stdout, /^stopped: errors>2%: 1 of 1 device with new errors/m)
  assert.match(released.stdout, /the index 'sensor' does not exist/)
  const status = await desk.json('--sandbox', 'release', 'status')
  assert.equal(status.state, 'paused')
  const pausedAgain = await impt(...start, '-r', 'x', '-q')
  assert.equal(pausedAgain.code, 1)
  assert.match(pausedAgain.stdout, /has not ended, and is about the same groups/)

  const back = await well('release', 'rollback', '--watch', '1s', '--confirmed', ...retype)
  assert.match(back, /^rollback \S+: done$/m)
  assert.equal(
    (await impt('build', 'diff', 'dg:Thermostat Field', good)).code,
    0,
    'the code of before is there',
  )
  const history = await desk.json('--sandbox', 'release', 'history')
  assert.deepEqual(
    history.map(({ kind, state }: { kind: string; state: string }) => [kind, state]),
    [
      ['rollback', 'done'],
      ['release', 'rolled-back'],
    ],
  )
  const cloud = await desk.json('--sandbox', 'release', 'history', '--dg', 'Thermostat Field')
  assert.equal(cloud.length, 2)
  const list = await desk.json('--sandbox', 'build', 'list', '--dg', 'Thermostat Field')
  for (const { Deployment } of list)
    assert.ok(!(Deployment.tags ?? []).includes('release-running'), 'other machines see no release that runs')
})

test('a release that is killed is interrupted, and aborted or resumed from another process', async (t) => {
  const desk = await openDesk(t)
  const { url } = await desk.cloud()
  assert.ok(url)
  const start = [
    'release',
    'start',
    '--build',
    'v1.0',
    '--dg',
    'Pump Lab',
    '--reason',
    'x',
    '-q',
    '--stream=false',
  ]
  const list = await desk.json('build', 'list', '--dg', 'Thermostat Field')
  const build: string = list[0]['Deployment'].id
  start[3] = build
  const running = desk.start(start)
  await running.shows(/wave 1 of 1: 1 device restarted/)
  running.child.kill('SIGKILL')
  await running.ended
  const [{ release, state }] = await desk.json('release', 'history')
  assert.equal(state, 'interrupted')
  const follow = desk.start(['release', 'resume', release])
  // It goes on watching what was restarted, and obeys from another process.
  while ((await desk.json('release', 'status', release)).state !== 'watching')
    assert.equal(follow.child.exitCode, null)
  await desk.run(['release', 'pause', release])
  while ((await desk.json('release', 'status', release)).state !== 'paused')
    assert.equal(follow.child.exitCode, null)
  const aborted = await desk.run(['release', 'abort', release])
  assert.equal(aborted.code, 0, aborted.stdout)
  const ended = await follow.ended
  assert.equal(ended.code, 7, ended.stdout + ended.stderr)
  assert.equal((await desk.json('release', 'status', release)).state, 'aborted')
  assert.equal((await desk.run(['release', 'abort', release])).code, 1, 'it has ended')
})

test('a detached release goes on without the command that began it, and obeys from another', async (t) => {
  const desk = await openDesk(t)
  const { url } = await desk.cloud()
  assert.ok(url)
  const list = await desk.json('build', 'list', '--dg', 'Thermostat Development')
  const build: string = list[0]['Deployment'].id
  const start = ['release', 'start', '--build', build, '--dg', 'Thermostat Field', '--reason', 'x', '-q']
  const began = await desk.run([...start, '--retype', 'Thermostat Field', '--stream=false', '--detach'])
  assert.equal(began.code, 0, began.stdout + began.stderr)
  const [, release = '', pid] =
    /Release (\S+) goes on in process (\d+)/.exec(began.stdout + began.stderr) ?? []
  t.after(() => {
    try {
      process.kill(Number(pid), 'SIGKILL')
    } catch {
      // It has ended, as it should.
    }
  })
  const state = async () => (await desk.json('release', 'status', release)).state
  while ((await state()) !== 'watching') assert.match(await state(), /promoting|restarting|watching|checking/)
  // Two processes at one release, and two at one group.
  const second = await desk.run([...start, '--retype', 'Thermostat Field', '--stream=false'])
  assert.equal(second.code, 1, second.stdout + second.stderr)
  assert.match(
    second.stdout + second.stderr,
    /has not ended, and is about the same groups|is in use by|works on/,
  )
  const resumed = await desk.run(['release', 'resume', release, '--retype', 'Thermostat Field'])
  assert.equal(resumed.code, 0, resumed.stdout + resumed.stderr)
  assert.match(resumed.stdout + resumed.stderr, /goes on in the process that works on it/)
  assert.equal(await state(), 'watching')
  assert.equal((await desk.run(['release', 'abort', release])).code, 0)
  assert.equal(await state(), 'aborted')
})

test('a detached release has no place in an impCentral that ends with the command', async (t) => {
  const desk = await openDesk(t)
  const words = [
    '--sandbox',
    'release',
    'start',
    '--build',
    'v1.0',
    '--dg',
    'Pump Lab',
    '-r',
    'x',
    '-q',
    '--detach',
  ]
  const refused = await desk.run(words)
  assert.equal(refused.code, 2, refused.stdout + refused.stderr)
  assert.match(refused.stdout + refused.stderr, /ends with its process/)
})
