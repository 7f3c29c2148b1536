// Hunts tests that fail now and then: `node scripts/soak.js [RUNS] [BUSY-LOOPS] [WORD...]` runs the tests (those whose path contains a
// WORD) RUNS times (20) beside BUSY-LOOPS processes (4) that only compute, and prints what failed, and how often. A process that a run leaves
// behind is a failure too. Each run has a seed of its own for the random inputs of properties, which it names: IMPT_TEST_SEED takes it again.
import { spawn, spawnSync } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { join } from 'node:path'
import { root } from './ready.js'

const [runs = 20, busy = 4] = process.argv.slice(2, 4).map(Number)
const words = process.argv.slice(4)
if (!(runs > 0 && busy >= 0)) throw new Error('usage: node scripts/soak.js [RUNS] [BUSY-LOOPS] [WORD...]')

const loops = Array.from({ length: busy }, () =>
  spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
)
process.on('exit', () => loops.forEach((loop) => loop.kill()))
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130))

const failures = new Map()
let green = 0
for (let number = 1; number <= runs; number++) {
  const started = performance.now()
  const before = orphans()
  const seed = randomInt(2 ** 31)
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'scripts/test.js'), ...words], {
    cwd: root,
    env: { ...process.env, IMPT_TEST_SEED: String(seed) },
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const failed = failedTests(stdout)
  // A run that ends badly without a failed test must not look green.
  if (status !== 0 && failed.length === 0) failed.push(`(the run ended with exit code ${status})`)
  for (const [pid, words] of orphans()) if (!before.has(pid)) failed.push(`(left behind: ${words})`)
  for (const name of failed) failures.set(name, (failures.get(name) ?? 0) + 1)
  if (failed.length === 0) green++
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(
    `run ${number} of ${runs}: seed ${seed}, ${seconds} s, ${failed.length === 0 ? 'green' : failed.join('; ')}`,
  )
}
console.log(`${green} of ${runs} runs green, beside ${busy} busy loops`)
for (const [name, times] of [...failures].sort((a, b) => b[1] - a[1])) console.log(`  ${times} x ${name}`)
process.exitCode = green === runs ? 0 : 1

/** The innermost tests that failed, by their names in the TAP or spec report. */
function failedTests(report) {
  const names = [...report.matchAll(/^\s*(?:not ok \d+ - |✖ )(.*?)(?: \([\d.]+ms\))?$/gm)].map(
    ([, name]) => name,
  )
  return [...new Set(names)].filter((name) => name !== 'failing tests:')
}

/** What runs though nobody waits for it: programs of this folder, and browsers, by their numbers. */
function orphans() {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 1 << 26 })
  const rows = [...stdout.matchAll(/^ *(\d+) +1 +(.*)$/gm)].filter(
    ([, , words]) => words.includes(root) || /chrom(?:e|ium)/i.test(words),
  )
  return new Map(rows.map(([, pid, words]) => [pid, words.slice(0, 200)]))
}
