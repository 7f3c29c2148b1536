import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSnapshot, snapshotOf, snapshotText } from '../../../src/fleet/seeing/snapshot.ts'
import { ImptError } from '../../../src/output/error.ts'

/** A snapshot of devices with these names. */
function taken(names: readonly string[]) {
  const devices = names.map((name, index) => ({
    type: 'device',
    id: `230000000000000${index}`,
    attributes: { name, device_online: true },
  }))
  const places = { groups: new Map(), products: new Map() }
  return snapshotOf(
    devices as unknown as Parameters<typeof snapshotOf>[0],
    places,
    'account-1',
    '2026-03-01T12:00:00.000Z',
  )
}

test('a snapshot that was cut anywhere is refused, or has every device as it was', async () => {
  for (const names of [[], ['a'], ['a "b"', 'c,\r\nd', "=1+1'", '\u202eö']]) {
    const whole = taken(names)
    const text = snapshotText(whole)
    for (let length = 0; length < text.length; length++) {
      const read = await readSnapshot(text.slice(0, length), 'a.csv').catch((error: unknown) => {
        assert.ok(error instanceof ImptError && error.code === 'DATA', String(error))
        assert.match(error.message, /^a\.csv is /)
      })
      if (read !== undefined) assert.deepEqual(read, whole, `${length} of ${text.length}`)
    }
  }
})

test('rows of another snapshot, account or version among the rows of one are refused, in each order', async () => {
  const rowsOf = (text: string) => text.trimEnd().split(/\r?\n/)
  const whole = snapshotText(taken(['a', 'b']))
  const [head, first, second] = rowsOf(whole)
  assert.ok(head !== undefined && first !== undefined && second !== undefined)
  for (const [from, to] of [
    ['account-1', 'account-2'],
    ['2026-03-01', '2026-03-02'],
    [',1,account', ',2,account'],
  ] as const)
    for (const rows of [
      [first.replace(from, to), second],
      [first, second.replace(from, to)],
    ])
      await assert.rejects(
        readSnapshot(`${[head, ...rows].join('\n')}\n`, 'a.csv'),
        (error: unknown) => error instanceof ImptError && error.code === 'DATA',
        `${from} ${to}`,
      )
})
