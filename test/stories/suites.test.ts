import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '../..')

test('each suite of a folder of checkouts has one line that says what it measured, and the exit code is honest', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'impt-checkouts-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const put = async (name: string, text: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const suite = (body: string) => `class A extends ImpTestCase {\n${body}\n}\n`
  await put('Good/Good.lib.nut', 'class Good { function one() { return 1 } }\n')
  await put(
    'Good/tests/a.test.nut',
    suite(
      '  function setUp() {}\n  function testA() { this.assertEqual(1, Good().one()) }\n  function tearDown() {}',
    ),
  )
  await put(
    'Other/tests/a.agent.test.nut',
    `@include "github:electricimp/Good/Good.lib.nut"\n${suite('  function testA() { this.assertEqual(1, Good().one()) }')}`,
  )
  const run = () => {
    const env = { ...process.env, IMPT_LIBRARIES: folder, IMPT_INCLUDE_MIRROR: '' }
    const { status, stdout, stderr } = spawnSync(process.execPath, ['scripts/suites.js'], {
      cwd: ROOT,
      encoding: 'utf8',
      env,
    })
    return { status, lines: stdout.split('\n').map((line) => line.replace(/ +/g, ' ')), stderr }
  }
  const good = run()
  assert.ok(good.lines.includes('Good 1 of 1 no expectation'), good.lines.join('\n') + good.stderr)
  assert.ok(good.lines.includes('Other 1 of 1 no expectation'), good.lines.join('\n'))
  assert.ok(good.lines.includes('Promise not present'))
  assert.equal(good.status, 0)

  await put(
    'Other/tests/b.agent.test.nut',
    `@include "http://127.0.0.1:1/lost.nut"\n${suite('  function testB() {}')}`,
  )
  await put(
    'Bad/tests/a.agent.test.nut',
    suite('  function testA() { this.assertTrue(false) }\n  function testB() {}'),
  )
  await put('Promise/tests/a.agent.test.nut', suite('  function testA() {}'))
  const { lines, status } = run()
  assert.ok(lines.includes('Bad 1 of 2 FAILS, and nothing is expected of it'), lines.join('\n'))
  assert.ok(lines.includes('Promise 1 of 1 WORSE: 392 of 392 expected'), lines.join('\n'))
  assert.ok(
    lines.some((line) =>
      line.startsWith('Other 1 of 1 NO RESULT from 1 of 2 files: tests/b.agent.test.nut: Failed to fetch'),
    ),
  )
  assert.equal(status, 1)
})
