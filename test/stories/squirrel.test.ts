import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'

test('a program that never ends is told with its place, its log is whole, and the exit code is 1', async (t) => {
  const desk = await openDesk(t)
  const source = 'server.log("before")\nfunction spin() {\n  while (true) {}\n}\nimp.wakeup(1, spin)\n'
  await writeFile(join(desk.folder, 'loop.nut'), source)
  const plain = await desk.run([
    'squirrel',
    'run',
    'loop.nut',
    '--start',
    '2026-01-01',
    '--max-ticks',
    '90000',
  ])
  assert.equal(plain.code, 1)
  assert.equal(
    plain.stdout + plain.stderr,
    `2026-01-01T00:00:00.001Z [server.log] before
2026-01-01T00:00:01.001Z [server.error] ERROR: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks
2026-01-01T00:00:01.001Z [server.error] ERROR:   at spin:loop.nut:3
2026-01-01T00:00:01.001Z [lastexitcode] watchdog
Error: loop.nut: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks.
  at spin:loop.nut:3
IMPT COMMAND FAILS
`,
  )
  const json = await desk.run(['squirrel', 'run', 'loop.nut', '--max-ticks', '90000', '-z', 'json'])
  const error = JSON.parse(json.stdout.slice(json.stdout.indexOf('{\n'))) as Record<string, unknown>
  assert.deepEqual(error, {
    Error: 'loop.nut: the callback of imp.wakeup (loop.nut:2) took more than 90,000 ticks.',
    side: 'device',
    reason: 'ticks',
    callback: 'imp.wakeup',
    place: { file: 'loop.nut', line: 2 },
    frames: [{ name: 'spin', file: 'loop.nut', line: 3 }],
  })
  const wrong = await desk.run(['squirrel', 'run', 'loop.nut', '--start', 'yesterday'])
  assert.deepEqual([wrong.code, /is not a time/.test(wrong.stdout + wrong.stderr)], [2, true])
})
