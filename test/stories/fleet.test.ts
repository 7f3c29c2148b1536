import assert from 'node:assert/strict'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { test } from 'node:test'
import { openDesk, type Running } from './impt.ts'
import { PROGRAM } from './terminal.ts'

const FIELD = 'backup/products/Thermostat/groups/Thermostat Field'

/** Waits for a condition of the disk; the time only bounds a hang. */
async function until(condition: () => boolean, running: Running): Promise<void> {
  let ended = false
  void running.ended.then(() => (ended = true))
  for (const deadline = performance.now() + 300_000; !condition(); await delay(2)) {
    if (ended || performance.now() > deadline) throw new Error('it did not come to that')
  }
}

/** Ends a process as a crash would, and waits for its end. */
async function crash(running: Running): Promise<void> {
  running.child.kill('SIGKILL')
  await running.ended
}

const linesOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0)

test('a new user backs up, changes a file, plans and applies on the built-in impCentral', async (t) => {
  const desk = await openDesk(t)
  const pulled = await desk.run(['--sandbox', 'pull', 'backup'])
  assert.deepEqual(
    [pulled.code, pulled.stdout, pulled.stderr],
    [
      0,
      'demo on sandbox: 2 Products, 6 Device Groups, 4 builds, 8 devices\nbackup: 28 new files, 0 changed, 0 removed, 0 unchanged\nIMPT COMMAND SUCCEEDS\n',
      '',
    ],
  )
  assert.equal((await desk.run(['--sandbox', 'plan', 'backup'])).code, 0)
  writeFileSync(join(desk.folder, FIELD, 'agent.nut'), 'server.log("Release 2")\n')
  const plan = await desk.run(['--sandbox', 'plan', 'backup'])
  assert.equal(plan.code, 6)
  assert.match(
    plan.stdout,
    /\n~ {5}build current v1\.0 -> agent\.nut \+1 -1, taken at the next restart or reconnect; the tag v1\.0 stays with the build [\w-]+ \(--move-tags moves it\)\n/,
  )
  const once = await desk.run(['--sandbox', 'apply', 'backup'], 'y\n')
  assert.equal(once.code, 4, 'a production group is asked for twice')
  assert.match(once.stdout, /add --confirmed and --retype "Thermostat Field" if you are sure/)
  const asked = await desk.run(['--sandbox', 'apply', 'backup', '-q', '--retype', 'Thermostat Field'])
  assert.equal(asked.code, 0, asked.stdout + asked.stderr)
  assert.equal((await desk.run(['--sandbox', 'plan', 'backup'])).code, 0)
  const { stdout, code } = await desk.run([
    '--sandbox',
    'build',
    'diff',
    'dg:Thermostat Field',
    '--agent-only',
    '-y',
    join(FIELD, 'agent.nut'),
  ])
  assert.deepEqual(
    [code, stdout],
    [
      0,
      '--device-file option is not specified, empty device code is compared.\nThe code is the same.\nIMPT COMMAND SUCCEEDS\n',
    ],
  )
})

test('a plan reads a folder that may not be written to, as a checkout for a build has it', async (t) => {
  const desk = await openDesk(t)
  // Somebody else, see below, gets into an open sandbox only.
  const { url } = await desk.server('--open')
  const pulled = await desk.run(['pull', 'backup'])
  assert.equal(pulled.code, 0, pulled.stdout)
  writeFileSync(join(desk.folder, FIELD, 'agent.nut'), 'server.log("Release 2")\n')
  for (const own of ['backup/.impt', 'backup/secrets.json', '.impt.auth'])
    rmSync(join(desk.folder, own), { recursive: true, force: true })
  const home = join(desk.folder, 'home')
  mkdirSync(home)
  chmodSync(home, 0o777)
  chmodSync(desk.folder, 0o755)
  chmodSync(join(desk.folder, 'backup'), 0o555)
  // Permissions mean nothing to root, so there the command runs as somebody else, who may not be able to read this folder.
  const copy = join(desk.folder, 'program')
  cpSync(dirname(PROGRAM), copy, { recursive: true })
  const person = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {}
  const env = { HOME: home, IMPT_USER: 'demo', IMPT_PASSWORD: 'demo-password', IMPT_ENDPOINT: url }
  const run = (...words: string[]) =>
    desk.start(words, env, { ...person, program: join(copy, basename(PROGRAM)) }).ended
  const { code, stdout } = await run('plan', 'backup')
  assert.equal(code, 6, stdout)
  assert.match(stdout, /\n~ {5}build current v1\.0 -> agent\.nut \+1 -1/)
  assert.ok(!/lock|permission|read-only/i.test(stdout), stdout)
  assert.ok(!existsSync(join(desk.folder, 'backup/.impt')))
  const refused = await run('apply', 'backup', '-q')
  assert.equal(refused.code, 1)
  assert.match(refused.stdout, /permission denied/)
})

test('kill -9 in the middle of pull, apply and a batch: the same command goes on to the same end', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud({ latency: 15 })
  const at = (name: string) => join(desk.folder, name)

  const pulling = desk.start(['pull', 'backup', '--builds', 'all'])
  await until(
    () =>
      existsSync(at('backup/.impt/staging')) &&
      readdirSync(at('backup/.impt/staging'), { recursive: true }).some((name) =>
        String(name).endsWith('.nut'),
      ),
    pulling,
  )
  await crash(pulling)
  assert.equal(existsSync(at('backup/account.json')), false)
  const again = await desk.run(['pull', 'backup', '--builds', 'all'])
  assert.equal(again.code, 0, again.stdout)
  assert.equal((await desk.run(['plan', 'backup'])).code, 0)

  // A second product with everything of the first, to be made anew.
  const product = (name: string, text: string) => {
    const path = at(`backup/products/Copy/${name}`)
    writeFileSync(path, text)
  }
  const { cpSync } = await import('node:fs')
  cpSync(at('backup/products/Thermostat'), at('backup/products/Copy'), { recursive: true })
  product('product.json', '{"name": "Copy"}')
  const applying = desk.start(['apply', 'backup', '-q'])
  await until(() => linesOf(at('backup/.impt/journal.jsonl')) >= 7, applying)
  await crash(applying)
  const ended = await desk.run(['apply', 'backup', '-q', '--retype', 'Thermostat Field'])
  assert.equal(ended.code, 0, ended.stdout)
  assert.equal((await desk.run(['plan', 'backup'])).code, 0)
  const groups = await desk.json('dg', 'list', '-p', 'Copy')
  assert.equal(groups.length, 4)
  const copies = await desk.json('build', 'list', '-p', 'Copy')
  const builds = await desk.json('build', 'list', '-p', 'Thermostat')
  assert.equal(copies.length, builds.length)

  writeFileSync(at('list.csv'), 'device\nKitchen\nCellar\nLiving Room\nSpare\n"Pump Prototype"\n')
  const words = ['device', 'restart', '--from', 'list.csv', '--report', 'done.csv']
  const restarting = desk.start(words)
  await until(() => linesOf(at('done.csv')) >= 2, restarting).catch(() => undefined)
  await crash(restarting)
  const done = await desk.run(words)
  assert.equal(done.code, 0, done.stdout)
  const rows = readFileSync(at('done.csv'), 'utf8').trimEnd().split('\n').slice(1)
  assert.deepEqual(
    rows.map((line) => line.split(',').slice(0, 2).join(',')),
    ['Kitchen,ok', 'Cellar,ok', 'Living Room,ok', 'Spare,ok', 'Pump Prototype,ok'],
  )
})

test('two processes on one folder: one works, the other says who does', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud({ latency: 30 })
  const first = desk.start(['pull', 'backup'])
  const lock = join(desk.folder, 'backup/.impt/folder.lock')
  await until(() => existsSync(lock) && readFileSync(lock, 'utf8') !== '', first)
  // It must not end before the other has looked; ten seconds later its lock would count as abandoned.
  first.child.kill('SIGSTOP')
  const second = await desk.run(['pull', 'backup'])
  first.child.kill('SIGCONT')
  assert.equal(second.code, 1)
  assert.match(
    second.stdout,
    new RegExp(`^Error: The folder "backup" is in use by the process ${first.child.pid} on `),
  )
  assert.equal((await first.ended).code, 0)
  assert.equal((await desk.run(['plan', 'backup'])).code, 0)
})
