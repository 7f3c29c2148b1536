// The main script of the single executable: the program's modules and V8's code cache of them are assets of it. The threads of the program
// start from here too.
const { getRawAsset } = require('node:sea')
const loader = require('./loader.cjs')

const decoder = new TextDecoder()
const { places, cachePlaces } = JSON.parse(decoder.decode(getRawAsset('index')))
const texts = new Uint8Array(getRawAsset('texts'))
const caches = Buffer.from(getRawAsset('caches'))
const textOf = (name) => decoder.decode(texts.subarray(...places[name]))

const load = loader({
  folder: '/impt',
  textOf,
  cacheOf: (name) => (cachePlaces[name] === undefined ? undefined : caches.subarray(...cachePlaces[name])),
})

/** The text of a program for a thread, by the name of its file: what `src/program/self.ts` asks for. */
globalThis[Symbol.for('impt.thread')] = (name) =>
  `globalThis[Symbol.for('impt.program')]=${JSON.stringify(name)};${textOf('single-file.cjs')}`

load(globalThis[Symbol.for('impt.program')] ?? 'main.cjs')
