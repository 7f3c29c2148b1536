import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openDesk } from './impt.ts'

const PUMP_LAB = 'fa560bf1-b7c7-134a-9fd2-fd90da7e538b'

async function deskWith(t: TestContext, files: Readonly<Record<string, string>>) {
  const desk = await openDesk(t)
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(desk.folder, name)), { recursive: true })
    await writeFile(join(desk.folder, name), text)
  }
  return desk
}

const FILES = {
  'libs/Sensor.lib.nut':
    'class Sensor { static VERSION = "1.2.3"; function name() { return "of the folder" } }\n',
  'saved/sensor.class.nut':
    'class Sensor { static VERSION = "1.2.3"; function name() { return "that is saved" } }\n',
  'mine.nut': 'class Sensor { function name() { return "that is mine" } }\n',
  'main.nut': '#require "Sensor.lib.nut:1.2.3"\nserver.log("sensor " + Sensor().name())\n',
}

test('a library comes from the option, then from the saved folders, then from the environment; a file that is named wins', async (t) => {
  const desk = await deskWith(t, FILES)
  const run = async (words: readonly string[], env = {}) => {
    const { stdout, stderr } = await desk.run(['squirrel', 'run', 'main.nut', ...words], '', env)
    return /sensor (.*)/.exec(stdout)?.[1] ?? stdout + stderr
  }
  assert.match(
    await run([]),
    /main\.nut:1:1: library "Sensor\.lib\.nut:1\.2\.3" is not available offline; put its file Sensor\.lib\.nut into a folder that --libraries or IMPT_LIBRARIES names/,
  )
  assert.equal(await run([], { IMPT_LIBRARIES: 'saved' }), 'that is saved')
  await writeFile(
    join(desk.folder, '.impt.test'),
    JSON.stringify({ deviceGroupId: PUMP_LAB, libraries: ['saved'] }),
  )
  assert.equal(await run([], { IMPT_LIBRARIES: 'libs' }), 'that is saved')
  assert.equal(await run(['--libraries', 'libs']), 'of the folder')
  assert.equal(await run(['--libraries', 'libs', '--library', 'sensor:1.2.3=mine.nut']), 'that is mine')
  const gone = await desk.run(['squirrel', 'check', 'main.nut', '--libraries', 'nowhere'])
  assert.match(gone.stdout, /The library folder "nowhere" does not exist\./)
  const wrong = await desk.run(['squirrel', 'check', 'main.nut', '--library', 'Sensor'])
  assert.deepEqual([wrong.code, /"Sensor" names no library file/.test(wrong.stdout)], [2, true])
  await writeFile(join(desk.folder, 'main.nut'), '#require "Sensor.lib.nut:2.0.0"\nlocal x = = 1\n')
  const { stdout } = await desk.run(['squirrel', 'check', 'main.nut', '--libraries', 'libs'])
  assert.match(
    stdout,
    /main\.nut:1:1: library "Sensor\.lib\.nut:2\.0\.0" is not available offline; the library folders have 1\.2\.3/,
  )
  assert.match(stdout, /main\.nut:2:11: expression expected/)
})

test('squirrel libraries lists what there is, in the order in which it is looked for', async (t) => {
  const desk = await deskWith(t, { ...FILES, 'any/1.0.0/Other.class.nut': 'x\n', 'any/Plain.nut': 'x\n' })
  const words = ['squirrel', 'libraries', '--libraries', 'libs', '--library', 'mine:2.0.0=mine.nut']
  const { stdout, code } = await desk.run(words, '', { IMPT_LIBRARIES: 'any' })
  assert.equal(code, 0)
  const rows = stdout.split('\n').map((line) => line.trim().split(/ {2,}/))
  assert.deepEqual(rows.filter(([, , file]) => file !== undefined).slice(1), [
    ['mine', '2.0.0', 'mine.nut'],
    ['Sensor', '1.2.3', 'libs/Sensor.lib.nut'],
    ['Other', '1.0.0', 'any/1.0.0/Other.class.nut'],
    ['Promise', '4.0.0', 'part of impt'],
    ['JSONEncoder', '2.0.0', 'part of impt'],
  ])
  assert.match(stdout, /^Plain +any\/Plain\.nut$/m)
  const list = (await desk.json('squirrel', 'libraries', '--libraries', 'libs')) as readonly object[]
  assert.deepEqual(list[0], {
    name: 'Sensor',
    version: '1.2.3',
    file: join(desk.folder, 'libs/Sensor.lib.nut'),
  })
})

test('tests and builds in the sandbox find libraries where the option and the files of the folder say, also after a restart of the device', async (t) => {
  const desk = await deskWith(t, {
    ...FILES,
    'tests/a.test.nut': `#require "Sensor.lib.nut:1.2.3"
class A extends ImpTestCase {
  function testName() { this.assertEqual("of the folder", Sensor().name()) }
}
`,
    '.impt.test': JSON.stringify({ deviceGroupId: PUMP_LAB, testFiles: ['tests/*.test.nut'] }),
  })
  const tests = ['--sandbox', 'test', 'run']
  const lost = await desk.run(tests)
  assert.match(lost.stdout, /library "Sensor\.lib\.nut:1\.2\.3" is not available offline/)
  const found = await desk.run([...tests, '--libraries', 'libs'])
  assert.equal(found.code, 0, found.stdout)
  const saved = { deviceGroupId: PUMP_LAB, testFiles: ['tests/*.test.nut'], libraries: ['libs'] }
  await writeFile(join(desk.folder, '.impt.test'), JSON.stringify(saved))
  const configured = await desk.run(tests)
  assert.equal(configured.code, 0, configured.stdout)

  const project = { deviceGroupId: PUMP_LAB, deviceFile: 'main.nut', libraries: ['saved'] }
  await writeFile(join(desk.folder, '.impt.project'), JSON.stringify(project))
  const deployed = await desk.run(['--sandbox', 'build', 'deploy'])
  assert.equal(deployed.code, 0, deployed.stdout)
  const linked = await desk.run([
    '--sandbox',
    'project',
    'link',
    '--dg',
    'Pump Lab',
    '--device-file',
    'main.nut',
    '--confirmed',
  ])
  assert.equal(linked.code, 0, linked.stdout)
  const again = await desk.run(['--sandbox', 'build', 'run'])
  assert.equal(again.code, 0, again.stdout)
  const log = await desk.run(['--sandbox', 'log', 'get', '--device', '231be7dcbc45d7cc'])
  assert.match(log.stdout, /sensor that is saved/)
})

test('a sandbox that is served finds libraries in the folders it was started with', async (t) => {
  const desk = await deskWith(t, { ...FILES, '.impt.test': JSON.stringify({ deviceGroupId: PUMP_LAB }) })
  await desk.server('--libraries', join(desk.folder, 'libs'))
  const deployed = await desk.run(['build', 'deploy', '--dg', 'Pump Lab', '--device-file', 'main.nut'])
  assert.equal(deployed.code, 0, deployed.stdout)
})

test('the folders of the Project file go with code that is deployed or copied to a sandbox', async (t) => {
  const desk = await deskWith(t, FILES)
  const impt = async (...words: string[]) => {
    const { code, stdout, stderr } = await desk.run(['--sandbox', ...words])
    assert.equal(code, 0, `${words.join(' ')}: ${stdout}${stderr}`)
    return stdout
  }
  await writeFile(
    join(desk.folder, '.impt.project'),
    JSON.stringify({ deviceGroupId: PUMP_LAB, deviceFile: 'main.nut', libraries: ['libs'] }),
  )
  await impt('build', 'deploy', '-t', 'one')
  await impt('build', 'copy', '-b', 'one', '-g', 'Pump Pilot')
  // Without the folders the sandbox does not find the library.
  await writeFile(join(desk.folder, '.impt.project'), JSON.stringify({ deviceGroupId: PUMP_LAB }))
  const lost = await desk.run(['--sandbox', 'build', 'copy', '-b', 'one', '-g', 'Pump Pilot'])
  assert.equal(lost.code, 1)
  assert.match(lost.stdout, /library "Sensor\.lib\.nut:1\.2\.3" is not available offline/)
})
