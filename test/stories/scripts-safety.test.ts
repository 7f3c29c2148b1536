import assert from 'node:assert/strict'
import { readdir } from 'node:fs/promises'
import { test } from 'node:test'
import { invocationOf } from '../../src/commands/bind.ts'
import { commands, commandLine, findCommand } from '../../src/commands/table/index.ts'
import { demoLoginKey } from '../../src/sandbox/known.ts'
import { openScriptWorld } from './script-world.ts'

// A command of its own prints login keys in full where that is documented (language.md 2.13): here results flow on.
test('no trace, error, debug output or record shows a secret', async (t) => {
  const world = await openScriptWorld(t)
  const script = `
let pw = ask --secret "Password: "
let key = loginkey create --pwd $pw --descr "a key" --output debug
print $key.id
$key
let updated = loginkey update --lk $key.id --pwd $pw --descr again --output debug
loginkey info --lk $key.id | to json
try { loginkey delete --lk $key.id --pwd "wrong-secret" --confirmed --output debug } catch e { print $e.command $e.message; $e | to json }
try { auth login --local --user demo --pwd "wrong-secret" --confirmed --output debug } catch AUTH e { $e }
auth login --local --lk $key.id --confirmed --output debug
device unassign --device "Customer 1" --unbond "demo-unbond-key" --output debug
let kept = [$key.id, $env.IMPT_PASSWORD, $pw]
$kept
try { $kept | to csv --raw } catch BUG_TYPE e { $e.message }
throw {code: "MINE", message: "with $($kept | count) secrets"}
`
  const env = { IMPT_PASSWORD: 'secret-of-the-environment' }
  const { code, stdout, stderr } = await world.run(script, {
    answers: ['demo-password'],
    options: { trace: true },
    env,
  })
  assert.equal(code, 1, stderr)
  assert.match(stderr, /error\[MINE\]: with 3 secrets\n/)
  assert.match(stdout, /Doing the request with options:/)
  const key =
    [...world.sandbox.store.loginKeys.all()].find(({ description }) => description === 'again')?.id ?? ''
  assert.equal(key.length, 16)
  const all = stdout + stderr
  const at = (secret: string) =>
    all.indexOf(secret) < 0
      ? ''
      : `${secret}: ${all.slice(Math.max(0, all.indexOf(secret) - 200), all.indexOf(secret) + 60)}`
  for (const secret of [
    key,
    'demo-password',
    'wrong-secret',
    'demo-unbond-key',
    'secret-of-the-environment',
    world.sandbox.tokenFor('demo'),
  ])
    assert.equal(at(secret), '')
  for (const { id } of world.sandbox.store.accessTokens.all()) assert.equal(at(id), '')
})

test('an error shows the line of the script without the credentials that are written there', async (t) => {
  const world = await openScriptWorld(t)
  for (const [line, shown, exit] of [
    [
      'loginkey delete --lk 0123456789abcdef --pwd hunter2-hunter2 -q',
      /loginkey delete --lk \*{16} --pwd \*{15} -q\n/,
      1,
    ],
    ['loginkey create --pwd="hunter2-hunter2" --descr "x', /\| loginkey create --pwd=\*{17} --descr "x\n/, 2],
    ['loginkey create -w hunter2-hunter2 --discr x', /\| loginkey create -w \*{15} --discr x\n/, 2],
  ] as const) {
    const { code, stdout, stderr } = await world.run(line, { options: { trace: true } })
    assert.equal(code, exit, stderr)
    assert.match(stderr, shown)
    assert.ok(!/hunter2|0123456789abcdef/.test(stdout + stderr), stdout + stderr)
  }
})

test('a dry run changes nothing, whatever command it meets', async (t) => {
  const world = await openScriptWorld(t)
  await world.write('d.nut', '')
  await world.write('a.nut', '')
  await world.run(
    'test create --dg "Pump Lab" --test-file x.nut --confirmed\nproject link --dg "Pump Lab" --confirmed',
  )
  const before = await readdir(world.folder)
  world.requests()
  const { code, stdout, stderr } = await world.run(
    `let g = dg create --name New --dg-type development --product Thermostat
device assign --device Kitchen --dg $g.id --confirmed
device list | where name == "Spare" | each { device remove --device $it.id --force --confirmed }
build deploy --dg "Pump Lab" --device-file d.nut --agent-file a.nut
build get --build 17965d9e-5b16-06ea-94f9-1233647d324c --confirmed
auth login --local --user demo --pwd demo-password --confirmed
auth logout
project delete --confirmed
test delete --confirmed
"text" | save x.txt
!touch y.txt`,
    { options: { dryRun: true } },
  )
  assert.equal(code, 0, stderr)
  assert.deepEqual(world.writes(), [])
  assert.deepEqual(await readdir(world.folder), before)
  assert.equal(stdout.split('\n').filter((line) => /^would (?:run|write): /.test(line)).length, 11, stdout)
  assert.ok(!stdout.includes('demo-password'))
  assert.equal(stderr, 'dry run: 11 actions were shown and not run\n')
})

/** Arguments for the examples of language.md 2.15; 02 needs a line of a log that a dry run cannot bring, 23 a folder that it does not write. */
const DRY: Readonly<Record<string, readonly string[]>> = {
  '01': ['Thermostat', '--older', '1ms', '--group', 'Pump Lab'],
  '03': [],
  '04': ['Thermostat'],
  '05': ['Thermostat Development', '--keep', '1'],
  '06': [],
  '07': ['Thermostat Development', '17965d9e-5b16-06ea-94f9-1233647d324c'],
  '08': ['Thermostat Development', 'Thermostat Field'],
  '09': ['Thermostat', 'https://x.example'],
  '10': ['names.csv'],
  '11': ['Thermostat'],
  '12': ['Thermostat'],
  '13': ['Thermostat Development'],
  '14': ['Thermostat Development'],
  '15': ['Thermostat Development'],
  '16': ['Pump Lab'],
  '17': ['Thermostat'],
  '18': ['Thermostat', '17965d9e-5b16-06ea-94f9-1233647d324c'],
  '19': ['ids.txt'],
  '20': [],
  '21': [],
  '22': ['rc', 'Thermostat Field'],
  '24': ['units.csv'],
  '25': ['Thermostat', 'a=b'],
}

test('the examples go through to their end in a dry run, and change nothing', async (t) => {
  for (const [number, args] of Object.entries(DRY)) {
    await t.test(number, async (inner) => {
      const world = await openScriptWorld(inner)
      await world.write('names.csv', 'mac,name\nKitchen,x\n')
      await world.write('units.csv', 'device\nCustomer 1\n')
      await world.write('ids.txt', `${world.device('Customer 1').id}\n`)
      world.sandbox.store.devices.update(world.device('Kitchen'), { agentRunning: false })
      const [, rc] = world.builds(world.group('Thermostat Development'))
      if (rc) world.sandbox.store.deployments.update(rc, { tags: ['rc'] })
      const before = await readdir(world.folder)
      const env = number === '06' ? { IMPT_LOGINKEY: demoLoginKey } : { CHAT_URL: 'http://127.0.0.1:9/' }
      const { code, stderr } = await world.play(number, {
        args,
        answers: ['a secret'],
        options: { dryRun: true },
        env,
      })
      assert.equal(code, 0, stderr)
      assert.match(stderr, /dry run: \d+ actions? (?:was|were) shown and not run\n$/)
      assert.deepEqual(world.writes(), [])
      assert.deepEqual(await readdir(world.folder), before)
    })
  }
})

test('a dry run opens no log stream, since that may end another one of the account', async (t) => {
  const world = await openScriptWorld(t)
  const text =
    'log stream --device Kitchen | where type == "agent.error" | each { $it.msg | !cat }\nlog stream --device Kitchen'
  const { code, stdout, stderr } = await world.run(text, { options: { dryRun: true } })
  assert.deepEqual([code, stderr], [0, 'dry run: 2 actions were shown and not run\n'])
  assert.equal(stdout, 'would run: log stream --device Kitchen\n'.repeat(2))
  assert.deepEqual(world.requests(), [])
})

test('in a dry run the HTTP client refuses to send anything that is no read', async (t) => {
  const world = await openScriptWorld(t)
  const { host } = await world.host()
  const restart = findCommand('device', 'restart')
  assert.ok(restart)
  const settings = { directory: world.folder, dryRun: true, confirmed: true, env: host.env }
  const call = { settings, signal: new AbortController().signal, where: 'x:1', mayAsk: false }
  // As if the dispatcher had let it through.
  await assert.rejects(
    host.run(invocationOf(restart, [{ text: '--device' }, { text: 'Kitchen' }]), call),
    /dry run|read/i,
  )
  assert.deepEqual(world.writes(), [])
  const info = findCommand('device', 'info')
  assert.ok(info)
  assert.equal(
    (await host.run(invocationOf(info, [{ text: '--device' }, { text: 'Kitchen' }]), call)).kind,
    'entity',
  )
})

test('every command of the table says whether it only reads', () => {
  const reads = commands.filter(({ effect }) => effect === 'read').map(commandLine)
  for (const line of reads)
    assert.match(
      line,
      /^(?:\w+ (?:info|list|get|status|check|diff|history)|doctor|plan|schema|completion|help|man|squirrel.*)$/,
      line,
    )
})

test('dry-run of a block ends with the block', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout } = await world.run(
    'with dry-run { product create --name A }\nlet b = product create --name B\nproduct list | where name in ["A", "B"] | count',
  )
  assert.deepEqual([code, stdout], [0, 'would run: product create --name A\n1\n'])
  assert.deepEqual(world.writes(), ['POST /products'])
})

test('a login key of the environment never stands in an error', async (t) => {
  const world = await openScriptWorld(t)
  const { code, stdout, stderr } = await world.run('print $env.IMPT_LOGINKEY\n!sh -c "exit 3"', {
    env: { IMPT_LOGINKEY: demoLoginKey },
    options: { trace: true },
  })
  assert.equal(code, 1)
  assert.ok(!(stdout + stderr).includes(demoLoginKey))
})
