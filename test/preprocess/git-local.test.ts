import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { preprocess } from '../../src/preprocess/preprocess.ts'
import { runBuilder } from './builder.ts'
import { temporaryFolder } from './fixture.ts'

const WHERE = '@{__FILE__}|@{__PATH__}|@{__REPO_REF__}|@{__REPO_PREFIX__}|@{__LINE__}\n'

/** A repository with `lib/` on main (tag v1.0) and a branch feature/x with one more file. */
function repository(context: TestContext): { folder: string; git: (...args: string[]) => string } {
  const folder = temporaryFolder(context)
  const git = (...args: string[]): string =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=n', '-c', 'user.email=e@x', ...args], {
      encoding: 'utf8',
    })
  git('init', '-q', '-b', 'main')
  mkdirSync(join(folder, 'lib'))
  writeFileSync(join(folder, 'lib/r.nut'), `R ${WHERE}@include once "n.nut"\nend\n`)
  writeFileSync(join(folder, 'lib/n.nut'), `N ${WHERE}`)
  writeFileSync(join(folder, 'lib/p.nut'), '@include __REPO_PREFIX__ + "/lib/n.nut@" + __REPO_REF__\n')
  git('add', '.')
  git('commit', '-qm', 'one')
  git('tag', 'v1.0')
  git('checkout', '-q', '-b', 'feature/x')
  mkdirSync(join(folder, 'only'))
  writeFileSync(join(folder, 'only/here.nut'), 'only here\n')
  git('add', '.')
  git('commit', '-qm', 'two')
  git('checkout', '-q', 'main')
  return { folder, git }
}

test('committed files give the same output as npm Builder', async (context) => {
  const { folder, git } = repository(context)
  const outside = temporaryFolder(context)
  writeFileSync(join(outside, 'n.nut'), `local ${WHERE}`)
  writeFileSync(join(folder, 'lib/n.nut'), 'not committed\n')
  const head = git('rev-parse', 'HEAD').trim()
  for (const remoteRelativeIncludes of [false, true]) {
    const source = ['lib/r.nut@v1.0', 'lib/p.nut@v1.0', `lib/n.nut@${head}`, 'lib/r.nut@main']
      .map((path) => `@include "git-local:${folder}/${path}"\n`)
      .join('')
    const settings = { lineControl: true, remoteRelativeIncludes }
    const ours = await preprocess({ source, name: 'main' }, { env: {}, directory: outside, ...settings })
    assert.deepEqual(runBuilder(source, 'main', outside, {}, settings), {
      code: ours.code,
      warnings: [],
    })
    assert.match(ours.code, /^#line 1 "git-local:.*\/lib\/r\.nut"$/m)
  }
})

test('a ref that is not given is null, where npm Builder says undefined', async (context) => {
  const { folder } = repository(context)
  const source = `@include "git-local:${folder}/lib/n.nut"`
  const ours = await preprocess({ source, name: 'main', path: folder })
  const prefix = `git-local:${folder}`
  assert.equal(ours.code, `N n.nut|${prefix}/lib|null|${prefix}|1\n`)
  assert.deepEqual(runBuilder(source, 'main', folder), {
    code: `N n.nut|${prefix}/lib|undefined|${prefix}|1\n`,
    warnings: [],
  })
})

test('a file is read relative to the working directory, and from a folder that only its ref has', async (context) => {
  const { folder } = repository(context)
  const source = '@include "git-local:only/here.nut@feature/x"\n@{include("git-local:./lib/n.nut")}\n'
  const { code } = await preprocess({ source, name: 'main' }, { directory: folder })
  assert.equal(code, `only here\nN n.nut|git-local:./lib|null|git-local:${folder}|1\n`)
})

const failures: [string, RegExp][] = [
  ['lib/none.nut', /cannot be read: path 'lib\/none\.nut' does not exist in 'HEAD'/],
  ['lib/n.nut@none', /cannot be read: invalid object name 'none'/],
  ['lib', /cannot be read/],
  ['lib/n.nut@--help', /has no valid ref/],
  ['../x.nut', /cannot be read: not a git repository/],
]
for (const [path, message] of failures) {
  test(`git-local:${path} is a clear error`, async (context) => {
    const { folder } = repository(context)
    const source = `@include "git-local:${folder}/${path}"`
    await assert.rejects(preprocess({ source, name: 'main', path: folder }), (error: Error) => {
      assert.equal(error.name, 'PreprocessError')
      assert.match(error.message, message)
      assert.match(error.message, /^[^\n]+\/main:1\)$/)
      return true
    })
  })
}

test('a lock keeps the commit, in the format of npm Builder', async (context) => {
  const { folder, git } = repository(context)
  const lock = join(folder, 'lock.json')
  const source = `@include "git-local:${folder}/lib/n.nut"\n@include "git-local:${folder}/only/here.nut@feature/x"\n`
  const input = { source, name: 'main', path: folder }
  const first = await preprocess(input, { lock: { save: lock } })
  assert.deepEqual(JSON.parse(readFileSync(lock, 'utf8')), [
    [`git-local:${folder}/lib/n.nut`, git('rev-parse', 'main').trim()],
    [`git-local:${folder}/only/here.nut@feature/x`, git('rev-parse', 'feature/x').trim()],
  ])
  writeFileSync(join(folder, 'lib/n.nut'), 'newer\n')
  git('commit', '-qam', 'three')
  git('branch', '-qD', 'feature/x')
  assert.equal((await preprocess(input, { lock: { use: lock } })).code, first.code)
  rmSync(lock)
  await assert.rejects(preprocess(input), /invalid object name 'feature\/x'/)
})
