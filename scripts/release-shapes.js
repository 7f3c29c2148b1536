// The ways to install the program, for the release check, and the two of its servers that load files of their own.
import { spawn, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of this name is wherever somebody mixes up a path with a URL, a pattern, a line of a shell or ASCII. */
const ODD = `my \u00e4 \u65e5\u672c "q" 'q' #1 %20 50% ?a;$(touch pwned)&[x]{y}\\z`

/**
 * Installs the program in each way that is possible here, into folders of `work`. Gives for each its name, the path of the program, files
 * that must be there, and what the installing program said for which it should not have.
 */
export function shapes(release, work) {
  const named = (ending) =>
    join(release, readdirSync(release).find((name) => name.endsWith(ending)) ?? ending)
  const folder = (shape) => {
    const path = join(work, shape, ODD)
    mkdirSync(path, { recursive: true })
    return path
  }
  /** @type {{ files: string[], said: string }} */
  const plain = { files: [], said: '' }
  const single = join(folder('single'), 'impt')
  copyFileSync(named('impt'), single)
  const made = [{ ...plain, shape: 'one file', program: single }]

  const unpacked = folder('tarball')
  const { stderr: unpacking } = spawnSync('tar', ['-xzf', named('.tar.gz'), '-C', unpacked], {
    encoding: 'utf8',
  })
  const link = join(work, 'my li nk')
  symlinkSync(unpacked, link)
  made.push({ ...plain, shape: 'tarball, through a link', program: join(link, 'bin/impt'), said: unpacking })

  // Nothing is fetched: a cache and a home that are new hold nothing, and the package needs nothing.
  const prefix = folder('npm')
  const installing = spawnSync(
    'npm',
    ['install', '--global', '--offline', '--ignore-scripts', '--no-audit', '--prefix', prefix, named('.tgz')],
    {
      encoding: 'utf8',
      env: {
        PATH: process.env.PATH ?? '',
        HOME: join(work, 'npm'),
        npm_config_cache: join(work, 'npm/cache'),
        npm_config_update_notifier: 'false',
      },
    },
  )
  made.push({
    shape: 'npm',
    program: join(prefix, 'bin/impt'),
    files: [join(prefix, 'share/man/man1/impt.1')],
    // What it says of this machine's settings is not about the package.
    said: installing.stderr
      .split('\n')
      .filter((line) => /install-scripts|impt@/.test(line))
      .join('\n'),
  })

  const admin = process.getuid?.() === 0 && spawnSync('dpkg', ['--version']).status === 0
  if (!admin) {
    console.log('left out: a Debian package can only be installed by root, with dpkg')
    return made
  }
  const root = folder('debian')
  for (const name of ['updates', 'info']) mkdirSync(join(root, 'var/lib/dpkg', name), { recursive: true })
  writeFileSync(join(root, 'var/lib/dpkg/status'), '')
  // The libraries of C are in no other root than that of this machine.
  spawnSync('dpkg', [`--root=${root}`, '--force-depends', '--install', named('.deb')], { encoding: 'utf8' })
  const installed = [
    'man/man1/impt.1.gz',
    'bash-completion/completions/impt',
    'zsh/vendor-completions/_impt',
    'fish/vendor_completions.d/impt.fish',
    'doc/impt/copyright',
  ]
  made.push({
    ...plain,
    shape: 'Debian package',
    program: join(root, 'usr/bin/impt'),
    files: installed.map((name) => join(root, 'usr/share', name)),
  })
  return made
}

/** Opens a file with a mistake at the language server, which looks at it in a thread. Gives what is wrong, empty if nothing is. */
export async function languageServerOf(program, env) {
  const child = spawn(program, ['lsp'], { env, stdio: ['pipe', 'pipe', 'pipe'], timeout: 120_000 })
  const say = (message) => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message })
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  }
  const textDocument = { uri: 'untitled:a.nut', languageId: 'squirrel', version: 1, text: 'local a = f(' }
  say({ id: 1, method: 'initialize', params: { capabilities: {} } })
  say({ method: 'textDocument/didOpen', params: { textDocument } })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text))
  let told = false
  for await (const text of child.stdout.setEncoding('utf8')) {
    said += text
    if (told || !/publishDiagnostics.*"message"/.test(said)) continue
    told = true
    say({ id: 2, method: 'shutdown' })
    say({ method: 'exit' })
  }
  return told ? '' : said || 'nothing'
}

/** The page is inside too, and leaves its server as it should: what was asked, its result and what must be in it, for `check`. */
export async function dashboardOf(program, env) {
  const child = spawn(program, ['--sandbox', 'dashboard', '--no-open', '-z', 'json'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  let stdout = ''
  let stderr = ''
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text))
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    stdout += chunk
    if (stdout.includes('\n')) break
  }
  if (!stdout.includes('\n'))
    return [{ what: 'the dashboard', result: { status: 1, stdout, stderr }, pattern: /^$/ }]
  const { origin } = new URL(JSON.parse(stdout).url)
  const pages = []
  for (const [path, pattern] of [
    ['/', /<title>impt dashboard</],
    ['/page.js', /sessionStorage/],
    ['/page.css', /--accent/],
  ]) {
    const text = await (await fetch(origin + path)).text()
    pages.push({ what: `the dashboard: ${path}`, result: { status: 0, stdout: text, stderr: '' }, pattern })
  }
  child.kill('SIGTERM')
  await ended
  return [
    ...pages,
    { what: 'the dashboard warns of nothing', result: { status: 0, stdout: stderr, stderr }, pattern: /^$/ },
  ]
}
