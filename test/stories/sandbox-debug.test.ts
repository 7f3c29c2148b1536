import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { type TestContext, test } from 'node:test'
import type { DebugClient as Client } from '@vscode/debugadapter-testsupport'
import { WebSocket } from 'ws'
import { frame } from '../../src/debugging/dap/framing.ts'
import { serveStream } from '../../src/debugging/dap/serve.ts'
import { openDesk } from './impt.ts'

const { DebugClient } = createRequire(import.meta.url)('@vscode/debugadapter-testsupport') as {
  DebugClient: typeof Client
}

const DEVICE = ['--device', 'Pump Prototype']

/** A desk with a sandbox whose device counts twice a second, and tells its agent. */
async function openLab(t: TestContext) {
  const desk = await openDesk(t)
  const { folder, url } = await desk.cloud()
  const dir = ['--dir', folder]
  await writeFile(
    join(desk.folder, 'device.nut'),
    'count <- 0\nfunction tick() {\n  count++\n  agent.send("count", count)\n  imp.wakeup(0.5, tick)\n}\ntick()\n',
  )
  await writeFile(
    join(desk.folder, 'agent.nut'),
    'device.on("count", function(n) {\n  server.log("at " + n)\n})\n',
  )
  const build = [
    'build',
    'run',
    '--dg',
    'Pump Lab',
    '--device-file',
    'device.nut',
    '--agent-file',
    'agent.nut',
  ]
  const deploy = async () => {
    const { code, stdout, stderr } = await desk.run(build)
    assert.equal(code, 0, stdout + stderr)
  }
  await deploy()
  return { desk, dir, url, deploy }
}

test('an editor that goes while its device is waited for ends the session', async () => {
  const input = new PassThrough()
  const ended = serveStream(
    input,
    () => undefined,
    { launch: () => Promise.reject(new Error()), attach: () => new Promise(() => {}) },
    new AbortController().signal,
  )
  for (const [at, command] of ['initialize', 'attach'].entries())
    input.write(frame({ seq: at + 1, type: 'request', command, arguments: {} }))
  input.end()
  assert.equal(await ended, 0)
})

test('an editor that leaves while its device is waited for gets an answer', async () => {
  const input = new PassThrough()
  let said = ''
  const ask = (seq: number, command: string) =>
    input.write(frame({ seq, type: 'request', command, arguments: {} }))
  const ended = serveStream(
    input,
    (text) => (said += text),
    {
      launch: () => Promise.reject(new Error()),
      attach() {
        ask(3, 'disconnect')
        return new Promise(() => {})
      },
    },
    new AbortController().signal,
  )
  ask(1, 'initialize')
  ask(2, 'attach')
  assert.equal(await ended, 0)
  assert.match(said, /"request_seq":3,"command":"disconnect","success":true/)
})

test('a device of the sandbox is stopped on both sides, looked at, and goes on when the debugger leaves', async (t) => {
  const { desk, dir } = await openLab(t)
  const commands = [
    'break agent_code:2',
    'break device_code:4 if count == 3',
    'run',
    'print n',
    'thread device',
    'delete 1',
    'continue',
    'print count',
    'quit',
  ]
  const { code, stdout } = await desk.run(
    ['sandbox', 'device', 'debug', ...dir, ...DEVICE],
    `${commands.join('\n')}\n`,
  )
  assert.equal(code, 0, stdout)
  assert.equal(
    stdout
      .split('\n')
      .filter((line) => !/^\d{4}-/.test(line))
      .join('\n'),
    `Breakpoint 1 at agent_code:2.
Breakpoint 2 at device_code:4.
Breakpoint 1: unknown at agent_code:2 (agent)
    2    server.log("at " + n)
1
waiting (device)
Breakpoint 2: tick at device_code:4 (device)
    4    agent.send("count", count)
3
`,
  )
  // It counts on: the debugger stopped it at three.
  const stream = desk.start(['log', 'stream', ...DEVICE])
  await stream.shows(/at 4/)
  stream.child.kill()
})

test('an editor attaches to a device, also at its next start; when it is gone the device goes on', async (t) => {
  const { desk, dir, deploy } = await openLab(t)
  const running = desk.start(['sandbox', 'device', 'debug', ...dir, '--port', '0', '--wait'])
  const { port, token } = JSON.parse(await running.shows(/\n/)) as { port: number; token: string }
  const client = new DebugClient('', '', 'squirrel')
  client.defaultTimeout = 60_000
  await client.start(port)
  await client.initializeRequest()
  const begun = client.waitForEvent('initialized')
  const pathMap = { device_code: join(desk.folder, 'device.nut') }
  const attached = client.attachRequest({ device: 'Pump Prototype', pathMap, token } as never)
  await deploy()
  await attached
  await begun
  const { body } = await client.setBreakpointsRequest({
    source: { path: join(desk.folder, 'device.nut') },
    breakpoints: [{ line: 4 }],
  })
  assert.deepEqual(
    body.breakpoints.map(({ verified, line }) => [verified, line]),
    [[true, 4]],
  )
  const stopped = client.waitForEvent('stopped')
  await client.configurationDoneRequest()
  assert.equal((await stopped).body.reason, 'breakpoint')
  const sources = await client.customRequest('loadedSources')
  assert.deepEqual(
    (sources.body as { sources: { name: string; path?: string }[] }).sources.map(({ name, path }) => [
      name,
      path !== undefined,
    ]),
    [
      ['device_code', true],
      ['agent_code', false],
    ],
  )
  // As if it had been killed: no word of farewell.
  ;(client as unknown as { stopAdapter(): void }).stopAdapter()
  assert.equal((await running.ended).code, 0)
  const stream = desk.start(['log', 'stream', ...DEVICE])
  await stream.shows(/at \d+[^]*at \d+/)
  stream.child.kill()
})

test('only who has the token of the sandbox gets to the debugger, and no page of a browser', async (t) => {
  const { desk, dir, url } = await openLab(t)
  const { id } = (await desk.json('device', 'info', ...DEVICE))['Device']
  const address = `${new URL(url).origin.replace('http', 'ws')}/sandbox/devices/${id}/debug`
  const refused = (path: string, headers: Record<string, string>) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(path, { headers })
      socket.on('unexpected-response', (_, { statusCode = 0 }) => {
        socket.terminate()
        resolve(statusCode)
      })
      socket.on('open', () => resolve(101))
      socket.on('error', () => undefined)
    })
  assert.equal(await refused(address, {}), 403)
  assert.equal(await refused(address, { 'x-sandbox-token': '0'.repeat(64) }), 403)
  assert.equal(await refused(address.replace(id, 'nosuch'), {}), 403)
  const unknown = await desk.run(['sandbox', 'device', 'debug', ...dir, '--device', 'nosuch'])
  assert.equal(unknown.code, 1)
  assert.match(unknown.stdout + unknown.stderr, /nosuch/)
  const nameless = await desk.run(['sandbox', 'device', 'debug', ...dir])
  assert.equal(nameless.code, 2)
})
