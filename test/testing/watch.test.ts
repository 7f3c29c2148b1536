import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { QUIET_MS } from '../../src/commands/build/changes.ts'
import { watchBuild } from '../../src/commands/build/watch.ts'
import { openSquirrelWorld, PUMP_LAB, type SquirrelWorld } from './squirrel-world.ts'
import { manualClock, until } from './runner.ts'

/** Runs a command until Ctrl-C; gives what ends it and its outcome. */
function start(world: SquirrelWorld, words: readonly string[]) {
  const stop = new AbortController()
  const outcome = world.command(words, { signal: stop.signal })
  const shown = world.shownNow()
  return {
    outcome,
    text: shown,
    shows: (text: string) => until(() => shown().includes(text)),
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
  const run = start(world, [
    'build',
    'run',
    '--dg',
    PUMP_LAB,
    '-y',
    'agent.nut',
    '--preprocess',
    '--watch',
    '--log',
  ])
  await run.shows('[agent.log] one\n')
  await world.file('part.nut', 'server.log("two");')
  await run.shows('[agent.log] two\n')
  await world.file('part.nut', 'server.log("three"')
  await run.shows('Error: Compilation Error')
  await run.shows('part.nut:2:1')
  await world.file('part.nut', '@include "lib/nowhere.nut"')
  await run.shows('Error: Local file "lib/nowhere.nut" not found (part.nut:1)')
  await world.file('lib/nowhere.nut', 'server.log("four");')
  await run.shows('[agent.log] four\n')
  // Nothing new to run: the code is the same.
  await world.file('agent.nut', '@include "part.nut"')
  await world.file('part.nut', '@include "lib/nowhere.nut"\nserver.log("five");')
  await run.shows('[agent.log] five\n')
  await until(() => [...run.text().matchAll(/ deployed /g)].length === 4)
  const { code, stdout } = await run.stop()
  assert.equal(code, 0)
  assert.equal(builds(world) - before, 4)
  assert.equal([...stdout.matchAll(/Log stream for Device\(s\)/g)].length, 1)
  const deployed =
    /^\d\d:\d\d:\d\d deployed [0-9a-f]{4} \(device 0\.0 kB, agent 0\.\d kB\), 1 device restarted$/gm
  assert.equal([...stdout.matchAll(deployed)].length, 4)
  assert.doesNotMatch(stdout, /is created successfully|Restart request/)
  assert.match(stdout, /IMPT COMMAND SUCCEEDS\n$/)
})

test('without --log no log stream is opened; devices that are all offline are told', async () => {
  await using world = await openSquirrelWorld()
  const { sandbox } = world
  const [device] = [...sandbox.store.devices.all()].filter(({ name }) => name === 'Pump Prototype')
  assert.ok(device)
  sandbox.core.platform.link(device, false)
  await world.file('a.nut', 'server.log("one");')
  const once = await world.command(['build', 'run', '--dg', PUMP_LAB, '-x', 'a.nut'])
  assert.match(
    once.stdout,
    /\nAll 1 Device\(s\) of Device Group "[^"]+" are offline: each takes the build when it comes back\.\n/,
  )
  const run = start(world, ['build', 'run', '--dg', PUMP_LAB, '-x', 'a.nut', '--watch'])
  await run.shows('kB), 1 device offline: the build waits for them\n')
  const { stdout } = await run.stop()
  assert.doesNotMatch(stdout, /Log stream/)
})

test('a stream that another client takes is told, and opened again with the next build', async () => {
  await using world = await openSquirrelWorld()
  await world.file('a.nut', 'server.log("one");')
  const run = start(world, ['build', 'run', '--dg', PUMP_LAB, '-y', 'a.nut', '--watch', '--log'])
  await run.shows('[agent.log] one\n')
  const other = start(world, ['log', 'stream', '--dg', PUMP_LAB])
  await until(() => run.text().includes('It is opened again with the next build.'))
  await world.file('a.nut', 'server.log("two");')
  await until(() => run.text().includes('[agent.log] two\n'))
  await other.outcome
  const { stdout } = await run.stop()
  assert.equal([...stdout.matchAll(/Log stream for Device\(s\)/g)].length, 2)
})

test('files that are saved one after the other, or written again and again, are one build', async () => {
  await using world = await openSquirrelWorld()
  await world.file('a.nut', '@include "b.nut"')
  await world.file('b.nut', 'server.log("0");')
  const before = builds(world)
  // Files are saved while the clock stands still: however long it takes, it is no quiet time.
  const clock = manualClock()
  const stop = new AbortController()
  const words = ['build', 'run', '--dg', PUMP_LAB, '-y', 'a.nut', '--preprocess', '--watch', '--log']
  const { context, options } = world.prepared(words, { signal: stop.signal })
  const result = await watchBuild(context, options, clock)
  assert.ok(result.kind === 'logs')
  const said: string[] = []
  const watching = (async () => {
    for await (const { msg } of result.items) said.push(msg)
  })()
  await until(() => said.includes('0'))
  for (let round = 1; round <= 10; round++) {
    await world.file('b.nut', '')
    await world.file('b.nut', `server.log("${round}");`)
  }
  await until(() => {
    clock.advance(QUIET_MS)
    return said.includes('10')
  })
  stop.abort()
  await watching
  assert.deepEqual(
    said.filter((text) => /^\d+$/.test(text)),
    ['0', '10'],
  )
  assert.equal(builds(world) - before, 2)
})

test('run-time errors name the file as it lies in the project, preprocessed or not, and files elsewhere by their full path', async () => {
  await using world = await openSquirrelWorld()
  const outside = `${world.directory}-lib.nut`
  const { writeFile, rm } = await import('node:fs/promises')
  try {
    for (const [file, words] of [
      ['src/a.nut', ['-y', 'src/a.nut']],
      ['src/a.nut', ['-y', 'src/a.nut', '--preprocess']],
      ['src/a.nut', ['-y', `${world.directory}/src/a.nut`, '--preprocess']],
      [outside, ['-y', 'src/outside.nut', '--preprocess']],
    ] as const) {
      const code = 'local a = 1;\nfunction fails() {\n  throw "no luck"\n}\nfails();\n'
      await world.file('src/a.nut', code)
      await world.file('src/outside.nut', `@include "${outside}"`)
      await writeFile(outside, code)
      const run = start(world, ['build', 'run', '--dg', PUMP_LAB, ...words, '--log'])
      await run.shows(`${file}:3`)
      await run.shows(`${file}:5`)
      await run.stop()
    }
  } finally {
    await rm(outside, { force: true })
  }
})

test('an option without effect and a variable without a value end a watch at once', async () => {
  await using world = await openSquirrelWorld()
  await world.file('a.nut', '')
  const run = (...words: string[]) =>
    world.command(['build', 'run', '--dg', PUMP_LAB, '-y', 'a.nut', '--watch', ...words])
  for (const words of [
    ['--define', 'A=1'],
    ['--dump', 'out'],
    ['--mirror', 'm'],
    ['--lock', 'l'],
    ['--lib', 'l.js'],
  ]) {
    const { code, stdout } = await run(...words)
    assert.equal(code, 2)
    assert.match(
      stdout,
      new RegExp(`Error: Option "${words[0]}" has no effect without preprocessing\\.\nAdd --preprocess`),
    )
  }
  const { code, stdout } = await run('--preprocess', '--define', 'A')
  assert.equal(code, 2)
  assert.match(
    stdout,
    /Error: Option "--define" has incorrect value "A"\.\nGive NAME=VALUE, such as --define A=true/,
  )
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
