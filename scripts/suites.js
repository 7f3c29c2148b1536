// `npm run suites`: runs the impUnit suites of real library checkouts in the sandbox. IMPT_LIBRARIES names a folder that holds the checkouts, each
// under its repository's name; they are not part of this project. A suite that passes fewer tests than suites.json expects is a failure.
import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.js'
import { root } from './ready.js'

const folder = process.env.IMPT_LIBRARIES
if (!folder) {
  console.log('not present: IMPT_LIBRARIES is not set, no library suite was run')
  process.exit(0)
}

await build({ ifStale: true })
const expected = JSON.parse(readFileSync(join(root, 'scripts/suites.json'), 'utf8'))
const home = mkdtempSync(join(tmpdir(), 'impt-suites-'))
let worse = 0
try {
  for (const name of readdirSync(folder).filter((entry) => existsSync(join(folder, entry, '.impt.test')))) {
    const { tests, passed } = runSuite(name)
    const wanted = expected[name]
    const isWorse = wanted !== undefined && passed < wanted.passed
    worse += isWorse ? 1 : 0
    const note =
      wanted === undefined
        ? 'no expectation'
        : isWorse
          ? `WORSE: ${wanted.passed} of ${wanted.tests} expected`
          : 'as expected'
    console.log(`${name.padEnd(28)} ${String(passed).padStart(4)} of ${String(tests).padStart(4)}  ${note}`)
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exitCode = worse > 0 ? 1 : 0

/** Runs one suite in a copy of its checkout, so that the checkout stays as it is. */
function runSuite(name) {
  const directory = join(home, name)
  cpSync(join(folder, name), directory, { recursive: true })
  const report = join(home, `${name}.json`)
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, 'dist/impt.cjs'),
      '--sandbox',
      'test',
      'run',
      '--dg',
      'Pump Lab',
      '--report',
      `json=${report}`,
      '-z',
      'minimal',
    ],
    {
      cwd: directory,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      // Includes from GitHub come from the checkouts themselves.
      env: {
        ...process.env,
        HOME: home,
        IMPT_SANDBOX_DIR: join(home, 'sandbox'),
        IMPT_INCLUDE_MIRROR: process.env.IMPT_INCLUDE_MIRROR ?? folder,
      },
    },
  )
  if (!existsSync(report)) {
    console.log(`${name}: no report\n${(stdout + stderr).slice(-2000)}`)
    return { tests: 0, passed: 0 }
  }
  const { tests, failures } = JSON.parse(readFileSync(report, 'utf8'))
  return { tests, passed: tests - failures }
}
