/** The files of the store: torn ends, damage, compaction. */
import assert from 'node:assert/strict'
import { appendFileSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { filesIn } from '../../src/sandbox/files.ts'
import { DamagedStore, openJournal } from '../../src/sandbox/journal.ts'
import { folder } from './plainclient.ts'

async function written(dir: string, lines: string[]) {
  const { journal } = await openJournal(filesIn(dir), () => undefined)
  await journal.compact(() => ['"base"'])
  for (const line of lines) {
    journal.append(line)
    await journal.durable()
  }
  return journal
}

async function replayed(dir: string): Promise<string[]> {
  const lines: string[] = []
  const { journal } = await openJournal(filesIn(dir), (line) => lines.push(line))
  await journal.close()
  return lines
}

test('a torn last line is cut off, wherever it is torn', async (t) => {
  const dir = folder(t)
  await (await written(dir, ['"one"', '"two"'])).close()
  const path = join(dir, 'journal-1')
  const whole = readFileSync(path)
  const secondAt = whole.indexOf('\n') + 1
  for (let length = secondAt; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length))
    assert.deepEqual(await replayed(dir), ['"base"', '"one"'], `torn at ${length}`)
    assert.equal(statSync(path).size, secondAt)
  }
})

test('damage anywhere else is an error that names file and line, and the files stay', async (t) => {
  const dir = folder(t)
  await (await written(dir, ['"one"', '"two"'])).close()
  const damage = async (name: string, change: (data: Buffer) => Buffer, expected: RegExp) => {
    const path = join(dir, name)
    const whole = readFileSync(path)
    const bad = change(Buffer.from(whole))
    writeFileSync(path, bad)
    await assert.rejects(
      openJournal(filesIn(dir), () => undefined),
      (error) => {
        assert.ok(error instanceof DamagedStore)
        assert.match(error.message, expected)
        return !error.message.includes('\n')
      },
    )
    assert.deepEqual(readFileSync(path), bad)
    writeFileSync(path, whole)
  }
  const flip = (at: number) => (data: Buffer) => {
    data[at] = (data[at] ?? 0) ^ 1
    return data
  }
  await damage('journal-1', flip(12), /journal-1, line 1: the checksum does not match/)
  await damage('journal-1', flip(3), /journal-1, line 1/)
  await damage('snapshot-1', flip(12), /snapshot-1, line 1/)
  await damage('snapshot-1', (data) => data.subarray(0, data.indexOf('\n') + 1), /the end is missing/)
  rmSync(join(dir, 'snapshot-1'))
  await assert.rejects(
    openJournal(filesIn(dir), () => undefined),
    /its snapshot is missing/,
  )
})

test('compaction keeps every change made before, during and after it', async (t) => {
  const dir = folder(t)
  const { journal } = await openJournal(filesIn(dir), () => undefined)
  const state = new Map<string, number>()
  const set = (key: string, value: number) => {
    state.set(key, value)
    journal.append(JSON.stringify([key, value]))
  }
  const snapshot = function* () {
    for (const entry of state) yield JSON.stringify(entry)
  }
  await journal.compact(snapshot)
  for (let round = 0; round < 5; round++) {
    for (let i = 0; i < 50; i++) set(`${round} ${i}`, i)
    const compacting = journal.compact(snapshot)
    for (let i = 0; i < 50; i++) {
      set(`${round} ${i}`, 1000 + i)
      if (i % 10 === 0) await journal.durable()
    }
    await compacting
  }
  await journal.close()
  const back = new Map((await replayed(dir)).map((line) => JSON.parse(line) as [string, number]))
  assert.deepEqual(Object.fromEntries(back), Object.fromEntries(state))
  assert.equal(readdirSync(dir).length, 2, 'older generations are gone')
})

test('a compaction that was cut short is ignored', async (t) => {
  const dir = folder(t)
  await (await written(dir, ['"one"'])).close()
  writeFileSync(join(dir, 'snapshot-2.new'), 'half')
  appendFileSync(join(dir, 'journal-2'), '')
  assert.deepEqual(await replayed(dir), ['"base"', '"one"'])
})
