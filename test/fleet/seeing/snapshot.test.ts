import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compare } from '../../../src/fleet/seeing/compare.ts'
import { openSnapshot, snapshotText, takeSnapshot } from '../../../src/fleet/seeing/snapshot.ts'
import { parse } from 'csv-parse/sync'
import { csvLine } from '../../../src/output/csv.ts'
import { ImptError } from '../../../src/output/error.ts'

/** A snapshot of devices with these names. */
function taken(names: readonly string[]) {
  const devices = names.map((name, index) => ({
    type: 'device',
    id: `230000000000000${index}`,
    attributes: { name, device_online: true },
  }))
  const places = Promise.resolve({ groups: new Map(), products: new Map() })
  return takeSnapshot(
    inPieces(devices) as unknown as Parameters<typeof takeSnapshot>[0],
    places,
    'account-1',
    '2026-03-01T12:00:00.000Z',
  )
}

async function* inPieces<T>(items: Iterable<T>) {
  yield* items
}

/** What a file with this text says, read in pieces of so many characters. */
async function read(text: string, size = 7) {
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  )
  const { account, readAt, devices } = await openSnapshot(inPieces(pieces), 'a.csv')
  const all = []
  for await (const device of devices) all.push(namesOf(device))
  return { account, readAt, devices: all }
}

const namesOf = ({ id, name, device_online: online }: Readonly<Record<string, string>>) => ({
  id,
  name,
  online,
})
const textOf = (snapshot: Parameters<typeof snapshotText>[0]) => [...snapshotText(snapshot)].join('')

/** Whether reading is refused with DATA that names the file. */
const isRefusal = (error: unknown) =>
  error instanceof ImptError && error.code === 'DATA' && error.message.startsWith('a.csv ')

test('a snapshot that a spreadsheet saved with semicolons or tabs, all cells as they were, is read', async () => {
  const whole = await taken(['a', 'b; c', 'd "e"'])
  const expected = [...whole.devices].map(namesOf)
  const rows = parse(textOf(whole))
  for (const separator of [';', '\t']) {
    const text = rows.map((row) => csvLine(row, separator, true)).join('')
    for (const size of [1, 7, 1_000]) assert.deepEqual((await read(text, size)).devices, expected)
  }
})

test('a snapshot that was cut anywhere is refused, or has every device as it was', async () => {
  for (const names of [[], ['a'], ['a "b"', 'c,\r\nd', "=1+1'", '\u202eö']]) {
    const whole = await taken(names)
    const expected = {
      account: whole.account,
      readAt: whole.readAt,
      devices: [...whole.devices].map(namesOf),
    }
    const text = textOf(whole)
    for (let length = 0; length < text.length; length++) {
      const cut = await read(text.slice(0, length)).catch((error: unknown) =>
        assert.ok(isRefusal(error), String(error)),
      )
      if (cut !== undefined) assert.deepEqual(cut, expected, `${length} of ${text.length}`)
    }
    for (const size of [1, 2, 1000]) assert.deepEqual(await read(text, size), expected)
  }
})

test('a snapshot with any one character changed is refused, or says the same as before', async () => {
  const names = ['a "b"', 'c,\r\nd', "=1+1'", '\u202eö']
  const text = textOf(await taken(names))
  const expected = await read(text)
  for (let at = 0; at < text.length; at++)
    for (const put of ['', 'x', '"', ',', '\n', '1', `${text[at]}${text[at]}`]) {
      if (put === text[at]) continue
      const changed = await read(text.slice(0, at) + put + text.slice(at + 1)).catch((error: unknown) =>
        assert.ok(isRefusal(error), String(error)),
      )
      if (changed !== undefined) assert.deepEqual(changed, expected, `${JSON.stringify(put)} at ${at}`)
    }
})

test('a cell that was changed by hand is told with the line of its row and the device', async () => {
  const text = textOf(await taken(['Kitchen', 'two\nlines', 'Cellar']))
  await assert.rejects(read(text.replace('Cellar', 'Cellaar')), {
    message:
      'a.csv was changed in line 5, device 2300000000000002: it is not what "impt fleet snapshot" wrote.',
  })
})

test('a snapshot of the first format, which had no check sums, is read', async () => {
  const rows = textOf(await taken(['a', 'b']))
    .trimEnd()
    .split('\n')
  const old = rows
    .map((row) => `${row.replace(/,[^,]*$/, '').replace(',2,account-1', ',1,account-1')}\n`)
    .join('')
  assert.deepEqual(
    (await read(old)).devices.map(({ name }) => name),
    ['a', 'b'],
  )
})

test('rows of another snapshot, account or version among the rows of one are refused, in each order', async () => {
  const rowsOf = (text: string) => text.trimEnd().split(/\r?\n/)
  const whole = textOf(await taken(['a', 'b']))
  const [head, first, second] = rowsOf(whole)
  assert.ok(head !== undefined && first !== undefined && second !== undefined)
  for (const [from, to] of [
    ['account-1', 'account-2'],
    ['2026-03-01', '2026-03-02'],
    [',2,account', ',1,account'],
    [',2,account', ',3,account'],
  ] as const)
    for (const rows of [
      [first.replace(from, to), second],
      [first, second.replace(from, to)],
      [second, first],
      [first, first],
    ])
      await assert.rejects(read(`${[head, ...rows].join('\n')}\n`), isRefusal, `${from} ${to}`)
})

test('two snapshots are compared while they are read, and no more of them is kept than a piece', async () => {
  const whole = await taken(['Kitchen', 'Cellar'])
  const [head = '', kitchen = '', cellar = ''] = [...snapshotText(whole)]
  let pieces = 0
  async function* longFile(first: string) {
    yield head + first
    for (;;) {
      pieces += 1
      yield cellar.replace('Cellar', `Cellar ${pieces}`)
    }
  }
  const [from, to] = await Promise.all(
    [kitchen, cellar].map((first) => openSnapshot(longFile(first), 'a.csv')),
  )
  assert.ok(from && to)
  for await (const { kind, name } of compare(from, to)) {
    assert.deepEqual([kind, name], ['gone', 'Kitchen'])
    break
  }
  assert.ok(pieces <= 4, `${pieces} pieces`)
})
