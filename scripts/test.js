// Runs all tests, or those whose path contains one of the words given.
import { availableParallelism } from 'node:os'
import { bundleTests } from './bundle.js'
import { build } from './build.js'
import { installMissing, run } from './ready.js'
import { programsOf } from './together.js'

installMissing()
const [tests] = await Promise.all([bundleTests(), build({ ifStale: true })])
const named = process.argv.slice(2)
const files = tests.filter((name) => named.length === 0 || named.some((part) => name.includes(part)))
if (files.length === 0) throw new Error(`no tests found${named.length ? ` for ${named.join(' ')}` : ''}`)
// Some tests wait for others' processes: one more than there are cores keeps all of them busy.
const atOnce = availableParallelism() + 1
// The time of all files of a process counts as a test's: a busy machine needs patience.
const options = ['--test-timeout=600000', `--test-concurrency=${atOnce}`]
process.exitCode = run(process.execPath, [
  '--enable-source-maps',
  '--import',
  './scripts/strict.js',
  '--test',
  ...options,
  ...programsOf(files),
])
