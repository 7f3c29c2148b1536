import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import stringWidth from 'string-width'
import { renderPlainTable, renderTable } from '../../src/output/table.ts'
import { fc } from '../properties.ts'

const linesOf = (text: string) => text.trimEnd().split('\n')
const cell = fc
  .array(fc.constantFrom('a', 'bc', '-', '厨', '👩‍🚒', 'é'), { maxLength: 12 })
  .map((parts) => parts.join(''))
const table = fc.integer({ min: 1, max: 7 }).chain((size) =>
  fc.record({
    columns: fc.constant(Array.from({ length: size }, (_, index) => `column${index}`)),
    rows: fc.array(fc.array(cell, { minLength: size, maxLength: size }), { maxLength: 8 }),
  }),
)

describe('a table on a terminal', () => {
  test('is never wider than the terminal and has a line for every row', () =>
    fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 12, max: 120 }), async ({ columns, rows }, width) => {
        const lines = linesOf(await renderTable({ columns, rows }, width))
        const borders = lines.filter((line) => /^[│|]/.test(line))
        assert.equal(borders.length, rows.length + 1)
        for (const line of lines.filter((one) => !one.startsWith('left out')))
          assert.ok(stringWidth(line) <= width, `${stringWidth(line)} > ${width}\n${line}`)
      }),
    ))

  test('names every column that it leaves out', () =>
    fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 12, max: 60 }), async ({ columns, rows }, width) => {
        const lines = linesOf(await renderTable({ columns, rows }, width))
        const heads = (lines[1] ?? '').split(/[│|]/).slice(1, -1)
        const named =
          /left out for lack of room: (.+) \(-z csv shows all\)$/.exec(lines.join(' '))?.[1]?.split(', ') ??
          []
        assert.deepEqual(named, columns.slice(heads.length))
      }),
    ))

  test('never cuts an identifier: as many other columns are left out as it takes', () => {
    const hex = (length: number) =>
      fc.string({
        unit: fc.constantFrom(...'0123456789abcdef'.split('')),
        minLength: length,
        maxLength: length,
      })
    const id = fc.oneof(
      hex(15).map((text) => `2${text}`),
      fc.uuid(),
      fc.array(hex(2), { minLength: 6, maxLength: 6 }).map((pairs) => pairs.join(':')),
      hex(4).map((text) => `20261128-043248-${text}`),
    )
    return fc.assert(
      fc.asyncProperty(
        fc.constantFrom('id', 'release', 'device'),
        fc.array(fc.tuple(id, cell, id), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 12, max: 120 }),
        async (name, rows, width) => {
          const columns = [name, 'name', 'group.id']
          const text = await renderTable({ columns, rows }, width)
          for (const [first, , last] of rows) {
            assert.ok(text.includes(first), text)
            assert.equal(text.includes(last), !/left out .*group\.id/s.test(text), text)
          }
        },
      ),
    )
  })

  test('shortens the widest cells first, and says so with an ellipsis', async () => {
    const text = await renderTable({ columns: ['id', 'name'], rows: [['12345678', 'x'.repeat(60)]] }, 40)
    assert.match(text, /12345678/)
    assert.match(text, /x…/)
  })

  test('shortens wide characters by what they take, not by their number', async () => {
    const text = await renderTable({ columns: ['name'], rows: [['厨'.repeat(40)]] }, 20)
    for (const line of linesOf(text)) assert.ok(stringWidth(line) <= 20)
  })

  test('has no borders for long lists, and still every row', async () => {
    const rows = Array.from({ length: 501 }, (_, index) => [`row${index}`, 'x'])
    const lines = linesOf(await renderTable({ columns: ['a', 'b'], rows }, 80))
    assert.equal(lines.length, 502)
    assert.match(lines[501] ?? '', /^row500 +x$/)
  })
})

describe('a table in a file', () => {
  test('shortens nothing, leaves nothing out, and aligns the columns', () => {
    const long = 'x'.repeat(300)
    assert.equal(
      renderPlainTable({
        columns: ['a', 'name'],
        rows: [
          ['1', long],
          ['厨厨', 'y'],
        ],
      }),
      `a     name\n1     ${long}\n厨厨  y\n`,
    )
  })
})

test('a bordered table has a rule under its head and none between its rows', async () => {
  const rows = [
    ['a', '1'],
    ['b', '2'],
    ['c', '3'],
  ]
  const lines = (await renderTable({ columns: ['name', 'n'], rows }, 40)).trimEnd().split('\n')
  assert.equal(lines.filter((line) => line.startsWith('├')).length, 1)
  assert.equal(lines.length, rows.length + 4)
  const empty = (await renderTable({ columns: ['name'], rows: [] }, 40)).trimEnd()
  assert.match(empty, /^┌─+┐\n│ name │\n└─+┘$/)
})
