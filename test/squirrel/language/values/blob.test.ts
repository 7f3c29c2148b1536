import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Blob } from '../../../../src/squirrel/language/values/blob.ts'
import { type SqFloat, num } from '../../../../src/squirrel/language/values/values.ts'
import { withinMachine } from '../run.ts'
import { fc } from '../../../properties.ts'

const SETTERS: Record<
  string,
  [write: (view: DataView, value: number) => void, read: (view: DataView) => number, width: number]
> = {
  i: [(view, value) => view.setInt32(0, value, true), (view) => view.getInt32(0, true), 4],
  s: [(view, value) => view.setInt16(0, value, true), (view) => view.getInt16(0, true), 2],
  w: [(view, value) => view.setUint16(0, value, true), (view) => view.getUint16(0, true), 2],
  c: [(view, value) => view.setInt8(0, value), (view) => view.getInt8(0), 1],
  b: [(view, value) => view.setUint8(0, value), (view) => view.getUint8(0), 1],
}

test('numbers go into a blob and come back as through a DataView', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(...Object.keys(SETTERS)), (value, type) => {
        const [write, read, width] = SETTERS[type] as (typeof SETTERS)[string]
        const view = new DataView(new ArrayBuffer(4))
        write(view, value)
        const blob = new Blob(new Uint8Array(0))
        blob.writeNumber(type, value)
        assert.equal(blob.length, width)
        assert.deepEqual([...blob.bytes()], [...new Uint8Array(view.buffer, 0, width)])
        blob.seek(0, 'b')
        assert.equal(blob.readNumber(type), read(view))
      }),
    ),
  )
})

test('floats keep single precision, doubles are narrowed when read', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const blob = new Blob(new Uint8Array(0))
        blob.writeNumber('f', value)
        blob.writeNumber('d', value)
        blob.seek(0, 'b')
        assert.equal((blob.readNumber('f') as SqFloat).v, Math.fround(value))
        assert.equal(num(blob.readNumber('d')), Math.fround(value))
        assert.equal(blob.length, 12)
      }),
    ),
  )
})

const step = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), bytes: fc.uint8Array({ maxLength: 20 }) }),
  fc.record({ kind: fc.constant('read' as const), count: fc.nat(20) }),
  fc.record({
    kind: fc.constant('seek' as const),
    offset: fc.integer({ min: -30, max: 60 }),
    origin: fc.constantFrom('b', 'c', 'e'),
  }),
  fc.record({ kind: fc.constant('resize' as const), size: fc.nat(50) }),
  fc.record({ kind: fc.constant('swap' as const), size: fc.constantFrom(2, 4) }),
)

test('any sequence of stream operations does the same to a blob and to a list of bytes', () => {
  withinMachine(() =>
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const blob = new Blob(new Uint8Array(0))
        let list: number[] = []
        let position = 0
        for (const each of steps) {
          if (each.kind === 'write') {
            blob.write(each.bytes)
            list.splice(position, each.bytes.length, ...each.bytes)
            position += each.bytes.length
          } else if (each.kind === 'read') {
            assert.deepEqual([...blob.read(each.count)], list.slice(position, position + each.count))
            position = Math.min(list.length, position + each.count)
          } else if (each.kind === 'seek') {
            const target = each.offset + { b: 0, c: position, e: list.length }[each.origin as 'b']
            const moved = target >= 0 && target <= list.length
            assert.equal(blob.seek(each.offset, each.origin), moved ? 0 : -1)
            if (moved) position = target
          } else if (each.kind === 'resize') {
            blob.resize(each.size)
            list = Array.from({ length: each.size }, (_, at) => list[at] ?? 0)
            position = Math.min(position, each.size)
          } else {
            blob.swap(each.size)
            for (let at = 0; at + each.size <= list.length; at += each.size) {
              list.splice(at, each.size, ...list.slice(at, at + each.size).toReversed())
            }
          }
          assert.deepEqual([...blob.bytes()], list)
          assert.equal(blob.position, position)
          assert.equal(blob.text(), String.fromCharCode(...list))
        }
      }),
    ),
  )
})
