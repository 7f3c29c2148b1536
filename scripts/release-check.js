// The packaged program as users meet it: in a root folder that holds nothing else, on a read-only disk, without a home, through a link.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { makePackage } from './package.js'
import { dashboardOf, languageServerOf, shapes } from './release-shapes.js'

const executable = await makePackage()
const work = mkdtempSync(join(tmpdir(), 'impt-release-'))
let passed = 0
const failed = []

try {
  inEmptyRoot()
  inOddPlaces()
  aroundIt()
  await inEachShape()
} finally {
  rmSync(work, { recursive: true, force: true })
}
for (const line of failed) console.log(`not ok: ${line}`)
console.log(`release: ${passed} passed, ${failed.length} failed`)
process.exitCode = failed.length === 0 ? 0 : 1

/** Neither Node nor anything else is there, only the libraries of C that Node itself is linked to. */
function inEmptyRoot() {
  if (process.platform !== 'linux' || process.getuid() !== 0) {
    console.log('left out: an empty root folder can only be made by root on Linux')
    return
  }
  const empty = join(work, 'root')
  const { stdout: needed } = spawnSync('ldd', [executable], { encoding: 'utf8' })
  for (const [file] of needed.matchAll(/\/\S+(?= \(0x)/g)) put(file, join(empty, file))
  put(executable, join(empty, 'bin/impt'))
  for (const folder of ['dev', 'tmp', 'home']) mkdirSync(join(empty, folder), { recursive: true })
  writeFileSync(join(empty, 'home/blink.nut'), 'server.log("blink " + (6 * 7))\n')
  const inside = (argv) =>
    spawnSync('chroot', [empty, '/bin/impt', ...argv], {
      encoding: 'utf8',
      input: '',
      env: { HOME: '/home', PATH: process.env.PATH ?? '' },
    })
  check('an empty root: --version', inside(['--version']), /^\d+\.\d+\.\d+\n$/)
  check('an empty root: help', inside(['help', 'language']), /imptsh/)
  check('an empty root: the sandbox', inside(['--sandbox', 'device', 'list', '-z', 'json']), /"Kitchen"/)
  check('an empty root: a script', inside(['-c', 'print (6 * 7)']), /^42\n$/)
  check(
    'an empty root: Squirrel in a thread',
    inside(['squirrel', 'run', '/home/blink.nut', '--time', '1']),
    /blink 42/,
  )
}

function inOddPlaces() {
  const env = { PATH: process.env.PATH ?? '', HOME: join(work, 'home') }
  mkdirSync(env.HOME)
  const odd = join(work, 'a folder; with "signs"')
  mkdirSync(odd)
  const link = join(odd, 'my impt')
  symlinkSync(executable, link)
  const run = (file, argv, options = {}) =>
    spawnSync(file, argv, { encoding: 'utf8', input: '', env, cwd: odd, ...options })
  const list = ['--sandbox', 'device', 'list', '-z', 'json']
  check('through a symbolic link with spaces', run(link, list), /"Kitchen"/)
  check('argv[0] with spaces', run(executable, list, { argv0: 'my own impt' }), /"Kitchen"/)
  check('no TMPDIR', run(executable, list, { env: { ...env, TMPDIR: join(work, 'missing') } }), /"Kitchen"/)
  const { HOME: _, ...homeless } = env
  check('no home folder named', run(executable, ['-c', 'print 1'], { env: homeless }), /^1\n$/)
  check(
    'a home that is not there',
    run(executable, ['-c', 'print 1'], { env: { ...env, HOME: join(work, 'none') } }),
    /^1\n$/,
  )
  // A background sandbox is this program once more.
  check('a background sandbox', run(executable, ['sandbox', 'start']), /running: +true/)
  check('a background sandbox stops', run(executable, ['sandbox', 'stop']), /stopped/)
  if (process.platform !== 'linux' || process.getuid() !== 0) return
  const script = 'mount -o bind,ro "$1" "$1" && mount -o remount,bind,ro "$1" && exec "$2" -c "print 1"'
  const readOnly = run('unshare', ['--mount', 'sh', '-c', script, 'sh', env.HOME, executable])
  if (/unshare|mount/.test(readOnly.stderr)) console.log('left out: a read-only disk can not be mounted here')
  else check('a read-only home', readOnly, /^1\n$/)
}

/**
 * Each way to install it, in a folder whose name no shell, URL or pattern takes as it is, and through a symbolic link: what finds its files by
 * its own place must find them there.
 */
async function inEachShape() {
  for (const { shape, program, files, said } of shapes(dirname(executable), work)) {
    const home = mkdtempSync(join(work, 'home-'))
    const env = { PATH: process.env.PATH ?? '', HOME: home }
    const run = (...argv) =>
      spawnSync(program, argv, { encoding: 'utf8', input: '', env, cwd: home, timeout: 120_000 })
    writeFileSync(join(home, 'blink.nut'), 'server.log("blink " + (6 * 7))\n')
    writeFileSync(
      join(home, 'led.test.nut'),
      'class LedTest extends ImpTestCase { function testLevel() { this.assertEqual(1, 1) } }\n',
    )
    if (said !== '') expect(`${shape}: nothing is said while it is installed: ${said}`, false)
    for (const file of files) expect(`${shape}: ${file} is there`, existsSync(file))
    check(`${shape}: --version --verbose`, run('--version', '--verbose'), /^program: +\/.*my/m)
    check(`${shape}: help of a command`, run('device', 'list', '--help'), /Usage: impt device list/)
    check(`${shape}: a guide`, run('help', 'language'), /imptsh/)
    check(`${shape}: completion`, run('completion', 'zsh'), /^#compdef impt/)
    check(`${shape}: Squirrel in a thread`, run('squirrel', 'run', 'blink.nut', '--time', '1'), /blink 42/)
    const testing = 'test create -g "Pump Lab" -f led.test.nut -q; test run'
    check(`${shape}: test run`, run('--sandbox', '-c', testing), /Testing succeeded/)
    check(`${shape}: a background sandbox`, run('sandbox', 'start'), /running: +true/)
    check(`${shape}: a background sandbox stops`, run('sandbox', 'stop'), /stopped/)
    const serves = await languageServerOf(program, env)
    expect(`${shape}: the language server: ${serves}`, serves === '')
    for (const { what, result, pattern } of await dashboardOf(program, env))
      check(`${shape}: ${what}`, result, pattern)
  }
}

/** The Debian package, its man page and the list of what is inside, read by programs that are not ours. */
function aroundIt() {
  const release = dirname(executable)
  check(
    'checksums',
    spawnSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: release, encoding: 'utf8' }),
    /impt: OK/,
  )
  const sbom = JSON.parse(readFileSync(join(release, 'sbom.cdx.json'), 'utf8'))
  const names = sbom.components.map(({ name }) => name)
  // What the asker named and what starts with the program is inside; what only builds and tests is not.
  expect(
    'the SBOM lists what is inside',
    ['cac', 'cli-table3', 'lowdb', 'ofetch', 'picocolors', 'ws'].every((name) => names.includes(name)),
  )
  expect('the SBOM lists nothing else', !names.some((name) => /^(?:typescript|esbuild|oxlint)$/.test(name)))
  const locked = Object.entries(
    JSON.parse(readFileSync(join(release, '../package-lock.json'), 'utf8')).packages,
  ).map(([path, facts]) => ({ ...facts, name: path.replace(/^.*node_modules\//, '') }))
  const namesOf = (packages) => packages.map(({ name }) => name).join(', ') || 'none'
  const deprecated = locked.filter((facts) => facts.deprecated)
  expect(`nothing is deprecated: ${namesOf(deprecated)}`, deprecated.length === 0)
  // Tools of the development only, and never run: the installation passes --ignore-scripts.
  const scripted = locked.filter(({ hasInstallScript }) => hasInstallScript)
  expect(
    `no package inside runs a script when it is installed: ${namesOf(scripted)}`,
    !scripted.some(({ name }) => names.includes(name)),
  )
  const licences = new Set(locked.flatMap(({ license = [] }) => license))
  console.log(
    `packages: ${locked.length - 1} locked, ${names.length} inside; licences: ${[...licences].join(', ')}`,
  )
  const FREE = /^(?:MIT|ISC|Apache-2\.0|0BSD|BSD-[23]-Clause|BlueOak-1\.0\.0|Unlicense)$/
  const bound = sbom.components.filter(
    ({ licenses = [] }) => !licenses.some(({ license }) => FREE.test(license?.id ?? '')),
  )
  expect(`all licences inside let anybody use it: ${namesOf(bound)}`, bound.length === 0)
  const { stdout: listed } = npm('ls', '--all', '--json')
  const { problems = [] } = JSON.parse(listed)
  expect(`npm ls finds nothing missing, invalid or too much: ${problems.join('; ')}`, problems.length === 0)
  const vulnerable = audited()
  if (vulnerable === undefined) console.log('left out: the registry does not answer npm audit')
  else expect(`no known fault in what is inside: ${vulnerable.join(', ')}`, vulnerable.length === 0)

  function npm(...words) {
    return spawnSync('npm', words, {
      cwd: join(release, '..'),
      encoding: 'utf8',
      timeout: 60_000,
      maxBuffer: 1 << 28,
      shell: process.platform === 'win32',
    })
  }

  /** The packages inside that the registry knows a fault of; undefined where it does not say. */
  function audited() {
    const { stdout } = npm('audit', '--json')
    try {
      const { vulnerabilities } = JSON.parse(stdout)
      return vulnerabilities && Object.keys(vulnerabilities).filter((name) => names.includes(name))
    } catch {
      return undefined
    }
  }
}

function check(what, { status, stdout, stderr, error }, pattern) {
  const fine = status === 0 && pattern.test(stdout)
  expect(fine ? what : `${what}: exit code ${status}\n${error ?? ''}${stdout}${stderr}`, fine)
}

function expect(what, fine) {
  if (fine) passed++
  else failed.push(what)
}

function put(from, to) {
  if (existsSync(to)) return
  mkdirSync(dirname(to), { recursive: true })
  copyFileSync(from, to)
}
