import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { logRenderer, renderLogEntry } from '../../src/output/log-line.ts'
import { character, fc } from '../properties.ts'

const entry = (ts: string, more: object = {}) => ({ ts, type: 'server.log', msg: 'hello', ...more })
const AT = '2024-01-31T09:08:07.006Z'

describe('a line of a log', () => {
  test('has its time in full, of the day, since the line before, or in seconds', () => {
    const times = (time: 'full' | 'short' | 'delta' | 'epoch') => {
      const show = logRenderer({ time })
      return [AT, '2024-01-31T09:08:09.500Z', '2024-01-31T09:08:08.500Z', 'soon'].map(
        (ts) => show(entry(ts)).split(' ')[0],
      )
    }
    assert.deepEqual(times('full'), [AT, '2024-01-31T09:08:09.500Z', '2024-01-31T09:08:08.500Z', 'soon'])
    assert.deepEqual(times('short'), ['09:08:07.006', '09:08:09.500', '09:08:08.500', 'soon'])
    assert.deepEqual(times('delta'), ['+0.000s', '+2.494s', '-1.000s', 'soon'])
    assert.deepEqual(times('epoch'), ['1706692087.006', '1706692089.500', '1706692088.500', 'soon'])
  })

  test('has the name of its device where there is one, and its id elsewhere', () => {
    const show = logRenderer({ nameOf: (id) => (id === 'd1' ? 'Line\n7' : undefined) })
    assert.equal(show(entry(AT, { device_id: 'd1' })), `[Line\\n7] ${AT} [server.log] hello\n`)
    assert.equal(show(entry(AT, { device_id: 'd2' })), `[d2] ${AT} [server.log] hello\n`)
  })

  test('is what it always was where nothing is asked for, whatever its text', () => {
    fc.assert(
      fc.property(fc.string({ unit: character }), fc.boolean(), (msg, isStream) => {
        const shown = renderLogEntry(entry(AT, { msg, ...(isStream && { device_id: 'd1' }) }))
        const head = `${isStream ? '[d1] ' : ''}${AT} [server.log] `
        if (msg.includes('\n')) assert.ok(shown.startsWith(`"""\n  ${head}`) && shown.endsWith('\n"""\n'))
        else assert.ok(shown.startsWith(head) && shown.indexOf('\n') === shown.length - 1)
        assert.doesNotMatch(shown, /[\0-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
      }),
    )
  })

  test('of a megabyte comes whole', () => {
    const msg = 'ab \u202e'.repeat(250_000)
    assert.equal(renderLogEntry(entry(AT, { msg })), `${AT} [server.log] ${'ab \\u{202e}'.repeat(250_000)}\n`)
  })
})
