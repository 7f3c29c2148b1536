// The main script of the single executable: the program's modules are assets of the executable and are compiled when they are first
// needed, from V8's code cache where there is one. The threads of the program start from here too.
const { getRawAsset } = require('node:sea')
const { join } = require('node:path')
const vm = require('node:vm')
const { isMainThread } = require('node:worker_threads')

const decoder = new TextDecoder()
const index = JSON.parse(decoder.decode(getRawAsset('index')))
const texts = new Uint8Array(getRawAsset('texts'))
const caches = Buffer.from(getRawAsset('caches'))
const loaded = new Map()

function load(name) {
  const known = loaded.get(name)
  if (known !== undefined) return known.exports
  const { text, cache } = index[name]
  const filename = join('/impt', name)
  const wrapper = new vm.Script(
    `(function(exports,require,module,__filename,__dirname){${decoder.decode(texts.subarray(...text))}\n})`,
    { filename, ...(cache === undefined ? {} : { cachedData: caches.subarray(...cache) }) },
  )
  const module = { exports: {} }
  loaded.set(name, module)
  const requireFrom = (id) =>
    id.startsWith('.') ? load(join('/', name, '..', id).slice(1).replaceAll('\\', '/')) : require(id)
  wrapper.runInThisContext()(module.exports, requireFrom, module, filename, join(filename, '..'))
  return module.exports
}

/** The text of a program for a thread, by the name of its file: what `src/session/own-program.ts` asks for. */
globalThis[Symbol.for('impt.thread')] = (name) =>
  `${decoder.decode(texts.subarray(...index['single-file.cjs'].text))}\nload(${JSON.stringify(name)})`

if (isMainThread) load('impt.cjs')
