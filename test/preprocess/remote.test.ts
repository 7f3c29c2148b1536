import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { promisify } from 'node:util'
import { Agent } from 'undici'
import { type PreprocessOptions, preprocess } from '../../src/preprocess/preprocess.ts'
import { type Reply, serve, temporaryFolder } from './fixture.ts'
import { program } from '../program.ts'

const WHERE = '@{__FILE__}|@{__PATH__}|@{__REPO_REF__}|@{__REPO_PREFIX__}|@{__URL_ROOT__}|@{__URL_PATH__}\n'
const BASIC = `Basic ${Buffer.from('me:s3cret-token').toString('base64')}`

async function run(source: string, options: PreprocessOptions = {}): Promise<string> {
  return (await preprocess({ source, name: 'main', path: '/nowhere' }, { env: {}, ...options })).code
}

describe('http', () => {
  test('a file is included, with its own predefined variables', async (context) => {
    const { url, seen } = await serve(context, () => ({ body: WHERE }))
    const code = await run(`@include "${url}/a/b.nut?x=1"\nend\n`, { lineControl: true })
    const root = url
    assert.equal(
      code,
      `#line 1 "${root}/a/b.nut?x=1"\nb.nut?x=1|${root}/a|null|null|${root}|a/b.nut?x=1\n#line 2 "/nowhere/main"\nend\n`,
    )
    assert.deepEqual(seen, [{ path: '/a/b.nut?x=1', authorization: undefined, accept: '*/*' }])
  })

  test('a file is fetched once in a run, and redirects are followed', async (context) => {
    const { url, seen } = await serve(context, (path) =>
      path === '/from' ? { status: 302, headers: { location: '/to' } } : { body: 'x\n' },
    )
    assert.equal(
      await run(`@include "${url}/from"\n@include "${url}/from"\n@{include("${url}/from")}`),
      'x\nx\nx',
    )
    assert.deepEqual(
      seen.map(({ path }) => path),
      ['/from', '/to'],
    )
  })

  test('relative includes of a remote file are local, or remote if asked for', async (context) => {
    const files: Record<string, string> = {
      '/f/b.nut': '@include "c.nut"\n@include "/d.nut"\n',
      '/f/c.nut': 'C\n',
      '/d.nut': 'D\n',
    }
    const { url } = await serve(context, (path) => {
      const body = files[path]
      return body === undefined ? undefined : { body }
    })
    const source = `@include "${url}/f/b.nut"`
    assert.equal(await run(source, { remoteRelativeIncludes: true }), 'C\nD\n')
    await assert.rejects(run(source), {
      message: `Local file "c.nut" not found (${url}/f/b.nut:1)`,
      code: 'FILE',
    })
  })

  test('credentials in a URL are sent and never shown', async (context) => {
    const { url, seen } = await serve(context, (path) => (path === '/a' ? { body: WHERE } : undefined))
    const hidden = url.replace('http://', 'http://me:s3cret%2Dtoken@')
    const { code, sources } = await preprocess(
      { source: `@include "${hidden}/a"`, name: 'main' },
      { lineControl: true, env: {} },
    )
    assert.equal(seen[0]?.authorization, BASIC)
    assert.doesNotMatch(code + JSON.stringify(sources), /s3cret/)
    await assert.rejects(run(`@include "${hidden}/b"`), (error: Error) => {
      assert.equal(error.message.includes('s3cret'), false)
      return true
    })
  })

  const failures: [string, Reply | undefined, string, RegExp][] = [
    ['not found', undefined, 'NOT_FOUND', /HTTP\/404/],
    ['forbidden', { status: 403 }, 'AUTH', /HTTP\/403; check the user and token/],
    ['broken', { status: 500, body: 'secret of the server' }, 'SERVER', /the server answered HTTP\/500 \(/],
    ['limited', { status: 429 }, 'RATE_LIMIT', /rate limit/],
    ['silent', { hang: true }, 'TIMEOUT', /did not answer in time/],
    [
      'huge',
      { body: Buffer.alloc(50 * 1024 * 1024, 120) },
      'FILE',
      /more than 16 MB; the limit for a source is 16 MB/,
    ],
  ]
  for (const [what, reply, code, message] of failures) {
    test(`a ${what} file is a clear error`, async (context) => {
      const { url } = await serve(context, () => reply)
      const timeout = what === 'silent' ? 50 : 10_000
      await assert.rejects(
        run(`\n@include "${url}/x"`, { timeout }),
        (error: Error & { code?: string; line?: number }) => {
          assert.equal(error.name, 'PreprocessError')
          assert.equal(error.code, code)
          assert.equal(error.line, 2)
          assert.match(error.message, message)
          assert.match(error.message, /^[^\n]* \(\/nowhere\/main:2\)$/)
          assert.doesNotMatch(error.message, /secret/)
          return true
        },
      )
    })
  }

  test('a server that cannot be reached is a clear error', async () => {
    await assert.rejects(run('@include "http://127.0.0.1:1/x"'), {
      code: 'NETWORK',
      message: /^Failed to fetch "http:\/\/127\.0\.0\.1:1\/x": .* \(\/nowhere\/main:1\)$/,
    })
    await assert.rejects(run('@include "http://"'), { code: 'DATA' })
    await assert.rejects(run('@include "http://host"'), { code: 'DATA' })
  })

  test('requests go through the dispatcher that is given', async (context) => {
    const { url } = await serve(context, () => ({ body: 'proxied\n' }))
    const dispatcher = new Agent({
      connect: (_options, done) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => done(null, socket))
      },
    })
    context.after(() => dispatcher.destroy())
    assert.equal(await run('@include "http://example.invalid/x"', { dispatcher }), 'proxied\n')
  })

  test('waiting for a server does not block the process, and can be cancelled', async (context) => {
    const { url, seen } = await serve(context, () => ({ hang: true }))
    const controller = new AbortController()
    const running = run(`@include "${url}/x"`, { signal: controller.signal })
    const watch = setInterval(() => {
      if (seen.length > 0) controller.abort()
    }, 5)
    context.after(() => clearInterval(watch))
    await assert.rejects(running, { code: 'CANCELLED', message: /cancelled/ })
  })
})

describe('github', () => {
  const content = `${WHERE}é\n`
  const sha = 'b10b'
  const reply = (path: string): Reply | undefined => {
    const { pathname, searchParams } = new URL(path, 'http://host')
    if (pathname === '/repos/user/repo/contents/lib/a%20b.nut') {
      const ref = searchParams.get('ref')
      if (ref !== null && ref !== 'feature/x') return undefined
      const encoded = Buffer.from(content)
        .toString('base64')
        .replace(/(.{20})/g, '$1\n')
      return { body: JSON.stringify({ type: 'file', encoding: 'base64', size: 9, sha, content: encoded }) }
    }
    if (pathname === '/repos/user/repo/contents/big.nut') {
      return {
        body: JSON.stringify({ type: 'file', encoding: 'none', size: 2_000_000, sha: 'b19', content: '' }),
      }
    }
    if (pathname === '/repos/user/repo/contents/lib') return { body: '[]' }
    if (pathname === '/repos/user/repo/contents/link') return { body: '{"type":"submodule","sha":"x"}' }
    if (pathname === '/repos/user/repo/contents/odd') return { body: '<html>' }
    if (pathname === '/repos/user/repo/contents/enormous') {
      return {
        body: JSON.stringify({ type: 'file', encoding: 'none', size: 50 * 1024 * 1024, sha, content: '' }),
      }
    }
    if (pathname === '/repos/user/repo/git/blobs/b19') return { body: 'big\n' }
    if (pathname === '/repos/user/limited/contents/x') {
      return { status: 403, headers: { 'x-ratelimit-remaining': '0' }, body: '{"message":"s3cret-token"}' }
    }
    return undefined
  }

  test('a file is read through the REST API with the credentials', async (context) => {
    const { url, seen } = await serve(context, reply)
    const github = { user: 'me', token: 's3cret-token', api: `${url}/` }
    const code = await run('@include "github:user/repo/lib/a b.nut@feature/x"\n', {
      github,
      lineControl: true,
    })
    assert.equal(
      code,
      '#line 1 "github:user/repo/lib/a b.nut"\n' +
        'a b.nut|github:user/repo/lib|feature/x|github:user/repo|null|null\né\n',
    )
    assert.deepEqual(seen, [
      {
        path: '/repos/user/repo/contents/lib/a%20b.nut?ref=feature%2Fx',
        authorization: BASIC,
        accept: 'application/vnd.github+json',
      },
    ])
  })

  test('without a ref or credentials the default branch is read anonymously', async (context) => {
    const { url, seen } = await serve(context, reply)
    const code = await run('@include "GitHub:user/repo/lib/../lib/a b.nut"\n', { github: { api: url } })
    assert.match(code, /^a b\.nut\|github:user\/repo\/lib\|null\|/)
    assert.deepEqual(
      [seen[0]?.path, seen[0]?.authorization],
      ['/repos/user/repo/contents/lib/a%20b.nut', undefined],
    )
  })

  test('a file over 1 MB is read as a blob', async (context) => {
    const { url, seen } = await serve(context, reply)
    assert.equal(await run('@include "github:user/repo/big.nut"', { github: { api: url } }), 'big\n')
    assert.equal(seen[1]?.accept, 'application/vnd.github.raw+json')
  })

  const failures: [string, string, RegExp][] = [
    ['user/repo/none.nut', 'NOT_FOUND', /GitHub answered HTTP\/404; check the path and ref/],
    ['user/repo/lib/a b.nut@none', 'NOT_FOUND', /HTTP\/404/],
    ['user/repo/lib', 'FILE', /is a folder/],
    ['user/repo/link', 'FILE', /is not a file/],
    ['user/repo/odd', 'SERVER', /cannot be understood/],
    ['user/repo/enormous', 'FILE', /has 50\.0 MB; the limit for a source is 16 MB/],
    ['user/limited/x', 'RATE_LIMIT', /rate limit is used up, wait or give credentials/],
    ['user/repo', 'DATA', /is not of the form github:<user>/],
    ['user/../x/y', 'DATA', /is not of the form/],
    ['user/repo/../../x', 'DATA', /leaves its repository/],
    ['user/repo/x@', 'DATA', /has no reference/],
  ]
  for (const [path, code, message] of failures) {
    test(`github:${path} is a clear error without the token`, async (context) => {
      const { url } = await serve(context, reply)
      const github = { user: 'me', token: 's3cret-token', api: url }
      await assert.rejects(
        run(`@include "github:${path}"`, { github }),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, code, error.message)
          assert.match(error.message, message)
          assert.doesNotMatch(
            JSON.stringify([error, error.message, error.stack, String(error.cause)]),
            /s3cret|czNjcm/,
          )
          return true
        },
      )
    })
  }
})

describe('bitbucket-server', () => {
  test('a file is read through the REST API with the credentials', async (context) => {
    const { url, seen } = await serve(context, () => ({ body: WHERE }))
    const bitbucketServer = { address: url, user: 'me', token: 's3cret-token' }
    const source =
      '@include "bitbucket-server:Tools/repo/d/f.nut@v1"\n@include "bitbucket-server:~me/repo/f.nut"\n'
    assert.equal(
      await run(source, { bitbucketServer }),
      'f.nut|bitbucket-server:Tools/repo/d|v1|bitbucket-server:Tools/repo|null|null\n' +
        'f.nut|bitbucket-server:~me/repo|null|bitbucket-server:~me/repo|null|null\n',
    )
    assert.deepEqual(
      seen.map(({ path, authorization }) => [path, authorization]),
      [
        ['/rest/api/1.0/projects/Tools/repos/repo/raw/d/f.nut?at=v1', BASIC],
        ['/rest/api/1.0/projects/~me/repos/repo/raw/f.nut', BASIC],
      ],
    )
  })

  test('without an address the error says so', async () => {
    await assert.rejects(run('@include "bitbucket-server:P/r/f.nut"'), {
      message: 'The address of the Bitbucket Server is not configured (/nowhere/main:1)',
    })
  })
})

describe('git-azure-repos', () => {
  const items = '/org/my%20project/_apis/git/repositories/repo/items'

  test('a ref is tried as a branch, then as a tag, then as a commit', async (context) => {
    const { url, seen } = await serve(context, (path) => {
      const { pathname, searchParams } = new URL(path, 'http://host')
      const type = searchParams.get('versionDescriptor.versionType')
      const version = searchParams.get('versionDescriptor.version')
      if (pathname !== items || searchParams.get('path') !== '/d/f.nut') return undefined
      if (type === null) return { body: 'default\n' }
      if ((type === 'tag' && version === 'v1') || (type === 'commit' && version === 'c0ffee1')) {
        return { body: `${type} ${WHERE}` }
      }
      return undefined
    })
    const azureRepos = { api: url, user: 'me', token: 's3cret-token' }
    const include = (ref: string): string => `@include "git-azure-repos:org/my project/repo/d/f.nut${ref}"\n`
    assert.equal(
      await run(include('') + include('@v1') + include('@c0ffee1'), { azureRepos }),
      'default\n' +
        'tag f.nut|git-azure-repos:org/my project/repo/d|v1|git-azure-repos:org/my project/repo|null|null\n' +
        'commit f.nut|git-azure-repos:org/my project/repo/d|c0ffee1|git-azure-repos:org/my project/repo|null|null\n',
    )
    assert.equal(seen.length, 1 + 2 + 3)
    assert.ok(seen.every(({ authorization }) => authorization === BASIC))
    await assert.rejects(run(include('@none'), { azureRepos }), { code: 'NOT_FOUND', message: /HTTP\/404/ })
  })

  test('a sign-in page is not taken for a source', async (context) => {
    const { url } = await serve(context, () => ({
      status: 203,
      headers: { 'content-type': 'text/html; charset=utf-8' },
      body: '<html>sign in</html>',
    }))
    await assert.rejects(run('@include "git-azure-repos:o/p/r/f.nut"', { azureRepos: { api: url } }), {
      code: 'AUTH',
      message: /asks to sign in; check the user and token/,
    })
  })
})

test('the sources of a run are listed once each, with their digests', async (context) => {
  const { url } = await serve(context, (path) => ({ body: `${path}\n` }))
  const folder = temporaryFolder(context)
  const local = join(folder, 'local.nut')
  writeFileSync(local, 'local\n')
  const source = `@include "${url}/a"\n@include "local.nut"\n@include "${url}/a"\n@{include("./local.nut")}`
  const { sources } = await preprocess({ source, name: 'main', path: folder })
  assert.deepEqual(sources, [
    { name: `${url}/a`, uri: `${url}/a`, sha256: sha256('/a\n') },
    { name: local, uri: `file:${local}`, path: local, sha256: sha256('local\n') },
  ])
})

test('remote sources give the same output as npm Builder', async (context) => {
  const files: Record<string, string> = {
    '/a.nut': WHERE,
    '/d/rel.nut': '@include once "c.nut"\n@include once "/a.nut"\nend @{__LINE__}\n',
    '/d/c.nut': `c ${WHERE}`,
    '/d/path.nut': '@include __PATH__ + "/c.nut"\n',
    '/rest/api/1.0/projects/P/repos/r/raw/d/f.nut?at=v1': `b ${WHERE}@include "g.nut"\n`,
    '/rest/api/1.0/projects/P/repos/r/raw/d/g.nut?at=v1': `g ${WHERE}`,
    '/rest/api/1.0/projects/P/repos/r/raw/root.nut?at=v1': '@{__PATH__}\n',
  }
  const { url } = await serve(context, (path) => {
    const body = files[path]
    return body === undefined ? undefined : { body }
  })
  const source = [
    `x@{include("${url}/a.nut")}y`,
    `@include "${url}/a.nut"`,
    `@include "${url}/d/rel.nut"`,
    `@include "${url}/d/path.nut"`,
    '@include "bitbucket-server:P/r/d/f.nut@v1"',
    '@{__URL_ROOT__} @{__REPO_PREFIX__}',
  ].join('\n')
  const atRoot = '@include "bitbucket-server:P/r/root.nut@v1"'
  const settings = { lineControl: true, remoteRelativeIncludes: true, bitbucketAddress: url }
  const options = { ...settings, bitbucketServer: { address: url } }
  // In a process of its own, as it blocks the process that the server runs in.
  const task = JSON.stringify({ sources: [source, atRoot], settings })
  const { stdout } = await promisify(execFile)(process.execPath, [
    program('preprocess/builder-process'),
    task,
  ])
  assert.deepEqual(JSON.parse(stdout), [
    { code: await run(source, options), warnings: [] },
    // A deliberate difference: the folder of a file at the root of its repository is the root, without "/.".
    { code: (await run(atRoot, options)).replaceAll('P/r', 'P/r/.'), warnings: [] },
  ])
})

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
