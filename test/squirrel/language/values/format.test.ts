import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { format } from '../../../../src/squirrel/language/values/format.ts'
import { SqFloat, type SqValue } from '../../../../src/squirrel/language/values/values.ts'
import { fc } from '../../../properties.ts'

type Row = [pattern: string, kind: 'i' | 'f' | 's', value: number | string, expected: string]

/** Results of C's printf for single-precision floats, 32-bit integers and strings. */
const table = JSON.parse(readFileSync(join(import.meta.dirname, 'format-c.json'), 'utf8')) as Row[]

test('format gives what printf gives, for a recorded table of conversions', () => {
  for (const [pattern, kind, value, expected] of table) {
    const argument: SqValue = kind === 'f' ? new SqFloat(value as number) : value
    assert.equal(format(pattern, [argument]), expected, `${pattern} of ${value}`)
  }
})

test('text around conversions stays, and a field is at least as wide as asked', () => {
  fc.assert(
    fc.property(
      fc.string().map((text) => text.replaceAll('%', '')),
      fc.integer({ min: 0, max: 99 }),
      fc.integer(),
      (text, width, value) => {
        const result = format(`${text}%${width}d${text}`, [value])
        assert.ok(result.startsWith(text) && result.endsWith(text))
        const field = result.slice(text.length, result.length - text.length)
        assert.equal(field.trim(), String(value))
        assert.equal(field.length, Math.max(width, String(value).length))
      },
    ),
  )
})

test('any pattern gives a text or an error of Squirrel', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'%-+ #0123456789.sdiuoxXceEfgGkn'.split('')) }),
      (pattern) => {
        try {
          assert.equal(typeof format(pattern, ['s', 1, new SqFloat(1.5), 2, 's']), 'string')
        } catch (error) {
          assert.equal((error as Error).constructor.name, 'SqError')
        }
      },
    ),
  )
})
