// Makes the pictures of the README in scripts/pictures from the real page, in Chromium; small, where pngquant is there to make them so.
import { spawnSync } from 'node:child_process'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { bundle, bundleOf } from './bundle.js'
import { root, run } from './ready.js'

const folder = join(root, 'scripts/pictures')
await bundle(['test/dashboard/pictures.ts'])
process.exitCode = run(process.execPath, [bundleOf('test/dashboard/pictures.ts'), folder])
for (const name of readdirSync(folder)) {
  const file = join(folder, name)
  const { error } = spawnSync('pngquant', ['--force', '--strip', '--speed', '1', '--ext', '.png', '40', file])
  if (error) console.log('left out: no pngquant here, so the pictures are large')
  console.log(`${name}: ${Math.round(statSync(file).size / 1000)} kB`)
}
