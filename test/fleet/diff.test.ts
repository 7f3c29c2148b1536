import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { DEFAULT_DIFF, diffPrograms, patchText } from '../../src/fleet/diff.ts'
import { openWorld } from '../commands/world.ts'
import { newFolder } from './world.ts'
import { fc } from '../properties.ts'

const line = fc.constantFrom(
  'a',
  'b',
  '',
  ' c',
  '#line 7 "x.nut"',
  '-- d',
  '++ e',
  '\\ f',
  'g\r',
  '@@ -1 +1 @@',
)
const text = fc
  .tuple(fc.array(line, { maxLength: 12 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''))

describe('the difference of two builds', () => {
  test('of raw texts is a patch that git takes from one to the other', async (t) => {
    const folder = newFolder(t)
    let run = 0
    await fc.assert(
      fc.asyncProperty(text, text, text, text, fc.integer({ min: 0, max: 4 }), async (a, b, c, d, wanted) => {
        // Without context git takes a last line that has no end for the beginning of any other line.
        const isOpen = [a, b].some((one) => one !== '' && !one.endsWith('\n'))
        const context = isOpen ? Math.max(1, wanted) : wanted
        const [from, to] = [
          { device: a, agent: b },
          { device: c, agent: d },
        ]
        const diffs = await diffPrograms(from, to, { ...DEFAULT_DIFF, context, raw: true })
        if (a === c && b === d) return assert.deepEqual(diffs, [])
        const place = join(folder, String(run++))
        mkdirSync(place)
        writeFileSync(join(place, 'device.nut'), a)
        writeFileSync(join(place, 'agent.nut'), b)
        writeFileSync(join(place, 'patch'), patchText(diffs))
        const zero = context === 0 ? ['--unidiff-zero'] : []
        execFileSync('git', ['apply', '--whitespace=nowarn', ...zero, 'patch'], {
          cwd: place,
          env: {
            PATH: process.env['PATH'],
            HOME: folder,
            GIT_CEILING_DIRECTORIES: folder,
            GIT_CONFIG_NOSYSTEM: '1',
          },
          stdio: 'pipe',
        })
        assert.deepEqual(
          [readFileSync(join(place, 'device.nut'), 'utf8'), readFileSync(join(place, 'agent.nut'), 'utf8')],
          [c, d],
        )
      }),
      { numRuns: 60, examples: [['', '++ e\n++ e', '', '++ e\n', 0]] },
    )
  })

  test('is numbered by the lines of the files that a person wrote', async () => {
    const main = (value: number) =>
      `#line 1 "device.nut"\na\n#line 1 "lib/net.nut"\none\ntwo\nthree = ${value}\nfour\n#line 3 "device.nut"\nlast\n`
    const diffs = await diffPrograms(
      { device: main(1), agent: '' },
      { device: main(2), agent: 'new\n' },
      { ...DEFAULT_DIFF, context: 1 },
    )
    assert.deepEqual(
      diffs.map(({ file, side, status, added, removed }) => [file, side, status, added, removed]),
      [
        ['lib/net.nut', 'device', 'changed', 1, 1],
        ['agent.nut', 'agent', 'added', 1, 0],
      ],
    )
    assert.match(
      patchText(diffs),
      /^--- a\/lib\/net\.nut\n\+\+\+ b\/lib\/net\.nut\n@@ -2,3 \+2,3 @@\n two\n-three = 1\n\+three = 2\n four\n/,
    )
  })

  test('of texts without anything in common is counted, not searched for', async () => {
    const lines = (name: string) => Array.from({ length: 200_000 }, (_, i) => `${name} ${i}\n`).join('')
    const [diff] = await diffPrograms({ device: lines('a'), agent: '' }, { device: lines('b'), agent: '' })
    assert.deepEqual(diff && [diff.added >= 200_000, diff.removed >= 200_000, diff.hunks], [
      true,
      true,
      undefined,
    ])
  })
})

describe('impt build diff', () => {
  test('compares builds, groups and the sources here; 6 says that they differ', async (t) => {
    const world = await openWorld()
    t.after(() => world.close())
    const write = (name: string, content: string) => writeFileSync(join(world.directory, name), content)
    write('d.nut', 'server.log("one")\n')
    write('a.nut', 'server.log("agent")\n')
    const deploy = ['build', 'deploy', '-g', 'Pump Lab', '-x', 'd.nut', '-y', 'a.nut']
    assert.equal((await world.run([...deploy, '-t', 'v1'])).code, 0)
    write('d.nut', 'server.log("two")\n')
    assert.equal((await world.run([...deploy, '-t', 'v2'])).code, 0)

    const different = await world.run(['build', 'diff', 'v1', 'v2'])
    assert.equal(different.code, 6)
    assert.match(different.stdout, /^A: build \S+, sha \w{12}, tags v1, \S+Z\nB: build .*tags v2/)
    assert.match(
      different.stdout,
      /\n--- a\/device\.nut\n\+\+\+ b\/device\.nut\n@@ -1 \+1 @@\n-server\.log\("one"\)\n\+server\.log\("two"\)\nIMPT COMMAND SUCCEEDS\n$/,
    )
    assert.deepEqual(await world.json(['build', 'diff', 'v1', 'v2']), [
      {
        file: 'device.nut',
        side: 'device',
        status: 'changed',
        added: 1,
        removed: 1,
        hunks: [
          {
            oldStart: 1,
            oldLines: 1,
            newStart: 1,
            newLines: 1,
            lines: ['-server.log("one")', '+server.log("two")'],
          },
        ],
      },
    ])
    const same = await world.run(['build', 'diff', 'dg:Pump Lab', '-x', 'd.nut', '-y', 'a.nut'])
    assert.deepEqual([same.code, same.stdout], [0, 'The code is the same.\nIMPT COMMAND SUCCEEDS\n'])
    assert.deepEqual(await world.json(['build', 'diff', 'v2', '.', '-x', 'd.nut', '-y', 'a.nut']), [])
    assert.equal((await world.run(['build', 'diff', 'v1', 'v2', '-j'])).code, 0)
    assert.match(
      (await world.run(['build', 'diff', 'v1', 'v2', '--stat', '-z', 'minimal'])).stdout,
      /\n device\.nut \| \+1 -1\n$/,
    )
    for (const words of [['dg:Pump Lab'], ['.', 'v1'], ['v1', '.', '--stat'], ['.']]) {
      const nowhere = await world.run(['build', 'diff', ...words])
      assert.equal(nowhere.code, 1, nowhere.stdout)
      assert.equal(
        nowhere.stdout,
        'Error: There are no sources here to compare with.\nGive --device-file and --agent-file, stand in a directory with a Project file, or name two builds\nIMPT COMMAND FAILS\n',
      )
      assert.equal(nowhere.stderr, '')
    }
    const half = await world.run(['build', 'diff', 'dg:Pump Lab', '-x', 'd.nut'])
    assert.equal(half.code, 6, 'one of the two is enough')
    // What no manual shows has a line for each that may be meant.
    write('d.nut', 'server.log("three")\n')
    assert.equal((await world.run([...deploy, '-t', 'v2'])).code, 0)
    for (const more of [[], ['-z', 'minimal']])
      assert.match(
        (await world.run(['build', 'diff', 'v1', 'v2', ...more])).stdout,
        /^Error: Multiple Deployments "v2" are found:\n(?: {2}[0-9a-f-]{36} {2}\d+ s ago {2}v2 {2}\w{8} {2}Pump Lab\n){2}(?:Use the id of the one that is meant\.\nIMPT COMMAND FAILS\n)?$/,
      )
    assert.match(
      (await world.run(['build', 'info', '-b', 'v2'])).stdout,
      /^Error: Multiple Deployments "v2" are found:\n\w+: *\n/,
    )
    const none = await world.run(['build', 'diff', 'dg:Pump Pilot', 'v1'])
    assert.deepEqual(
      [none.code, none.stdout.split('\n')[0]],
      [1, 'Error: Device Group "Pump Pilot" has no builds.'],
    )
    assert.match(
      (await world.run(['build', 'diff', 'nope', 'v1'])).stdout,
      /^Error: Deployment "nope" is not found\.\n/,
    )
    assert.match(
      (await world.run(['build', 'diff', 'v1', '-x', 'nope.nut'])).stdout,
      /"nope\.nut" is not found/,
    )
  })

  test('reads code by id where lists leave it out', async (t) => {
    const world = await openWorld({ listsLeaveOutCode: true })
    t.after(() => world.close())
    const builds = await world.json(['build', 'list', '-g', 'Thermostat Development'])
    const [a, b] = builds.map((one: any) => one.Deployment.id)
    const found = await world.json(['build', 'diff', a, b])
    assert.ok(found.length > 0 && found.every((one: any) => one.added + one.removed > 0))
  })
})

test('texts in which nothing agrees are given up after a second, and their lines are counted', async (t) => {
  const lines = (word: string) => Array.from({ length: 50 }, (_, i) => `${word} ${i}\n`).join('')
  let time = 0
  t.mock.method(Date, 'now', () => (time += 600))
  const diffs = await diffPrograms({ device: lines('a') }, { device: `${lines('b')}a 7\n` })
  assert.deepEqual(
    diffs.map(({ added, removed, hunks }) => ({ added, removed, hunks })),
    [{ added: 50, removed: 49, hunks: undefined }],
  )
  assert.match(patchText(diffs), /\(too different to show: \+50 -49 lines\)/)
})
