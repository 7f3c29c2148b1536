// Turns tests and benches into JavaScript once for all of them: a file that is compiled as it is loaded costs each process a second.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './ready.js'

/** Where bundles lie, laid out as the sources are. Libraries are found above it. */
const bundled = join(root, 'node_modules/.cache/impt')

/** The files of test/ that run by themselves: tests, and programs that tests start. */
const TESTS = /(?:\.test|-process|\/screens)\.ts$/

/** Bundles the tests with the sources; gives the paths of their files in test/. Throws where one does not compile. */
export async function bundleTests() {
  const entryPoints = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name).replaceAll('\\', '/'))
    .filter((name) => TESTS.test(name))
    .sort()
  await bundle(entryPoints)
  return entryPoints.filter((name) => name.endsWith('.test.ts'))
}

/** Bundles files, named from the project's folder. Throws where one does not compile. */
export async function bundle(entryPoints) {
  const [esbuild, { page }] = await Promise.all([import('esbuild'), import('./page.js')])
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints,
    outdir: bundled,
    write: false,
    outbase: '.',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.md': 'text', '.nut': 'text' },
    sourcemap: 'linked',
    logLevel: 'warning',
    plugins: [{ name: 'places', setup: keepPlaces }, page],
  })
  // A second run in this folder may be reading what is there: only what differs is written.
  for (const { path, contents } of outputFiles) {
    if (existsSync(path) && readFileSync(path).equals(contents)) continue
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, contents)
  }
}

/** The bundle of a file. */
export function bundleOf(name) {
  return join(bundled, name.replace(/\.[jt]s$/, '.mjs'))
}

/** A bundled file goes on knowing where its source lies; the program's sources find their workers in dist/, as users do. */
function keepPlaces({ onLoad }) {
  onLoad({ filter: /\.[jt]s$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    if (!text.includes('import.meta.') || path.includes('node_modules')) return null
    const place = path.startsWith(join(root, 'src')) ? join(root, 'dist/impt.cjs') : path
    const contents = text
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(place).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(place)))
    return { contents, loader: path.endsWith('.ts') ? 'ts' : 'js' }
  })
}
