import assert from 'node:assert/strict'
import { test } from 'node:test'
import { login } from '../../src/impcentral/auth.ts'
import type { LogStreamEvent } from '../../src/impcentral/logstream.ts'
import { systemClock } from '../../src/impcentral/clock.ts'
import { collect } from '../../src/impcentral/paging.ts'
import { memoryTokenStore } from '../../src/impcentral/tokens.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import { clientFor, transportFor } from './support.ts'

test('the client and the sandbox agree on login, lists, changes, errors and a log stream that is cut', async () => {
  const sandbox = await startSandbox({
    fleet: { products: 2, groups: 4, devices: 250, seed: 1 },
    streamDevices: 2,
  })
  try {
    const result = await login(transportFor(sandbox.url), {
      kind: 'password',
      user: 'demo',
      password: 'demo-password',
    })
    assert.equal(result.kind, 'tokens')
    if (result.kind !== 'tokens') return
    const client = clientFor(`${sandbox.url}/`, {
      tokens: memoryTokenStore(result.state),
      clock: systemClock,
    })
    const devices = await collect(client.devices.list())
    assert.ok(devices.length >= 250)
    assert.equal(new Set(devices.map(({ id }) => id)).size, devices.length)

    const created = await client.products.create({ name: 'From the client' })
    await assert.rejects(client.products.create({ name: 'From the client' }), { code: 'CONFLICT' })
    assert.equal((await client.products.update(created.id, { name: 'Renamed' }))?.attributes.name, 'Renamed')
    await client.products.delete(created.id)
    await assert.rejects(client.products.get(created.id), { code: 'NOT_FOUND' })

    const ids = devices
      .flatMap(({ id, relationships }) => (relationships?.['devicegroup'] ? [id] : []))
      .slice(0, 3)
    const stream = client.logStream(ids)
    // Devices of the sandbox live, so their own entries may come in between.
    const until = async (isIt: (event: LogStreamEvent) => boolean): Promise<LogStreamEvent> => {
      for await (const event of { [Symbol.asyncIterator]: () => ({ next: () => stream.next() }) }) {
        if (isIt(event)) return event
      }
      return assert.fail('the stream ended')
    }
    const isEntry = (msg: string) => (event: LogStreamEvent) =>
      event.kind === 'entry' && event.entry.msg === msg
    await until(({ kind }) => kind === 'opened')
    const dropped = await until(({ kind }) => kind === 'dropped')
    assert.ok(dropped.kind === 'dropped' && ids.includes(dropped.deviceId))
    const device = sandbox.store.devices.get(ids.find((id) => id !== dropped.deviceId) ?? '')
    assert.ok(device)
    sandbox.core.platform.log(device, 'agent.log', 'live')
    await until(isEntry('live'))
    sandbox.core.streams.dropAll()
    sandbox.core.platform.log(device, 'agent.log', 'in the gap')
    await until(({ kind }) => kind === 'reconnecting')
    const resumed = await until(({ kind }) => kind === 'resumed')
    assert.ok(resumed.kind === 'resumed' && resumed.backfilled >= 1 && resumed.missed.length === 0)
    await until(isEntry('in the gap'))
    sandbox.core.streams.closeAll()
    await until(({ kind }) => kind === 'closed')
  } finally {
    await sandbox.close()
  }
})
