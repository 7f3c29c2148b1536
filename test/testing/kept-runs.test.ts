import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isRunning, keepRun, keptRuns } from '../../src/testing/kept-runs.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'impt-kept-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

test('a run is kept as it goes, for this user alone', async (t) => {
  const state = await folder(t)
  const keep = keepRun(state, '/home/ada/library')
  await keep({ files: 2, current: 'a.test.nut' })
  const [going] = await keptRuns(state)
  assert.ok(going)
  assert.deepEqual(
    [going.directory, going.files, going.current, going.verdict],
    ['/home/ada/library', 2, 'a.test.nut', null],
  )
  assert.equal(isRunning(going), true)
  assert.equal(isRunning({ ...going, pid: 2 ** 22 + 1 }), false)
  await keep({ current: null, verdict: 'failed' })
  const [ended] = await keptRuns(state)
  assert.deepEqual([ended?.verdict, ended && isRunning(ended)], ['failed', false])
  const [name = ''] = await readdir(join(state, 'tests'))
  if (process.platform !== 'win32') assert.equal((await stat(join(state, 'tests', name))).mode & 0o777, 0o600)
})

test('the newest twenty runs stay, and what is damaged or newer is left out', async (t) => {
  const state = await folder(t)
  for (let i = 0; i < 25; i++) await keepRun(state, `/run/${i}`)({ verdict: 'passed' })
  assert.equal((await keptRuns(state)).length, 20)
  await writeFile(join(state, 'tests/20990101T000000-aaaaaa.json'), '{"format": 1')
  await writeFile(join(state, 'tests/20990101T000001-aaaaaa.json'), '{"format": 2, "sessions": []}')
  await writeFile(join(state, 'tests/other.txt'), 'x')
  assert.equal((await keptRuns(state)).length, 20)
})

test('a run goes on where nothing can be written', async (t) => {
  const state = await folder(t)
  await writeFile(join(state, 'tests'), 'a file where the folder should be')
  await keepRun(state, '/x')({ verdict: 'passed' })
  assert.deepEqual(await keptRuns(state), [])
})
