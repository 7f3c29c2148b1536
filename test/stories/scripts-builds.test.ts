import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openScriptWorld } from './script-world.ts'

const DAY = 86_400_000

test('16 deploys what is committed with its commit as tag and origin, and refuses a dirty tree', async (t) => {
  const world = await openScriptWorld(t)
  await world.write('src/device.nut', 'server.log("committed")\n')
  await world.write('src/agent.nut', 'server.log("agent")\n')
  await world.write('.gitignore', 'home\n')
  const env = { PATH: process.env['PATH'] ?? '', HOME: join(world.folder, 'home'), GIT_CONFIG_NOSYSTEM: '1' }
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: world.folder, env, encoding: 'utf8', stdio: 'pipe' }).trim()
  git('init', '--quiet')
  git('remote', 'add', 'origin', 'https://git.example/thermostat.git')
  git('add', '.')
  git(
    '-c',
    'user.name=T',
    '-c',
    'user.email=t@example.com',
    'commit',
    '--quiet',
    '-m',
    'Measure "twice" & cut $once',
  )
  const sha = git('rev-parse', '--short', 'HEAD')
  const { code, stdout, stderr } = await world.play('16', { args: ['Pump Lab'] })
  assert.equal(code, 0, stderr)
  const lab = world.group('Pump Lab')
  const [build] = world.builds(lab)
  assert.match(stdout, new RegExp(`^Deployment "${build?.id}" is created successfully\\.\\n`))
  assert.deepEqual(
    [build?.description, build?.origin, build?.tags, build?.flagged, build?.deviceCode.includes('committed')],
    ['Measure "twice" & cut $once', `https://git.example/thermostat.git@${sha}`, [sha], true, true],
  )
  assert.deepEqual(
    world.writes().filter((line) => line.startsWith('POST')),
    ['POST /deployments', `POST /devicegroups/${lab.id}/restart`],
  )

  await world.write('src/agent.nut', 'server.log("changed")\n')
  const dirty = await world.play('16', { args: ['Pump Lab'] })
  assert.equal(dirty.code, 5)
  assert.match(
    dirty.stderr,
    /16-deploy-committed\.imptsh:5:1: error\[ASSERT\]: uncommitted changes\n[^]*src\/agent\.nut/,
  )
  // The group that it was given is looked up before it begins, and that is all.
  assert.deepEqual(world.requests().toSorted(), [
    'GET /devicegroups/Pump Lab',
    'GET /devicegroups?page[number]=1&page[size]=100',
  ])
})

test('17 saves the newest code of each group in a folder of its own', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout, stderr } = await world.play('17', { args: ['Thermostat', '--to', 'saved code'] })
  assert.equal(code, 0, stderr)
  assert.deepEqual((await readdir(join(world.folder, 'saved code'))).sort(), [
    'Thermostat Development',
    'Thermostat Factory Line',
    'Thermostat Field',
  ])
  for (const name of ['Thermostat Development', 'Thermostat Factory Line', 'Thermostat Field']) {
    const newest = world.builds(world.group(name)).at(-1)
    assert.equal(await world.read(`saved code/${name}/device.nut`), newest?.deviceCode)
    assert.equal(await world.read(`saved code/${name}/agent.nut`), newest?.agentCode)
  }
  assert.equal(stdout.match(/IMPT COMMAND SUCCEEDS\n/g)?.length, 3)
  assert.deepEqual(world.writes(), [])
})

test('18 lists the groups that do not run the release', async (t) => {
  const world = await openScriptWorld(t)
  const [old] = world.builds(world.group('Thermostat Development'))
  const [field] = world.builds(world.group('Thermostat Field'))
  const { code, stdout, stderr } = await world.play('18', { args: ['Thermostat', old?.id ?? ''] })
  assert.equal(code, 0, stderr)
  const [head, row, ...rest] = stdout.split('\n')
  assert.match(head ?? '', /^group +build\.id +build\.sha +build\.created_at$/)
  assert.match(
    row ?? '',
    new RegExp(
      `^Thermostat Field  ${field?.id}  ${field?.sha}  ${new Date(field?.created ?? 0).toISOString()}$`,
    ),
  )
  assert.deepEqual(rest, [''])
  // A group without any build does not run the release either.
  const pump = await world.play('18', { args: ['Water Pump', old?.id ?? ''] })
  assert.match(pump.stdout, /\nPump Pilot\n$/)
  assert.deepEqual(await world.play('18', { args: ['Thermostat', field?.id ?? ''] }), {
    code: 0,
    stdout: '',
    stderr: '',
  })
})

test('20 deletes what CI left behind and goes on after a failure', async (t) => {
  const world = await openScriptWorld(t)
  const { store, inject } = world.sandbox
  for (const name of ['ci-1', 'ci-2', 'ci-new', 'keep'])
    await world.run(`dg create --name ${name} --dg-type development --product Thermostat`)
  for (const name of ['ci-1', 'ci-2', 'keep'])
    store.groups.update(world.group(name), { created: Date.now() - 2 * DAY })
  await world.write('d.nut', '')
  await world.write('a.nut', '')
  await world.run('build deploy --dg ci-2 --device-file d.nut --agent-file a.nut --flagged')
  const [one, two] = [world.group('ci-1'), world.group('ci-2')]
  const [left] = world.builds(two)
  world.requests()
  inject({
    method: 'DELETE',
    path: `/devicegroups/${one.id}`,
    skip: 0,
    count: 1,
    fault: { kind: 'status', status: 500 },
  })
  const { code, stdout, stderr } = await world.play('20')
  assert.equal(code, 1, stderr)
  assert.match(stderr, /^ci-1: \S[^\n]*\n$/)
  assert.match(stdout, new RegExp(`Device Group "${two.id}" is deleted successfully\\.\\n`))
  assert.match(stdout, /No Deployments are found\.\nIMPT COMMAND SUCCEEDS\n$/)
  const writes = world.writes()
  assert.deepEqual(
    writes.filter((line) => line.startsWith('DELETE')),
    [
      `DELETE /devicegroups/${one.id}`,
      `DELETE /devicegroups/${two.id}`,
      `DELETE /deployments/${left?.id}`,
    ].sort((a, b) => writes.indexOf(a) - writes.indexOf(b)),
  )
  assert.deepEqual(
    [...store.groups.all()]
      .filter(({ name }) => /^ci-|^keep/.test(name))
      .map(({ name }) => name)
      .sort(),
    ['ci-1', 'ci-new', 'keep'],
  )
  assert.equal(store.deployments.get(left?.id ?? ''), undefined)

  const again = await world.play('20')
  assert.deepEqual([again.code, again.stderr], [0, ''])
})
