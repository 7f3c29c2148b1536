import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

export interface Speed {
  /** milliseconds for 200 files in one process, without its start */
  readonly many: { readonly ours: number; readonly builder: number }
  /** milliseconds for one file in a process of its own, with its start */
  readonly one: { readonly ours: number; readonly builder: number }
}

const FILES = 200
const ROUNDS = 5

/** Measures preprocessing against npm Builder, in fresh processes that alternate; the best of each counts. */
export function measureSpeed(): Speed {
  const folder = mkdtempSync(join(tmpdir(), 'impt-speed-'))
  try {
    writeSources(folder)
    const scripts = writeScripts(folder)
    const many = { ours: Infinity, builder: Infinity }
    const one = { ours: Infinity, builder: Infinity }
    for (let round = 0; round < ROUNDS; round++) {
      for (const which of ['ours', 'builder'] as const) {
        many[which] = Math.min(many[which], Number(run(scripts[which], folder, String(FILES))))
        const started = performance.now()
        run(scripts[which], folder, '1')
        one[which] = Math.min(one[which], performance.now() - started)
      }
    }
    return { many, one }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function run(script: string, folder: string, files: string): string {
  return execFileSync(process.execPath, [script, folder, files], { encoding: 'utf8' })
}

/** Each main source sets a variable, includes a library of its own, and has macros, conditions and expressions. */
function writeSources(folder: string): void {
  for (let file = 0; file < FILES; file++) {
    const library = Array.from({ length: 60 }, (_, n) => `function f${n}(a) { return a + @{N} + ${n} }\n`)
    const lines = Array.from({ length: 100 }, (_, n) =>
      n % 10 === 0
        ? `@if N > ${n}\n@include m(${n})\n@else\nlocal y = "@{N | S.repeat(2)}"\n@end\n`
        : `local x${n} = ${n};\n`,
    )
    const head = `@set N ${file}\n@include once "lib${file}.nut"\n@macro m(a)\nserver.log("@{a} @{__LINE__}");\n@end\n`
    writeFileSync(join(folder, `lib${file}.nut`), library.join(''))
    writeFileSync(join(folder, `main${file}.nut`), head + lines.join(''))
  }
}

function writeScripts(folder: string): { ours: string; builder: string } {
  const head = `const { readFileSync } = require('node:fs')
const [folder, files] = [process.argv[2], Number(process.argv[3])]
const source = (file) => readFileSync(folder + '/main' + file + '.nut', 'utf8')\n`
  const entry = fileURLToPath(new URL('../../src/preprocess/preprocess.ts', import.meta.url))
  const ours = join(folder, 'ours.cjs')
  buildSync({
    stdin: {
      contents: `${head}const { preprocess } = require(${JSON.stringify(entry)})
const started = performance.now()
;(async () => {
  for (let file = 0; file < files; file++) {
    await preprocess({ source: source(file), name: 'main' + file + '.nut', path: folder }, { lineControl: true })
  }
  process.stdout.write(String(performance.now() - started))
})()`,
      resolveDir: folder,
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minify: true,
    outfile: ours,
    logLevel: 'error',
  })
  const builder = join(folder, 'builder.cjs')
  const installed = createRequire(import.meta.url).resolve('Builder')
  writeFileSync(
    builder,
    `${head}const Builder = require(${JSON.stringify(installed)})
const started = performance.now()
const builder = new Builder()
const ignore = () => {}
builder.logger = { debug: ignore, info: ignore, error: ignore, warning: ignore }
const { machine } = builder
machine.generateLineControlStatements = true
machine.path = folder
for (let file = 0; file < files; file++) {
  machine.file = 'main' + file + '.nut'
  machine.execute(source(file), {})
}
process.stdout.write(String(performance.now() - started))`,
  )
  return { ours, builder }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { many, one } = measureSpeed()
  const times = (ours: number, builder: number): string =>
    `${ours.toFixed(0)} ms, npm Builder ${builder.toFixed(0)} ms: ${(builder / ours).toFixed(1)} times as fast`
  console.log(`${FILES} files in one process: ${times(many.ours, many.builder)}`)
  console.log(`one file in its own process: ${times(one.ours, one.builder)}`)
}
