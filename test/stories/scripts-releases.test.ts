import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lifecycleBehaviour } from '../../src/sandbox/lifecycle.ts'
import { squirrelBehaviour } from '../../src/sandbox/squirrel.ts'
import { openScriptWorld, type ScriptWorld } from './script-world.ts'

test('02 deploys to each development group that has devices and waits for its line', async (t) => {
  const world = await openScriptWorld(t, { behaviour: squirrelBehaviour({ wakeAfter: 0 }) })
  await world.run('dg create --name "Pump Spare" --dg-type development --product "Water Pump"')
  await world.write('device.nut', 'server.log("READY after " + hardware.getdeviceid())\n')
  await world.write('agent.nut', 'server.log("agent")\n')
  world.requests()
  const lab = world.group('Pump Lab')
  const device = world.device('Pump Prototype')
  const { code, stdout, stderr } = await world.play('02', { args: ['Water Pump', '--within', '30s'] })
  assert.equal(code, 0, stderr)
  const [build] = world.builds(lab)
  const lines = stdout.split('\n')
  assert.equal(lines[0], `Deployment "${build?.id}" is created successfully.`)
  assert.ok(lines.includes('Pump Spare: no devices, skipped'), stdout)
  assert.match(
    stdout,
    new RegExp(`\\nRestart request for Devices assigned to Device Group "${lab.id}" is successful:\\n`),
  )
  assert.match(stdout, new RegExp(`\\nPump Lab: \\d{4}-\\S+Z READY after ${device.id}\\n`))
  const requests = world.requests()
  const place = (part: string) => requests.findIndex((line) => line.includes(part))
  assert.ok(place('/logstream') >= 0 && place('/logstream') < place('POST /deployments'), requests.join('\n'))
  assert.ok(place('POST /deployments') < place(`POST /devicegroups/${lab.id}/restart`))
  assert.equal(world.device('Pump Prototype').deviceDeployment, build?.id)
})

test('02 gives up with 124 when the line does not come', async (t) => {
  const world = await openScriptWorld(t)
  await world.write('device.nut', '// silent\n')
  await world.write('agent.nut', '// silent\n')
  const { code, stderr } = await world.play('02', { args: ['Water Pump', '--within', '50ms'] })
  assert.equal(code, 124)
  assert.match(stderr, /02-deploy-all-wait\.imptsh:\d+:\d+: error\[TIMEOUT\]/)
})

/** Three more builds of a group, the newest the only one that is supported. */
async function runBuilds(world: ScriptWorld, group: string): Promise<readonly string[]> {
  await world.write('d.nut', 'server.log("d")\n')
  await world.write('a.nut', 'server.log("a")\n')
  for (const flag of ['--flagged', '', '']) {
    const { code, stderr } = await world.run(
      `build run --dg "${group}" --device-file d.nut --agent-file a.nut ${flag} --output minimal`,
    )
    assert.equal(code, 0, stderr)
  }
  const newest = world.builds(world.group(group)).at(-1)
  assert.equal(
    (await world.run(`dg update --dg "${group}" --min-supported-deployment ${newest?.id}`)).code,
    0,
  )
  world.requests()
  return world.builds(world.group(group)).map(({ id }) => id)
}

test('05 keeps the newest builds and deletes the others, flagged or not', async (t) => {
  const world = await openScriptWorld(t)
  const [first, second, third, fourth, newest] = await runBuilds(world, 'Thermostat Development')
  const { code, stdout, stderr } = await world.play('05', {
    args: ['Thermostat Development', '--keep', '2'],
    answers: ['yes'],
  })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /\n3 items\nUnflag and delete these builds\? \(05-clean-builds\.imptsh:7\) \[y\/N\] $/)
  assert.deepEqual(world.writes(), [
    `PATCH /deployments/${third}`,
    `DELETE /deployments/${third}`,
    ...[second, first].map((id) => `DELETE /deployments/${id}`),
  ])
  assert.deepEqual(
    world.builds(world.group('Thermostat Development')).map(({ id }) => id),
    [fourth, newest],
  )
  assert.equal(stdout.match(/is deleted successfully\.\nIMPT COMMAND SUCCEEDS\n/g)?.length, 3)
  // Everything is kept: no question.
  assert.deepEqual(await world.play('05', { args: ['Thermostat Development'] }), {
    code: 0,
    stdout: '',
    stderr: '',
  })
})

test('05 stops at a build that must stay, and says which', async (t) => {
  const world = await openScriptWorld(t)
  const [first] = world.builds(world.group('Thermostat Development'))
  const { code, stderr } = await world.play('05', {
    args: ['Thermostat Development', '--keep', '1'],
    options: { confirmed: true },
  })
  assert.equal(code, 1)
  assert.match(
    stderr,
    new RegExp(
      `05-clean-builds\\.imptsh:10:26: error\\[CONFLICT\\]: Impossible to delete Deployment "${first?.id}"\\.[^]*for item 1 of 1: deployment ${first?.id}`,
    ),
  )
  assert.deepEqual(world.writes(), [])
})

test('07 releases a build, and puts the previous one back where the fleet does not come back', async (t) => {
  let restarts = 0
  const world = await openScriptWorld(t, {
    // The kitchen loses its link with the first restart.
    behaviour: (host) => {
      const inner = lifecycleBehaviour(host)
      return {
        ...inner,
        start(device, program, cause) {
          inner.start(device, program, cause)
          if (device.id === lost && restarts++ === 0) host.link(device.id, false)
        },
      }
    },
  })
  let lost = ''
  const bench = world.group('Thermostat Development')
  const [release, before] = world.builds(bench)
  const args = ['Thermostat Development', release?.id ?? '']
  const fine = await world.play('07', { args })
  assert.deepEqual([fine.code, fine.stderr], [0, ''])
  assert.match(
    fine.stdout,
    new RegExp(`Deployment "${release?.id}" is copied successfully to Deployment "\\S+"`),
  )
  const restart = (how: string) => `POST /devicegroups/${bench.id}/${how}`
  assert.deepEqual(world.writes(), ['POST /deployments', restart('conditional_restart')])
  const [, , copy] = world.builds(bench)
  assert.deepEqual(
    [copy?.sha, world.group('Thermostat Development').currentDeployment],
    [release?.sha, copy?.id],
  )

  lost = world.device('Kitchen').id
  const { code, stderr } = await world.play('07', {
    args: ['Thermostat Development', before?.id ?? '', '--within', '60ms'],
    edit: (text) => text.replace('--every 15s', '--every 10ms'),
  })
  assert.equal(code, 124)
  assert.match(
    stderr,
    new RegExp(
      `^Not back after 60ms: restoring ${copy?.id}\n07-release-with-rollback\\.imptsh:12:\\d+: error\\[TIMEOUT\\]`,
    ),
  )
  assert.deepEqual(world.writes(), [
    'POST /deployments',
    restart('conditional_restart'),
    'POST /deployments',
    restart('restart'),
  ])
  assert.deepEqual(
    world.builds(bench).map(({ sha }) => sha),
    [release, before, release, before, release].map((one) => one?.sha),
  )
})

test('08 promotes the newest build once the name of the group was typed', async (t) => {
  const world = await openScriptWorld(t)
  const field = world.group('Thermostat Field')
  const newest = world.builds(world.group('Thermostat Development')).at(-1)
  const args = ['Thermostat Development', 'Thermostat Field']

  const mistyped = await world.play('08', { args, answers: ['thermostat field'] })
  assert.equal(mistyped.code, 4)
  assert.match(
    mistyped.stderr,
    new RegExp(
      `^Build ${newest?.id} goes to 1 production devices\\. \\(08-promote-to-production\\.imptsh:10\\)\\nType Thermostat Field to go on: `,
    ),
  )
  const wrong = await world.play('08', {
    args: ['Thermostat Development', 'Pump Lab'],
    answers: ['Pump Lab'],
  })
  assert.equal(wrong.code, 5)
  assert.match(
    wrong.stderr,
    /error\[ASSERT\]: Pump Lab is development, not production\n[^]*left: "development" {2}right: "production"/,
  )
  assert.deepEqual(world.writes(), [])

  const { code, stdout, stderr } = await world.play('08', { args, answers: ['Thermostat Field'] })
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    new RegExp(
      `Deployment "${newest?.id}" is copied successfully to Deployment "\\S+"\\.\\nIMPT COMMAND SUCCEEDS\\nConditional restart request`,
    ),
  )
  assert.deepEqual(world.writes(), [
    'POST /deployments',
    `POST /devicegroups/${field.id}/conditional_restart`,
  ])
  const promoted = world.builds(world.group('Thermostat Field')).at(-1)
  assert.deepEqual(
    [promoted?.sha, promoted?.deviceCode, promoted?.description],
    [newest?.sha, newest?.deviceCode, newest?.description],
  )
  assert.equal(world.group('Thermostat Field').currentDeployment, promoted?.id)
})
