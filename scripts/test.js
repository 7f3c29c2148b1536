// Runs all tests, or the files named. Node 20 neither expands globs nor finds .ts tests by itself.
import { readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { installMissing, root, run } from './ready.js'
import { build } from './build.js'

installMissing()
await build({ ifStale: true })

const named = process.argv.slice(2)
const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((name) => join('test', name))
  .filter((name) => name.endsWith('.test.ts'))
  .filter((name) => named.length === 0 || named.some((part) => name.includes(part)))
  .sort()
if (files.length === 0) throw new Error(`no tests found${named.length ? ` for ${named.join(' ')}` : ''}`)
// A file's own time counts as a test's: a busy machine needs patience.
const options = ['--test-timeout=300000', `--test-concurrency=${Math.max(2, availableParallelism())}`]
process.exitCode = run(process.execPath, ['--import', 'tsx', '--test', ...options, ...files])
