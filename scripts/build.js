// Builds dist/: esbuild splits the program into chunks that load when they are first needed. The chunks are then turned from ES modules
// into CommonJS, which Node starts 5 ms faster, and run once for V8's code cache, which saves 25 ms more (scripts/loader.cjs). `--if-stale`
// does nothing where dist/ is newer than every source.
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { execFile, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { installMissing, root } from './ready.js'

const dist = join(root, 'dist')

/** Builds the program into dist/. The old dist/ stays in place until the new one is complete. */
export async function build({ ifStale = false } = {}) {
  installMissing()
  if (ifStale && isFresh()) return
  const [esbuild, { page }] = await Promise.all([import('esbuild'), import('./page.js')])
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const bundle = await esbuild.build({
    absWorkingDir: root,
    entryPoints: {
      main: 'src/main.ts',
      man: 'src/commands/man.ts',
      screens: 'src/main/screens.ts',
      grammar: 'src/language/syntax/grammar-export.ts',
      ...workers(),
    },
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.cjs' },
    chunkNames: 'chunks/[name]-[hash]',
    loader: { '.md': 'text', '.nut': 'text' },
    define: {
      IMPT_VERSION: JSON.stringify(version),
      IMPT_COMMIT: JSON.stringify(commit()),
      // As a text: an object would become a module of its own, which each chunk loads.
      IMPT_COVERAGE_ASSETS: JSON.stringify(JSON.stringify(coverageAssets())),
    },
    // The node-fetch-native wrapper of 117 kB only re-exports what Node 20 has.
    // The UMD form of jsonc-parser requires its parts in a way that no bundler sees.
    alias: {
      'node-fetch-native': 'node-fetch-native/native',
      'jsonc-parser': 'jsonc-parser/lib/esm/main.js',
      // Its build for Node prints what it reads where LOG_TOKENS or LOG_STREAM is set.
      yaml: './node_modules/yaml/browser/index.js',
    },
    plugins: [createFetchAlone, page],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  })
  const next = `${dist}.${process.pid}`
  const late = latePattern(bundle.metafile.outputs)
  await Promise.all(
    bundle.outputFiles.map(async ({ path, text }) => {
      const { code } = await esbuild.transform(text, {
        format: 'cjs',
        target: 'node20',
        platform: 'node',
        supported: { 'dynamic-import': false },
        minifySyntax: true,
        minifyWhitespace: true,
        define: { 'import.meta.url': '__impt_url' },
      })
      const file = join(next, path.slice(dist.length))
      const url = code.includes('__impt_url')
        ? 'const __impt_url=require("url").pathToFileURL(__filename).href;'
        : ''
      const direct = code
        .replace(COPIED, 'module.exports=__defProp(stdin_exports,"__esModule",{value:!0});')
        .replace(COPIED_IN, 'require("$1")')
      const used = withLateModules(direct, late)
      const strict = used.startsWith('"use strict";') ? used.slice(13) : used
      mkdirSync(join(file, '..'), { recursive: true })
      writeFileSync(file, `"use strict";${url}${strict}`)
    }),
  )
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: { impt: 'scripts/entry.cjs' },
    outdir: next,
    bundle: true,
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.cjs' },
    banner: { js: '#!/usr/bin/env node\n"use strict";' },
    minifySyntax: true,
    minifyWhitespace: true,
    logLevel: 'warning',
  })
  chmodSync(join(next, 'impt.cjs'), 0o755)
  const load = createRequire(import.meta.url)
  writeFileSync(join(next, 'impt.1'), load(join(next, 'man.cjs')).renderManPage(version))
  writeFileSync(
    join(next, 'imptsh.tmLanguage.json'),
    JSON.stringify(load(join(next, 'grammar.cjs')).textMateGrammar(), null, 2),
  )
  const { renderScreens } = load(join(next, 'screens.cjs'))
  for (const name of ['man.cjs', 'grammar.cjs']) rmSync(join(next, name))
  rmSync(join(next, 'screens.cjs'))
  mkdirSync(join(next, 'screens'))
  for (const [line, screen] of Object.entries(renderScreens()))
    writeFileSync(
      join(next, 'screens', `${line.replaceAll(' ', '.')}.cjs`),
      `"use strict";exports.screen=${JSON.stringify(screen)}`,
    )
  await writeCodeCache(next)
  writeFileSync(join(next, 'meta.json'), JSON.stringify(bundle.metafile))
  rmSync(dist, { recursive: true, force: true })
  renameSync(next, dist)
}

/**
 * What esbuild gives out of a module is a copy with a second getter for each name, and all second getters are one function: V8 cannot tell
 * them apart, so that every call from one chunk into another took 30 ns longer.
 */
const COPIED = 'module.exports=__toCommonJS(stdin_exports);'
/** Each `import()` of a chunk copies all that it gives once more, in each call. */
const COPIED_IN = /__toESM\(require\("(\.[^"]+)"\)\)/g

/**
 * Modules that take long to load, and that most of those who import them do not use in most runs: some of Node, crypto as long as half a
 * script's start, and the widths of all characters.
 */
const LATE_OF_NODE = 'node:(?:child_process|crypto|https?|net|v8|worker_threads|zlib)'
const LATE_PACKAGE = 'node_modules/string-width/index.js'

/** What finds where a module that is to be loaded late is required. `outputs` are those of esbuild's metafile. */
function latePattern(outputs) {
  const chunks = Object.keys(outputs).filter((path) => {
    const inputs = Object.keys(outputs[path].inputs)
    return inputs.includes(LATE_PACKAGE) && inputs.every((input) => input.startsWith('node_modules/'))
  })
  if (chunks.length === 0) throw new Error(`${LATE_PACKAGE} has no chunk of its own`)
  const names = chunks.map((path) => `\\./(?:chunks/)?${path.split('/').pop().replace('.', '\\.')}`)
  return new RegExp(`\\b(import_\\w+)=require\\("(${[LATE_OF_NODE, ...names].join('|')})"\\)`, 'g')
}

/** The text of a module in which what the pattern finds is loaded where it is first used. */
function withLateModules(code, late) {
  const names = [...code.matchAll(late)].map(([, name]) => name)
  if (names.length === 0) return code
  return code
    .replace(late, '$1=()=>($1=(it=>()=>it)(require("$2")))()')
    .replace(new RegExp(`\\b(${names.join('|')})\\.`, 'g'), '($1()).')
}

/**
 * ofetch for the API client, which brings its own fetch: only `createFetch`. The package's entry for Node touches the global `fetch`, `Headers`
 * and `Response` when it loads, and each of them loads all of undici, which takes longer than a whole command may.
 */
const createFetchAlone = {
  name: 'createFetch-alone',
  setup(bundle) {
    const entry = join(root, 'node_modules/ofetch/dist/node.mjs')
    bundle.onResolve({ filter: /^ofetch$/ }, ({ importer }) =>
      /[\\/]src[\\/]impcentral[\\/]/.test(importer)
        ? { path: entry, namespace: 'createFetch-alone' }
        : undefined,
    )
    bundle.onLoad({ filter: /.*/, namespace: 'createFetch-alone' }, () => {
      const [, names] = /^import (\{ .*createFetch \} from .*)$/m.exec(readFileSync(entry, 'utf8')) ?? []
      if (names === undefined) throw new Error('ofetch exports createFetch in another way than before')
      return { contents: `export ${names}`, resolveDir: join(entry, '..') }
    })
  },
}

/** What people start most, each of which leaves the functions it called in the code cache. */
const STARTS = [
  ['device', 'list', '--help'],
  ['-c', 'let names = ["b", "a"]; for name in $names { if ($name != "a") { print "is ${name}" } }'],
  ['--sandbox', '-c', 'device list | where ($it.device_online) | sort-by name | first 2 | select name'],
  ['--sandbox', 'device', 'list'],
  ['--sandbox', 'device', 'list', '-z', 'json'],
  ['lsp'],
  ['squirrel', 'check', 'device.nut'],
  ['squirrel', 'run', 'device.nut', '--agent-file', 'agent.nut'],
  [
    '--sandbox',
    '-c',
    'build run -g "Pump Lab" -x device.nut -y agent.nut; log get -d Kitchen; product list; help run',
  ],
  ['--sandbox', '-c', 'test create -g "Pump Lab" -f led.test.nut -q; test run'],
  ['--sandbox'],
]

/** What the starts work with. */
const FILES = {
  'device.nut': `class Lamp { level = 0; function set(to) { level = to } }
    local lamp = Lamp()
    imp.wakeup(1, function () { lamp.set(1); agent.send("level", lamp.level) })`,
  'agent.nut': `device.on("level", function (level) { server.log(http.jsonencode({ level = level })) })
    http.onrequest(function (request, response) { response.send(200, "") })`,
  'led.test.nut': 'class LedTest extends ImpTestCase { function testLevel() { this.assertEqual(1, 1) } }',
}

/** Talks to the language server as an editor does in which one file is opened, and leaves when it has said what is wrong with it. */
function edit({ stdin, stdout }) {
  const say = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const folder = join(root, 'scripts/examples')
  const text = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.nut'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')
  const textDocument = { uri: 'untitled:a.nut', languageId: 'squirrel', version: 1, text }
  say({ id: 1, method: 'initialize', params: { capabilities: {} } })
  say({ method: 'textDocument/didOpen', params: { textDocument } })
  say({
    id: 2,
    method: 'textDocument/completion',
    params: { textDocument, position: { line: 0, character: 0 } },
  })
  let said = ''
  stdout.on('data', (part) => {
    said += part
    if (!said.includes('publishDiagnostics')) return
    say({ id: 3, method: 'shutdown' })
    say({ method: 'exit' })
    said = ''
  })
}

/** Types at the prompt as somebody does who looks around, and leaves. */
function type({ stdin, stdout }) {
  const keys = ['let x = [1, 2]\rprint $x\rdev\t', '\x15', 'device list\r', '\x1b[A', '\x15', 'exit\r']
  stdout.once('data', () => keys.forEach((key) => stdin.write(key)))
}

/** The Node that runs this, as `scripts/entry.cjs` compares it: code caches are for one alone. */
export const THIS_NODE = `${process.version} ${process.platform} ${process.arch}`

/** Writes code-cache.bin and code-cache.json: for each module that one of the starts loads, the largest cache of it that they leave. */
async function writeCodeCache(folder) {
  const work = mkdtempSync(join(tmpdir(), 'impt-build-'))
  try {
    for (const [name, text] of Object.entries(FILES)) writeFileSync(join(work, name), text)
    const best = new Map()
    await Promise.all(
      STARTS.map(async (words, i) => {
        const out = join(work, String(i))
        const argv = [join(root, 'scripts/warm.cjs'), folder, out, ...words]
        // A home for each, since two of them would take turns at the embedded impCentral of one.
        const env = { PATH: process.env.PATH ?? '', HOME: join(work, `home-${i}`), TERM: 'xterm' }
        // A start that does not end must end the build.
        const start = promisify(execFile)(process.execPath, argv, {
          cwd: work,
          env,
          timeout: 120_000,
          killSignal: 'SIGKILL',
        })
        if (words[0] === 'lsp') edit(start.child)
        if (words.join() === '--sandbox') type(start.child)
        await start
      }),
    )
    for (const name of readdirSync(work).filter((name) => name.endsWith('.json'))) {
      const places = JSON.parse(readFileSync(join(work, name), 'utf8'))
      const bytes = readFileSync(join(work, name.slice(0, -'.json'.length)))
      for (const [module, place] of Object.entries(places)) {
        const cache = bytes.subarray(...place)
        if (cache.length > (best.get(module)?.length ?? 0)) best.set(module, cache)
      }
    }
    const places = {}
    let length = 0
    for (const [name, cache] of best) places[name] = [length, (length += cache.length)]
    writeFileSync(join(folder, 'code-cache.bin'), Buffer.concat([...best.values()]))
    // V8 looks at its own version alone, and crashes on the cache of another Node with the same one.
    writeFileSync(join(folder, 'code-cache.json'), JSON.stringify({ node: THIS_NODE, places }))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/** What stands beside the pages of the coverage report, by name, in base64. */
function coverageAssets() {
  const folder = join(root, 'node_modules/istanbul-reports/lib/html/assets')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return Object.fromEntries(
    files.map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name)).toString('base64')]),
  )
}

/** The commit that is built; `unknown` outside of a checkout. */
function commit() {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: root,
    encoding: 'utf8',
  })
  return status === 0 ? stdout.trim() : 'unknown'
}

/** Programs that run as processes or threads of their own: each src file named `*-worker.ts`. */
function workers() {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('-worker.ts'),
  )
  return Object.fromEntries(
    files.map((name) => [name.replaceAll('\\', '/').split('/').pop().slice(0, -3), join('src', name)]),
  )
}

/** What dist/ is made of besides the sources. */
const MADE_OF = [
  'package.json',
  ...['build.js', 'page.js', 'loader.cjs', 'entry.cjs', 'warm.cjs'].map((name) => `scripts/${name}`),
]

function isFresh() {
  const built = timeOf(join(dist, 'impt.cjs'))
  return [newestIn(join(root, 'src')), ...MADE_OF.map((name) => timeOf(join(root, name)))].every(
    (time) => built > time,
  )
}

function timeOf(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function newestIn(folder) {
  // A folder's own time changes when a file is removed from it.
  return readdirSync(folder, { withFileTypes: true }).reduce((newest, entry) => {
    const path = join(folder, entry.name)
    return Math.max(newest, entry.isDirectory() ? newestIn(path) : timeOf(path))
  }, timeOf(folder))
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await build({ ifStale: process.argv.includes('--if-stale') })
}
