// Runs all tests, or those whose path contains one of the words given.
import { availableParallelism } from 'node:os'
import { bundleOf, bundleTests } from './bundle.js'
import { build } from './build.js'
import { installMissing, run } from './ready.js'

installMissing()
const [tests] = await Promise.all([bundleTests(), build({ ifStale: true })])
const named = process.argv.slice(2)
const files = tests.filter((name) => named.length === 0 || named.some((part) => name.includes(part)))
if (files.length === 0) throw new Error(`no tests found${named.length ? ` for ${named.join(' ')}` : ''}`)
// A file's own time counts as a test's: a busy machine needs patience, and 200 bombs in a row (IMPT_BOMBS) more of it.
const patience = process.env.IMPT_BOMBS === undefined ? 300_000 : 3_600_000
const options = [`--test-timeout=${patience}`, `--test-concurrency=${Math.max(2, availableParallelism())}`]
process.exitCode = run(process.execPath, [
  '--enable-source-maps',
  '--import',
  './scripts/strict.js',
  '--test',
  ...options,
  ...files.map(bundleOf),
])
