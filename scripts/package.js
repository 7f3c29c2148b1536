// `npm run package`: the program as one file for this platform (Node's own single executable), a tarball and a Debian package around it, the
// package for npm, the list of what is inside (SBOM, licences) and checksums, all in release/. Needs no network.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, THIS_NODE } from './build.js'
import { installMissing, root } from './ready.js'
import { makeExtension } from './vscode.js'

const release = join(root, 'release')
const dist = join(root, 'dist')
const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { version, description, license } = described
const windows = process.platform === 'win32'

/** Makes everything; gives the path of the executable. */
export async function makePackage() {
  installMissing()
  await build({ ifStale: true })
  rmSync(release, { recursive: true, force: true })
  const tree = join(release, 'tree')
  mkdirSync(tree, { recursive: true })
  const name = `impt-${version}-${process.platform}-${process.arch}`

  const executable = join(release, windows ? 'impt.exe' : 'impt')
  await makeExecutable(executable)
  writeFileSync(join(release, 'THIRD-PARTY.txt'), licences())
  writeFileSync(join(release, 'sbom.cdx.json'), sbom())
  writeFileSync(join(release, `impt-${version}.vsix`), await makeExtension())

  for (const [from, to] of documents(executable)) {
    mkdirSync(dirname(join(tree, to)), { recursive: true })
    cpSync(from, join(tree, to))
  }
  for (const [shell, to] of SHELLS)
    put(join(tree, to), execFileSync(executable, ['completion', shell], { encoding: 'utf8' }))
  run('tar', ['-czf', join(release, `${name}.tar.gz`), '--owner=0', '--group=0', '-C', tree, '.'])
  if (has('dpkg-deb')) makeDebian(tree, name)
  else console.log('left out: no dpkg-deb here, so no Debian package')
  rmSync(tree, { recursive: true })
  makeNpmPackage()

  const files = readdirSync(release).sort()
  writeFileSync(
    join(release, 'SHA256SUMS'),
    files.map((file) => `${sha256(readFileSync(join(release, file)))}  ${file}\n`).join(''),
  )
  return executable
}

const SHELLS = [
  ['bash', 'share/bash-completion/completions/impt'],
  ['zsh', 'share/zsh/vendor-completions/_impt'],
  ['fish', 'share/fish/vendor_completions.d/impt.fish'],
]

const documents = (executable) => [
  [executable, `bin/impt${windows ? '.exe' : ''}`],
  [join(dist, 'impt.1'), 'share/man/man1/impt.1'],
  [join(dist, 'imptsh.tmLanguage.json'), 'share/impt/imptsh.tmLanguage.json'],
  [join(root, 'README.md'), 'share/doc/impt/README.md'],
  [join(root, 'LICENSE'), 'share/doc/impt/copyright'],
  [join(release, 'THIRD-PARTY.txt'), 'share/doc/impt/THIRD-PARTY.txt'],
]

/** Node itself with the program's modules and the build's code cache of them as assets. */
async function makeExecutable(executable) {
  const work = join(release, 'work')
  mkdirSync(work)
  const main = join(work, 'single-file.cjs')
  const esbuild = await import('esbuild')
  await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['scripts/single-file.cjs'],
    outfile: main,
    bundle: true,
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
  })
  const texts = pack()
  const modules = readdirSync(dist, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.cjs') && name !== 'impt.cjs')
  const places = Object.fromEntries(modules.map((name) => [name, texts.add(readFileSync(join(dist, name)))]))
  places['single-file.cjs'] = texts.add(readFileSync(main))
  const { node, places: cached } = JSON.parse(readFileSync(join(dist, 'code-cache.json'), 'utf8'))
  // The executable is the Node that runs this, which may be another than the one that built dist/.
  const cachePlaces = node === THIS_NODE ? cached : {}
  const caches = readFileSync(join(dist, 'code-cache.bin'))
  const assets = { index: JSON.stringify({ places, cachePlaces }), texts: texts.bytes(), caches }
  for (const [name, content] of Object.entries(assets)) writeFileSync(join(work, name), content)
  writeFileSync(
    join(work, 'sea.json'),
    JSON.stringify({
      main,
      output: join(work, 'blob'),
      disableExperimentalSEAWarning: true,
      useCodeCache: false,
      assets: Object.fromEntries(Object.keys(assets).map((name) => [name, join(work, name)])),
    }),
  )
  run(process.execPath, ['--experimental-sea-config', join(work, 'sea.json')])
  copyFileSync(process.execPath, executable)
  chmodSync(executable, 0o755)
  if (process.platform === 'darwin') run('codesign', ['--remove-signature', executable])
  const { inject } = await import('postject')
  await quietly(() =>
    inject(executable, 'NODE_SEA_BLOB', readFileSync(join(work, 'blob')), {
      // The mark that Node looks for in its own file: nodejs.org/api/single-executable-applications.html
      sentinelFuse: 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
      ...(process.platform === 'darwin' ? { machoSegmentName: 'NODE_SEA' } : {}),
    }),
  )
  if (process.platform === 'darwin') run('codesign', ['--sign', '-', executable])
  rmSync(work, { recursive: true })
}

/** Bytes one behind the other, with the place of each. */
function pack() {
  const parts = []
  let length = 0
  return {
    add(bytes) {
      parts.push(bytes)
      length += bytes.length
      return [length - bytes.length, length]
    },
    bytes: () => Buffer.concat(parts),
  }
}

/** The packages whose code is in the bundle, by the folders that the build read. */
function bundledPackages() {
  const { inputs } = JSON.parse(readFileSync(join(dist, 'meta.json'), 'utf8'))
  const folders = Object.keys(inputs).flatMap((path) => {
    // A module that a plugin of the build answers for has its name in front.
    const file = relative(root, resolve(root, path.replace(/^[\w-]+:/, '')))
    return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file.replaceAll('\\', '/')) ?? []
  })
  return [...new Set(folders)].sort().map((folder) => ({
    folder: join(root, folder),
    ...JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  }))
}

/** The licences of the packages in the bundle, as their authors ask for. */
function licences() {
  return bundledPackages()
    .map(({ folder, name, version, license }) => {
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
      const text = file === undefined ? `${license}\n` : readFileSync(join(folder, file), 'utf8')
      return `${name} ${version} (${license})\n\n${text.trim()}\n`
    })
    .join(`\n${'-'.repeat(78)}\n\n`)
}

/** What npm says of the dependencies, without those that only build and test, in CycloneDX form. */
function sbom() {
  const all = JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      shell: windows,
    }),
  )
  const inside = new Set(bundledPackages().map(({ name, version }) => `${name}@${version}`))
  const components = all.components.filter(({ group, name, version }) =>
    inside.has(`${group === undefined ? '' : `${group}/`}${name}@${version}`),
  )
  const refs = new Set([
    all.metadata.component['bom-ref'],
    ...components.map((component) => component['bom-ref']),
  ])
  const dependencies = all.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }))
  // npm names the project by its folder.
  all.metadata.component.name = 'impt'
  return `${JSON.stringify({ ...all, components, dependencies }, null, 2)}\n`
}

function makeDebian(tree, name) {
  const folder = join(release, 'debian')
  cpSync(tree, join(folder, 'usr'), { recursive: true })
  put(
    join(folder, 'usr/share/man/man1/impt.1.gz'),
    gzipSync(readFileSync(join(dist, 'impt.1')), { level: 9 }),
  )
  rmSync(join(folder, 'usr/share/man/man1/impt.1'))
  const architecture = { x64: 'amd64', arm64: 'arm64', arm: 'armhf' }[process.arch] ?? process.arch
  put(
    join(folder, 'DEBIAN/control'),
    [
      'Package: impt',
      `Version: ${version}`,
      `Architecture: ${architecture}`,
      'Maintainer: impt maintainers <impt@localhost>',
      'Depends: libc6, libstdc++6',
      'Section: devel',
      'Priority: optional',
      `Description: ${description}`,
      ` One file that needs neither Node nor npm. Licence: ${license}.`,
      '',
    ].join('\n'),
  )
  run('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', folder, join(release, `${name}.deb`)])
  rmSync(folder, { recursive: true })
}

/**
 * What npm installs: the modules of dist/, for a Node that is there. Its description names no scripts, since npm warns of those that it could
 * run, and no packages, since all are inside.
 */
function makeNpmPackage() {
  const folder = join(release, 'npm')
  const { scripts: _scripts, devDependencies: _packages, files: _files, ...published } = described
  cpSync(dist, join(folder, 'dist'), { recursive: true, filter: (from) => from !== join(dist, 'meta.json') })
  for (const file of ['README.md', 'LICENSE']) cpSync(join(root, file), join(folder, file))
  cpSync(join(release, 'THIRD-PARTY.txt'), join(folder, 'THIRD-PARTY.txt'))
  put(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
  execFileSync('npm', ['pack', '--silent', '--pack-destination', release], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: windows,
  })
  rmSync(folder, { recursive: true })
}

function put(path, content) {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')

const run = (file, args) => execFileSync(file, args, { stdio: ['ignore', 'ignore', 'inherit'] })

function has(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** postject tells its own compiler's warnings on the console. */
async function quietly(work) {
  const { log, warn, error } = console
  Object.assign(console, { log() {}, warn() {}, error() {} })
  try {
    return await work()
  } finally {
    Object.assign(console, { log, warn, error })
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await makePackage()
  console.log(readFileSync(join(release, 'SHA256SUMS'), 'utf8').trimEnd())
}
