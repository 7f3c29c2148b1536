import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openDesk, type Desk } from './impt.ts'

/** A desk at a served sandbox. Everything that is typed is in the guide that a newcomer would read. */
async function seeingDesk(
  t: TestContext,
): Promise<Desk & { readonly dir: string; type(line: string): Promise<string> }> {
  const desk = await openDesk(t)
  const { folder } = await desk.cloud()
  const guide = await readFile(new URL('../../src/help/seeing.md', import.meta.url), 'utf8')
  return {
    ...desk,
    dir: folder,
    async type(line) {
      const words = (line.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''))
      const command = words.filter((word) => !word.startsWith('-')).slice(0, words[0] === 'doctor' ? 1 : 2)
      assert.ok(guide.includes(`impt ${command.join(' ')}`), `the guide has no "impt ${command.join(' ')}"`)
      for (const option of words.filter((word) => /^--[a-z]/.test(word)))
        assert.ok(guide.includes(option.split('=')[0] ?? option), `the guide has no ${option}`)
      const { code, stdout, stderr } = await desk.run(words)
      assert.equal(code, 0, `${line}\n${stdout}${stderr}`)
      return stdout
    },
  }
}

test('a fleet is not compared with a snapshot of another embedded impCentral', async (t) => {
  const { run, folder } = await openDesk(t)
  const diff = ['--sandbox', 'fleet', 'diff']
  assert.equal((await run(['--sandbox', 'fleet', 'snapshot'])).code, 0)
  const other = await run(diff, '', { IMPT_SANDBOX_DIR: join(folder, 'other') })
  assert.match(other.stdout, /There is no snapshot -1: none is kept/)
  const same = await run(diff)
  assert.equal(same.code, 0, same.stdout)
})

test('the support lead knows at nine in the morning which devices went silent overnight', async (t) => {
  const { type, run, dir } = await seeingDesk(t)
  // In the evening.
  assert.match(await type('fleet snapshot'), /^9 devices are written to /)
  // In the night.
  await run(['sandbox', 'device', '-d', 'Living Room', '--connection', 'off', '--dir', dir])
  await run(['sandbox', 'device', '-d', 'Customer 1', '--connection', 'off', '--dir', dir])
  // In the morning: the numbers, what moved, and who it is.
  const status = await type('fleet status --silent 0s')
  assert.match(status, /^9 devices: \d online, [3-9] silent for 0s or more/)
  const moved = await type('fleet diff --only silent')
  assert.match(moved, /: 2 silent\./)
  for (const name of ['Living Room', 'Customer 1']) assert.match(moved, new RegExp(`^silent +${name} `, 'm'))
  assert.match(await type('fleet diff --by group'), /Thermostat Field +1/)
  // What is not kept: the answer says what is.
  const kept = String.raw`the oldest of 1 is \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\.\n-1 is the only one\n`
  for (const [word, named] of [
    ['-5', '-5'],
    ['2020-01-01', 'up to 2020-01-01'],
  ] as const)
    assert.match(
      (await run(['fleet', 'diff', word, 'now'])).stdout,
      new RegExp(`^Error: There is no snapshot ${named}: ${kept}`),
    )
  assert.match(
    (await run(['fleet', 'diff', 'nosuch.csv'])).stdout,
    /nosuch\.csv: file is not found\.\nCheck the name and the folder\n/,
  )
  assert.match(
    (await run(['fleet', 'diff', '.'])).stdout,
    /\nA folder stands where the file is expected; name a file/,
  )
  const devices = await type('fleet status --devices --silent 0s')
  assert.match(devices, /Customer 1 +[0-9a-f]{16} +silent/)
})

test('the agent on the phone types one command and says a sentence that is true', async (t) => {
  const { type, run, dir } = await seeingDesk(t)
  const asked = async () => (await type('doctor "Customer 1"')).split('\n').slice(0, 2)
  assert.deepEqual(
    (await asked())[1],
    'Nothing is wrong that the cloud can see; it notices a loss after up to ten minutes, more on cellular.',
  )
  await run(['sandbox', 'device', '-d', 'Customer 1', '--connection', 'off', '--dir', dir])
  const [who, what] = await asked()
  assert.match(who ?? '', /^Customer 1 \([0-9a-f]{16}\), Thermostat \/ Thermostat Field$/)
  assert.match(what ?? '', /^(?:It is offline|It sleeps or lost power|Offline)/)
  await run(['sandbox', 'device', '-d', 'Customer 1', '--connection', 'on', '--dir', dir])
  assert.match((await asked())[1] ?? '', /^Nothing is wrong/)
})

test('the developer reads logs as logs should read: the crash at the line that was written, also of the build before', async (t) => {
  const { type, run, folder, start } = await seeingDesk(t)
  await writeFile(
    join(folder, 'pump.device.nut'),
    '// the pump\nimp.wakeup(0.01, function() {\n  missing.value = 1\n})\n',
  )
  await writeFile(join(folder, 'empty.nut'), '')
  const files = ['--device-file', 'pump.device.nut', '--agent-file', 'empty.nut', '--preprocess']
  const crashed = start(['build', 'run', '-g', 'Pump Lab', '--log', ...files])
  await crashed.shows(/pump\.device\.nut:3/)
  crashed.child.kill('SIGINT')
  await crashed.ended
  // A later build has other lines; the crash is still shown at those of its own.
  await writeFile(join(folder, 'pump.device.nut'), '\n\n\n\n\n\nserver.log("mended")\n')
  const mended = await run(['build', 'run', '-g', 'Pump Lab', ...files])
  assert.equal(mended.code, 0, mended.stdout)
  const logs = await type('log get -d "Pump Prototype" --since 24h --type error')
  assert.match(logs, /pump\.device\.nut:3/)
  assert.doesNotMatch(logs, /device_code:|pump\.device\.nut:7/)
  const following = start([
    'log',
    'stream',
    '-d',
    'Pump Prototype',
    '--since',
    '10m',
    '--time',
    'delta',
    '--names',
  ])
  await following.shows(/^\[Pump Prototype\] [+-]\d+\.\d{3}s \[server\.error\] /m)
  following.child.kill('SIGINT')
  await following.ended
})
