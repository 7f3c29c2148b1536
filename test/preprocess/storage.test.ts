import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { type PreprocessOptions, clearCache, preprocess } from '../../src/preprocess/preprocess.ts'
import { type Reply, serve, temporaryFolder } from './fixture.ts'

async function run(source: string, options: PreprocessOptions): Promise<string> {
  return (await preprocess({ source, name: 'main', path: '/nowhere' }, { env: {}, ...options })).code
}

function put(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

/** A GitHub whose file has the version that `version` says. */
function github(version: () => string): (path: string) => Reply | undefined {
  return (path) => {
    const content = Buffer.from(`version ${version()}\n`).toString('base64')
    if (path.startsWith('/repos/u/r/contents/')) {
      return { body: JSON.stringify({ type: 'file', encoding: 'base64', sha: `sha-${version()}`, content }) }
    }
    const blob = /^\/repos\/u\/r\/git\/blobs\/sha-(\d+)$/.exec(path)
    return blob === null ? undefined : { body: `version ${blob[1]}\n` }
  }
}

describe('the cache', () => {
  test('answers for 24 hours, when enabled', async (context) => {
    let version = 1
    const { url, seen } = await serve(context, () => ({ body: `version ${version++}\n` }))
    const directory = join(temporaryFolder(context), '.builder-cache')
    const source = `@include "${url}/x"`
    assert.equal(await run(source, {}), 'version 1\n')
    assert.equal(existsSync(directory), false)
    assert.equal(await run(source, { cache: { directory } }), 'version 2\n')
    assert.equal(await run(source, { cache: { directory } }), 'version 2\n')
    assert.equal(await run(source, {}), 'version 3\n')
    assert.equal(seen.length, 3)

    const [file = ''] = readdirSync(directory)
    const path = join(directory, file)
    const entry = JSON.parse(readFileSync(path, 'utf8')) as { at: number }
    const stored = (at: number): void => writeFileSync(path, JSON.stringify({ ...entry, at }))
    context.mock.timers.enable({ apis: ['Date'], now: entry.at + 24 * 3_600_000 - 1 })
    assert.equal(await run(source, { cache: { directory } }), 'version 2\n')
    context.mock.timers.tick(1)
    assert.equal(await run(source, { cache: { directory } }), 'version 4\n')
    stored(Date.now() + 1000)
    assert.equal(await run(source, { cache: { directory } }), 'version 5\n')
  })

  test('is private, whole at any moment, and damaged entries are fetched again', async (context) => {
    const { url } = await serve(context, (path) => ({ body: `${path}\n` }))
    const directory = join(temporaryFolder(context), 'cache')
    const source = `@include "${url}/a"\n@include "${url}/b"\n`
    await run(source, { cache: { directory } })
    assert.equal(readdirSync(directory).length, 2)
    for (const file of readdirSync(directory)) {
      assert.match(file, /^[0-9a-f]{64}\.json$/)
      assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
    }
    for (const damage of ['', '{', 'null', '[]', '{"key":1}', '{"key":"other","at":1,"text":"bad"}']) {
      for (const file of readdirSync(directory)) writeFileSync(join(directory, file), damage)
      assert.equal(await run(source, { cache: { directory } }), '/a\n/b\n')
    }
  })

  test('is not touched by a failing run beyond whole entries, nor by a failing fetch', async (context) => {
    const { url } = await serve(context, (path) => (path === '/good' ? { body: 'good\n' } : { status: 500 }))
    const directory = join(temporaryFolder(context), 'cache')
    await assert.rejects(run(`@include "${url}/bad"`, { cache: { directory } }), { code: 'SERVER' })
    assert.equal(existsSync(directory), false)
    await assert.rejects(run(`@include "${url}/good"\n@error "no"`, { cache: { directory } }), {
      code: 'DATA',
    })
    assert.equal(readdirSync(directory).length, 1)
  })

  test('that cannot be written is a clear error', async (context) => {
    const { url } = await serve(context, () => ({ body: 'x\n' }))
    const directory = join(temporaryFolder(context), 'file')
    writeFileSync(directory, '')
    await assert.rejects(run(`@include "${url}/x"`, { cache: { directory } }), {
      code: 'FILE',
      message: /Cannot write/,
    })
  })

  test('keeps no local files, and can be cleared', async (context) => {
    const folder = temporaryFolder(context)
    const directory = join(folder, 'cache')
    writeFileSync(join(folder, 'a.nut'), 'a\n')
    await run('@include "a.nut"', { cache: { directory }, directory: folder })
    assert.equal(await clearCache(directory), false)
    mkdirSync(join(directory, 'x'), { recursive: true })
    assert.equal(await clearCache(directory), true)
    assert.equal(existsSync(directory), false)
  })
})

describe('the lock', () => {
  test('brings back the version that was saved', async (context) => {
    let version = 1
    const { url, seen } = await serve(
      context,
      github(() => String(version)),
    )
    const folder = temporaryFolder(context)
    const save = join(folder, 'new', 'lock.json')
    const source = '@include "github:u/r/b.nut@main"\n@include "github:u/r/a.nut"\n'
    const options = { github: { api: url } }
    assert.equal(await run(source, { ...options, lock: { save } }), 'version 1\nversion 1\n')
    const saved =
      '[\n  [\n    "github:u/r/a.nut",\n    "sha-1"\n  ],\n  [\n    "github:u/r/b.nut@main",\n    "sha-1"\n  ]\n]\n'
    assert.equal(readFileSync(save, 'utf8'), saved)
    version = 2
    assert.equal(await run(source, { ...options, lock: { use: save } }), 'version 1\nversion 1\n')
    assert.equal(seen.at(-1)?.path, '/repos/u/r/git/blobs/sha-1')
    assert.equal(await run(source, options), 'version 2\nversion 2\n')
    assert.equal(readFileSync(save, 'utf8'), saved)
  })

  test('that is used and saved grows with new includes and keeps the others', async (context) => {
    let version = 1
    const { url } = await serve(
      context,
      github(() => String(version)),
    )
    const file = join(temporaryFolder(context), 'lock.json')
    const options = { github: { api: url }, lock: { use: file, save: file } }
    assert.equal(await run('@include "github:u/r/agent.nut"', options), 'version 1\n')
    version = 2
    assert.equal(await run('@include "github:u/r/device.nut"', options), 'version 2\n')
    version = 3
    const both = '@include "github:u/r/agent.nut"\n@include "github:u/r/device.nut"\n'
    const before = statSync(file).mtimeMs
    utimesSync(file, 1, 1)
    assert.equal(await run(both, options), 'version 1\nversion 2\n')
    assert.equal(statSync(file).mtimeMs, 1000, `an unchanged lock is not written again (${before})`)
  })

  test('is a file of the project like others: it keeps its mode, and a link to it stays one', async (context) => {
    const { url } = await serve(
      context,
      github(() => '1'),
    )
    const folder = temporaryFolder(context)
    const [file, link] = [join(folder, 'lock.json'), join(folder, 'link.json')]
    put(file, '[]')
    chmodSync(file, 0o644)
    symlinkSync(file, link)
    await run('@include "github:u/r/agent.nut"', { github: { api: url }, lock: { use: link, save: link } })
    assert.equal(lstatSync(link).isSymbolicLink(), true)
    assert.equal(statSync(file).mode & 0o777, 0o644)
    assert.match(readFileSync(file, 'utf8'), /sha-1/)
    assert.deepEqual(readdirSync(folder).toSorted(), ['link.json', 'lock.json'])
  })

  test('is not written when the run fails', async (context) => {
    const { url } = await serve(
      context,
      github(() => '1'),
    )
    const save = join(temporaryFolder(context), 'lock.json')
    const source = '@include "github:u/r/a.nut"\n@error "no"\n'
    await assert.rejects(run(source, { github: { api: url }, lock: { save } }), { code: 'DATA' })
    assert.equal(existsSync(save), false)
  })

  test('checks the content of a web file', async (context) => {
    let body = 'one\n'
    const { url } = await serve(context, () => ({ body }))
    const file = join(temporaryFolder(context), 'lock.json')
    const source = `@include "${url}/x"`
    await run(source, { lock: { save: file } })
    assert.equal(await run(source, { lock: { use: file } }), 'one\n')
    body = 'two\n'
    await assert.rejects(run(source, { lock: { use: file } }), {
      code: 'DATA',
      message: /no longer what the lock says/,
    })
  })

  test('records commits of Bitbucket Server and Azure Repos', async (context) => {
    const { url } = await serve(context, (path) => {
      const { pathname, searchParams } = new URL(path, 'http://host')
      if (pathname.endsWith('/repos/r/commits')) {
        return { body: JSON.stringify({ values: [{ id: `head-of-${searchParams.get('until')}` }] }) }
      }
      if (pathname.includes('/repos/r/raw/')) return { body: `at ${searchParams.get('at')}\n` }
      const version = searchParams.get('versionDescriptor.version')
      const type = searchParams.get('versionDescriptor.versionType')
      if (pathname.endsWith('/items')) return { body: `${type} ${version}\n` }
      if (pathname.endsWith('/commits')) {
        return { body: JSON.stringify({ value: [{ commitId: 'c0ffee' }] }) }
      }
      return undefined
    })
    const file = join(temporaryFolder(context), 'lock.json')
    const servers = { bitbucketServer: { address: url }, azureRepos: { api: url } }
    const source = '@include "bitbucket-server:P/r/f.nut@dev"\n@include "git-azure-repos:o/p/r/f.nut@dev"\n'
    assert.equal(await run(source, { ...servers, lock: { save: file } }), 'at head-of-dev\nbranch dev\n')
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), [
      ['bitbucket-server:P/r/f.nut@dev', 'head-of-dev'],
      ['git-azure-repos:o/p/r/f.nut@dev', 'c0ffee'],
    ])
    assert.equal(await run(source, { ...servers, lock: { use: file } }), 'at head-of-dev\ncommit c0ffee\n')
  })

  test('and the cache agree: a cached file without a version is not enough to save one', async (context) => {
    let version = 1
    const { url, seen } = await serve(
      context,
      github(() => String(version)),
    )
    const folder = temporaryFolder(context)
    const options = { github: { api: url }, cache: { directory: join(folder, 'cache') } }
    const save = join(folder, 'lock.json')
    await run('@include "github:u/r/a.nut"', options)
    version = 2
    assert.equal(await run('@include "github:u/r/a.nut"', { ...options, lock: { save } }), 'version 1\n')
    assert.deepEqual(JSON.parse(readFileSync(save, 'utf8')), [['github:u/r/a.nut', 'sha-1']])
    writeFileSync(save, '[["github:u/r/a.nut","sha-7"]]')
    assert.equal(await run('@include "github:u/r/a.nut"', { ...options, lock: { use: save } }), 'version 7\n')
    assert.equal(seen.length, 2)
  })

  for (const [what, text] of [
    ['missing', undefined],
    ['not JSON', '{'],
    ['not pairs', '[["a"]]'],
    ['an object', '{}'],
  ]) {
    test(`that is ${what} is a clear error`, async (context) => {
      const use = join(temporaryFolder(context), 'lock.json')
      if (text !== undefined) writeFileSync(use, text)
      await assert.rejects(run('x', { lock: { use } }), {
        name: 'PreprocessError',
        code: text === undefined ? 'FILE' : 'DATA',
        message: /lock of includes ".*lock\.json"/,
      })
    })
  }
})

describe('the mirror', () => {
  test('serves remote files from a folder, the place with the ref first', async (context) => {
    const mirror = temporaryFolder(context)
    put(join(mirror, 'github/u/r@feature%2Fx/lib/a.nut'), '1 @{__PATH__} @{__REPO_REF__}\n')
    put(join(mirror, 'github/u/r/lib/a.nut'), '2 @{__REPO_PREFIX__}\n')
    put(join(mirror, 'u/s/b.nut'), '3\n')
    put(join(mirror, 'bitbucket-server/~me/r/b.nut'), '4\n')
    put(join(mirror, 'git-azure-repos/o/p/r@v1/b.nut'), '5\n')
    put(join(mirror, 'https/example.com%3A8443/d/c.nut'), '6 @{__URL_PATH__}\n')
    put(join(mirror, 'http/example.com/c.nut%3Fv%3D1'), '7\n')
    const source = [
      'github:u/r/lib/a.nut@feature/x',
      'github:u/r/lib/a.nut@v9',
      'github:u/r/lib/a.nut',
      'github:u/s/b.nut@v1',
      'bitbucket-server:~me/r/b.nut',
      'git-azure-repos:o/p/r/b.nut@v1',
      'https://example.com:8443/d/c.nut',
      'http://example.com/c.nut?v=1',
    ]
      .map((reference) => `@include "${reference}"\n`)
      .join('')
    assert.equal(
      await run(source, { mirror, offline: true }),
      '1 github:u/r/lib feature/x\n2 github:u/r\n2 github:u/r\n3\n4\n5\n6 d/c.nut\n7\n',
    )
  })

  test('is asked before the network, which is asked for the rest unless offline', async (context) => {
    const mirror = temporaryFolder(context)
    put(join(mirror, 'u/r/a.nut'), 'mirrored\n')
    const { url, seen } = await serve(
      context,
      github(() => '1'),
    )
    const options = { mirror, github: { api: url } }
    const source = '@include "github:u/r/a.nut"\n@include "github:u/r/b.nut"\n'
    assert.equal(await run(source, options), 'mirrored\nversion 1\n')
    await assert.rejects(run(source, { ...options, offline: true }), {
      code: 'NOT_FOUND',
      message: `"github:u/r/b.nut" cannot be read without network: it is not in ${mirror} (/nowhere/main:2)`,
    })
    await assert.rejects(run(source, { offline: true }), { message: /no mirror folder is set/ })
    assert.equal(seen.length, 1)
  })

  test('gives no file outside of it away', async (context) => {
    const folder = temporaryFolder(context)
    const mirror = join(folder, 'mirror')
    put(join(folder, 'secret'), 'secret\n')
    put(join(mirror, 'github/u/r/x'), 'x\n')
    for (const reference of [
      'github:u/r/../../../../secret',
      'github:../../secret/x/y',
      'github:u/r/secret@/../../../..',
      'github:u/..\\\\../../secret',
      'http://example.com/../../../secret',
      'http://example.com/..%2F..%2F..%2Fsecret',
      'http://example.com/%2e%2e/%2e%2e/%2e%2e/secret',
    ]) {
      await assert.rejects(
        run(`@include "${reference}"`, { mirror, offline: true }),
        { name: 'PreprocessError' },
        reference,
      )
    }
  })
})
