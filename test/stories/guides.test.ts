import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { openDesk, type Desk } from './impt.ts'
import { openScriptWorld } from './script-world.ts'
import { PROGRAM } from './terminal.ts'

const guide = (name: string) => readFile(join('src/help', `${name}.md`), 'utf8')
const blocks = (text: string, kind: string) =>
  [...text.matchAll(new RegExp(`\`\`\`${kind}\\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block)

/** Runs a script of a guide with the built program as `impt`; nothing is installed by npm. */
async function shell(desk: Desk, script: string, env: NodeJS.ProcessEnv = {}) {
  const bin = join(desk.folder, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'impt'), `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`)
  await writeFile(join(bin, 'npm'), '#!/bin/sh\necho "npm $*"\n')
  for (const name of ['impt', 'npm']) await chmod(join(bin, name), 0o755)
  const child = spawn('bash', ['-eu', '-o', 'pipefail', '-c', script], {
    cwd: desk.folder,
    env: { ...desk.env, PATH: `${bin}${delimiter}${desk.env['PATH'] ?? ''}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, output }
}

test('the guide "develop" works line by line, from an empty folder to a released build', async (t) => {
  const desk = await openDesk(t)
  const text = await guide('develop')
  const scripts = blocks(text, 'bash')
  assert.equal(scripts.length, 5)
  for (const script of scripts) {
    const { code, output } = await shell(desk, script)
    assert.equal(code, 0, `${script}\n${output}`)
  }
  assert.match(await readFile(join(desk.folder, 'reports/impt.xml'), 'utf8'), /testCounts\(\)/)
})

/** The shell parts of a file for a pipeline, in order. */
function shellParts(kind: string, file: string): string[] {
  const indented = (pattern: RegExp) =>
    [...file.matchAll(pattern)].map(([, body = '']) => body.replace(/^ +/gm, ''))
  switch (kind) {
    case 'GitHub Actions':
      return parse(file).jobs.test.steps.flatMap(({ run }: { readonly run?: string }) => run ?? [])
    case 'GitLab':
      return parse(file)['device-tests'].script
    case 'TeamCity':
      return indented(/scriptContent = """\n([^]*?)"""/g).map((body) => body.replaceAll("${'$'}", '$'))
    default:
      return indented(/sh (?:returnStatus: true, script: )?'''\n([^]*?)'''/g)
  }
}

test('each file of the guide "ci" runs as it stands: passes, fails with 1, and has no verdict with 8', async (t) => {
  const text = await guide('ci')
  const files = [...text.matchAll(/^## (.+?): `(.+)`\n\n```\w+\n([^]*?)```/gm)]
  assert.deepEqual(
    files.map(([, system, name]) => [system, name]),
    [
      ['GitHub Actions', '.github/workflows/device-tests.yml'],
      ['GitLab', '.gitlab-ci.yml'],
      ['TeamCity', '.teamcity/settings.kts'],
      ['Jenkins', 'Jenkinsfile'],
    ],
  )
  const desk = await openDesk(t)
  const { url } = await desk.cloud()
  const key = (await desk.json('loginkey', 'create', '--pwd', 'demo-password'))['Login Key'].id as string
  await desk.run(['auth', 'logout'])
  const env = { IMPT_LOGINKEY: key, IMPT_ENDPOINT: url }
  const group = 'fa560bf1-b7c7-134a-9fd2-fd90da7e538b'
  const write = (name: string, content: string) => writeFile(join(desk.folder, name), content)
  await write('device.nut', 'value <- 1;\n')
  await write('agent.nut', '\n')
  await write(
    '.impt.test',
    JSON.stringify({
      deviceGroupId: group,
      timeout: 30,
      stopOnFail: false,
      allowDisconnect: false,
      builderCache: false,
      testFiles: ['*.test.nut'],
      deviceFile: 'device.nut',
    }),
  )
  const body = (expected: number) =>
    `class A extends ImpTestCase { function testA() { this.assertEqual(${expected}, value); } }\n`
  for (const [, system = '', , file = ''] of files) {
    const script = shellParts(system, file).join('\n')
    assert.match(script, /impt test run --report junit=reports\/impt\.xml/, system)
    await write('a.test.nut', body(1))
    const passed = await shell(desk, script, env)
    assert.equal(passed.code, 0, `${system}: ${passed.output}`)
    assert.match(passed.output, /npm install --global/)
    assert.ok(!passed.output.includes(key), 'no output shows the key')
    await write('a.test.nut', body(2))
    assert.equal((await shell(desk, script, env)).code, 1, system)
    assert.match(await readFile(join(desk.folder, 'reports/impt.xml'), 'utf8'), /failures="1"/)
  }
  // Nobody answers at this address: that says nothing about the code.
  const [, , , github = ''] = files[0] ?? []
  const away = await shell(desk, shellParts('GitHub Actions', github).join('\n'), {
    ...env,
    IMPT_ENDPOINT: 'http://127.0.0.1:9',
  })
  assert.equal(away.code, 8, away.output)
  assert.match(away.output, /::warning::No verdict/)
})

test('the guide "coverage" works as it stands, and its table is what the run tells', async (t) => {
  const desk = await openDesk(t)
  const text = await guide('coverage')
  const [first = '', reports = '', minimum = ''] = blocks(text, 'bash')
  const [table = ''] = blocks(text, 'text')
  const run = await shell(desk, first)
  assert.equal(run.code, 0, run.output)
  const shown = run.output.split('\n').map((line) => line.trimEnd())
  const at = shown.indexOf(table.split('\n')[0] ?? '')
  assert.deepEqual(shown.slice(at, at + 6), table.trimEnd().split('\n'))
  const written = await shell(desk, reports)
  assert.equal(written.code, 0, written.output)
  for (const name of ['coverage/lcov.info', 'pages/index.html', 'coverage.json'])
    assert.notEqual(await readFile(join(desk.folder, name), 'utf8'), '')
  const enough = await shell(desk, minimum)
  assert.equal(enough.code, 0, enough.output)
  const [saved = ''] = blocks(text, 'json')
  const config = JSON.parse(await readFile(join(desk.folder, '.impt.test'), 'utf8')) as object
  const next = { ...config, ...(JSON.parse(`{${saved}}`) as object) }
  await writeFile(join(desk.folder, '.impt.test'), JSON.stringify(next))
  const { output } = await shell(desk, 'impt --sandbox test run --coverage')
  assert.match(output, /No file was measured/)
})

test('the guide "libraries" works as it stands, and a version that is not there is told as it says', async (t) => {
  const desk = await openDesk(t)
  const text = await guide('libraries')
  const [script = ''] = blocks(text, 'bash')
  const { code, output } = await shell(desk, script)
  assert.equal(code, 0, output)
  assert.match(output, /\[server\.log\] sensor\n/)
  const [told = ''] = blocks(text, 'text')
  const lost = await shell(
    desk,
    'sed -i s/1.2.0/2.0.0/ device.nut; impt squirrel check device.nut --libraries libs || true',
  )
  assert.ok(lost.output.includes(told), lost.output)
})

test('the guide "debugger" shows what its commands show', async (t) => {
  const desk = await openDesk(t)
  const text = await guide('debugger')
  const [session = '', profile = ''] = blocks(text, 'bash')
  const { code, output } = await shell(desk, session)
  assert.equal(output, blocks(text, 'text')[0])
  assert.equal(code, 0)
  const measured = await shell(desk, profile)
  assert.equal(measured.code, 0, measured.output)
  assert.match(measured.output, / {2}tick at blink\.nut:10 \(device\)\n/)
})

test('the tour of the language works line by line with the names of the sandbox that it says', async (t) => {
  const world = await openScriptWorld(t)
  const text = await guide('language')
  const tour = text.slice(text.indexOf('## A five-minute tour'), text.indexOf('## Reports'))
  const said = [
    ...tour.slice(0, tour.indexOf('```')).matchAll(/write `([^`]+)` for\s`([^`]+)`|`([^`]+)` for `([^`]+)`/g),
  ]
  const names = said.map(([, a, b, c, d]) => [b ?? d ?? '', a ?? c ?? ''] as const)
  assert.deepEqual(
    names.map(([name]) => name),
    ['lab-1', '"line 1"', 'quarantine'],
  )
  const scripts = blocks(tour, 'imptsh')
  assert.ok(scripts.length >= 9)
  for (const script of scripts) {
    let mine = script
    for (const [name, other] of names) mine = mine.replaceAll(name, other)
    const { code, stdout, stderr } = await world.run(mine, { args: script.includes('param') ? ['x'] : [] })
    assert.equal(code, 0, `${mine}\n${stderr}`)
    assert.notEqual(stdout, '', mine)
  }
})
