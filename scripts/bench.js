// `npm run bench [-- NAME...]`: the speed goals as ratios to a yardstick measured in the same run, in one table.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from './build.js'
import { bundle, bundleOf } from './bundle.js'
import { root } from './ready.js'

await build({ ifStale: true })
const named = process.argv.slice(2)
const folder = join(root, 'scripts/bench')
const files = readdirSync(folder).filter(
  (name) =>
    name.endsWith('.js') &&
    name !== 'measure.js' &&
    (named.length === 0 || named.includes(name.slice(0, -3))),
)
await bundle(files.map((name) => `scripts/bench/${name}`))
const all = []
for (const file of files.sort()) {
  const { title, rows } = await import(pathToFileURL(bundleOf(`scripts/bench/${file}`)).href)
  console.log(`\n${title}`)
  for await (const row of rows()) {
    if (row.text !== undefined) {
      console.log(row.text)
      continue
    }
    // Rows without a goal show what a figure is made of.
    const isGoal = Number.isFinite(row.goal)
    if (isGoal) all.push(row)
    const number = row.value >= 100 ? row.value.toFixed(0) : row.value.toFixed(row.unit === 'x' ? 3 : 1)
    console.log(
      `  ${row.what.padEnd(76)} ${number.padStart(8)} ${row.unit.padEnd(3)}${isGoal ? ` goal <= ${Number(row.goal.toFixed(3))}  ${row.met ? 'met' : 'MISSED'}` : ''}`,
    )
  }
}
const missed = all.filter(({ met }) => !met)
console.log(`\n${all.length - missed.length} of ${all.length} goals met`)
process.exitCode = missed.length > 0 ? 1 : 0
