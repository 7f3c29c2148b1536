import assert from 'node:assert/strict'
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { openDesk } from './impt.ts'

/** A program that is installed in a folder of its own and waits in the middle of a script. */
async function waiting(t: TestContext, script: string) {
  const desk = await openDesk(t)
  const installed = join(desk.folder, 'installed')
  await cp('dist', installed, { recursive: true })
  const running = desk.start(
    ['-c', `print waiting; stdin; ${script}`],
    {},
    { program: join(installed, 'impt.cjs') },
  )
  await running.shows(/waiting/)
  const goOn = () => {
    running.child.stdin?.end()
    return running.ended
  }
  return { desk, installed, goOn }
}

const SAID = /^Error: impt was updated, or removed, while it was running.*\nEnd it, and start it again\.\n/m

for (const [what, script] of [
  ['a command', 'squirrel model'],
  ['a thread', 'squirrel run a.nut --time 1'],
] as const) {
  test(`a program whose files are removed while it runs says so when it needs more of them for ${what}`, async (t) => {
    const { installed, goOn } = await waiting(t, script)
    await rm(installed, { recursive: true })
    const { code, stderr } = await goOn()
    assert.match(stderr, SAID)
    assert.equal(code, 1)
  })

  test(`a program that is updated while it runs takes nothing of the new one for ${what}, and says so`, async (t) => {
    const { desk, installed, goOn } = await waiting(t, script)
    await writeFile(join(desk.folder, 'a.nut'), '')
    await rm(installed, { recursive: true })
    await cp('dist', installed, { recursive: true })
    const { code, stderr } = await goOn()
    assert.match(stderr, SAID)
    assert.equal(code, 1)
  })
}

test('the code cache of another Node is not read, whatever is in it: V8 would crash on it', async (t) => {
  const desk = await openDesk(t)
  const installed = join(desk.folder, 'installed')
  await cp('dist', installed, { recursive: true })
  const file = join(installed, 'code-cache.json')
  const { node, places } = JSON.parse(await readFile(file, 'utf8')) as { node: string; places: object }
  assert.match(node, /^v\d+\.\d+\.\d+ \w+ \w+$/)
  await writeFile(file, JSON.stringify({ node: 'v20.0.0', places }))
  await rm(join(installed, 'code-cache.bin'))
  await mkdir(join(installed, 'code-cache.bin'))
  const { child, ended } = desk.start(['-c', 'print 1'], {}, { program: join(installed, 'impt.cjs') })
  child.stdin?.end()
  assert.equal((await ended).stdout, '1\n')
})
