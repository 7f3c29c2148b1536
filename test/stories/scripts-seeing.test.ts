import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as bodyOf } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { openScriptWorld, type ScriptWorld } from './script-world.ts'

const HOUR = 3_600_000

/** A chat that keeps what it is told. */
async function chat(t: TestContext): Promise<{ readonly url: string; readonly told: string[] }> {
  const told: string[] = []
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      told.push(body)
      response.end('ok')
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  t.after(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?key=s3cret`, told }
}

/** Takes a device off the line so long ago. */
function silence({ sandbox, device }: ScriptWorld, name: string, hours: number): string {
  const at = new Date(Math.floor((Date.now() - hours * HOUR) / 1000) * 1000)
  sandbox.store.devices.update(device(name), { online: false, onlineChanged: at.getTime() })
  return at.toISOString()
}

test('37 is the morning report: a table, a CSV file and a sentence in the chat', async (t) => {
  const world = await openScriptWorld(t)
  const hook = await chat(t)
  const cellar = silence(world, 'Cellar', 100)
  const kitchen = silence(world, 'Kitchen', 14)
  world.sandbox.store.devices.update(world.device('Cellar'), { name: 'Cellar, "left"' })
  const { code, stdout, stderr } = await world.play('37', {
    args: ['Thermostat'],
    env: { CHAT_URL: hook.url },
  })
  assert.equal(code, 0, stderr)
  assert.equal(
    stdout,
    `group                    total  online  silent  weak
Thermostat Development   3      1       2       0
Thermostat Factory Line  1      1       0       0
Thermostat Field         1      1       0       0
the chat was told
`,
  )
  const group = 'Thermostat Development'
  assert.equal(
    await world.read('silent.csv'),
    `group,name,id,since
${group},"Cellar, ""left""",${world.device('Cellar, "left"').id},${cellar}
${group},Kitchen,${world.device('Kitchen').id},${kitchen}
`,
  )
  assert.deepEqual(hook.told, [
    JSON.stringify({ text: '2 devices of Thermostat are silent: Cellar, "left", Kitchen' }),
  ])
  assert.doesNotMatch(stdout + stderr, /s3cret/)

  // Nothing is silent for so long: the chat is left in peace.
  const quiet = await world.play('37', {
    args: ['Thermostat', '--quiet', '30d'],
    env: { CHAT_URL: hook.url },
  })
  assert.equal(quiet.code, 0, quiet.stderr)
  assert.equal(hook.told.length, 1)
})

test('38 shows the devices that connect again and again, and not those that sleep and wake', async (t) => {
  const world = await openScriptWorld(t)
  const { platform } = world.sandbox.core
  const kitchen = world.device('Kitchen')
  for (let i = 0; i < 6; i++) platform.log(kitchen, 'status', 'Device connected')
  for (let i = 0; i < 6; i++) {
    platform.log(world.device('Living Room'), 'status', 'Device connected')
    platform.log(world.device('Living Room'), 'server.sleep', 'sleeping until 2030')
  }
  const { code, stdout, stderr } = await world.play('38', { args: ['Thermostat Development'] })
  assert.equal(code, 0, stderr)
  assert.match(
    stdout,
    new RegExp(`^device +id +connects +last\\nKitchen +${kitchen.id} +\\d +20\\d\\d-\\d\\d-\\d\\dT\\S+Z\\n$`),
  )
  const all = await world.play('38', { args: ['Thermostat Development', '--most', '100'] })
  assert.deepEqual([all.code, all.stdout], [0, ''])
})

test('39 counts versions by product, also where lists do not tell them', async (t) => {
  for (const listsLeaveOutCode of [false, true]) {
    const world = await openScriptWorld(t, { listsLeaveOutCode })
    const { store } = world.sandbox
    store.devices.update(world.device('Kitchen'), { swversion: 'abc - release-38.5 - Mon Jan 01 2024' })
    const { code, stdout, stderr } = await world.play('39')
    assert.equal(code, 0, stderr)
    assert.equal(
      stdout,
      `version       Thermostat  Shared Sensor  Water Pump
release-38.5  1
release-44.2  4           1              1
`,
    )
  }
})
