// Type check and lint, as .ci/run calls them.
import { join } from 'node:path'
import { installMissing, root, run } from './ready.js'

installMissing()
const bin = (name) => join(root, 'node_modules/.bin', name)
const codes = [
  run(bin('tsc'), ['-p', 'tsconfig.json']),
  // Code for browsers knows other globals.
  run(bin('tsc'), ['-p', 'src/dashboard/page']),
  run(bin('oxlint'), [
    '--type-aware',
    '--deny-warnings',
    '-c',
    'scripts/oxlintrc.json',
    'src',
    'test',
    'scripts',
  ]),
]
process.exitCode = codes.find((code) => code !== 0) ?? 0
