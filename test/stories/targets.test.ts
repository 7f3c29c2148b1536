import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openDesk, type Desk } from './impt.ts'

/** Two impCentrals, and a login in each: `a` and `b`. */
async function twoClouds(
  t: TestContext,
): Promise<Desk & { readonly urls: Readonly<Record<string, string>> }> {
  const desk = await openDesk(t)
  const urls: Record<string, string> = {}
  for (const name of ['a', 'b']) {
    const { url } = await desk.server()
    urls[name] = url
    const login = await desk.run(
      ['auth', 'login', '--as', name, '-u', 'demo', '-w', 'demo-password', '-e', url],
      '',
    )
    assert.equal(login.code, 0, login.stdout)
    const added = await desk.run(['target', 'add', name, '--login', name])
    assert.equal(added.code, 0, added.stdout)
  }
  await desk.run(['auth', 'logout'])
  return { ...desk, urls }
}

test('a target is named on a command and before it, and its login is used', async (t) => {
  const desk = await twoClouds(t)
  const made = await desk.run(['product', 'create', '-n', 'Lamp', '--at', 'b'])
  assert.equal(made.code, 0, made.stdout)
  assert.match((await desk.run(['--at', 'b', 'product', 'list'])).stdout, /Lamp/)
  assert.doesNotMatch((await desk.run(['--at=a', 'product', 'list'])).stdout, /Lamp/)
  assert.match((await desk.run(['product', 'list', '--at', 'b'], '', { IMPT_TARGET: 'a' })).stdout, /Lamp/)
  assert.doesNotMatch((await desk.run(['product', 'list'], '', { IMPT_TARGET: 'a' })).stdout, /Lamp/)
  const without = await desk.run(['product', 'list'])
  assert.equal(without.code, 3, without.stdout)
  assert.deepEqual(await desk.json('target', 'list'), [
    { name: 'a', login: 'a', production: false, from: 'user' },
    { name: 'b', login: 'b', production: false, from: 'user' },
  ])
})

test('production asks twice: the question and the name, or --retype where nobody is asked', async (t) => {
  const desk = await twoClouds(t)
  assert.equal((await desk.run(['target', 'update', 'b', '--production'])).code, 0)
  const create = ['product', 'create', '-n', 'Lamp']
  const refused = await desk.run([...create, '--at', 'b'])
  assert.equal(refused.code, 4)
  assert.match(refused.stdout, /asked twice and there is no one to ask\nadd --retype b if you are sure/)
  const piped = await desk.run([...create, '--at', 'b'], 'y\nb\n')
  assert.equal(piped.code, 4, 'a pipe is nobody')
  const other = await desk.run([...create, '--at', 'b', '--retype', 'a'])
  assert.match(other.stdout, /--retype says "a", but the target is "b"/)
  assert.equal(other.code, 4)
  const lost = await desk.run([...create, '--retype', 'b'])
  assert.match(lost.stdout, /--retype says "b", but no target is in effect/)
  assert.doesNotMatch((await desk.run(['product', 'list', '--at', 'b'])).stdout, /Lamp/)
  const made = await desk.run([...create, '--at', 'b', '--retype', 'b'])
  assert.equal(made.code, 0, made.stdout)
  const gone = ['product', 'delete', '-p', 'Lamp', '--at', 'b', '--retype', 'b']
  assert.equal((await desk.run(gone)).code, 4, 'the question of the command is not answered by the name')
  assert.equal((await desk.run([...gone, '-q'])).code, 0)
  assert.equal((await desk.run([...create, '--at', 'a'])).code, 0)
})
