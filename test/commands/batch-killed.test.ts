import assert from 'node:assert/strict'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Observer } from '../../src/impcentral/observer.ts'
import { openWorld, type World } from './world.ts'

const DEVICES = ['Kitchen', 'Cellar', 'Living Room']

const rowsOf = ({ sandbox: { store } }: World, ids: readonly string[]) =>
  ids.map((id) => store.devices.get(id))

interface Batch {
  readonly words: readonly string[]
  /** Rows of the list after its head, by the ids of the devices. */
  readonly head: string
  readonly row: (id: string, name: string) => string
  readonly isDone: (world: World, ids: readonly string[]) => boolean
}

const inGroup = (name: string | undefined) => (world: World, ids: readonly string[]) =>
  rowsOf(world, ids).every((row) => world.sandbox.store.groups.get(row?.group?.id ?? '')?.name === name)

const BATCHES: Readonly<Record<string, Batch>> = {
  assign: {
    words: ['device', 'assign', '-g', 'Pump Lab', '-q'],
    head: 'device',
    row: (id) => id,
    isDone: inGroup('Pump Lab'),
  },
  unassign: {
    words: ['device', 'unassign'],
    head: 'device',
    row: (id) => id,
    isDone: inGroup(undefined),
  },
  update: {
    words: ['device', 'update'],
    head: 'device,name',
    row: (id, name) => `${id},New ${name}`,
    isDone: (world, ids) => rowsOf(world, ids).every((row) => row?.name?.startsWith('New ') === true),
  },
  'update by name': {
    words: ['device', 'update'],
    head: 'device,name',
    row: (_id, name) => `${name},New ${name}`,
    isDone: (world, ids) => rowsOf(world, ids).every((row) => row?.name?.startsWith('New ') === true),
  },
  restart: { words: ['device', 'restart'], head: 'device', row: (id) => id, isDone: () => true },
  remove: {
    words: ['device', 'remove', '-f', '-q'],
    head: 'device',
    row: (id) => id,
    isDone: (world, ids) =>
      rowsOf(world, ids).every((row) => row === undefined || row.owner !== demoOf(world)),
  },
}

const demoOf = ({ sandbox }: World) => sandbox.store.accounts.find('demo')?.id

/** Ends the process at a request: from then on nothing is sent, and nothing more is in the report. */
function deathAt(
  report: () => string,
): Observer & { at: number; late: boolean; seen: number; left?: string | undefined } {
  const fate = {
    at: Infinity,
    late: false,
    seen: 0,
    left: undefined as string | undefined,
    onRequest() {
      if (fate.left !== undefined) throw new Error('killed')
      if (++fate.seen < fate.at || fate.late) return
      fate.left = existsSync(report()) ? readFileSync(report(), 'utf8') : ''
      throw new Error('killed')
    },
    onResponse() {
      if (fate.late && fate.seen >= fate.at)
        fate.left ??= existsSync(report()) ? readFileSync(report(), 'utf8') : ''
    },
  }
  return fate
}

for (const [name, { words, head, row, isDone }] of Object.entries(BATCHES))
  test(`a batch of ${name} that is killed at any request is gone on with from its report`, async (t) => {
    let requests = 1
    for (let at = 1; at <= requests; at++)
      for (const late of [false, true]) {
        let folder = ''
        const fate = deathAt(() => join(folder, 'done.csv'))
        const world = await openWorld({ observer: fate })
        t.after(() => world.close())
        folder = world.directory
        const devices = [...world.sandbox.store.devices.all()].filter((one) =>
          DEVICES.includes(one.name ?? ''),
        )
        const ids = devices.map(({ id }) => id)
        assert.equal(ids.length, DEVICES.length)
        const list = [head, ...devices.map((one) => row(one.id, one.name ?? ''))]
        writeFileSync(join(folder, 'list.csv'), `${list.join('\n')}\n`)
        const line = [...words, '--from', 'list.csv', '--report', 'done.csv']
        if (at === 1 && !late) {
          // How many there are, and that it works at all.
          const whole = await world.run(line)
          assert.equal(whole.code, 0, whole.stdout)
          requests = fate.seen
          continue
        }
        Object.assign(fate, { at, late, seen: 0 })
        await world.run(line)
        const where = `${late ? 'after' : 'before'} request ${at} of ${requests}`
        assert.notEqual(fate.left, undefined, where)
        if (fate.left === '') rmSync(join(folder, 'done.csv'), { force: true })
        else writeFileSync(join(folder, 'done.csv'), fate.left ?? '')
        Object.assign(fate, { at: Infinity, late: false, left: undefined })
        const again = await world.run(line)
        assert.equal(again.code, 0, `${where}: ${again.stdout}`)
        assert.ok(isDone(world, ids), where)
        const report = readFileSync(join(folder, 'done.csv'), 'utf8').trimEnd().split('\n')
        assert.equal(report.length, 1 + ids.length, `${where}: ${report.join('|')}`)
        for (const one of report.slice(1)) assert.match(one, /,(?:ok|already|gone),,/, where)
        await world.close()
      }
  })
