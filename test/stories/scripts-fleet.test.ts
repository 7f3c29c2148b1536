import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { openScriptWorld } from './script-world.ts'

const GIT = {
  PATH: process.env['PATH'] ?? '',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'T',
  GIT_AUTHOR_EMAIL: 't@example.com',
  GIT_COMMITTER_NAME: 'T',
  GIT_COMMITTER_EMAIL: 't@example.com',
}

test('21 backs the account up, with a commit only where something changed, and without secrets', async (t) => {
  const world = await openScriptWorld(t)
  await world.run(`dg update --dg "Pump Lab" --set-env API=planted`)
  const env = { ...GIT, HOME: join(world.folder, 'home') }
  const play = () => world.play('21', { env })
  const first = await play()
  assert.equal(first.code, 0, first.stderr)
  assert.match(
    first.stdout,
    /^demo on \S+: 2 Products, 6 Device Groups, 4 builds, 8 devices\nbackup: 29 new files, 0 changed, 0 removed, 0 unchanged\nIMPT COMMAND SUCCEEDS\n28 files in a commit\n$/,
  )
  const second = await play()
  assert.match(
    second.stdout,
    /\nbackup: 0 new files, 0 changed, 0 removed, 29 unchanged\nIMPT COMMAND SUCCEEDS\nnothing changed\n$/,
  )
  await world.run('product update --product Thermostat --descr Other')
  assert.match((await play()).stdout, /\n2 files in a commit\n$/)
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: join(world.folder, 'backup'), env, encoding: 'utf8', stdio: 'pipe' })
  assert.equal(git('log', '--format=%s').match(/^Backup of \d{4}-\d\d-\d\d$/gm)?.length, 2)
  assert.match(
    git('show', 'HEAD'),
    /-  "description": "A room thermostat, from bench to field"\n\+  "description": "Other"/,
  )
  assert.throws(() => git('grep', 'planted', 'HEAD'))
})

test('21 makes its commit also where Git has no name for who runs it, as in a job of the night', async (t) => {
  const world = await openScriptWorld(t)
  const env = { PATH: GIT.PATH, GIT_CONFIG_NOSYSTEM: '1', HOME: join(world.folder, 'home') }
  const { code, stdout, stderr } = await world.play('21', { env })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /\n\d+ files in a commit\n$/)
  assert.equal(stderr, '')
  const cwd = join(world.folder, 'backup')
  assert.equal(
    execFileSync('git', ['log', '--format=%an <%ae>'], { cwd, env, encoding: 'utf8' }),
    'impt backup <impt@localhost>\n',
  )
})

test('22 promotes by tag, proves the code, and does nothing the second time', async (t) => {
  const world = await openScriptWorld(t)
  const [, build] = world.builds(world.group('Thermostat Development'))
  await world.run(`build update --build ${build?.id} --tag rc --flagged`)
  world.requests()
  const play = (...args: string[]) => world.play('22', { args })
  const { code, stdout, stderr } = await play('rc', 'Thermostat Field')
  assert.equal(code, 0, stderr)
  const copy = world.builds(world.group('Thermostat Field')).at(-1)
  assert.equal(stdout, 'device device.nut +5 -1\nagent agent.nut +1 -1\nThermostat Field: rc is current\n')
  assert.deepEqual([copy?.deviceCode, copy?.tags, copy?.flagged], [build?.deviceCode, build?.tags, true])
  assert.deepEqual(await play('rc', 'Thermostat Field'), {
    code: 0,
    stdout: 'Thermostat Field has rc already\n',
    stderr: '',
  })
  assert.equal((await play('rc', 'Pump Pilot')).stdout, 'Pump Pilot: rc is current\n')
  const twins = await play('v1.0', 'Thermostat Field')
  assert.equal(twins.code, 5)
  assert.match(twins.stderr, /error\[ASSERT\]: the tag v1\.0 must name one code\n/)
})

test('23 reports the drift between two accounts, and says so by its exit code', async (t) => {
  const world = await openScriptWorld(t)
  const other = await startSandbox()
  t.after(() => other.close())
  const login = async (name: string, { url, tokenFor }: typeof other) => {
    const folder = join(world.folder, name)
    await mkdir(folder)
    const auth = { endpoint: url, accessToken: tokenFor('demo'), expiresAt: '2999-01-01T00:00:00.000Z' }
    await writeFile(join(folder, '.impt.auth'), JSON.stringify(auth), { mode: 0o600 })
  }
  await login('staging', world.sandbox)
  await login('production', other)
  const play = () => world.play('23', { args: ['staging', 'production'] })
  const same = await play()
  assert.equal(same.code, 0, same.stderr)
  assert.match(same.stdout, /\nno drift\n$/)
  await world.run('dg update --dg "Pump Lab" --descr "The lab" --set-env limit:=3')
  await world.run('webhook create --dg "Pump Lab" --url https://a.example.com/ --event blinkup --mime json')
  world.requests()
  const drift = await play()
  assert.equal(drift.code, 6, drift.stderr)
  assert.match(
    drift.stdout,
    /\nchange group Pump Lab \(development\) in products\/Water Pump\/groups\/Pump Lab description: none -> The lab; env limit: none -> \(secret \w{4}\)\ncreate webhook blinkup https:\/\/a\.example\.com\/ in products\/Water Pump\/groups\/Pump Lab\n$/,
  )
  assert.deepEqual(world.writes(), [])
})

test('24 takes units out of production, reports each, and goes on after a wrong key', async (t) => {
  const world = await openScriptWorld(t)
  await world.write('units.csv', 'device,serial\nCustomer 1,0001\nSpare,0002\n')
  const play = (key: string) => world.play('24', { args: ['units.csv'], answers: [key] })
  const wrong = await play('wrong')
  assert.equal(wrong.code, 1)
  assert.equal(
    wrong.stdout,
    'Error: Device "Customer 1": Invalid Permission: Removing a production device needs the right unbond key.\n2 devices: 1 already, 1 failed\n' +
      'device      error\nCustomer 1  Invalid Permission: Removing a production device needs the right unbond key.\n',
  )
  const right = await play('demo-unbond-key')
  assert.deepEqual(
    [right.code, right.stdout],
    [0, '2 devices: 1 ok (1 done before)\nIMPT COMMAND SUCCEEDS\n'],
  )
  assert.match(
    await world.read('unblessed.csv'),
    /^device,serial,result,error,at,impt\nCustomer 1,0001,ok,,[^,]+,(?<of>.device unassign, demo on \S+.)\nSpare,0002,already,,[^,]+,\k<of>\n$/,
  )
  assert.doesNotMatch(
    (await world.read('unblessed.csv')) + wrong.stdout + wrong.stderr + right.stderr,
    /demo-unbond-key/,
  )
})

test('25 sets a variable in all groups of a product after one question, and leaves the others', async (t) => {
  const world = await openScriptWorld(t)
  await world.run(`dg update --dg "Thermostat Field" --env-variable '{"keep": "k"}'`)
  const args = ['Thermostat', 'limit:=3']
  const no = await world.play('25', { args, answers: ['n'] })
  assert.equal(no.code, 4)
  const { code, stdout, stderr } = await world.play('25', { args, answers: ['y'] })
  assert.equal(code, 0, stderr)
  const field = world.group('Thermostat Field')
  assert.equal(stdout, `Device Group "${field.id}" is updated successfully.\nIMPT COMMAND SUCCEEDS\n`)
  assert.match(stderr, /^name +id\nThermostat Field +\S+\n1 item\nSet it in these groups\?/)
  assert.deepEqual(field.envVars, { keep: 'k', limit: 3 })
  assert.deepEqual(world.group('Thermostat Development').envVars, {})
})
