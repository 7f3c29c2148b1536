// `npm run load`: results do not depend on the machine's load. Programs that never end and a test suite run ten times beside four busy loops, and
// once in quiet before; every run must say the same, byte for byte but for the wall clock. Ends with 1 on the first difference.
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.js'
import { root } from './ready.js'

const ROUNDS = 10
const BUSY = 4
/** A run that takes longer has failed; the busy loops end by themselves when all this time is over. */
const PATIENCE_MS = 300_000

const programs = {
  loop: 'server.log("before"); while (true) {}',
  throws: 'server.log("before"); while (true) try { throw 1 } catch (e) {}',
  recursion: 'function f(n) { return f(n + 1) + 1 } f(0)',
  // What is alive differs by some 10 kB from run to run: a verdict on memory can only be the same when the limit does not lie in between.
  push: 'local a = []; while (true) { a.push({x = a.len()}); if (a.len() % 1000 == 0) server.log(a.len()) }',
  doubling: 'local s = "x"; while (true) { s += s; server.log(s.len()) }',
  sort: 'local a = array(200000, 0); while (true) a.sort(@(x, y) y <=> x)',
  regexp:
    'local s = ""; for (local i = 0; i < 9999; i++) s += "a"; while (true) regexp("(a+)+$").search(s + "!")',
  json: 'local t = {}; for (local i = 0; i < 64; i++) t = {a = t, b = t}; http.jsonencode(t)',
  timers:
    'local n = 0; function tick() { imp.wakeup(0.01, tick); if (++n % 1000 == 0) server.log(n + " " + hardware.micros()) } tick()',
}

const suite = `class Load extends ImpTestCase {
    function testCounts() { this.assertEqual(2, 1 + 1); }
    function testTakesLong() { return Promise(function(ok, no) { imp.wakeup(20, @() ok("late")) }) }
    function testFails() { this.assertEqual(3, 1 + 1); }
    function testWorks() { local n = 0; for (local i = 0; i < 3000000; i++) n += i; this.assertTrue(n != 0); }
    function testTimesOut() { return Promise(function(ok, no) { }) }
}
`

const folder = mkdtempSync(join(tmpdir(), 'impt-load-'))
const env = {
  ...process.env,
  IMPT_SANDBOX_DIR: join(folder, 'cloud'),
  HOME: folder,
  XDG_CONFIG_HOME: folder,
  XDG_STATE_HOME: folder,
}

function impt(...words) {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'dist/impt.cjs'), ...words],
    {
      cwd: folder,
      env,
      encoding: 'utf8',
      timeout: PATIENCE_MS,
      maxBuffer: 1 << 28,
    },
  )
  if (error) throw error
  return { status, text: stdout + stderr }
}

/** What one round says: each program as it is, of the suite what its tests say. */
function round() {
  const said = {}
  for (const name of Object.keys(programs)) {
    const { status, text } = impt(
      'squirrel',
      'run',
      `${name}.nut`,
      '--seed',
      '1',
      '--start',
      '2026-01-01',
      '--time',
      '60',
      '--max-ticks',
      '5000000',
    )
    said[name] = `${status}\n${text}`
  }
  const { status, text } = impt('--sandbox', 'test', 'run')
  const tests = text.match(/(?<=^\[\+[^\]]* test\] )(?!.*[Ss]ession ").*$/gm) ?? []
  said.suite = `${status}\n${tests.join('\n')}\n`
  return said
}

function busyLoop() {
  const code = `const end = Date.now() + ${PATIENCE_MS * ROUNDS}; const parent = process.ppid; while (Date.now() < end) { for (let i = 0; i < 1e8; i++); if (process.ppid !== parent) break }`
  return spawn(process.execPath, ['-e', code], { stdio: 'ignore' })
}

async function main() {
  await build({ ifStale: true })
  for (const [name, code] of Object.entries(programs)) writeFileSync(join(folder, `${name}.nut`), code)
  mkdirSync(join(folder, 'tests'))
  writeFileSync(join(folder, 'tests/load.test.nut'), suite)
  const made = impt(
    '--sandbox',
    'test',
    'create',
    '--dg',
    'Pump Lab',
    '--test-file',
    'tests/*.test.nut',
    '--confirmed',
  )
  if (made.status !== 0) throw new Error(made.text)
  const quiet = round()
  for (const [name, text] of Object.entries(quiet))
    console.log(`${name}: ${text.trim().split('\n').slice(-2).join(' | ').slice(0, 140)}`)
  const loops = Array.from({ length: BUSY }, busyLoop)
  try {
    for (let count = 1; count <= ROUNDS; count++) {
      const loaded = round()
      const different = Object.keys(quiet).filter((name) => loaded[name] !== quiet[name])
      console.log(
        `round ${count} beside ${BUSY} busy loops: ${different.length === 0 ? 'the same' : `DIFFERENT: ${different.join(', ')}`}`,
      )
      for (const name of different)
        console.log(`--- quiet ${name}\n${quiet[name]}\n--- loaded ${name}\n${loaded[name]}`)
      if (different.length > 0) return 1
    }
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
  return 0
}

try {
  process.exitCode = await main()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
