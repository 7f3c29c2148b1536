import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { readTolerantly } from '../../src/squirrel/language/syntax/tolerant.ts'
import { namesOf } from '../../src/squirrel/analysis/names.ts'
import { impUnitSource } from '../../src/squirrel/libraries/bundled.ts'
import { PROGRAM } from '../stories/terminal.ts'
import { asProcess, openClient as open } from './client.ts'
import { fc } from '../properties.ts'

/** A client of the program as an editor starts it: what is hostile must meet the process that it would end. */
const openClient = (t: TestContext, files = {}, options?: object) => open(t, files, options, asProcess)

/** Sends bytes to a server; gives its exit code and what it wrote. With `until` the client goes away when that was answered. */
async function sent(t: TestContext, bytes: Buffer | string, until?: RegExp) {
  const child = spawn(process.execPath, [PROGRAM, 'lsp'], { env: { PATH: process.env['PATH'] } })
  t.after(() => child.kill('SIGKILL'))
  child.stdin.on('error', () => undefined)
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
    if (until?.test(output)) child.stdin.end()
  })
  child.stdin.write(bytes)
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, output }
}
const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 7,
  method: 'initialize',
  params: { capabilities: {} },
})
const framed = (body: string) => `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

describe('a client that is none', () => {
  test('ends the server at once: a web page, garbage, lengths that are none or too large', async (t) => {
    for (const bytes of [
      'POST / HTTP/1.1\r\nHost: x\r\n\r\n',
      Buffer.alloc(100_000, 0xff),
      'Content-Type: x\r\n\r\n{}',
      'Content-Length: abc\r\n\r\n',
      'Content-Length: 999999999999\r\n\r\n',
      `Content-Length: 1${' '.repeat(10_000)}`,
    ])
      assert.equal((await sent(t, bytes)).code, 1, String(bytes).slice(0, 30))
  })

  test('gets an error for what is no JSON, and what it sends next is answered', async (t) => {
    const { output } = await sent(
      t,
      framed('{"a": ') + framed('[1]') + framed('"x"') + framed(initialize),
      /"id":7/,
    )
    assert.equal(output.match(/-32700/g)?.length, 3)
    assert.match(output, /"id":7/)
  })

  test('ends it by going away, with 1, and with 0 after shutdown and exit', async (t) => {
    assert.equal((await sent(t, framed(initialize), /"id":7/)).code, 1)
    assert.equal((await sent(t, framed('{"jsonrpc":"2.0","method":"exit"}'))).code, 1)
    const client = await openClient(t)
    assert.equal(await client.end(), 0)
  })

  test('gets error answers for requests that are early, unknown or wrong, and the server goes on', async (t) => {
    const early = await sent(
      t,
      framed('{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{}}'),
      /error/,
    )
    assert.match(early.output, /-32002/)
    const client = await openClient(t)
    await assert.rejects(client.connection.sendRequest('no/such', {}), /has no/)
    for (const params of [{}, { textDocument: 3 }, { textDocument: { uri: 'x' }, position: 'y' }, null])
      await client.connection.sendRequest('textDocument/hover', params as object).catch(() => undefined)
    await client.connection.sendNotification('textDocument/didChange', { textDocument: null } as object)
    client.open('a.nut', 'local x = 1\n')
    for (const [line, character] of [
      [-1, -1],
      [1e9, 1e9],
      [Number.MAX_VALUE, 0.5],
    ] as const)
      await client.ask('completion', 'a.nut', line, character)
    assert.equal(await client.ask('hover', 'not-open.nut', 0, 0), null)
    assert.equal(await client.end(), 0)
  })

  test('is told of settings that are wrong, once', async (t) => {
    const client = await openClient(t, {}, { side: 'both', libraries: 'x', what: 1 })
    client.open('a.nut', '')
    await client.diagnostics('a.nut')
    assert.deepEqual(client.shown, [
      'impt: "libraries" must be a list of folders',
      'impt: "side" must be "device" or "agent"',
      'impt: "what" is not known',
    ])
  })
})

describe('a text that is hard', () => {
  test('of 10 MB is told to be too large, and other texts are answered', async (t) => {
    const client = await openClient(t)
    client.open('big.nut', 'local x = [1, 2, 3]\n'.repeat(500_000))
    client.open('big.imptsh', 'print 1\n'.repeat(1_250_000))
    client.open('small.nut', 'imp.wakeup(1)\n')
    for (const name of ['big.nut', 'big.imptsh'])
      assert.deepEqual(
        (await client.diagnostics(name)).map(({ code }) => code),
        ['TOO_LARGE'],
      )
    assert.equal((await client.diagnostics('small.nut')).length, 1)
    assert.deepEqual((await client.ask('completion', 'big.nut', 0, 0)).items, [])
  })

  test('is answered for its last version after 500 edits without a pause, and no older one is published after it', async (t) => {
    const client = await openClient(t)
    client.open('a.nut', 'local x = ;\n'.repeat(300))
    for (let version = 2; version <= 500; version++)
      void client.connection.sendNotification('textDocument/didChange', {
        textDocument: { uri: client.uri('a.nut'), version },
        contentChanges: [
          {
            range: {
              start: { line: version % 300, character: 10 },
              end: { line: version % 300, character: 10 },
            },
            text: '1',
          },
        ],
      })
    client.replace('a.nut', 501, 'local x = ;\n')
    const completed = client.ask('completion', 'a.nut', 0, 0)
    assert.equal((await client.diagnostics('a.nut', 501)).length, 1)
    assert.ok((await completed).items.length > 0)
    const versions = client.published.map(({ version }) => version ?? 0)
    assert.deepEqual(
      versions,
      versions.toSorted((a, b) => a - b),
    )
  })

  test('of brackets, operators and directives without end is answered', async (t) => {
    const client = await openClient(t)
    const texts = [
      '{'.repeat(50_000),
      `x = ${'1+'.repeat(100_000)}1`,
      'class A extends A {}\nlocal a = A()\na.',
      'local a = b\nlocal b = a\na.b.c.d',
      '@while true\nx\n@end\n',
      '@include "a.nut"\n',
      `${'if (a) '.repeat(20_000)}b`,
      '"'.repeat(9999),
      '/*'.repeat(9999),
      '\u0000\ud800\udfff\ufeff\r\r\n',
    ]
    for (const [index, text] of texts.entries()) {
      client.open(`t${index}.nut`, text)
      await client.diagnostics(`t${index}.nut`)
      for (const method of [
        'completion',
        'hover',
        'signatureHelp',
        'documentSymbol',
        'foldingRange',
        'semanticTokens/full',
      ])
        await client.ask(method, `t${index}.nut`, 0, 5)
    }
    for (const [index, text] of [
      '('.repeat(50_000),
      'print "${'.repeat(5000),
      '"""',
      'fn f('.repeat(3000),
    ].entries()) {
      client.open(`t${index}.imptsh`, text)
      await client.diagnostics(`t${index}.imptsh`)
      await client.ask('completion', `t${index}.imptsh`, 0, 5)
    }
    assert.equal(await client.end(), 0)
  })

  test('typed letter by letter is read without a crash', () => {
    for (let end = 0; end < impUnitSource.length; end += 7)
      namesOf(readTolerantly(impUnitSource.slice(0, end), 'x'))
    const property = fc.property(
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.nat(3000),
      (noise, at) => {
        const text = impUnitSource.slice(0, at) + noise + impUnitSource.slice(at, at + 500)
        const { errors } = readTolerantly(text, 'x')
        assert.ok(errors.length <= 50)
        namesOf(readTolerantly(text, 'x'))
      },
    )
    fc.assert(property, { numRuns: 300 })
  })
})

describe('a workspace of somebody else', () => {
  test('leads nowhere: links, paths and devices outside are not read', async (t) => {
    const client = await openClient(t)
    const { folder } = client
    await mkdir(join(folder, '..', `${folder.split('/').at(-1)}-secret`))
    const secret = join(folder, '..', `${folder.split('/').at(-1)}-secret`, 'secret.nut')
    t.after(() => rm(join(secret, '..'), { recursive: true, force: true }))
    await writeFile(secret, 'function verySecretName() {}\nlocal x = ;\n')
    await symlink(secret, join(folder, 'link.nut'))
    const text = `@include "link.nut"\n@include "/dev/zero"\n@include "${secret}"\n`
    client.open('a.nut', text)
    const found = await client.diagnostics('a.nut')
    assert.ok(found.length > 0)
    assert.match(found[0]?.message ?? '', /outside of the workspace/)
    const { items } = await client.ask('completion', 'a.nut', 3, 0)
    assert.ok(!items.some(({ label }: any) => label === 'verySecretName'))
    client.open('b.imptsh', `import x from "${secret}"\n`)
    assert.match((await client.diagnostics('b.imptsh'))[0]?.message ?? '', /outside of the workspace/)
    assert.ok(!JSON.stringify(client.published).includes('expression expected'))
  })

  test('has names with escapes that reach nobody as they are', async (t) => {
    const client = await openClient(t, { 'a\u001b[31m.nut': '', 'b\'".nut': '', 'c.nut': '' })
    client.open('a.nut', '@include "')
    const { items } = await client.ask('completion', 'a.nut', 0, 10)
    assert.deepEqual(
      items.map(({ label }: any) => label),
      ['c.nut'],
    )
  })
})
