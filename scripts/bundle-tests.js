// Turns the tests into JavaScript once for all of them: a file that is compiled as it is loaded costs each test process a second.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root } from './ready.js'

/** Where the bundled tests lie: `test/NAME.ts` is `NAME.mjs` here. Libraries are found above it. */
const bundled = join(root, 'node_modules/.cache/impt-tests')

/** The files of test/ that run by themselves: tests, and programs that tests start. */
const ENTRIES = /(?:\.test|-process|\/screens)\.ts$/

/** Bundles the tests with the sources; gives the paths of their files in test/. Throws where one does not compile. */
export async function bundleTests() {
  const entryPoints = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('test', name).replaceAll('\\', '/'))
    .filter((name) => ENTRIES.test(name))
    .sort()
  const esbuild = await import('esbuild')
  rmSync(bundled, { recursive: true, force: true })
  await esbuild.build({
    absWorkingDir: root,
    entryPoints,
    outdir: bundled,
    outbase: 'test',
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
    plugins: [{ name: 'places', setup: keepPlaces }],
  })
  return entryPoints.filter((name) => name.endsWith('.test.ts'))
}

/** The bundle of a file of test/. */
export function bundleOf(name) {
  return join(bundled, name.replace(/^test\//, '').replace(/\.ts$/, '.mjs'))
}

/** A test goes on knowing where its source lies; the program's sources find their workers in dist/, as users do. */
function keepPlaces({ onLoad }) {
  onLoad({ filter: /\.ts$/ }, ({ path }) => {
    const text = readFileSync(path, 'utf8')
    if (!text.includes('import.meta.') || path.includes('node_modules')) return null
    const place = path.startsWith(join(root, 'src')) ? join(root, 'dist/impt.cjs') : path
    const contents = text
      .replaceAll('import.meta.url', JSON.stringify(pathToFileURL(place).href))
      .replaceAll('import.meta.dirname', JSON.stringify(dirname(place)))
    return { contents, loader: 'ts' }
  })
}
