// `npm run suites`: runs the impUnit suites of real library checkouts in the sandbox. IMPT_LIBRARIES names a folder that holds the checkouts, each
// under its repository's name; they are not part of this project. One line a suite. The exit code is 1 when a suite passes fewer tests than
// suites.json expects (all of them, where it says nothing), or when one of its files gave no result.
import { spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from './build.js'
import { root } from './ready.js'

const folder = process.env.IMPT_LIBRARIES
if (!folder) {
  console.log('not present: IMPT_LIBRARIES is not set, no library suite was run')
  process.exit(0)
}

if (!existsSync(folder)) {
  console.log(`IMPT_LIBRARIES names "${folder}", which is no folder of checkouts`)
  process.exit(1)
}

await build({ ifStale: true })
const expected = JSON.parse(readFileSync(join(root, 'scripts/suites.json'), 'utf8'))
const checkouts = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  .map(({ name }) => name)
const home = mkdtempSync(join(tmpdir(), 'impt-suites-'))
let bad = 0
try {
  const mirror = mirrorOf(checkouts)
  for (const name of new Set([...Object.keys(expected), ...checkouts])) {
    const files = checkouts.includes(name) ? testFilesOf(join(folder, name)) : []
    const wanted = expected[name]
    if (files.length === 0) {
      // A library without tests is there for the others.
      if (wanted) say(name, '', 'not present')
      continue
    }
    const result = runSuite(name, files, mirror)
    const isWorse = result.problem !== undefined || result.passed < (wanted ?? result).passed
    const fails = wanted === undefined && result.passed < result.tests
    bad += isWorse || fails ? 1 : 0
    const note =
      result.problem ??
      (isWorse
        ? `WORSE: ${wanted.passed} of ${wanted.tests} expected`
        : fails
          ? 'FAILS, and nothing is expected of it'
          : wanted === undefined
            ? 'no expectation'
            : 'as expected')
    say(name, `${String(result.passed).padStart(4)} of ${String(result.tests).padStart(4)}`, note)
  }
} finally {
  rmSync(home, { recursive: true, force: true })
}
process.exitCode = bad > 0 ? 1 : 0

function say(name, figures, note) {
  console.log(`${name.padEnd(28)} ${figures.padEnd(12)}  ${note}`)
}

/** A mirror laid out as includes name it: OWNER/REPOSITORY. The checkouts are those of one owner. */
function mirrorOf(names) {
  if (process.env.IMPT_INCLUDE_MIRROR) return process.env.IMPT_INCLUDE_MIRROR
  const owner = join(home, 'mirror', 'electricimp')
  mkdirSync(owner, { recursive: true })
  for (const name of names) symlinkSync(join(folder, name), join(owner, name), 'dir')
  return join(home, 'mirror')
}

/** Test files of a checkout, relative to it. */
function testFilesOf(directory) {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.test.nut') && !/(?:^|\/)node_modules\//.test(name))
}

/** Runs one suite in a copy of its checkout, so that the checkout stays as it is. `problem`: why there is no result. */
function runSuite(name, files, mirror) {
  const directory = join(home, name)
  cpSync(join(folder, name), directory, { recursive: true })
  if (!existsSync(join(directory, '.impt.test')))
    writeFileSync(join(directory, '.impt.test'), configurationOf(directory, files))
  const report = join(home, `${name}.json`)
  const words = [
    '--sandbox',
    'test',
    'run',
    '--dg',
    'Pump Lab',
    '--report',
    `json=${report}`,
    '-z',
    'minimal',
  ]
  const { stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/impt.cjs'), ...words], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: {
      ...process.env,
      HOME: home,
      IMPT_SANDBOX_DIR: join(home, 'sandbox'),
      IMPT_INCLUDE_MIRROR: mirror,
      IMPT_LIBRARIES: folder,
    },
  })
  if (!existsSync(report)) {
    const last =
      (stdout + stderr)
        .trim()
        .split('\n')
        .find((line) => line.startsWith('Error')) ?? 'nothing was said'
    return { tests: 0, passed: 0, problem: `NO RESULT: ${last}` }
  }
  const { sessions } = JSON.parse(readFileSync(report, 'utf8'))
  // What prepares a test or clears up after it is no test.
  const tests = sessions
    .flatMap((session) => session.test_results)
    .filter((test) => !/(?:setUp|tearDown)(?:\(\))?$/.test(test.name))
  const silent = sessions.filter(({ problems, test_results: results }) => {
    const ran = results.filter(({ status }) => status !== 'skipped')
    return problems.length > 0 && ran.length === 0
  })
  const [first] = silent
  const of = `${silent.length} of ${new Set(sessions.map(({ file }) => file)).size} files`
  return {
    ...(first
      ? { problem: `NO RESULT from ${of}: ${first.file}: ${first.problems[0].text.split('\n')[0]}` }
      : {}),
    tests: tests.length,
    passed: tests.filter(({ status }) => status === 'passed').length,
  }
}

/** A configuration for a checkout that has none: its tests, and its library on both sides. */
function configurationOf(directory, files) {
  const library = readdirSync(directory).find((name) => name.endsWith('.nut') && !name.endsWith('.test.nut'))
  return JSON.stringify({
    deviceGroupId: '00000000-0000-0000-0000-000000000000',
    timeout: 60,
    stopOnFail: false,
    allowDisconnect: false,
    builderCache: false,
    testFiles: files,
    deviceFile: library ?? false,
    agentFile: library ?? false,
  })
}
