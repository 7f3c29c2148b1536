import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ACCOUNT, FAR_AWAY, json, serve } from '../impcentral/support.ts'
import { chunksWith, compiledBy } from './compiled.ts'
import { openDesk } from './impt.ts'

/**
 * Says at exit which of Node's fetch family was touched: each loads all of undici, which costs more time than a whole request may. From Node 22
 * on a look at one loads it, so that only the loading itself can be told.
 */
const TRAP = `
const touched = []
if (Number.parseInt(process.versions.node) < 22) for (const name of ['fetch', 'Headers', 'Request', 'Response', 'FormData', 'WebSocket', 'EventSource']) {
  const { get } = Object.getOwnPropertyDescriptor(globalThis, name) ?? {}
  if (get) Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return get.call(globalThis) } })
}
process.on('exit', () => require('fs').writeSync(2, 'touched: ' + touched.join(' ') + '\\nundici: ' +
  process.moduleLoadList.includes('NativeModule internal/deps/undici/undici') + '\\n'))
`

test('a command that makes a request, and a log stream, load nothing of fetch', async (t) => {
  const desk = await openDesk(t)
  let stream: { end(text: string): void } | undefined
  await using server = await serve((request, response) => {
    if (request.path === '/devices/d1')
      return json(response, 200, { data: { type: 'device', id: 'd1', attributes: { name: 'lamp' } } })
    if (request.path.startsWith('/devices')) return json(response, 200, { data: [], links: {} })
    if (request.method === 'POST') return json(response, 201, { data: { type: 'logstream', id: 's1' } })
    if (request.method === 'PUT') {
      response.writeHead(204).end()
      return stream?.end('event: state_change\ndata: {"state":"closed"}\n\n')
    }
    if (!request.path.startsWith('/logstream')) return json(response, 200, ACCOUNT)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('event: state_change\ndata: {"state":"opened"}\n\n')
    stream = response
  })
  await writeFile(
    join(desk.folder, '.impt.auth'),
    JSON.stringify({ endpoint: server.endpoint, accessToken: 'A', expiresAt: FAR_AWAY, refreshToken: 'R' }),
  )
  const trap = join(desk.folder, 'trap.cjs')
  await writeFile(trap, TRAP)
  const guilty = spawnSync(process.execPath, ['--require', trap, '-e', 'new Headers()'], { encoding: 'utf8' })
  assert.match(guilty.stderr, /^undici: true$/m)
  if (Number.parseInt(process.versions.node) < 22) assert.match(guilty.stderr, /^touched: Headers$/m)
  for (const words of [
    ['account', 'info'],
    ['device', 'list'],
    ['log', 'stream', '--device', 'd1'],
  ]) {
    const { code, stdout, stderr } = await desk.run(words, '', { NODE_OPTIONS: `--require ${trap}` })
    assert.equal(code, 0, `${stdout}${stderr}`)
    assert.match(stderr, /^touched: \nundici: false$/m, words.join(' '))
  }
})

test('a start that lays out no text does not load the widths of all characters, which take longer than the rest of it', async (t) => {
  const desk = await openDesk(t)
  const heavy = chunksWith((source) => source.includes('/string-width/'))
  assert.ok(heavy.length > 0)
  for (const words of [
    ['-c', 'print 1'],
    ['device', 'list', '--owner'],
    ['auth', 'info'],
    ['--sandbox', 'product', 'list'],
    ['--sandbox', 'product', 'list', '-z', 'table'],
  ]) {
    const { compiled, stderr } = await compiledBy(desk, words)
    assert.ok(compiled.has('main.cjs'), stderr)
    assert.deepEqual(
      heavy.filter((name) => compiled.has(name)),
      [],
      words.join(' '),
    )
  }
})

test('V8 takes the code cache of every module that a start loads: one that was made under other flags is refused without a word', async (t) => {
  const { node } = JSON.parse(await readFile('dist/code-cache.json', 'utf8')) as { readonly node: string }
  if (node !== `${process.version} ${process.platform} ${process.arch}`)
    return t.skip(`another Node built the program: ${node}`)
  const desk = await openDesk(t)
  await writeFile(join(desk.folder, 'a.nut'), 'server.log(1)\n')
  for (const words of [
    ['--sandbox', 'device', 'list'],
    ['squirrel', 'check', 'a.nut'],
    ['-c', 'print 1'],
  ]) {
    const { taken, refused, stderr } = await compiledBy(desk, words)
    assert.ok(taken.length > 5, stderr)
    assert.deepEqual(refused, [], words.join(' '))
  }
})

test('what the prompt and the language server are made of is compiled when the program is built', async () => {
  const { places } = JSON.parse(await readFile('dist/code-cache.json', 'utf8')) as {
    readonly places: Readonly<Record<string, object>>
  }
  for (const file of [
    'main/prompt',
    'repl/line-editor',
    'repl/editor/reduce',
    'completion/complete',
    'main/lsp',
  ]) {
    const names = chunksWith((source) => source === `src/${file}.ts`)
    assert.ok(
      names.some((name) => Object.hasOwn(places, `chunks/${name}`)),
      file,
    )
  }
})
