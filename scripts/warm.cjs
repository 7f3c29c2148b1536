// `node scripts/warm.cjs FOLDER OUT WORD...`: runs the program of FOLDER with these words, and writes to OUT the code cache of each module that it
// loaded, with the functions that were called in it. OUT.json holds the places in OUT.
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const loader = require('./loader.cjs')

const [folder, out, ...words] = process.argv.slice(2)
const scripts = new Map()
process.argv.splice(1, Number.POSITIVE_INFINITY, join(folder, 'impt.cjs'), ...words)
process.on('exit', () => {
  const places = {}
  const parts = []
  let length = 0
  for (const [name, script] of scripts) {
    const cache = script.createCachedData()
    places[name] = [length, (length += cache.length)]
    parts.push(cache)
  }
  writeFileSync(out, Buffer.concat(parts))
  writeFileSync(`${out}.json`, JSON.stringify(places))
})
loader({
  folder,
  textOf: (name) => readFileSync(join(folder, name), 'utf8'),
  cacheOf: () => undefined,
  seen: (name, script) => scripts.set(name, script),
})('main.cjs')
