import assert from 'node:assert/strict'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { ImptError } from '../../src/output/error.ts'
import { readBuilderVariables } from '../../src/session/builder-file.ts'
import { githubCredentials, writeGithub } from '../../src/session/github-file.ts'
import {
  deleteProject,
  readProject,
  requireProject,
  updateProject,
  writeProject,
} from '../../src/session/project-file.ts'
import { deleteTest, readTest, requireTest, updateTest, writeTest } from '../../src/session/test-file.ts'
import { json, ownFolder } from './folder.ts'
import { fc } from '../properties.ts'

test('a Project file is written in the documented form', async (t) => {
  const folder = await ownFolder(t)
  await writeProject(folder, { agentFile: 'agent.nut', deviceFile: 'device.nut', deviceGroupId: 'dfcde3bd' })
  assert.equal(
    await readFile(join(folder, '.impt.project'), 'utf8'),
    '{\n  "deviceGroupId": "dfcde3bd",\n  "deviceFile": "device.nut",\n  "agentFile": "agent.nut"\n}',
  )
})

test('a Project without a preprocess key stays without one', async (t) => {
  const folder = await ownFolder(t)
  const before = { deviceGroupId: 'g', deviceFile: 'd', agentFile: 'a', ours: { x: 1 } }
  await writeFile(join(folder, '.impt.project'), json(before))
  assert.deepEqual(await readProject(folder), { deviceGroupId: 'g', deviceFile: 'd', agentFile: 'a' })
  await updateProject(folder, { agentFile: 'b' })
  assert.equal(await readFile(join(folder, '.impt.project'), 'utf8'), json({ ...before, agentFile: 'b' }))
  await updateProject(folder, { preprocess: true })
  assert.equal((await readProject(folder))?.preprocess, true)
})

test('a missing Project file is told where it is needed, and never made by an update', async (t) => {
  const folder = await ownFolder(t)
  const message = 'Project File is not found in the current directory.'
  assert.equal(await readProject(folder), undefined)
  await assert.rejects(requireProject(folder), { code: 'FILE', message })
  await assert.rejects(updateProject(folder, { agentFile: 'b' }), { code: 'FILE', message })
  assert.equal(await deleteProject(folder), false)
})

test('a corrupted Project file can be deleted', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, '.impt.project'), '{"deviceGroupId": ')
  await assert.rejects(requireProject(folder), { code: 'FILE', message: 'Project File is corrupted.' })
  assert.equal(await deleteProject(folder), true)
})

const WRONG: Record<string, readonly unknown[]> = {
  '.impt.project': [
    { deviceGroupId: undefined },
    { deviceGroupId: '' },
    { deviceGroupId: 7 },
    { deviceFile: [] },
    { agentFile: false },
    { preprocess: 'yes' },
  ],
  '.impt.test': [
    { deviceGroupId: null },
    { deviceGroupId: {} },
    { timeout: '30' },
    { timeout: 0 },
    { timeout: -1 },
    { stopOnFail: 'false' },
    { allowDisconnect: 1 },
    { builderCache: [] },
    { testFiles: '*.nut' },
    { testFiles: ['a', 1] },
    { deviceFile: 1 },
    { agentFile: {} },
    { githubConfig: true },
    { builderConfig: [] },
  ],
}

for (const [name, changes] of Object.entries(WRONG)) {
  for (const change of changes as readonly object[]) {
    test(`${name} with ${json(change)} is corrupted, the key is named, the file is kept`, async (t) => {
      const folder = await ownFolder(t)
      const text = json({ deviceGroupId: 'g', ...change })
      await writeFile(join(folder, name), text)
      const reading = name === '.impt.test' ? requireTest(folder) : requireProject(folder)
      const error = await reading.catch((error: unknown) => error)
      assert.ok(error instanceof ImptError)
      assert.match(error.message, /^(Project|Test Configuration) File is corrupted\.$/)
      assert.ok(error.notes.join(' ').includes(`"${Object.keys(change)[0]}"`))
      assert.equal(await readFile(join(folder, name), 'utf8'), text)
    })
  }
}

test('null and an empty text count as not set where a key is optional', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(
    join(folder, '.impt.project'),
    json({ deviceGroupId: 'g', deviceFile: null, agentFile: '' }),
  )
  assert.deepEqual(await readProject(folder), { deviceGroupId: 'g' })
})

test('a test configuration is written in the documented order and read back', async (t) => {
  const folder = await ownFolder(t)
  const keys = [
    'deviceGroupId',
    'timeout',
    'stopOnFail',
    'allowDisconnect',
    'builderCache',
    'testFiles',
    'agentFile',
  ]
  await writeTest(folder, {
    agentFile: 'a.nut',
    testFiles: ['x'],
    builderCache: true,
    allowDisconnect: false,
    stopOnFail: true,
    timeout: 12,
    deviceGroupId: 'g',
  })
  const content = JSON.parse(await readFile(join(folder, '.impt.test'), 'utf8')) as object
  assert.deepEqual(Object.keys(content), keys)
  assert.deepEqual(await readTest(folder), content)
})

test('a test configuration that says only the group has the documented defaults', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, '.impt.test'), json({ deviceGroupId: 'g' }))
  assert.deepEqual(await requireTest(folder), {
    deviceGroupId: 'g',
    timeout: 30,
    stopOnFail: false,
    allowDisconnect: false,
    builderCache: false,
    testFiles: ['*.test.nut', 'tests/**/*.test.nut'],
  })
})

test('an update of a test configuration changes, removes and keeps keys', async (t) => {
  const folder = await ownFolder(t)
  const message = 'Test Configuration File is not found in the current directory.'
  await assert.rejects(updateTest(folder, { timeout: 5 }), { code: 'FILE', message })
  // "toString" is a key that every object inherits.
  const before = { deviceGroupId: 'g', timeout: 30, deviceFile: 'd', theirs: null, toString: null }
  await writeFile(join(folder, '.impt.test'), json(before))
  await updateTest(folder, { timeout: 5, deviceFile: null, githubConfig: null, agentFile: 'a' })
  const after = { deviceGroupId: 'g', timeout: 5, theirs: null, toString: null, agentFile: 'a' }
  assert.equal(await readFile(join(folder, '.impt.test'), 'utf8'), json(after))
  assert.equal(await deleteTest(folder), true)
})

test('any update of any test configuration keeps the keys that it does not name', async (t) => {
  const folder = await ownFolder(t)
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(fc.string(), fc.jsonValue()),
      fc.integer({ min: 1 }),
      async (unknown, timeout) => {
        const before = { ...(JSON.parse(json(unknown)) as object), deviceGroupId: 'g', timeout: 1 }
        await writeFile(join(folder, '.impt.test'), json(before))
        await updateTest(folder, { timeout })
        assert.equal(await readFile(join(folder, '.impt.test'), 'utf8'), json({ ...before, timeout }))
      },
    ),
    { numRuns: 30 },
  )
})

test('GitHub credentials are written as documented, closed to others', async (t) => {
  const folder = await ownFolder(t)
  await writeGithub(folder, 'gh.json', { githubToken: 'T', githubUser: 'U' })
  const path = join(folder, 'gh.json')
  assert.equal(await readFile(path, 'utf8'), '{\n  "githubUser": "U",\n  "githubToken": "T"\n}')
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

test('GitHub credentials come from the file, else from the environment, else from nowhere', async (t) => {
  const folder = await ownFolder(t)
  const env = { GITHUB_USER: 'EU', GITHUB_TOKEN: 'ET' }
  const ofEnvironment = { githubUser: 'EU', githubToken: 'ET' }
  await writeGithub(folder, 'full', { githubUser: 'U', githubToken: 'T' })
  await writeGithub(folder, 'half', { githubUser: 'U', githubToken: '' })
  await writeFile(join(folder, 'broken'), '{')
  assert.deepEqual(await githubCredentials(folder, 'full', env), { githubUser: 'U', githubToken: 'T' })
  assert.deepEqual(await githubCredentials(folder, 'half', env), ofEnvironment)
  assert.deepEqual(await githubCredentials(folder, 'missing', env), ofEnvironment)
  assert.deepEqual(await githubCredentials(folder, undefined, env), ofEnvironment)
  assert.equal(await githubCredentials(folder, undefined, { GITHUB_USER: 'EU', GITHUB_TOKEN: '' }), undefined)
  const message = 'GitHub credentials Configuration File is corrupted.'
  await assert.rejects(githubCredentials(folder, 'broken', env), { code: 'FILE', message })
})

test('Builder variables are the keys of the file; a missing or broken file gives none and a line to warn with', async (t) => {
  const folder = await ownFolder(t)
  await writeFile(join(folder, 'good'), '{"a": 1, "b": {"c": []}}')
  await writeFile(join(folder, 'broken'), '{"a": 1')
  await mkdir(join(folder, 'folder'))
  assert.deepEqual(await readBuilderVariables(folder, 'good'), { variables: { a: 1, b: { c: [] } } })
  assert.deepEqual(await readBuilderVariables(folder, 'missing'), {
    variables: {},
    problem: 'Builder Configuration File missing is not found.',
  })
  const broken = await readBuilderVariables(folder, 'broken')
  assert.deepEqual(broken.variables, {})
  assert.match(
    broken.problem ?? '',
    /^Builder Configuration File is corrupted\. It is ignored: .*not valid JSON$/,
  )
  await assert.rejects(readBuilderVariables(folder, 'folder'), { code: 'FILE', message: /^File error: / })
})
