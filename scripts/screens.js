// Makes the screens of the README from the real program: `node scripts/screens.js` prints them, `--write README.md` puts them between the
// lines `<!-- screen NAME -->` and `<!-- /screen -->`.
import { build } from './build.js'
import { bundleOf, bundleTests } from './bundle.js'
import { run } from './ready.js'

await build({ ifStale: true })
await bundleTests()
process.exitCode = run(process.execPath, [bundleOf('test/stories/screens.ts'), ...process.argv.slice(2)])
