import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import diagnostics from 'node:diagnostics_channel'
import { on, once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { introduce } from '../../src/repl/serve/proof.ts'
import { WebSocket } from 'ws'
import { deviceNamed, eventually, ready, withWorld, type World } from './repl-world.ts'
import { PROGRAM } from './terminal.ts'

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs impt without a terminal. */
function impt(
  { home }: World,
  argv: readonly string[],
  input = '',
): { readonly ended: Promise<Ended>; kill(signal: NodeJS.Signals): void; out(): string } {
  const env = { PATH: process.env['PATH'], HOME: home, IMPT_SANDBOX_DIR: join(home, 'sandbox') }
  const child = spawn(process.execPath, [PROGRAM, '--sandbox', ...argv], { env, cwd: home })
  let out = ''
  let err = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (err += data.toString()))
  child.stdin.end(input)
  return {
    ended: new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err }))),
    kill: (signal) => void child.kill(signal),
    out: () => out,
  }
}

/** A world with a served session. */
function withServer(story: (world: World, server: ReturnType<typeof impt>) => Promise<void>): Promise<void> {
  return withWorld(async (world) => {
    const server = impt(world, ['serve'])
    try {
      await eventually(() => server.out().includes('The session is open'))
      await story(world, server)
    } finally {
      server.kill('SIGKILL')
      await server.ended
    }
  })
}

function invitationOf({ home }: World): {
  readonly path: string
  readonly port: number
  readonly token: string
} {
  const folder = join(home, '.local/state/impt/serve')
  const [file = ''] = readdirSync(folder)
  const path = join(folder, file)
  return { path, ...(JSON.parse(readFileSync(path, 'utf8')) as { port: number; token: string }) }
}

test('one-shots run through the session, with the same output and exit code as without', () =>
  withServer(async (world) => {
    const tokens = world.sandbox.store.accessTokens.all().length
    await impt(world, ['product', 'list']).ended
    // A process that opens the sandbox by itself takes a token.
    assert.equal(world.sandbox.store.accessTokens.all().length, tokens)
    for (const argv of [
      ['product', 'list'],
      ['device', 'info', '--device', 'Kitchen', '-z', 'json'],
      ['device', 'info', '--device', 'nobody'],
      ['device', 'info'],
      ['nonsense'],
    ]) {
      const [shared, own] = await Promise.all([
        impt(world, argv).ended,
        impt(world, ['--no-session', ...argv]).ended,
      ])
      assert.deepEqual(shared, own, argv.join(' '))
    }
  }))

test('questions of a shared command are answered by the client', () =>
  withServer(async (world) => {
    const refused = await impt(world, ['product', 'delete', '--product', 'Water Pump'], 'n\n').ended
    assert.match(refused.out, /Are you sure/)
    assert.equal(refused.code, 4)
    const deleted = await impt(world, ['device', 'update', '--device', 'Spare', '--name', 'Renamed'], '')
      .ended
    assert.equal(deleted.code, 0, deleted.out + deleted.err)
  }))

test('the token file is the user’s alone, wrong tokens and browsers are refused, and it goes with the server', () =>
  withServer(async (world, server) => {
    const { path, port, token } = invitationOf(world)
    assert.equal(statSync(path).mode & 0o777, 0o600)
    const statusOf = (headers: Record<string, string>) =>
      new Promise<number | undefined>((resolve) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}/`, { headers })
        socket.on('error', () => undefined)
        socket.on('open', () => resolve(101))
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
      })
    const version = '3.0.0'
    assert.equal(await statusOf({ authorization: 'Bearer wrong', 'x-impt-version': version }), 401)
    assert.equal(
      await statusOf({
        authorization: introduce(token).authorization,
        'x-impt-version': version,
        origin: 'http://evil.example',
      }),
      401,
    )
    assert.equal(
      await statusOf({ authorization: introduce(token).authorization, 'x-impt-version': '2.0.0' }),
      409,
    )
    server.kill('SIGINT')
    assert.equal((await server.ended).code, 0)
    assert.equal(readdirSync(join(world.home, '.local/state/impt/serve')).length, 0)
  }))

test('a one-shot works by itself when the server is gone or its file is damaged', () =>
  withServer(async (world, server) => {
    const { path } = invitationOf(world)
    server.kill('SIGKILL')
    await server.ended
    assert.equal((await impt(world, ['product', 'list']).ended).code, 0)
    writeFileSync(path, 'no json')
    assert.equal((await impt(world, ['product', 'list']).ended).code, 0)
  }))

test('a second server of the same context is refused', () =>
  withServer(async (world) => {
    const { code, err, out } = await impt(world, ['serve']).ended
    assert.notEqual(code, 0)
    assert.match(err + out, /A session is open already/)
  }))

test('the session of another version is left alone: commands do without it, and a second server says which one it is', () =>
  withServer(async (world) => {
    const { path } = invitationOf(world)
    const invitation = JSON.parse(readFileSync(path, 'utf8')) as object
    writeFileSync(path, JSON.stringify({ ...invitation, version: '2.0.0' }))
    assert.equal((await impt(world, ['product', 'list']).ended).code, 0)
    const { code, err, out } = await impt(world, ['serve']).ended
    assert.equal(code, 1)
    assert.match(err + out, /A session of impt 2\.0\.0 is open already[^]*End it before: this is impt \d/)
  }))

test('several log streams on different devices share one stream of the account', () =>
  withServer(async (world) => {
    const { sandbox } = world
    const one = impt(world, ['log', 'stream', '--device', 'Kitchen'])
    await eventually(() => one.out().includes('is opened'))
    const two = impt(world, ['log', 'stream', '--device', 'Living Room'])
    await eventually(() => two.out().includes('is opened'))
    await eventually(() => {
      sandbox.core.platform.log(deviceNamed(sandbox, 'Kitchen'), 'server.log', 'to one')
      sandbox.core.platform.log(deviceNamed(sandbox, 'Living Room'), 'server.log', 'to two')
      return one.out().includes('to one') && two.out().includes('to two')
    })
    assert.doesNotMatch(one.out(), /to two|closed/)
    one.kill('SIGINT')
    two.kill('SIGINT')
    const [first, second] = await Promise.all([one.ended, two.ended])
    assert.equal(first.code, second.code)
    await eventually(() => sandbox.core.streams.dropAll() === 0)
  }))

test('Ctrl-C is heard that comes right behind a command', () =>
  withServer(async (world) => {
    const { port, token } = invitationOf(world)
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`, {
      headers: { authorization: introduce(token).authorization, 'x-impt-version': '3.0.0' },
    })
    await once(socket, 'open')
    const argv = ['--sandbox', 'log', 'stream', '--device', 'Kitchen']
    const shown = { colour: false, interactive: false }
    socket.send(JSON.stringify({ kind: 'run', argv, directory: world.home, env: {}, ...shown }))
    socket.send(JSON.stringify({ kind: 'interrupt' }))
    // A stream ends only where it was heard, which may be when it has started.
    const kinds: string[] = []
    for await (const [data] of on(socket, 'message', { close: ['close'] }))
      kinds.push((JSON.parse(String(data)) as { kind: string }).kind)
    assert.equal(kinds.at(-1), 'exit')
  }))

test('attach opens a prompt on the session', () =>
  withServer(({ play, ...world }) =>
    play(
      async (terminal) => {
        await terminal.until(
          /^Shared are the login and the log stream\. Each command and each prompt has its own/m,
        )
        await ready(terminal)
        terminal.send('product list\r')
        await terminal.until(/Thermostat[^]*Water Pump/)
        terminal.resize(60, 20)
        terminal.send('device info --device Ki\t')
        // On a slow machine the names come later than Tab waits: then they are in the menu.
        await terminal.until(/Kitchen/)
        terminal.send('\x03\x04')
        assert.equal(await terminal.end(), 0)
        assert.equal((await impt(world as World, ['product', 'list']).ended).code, 0)
      },
      { argv: ['--sandbox', 'attach'] },
    ),
  ))

test('a shared command on a terminal asks there, and Ctrl-C cancels it', () =>
  withServer(async ({ play, sandbox }) => {
    const exists = () => [...sandbox.store.products.all()].some((product) => product.name === 'Water Pump')
    const argv = ['--sandbox', 'product', 'delete', '--product', 'Water Pump']
    await play(
      async (terminal) => {
        await terminal.until(/Are you sure[^]*\(no\): ?$/)
        terminal.send('\x03')
        assert.notEqual(await terminal.end(), 0)
        assert.ok(exists())
      },
      { argv },
    )
    await play(
      async (terminal) => {
        await terminal.until(/Are you sure[^]*\(no\): ?$/)
        terminal.send('y\r')
        await terminal.end()
      },
      { argv: [...argv, '--force', '--builds'] },
    )
    assert.ok(!exists())
  }))

test('a command that had begun when the server went away is not run again, and says so', () =>
  withServer(async (world, server) => {
    const client = impt(world, ['log', 'stream', '--device', 'Kitchen'])
    await eventually(() => client.out().includes('is opened'))
    server.kill('SIGKILL')
    const { code, out, err } = await client.ended
    assert.equal(code, 1)
    assert.match(err, /may or may not have been done/)
    assert.equal(out.match(/is opened/g)?.length, 1)
  }))

test('a stranger on the port of a killed server learns nothing, and the command runs by itself', () =>
  withServer(async (world, server) => {
    const { path, port, token } = invitationOf(world)
    const file = readFileSync(path)
    server.kill('SIGKILL')
    await server.ended
    writeFileSync(path, file)
    const heard: string[] = []
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.on('data', (data) => {
        heard.push(String(data))
        const key = /sec-websocket-key: (.*)\r/i.exec(String(data))?.[1] ?? ''
        const accept = createHash('sha1')
          .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
          .digest('base64')
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        )
      })
    })
    await new Promise<void>((resolve) => stranger.listen(port, '127.0.0.1', resolve))
    const { code, out } = await impt(world, ['account', 'info']).ended
    stranger.close()
    assert.equal(code, 0, out)
    assert.equal(heard.length, 1, 'the stranger was asked, and told no more than the greeting')
    assert.ok(!heard.join('').includes(token))
  }))

test('Ctrl-C on a change in the session waits for its answer', () =>
  withServer(({ play, sandbox }) => {
    sandbox.switches.latency = 1500
    const posted = new Promise<void>((resolve) => {
      const seen = (message: unknown) => {
        const { request } = message as { readonly request: { readonly method: string; readonly url: string } }
        if (request.method !== 'POST' || !request.url.includes('/products')) return
        diagnostics.unsubscribe('http.server.request.start', seen)
        resolve()
      }
      diagnostics.subscribe('http.server.request.start', seen)
    })
    return play(
      async (terminal) => {
        await posted
        terminal.send('\x03')
        await terminal.until(/waiting for the answer so that the result is known[^]*"Waited" is created/)
        assert.equal(await terminal.end(), 0)
      },
      { argv: ['--sandbox', 'product', 'create', '--name', 'Waited'] },
    )
  }))
