import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { group } from '../../src/commands/agent.ts'
import type { Context } from '../../src/commands/context.ts'
import { trafficObserver } from '../../src/main/traffic.ts'
import { ImptError } from '../../src/output/error.ts'
import { openWorld, type World } from './world.ts'

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** An agent whose answers the tests decide. */
async function openAgent() {
  let answer: Answer = (_, response) => response.end()
  const seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = []
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      seen.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body })
      answer(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/agent-1`,
    seen,
    answers: (next: Answer) => {
      answer = next
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

describe('impt agent call', () => {
  let agent: Awaited<ReturnType<typeof openAgent>>
  before(async () => {
    agent = await openAgent()
  })
  after(() => agent.close())

  /** Runs the code of the command for a device whose agent this is. */
  async function call(
    options: Record<string, string | readonly string[]>,
    words: readonly string[] = [],
    more: { url?: string | null; signal?: AbortSignal; quiet?: boolean; stored?: unknown[] } = {},
  ) {
    const lines: string[] = []
    const dumped: string[] = []
    const device = {
      type: 'device',
      id: 'd1',
      attributes: { agent_url: more.url === undefined ? agent.url : more.url },
    }
    const context = {
      client: async () => ({
        devices: {
          list: async function* () {
            yield device
          },
          get: async () => device,
          logPage: async () => ({ items: [...(more.stored ?? [])].slice(0, 100), isLast: true }),
          logs: async function* () {
            yield* more.stored ?? []
          },
        },
      }),
      signal: more.signal ?? new AbortController().signal,
      quiet: more.quiet === true,
      observer: trafficObserver(undefined, (text) => dumped.push(text)),
      line: (text: string) => lines.push(text),
    } as unknown as Context
    const result = await group.call(context, { device: '0123456789abcdef', ...options }, words)
    assert.ok(result.kind === 'record')
    return { record: result.record as any, result, text: lines.join('').trimEnd(), dumped: dumped.join('') }
  }
  const refused =
    (code: string, message = /./) =>
    (error: unknown) =>
      error instanceof ImptError && error.code === code && message.test(error.message)

  test('sends what the words and options say, and gives status, headers and JSON', async () => {
    agent.answers((_, response) => {
      response.writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'session=s3cret' })
      response.end('{"on":true}')
    })
    const { record, text } = await call(
      { json: '{"on": true}', header: ['Authorization: Bearer t0ken', 'X-One:1'] },
      ['put', '/state?full=1'],
    )
    assert.equal(record.status, 201)
    assert.deepEqual(record.body, { on: true })
    const sent = agent.seen.at(-1)
    assert.deepEqual([sent?.method, sent?.url, sent?.body], ['PUT', '/agent-1/state?full=1', '{"on": true}'])
    assert.equal(sent?.headers.authorization, 'Bearer t0ken')
    assert.equal(sent?.headers['x-one'], '1')
    assert.match(text, /^HTTP 201\n/)
    assert.match(text, /\n\n\{\n {2}"on": true\n\}$/)
    assert.doesNotMatch(text, /s3cret|t0ken/)
  })

  test('the method is GET, and POST where something is sent', async () => {
    agent.answers((_, response) => response.end('fine'))
    for (const [options, words, method, url, body] of [
      [{}, [], 'GET', '/agent-1', ''],
      [{}, ['/a'], 'GET', '/agent-1/a', ''],
      [{}, ['delete'], 'DELETE', '/agent-1', ''],
      [{ body: 'x' }, ['/a'], 'POST', '/agent-1/a', 'x'],
      [{ form: ['a=1 2', 'b='] }, [], 'POST', '/agent-1', 'a=1+2&b='],
    ] as const) {
      assert.equal((await call(options, words)).record.body, 'fine')
      const sent = agent.seen.at(-1)
      assert.deepEqual([sent?.method, sent?.url, sent?.body], [method, url, body])
    }
  })

  test('an answer from 400 on is given and is an error', async () => {
    agent.answers((_, response) => response.writeHead(404).end('no such thing'))
    const { record, result } = await call({})
    assert.equal(record.body, 'no such thing')
    assert.ok(result.failed && result.failure?.code === 'HTTP')
    assert.deepEqual(result.failure.data, record)
  })

  test('an answer that is no text is told by its size, and given as base64', async () => {
    const bytes = Buffer.from([0, 255, 254, 27])
    agent.answers((_, response) => response.end(bytes))
    const { record, text } = await call({})
    assert.deepEqual([record.body, record.base64], [null, bytes.toString('base64')])
    assert.match(text, /\(4 bytes that are no text/)
  })

  test('what the agent sends moves no cursor', async () => {
    agent.answers((_, response) => response.end('a\u001b[2Jb\nnext'))
    const { text } = await call({})
    assert.ok(!text.includes('\u001b'))
    assert.match(text, /\nnext$/)
  })

  test('a redirect is shown and not followed', async () => {
    agent.answers((_, response) => response.writeHead(302, { location: `${agent.url}/elsewhere` }).end())
    const count = agent.seen.length
    const { record } = await call({ header: ['Authorization: x'] })
    assert.deepEqual([record.status, record.headers.location], [302, `${agent.url}/elsewhere`])
    assert.equal(agent.seen.length, count + 1)
  })

  test('what the agent echoes of a secret header is masked everywhere, and debug output shows the request', async () => {
    const password = 'p"ä/ss+w0rd'
    const basic = Buffer.from(`me:${password}`).toString('base64')
    const stored: unknown[] = []
    agent.answers((request, response) => {
      const { authorization = '', 'x-api': api = '' } = request.headers
      const said = Buffer.from(String(api), 'latin1').toString()
      stored.unshift({ ts: '2024-01-31T09:00:00.000Z', type: 'agent.log', msg: `got ${authorization}` })
      response.writeHead(200, { 'content-type': 'application/json', 'x-echo': authorization })
      response.end(
        JSON.stringify({
          [said]: [authorization, password, encodeURIComponent(password), `<${said}>`],
          ok: 'shown',
        }),
      )
    })
    const header = [`Authorization: Basic ${basic}`, 'X-Api: k3y-ä1', 'Accept: text/plain', 'X-Short: 1']
    const { record, text, dumped } = await call(
      { header, log: '0s', body: `say ${basic}` },
      ['/q?x=k3y-%C3%A41'],
      { stored },
    )
    assert.equal(agent.seen.at(-1)?.headers.authorization, `Basic ${basic}`)
    for (const shown of [JSON.stringify(record), text, dumped])
      for (const secret of [
        basic,
        password,
        JSON.stringify(password).slice(1, -1),
        encodeURIComponent(password),
        'k3y',
      ])
        assert.ok(!shown.includes(secret), `${secret} in ${shown}`)
    assert.equal(record.body.ok, 'shown')
    assert.match(dumped, /"method": "POST"/)
    assert.match(dumped, /"accept": "text\/plain"/)
    assert.match(dumped, /"authorization": "\[hidden\]"/)
    assert.match(dumped, /"x-short": "\[hidden\]"/)
    assert.match(dumped, /Response code: 200/)
  })

  test('a secret in an answer that is no text is masked too', async () => {
    agent.answers((_, response) =>
      response.end(Buffer.concat([Buffer.from([255, 0]), Buffer.from('t0ken-9')])),
    )
    const { record } = await call({ header: ['X-Api: t0ken-9'] })
    assert.equal(Buffer.from(record.base64, 'base64').toString('latin1'), '\xff\0[hidden]')
  })

  test('an agent that hangs ends by the time limit, or with the command', async () => {
    const control = new AbortController()
    agent.answers(() => control.abort())
    await assert.rejects(call({}, [], { signal: control.signal }), refused('CANCELLED'))
    agent.answers((_, response) => response.write('never more'))
    await assert.rejects(call({ timeout: '1s', body: 'x' }), (error: unknown) => {
      return refused('TIMEOUT')(error) && error instanceof ImptError && error.mayBeDone
    })
  })

  test('an answer without end is given up', async () => {
    agent.answers((_, response) => {
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
        if (!response.destroyed) response.once('drain', more)
      }
      more()
    })
    await assert.rejects(call({}), refused('DATA', /more than 16 MB/))
  })

  test('wrong input is refused before anything is sent, and a header is not repeated in the error', async () => {
    const count = agent.seen.length
    for (const [options, words] of [
      [{ json: '{' }, []],
      [{ json: '1', body: 'x' }, []],
      [{ form: ['=x'] }, []],
      [{ header: ['s3cret'] }, []],
      [{ body: 'x' }, ['GET']],
      [{}, ['FETCH']],
      [{}, ['GET', 'state']],
      [{}, ['/a', '/b']],
      [{}, ['/../agent-2']],
      [{ timeout: 'soon' }, []],
    ] as const)
      await assert.rejects(call(options, words), (error: unknown) => {
        return refused('USAGE')(error) && error instanceof ImptError && !error.message.includes('s3cret')
      })
    for (const url of [null, 'file:///etc/passwd'])
      await assert.rejects(call({}, [], { url }), refused('NOT_FOUND'))
    assert.equal(agent.seen.length, count)
  })

  test('--log gives what was logged meanwhile, the oldest first, and nothing of before', async () => {
    const entry = (msg: string) => ({ ts: '2024-01-31T09:00:00.000Z', type: 'agent.log', msg })
    const stored = [entry('before')]
    agent.answers((_, response) => {
      stored.unshift(entry('second'), entry('first'))
      response.end()
    })
    const { record, text } = await call({ log: '0s' }, [], { stored })
    assert.deepEqual(record.log, [entry('first'), entry('second')])
    assert.match(text, /first\n.*second$/)
    agent.answers((_, response) => response.end())
    assert.match((await call({ log: '0s' }, [], { stored })).text, /nothing was logged meanwhile/)
    // The same text in the same millisecond, once more.
    agent.answers((_, response) => {
      stored.unshift(entry('second'))
      response.end()
    })
    assert.deepEqual((await call({ log: '0s' }, [], { stored })).record.log, [entry('second')])
    // What is older than a full page was there before.
    const at = (second: number) => ({
      ...entry(`old ${second}`),
      ts: new Date(1.7e12 + second * 1000).toISOString(),
    })
    const many = Array.from({ length: 150 }, (_, index) => at(150 - index))
    agent.answers((_, response) => {
      many.unshift(at(151))
      response.end()
    })
    assert.deepEqual((await call({ log: '0s' }, [], { stored: many })).record.log, [at(151)])
  })
})

describe('impt agent call of a device in the cloud', () => {
  let world: World
  before(async () => {
    world = await openWorld()
  })
  after(() => world.close())

  test('answers for a device by its name, in text and in JSON', async () => {
    const { stdout } = await world.run(['agent', 'call', '-d', 'Kitchen', '/'])
    assert.match(stdout, /^HTTP \d{3}\n/)
    const answer = JSON.parse((await world.run(['agent', 'call', '-d', 'Kitchen', '/', '-z', 'json'])).stdout)
    assert.equal(typeof answer.status, 'number')
  })
})
