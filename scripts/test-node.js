// `npm run test:node VERSION [WORD...]`: the tests under another Node, taken from the registry's package of its binary into a temporary folder.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, run } from './ready.js'

const [version, ...words] = process.argv.slice(2)
if (version === undefined || !/^\d+(?:\.\d+)*$/.test(version))
  throw new Error('usage: npm run test:node VERSION [WORD...]')
const folder = mkdtempSync(join(tmpdir(), 'impt-node-'))
// Some tests start this Node as another user.
chmodSync(folder, 0o755)
try {
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const { status, stderr } = spawnSync(
    'npm',
    ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', `${name}@${version}`],
    { encoding: 'utf8', shell: process.platform === 'win32' },
  )
  if (status !== 0) throw new Error(`Node ${version} could not be had:\n${stderr}`)
  const bin = join(folder, 'node_modules', name, 'bin')
  // Programs that the tests start find this Node first, too.
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` }
  run(join(bin, 'node'), ['--version'])
  process.exitCode = run(join(bin, 'node'), [join(root, 'scripts/test.js'), ...words], { env })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
