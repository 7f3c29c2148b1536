import assert from 'node:assert/strict'
import { chmodSync, lstatSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { ProgramCall } from '../../../src/language/run/host.ts'
import { spawnProgram } from '../../../src/language/run/program.ts'
import { runScript } from '../../../src/language/run/script.ts'
import { fakeHost, run, newFolder } from '../fake-host.ts'

const HOSTILE = `let n = $'\\e[2J\\u{202e}evil\\a'\n`
const RAW = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/

test('a dry run and a trace show programs, files and commands without what a terminal obeys', async () => {
  const script = `${HOSTILE}!true $n\n"x" | save $n\n!echo hi > $n\nproduct create --name $n\n`
  const dry = await run(script, { options: { dryRun: true } })
  assert.equal(dry.exit, 0, dry.err)
  assert.equal(dry.out.match(/would /g)?.length, 5)
  assert.doesNotMatch(dry.out, RAW)
  const traced = await run(`${HOSTILE}!true $n\n`, { options: { trace: true }, name: 'a\x1bb.imptsh' })
  assert.match(traced.err, /!true \\e\[2J/)
  assert.doesNotMatch(traced.err, RAW)
})

test('a question shows what it asks about without what a terminal obeys', async () => {
  const script = `${HOSTILE}confirm "Delete $n?"\nconfirm --type $n "Sure of $n?"\nask "Name of $n? "\n`
  const asked = await run(script, { replies: ['y', '\x1b[2J\u202eevil\x07', 'x'] })
  assert.equal(asked.exit, 0, asked.err)
  assert.match(asked.err, /Delete \\e\[2J/)
  assert.doesNotMatch(asked.err, RAW)
  const assumed = await run(script, { options: { confirmed: true }, replies: ['x'] })
  assert.doesNotMatch(assumed.err, RAW)
})

test('the output of a program replaces a file whole: behind a link, with its mode, and not where the program fails', async () => {
  const directory = newFolder()
  const [file, link] = [join(directory, 'file'), join(directory, 'link')]
  writeFileSync(file, 'old\n')
  chmodSync(file, 0o640)
  symlinkSync(file, link)
  const failed = await run('try { !sh -c "echo part; exit 3" > link } catch EXTERNAL e { print $e.code }', {
    directory,
  })
  assert.deepEqual([failed.out, failed.err], ['EXTERNAL\n', ''])
  assert.equal(readFileSync(file, 'utf8'), 'old\n')
  assert.equal((await run('!echo new > link', { directory })).exit, 0)
  assert.equal(readFileSync(file, 'utf8'), 'new\n')
  assert.equal(lstatSync(link).isSymbolicLink(), true)
  assert.equal(statSync(file).mode & 0o777, 0o640)
})

test('a named pipe is written to and stays one', async () => {
  const directory = newFolder()
  const pipe = join(directory, 'pipe')
  const made = await run('!mkfifo pipe', { directory })
  assert.equal(made.exit, 0, made.err)
  const [, reader] = await Promise.all([
    run('print written > pipe', { directory }),
    run('print (!cat pipe | lines)', { directory }),
  ])
  assert.match(reader.out, /written/)
  assert.equal(lstatSync(pipe).isFIFO(), true)
})

test('a file with a mode has it from the start', async () => {
  const directory = newFolder()
  const { exit, err } = await run(
    '"a" | save --mode 640 one\n"b" | save --append --mode 600 two\n"c" | save --append --mode 600 two',
    { directory },
  )
  assert.equal(exit, 0, err)
  assert.equal(statSync(join(directory, 'one')).mode & 0o777, 0o640)
  assert.equal(statSync(join(directory, 'two')).mode & 0o777, 0o600)
  assert.equal(readFileSync(join(directory, 'two'), 'utf8').replaceAll('\n', ''), 'bc')
})

/** A host that starts programs, and the end of the last one. */
function watched() {
  let ended: Promise<unknown> | undefined
  const fake = fakeHost()
  const host = {
    ...fake,
    spawn(call: ProgramCall) {
      const program = spawnProgram(call, () => undefined)
      ended = program.ended
      return program
    },
  }
  return { host, fake, ended: () => ended }
}

/** What comes of a wait that nothing ends. */
const late = () => new Promise<'late'>((resolve) => setTimeout(resolve, 180_000, 'late').unref())

test('a program of which nothing was read is ended, whatever stands between it and who reads no more', async () => {
  for (const stages of [
    'lines | first 0',
    'lines | where $it != "x" | first $many',
    'lines | skip 1 | map { $it } | append a | take-while true | first 0',
    'lines | prepend a | first',
    'lines | chunks 2 | to json --lines | until true | first 0',
  ]) {
    const { host, fake, ended } = watched()
    await runScript(`let many = "many"\ntry { !sleep 600 | ${stages} } catch BUG_ARGS, DATA { }`, {
      name: 'x',
      args: [],
      host,
      signal: new AbortController().signal,
    })
    assert.notEqual(await Promise.race([ended(), late()]), 'late', stages)
    assert.equal(fake.written.err, '', stages)
  }
})

test('a program whose output cannot be written is ended, and one that has left others behind is not waited for', async () => {
  const { host, fake, ended } = watched()
  await runScript('try { !sleep 600 > none/x } catch FILE e { print $e.code }', {
    name: 'x',
    args: [],
    host,
    signal: new AbortController().signal,
  })
  assert.equal(fake.written.out, 'FILE\n', fake.written.err)
  assert.notEqual(await Promise.race([ended(), late()]), 'late')
  for (const script of [
    'with timeout 50ms { sh "sleep 60; true" }',
    'with timeout 50ms { print (sh "sleep 60; true") }',
  ]) {
    const limited = run(script)
    const outcome = await Promise.race([limited, late()])
    assert.notEqual(outcome, 'late', script)
    assert.equal(outcome !== 'late' && outcome.exit, 124)
  }
})
