// Makes the screens of the README from the real program: `node scripts/screens.js` prints them, `--write README.md` puts them between the
// lines `<!-- screen NAME -->` and `<!-- /screen -->`.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { build } from './build.js'
import { root } from './ready.js'

await build({ ifStale: true })
const { status } = spawnSync(
  process.execPath,
  [
    '--import',
    'tsx',
    fileURLToPath(new URL('../test/stories/screens.ts', import.meta.url)),
    ...process.argv.slice(2),
  ],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exitCode = status ?? 1
