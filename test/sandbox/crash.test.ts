/**
 * The store opens after any crash, with every acknowledged change: proved by cutting a run of appends and compactions before each of its
 * file operations, and in the middle of each write, as SQLite's tests do.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Files } from '../../src/sandbox/files.ts'
import { openJournal } from '../../src/sandbox/journal.ts'
import { afterKill, afterPowerLoss, recorder, type Contents, type Recorder } from './crashing-files.ts'

type State = Record<string, number>

/** A store of numbers by name over the journal. `history[n]` is what it held after n changes. */
async function openNumbers(files: Files) {
  const state = new Map<string, number>()
  const { journal, fresh } = await openJournal(files, (json) => {
    for (const [key, value] of JSON.parse(json) as [string, number][]) state.set(key, value)
  })
  const held = (): State => Object.fromEntries([...state].sort(([a], [b]) => a.localeCompare(b)))
  const history: State[] = [held()]
  /** One change of two values, which stand or fall together. */
  const change = (number: number) => {
    const both: [string, number][] = [
      [`a${number % 3}`, number],
      [`b${number % 2}`, -number],
    ]
    for (const [key, value] of both) state.set(key, value)
    history.push(held())
    journal.append(JSON.stringify(both))
  }
  /** Lines of a snapshot; `between` is done after each, as requests that come while it is written. */
  const lines = (between: () => void = () => undefined) =>
    function* () {
      for (const entry of state.keys()) {
        yield JSON.stringify([[entry, state.get(entry)]])
        between()
      }
    }
  return { journal, fresh, state, held, history, change, lines }
}

type Run = Recorder & { history: State[] }

/** Changes before, during and after three compactions, the first of which makes the store. */
async function recordedRun(): Promise<Run> {
  const run = recorder()
  const numbers = await openNumbers(run.files)
  let count = 0
  const changes = (many: number) => {
    for (let i = 0; i < many; i++) numbers.change(++count)
  }
  const acknowledge = async () => {
    const reached = count
    await numbers.journal.durable()
    run.log.push({ kind: 'acknowledged', count: reached })
  }
  await numbers.journal.compact(numbers.lines())
  for (let round = 0; round < 2; round++) {
    changes(1)
    await acknowledge()
    changes(2)
    const waiting = acknowledge()
    changes(1)
    const compacting = numbers.journal.compact(numbers.lines(() => changes(1)))
    changes(1)
    for (let i = 0; i < 12; i++) {
      changes(1)
      await acknowledge()
    }
    await Promise.all([waiting, compacting])
    changes(1)
    await acknowledge()
  }
  await numbers.journal.close()
  return { ...run, history: numbers.history }
}

/** Number of changes that were acknowledged before the operation. */
const promised = ({ log }: Recorder, at: number): number =>
  Math.max(
    0,
    ...log.slice(0, at).map((operation) => (operation.kind === 'acknowledged' ? operation.count : 0)),
  )

/** Opens what a crash left, checks it, goes on with it, and opens it again. Returns what opening did to the files. */
async function survives(left: Contents, run: Run, at: number, where: string): Promise<Recorder> {
  const again = recorder(left)
  const numbers = await openNumbers(again.files).catch((error: unknown) => {
    throw new Error(`${where}: ${(error as Error).message}; ${[...left.keys()].join(' ')}`)
  })
  const opened = again.log.length
  const reached = run.history.findIndex(
    (state, n) => n >= promised(run, at) && JSON.stringify(state) === JSON.stringify(numbers.held()),
  )
  assert.ok(
    reached >= 0,
    `${where}: ${JSON.stringify(numbers.held())} is no state since ${promised(run, at)}`,
  )
  if (numbers.fresh) await numbers.journal.compact(numbers.lines())
  numbers.change(1000)
  await numbers.journal.durable()
  const afterwards = numbers.held()
  await numbers.journal.close()
  const third = await openNumbers(recorder(afterKill(again, again.log.length)).files)
  assert.deepEqual(third.held(), afterwards, where)
  await third.journal.close()
  return { ...again, log: again.log.slice(0, opened) }
}

test('a process that ends before any operation, or in the middle of any write, loses nothing acknowledged', async () => {
  const run = await recordedRun()
  assert.ok(run.log.filter(({ kind }) => kind === 'rename').length === 3, 'three snapshots')
  let cuts = 0
  for (let at = 0; at <= run.log.length; at++) {
    const operation = run.log[at]
    const length = operation?.kind === 'append' ? operation.data.length : 1
    for (let bytes = 0; bytes < length; bytes++) {
      await survives(afterKill(run, at, bytes), run, at, `operation ${at}, byte ${bytes}`)
      cuts++
    }
  }
  assert.ok(cuts > 1500, `${cuts} cuts`)
})

test('nor does one that ends again while it opens what the first one left', async () => {
  const run = await recordedRun()
  for (let at = 0; at <= run.log.length; at++) {
    const operation = run.log[at]
    const middle = operation?.kind === 'append' ? operation.data.length >> 1 : 0
    const opening = await survives(afterKill(run, at, middle), run, at, `operation ${at}`)
    for (let step = 0; step <= opening.log.length; step++)
      await survives(afterKill(opening, step), run, at, `operation ${at}, step ${step} of the next start`)
  }
})

test('nor does a machine that loses its power: what was not synced may be there or not', async () => {
  const run = await recordedRun()
  for (let at = 0; at <= run.log.length; at++)
    for (const left of afterPowerLoss(run, at)) await survives(left, run, at, `power lost at ${at}`)
})

test('a torn end beside an empty later journal, as earlier versions left it, is forgiven', async () => {
  const run = await recordedRun()
  const left = new Map(afterKill(run, run.log.length))
  const name = [...left.keys()].find((each) => each.startsWith('journal-'))!
  left.set(name, left.get(name)!.subarray(0, -3))
  left.set(`journal-${Number(name.slice(8)) + 1}`, Buffer.alloc(0))
  // The last change is the torn one.
  const before = {
    ...run,
    log: run.log.slice(0, run.log.map(({ kind }) => kind).lastIndexOf('acknowledged')),
  }
  await survives(left, before, before.log.length, 'torn')
})

test('a journal that is missing between others is damage, and so is a torn end that others follow', async () => {
  const run = await recordedRun()
  const left = new Map(afterKill(run, run.log.length))
  const name = [...left.keys()].find((each) => each.startsWith('journal-'))!
  const next = `journal-${Number(name.slice(8)) + 1}`
  const whole = left.get(name)!
  const open = (contents: Contents) => openNumbers(recorder(contents).files)
  await assert.rejects(open(new Map([...left, [name, whole.subarray(0, -3)], [next, whole]])), /checksum/)
  const without = new Map([...left, [next, whole]])
  without.delete(name)
  await assert.rejects(open(without), new RegExp(`${name}, line 1: the file is missing`))
})
