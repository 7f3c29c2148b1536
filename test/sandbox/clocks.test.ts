/** Clocks of virtual devices: after a test run they agree with the wall, and a loss of power shows when the documented delay is over. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { squirrelBehaviour } from '../../src/sandbox/squirrel.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'
import {
  clientOf,
  deployment,
  deviceList,
  folder,
  home,
  idOf,
  until,
  workshop,
  type Body,
} from './plainclient.ts'

const squirrel = { behaviour: squirrelBehaviour({ wakeAfter: 0 }) }

/** Logs what is posted to its agent, and has a timer that time which runs ahead runs through. */
const agentCode = `
  function again() { imp.wakeup(60, again) }
  again()
  http.onrequest(function(request, response) { server.log(request.body); response.send(200, "") })`

/** Two devices in a group of their own, each with a way to let its agent log. */
async function pair(t: TestContext) {
  const { demo, admin } = await home(t, squirrel)
  const { groupId } = await workshop(demo)
  await demo('POST', '/deployments', deployment(groupId, { device_code: '', agent_code: agentCode }))
  const made = async () => {
    const { id, attributes } = (await admin('POST', '/devices', {})).body.data
    const log = (text: string) => fetch(attributes.agent_url, { method: 'POST', body: text })
    const entries = async (): Promise<Body[]> =>
      (await demo('GET', `/devices/${id}/logs?page[size]=100`)).body.data
    return { id: id as string, log, entries }
  }
  const assign = (id: string, headers: Record<string, string> = {}) =>
    demo('POST', `/devicegroups/${groupId}/relationships/devices`, deviceList(id), headers)
  const answers = ({ log }: { log: (text: string) => Promise<Response> }) =>
    until(async () => (await log('ready')).status === 200, 'an answer of the agent')
  return { demo, assign, answers, tested: await made(), other: await made() }
}

/** Lets both log in turn, as `order` says, and demands that their lines sort by time as they happened. */
async function sortsAsItHappened(
  { tested, other }: Pick<Awaited<ReturnType<typeof pair>>, 'tested' | 'other'>,
  name: string,
) {
  const began = Date.now()
  for (let i = 0; i < 20; i++) {
    const device = (i * 7) % 3 === 0 ? tested : other
    assert.equal((await device.log(`${name} ${i}`)).status, 200)
    // Each device's clock is set to the wall in whole milliseconds: lines that are nearer to each other have no order.
    for (const at = Date.now(); Date.now() <= at + 3;) await new Promise((resolve) => setImmediate(resolve))
  }
  let lines: Body[] = []
  await until(async () => {
    lines = [...(await tested.entries()), ...(await other.entries())].filter(({ msg }) =>
      msg.startsWith(name),
    )
    return lines.length === 20
  }, 'all lines')
  lines.sort((a, b) => a.ts.localeCompare(b.ts))
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    Array.from({ length: 20 }, (_, i) => `${name} ${i}`),
  )
  for (const { ts } of lines) assert.ok(Date.parse(ts) >= began - 5 && Date.parse(ts) <= Date.now() + 5, ts)
}

test(
  'lines of two devices, one of which ran tests, sort as they happened',
  { timeout: 600_000 },
  async (t) => {
    const here = await pair(t)
    const { demo, assign, answers, tested, other } = here
    await assign(other.id)
    await answers(other)
    const { id } = (await demo('POST', '/logstream')).body.data
    const stop = new AbortController()
    t.after(() => stop.abort())
    const stream = await fetch(`${demo.url}/logstream/${id}`, { signal: stop.signal })
    // Read to its end: a stream that nobody holds is closed some day.
    void stream.text().catch(() => undefined)
    assert.equal((await demo('PUT', `/logstream/${id}/${tested.id}`)).status, 204)
    await assign(tested.id, { 'x-impt-time': 'fast' })
    await answers(tested)
    // The timer is what time runs ahead through.
    await until(async () => {
      await tested.log('probe')
      return (await tested.entries()).some(({ ts }) => Date.parse(ts) > Date.now() + 60_000)
    }, 'time to run ahead')

    assert.equal((await demo('DELETE', `/logstream/${id}/${tested.id}`)).status, 204)
    await sortsAsItHappened(here, 'after the run')
    await assign(tested.id)
    await answers(tested)
    await sortsAsItHappened(here, 'with new code')
  },
)

test('a device without power shows as offline when the delay is over, and as online at once when it has power again', async (t) => {
  const { sandbox, demo, admin } = await home(t, { ...squirrel, offlineLag: 200 })
  const id = await idOf(demo, '/devices', 'Kitchen')
  const online = async () =>
    (await demo('GET', `/devices/${id}`)).body.data.attributes.device_online as boolean
  const power = (on: boolean) => admin('POST', `/devices/${id}/power`, { on })
  sandbox.switches.offlineLag = 3_600_000
  await power(false)
  assert.equal(await online(), true, 'the cloud has not noticed yet')
  await power(true)
  sandbox.switches.offlineLag = 1
  await power(false)
  await until(async () => !(await online()), 'offline')
  await power(true)
  assert.equal(await online(), true)
})

test('the delay counts from the loss of power, also when another process goes on with the sandbox', async (t) => {
  const dir = folder(t)
  const lost = Date.now()
  const look = async (after: number, powerOff = false) => {
    const sandbox = await startSandbox({ dir, now: () => lost + after, ...squirrel })
    const demo = clientOf(sandbox.url, sandbox.tokenFor('demo'))
    const id = await idOf(demo, '/devices', 'Kitchen')
    if (powerOff) sandbox.core.platform.power(sandbox.store.devices.get(id)!, false)
    const { attributes } = (await demo('GET', `/devices/${id}`)).body.data
    await sandbox.close()
    return attributes
  }
  assert.equal((await look(0, true)).device_online, true)
  assert.equal((await look(100_000)).device_online, true)
  assert.equal((await look(260_000)).device_online, true, 'no start begins the delay anew')
  const gone = await look(600_000)
  assert.equal(gone.device_online, false)
  assert.equal(gone.device_state_changed_at, new Date(lost + 270_000).toISOString())
})
