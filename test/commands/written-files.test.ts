import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openWorld } from './world.ts'

/** Commands that write a file for a person, as `place` names it; what is told, and the file that is there then. */
const WRITERS: readonly (readonly [
  what: string,
  words: (place: string) => readonly string[],
  file: (place: string) => string,
])[] = [
  [
    'The html coverage report',
    (at) => ['squirrel', 'run', 'd.nut', '--coverage', `html=${at}`],
    (at) => `${at}/index.html`,
  ],
  ['The lcov coverage report', (at) => ['squirrel', 'run', 'd.nut', '--coverage', `lcov=${at}`], (at) => at],
  ['The json coverage report', (at) => ['squirrel', 'run', 'd.nut', '--coverage', `json=${at}`], (at) => at],
  ['The profile', (at) => ['squirrel', 'run', 'd.nut', '--profile', `folded=${at}`], (at) => at],
  ['The profile', (at) => ['squirrel', 'run', 'd.nut', '--profile', `json=${at}`], (at) => at],
  ['The report', (at) => ['device', 'restart', '-d', 'Kitchen', '--report', at], (at) => at],
]

async function worldOf(t: TestContext) {
  const world = await openWorld()
  t.after(() => world.close())
  writeFileSync(join(world.directory, 'd.nut'), 'function f() { return 1 }\nf()\n')
  return world
}

describe('a command that writes a file', () => {
  for (const [what, words, file] of WRITERS) {
    const line = words('X').join(' ')

    test(`says once, beside its output, where: ${line}`, async (t) => {
      const world = await worldOf(t)
      const { code, stderr } = await world.run(words('out/new'))
      assert.deepEqual([code, stderr], [0, `${what} is written to ${file('out/new')}.\n`])
      assert.ok(readFileSync(join(world.directory, file('out/new')), 'utf8').length > 0)
      for (const mode of ['minimal', 'json']) {
        const other = await world.run([...words(`out/${mode}`), '-z', mode])
        assert.deepEqual([other.code, other.stderr], [0, ''], mode)
        assert.ok(existsSync(join(world.directory, file(`out/${mode}`))))
      }
    })

    test(`is refused before it does anything where there can be none: ${line}`, async (t) => {
      const world = await worldOf(t)
      writeFileSync(join(world.directory, 'file'), '')
      for (const place of ['/proc/x', '/proc/nope/x', 'file/x']) {
        world.requests()
        const { code, stdout, stderr } = await world.run(words(place))
        assert.equal(code, 1)
        assert.equal(stdout.match(/^Error: /gm)?.length, 1, stdout)
        assert.ok(stdout.includes(place), stdout)
        assert.equal(stderr, '')
        assert.deepEqual(
          world.requests().filter((one) => !one.startsWith('GET ')),
          [],
        )
      }
    })
  }

  test('is refused before it reads the fleet where there can be no snapshot', async (t) => {
    const world = await worldOf(t)
    world.requests()
    const { code, stdout } = await world.run(['fleet', 'snapshot', '/proc/x.csv'])
    assert.equal(code, 1)
    assert.match(stdout, /^Error: The snapshot "\/proc\/x\.csv" cannot be written: /)
    assert.deepEqual(world.requests(), [])
  })
})
