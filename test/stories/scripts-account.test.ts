import assert from 'node:assert/strict'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { demoLoginKey } from '../../src/sandbox/known.ts'
import { squirrelBehaviour } from '../../src/sandbox/squirrel.ts'
import { openScriptWorld } from './script-world.ts'

test('03 makes a new login key, proves it, deletes the old ones and shows none of them', async (t) => {
  const world = await openScriptWorld(t)
  const { store } = world.sandbox
  await world.run('loginkey create --pwd demo-password --descr ci-2020')
  const old = [...store.loginKeys.all()].find(({ description }) => description === 'ci-2020')
  world.requests()
  const { code, stdout, stderr } = await world.play('03', {
    answers: ['demo-password'],
    options: { trace: true },
  })
  assert.equal(code, 0, stderr)
  assert.match(stderr, /Account password: /)
  const fresh = [...store.loginKeys.all()].find(({ description }) =>
    /^ci-\d{4}-\d\d-\d\d$/.test(description ?? ''),
  )
  assert.equal(fresh?.usages, 1)
  assert.deepEqual([...store.loginKeys.all()].map(({ id }) => id).sort(), [demoLoginKey, fresh?.id].sort())
  assert.equal(await world.read('ci.loginkey'), fresh?.id)
  assert.equal((await stat(join(world.folder, 'ci.loginkey'))).mode & 0o777, 0o600)
  assert.match(stdout, /^Local login is successful\.\nIMPT COMMAND SUCCEEDS\nAccount: \n {2}id: /)
  assert.deepEqual(
    world.requests().filter((line) => !line.includes('page[number]')),
    [
      'POST /accounts/me/login_keys',
      'GET /accounts/me',
      `GET /accounts/me/login_keys/${old?.id}`,
      `DELETE /accounts/me/login_keys/${old?.id}`,
    ],
  )
  for (const secret of [fresh?.id ?? '?', 'demo-password'])
    assert.ok(!`${stdout}${stderr}`.includes(secret), `${secret} is shown\n${stdout}${stderr}`)
  // The login of the new key was local to a temporary folder.
  await assert.rejects(stat(join(world.folder, '.impt.auth')))
})

test('03 with a wrong password makes and deletes nothing', async (t) => {
  const world = await openScriptWorld(t)
  const { store } = world.sandbox
  const { code, stdout, stderr } = await world.play('03', { answers: ['wrong-password'] })
  assert.equal(code, 1, stderr)
  assert.match(stderr, /03-rotate-login-keys\.imptsh:6:11: error\[FORBIDDEN\]: Invalid Password: /)
  assert.ok(!`${stdout}${stderr}`.includes('wrong-password'))
  assert.equal([...store.loginKeys.all()].length, 1)
  const alone = await world.play('03')
  assert.equal(alone.code, 4)
  assert.match(alone.stderr, /:4:10: error\[NO_TTY\]: there is no one to answer "Account password:"/)
})

test('04 writes the devices of each group as CSV', async (t) => {
  const world = await openScriptWorld(t)
  assert.deepEqual(await world.play('04', { args: ['Thermostat'] }), { code: 0, stdout: '', stderr: '' })
  const csv =
    'group,type,total,online\nThermostat Development,development,3,2\nThermostat Factory Line,factory,1,1\nThermostat Field,production,1,1\nThermostat Under Test,dut,0,0\n'
  assert.equal(await world.read('devices-per-group.csv'), csv)
  assert.equal((await world.play('04', { args: ['Water Pump', '--out=pumps.csv'] })).code, 0)
  assert.match(
    await world.read('pumps.csv'),
    /^group,type,total,online\nPump Lab,development,1,1\nPump Pilot,pre-production,0,0\n$/,
  )
  assert.deepEqual(world.writes(), [])
  const wrong = await world.play('04', { args: [] })
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /product/)
  assert.deepEqual(world.requests(), [])
})

test('06 runs the tests of a CI job with the login key of the environment', async (t) => {
  const world = await openScriptWorld(t, { behaviour: squirrelBehaviour({ wakeAfter: 0 }) })
  await rm(join(world.folder, 'home/.impt.auth'))
  const key = { IMPT_LOGINKEY: demoLoginKey }
  const missing = await world.play('06')
  assert.equal(missing.code, 5)
  assert.match(missing.stderr, /error\[ASSERT\]: IMPT_LOGINKEY is not set\n/)
  const refused = await world.play('06', { env: { IMPT_LOGINKEY: 'no-such-key-0000' } })
  assert.equal(refused.code, 3, refused.stderr)
  assert.match(refused.stderr, /06-ci-tests\.imptsh:6:1: error\[AUTH\]: /)
  assert.ok(!refused.stderr.includes('no-such-key'))
  assert.deepEqual(world.writes(), [])

  await world.write(
    'tests/sum.agent.test.nut',
    'class SumTest extends ImpTestCase {\n  function testSum() {\n    this.assertEqual(3, 1 + 2)\n  }\n}\n',
  )
  const made = await world.run(
    'test create --dg "Pump Lab" --test-file tests/*.test.nut --confirmed --output minimal',
    { env: key },
  )
  assert.equal(made.code, 0, made.stderr)
  world.requests()
  const passed = await world.play('06', { env: key })
  assert.equal(passed.code, 0, passed.stdout + passed.stderr)
  assert.match(passed.stdout, /^Account: \n[^]*\nIMPT COMMAND SUCCEEDS\n[^]*testSum/)
  const writes = world.writes()
  assert.equal(writes.filter((line) => line === 'POST /deployments').length, 1)
  assert.equal(writes.filter((line) => line.startsWith('DELETE /deployments/')).length, 1)

  await world.write(
    'tests/sum.agent.test.nut',
    'class SumTest extends ImpTestCase {\n  function testSum() {\n    this.assertEqual(4, 1 + 2)\n  }\n}\n',
  )
  const failed = await world.play('06', { env: key })
  assert.equal(failed.code, 1)
  assert.match(failed.stderr, /06-ci-tests\.imptsh:8:3: error\[TESTS_FAILED\]/)
})

test('09 makes the webhooks that are missing, and none when it runs again', async (t) => {
  const world = await openScriptWorld(t)
  const { store } = world.sandbox
  await world.run('dg create --name "Thermostat Field 2" --dg-type production --product Thermostat')
  await world.run(
    'webhook create --dg "Thermostat Field" --url https://x.example/hook --event blessing --mime json',
  )
  world.requests()
  const args = ['Thermostat', 'https://x.example/hook']
  const { code, stdout, stderr } = await world.play('09', { args })
  assert.equal(code, 0, stderr)
  const made = [...store.webhooks.all()].at(-1)
  assert.deepEqual(
    [made?.group.id, made?.url, made?.event, made?.contentType],
    [world.group('Thermostat Field 2').id, 'https://x.example/hook', 'blessing', 'application/json'],
  )
  assert.match(
    stdout,
    new RegExp(`^Webhook "${made?.id}" is created successfully\\.\\n[^]*IMPT COMMAND SUCCEEDS\\n$`),
  )
  assert.deepEqual(world.writes(), ['POST /webhooks'])
  assert.deepEqual(await world.play('09', { args }), { code: 0, stdout: '', stderr: '' })
  assert.deepEqual(world.writes(), [])
})

test('12 makes the groups of a factory line once', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout, stderr } = await world.play('12', { args: ['Thermostat', '--line', 'line 7'] })
  assert.equal(code, 0, stderr)
  const [fixture, dut, production] = ['line 7-fixture', 'line 7-dut', 'line 7-production'].map((name) =>
    world.group(name),
  )
  assert.equal(
    stdout,
    `name               type        id\nline 7-fixture     factory     ${fixture?.id}\nline 7-dut         dut         ${dut?.id}\nline 7-production  production  ${production?.id}\n`,
  )
  assert.equal(stderr, '')
  assert.deepEqual([fixture?.productionTarget, fixture?.dutTarget], [production?.id, dut?.id])
  assert.deepEqual(world.writes(), ['POST /devicegroups', 'POST /devicegroups', 'POST /devicegroups'])
  const again = await world.play('12', { args: ['Thermostat', '--line', 'line 7'] })
  assert.deepEqual([again.code, again.stdout, again.stderr], [0, stdout, ''])
  assert.deepEqual(world.writes(), [])

  // Only NOT_FOUND is a reason to create anything.
  const wrong = await world.play('12', { args: ['Thermostat', '--lin', 'x'] })
  assert.equal(wrong.code, 2)
  assert.match(wrong.stderr, /--lin/)
  world.sandbox.inject({
    method: 'GET',
    path: '/accounts/me',
    skip: 0,
    count: 1,
    fault: { kind: 'status', status: 403 },
  })
  const refused = await world.play('12', { args: ['Thermostat', '--line', 'line 8'] })
  assert.equal(refused.code, 1)
  assert.match(refused.stderr, /12-factory-groups\.imptsh:8:13: error\[FORBIDDEN\]/)
  assert.deepEqual(world.writes(), [])
})
