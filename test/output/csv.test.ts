import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { cellOf, csvLine, separatorOf, unguarded } from '../../src/output/csv.ts'
import { character, fc } from '../properties.ts'

describe('CSV', () => {
  test('is read back by another program as it was, formulas apart', () =>
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 2, maxLength: 2 }), { minLength: 1 }),
        (rows) => {
          const text = rows.map((row) => csvLine(row, ',', true)).join('')
          assert.deepEqual(parse(text, { relax_column_count: false, record_delimiter: '\n' }), rows)
        },
      ),
    ))

  test('is read back as it was, whatever the texts, although formulas get a mark', () => {
    const text = fc.oneof(
      fc.string({ unit: character }),
      fc.string({
        unit: fc.constantFrom("'", '=', '+', '-', '@', '\t', '\r', '\n', '"', ',', 'a', ' ', '\ufeff'),
      }),
    )
    const width = fc.integer({ min: 1, max: 3 })
    const rows = width.chain((cells) =>
      fc.array(fc.array(text, { minLength: cells, maxLength: cells }), { minLength: 1 }),
    )
    fc.assert(
      fc.property(rows, (all) => {
        const written = all.map((row) => csvLine(row)).join('')
        const read = parse(written, { bom: true, skip_empty_lines: true, record_delimiter: '\n' })
        assert.deepEqual(
          read.map((row) => row.map(unguarded)),
          all,
        )
        for (const cell of read.flat()) assert.doesNotMatch(cell, /^[=+\-@\t\r]/)
      }),
      { numRuns: 2_000 },
    )
  })

  test('shows by its first line what stands between its cells, as spreadsheets write it', () => {
    const name = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', ',', ';', '\t', '\n', 'a') }),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(',', ';', '\t'),
        fc.array(name, { minLength: 1, maxLength: 4 }),
        (sep, names) => {
          // Spreadsheets quote what holds the separator of any of them.
          const quoted = names.map((one) => `"${one.replaceAll('"', '""')}"`).join(sep)
          assert.equal(separatorOf(`\ufeff\r\n${quoted}\r\na,b;c\td`), names.length === 1 ? ',' : sep)
          const own = csvLine(names)
          assert.equal(separatorOf(own), ',')
        },
      ),
      { numRuns: 1_000 },
    )
    assert.equal(separatorOf('a,b;c\n'), ',')
    assert.equal(separatorOf('a;b\tc\n'), ',')
    assert.equal(separatorOf(''), ',')
  })

  test('escapes C1 and bidirectional controls inside lists, which stay JSON', () => {
    const tags = ['\u009b31m', '\u202eabc', '\ufeff', 'plain']
    const [[cell]] = parse(csvLine([tags])) as [[string]]
    assert.doesNotMatch(cell, /[\u0080-\u009f\u202e\ufeff]/)
    assert.deepEqual(JSON.parse(cell), tags)
  })

  test('quotes what RFC 4180 wants quoted', () => {
    assert.equal(csvLine(['a,b', 'c"d', 'e\nf', 'g']), '"a,b","c""d","e\nf",g\n')
    assert.equal(csvLine(['a,b', 'c;d'], ';'), 'a,b;"c;d"\n')
  })

  test('keeps a spreadsheet from running text of a device', () => {
    assert.equal(csvLine(['=1+1', '+1', '-1', '@x', '\tx']), "'=1+1,'+1,'-1,'@x,'\tx\n")
    assert.equal(csvLine(['=1+1'], ',', true), '=1+1\n')
    assert.equal(csvLine([-1, 2.5]), '-1,2.5\n')
  })

  test('shows nothing for null, and records as JSON', () => {
    assert.equal(
      csvLine([null, undefined, true, ['a', 'b'], { x: 1 }]),
      ',,true,"[""a"",""b""]","{""x"":1}"\n',
    )
  })

  test('finds columns of related records', () => {
    const record = { name: 'a', device_group: { id: 'g', product: { id: 'p' } }, 'x.y': 1 }
    assert.equal(cellOf(record, 'device_group.product.id'), 'p')
    assert.equal(cellOf(record, 'device_group.nope.id'), undefined)
    assert.equal(cellOf(record, 'x.y'), 1)
  })
})
