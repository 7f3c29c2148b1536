import assert from 'node:assert/strict'
import { test } from 'node:test'
import { timeless } from './runner.ts'
import { openSquirrelWorld } from './squirrel-world.ts'

const PASSES = 'class A extends ImpTestCase {\n  function testA() {}\n}\n'

test('one include that cannot be read fails its file and names a cure that needs no server; the other files run', async () => {
  await using world = await openSquirrelWorld()
  await world.config()
  await world.file('tests/a.test.nut', `@include "http://127.0.0.1:1/lib/lost.nut"\n${PASSES}`)
  await world.file('tests/b.test.nut', PASSES)
  const { stdout, code } = await world.run(['-z', 'minimal'])
  const text = timeless(stdout)
  assert.match(
    text,
    /\[error\] Failed to fetch "http:\/\/127\.0\.0\.1:1\/lib\/lost\.nut": .* \(tests\/a\.test\.nut:1\) \(A copy of it at http\/127\.0\.0\.1%3A1\/lib\/lost\.nut below a mirror folder does without the server: --mirror DIR or IMPT_INCLUDE_MIRROR names the folder\)\n/,
  )
  assert.match(
    text,
    /\[test\] A::testA\(\)\n\[test\] Success\n\[test\] Tests: 1, Assertions: 0, Failures: 0\n/,
  )
  // A server that is away says nothing of the code.
  assert.equal(code, 8)

  await world.file('mirror/http/127.0.0.1%3A1/lib/lost.nut', 'FOUND <- 1\n')
  const cured = await world.run([], { env: { IMPT_INCLUDE_MIRROR: 'mirror' } })
  assert.equal(cured.code, 0, cured.stdout)
})

test('what does not compile is told with its place in minimal mode too, whatever compiles it', async () => {
  await using world = await openSquirrelWorld()
  await world.config()
  await world.file('bad.nut', 'server.log("a")\nlocal x = = 2\n')
  await world.file('tests/a.test.nut', `${PASSES}local x = = 3\n`)
  const commands: readonly (readonly [readonly string[], string])[] = [
    [['squirrel', 'check', 'bad.nut'], 'bad.nut:2:11'],
    [['squirrel', 'run', 'bad.nut'], 'bad.nut:2:11'],
    [['build', 'deploy', '--dg', 'Pump Lab', '--device-file', 'bad.nut'], 'bad.nut:2:11'],
    [['build', 'run', '--dg', 'Pump Lab', '--device-file', 'bad.nut'], 'bad.nut:2:11'],
    [['test', 'run'], 'tests/a.test.nut:4:11'],
  ]
  for (const [words, place] of commands) {
    const { stdout, stderr, code } = await world.command([...words, '-z', 'minimal'])
    assert.ok((stdout + stderr).includes(place), `${words.join(' ')}: ${stdout}${stderr}`)
    assert.equal(code, 1)
  }
})
