import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as bodyOf } from 'node:stream/consumers'
import { test, type TestContext } from 'node:test'
import { openScriptWorld } from './script-world.ts'
import { eventually } from './repl-world.ts'

const DAY = 86_400_000

test('01 moves the devices that are offline for long to the quarantine after one question', async (t) => {
  const world = await openScriptWorld(t)
  const { sandbox, play } = world
  await world.run('dg create --name quarantine --dg-type development --product "Water Pump"')
  const quarantine = world.group('quarantine')
  const cellar = world.device('Cellar')
  sandbox.store.devices.update(cellar, { onlineChanged: Date.now() - 40 * DAY })
  world.requests()

  const alone = await play('01', { args: ['Thermostat'] })
  assert.equal(alone.code, 4)
  assert.equal(alone.stdout, '')
  assert.match(
    alone.stderr,
    /01-quarantine-offline\.imptsh:10:5: error\[CONFIRM\]: needs confirmation: Move these devices to quarantine\?\n/,
  )
  assert.match(alone.stderr, /= help: run with "impt run --confirmed"\n$/)
  assert.deepEqual(world.writes(), [])

  const refused = await play('01', { args: ['Thermostat'], answers: ['n'] })
  assert.equal(refused.code, 4)
  assert.deepEqual(world.writes(), [])

  const { code, stdout, stderr } = await play('01', { args: ['Thermostat'], answers: ['y'] })
  assert.equal(code, 0, stderr)
  assert.equal(
    stdout,
    `Device "${cellar.id}" is assigned successfully to Device Group "quarantine".\nIMPT COMMAND SUCCEEDS\n`,
  )
  assert.match(
    stderr,
    /^id +name +mac_address[^\n]*\n\w+ +Cellar[^\n]*\n1 item\nMove these devices to quarantine\? \(01-quarantine-offline\.imptsh:10\) \[y\/N\] $/,
  )
  assert.deepEqual(world.writes(), [`POST /devicegroups/${quarantine.id}/relationships/devices`])
  assert.equal(world.device('Cellar').group?.id, quarantine.id)
  assert.equal(world.device('Kitchen').group?.id, world.group('Thermostat Development').id)

  // Nothing is left to move: nobody is asked.
  assert.deepEqual(await play('01', { args: ['Thermostat', '--older', '1w'] }), {
    code: 0,
    stdout: '',
    stderr: '',
  })
})

test('10 names the devices of a CSV file and writes down those that it could not name', async (t) => {
  const world = await openScriptWorld(t)
  const { mac, id } = world.device('Spare')
  await world.write('names.csv', `mac,name\n${mac},"Rack 1, slot 2"\n0c:2a:69:00:00:00,nobody\n`)
  const { code, stdout, stderr } = await world.play('10', { args: ['names.csv'] })
  assert.equal(code, 1, stderr)
  // The results of the rounds flow on with --report: nothing is printed.
  assert.deepEqual([stdout, stderr], ['', ''])
  assert.deepEqual(world.writes(), [`PATCH /devices/${id}`])
  assert.equal(world.device('Rack 1, slot 2').id, id)
  assert.equal(
    await world.read('failed.csv'),
    'item.mac,item.name,error.message\n0c:2a:69:00:00:00,nobody,"Device ""0c:2a:69:00:00:00"" is not found."\n',
  )

  await world.write('twice.csv', `mac,name\n${mac},a\n${mac},b\n`)
  const twice = await world.play('10', { args: ['twice.csv'] })
  assert.equal(twice.code, 5)
  assert.match(twice.stderr, /error\[ASSERT\]: the file names a device twice\n/)
  assert.deepEqual(world.requests(), [])

  const missing = await world.play('10', { args: ['nothing.csv'] })
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /10-name-devices\.imptsh:5:17: error\[FILE\]: .*nothing\.csv/)
})

test('11 appends a line of health, with a heading in a new file only', async (t) => {
  const world = await openScriptWorld(t)
  assert.deepEqual(await world.play('11', { args: ['Thermostat'] }), { code: 0, stdout: '', stderr: '' })
  assert.equal((await world.play('11', { args: ['Thermostat'] })).code, 0)
  const rssi = ['Living Room', 'Kitchen', 'Customer 1', 'Line 1 Fixture']
    .map((name) => world.device(name).rssi ?? 0)
    .sort((a, b) => a - b)
  const median = ((rssi[1] ?? 0) + (rssi[2] ?? 0)) / 2
  const [head, ...lines] = (await world.read('health.csv')).trimEnd().split('\n')
  assert.equal(head, 'at,devices,online,rssi')
  assert.equal(lines.length, 2)
  for (const line of lines) assert.match(line, new RegExp(`^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z,5,4,${median}$`))
  assert.deepEqual(world.writes(), [])
  // A filter that names nothing gives an empty list (identifiers.md 4), which has no median.
  assert.equal((await world.play('11', { args: ['Nothing', '--out', 'none.csv'] })).code, 0)
  assert.match(await world.read('none.csv'), /^at,devices,online,rssi\n\S+Z,0,0,\n$/)
})

test('13 restarts the devices whose agent is down, and again only where the script says so', async (t) => {
  const world = await openScriptWorld(t)
  const { store } = world.sandbox
  const room = world.device('Living Room')
  store.devices.update(room, { agentRunning: false })
  const path = `/devices/${room.id}/conditional_restart`
  // The server is overloaded at the first try; impt never repeats a write by itself, `retry` does.
  world.sandbox.inject({
    method: 'POST',
    path,
    skip: 0,
    count: 1,
    fault: { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
  })
  const options = {
    args: ['Thermostat Development'],
    edit: (text: string) => text.replace('--delay 2s', '--delay 2ms'),
  }
  const { code, stdout, stderr } = await world.play('13', options)
  assert.equal(code, 0, stderr)
  // The block of retry gives a value, here the device, which the statement prints.
  assert.match(stdout, new RegExp(`^id: +${room.id}\\nname: +Living Room\\n`))
  assert.deepEqual(world.writes(), [`POST ${path}`, `POST ${path}`])
  assert.equal(store.devices.get(room.id)?.agentRunning, true)

  store.devices.update(world.device('Living Room'), { agentRunning: false })
  world.sandbox.inject({ method: 'POST', path, skip: 0, count: 1, fault: { kind: 'status', status: 500 } })
  const broken = await world.play('13', options)
  assert.equal(broken.code, 1)
  assert.match(
    broken.stderr,
    new RegExp(`error\\[SERVER\\][^]*for item 1 of 1: device ${room.id} "Living Room"`),
  )
  assert.deepEqual(world.writes(), [`POST ${path}`])
})

test('14 prints the stored lines that match, of each device of the group', async (t) => {
  const world = await openScriptWorld(t)
  const kitchen = world.device('Kitchen')
  world.sandbox.core.platform.log(
    kitchen,
    'server.error',
    'Exception: the index "x" does not exist',
    1_700_000_000_000,
  )
  const { code, stdout, stderr } = await world.play('14', { args: ['Thermostat Development'] })
  assert.deepEqual(
    { code, stdout, stderr },
    {
      code: 0,
      stdout: 'Kitchen  2023-11-14T22:13:20.000Z  Exception: the index "x" does not exist\n',
      stderr: '',
    },
  )
  const requests = world.requests()
  for (const name of ['Kitchen', 'Living Room', 'Cellar']) {
    assert.ok(
      requests.includes(`GET /devices/${world.device(name).id}/logs?page[number]=1&page[size]=100`),
      requests.join('\n'),
    )
  }
  const other = await world.play('14', { args: ['Thermostat Development', '^Agent restarted'] })
  assert.match(
    other.stdout,
    /^Living Room {2}\S+Z {2}Agent restarted: reload\.\nKitchen {2}\S+Z {2}Agent restarted: reload\.\n$/,
  )
})

test('15 sends errors of a live stream to a chat until Ctrl-C', async (t) => {
  const world = await openScriptWorld(t)
  const chat = await startChat(t)
  // Stands for curl where there is none, and takes the same arguments.
  await world.write(
    'bin/curl',
    `#!${process.execPath}\nconst [a, b, c, d, e, url] = process.argv.slice(2)\nif ([a, b, c, d, e].join(' ') !== '-sf -X POST -d @-') process.exit(2)\n` +
      `let body = ''\nprocess.stdin.on('data', (chunk) => (body += chunk)).on('end', () => fetch(url, { method: 'POST', body }).then((r) => process.exit(r.ok ? 0 : 22)))\n`,
    0o755,
  )
  const stop = new AbortController()
  const playing = world.play('15', {
    args: ['Thermostat Development'],
    env: { CHAT_URL: chat.url },
    signal: stop.signal,
  })
  const kitchen = world.device('Kitchen')
  await eventually(() => world.requests().some((line) => line.includes('/logstream/')))
  const { platform } = world.sandbox.core
  await eventually(() => {
    platform.log(kitchen, 'agent.error', 'no "x"')
    return chat.bodies.length > 0
  })
  platform.log(kitchen, 'agent.log', 'all is well')
  stop.abort(Object.assign(new Error('Ctrl-C'), { exit: 130 }))
  const { code, stderr } = await playing
  assert.deepEqual([code, stderr], [130, ''])
  for (const body of chat.bodies) assert.equal(body, `{"text":"${kitchen.id}: no \\"x\\""}`)
})

test('19 takes returned units out of production after the word was typed', async (t) => {
  const world = await openScriptWorld(t)
  const unit = world.device('Customer 1')
  await world.write('returned.txt', `${unit.id}\r\n\n`)
  const play = (...answers: string[]) => world.play('19', { args: ['returned.txt'], answers })

  const mistyped = await play('demo-unbond-key', 'Unbless')
  assert.equal(mistyped.code, 4)
  assert.deepEqual(world.writes(), [])
  const wrong = await play('no-such-key', 'unbless')
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, new RegExp(`for item 1 of 1: device ${unit.id} "Customer 1"`))
  assert.ok(!`${wrong.stdout}${wrong.stderr}`.includes('no-such-key'))
  assert.equal(world.device('Customer 1').group?.id, world.group('Thermostat Field').id)
  world.requests()

  const { code, stdout, stderr } = await play('demo-unbond-key', 'unbless')
  assert.equal(code, 0, stderr)
  assert.equal(stdout, `Device "${unit.id}" is unassigned successfully.\nIMPT COMMAND SUCCEEDS\n`)
  assert.match(
    stderr,
    /^Unbond key: .*1 item\nThese units go back to development \(19-unbless-returned\.imptsh:8\)\nType unbless to go on: $/s,
  )
  assert.deepEqual(world.writes(), [
    `DELETE /devicegroups/${world.group('Thermostat Field').id}/relationships/devices`,
  ])
  assert.equal(world.device('Customer 1').group, null)
})

/** A chat that keeps what is posted to it. */
async function startChat(t: TestContext): Promise<{ readonly url: string; readonly bodies: string[] }> {
  const bodies: string[] = []
  const server: Server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      bodies.push(body)
      response.end()
    })
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  t.after(() => void server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, bodies }
}
