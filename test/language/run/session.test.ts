import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeScript, readScript } from '../../../src/language/run/script-file.ts'
import { createSession } from '../../../src/language/run/session.ts'
import { ImptError } from '../../../src/output/error.ts'
import { entity, fakeHost, newFolder } from '../fake-host.ts'

const signal = new AbortController().signal

test('inputs at the prompt share variables, functions, the directory and the environment', async () => {
  const host = fakeHost()
  const session = createSession(host)
  for (const input of [
    'let a = 1',
    'let a = 2',
    'fn f(x) { $x + $a }',
    'set a = 3',
    'let d = temp-dir',
    'cd $d',
    'set env.IMPT_T = "x"',
  ]) {
    assert.equal((await session.run(input, signal)).exit, 0, host.written.err)
  }
  await session.run("f 1\nf $a\n(pwd) == $d\n!sh -c 'echo $IMPT_T'", signal)
  assert.match(host.written.err, /"\+" does not work on text and a number/)
  await session.run('f $a\n(pwd) == $d', signal)
  assert.match(host.written.out, /^6\ntrue\n$/)
  assert.deepEqual(session.functions(), ['f'])
  assert.ok(session.variables().includes('a'))
  const directory = session.get('d') as string
  assert.ok(existsSync(directory))
  await session.close()
  assert.ok(!existsSync(directory))
})

test('$_ is the last value that was shown and $err the last error', async () => {
  const answers = {
    'device list': () => ({ kind: 'entities', of: 'Device', items: [entity('Device', 'd1')] }) as const,
  }
  const host = fakeHost({ answers })
  const session = createSession(host)
  for (const input of [
    '1 + 2',
    '$_ * 2',
    'device list',
    '$_ | get id',
    'throw {code: "MINE", message: "m"}',
    'print $err.code',
  ])
    await session.run(input, signal)
  assert.equal(host.written.out, '3\n6\n<device list>\nd1\nMINE\n')
  assert.match(host.written.err, /^<prompt>:1:1: error\[MINE\]: m/)
})

test('an input with an unknown name does not run, exit ends the session', async () => {
  const host = fakeHost()
  const session = createSession(host)
  assert.deepEqual(await session.run('print a\nnope', signal), { exit: 2, ended: false })
  assert.equal(host.written.out, '')
  assert.deepEqual(await session.run('exit 4', signal), { exit: 4, ended: true })
})

test('Ctrl-C stops an input and leaves the session usable', async () => {
  const host = fakeHost()
  const session = createSession(host)
  const controller = new AbortController()
  const running = session.run('let n = 1\nprint begun\nwhile true { }', controller.signal)
  while (host.written.out === '') await new Promise((resolve) => setImmediate(resolve))
  controller.abort()
  assert.equal((await running).exit, 130)
  assert.equal((await session.run('print $n', signal)).exit, 0)
  assert.equal(host.written.out, 'begun\n1\n')
})

test('how far a loop came is told of the input that was stopped in it, and of no later one', async () => {
  const session = createSession(fakeHost())
  const stopped = async (input: string) => {
    const controller = new AbortController()
    const running = session.run(input, controller.signal)
    setTimeout(() => controller.abort(), 10)
    return (await running).left
  }
  assert.deepEqual(await stopped('for i in [1, 2, 3] { sleep 1h }'), { done: 0, broken: 1, left: 2 })
  assert.equal(await stopped('sleep 1h'), undefined)
})

test('Ctrl-C and time limits are heard where nothing but numbers is read', async () => {
  for (const endless of ['range 1 1000000000000', '1..1000000000000', 'range 0 -1000000000000 --step -1']) {
    for (const reader of ['count', 'last?', 'skip 999999999999 | count']) {
      const controller = new AbortController()
      const running = createSession(fakeHost()).run(`${endless} | ${reader}`, controller.signal)
      setTimeout(() => controller.abort(), 10)
      assert.equal((await running).exit, 130, `${endless} | ${reader}`)
    }
    const limited = await createSession(fakeHost()).run(`with timeout 10ms { ${endless} | count }`, signal)
    assert.equal(limited.exit, 124, endless)
  }
})

test('Ctrl-C is heard in the middle of a long list, whatever filter reads it', async () => {
  const session = createSession(fakeHost())
  assert.equal((await session.run('let numbers = 1..3000000', signal)).exit, 0)
  for (const filter of [
    'where $it < 0',
    'any $it < 0',
    'all $it > 0',
    'find $it < 0',
    'partition $it < 0 | get yes',
    'take-while $it > 0',
    'skip-while $it > 0',
    'until $it < 0',
    'index-of 0',
    'chunks 2',
    'window 2',
    'reduce 0 {|sum, one| $sum + $one}',
    'map { $it + 1 }',
  ]) {
    const controller = new AbortController()
    const running = session.run(`$numbers | ${filter}`, controller.signal)
    setImmediate(() => controller.abort())
    assert.equal((await running).exit, 130, filter)
  }
})

test('a file that is no script is refused with its reason', async () => {
  const directory = newFolder()
  writeFileSync(join(directory, 'bytes.imptsh'), Buffer.from([0x70, 0xff, 0xfe]))
  writeFileSync(join(directory, 'big.imptsh'), Buffer.alloc(10_000_000, 0x61))
  for (const [path, reason] of [
    ['bytes.imptsh', /is not UTF-8/],
    ['big.imptsh', /too long: 10000000 bytes/],
    ['missing.imptsh', /no such file/],
    ['.', /is a directory/],
  ] as const) {
    await assert.rejects(
      readScript(join(directory, path)),
      (error) => error instanceof ImptError && error.exit === 2 && reason.test(error.message),
    )
  }
  assert.throws(() => decodeScript(new Uint8Array([0xff]), '<stdin>'), /<stdin>: the file is not UTF-8/)
})
