import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { cellOf, csvLine } from '../../src/output/csv.ts'

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
