// Type check, lint and a look at the format, as .ci/run calls them. `npm run format` is `--format`: it writes the format and does nothing else.
import { join } from 'node:path'
import { installMissing, root, run } from './ready.js'

installMissing()
const bin = (name) => join(root, 'node_modules/.bin', name)
const format = (...mode) =>
  // Texts and data are set by hand: guides embed screens, tables have a line for each row.
  run(bin('oxfmt'), ['-c', 'scripts/oxfmtrc.json', ...mode, 'src', 'test', 'scripts', '!**/*.{md,json}'])
function lookAtFormat() {
  const code = format('--list-different')
  if (code > 0) console.error('These files are not formatted: npm run format')
  return code
}
const codes = process.argv.includes('--format')
  ? [format()]
  : [
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
      lookAtFormat(),
    ]
process.exitCode = codes.find((code) => code !== 0) ?? 0
