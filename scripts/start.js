// `npm start`: impt on the embedded impCentral. Words after `--` go to impt: npm start -- device list
import { join } from 'node:path'
import { build } from './build.js'
import { root, run } from './ready.js'

await build({ ifStale: true })
process.exitCode = run(
  process.execPath,
  [join(root, 'dist/impt.cjs'), '--sandbox', ...process.argv.slice(2)],
  {
    // npm moves to the project's folder; the user's files are where npm was called.
    cwd: process.env.INIT_CWD ?? process.cwd(),
  },
)
