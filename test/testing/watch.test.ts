import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { openSquirrelWorld, PUMP_LAB, type SquirrelWorld } from './squirrel-world.ts'
import { until } from './runner.ts'

/** Runs a command until Ctrl-C; gives what ends it and its outcome. */
function start(world: SquirrelWorld, words: readonly string[]) {
  const stop = new AbortController()
  const outcome = world.command(words, { signal: stop.signal })
  return {
    outcome,
    shows: (text: string) => until(() => world.shown().includes(text)),
    async stop() {
      stop.abort(new ImptError('CANCELLED', 'Operation is canceled.', { exit: 130 }))
      return await outcome
    },
  }
}

const builds = ({ sandbox }: SquirrelWorld) =>
  [...sandbox.store.deployments.all()].filter(({ group }) => group?.id === PUMP_LAB).length

test('build run --watch runs the code anew whenever it has changed, and keeps one log stream', async () => {
  await using world = await openSquirrelWorld()
  await world.file('part.nut', 'server.log("one");')
  await world.file('agent.nut', '@include "part.nut"')
  const before = builds(world)
  const run = start(world, ['build', 'run', '--dg', PUMP_LAB, '-y', 'agent.nut', '--preprocess', '--watch'])
  await run.shows('[agent.log] one\n')
  await world.file('part.nut', 'server.log("two");')
  await run.shows('[agent.log] two\n')
  await world.file('part.nut', 'server.log("three"')
  await run.shows('Error: Compilation Error')
  await run.shows('part.nut:2:1')
  await world.file('part.nut', '@include "nowhere.nut"')
  await run.shows('Error: Local file "nowhere.nut" not found')
  await world.file('nowhere.nut', 'server.log("four");')
  await run.shows('[agent.log] four\n')
  // Nothing new to run: the code is the same.
  await world.file('agent.nut', '@include "part.nut"')
  await world.file('part.nut', '@include "nowhere.nut"\nserver.log("five");')
  await run.shows('[agent.log] five\n')
  const { code, stdout } = await run.stop()
  assert.equal(code, 0)
  assert.equal(builds(world) - before, 4)
  assert.equal([...stdout.matchAll(/Log stream for Device\(s\)/g)].length, 1)
  assert.match(stdout, /IMPT COMMAND SUCCEEDS\n$/)
})

test('errors of deployed code are shown with the places of the sources, live and afterwards; programs get them as they are', async () => {
  await using world = await openSquirrelWorld()
  const { sandbox } = world
  const code = '#line 1 "/src/lib.nut"\nlocal x;\n#line 7 "/src/agent.nut"\nserver.log("up");\n'
  await world.file('agent.nut', code)
  await world.command(['build', 'deploy', '--dg', PUMP_LAB, '-y', 'agent.nut'])
  const device = [...sandbox.store.devices.all()].find(({ name }) => name === 'Pump Prototype')
  assert.ok(device)
  const run = start(world, ['log', 'stream', '--dg', PUMP_LAB])
  await run.shows('Press <Ctrl-C> to exit.')
  sandbox.core.platform.log(device, 'agent.error', 'ERROR: at foo:agent_code:4')
  await run.shows('[agent.error] ERROR: at foo:/src/agent.nut:7\n')
  sandbox.core.platform.log(device, 'agent.log', 'agent_code:4 is plain text here')
  await run.shows('[agent.log] agent_code:4 is plain text here\n')
  await run.stop()
  const stored = await world.command(['log', 'get', '--device', device.id, '--all'])
  assert.match(stored.stdout, /\[agent\.error\] ERROR: at foo:\/src\/agent\.nut:7\n/)
  const json = await world.command(['log', 'get', '--device', device.id, '--all', '-z', 'json'])
  assert.match(json.stdout, /"msg": "ERROR: at foo:agent_code:4"/)
})

test('errors of code of before the current build are not mapped by the current one', async () => {
  await using world = await openSquirrelWorld()
  const { sandbox } = world
  const device = [...sandbox.store.devices.all()].find(({ name }) => name === 'Pump Prototype')
  assert.ok(device)
  sandbox.core.platform.log(device, 'device.error', 'x')
  sandbox.core.platform.log(device, 'server.error', 'ERROR: at device_code:2', Date.now() - 60_000)
  await world.file('device.nut', '#line 1 "/src/device.nut"\nlocal x;\n')
  await world.command(['build', 'deploy', '--dg', PUMP_LAB, '-x', 'device.nut'])
  const { stdout } = await world.command(['log', 'get', '--device', device.id, '--all'])
  assert.match(stdout, /\[server\.error\] ERROR: at device_code:2\n/)
})
