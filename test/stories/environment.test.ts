import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { openDesk, type Desk, type Ended } from './impt.ts'

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

const namesIn = (texts: readonly string[]) =>
  new Set(
    texts.flatMap((text) => [
      ...Array.from(text.matchAll(/env(?:\.|\[")([A-Z][A-Z0-9_]+)/g), ([, name = '']) => name),
      ...Array.from(text.matchAll(/"([A-Z][A-Z0-9_]+)"in env/g), ([, name = '']) => name),
      // Lists of which one is looked for.
      ...Array.from(text.matchAll(/\[((?:"[A-Z][A-Z0-9_]+",?)+)\]\.some/g), ([, list = '']) =>
        list.split(',').map((name) => name.slice(1, -1)),
      ).flat(),
    ]),
  )

/** What commands show of other kinds, and what a script makes of them, in one process. */
const READ = `device info --device "Pump Prototype"
device info --device "Pump Prototype" -z json
log get --device "Pump Prototype" --page-number 1
device list | sort-by name | first 2 | to csv`

/** The embedded impCentral has another port each time. */
const settled = ({ stdout, ...rest }: Ended) => ({ stdout: stdout.replace(/127\.0\.0\.1:\d+/g, ''), ...rest })

/** What the program means to read, and what belongs to Node itself, to the system and to the proxy that a person named. */
const MEANT =
  /^(?:IMPT_|XDG_|NODE_|NO_COLOR|FORCE_COLOR|TERM$|PATH|HOME|USERPROFILE|APPDATA|HTTPS?_PROXY|NO_PROXY)/

const libraries = [...namesIn(filesIn('dist', '.cjs'))].filter(
  (name) => !MEANT.test(name) && !namesIn(filesIn('src', '.ts')).has(name),
)

describe('what libraries read from the environment', () => {
  test('is known', () => {
    for (const name of ['CI', 'GITHUB_ACTIONS', 'TEAMCITY_VERSION', 'COLORTERM'])
      assert.ok(libraries.includes(name))
  })

  for (const words of [
    ['device', 'list'],
    ['device', 'list', '-z', 'table'],
    ['product', 'list', '-z', 'csv'],
    ['nosuch'],
    ['help', 'language'],
    ['squirrel', 'run', 'device.nut', '--coverage', '--start', '2026-01-01'],
    ['-c', READ],
    ['-c', 'device list | first 2 | to yaml | from yaml | to md'],
  ])
    test(`changes nothing that goes into a pipe: ${words.join(' ')}`, async (t) => {
      const desk = await openDesk(t)
      await writeFile(join(desk.folder, 'device.nut'), 'server.log("reached")\n')
      const all = Object.fromEntries(libraries.map((name) => [name, name === 'DEBUG' ? '*' : '1']))
      const line = ['--sandbox', ...words]
      const [bare, within] = [await desk.run(line), await desk.run(line, '', all)]
      assert.notEqual(bare.stdout, '')
      assert.deepEqual(settled(within), settled(bare))
    })
})

/** What machines set and what a person may have left over, odd values of each; the first of a list goes with the first of the others. */
const ODD: Readonly<Record<string, readonly string[]>> = {
  LC_ALL: ['C', 'POSIX', 'tr_TR.UTF-8'],
  LANG: ['', 'de_DE.ISO-8859-1', 'xx'],
  LANGUAGE: ['fr', ''],
  TZ: ['Mars/Phobos', '', 'Asia/Kathmandu'],
  TERM: ['', 'dumb', 'unknown-256color'],
  COLUMNS: ['0', '-1', 'wide', '20'],
  LINES: ['0', '1'],
  HTTP_PROXY: ['http://127.0.0.1:9', 'nonsense'],
  HTTPS_PROXY: ['http://127.0.0.1:9', 'nonsense'],
  ALL_PROXY: ['socks5://127.0.0.1:9', ''],
  NO_PROXY: ['*', '', ',,'],
  SSL_CERT_FILE: ['/nonexistent', ''],
  SSL_CERT_DIR: ['/nonexistent', ''],
  NODE_EXTRA_CA_CERTS: ['', '/etc/hostname'],
  NODE_NO_WARNINGS: ['1', ''],
  NODE_PENDING_DEPRECATION: ['1', ''],
  NODE_OPTIONS: [
    '--max-old-space-size=200',
    '--throw-deprecation --unhandled-rejections=strict',
    '--stack-trace-limit=0',
    '--disable-proto=delete',
    '--preserve-symlinks',
  ],
  TMPDIR: ['/dev/null/below', ''],
  PAGER: ['/nonexistent', ''],
  EDITOR: ['/nonexistent', ''],
  XDG_CONFIG_HOME: ['relative', ''],
  XDG_STATE_HOME: ['relative', ''],
  // Nobody, not even root, can make a folder there.
  XDG_CACHE_HOME: ['/dev/null/below', 'relative', ''],
  UV_THREADPOOL_SIZE: ['1', ''],
}

describe('what machines set', () => {
  for (const words of [
    ['device', 'list'],
    ['-c', READ],
    ['nosuch'],
    ['help', 'language'],
    ['device', 'list', '--help'],
  ])
    test(`changes nothing that goes into a pipe, whatever it is: ${words.join(' ')}`, async (t) => {
      const desk = await openDesk(t)
      const line = ['--sandbox', ...words]
      const bare = await desk.run(line)
      assert.notEqual(bare.stdout, '')
      const most = Math.max(...Object.values(ODD).map(({ length }) => length))
      for (let turn = 0; turn < most; turn++) {
        const env = Object.fromEntries(
          Object.entries(ODD).map(([name, values]) => [name, values[turn % values.length]]),
        )
        assert.deepEqual(settled(await desk.run(line, '', env)), settled(bare), JSON.stringify(env))
      }
    })
})

/** What needs no home: whatever is read there is missing, and nothing is written. */
const HOMELESS = [
  ['completion', 'bash'],
  ['completion', 'targets'],
  ['help', 'language'],
  ['device', 'list', '--help'],
  ['squirrel', 'check', 'device.nut'],
  ['squirrel', 'format', '--check', 'device.nut'],
  ['squirrel', 'run', 'device.nut', '--time', '1'],
  ['squirrel', 'libraries'],
  ['schema', 'device', 'list'],
  ['check', 'one.imptsh'],
  ['fmt', '--check', 'one.imptsh'],
  ['run', 'one.imptsh'],
  ['-c', 'print 1'],
  ['target', 'list'],
]

describe(
  'a user of whom the system knows nothing, without HOME',
  {
    skip: process.getuid?.() !== 0 && 'only root can start something as another user',
  },
  () => {
    const stranger = async (
      desk: Desk,
      words: readonly string[],
      env: Readonly<Record<string, string | undefined>> = {},
    ) => {
      const user = { uid: 54_321, gid: 54_321 }
      const { child, ended } = desk.start(
        words,
        { HOME: undefined, IMPT_SANDBOX_DIR: undefined, ...env },
        user,
      )
      child.stdin?.end()
      return ended
    }
    const deskOfAll = async (t: TestContext) => {
      const desk = await openDesk(t)
      await chmod(desk.folder, 0o777)
      await writeFile(join(desk.folder, 'device.nut'), 'server.log("reached")\n')
      await writeFile(join(desk.folder, 'one.imptsh'), 'print 1\n')
      return desk
    }

    for (const words of HOMELESS)
      test(`gets what needs no home as anybody does: ${words.join(' ')}`, async (t) => {
        const desk = await deskOfAll(t)
        const { code, stderr, stdout } = await stranger(desk, words)
        assert.deepEqual([code, stderr], [0, ''], stdout)
        if (words[1] !== 'run') assert.equal(stdout, (await desk.run(words)).stdout)
      })

    test('works in the cloud with a login that variables name', async (t) => {
      const desk = await deskOfAll(t)
      const { url } = await desk.server('--open')
      await rm(join(desk.folder, '.impt.auth'))
      const list = await stranger(desk, ['device', 'list', '-z', 'json'], {
        IMPT_ENDPOINT: url,
        IMPT_LOGINKEY: 'de30de30de30de30',
      })
      assert.equal(list.code, 0, list.stdout)
      assert.match(list.stdout, /"Kitchen"/)
    })

    test('works with a sandbox whose folder a variable names', async (t) => {
      const desk = await deskOfAll(t)
      const list = await stranger(desk, ['--sandbox', 'device', 'list', '-z', 'csv'], {
        IMPT_SANDBOX_DIR: join(desk.folder, 'mine'),
      })
      assert.deepEqual([list.code, list.stderr], [0, ''], list.stdout)
      assert.match(list.stdout, /Kitchen/)
    })

    test('is told so where something would be written at home', async (t) => {
      const desk = await deskOfAll(t)
      const about = await stranger(desk, ['--version', '--verbose'])
      assert.equal(about.code, 0, about.stderr)
      assert.match(about.stdout, /^settings: none \(There is no home folder: HOME is not set/m)
      assert.equal((await stranger(desk, ['device', 'list'])).code, 3)
      // A HOME that is set to nothing is no home, and not the working directory.
      for (const [HOME, ...words] of [
        ['', '--sandbox', 'device', 'list'],
        [undefined, '--sandbox', 'device', 'list'],
        [undefined, 'sandbox', 'start'],
        [undefined, 'target', 'add', 'prod', '--login', 'acme'],
        [undefined, '-c', 'cd ~'],
      ] as const) {
        const { code, stdout, stderr } = await stranger(desk, words, { HOME })
        assert.equal(code, 1, words.join(' '))
        assert.match(stdout + stderr, /There is no home folder: HOME is not set[^]*Set HOME to a folder/)
      }
    })
  },
)

test('a relative HOME is the folder that it names from here, in the background too', async (t) => {
  const desk = await openDesk(t)
  const env = { HOME: 'home of mine', IMPT_SANDBOX_DIR: '' }
  try {
    const start = await desk.run(['sandbox', 'start'], '', env)
    assert.equal(start.code, 0, start.stdout)
    assert.match((await desk.run(['sandbox', 'status'], '', env)).stdout, /running: +true/)
  } finally {
    await desk.run(['sandbox', 'stop'], '', env)
  }
})

for (const TMPDIR of ['not here', '/dev/null', '/dev/null/below'])
  test(`where no temporary folder can be made, who needs one is told so, and who needs none is not: ${TMPDIR}`, async (t) => {
    const desk = await openDesk(t)
    await writeFile(join(desk.folder, 'one.imptsh'), 'test "one" { assert (1 == 1) }\n')
    for (const words of [
      ['check', '--test', 'one.imptsh'],
      ['-c', 'temp-dir'],
    ]) {
      const { code, stdout, stderr } = await desk.run(words, '', { TMPDIR })
      assert.equal(code, 1, stdout + stderr)
      assert.match(stdout + stderr, /File error: [^]*TMPDIR names the folder for temporary files/)
    }
    for (const words of [
      ['check', 'one.imptsh'],
      ['squirrel', 'libraries'],
      ['--sandbox', 'device', 'list', '-z', 'csv'],
    ])
      assert.equal((await desk.run(words, '', { TMPDIR })).code, 0)
  })

test('a relative TMPDIR is the folder that it names from where impt was started', async (t) => {
  const desk = await openDesk(t)
  await mkdir(join(desk.folder, 'my tmp'))
  const { stdout } = await desk.run(
    ['-c', 'cd "my tmp"; let d = temp-dir; "a" | save "$d/x"; print $d'],
    '',
    {
      TMPDIR: 'my tmp',
    },
  )
  assert.ok(stdout.startsWith(join(await realpath(desk.folder), 'my tmp', 'impt-')), stdout)
})
