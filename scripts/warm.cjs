// `node scripts/warm.cjs FOLDER OUT WORD...`: runs the program of FOLDER with these words, and writes to OUT the code cache of each module that it
// loaded, with the functions that were called in it. OUT.json holds the places in OUT. Each thread that the program starts leaves the same
// beside it, with the name of its own program behind OUT. Without a command this process is taken for one in a terminal: the prompt reads stdin.
const { readFileSync, writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { setFlagsFromString } = require('node:v8')
const { parentPort } = require('node:worker_threads')
const loader = require('./loader.cjs')

const thread = globalThis[Symbol.for('impt.warm')]
const [folder, out, ...words] = thread ?? process.argv.slice(2)
const scripts = new Map()

function writeCaches() {
  // V8 takes a cache only with the flags that it was made with: those that src/output/pattern.ts sets are taken back.
  for (const flag of ['engine-on-excessive-backtracks', 'engine'])
    setFlagsFromString(`--no-enable-experimental-regexp-${flag}`)
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
}

/** The text of a thread's program, as in dist/impt.cjs. */
globalThis[Symbol.for('impt.thread')] = (name) => {
  const words = JSON.stringify([folder, `${out}-${name}`, name])
  return `globalThis[Symbol.for('impt.warm')]=${words};require(${JSON.stringify(__filename)})`
}
if (thread === undefined) {
  process.argv.splice(1, Number.POSITIVE_INFINITY, join(folder, 'impt.cjs'), ...words)
  process.on('exit', writeCaches)
  if (words.every((word) => word.startsWith('--'))) {
    const { stdin, stdout } = process
    Object.assign(stdin, { isTTY: true, setRawMode: () => stdin })
    Object.assign(stdout, { isTTY: true, columns: 100, rows: 30 })
  }
} else {
  // Threads are ended from outside: what they have is written before each of their answers.
  const post = parentPort.postMessage.bind(parentPort)
  parentPort.postMessage = (...answer) => {
    writeCaches()
    post(...answer)
  }
}
loader({
  folder,
  textOf: (name) => readFileSync(join(folder, name), 'utf8'),
  cacheOf: () => undefined,
  seen: (name, script) => scripts.set(name, script),
})(thread === undefined ? 'main.cjs' : words[0])
