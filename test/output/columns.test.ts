import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import stringWidth from 'string-width'
import { renderPeopleTable, type PeopleTable } from '../../src/output/columns.ts'
import { fc } from '../properties.ts'

const plain = (text: string) => text
const render = (table: PeopleTable, width?: number) =>
  renderPeopleTable(table, { width, head: plain, note: plain })

const DEVICES: PeopleTable = {
  columns: [
    { title: 'product', keeps: false, shrinks: true },
    { title: 'name', keeps: true, shrinks: false },
    { title: 'id', keeps: true, shrinks: false },
    { title: 'build', keeps: false, shrinks: false },
  ],
  rows: [
    ['Water', 'The pump behind the house', '2300000000000001', '0c0afb81-3b9d-8c7b-b2b0-757ee2968a67'],
    ['', 'Cellar', '2300000000000002', ''],
  ],
}

describe('a table for people', () => {
  test('has its columns side by side as long as there is room, and names those that are left out', async () => {
    assert.equal(
      await render(DEVICES, 60),
      [
        'product  name                       id',
        'Water    The pump behind the house  2300000000000001',
        '         Cellar                     2300000000000002',
        'not shown for lack of room: build (--wide shows all)',
        '',
      ].join('\n'),
    )
  })

  test('is a block of lines for each row where even what people copy finds no room', async () => {
    assert.equal(
      await render(DEVICES, 36),
      [
        'The pump behind the house',
        '  product Water  id 2300000000000001',
        'Cellar',
        '  id 2300000000000002',
        'not shown for lack of room: build',
        '(--wide shows all)',
        '',
      ].join('\n'),
    )
  })

  test('is never wider than the terminal but where a single word is, and cuts nothing that people copy', () => {
    const word = fc.stringMatching(/^[a-z0-9東]{1,14}$/)
    const cell = fc.array(word, { minLength: 1, maxLength: 5 }).map((words) => words.join(' '))
    const table = fc.integer({ min: 1, max: 5 }).chain((count) =>
      fc.record({
        columns: fc.array(fc.record({ title: word, keeps: fc.boolean(), shrinks: fc.boolean() }), {
          minLength: count,
          maxLength: count,
        }),
        rows: fc.array(fc.array(cell, { minLength: count, maxLength: count }), { maxLength: 5 }),
      }),
    )
    return fc.assert(
      fc.asyncProperty(table, fc.integer({ min: 20, max: 100 }), async ({ columns, rows }, width) => {
        const [first, ...others] = columns
        if (first === undefined) return
        const given = { columns: [{ ...first, keeps: true }, ...others], rows }
        const text = await render(given, width)
        for (const line of text.split('\n'))
          assert.ok(stringWidth(line) <= width || !line.trim().includes(' '), line)
        const words = text.split(/\s+/)
        for (const row of rows)
          for (const [at, { keeps, shrinks }] of given.columns.entries())
            if (keeps && !shrinks)
              for (const one of row[at]?.split(' ') ?? []) assert.ok(words.includes(one), `${one} in ${text}`)
      }),
    )
  })
})
