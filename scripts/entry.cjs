// dist/impt.cjs: starts the program, and each of its threads, from the files beside it.
const { openSync, readFileSync, readSync, statSync } = require('node:fs')
const { join } = require('node:path')
const loader = require('./loader.cjs')

/** The code cache that the build left, read module by module; none where it was taken away, which only costs time. */
function openCache() {
  try {
    const { node, places } = JSON.parse(readFileSync(join(__dirname, 'code-cache.json'), 'utf8'))
    if (node !== `${process.version} ${process.platform} ${process.arch}`) return () => undefined
    const file = openSync(join(__dirname, 'code-cache.bin'))
    return (name) => {
      const [from, to] = places[name] ?? [0, 0]
      const cache = Buffer.allocUnsafeSlow(to - from)
      return to > from && readSync(file, cache, 0, to - from, from) === to - from ? cache : undefined
    }
  } catch {
    return () => undefined
  }
}

/** Tells this build from one that an update puts in its place: whoever replaces dist/ replaces this file. */
function build() {
  const status = statSync(__filename, { throwIfNoEntry: false })
  return status && `${status.ino} ${status.mtimeMs} ${status.size}`
}

const started = build()

/** A program that runs for days loads modules as they are needed: those of another build do not fit those that it has. */
function refuseOtherBuild() {
  if (build() === started) return
  throw Object.assign(
    new Error('impt was updated, or removed, while it was running, and what it needs now is gone'),
    { code: 'IMPT_REPLACED' },
  )
}

let cacheOf

/** So little that opening the cache takes longer than compiling it. */
const isSmall = (name) => name === 'main.cjs' || name.startsWith('screens/')

/** The text of a program for a thread, by the name of its file: what `src/program/self.ts` asks for. */
globalThis[Symbol.for('impt.thread')] = (name) => {
  refuseOtherBuild()
  return `globalThis[Symbol.for('impt.program')]=${JSON.stringify(name)};require(${JSON.stringify(__filename)})`
}

loader({
  folder: __dirname,
  textOf(name) {
    refuseOtherBuild()
    return readFileSync(join(__dirname, name), 'utf8')
  },
  cacheOf: (name) => (isSmall(name) ? undefined : (cacheOf ??= openCache())(name)),
})(globalThis[Symbol.for('impt.program')] ?? 'main.cjs')
