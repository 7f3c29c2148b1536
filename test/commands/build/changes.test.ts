import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { watch } from 'node:fs'
import {
  appendFile,
  mkdir,
  mkdtemp,
  open,
  readFile,
  rename,
  rm,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { createChanges, QUIET_MS } from '../../../src/commands/build/changes.ts'
import { systemClock } from '../../../src/testing/clock.ts'
import { manualClock } from '../../testing/runner.ts'

/** A folder with `src/a.nut` and `src/b.nut`, whose changes are counted by a clock that the test moves. */
async function world(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'impt-changes-'))
  const fence = await mkdtemp(join(tmpdir(), 'impt-fence-'))
  await mkdir(join(folder, 'src'))
  const paths = ['a.nut', 'b.nut'].map((name) => join(folder, 'src', name))
  for (const path of paths) await writeFile(path, 'server.log(1)\n')
  const clock = manualClock()
  const empty: string[] = []
  let changes = 0
  const watched = createChanges({ clock, onChanged: () => changes++, onEmpty: (path) => empty.push(path) })
  watched.attend(new Set(paths))
  t.after(async () => {
    watched.stop()
    for (const one of [folder, fence]) await rm(one, { recursive: true, force: true })
  })
  /** Comes back when all events of before have been delivered: those of one process come in their order. */
  async function delivered(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const watcher = watch(fence, () => {
        watcher.close()
        resolve()
      })
      writeFile(join(fence, 'mark'), String(Math.random())).catch(reject)
    })
  }
  return {
    folder,
    src: join(folder, 'src'),
    a: paths[0] ?? '',
    empty,
    watched,
    delivered,
    /** Lets time pass after what has happened so far. */
    async pass(ms: number): Promise<void> {
      await delivered()
      clock.advance(ms)
    },
    /** Changes that were reported since the last call. */
    taken(): number {
      const taken = changes
      changes = 0
      return taken
    },
  }
}

type World = Awaited<ReturnType<typeof world>>

describe('however an editor saves a file, it is one change, when nothing has changed for a while', () => {
  const saves: readonly { readonly how: string; save(world: World): Promise<void> }[] = [
    { how: 'in place', save: ({ a }) => writeFile(a, 'server.log(2)\n') },
    { how: 'by appending to it', save: ({ a }) => appendFile(a, 'server.log(2)\n') },
    {
      how: 'in many small writes',
      async save({ a, pass }) {
        const file = await open(a, 'w')
        for (let part = 0; part < 10; part++) {
          await pass(50)
          await file.write(`server.log(${part})\n`)
        }
        await file.close()
      },
    },
    {
      how: 'ten times in a row',
      async save({ a, pass }) {
        for (let round = 0; round < 10; round++) {
          await pass(50)
          await writeFile(a, `server.log(${round})\n`)
        }
      },
    },
    {
      how: 'by truncating it and writing it later',
      async save({ a, pass }) {
        const file = await open(a, 'w')
        await pass(50)
        await file.write('server.log(2)\n')
        await file.close()
      },
    },
    {
      how: 'by renaming a temporary file over it',
      async save({ src, a }) {
        await writeFile(join(src, '.a.nut.tmp'), 'server.log(2)\n')
        await rename(join(src, '.a.nut.tmp'), a)
      },
    },
    {
      how: 'as vim does: probe, backup by renaming, new file, backup removed',
      async save({ src, a, pass }) {
        await writeFile(join(src, '4913'), '')
        await unlink(join(src, '4913'))
        await rename(a, `${a}~`)
        await pass(20)
        await writeFile(a, 'server.log(2)\n')
        await unlink(`${a}~`)
      },
    },
    {
      how: 'as vim does with backupcopy: copy, then in place',
      async save({ a, pass }) {
        await writeFile(`${a}~`, await readFile(a))
        await pass(20)
        await writeFile(a, 'server.log(2)\n')
        await unlink(`${a}~`)
      },
    },
    {
      how: 'as emacs does: lock link, backup by renaming, new file',
      async save({ src, a }) {
        await symlink('me@host.1', join(src, '.#a.nut'))
        await rename(a, `${a}~`)
        await writeFile(a, 'server.log(2)\n')
        await unlink(join(src, '.#a.nut'))
      },
    },
    {
      how: 'by removing it and making it anew',
      async save({ a, pass }) {
        await unlink(a)
        await pass(100)
        await writeFile(a, 'server.log(2)\n')
      },
    },
    { how: 'by touching it', save: ({ a }) => utimes(a, new Date(), new Date()) },
    {
      how: 'with sed -i',
      async save({ a }) {
        execFileSync('sed', ['-i', 's/1/2/', a])
      },
    },
    {
      how: 'together with another file',
      async save({ src, a, pass }) {
        await writeFile(a, 'server.log(2)\n')
        await pass(200)
        await writeFile(join(src, 'b.nut'), 'server.log(2)\n')
      },
    },
    {
      how: 'by putting another folder in the place of its own',
      async save({ folder, src, pass }) {
        await mkdir(join(folder, 'new'))
        await writeFile(join(folder, 'new', 'a.nut'), 'server.log(2)\n')
        await rename(src, join(folder, 'old'))
        await pass(20)
        await rename(join(folder, 'new'), src)
      },
    },
    {
      how: 'by removing its folder and making it anew',
      async save({ src, a, pass }) {
        await rm(src, { recursive: true })
        await pass(20)
        await mkdir(src)
        await pass(20)
        await writeFile(a, 'server.log(2)\n')
      },
    },
  ]
  for (const { how, save } of saves) {
    test(how, async (t) => {
      const opened = await world(t)
      await save(opened)
      await opened.pass(QUIET_MS - 1)
      assert.equal(opened.taken(), 0, 'before it is quiet')
      await opened.pass(1)
      assert.equal(opened.taken(), 1, 'when it is quiet')
      await opened.pass(10 * QUIET_MS)
      assert.equal(opened.taken(), 0, 'afterwards')
      assert.deepEqual(opened.empty, [])
      // It is still watched.
      await writeFile(opened.a, 'server.log(3)\n')
      await opened.pass(QUIET_MS)
      assert.equal(opened.taken(), 1)
    })
  }
})

test('a file of no bytes is waited for, however long its content takes', async (t) => {
  const opened = await world(t)
  const file = await open(opened.a, 'w')
  await opened.pass(QUIET_MS)
  await opened.pass(100_000)
  assert.equal(opened.taken(), 0)
  assert.deepEqual(opened.empty, [opened.a])
  await file.write('server.log(2)\n')
  await file.close()
  await opened.pass(QUIET_MS)
  assert.equal(opened.taken(), 1)
})

test('a file counts from before it is read, together with those that counted already', async (t) => {
  const { src, a, watched, pass, taken } = await world(t)
  const late = join(src, 'late.nut')
  await writeFile(late, 'server.log(1)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 0)
  watched.also(late)
  await writeFile(late, 'server.log(2)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 1)
  await writeFile(a, 'server.log(2)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 1)
  watched.attend(new Set([a]))
  await writeFile(late, 'server.log(3)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 0)
})

test('a file that was empty from the start is no reason to wait', async (t) => {
  const { src, a, watched, pass, taken } = await world(t)
  await writeFile(join(src, 'empty.nut'), '')
  watched.attend(new Set([a, join(src, 'empty.nut')]))
  await writeFile(a, 'server.log(2)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 1)
})

test('other files of the folder are no changes', async (t) => {
  const { src, folder, pass, taken } = await world(t)
  await writeFile(join(src, 'notes.txt'), 'x')
  await mkdir(join(folder, 'other'))
  await pass(QUIET_MS)
  assert.equal(taken(), 0)
})

test('a file is noticed when it is made, also in a folder that is not there yet', async (t) => {
  const { folder, watched, pass, taken } = await world(t)
  const missing = join(folder, 'lib/deep/c.nut')
  watched.attend(new Set([missing]))
  await mkdir(join(folder, 'lib'))
  await pass(QUIET_MS)
  await mkdir(join(folder, 'lib/deep'))
  await pass(QUIET_MS)
  taken()
  await writeFile(missing, 'server.log(1)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 1)
})

test('the target of a link is watched', async (t) => {
  const { folder, src, watched, pass, taken } = await world(t)
  const target = join(folder, 'target.nut')
  await writeFile(target, 'server.log(1)\n')
  await symlink(target, join(src, 'link.nut'))
  watched.attend(new Set([join(src, 'link.nut')]))
  await pass(QUIET_MS)
  taken()
  await writeFile(target, 'server.log(2)\n')
  await pass(QUIET_MS)
  assert.equal(taken(), 1)
})

test('a thousand watched files set nothing going while nothing changes', async (t) => {
  const { folder, watched, delivered } = await world(t)
  const paths = new Set<string>()
  for (let index = 0; index < 1000; index++) {
    const inside = join(folder, `m${index % 50}`)
    await mkdir(inside, { recursive: true })
    await writeFile(join(inside, `${index}.nut`), 'x')
    paths.add(join(inside, `${index}.nut`))
  }
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  await delivered()
  const handles = () => process.getActiveResourcesInfo().filter((name) => name === 'FSEventWrap').length
  const [before, handlesBefore] = [timers(), handles()]
  watched.attend(paths)
  assert.equal(timers(), before, 'no timers')
  assert.ok(handles() - handlesBefore <= 50, `a handle a folder, not a file: ${handles()}`)
})

test('a clock of the machine that jumps delays nothing and repeats nothing', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'impt-changes-'))
  const file = join(folder, 'a.nut')
  await writeFile(file, 'server.log(1)\n')
  let changes = 0
  const changed = new Promise<void>((resolve) => {
    const watched = createChanges({
      clock: systemClock,
      onEmpty: () => undefined,
      onChanged: () => {
        changes++
        resolve()
      },
    })
    watched.attend(new Set([file]))
    t.after(() => watched.stop())
  })
  t.after(() => rm(folder, { recursive: true, force: true }))
  t.mock.timers.enable({ apis: ['Date'], now: 0 })
  await writeFile(file, 'server.log(2)\n')
  t.mock.timers.setTime(10 ** 12)
  await changed
  t.mock.timers.setTime(1)
  await new Promise(setImmediate)
  assert.equal(changes, 1)
})
