// dist/impt.cjs: starts the program from the files beside it.
const { readFileSync } = require('node:fs')
const { join } = require('node:path')
const loader = require('./loader.cjs')

const { places, caches } = codeCache()

/** The code cache that the build left; none where it was taken away, which only costs time. */
function codeCache() {
  try {
    return {
      places: JSON.parse(readFileSync(join(__dirname, 'code-cache.json'), 'utf8')),
      caches: readFileSync(join(__dirname, 'code-cache.bin')),
    }
  } catch {
    return { places: {} }
  }
}

loader({
  folder: __dirname,
  textOf: (name) => readFileSync(join(__dirname, name), 'utf8'),
  cacheOf: (name) => (places[name] === undefined ? undefined : caches.subarray(...places[name])),
})('main.cjs')
