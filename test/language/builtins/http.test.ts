import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { newFolder, run } from '../fake-host.ts'

/** What the server was sent. */
interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

let server: Server
let other: Server
let base = ''
let elsewhere = ''
const seen: Seen[] = []

const CHUNK = Buffer.alloc(1024 * 1024, 'x')

/** Answers by the path: what other systems do, and what they should not. */
const ANSWERS: { readonly [path: string]: (request: Seen, response: ServerResponse) => void } = {
  '/json': (_request, response) => json(response, 200, { items: [{ id: 1 }] }),
  '/text': (_request, response) => void response.end('plain'),
  '/empty': (_request, response) => void response.writeHead(204).end(),
  '/echo': ({ body, headers, method }, response) =>
    json(response, 200, { method, body, type: headers['content-type'] ?? null }),
  '/no': (_request, response) => json(response, 404, { error: 'no such thing' }),
  '/secret': ({ headers }, response) => json(response, 403, { told: headers['authorization'] }),
  '/broken': (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end('{"a":')
  },
  '/binary': (_request, response) => void response.end(Buffer.from([0xff, 0xfe, 0])),
  '/around': (_request, response) => void response.writeHead(302, { location: '/around' }).end(),
  '/see': (_request, response) => void response.writeHead(303, { location: '/echo' }).end(),
  '/again': (_request, response) => void response.writeHead(307, { location: '/echo' }).end(),
  '/away': (_request, response) => void response.writeHead(302, { location: `${elsewhere}/echo` }).end(),
  '/away-again': (_request, response) =>
    void response.writeHead(307, { location: `${elsewhere}/echo` }).end(),
  '/file': (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/hang': () => undefined,
  '/drop': (_request, response) => void response.destroy(),
  '/slow': (_request, response) => {
    response.write('{"a":')
  },
  '/huge': (_request, response) => {
    // One gigabyte, as fast as it is taken.
    let left = 1024
    const more = (): void => {
      while (left > 0 && response.write(CHUNK)) left -= 1
      if (left > 0) response.once('drain', more)
      else response.end()
      left -= 1
    }
    more()
  },
  '/large': (_request, response) => {
    for (let count = 0; count < 70; count += 1) response.write(CHUNK)
    response.end()
  },
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

function serving(): Server {
  return createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers } = request
      const one = { method, url, headers, body: Buffer.concat(chunks).toString() }
      seen.push(one)
      response.on('error', () => undefined)
      ANSWERS[url.split('?')[0] ?? '']?.(one, response)
    })
  })
}

before(async () => {
  server = serving()
  other = serving()
  for (const one of [server, other]) await new Promise<void>((resolve) => one.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
})
after(() => {
  for (const one of [server, other]) {
    one.closeAllConnections()
    one.close()
  }
})

const shows = async (script: string, expected: string): Promise<void> => {
  const { out, err, exit } = await run(script.replaceAll('URL', base))
  assert.equal(out.replace(/\n$/, ''), expected, `${script}: ${err}`)
  assert.equal(exit, 0)
}
const refuses = async (script: string, expected: RegExp, exit = 1): Promise<string> => {
  const failed = await run(script.replaceAll('URL', base))
  assert.match(failed.err, expected, script)
  assert.equal(failed.exit, exit, failed.err)
  return failed.err
}

test('an answer is status, headers and body; JSON is read, text is text, nothing is null', async () => {
  await shows('http get URL/json | get body.items | get id', '1')
  await shows('http get URL/json | get headers.content-type', 'application/json; charset=utf-8')
  await shows('http get URL/text | get body', 'plain')
  await shows('let r = http get URL/empty; print $r.status ($r.body == null)', '204 true')
})

test('what is sent is JSON, a form or a text, with the header for it', async () => {
  await shows(
    '(http post URL/echo --json {text: "a", n: [1, null], at: 2026-01-31}).body | to json --compact',
    '{"method":"POST","body":"{\\"text\\":\\"a\\",\\"n\\":[1,null],\\"at\\":\\"2026-01-31\\"}","type":"application/json"}',
  )
  await shows(
    '(http put URL/echo --form {a: "x y&", n: 1}).body | to json --compact',
    '{"method":"PUT","body":"a=x+y%26&n=1","type":"application/x-www-form-urlencoded"}',
  )
  await shows('(http patch URL/echo --body "häuser").body.body', 'häuser')
  await shows('(http delete URL/echo).body.method', 'DELETE')
  await shows(
    '(http post URL/echo --body "<a/>" --header {"Content-Type": "application/xml"}).body.type',
    'application/xml',
  )
})

test('a status from 400 on is the error HTTP with status and body, unless it is allowed', async () => {
  await refuses(
    'http get URL/no',
    /:1:10: error\[HTTP\]: GET http:\/\/127[^ ]*\/no was answered with 404\n[^]*no such thing[^]*--allow 404/,
  )
  await shows(
    'try { http get URL/no } catch HTTP e { print $e.status $e.body.error $e.http.status }',
    '404 no such thing 404',
  )
  await shows('(http get URL/no --allow 404,409).status', '404')
  await refuses('http get URL/no --allow many', /--allow takes statuses/)
})

test('secrets are sent in addresses, headers and bodies and never shown', async () => {
  seen.length = 0
  const script = `let key = secret "s3cr3t"
http post URL/echo --json {token: $key} --header {Authorization: $key} | get status
print ({a: $key} | to json --compact)
http get URL/secret --header {Authorization: $key}`
  const failed = await run(script.replaceAll('URL', base))
  assert.deepEqual([seen[0]?.headers['authorization'], seen[0]?.body], ['s3cr3t', '{"token":"s3cr3t"}'])
  assert.match(failed.err, /error\[HTTP\]/)
  assert.doesNotMatch(failed.out + failed.err, /s3cr3t/)
  const hook = await run(`let hook = secret "${base}/no?token=s3cr3t"\nhttp post $hook --json {a: 1}`)
  assert.match(hook.err, /error\[HTTP\]: POST http:\/\/127\.0\.0\.1:\d+\/\*\*\* was answered with 404/)
  assert.doesNotMatch(hook.err, /s3cr3t/)
})

test('a secret is masked however it is spelled in what is sent or answered', async () => {
  for (const option of ['--form {key: $key}', '--json {key: $key}', '--body $key']) {
    const { out, err } = await run(
      `let key = secret 'p@s/s "w\\0rd ü'\nwith dry-run { http post http://127.0.0.1:1/ ${option} | get status }`,
    )
    assert.match(out, /would send: POST http:\/\/127\.0\.0\.1:1\/ .*\*\*\*/, err)
    assert.doesNotMatch(out, /p@|p%40|w\\|0rd/)
  }
  const { out } = await run(
    `let key = secret '"q" u'\ntry { http get ${base}/secret --header {Authorization: $key} } catch HTTP e { print $e.body.told }\nlet long = secret "abcdef"\nlet short = secret "abc"\nwith dry-run { http post http://127.0.0.1:1/ --json {a: $short, b: $long} --header {x: $short} | get status }\nwith dry-run { http post http://127.0.0.1:1/abcdef --form {a: $short, b: $long} | get status }`,
  )
  assert.match(out, /^\*\*\*\n/)
  assert.doesNotMatch(out.replaceAll('/abcdef', ''), /def/)
})

test('redirects are followed as browsers do, and never for ever', async () => {
  await shows(
    '(http post URL/see --json {a: 1}).body | to json --compact',
    '{"method":"GET","body":"","type":null}',
  )
  await shows(
    '(http post URL/again --json {a: 1}).body | to json --compact',
    '{"method":"POST","body":"{\\"a\\":1}","type":"application/json"}',
  )
  await refuses('http get URL/around', /error\[HTTP\]: .* was redirected more than 10 times/)
  await refuses('http get URL/file', /redirected to "file:\/\/\/etc\/passwd", which is no web server/)
})

test('another server is told no credentials', async () => {
  seen.length = 0
  await shows(
    'let key = secret "k"; (http get URL/away --header {Authorization: "Bearer x", "x-key": $key, "x-a": "b"}).status',
    '200',
  )
  assert.deepEqual(
    [seen[1]?.headers['authorization'], seen[1]?.headers['x-key'], seen[1]?.headers['x-a']],
    [undefined, undefined, 'b'],
  )
  await refuses(
    'let key = secret "kkk"; http post URL/away-again --json {key: $key}',
    /must not get the secrets/,
  )
  await refuses(
    'let key = secret "k@k k"; http post URL/away-again --form {key: $key}',
    /must not get the secrets/,
  )
})

test('a server that hangs, drips, drops or is not there is an error that says so', async () => {
  await refuses(
    'http get URL/hang --timeout 200ms',
    /error\[TIMEOUT\]: GET .*\/hang was not answered in full within 0\.2 s/,
    124,
  )
  await refuses('http post URL/slow --timeout 200ms', /error\[TIMEOUT\][^]*the server may have done it/, 124)
  await refuses('with timeout 200ms { http get URL/hang }', /error\[TIMEOUT\]/, 124)
  await refuses('http get URL/drop', /error\[NETWORK\]: GET .*\/drop got no answer/)
  await refuses(
    'http get http://127.0.0.1:1/',
    /error\[NETWORK\]: GET http:\/\/127\.0\.0\.1:1\/ got no answer: .*127\.0\.0\.1:1/,
  )
})

test('an answer of a gigabyte is refused in memory and kept in a file', async () => {
  await refuses('http get URL/huge', /error\[DATA\]: .* sent more than 64 MB[^]*--output FILE/)
  const directory = newFolder()
  const { err, exit } = await run(`http get ${base}/large --output big.bin | get status`, { directory })
  assert.equal(exit, 0, err)
  assert.equal(statSync(join(directory, 'big.bin')).size, 70 * 1024 * 1024)
  writeFileSync(join(directory, 'there'), 'a')
  const kept = await run(`http get ${base}/text --output there`, { directory })
  assert.match(kept.err, /error\[FILE\]: there: the file exists already/)
  assert.equal(readFileSync(join(directory, 'there'), 'utf8'), 'a')
})

test('a body that is no JSON or no text, and words that make no request, are errors with a place', async () => {
  await refuses('http get URL/broken', /error\[DATA\]: the body of .* is not JSON: line 1, column 6/)
  await refuses('http get URL/binary', /error\[DATA\]: the body of .* is not UTF-8 text/)
  await refuses('http get nowhere', /"nowhere" is no address of a web server/)
  await refuses('http get URL/text --body x', /a request of GET has no body/)
  await refuses('http post URL/text --body x --json {}', /both say what is sent/)
  await refuses('http get URL/text --header {"a b": "c"}', /"a b" is no name of a header/)
  await refuses(
    'http get URL/text --header {a: $null?}'.replace('$null?', '[1]'),
    /"a" must be text, not a list/,
  )
})

test('a dry run shows the request and sends only reads', async () => {
  seen.length = 0
  await shows(
    'with dry-run { http post URL/echo --json {key: (secret "s3cr3t")} | get status }',
    `would send: POST ${base}/echo {"key":"***"}`,
  )
  assert.deepEqual(seen, [])
  await shows('with dry-run { http get URL/text | get body }', 'plain')
})
