import assert from 'node:assert/strict'
import { realpath, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { DebugClient as Client } from '@vscode/debugadapter-testsupport'
import { blink } from './blink.ts'
import { type Running, openDesk } from './impt.ts'
import { PROGRAM } from './terminal.ts'

// The client of the protocol's own makers, which is no ES module.
const { DebugClient } = createRequire(import.meta.url)('@vscode/debugadapter-testsupport') as {
  DebugClient: typeof Client
}

const program = blink('list <- [1, 2.0, "three", null, { a = 1 }]\n')

/** A client whose adapter is this program, at a desk with the file `blink.nut`. */
async function openClient(t: TestContext, text = program) {
  const desk = await openDesk(t)
  const folder = await realpath(desk.folder)
  const file = join(folder, 'blink.nut')
  await writeFile(file, text)
  // The client starts a file without arguments.
  const adapter = join(folder, 'adapter.cjs')
  const argv = JSON.stringify([process.execPath, PROGRAM, 'squirrel', 'debug', '--dap'])
  await writeFile(adapter, `process.argv = ${argv}\nrequire(process.argv[1])\n`)
  const client = new DebugClient(process.execPath, adapter, 'squirrel', { cwd: folder, env: desk.env })
  await client.start()
  t.after(() => client.stop())
  // Bounds a hang, also of an answer that stands behind many that take their time.
  client.defaultTimeout = 300_000
  return { client, desk, file }
}

/** The innermost frame of the device. */
async function topOf(client: Client) {
  const { body } = await client.stackTraceRequest({ threadId: 1 })
  return body.stackFrames[0] as (typeof body.stackFrames)[0]
}

/** The variables of a scope of the innermost frame, as `name = value`. */
async function scopeOf(client: Client, name: string): Promise<string[]> {
  const { id } = await topOf(client)
  const { body } = await client.scopesRequest({ frameId: id })
  const scope = body.scopes.find((one) => one.name === name)
  if (!scope) return []
  const { variablesReference } = scope
  const variables = await client.variablesRequest({ variablesReference })
  return variables.body.variables.map((one) => `${one.name} = ${one.value}`)
}

test('the client of the protocol stops at a breakpoint, looks around, steps, and lets the program end', async (t) => {
  const { client, file } = await openClient(t)
  await client.hitBreakpoint({ program: 'blink.nut', start: '2026-01-01' }, { path: file, line: 13 })
  assert.deepEqual(await scopeOf(client, 'Upvalues'), ['count = 1'])
  assert.deepEqual(await scopeOf(client, 'Locals'), [])
  const { id } = await topOf(client)
  const value = await client.evaluateRequest({ expression: 'list', frameId: id, context: 'watch' })
  assert.equal(value.body.result, '[1, 2.0, "three", null, {a = 1}]')
  const { variablesReference, indexedVariables } = value.body
  assert.equal(indexedVariables, 5)
  const page = await client.variablesRequest({ variablesReference, filter: 'indexed', start: 1, count: 2 })
  assert.deepEqual(
    page.body.variables.map((one) => [one.name, one.value, one.type]),
    [
      ['1', '2.0', 'float'],
      ['2', '"three"', 'string'],
    ],
  )
  const stepped = client.assertStoppedLocation('step', { path: file, line: 14 })
  await client.nextRequest({ threadId: 1 })
  await stepped
  const inside = client.assertStoppedLocation('step', { path: file, line: 5 })
  await client.stepInRequest({ threadId: 1 })
  await inside
  const { body: stack } = await client.stackTraceRequest({ threadId: 1 })
  assert.deepEqual(
    stack.stackFrames.map((one) => [one.name, one.line, one.presentationHint]),
    [
      ['set', 5, undefined],
      ['tick', 14, undefined],
      ['callback of imp.wakeup', 0, 'label'],
    ],
  )
  assert.deepEqual(await scopeOf(client, 'This'), ['level = 0'])
  const back = client.assertStoppedLocation('step', { path: file, line: 15 })
  await client.stepOutRequest({ threadId: 1 })
  await back
  const { body: scopes } = await client.scopesRequest({ frameId: (await topOf(client)).id })
  const upvalues = scopes.scopes.find(({ name }) => name === 'Upvalues')?.variablesReference ?? 0
  await client.setVariableRequest({ variablesReference: upvalues, name: 'count', value: '1 + 1' })
  await client.setBreakpointsRequest({ source: { path: file }, breakpoints: [] })
  const said = client.assertOutput('stdout', '[server.log] tick 2\n[server.log] tick 6\n')
  const exited = client.waitForEvent('exited')
  const terminated = client.waitForEvent('terminated')
  await client.continueRequest({ threadId: 1 })
  await said
  assert.deepEqual((await exited).body, { exitCode: 0 })
  await terminated
})

test('conditions, hit counts, log points, functions, pause and errors stop where they should', async (t) => {
  const { client, file } = await openClient(t)
  const begun = client.waitForEvent('initialized')
  const { body: capabilities } = await client.initializeRequest()
  assert.equal(capabilities?.supportsLogPoints, true)
  await client.launchRequest({ program: file } as never)
  await begun
  const { body } = await client.setBreakpointsRequest({
    source: { path: file },
    breakpoints: [
      { line: 14, condition: 'twice == 4' },
      { line: 15, logMessage: 'now {twice} of {list.len()}' },
      { line: 16, hitCondition: '>=3' },
      { line: 9000 },
    ],
  })
  assert.deepEqual(
    body.breakpoints.map(({ verified, line, message }) => [verified, line, message]),
    [
      [true, 14, undefined],
      [true, 15, undefined],
      [true, 16, undefined],
      [false, undefined, 'there is no code at or after this line'],
    ],
  )
  const functions = await client.setFunctionBreakpointsRequest({
    breakpoints: [{ name: 'set', condition: 'l > 4' }, { name: 'nosuch' }],
  })
  assert.deepEqual(
    functions.body.breakpoints.map(({ verified, line }) => [verified, line]),
    [
      [true, 5],
      [false, undefined],
    ],
  )
  const said: string[] = []
  client.on('output', ({ body: output }: { body: { output: string } }) => said.push(output.output))
  const stops = [client.assertStoppedLocation('breakpoint', { path: file, line: 14 })]
  await client.configurationDoneRequest()
  await Promise.all(stops)
  assert.ok(said.includes('now 2 of 5\n'), said.join(''))
  const atFunction = client.assertStoppedLocation('breakpoint', { path: file, line: 5 })
  await client.continueRequest({ threadId: 1 })
  await atFunction
  const { body: info } = await client.evaluateRequest({ expression: 'l', context: 'hover' })
  assert.equal(info.result, '6')
  const atThird = client.assertStoppedLocation('breakpoint', { path: file, line: 16 })
  await client.continueRequest({ threadId: 1 })
  await atThird
  await assert.rejects(client.evaluateRequest({ expression: 'lamp.set(1)', context: 'hover' }), /only names/)
  await assert.rejects(client.evaluateRequest({ expression: 'imp.sleep(1)' }), /not while paused/)
  const completions = await client.completionsRequest({ text: 'lamp.se', column: 8 })
  assert.deepEqual(
    completions.body.targets.map(({ label, start, length }) => [label, start, length]),
    [['set', 6, 2]],
  )
})

test('an error that nobody catches stops at its place, and its end is the exit code', async (t) => {
  const { client, file } = await openClient(t, 'try { throw "caught" } catch (e) {}\nlocal a = {}\na.b = 1\n')
  const stopped = client.assertStoppedLocation('exception', { path: file, line: 3 })
  await Promise.all([client.configurationSequence(), client.launch({ program: file })])
  await stopped
  const { body } = await client.exceptionInfoRequest({ threadId: 1 })
  assert.deepEqual([body.description, body.breakMode], ["the index 'b' does not exist", 'unhandled'])
  const exited = client.waitForEvent('exited')
  await client.continueRequest({ threadId: 1 })
  assert.deepEqual((await exited).body, { exitCode: 1 })
})

test('a program of two sides stops both; a restart begins it anew with its breakpoints', async (t) => {
  const { client, desk, file } = await openClient(t, 'agent.on("n", function(v) {\n  server.log(v)\n})\n')
  const agent = join(await realpath(desk.folder), 'agent.nut')
  await writeFile(agent, 'local sent = 7\ndevice.onconnect(function() {\n  device.send("n", sent)\n})\n')
  const launch = { program: file, agentFile: agent, stopOnEntry: true }
  const entry = client.waitForEvent('stopped')
  await Promise.all([client.configurationSequence(), client.launch(launch)])
  assert.deepEqual((await entry).body.reason, 'entry')
  await client.setBreakpointsRequest({ source: { path: file }, breakpoints: [{ line: 2 }] })
  const there = client.assertStoppedLocation('breakpoint', { path: file, line: 2 })
  await client.continueRequest({ threadId: 1 })
  await there
  const { body } = await client.stackTraceRequest({ threadId: 2 })
  assert.deepEqual(
    body.stackFrames.map(({ name }) => name),
    ['waiting'],
  )
  const again = client.waitForEvent('stopped')
  await client.restartRequest({ arguments: undefined } as never)
  assert.equal((await again).body.reason, 'entry')
  const thereAgain = client.assertStoppedLocation('breakpoint', { path: file, line: 2 })
  await client.continueRequest({ threadId: 1 })
  await thereAgain
  await writeFile(file, 'function (\n')
  const gone = client.waitForEvent('terminated')
  await assert.rejects(client.restartRequest({ arguments: undefined } as never), /blink\.nut/)
  await gone
})

test('a source without a file has the same reference after a restart', async (t) => {
  const { client, file } = await openClient(t, '#require "Promise:4.0.0"\nfunction f() {}\n')
  const stopped = client.waitForEvent('stopped')
  await Promise.all([client.configurationSequence(), client.launch({ program: file, stopOnEntry: true })])
  await stopped
  const { body } = (await client.customRequest('loadedSources')) as {
    body: { sources: { sourceReference?: number }[] }
  }
  const reference = body.sources.find((one) => one.sourceReference)?.sourceReference ?? 0
  const text = async () => (await client.sourceRequest({ sourceReference: reference })).body.content
  const before = await text()
  assert.match(before, /class Promise/)
  const again = client.waitForEvent('stopped')
  await client.restartRequest({ arguments: undefined } as never)
  await again
  // Before anything is asked that would name it anew.
  assert.equal(await text(), before)
})

test('a request that is out of order, malformed or unknown is answered with an error, and the session goes on', async (t) => {
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'blink.nut'), program)
  const running = desk.start(['squirrel', 'debug', '--dap'])
  const talk = rawTalk(running)
  const requests: [command: string, args: unknown][] = [
    ['next', {}],
    ['setBreakpoints', { source: { path: 'blink.nut' }, breakpoints: [] }],
    ['launch', { program: 'blink.nut' }],
    ['initialize', {}],
    ['initialize', 'no'],
    ['launch', { program: 5 }],
    ['launch', { program: 'nosuch.nut' }],
    ['launch', { program: 'blink.nut', side: 'both' }],
    ['fly', {}],
    ['constructor', {}],
    ['__proto__', {}],
    ['launch', { program: 'blink.nut', colour: 'red' }],
    ['launch', { program: 'blink.nut' }],
    ['stackTrace', { threadId: 1 }],
    ['continue', {}],
    ['scopes', { frameId: -1 }],
    ['variables', { variablesReference: 1e300 }],
    ['variables', { variablesReference: '1' }],
    ['evaluate', { expression: ['x'] }],
    ['threads', null],
  ]
  requests.forEach(([command, args], at) =>
    talk.send({ seq: at + 1, type: 'request', command, arguments: args }),
  )
  talk.raw('Content-Length: 5\r\n\r\n{oops')
  talk.send([])
  talk.send({ seq: 'x', type: 'request', command: 'threads' })
  talk.send({ seq: 99, type: 'request', command: 'disconnect' })
  const { code } = await running.ended
  const answers = talk.messages().filter(({ type }) => type === 'response')
  assert.deepEqual(
    answers.slice(0, requests.length).map(({ command, success }) => `${command} ${success}`),
    requests.map(([command], at) => `${command} ${[3, 11, 19].includes(at) ? 'true' : 'false'}`),
    JSON.stringify(answers, null, 1),
  )
  assert.deepEqual(
    answers.slice(requests.length).map(({ request_seq: seq, success }) => [seq, success]),
    [
      [0, false],
      [0, false],
      [0, false],
      [99, true],
    ],
  )
  assert.equal(code, 0)
})

test('a client that speaks something else, or goes in the middle of a message, ends the session', async (t) => {
  const desk = await openDesk(t)
  for (const bytes of [
    'GET / HTTP/1.1\r\n\r\n',
    'Content-Length: 999999999\r\n\r\n',
    'Content-Length: 20\r\n\r\n{"a"',
  ]) {
    const running = desk.start(['squirrel', 'debug', '--dap'])
    running.child.stdin?.end(bytes)
    const { code, stdout } = await running.ended
    assert.deepEqual([code, stdout], [0, ''], bytes)
  }
})

test('a flood of texts that never end is refused one by one, and the program goes on as it was', async (t) => {
  const { client, file } = await openClient(t)
  await client.hitBreakpoint({ program: 'blink.nut', start: '2026-01-01' }, { path: file, line: 13 })
  const flood = Array.from({ length: 4 }, (_, at) =>
    client.evaluateRequest({
      expression:
        at % 2 === 0 ? 'while (true) {}' : 'local a = []; while (true) a.push(a.len() + "some bytes")',
    }),
  )
  for (const one of flood) await assert.rejects(one, /more than 5,000,000 ticks|out of memory/)
  await client.setBreakpointsRequest({ source: { path: file }, breakpoints: [] })
  const said = client.assertOutput(
    'stdout',
    '[server.log] tick 2\n[server.log] tick 4\n[server.log] tick 6\n',
  )
  await client.continueRequest({ threadId: 1 })
  await said
})

test('ten thousand breakpoints are set, and hit', async (t) => {
  const lines = Array.from({ length: 10_000 }, (_, at) => `x${at} <- ${at}`)
  const { client, file } = await openClient(t, lines.join('\n'))
  const begun = client.waitForEvent('initialized')
  await client.initializeRequest()
  await client.launchRequest({ program: file } as never)
  await begun
  const breakpoints = lines.map((_, at) => ({ line: at + 1, condition: at === 9_998 ? '' : 'false' }))
  const { body } = await client.setBreakpointsRequest({ source: { path: file }, breakpoints })
  assert.ok(body.breakpoints.every(({ verified }, at) => verified && body.breakpoints[at]?.line === at + 1))
  const stopped = client.assertStoppedLocation('breakpoint', { path: file, line: 9_999 })
  await client.configurationDoneRequest()
  await stopped
})

test('on a port only the client that knows the token gets in, and nothing that is no client gets an answer', async (t) => {
  const desk = await openDesk(t)
  const folder = await realpath(desk.folder)
  const file = join(folder, 'blink.nut')
  await writeFile(file, program)
  const running = desk.start(['squirrel', 'debug', '--port', '0'])
  const { port, token, ready } = JSON.parse(await running.shows(/\n/)) as {
    port: number
    token: string
    ready: boolean
  }
  assert.deepEqual([ready, /^[0-9a-f]{64}$/.test(token)], [true, true])
  const posted = await new Promise<string>((resolve) => {
    const body = JSON.stringify({ seq: 1, type: 'request', command: 'initialize' })
    let got = ''
    const socket = createConnection(port, '127.0.0.1', () =>
      socket.write(`POST / HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
    )
    socket.on('data', (bytes) => (got += String(bytes))).on('close', () => resolve(got))
  })
  assert.equal(posted, '')
  const stranger = new DebugClient('', '', 'squirrel')
  await stranger.start(port)
  await stranger.initializeRequest()
  await assert.rejects(
    stranger.launchRequest({ program: file, token: '0'.repeat(64) } as never),
    /token is wrong/,
  )
  await assert.rejects(stranger.launchRequest({ program: file } as never), /token is wrong/)
  const client = new DebugClient('', '', 'squirrel')
  await client.start(port)
  const other = await desk.run(['squirrel', 'debug', '--port', String(port)])
  assert.equal(other.code, 1)
  assert.match(other.stdout + other.stderr, /The port cannot be used/)
  const beyond = await desk.run(['squirrel', 'debug', '--port', '99999'])
  assert.equal(beyond.code, 1)
  await client.hitBreakpoint({ program: file, token }, { path: file, line: 13 })
  await client.stop()
  const { code } = await running.ended
  assert.equal(code, 0)
})

interface Message {
  readonly type: string
  readonly command?: string
  readonly success?: boolean
  readonly request_seq?: number
}

/** A client that sends what it likes. */
function rawTalk({ child }: Running) {
  let got = ''
  child.stdout?.on('data', (text: string) => (got += text))
  const raw = (text: string) => child.stdin?.write(text)
  return {
    raw,
    send(message: unknown) {
      const json = JSON.stringify(message)
      raw(`Content-Length: ${Buffer.byteLength(json)}\r\n\r\n${json}`)
    },
    messages: (): Message[] =>
      got
        .split(/Content-Length: \d+\r\n\r\n/)
        .filter((json) => json !== '')
        .map((json) => JSON.parse(json) as Message),
  }
}
