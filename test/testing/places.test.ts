import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineMapOf } from '../../src/preprocess/lines.ts'
import { ImptError } from '../../src/output/error.ts'
import { compileNotes, hasPlaces, withPlaces } from '../../src/testing/places.ts'

const MAPS = {
  agent: lineMapOf('#line 1 "/project/lib.nut"\na\nb\n#line 40 "/else/where.nut"\nc\n'),
  device: lineMapOf('#line 5 "/project/src/device.nut"\na\n'),
}

test('rows of deployed code become lines of sources, relative to the directory where they are below it', () => {
  assert.equal(withPlaces('ERROR: at foo:agent_code:3', MAPS, '/project'), 'ERROR: at foo:lib.nut:2')
  assert.equal(
    withPlaces('at agent_code:5 and device_code:2', MAPS, '/project'),
    'at /else/where.nut:40 and src/device.nut:5',
  )
  assert.equal(withPlaces('at x:/project/lib.nut:9', MAPS, '/project'), 'at x:lib.nut:9')
})

test('a file elsewhere that a marker names by its base name is shown by its full path', () => {
  assert.equal(
    withPlaces('at foo:where.nut:41, nowhere.nut:41, a/where.nut:41, where.nut:x', MAPS, '/project'),
    'at foo:/else/where.nut:41, nowhere.nut:41, a/where.nut:41, where.nut:x',
  )
})

test('code without markers, and text without places, stay as they are', () => {
  const none = { agent: [], device: lineMapOf('plain') }
  assert.equal(withPlaces('agent_code:3 device_code:1', none, '/project'), 'agent_code:3 device_code:1')
  assert.equal(withPlaces('my_agent_code:x agent_code', MAPS, '/project'), 'my_agent_code:x agent_code')
  assert.equal(hasPlaces('device_code:12'), true)
  assert.equal(hasPlaces('device_code'), false)
})

test('a compile error tells file, line and column of the source', () => {
  const meta = [
    { file: 'device_code', type: 'error', row: 2, column: 7, text: 'oops' },
    {
      file: '/project/lib.nut',
      type: 'error',
      row: 9,
      column: 1,
      text: 'as the compiler followed the markers',
    },
  ]
  const error = new ImptError('COMPILE', 'Compilation Error: x', { http: { status: 400, meta } })
  assert.deepEqual(compileNotes(error, MAPS, '/project'), [
    'device_code error (line 2, column 7): oops',
    '  src/device.nut:5:7',
    '/project/lib.nut error (line 9, column 1): as the compiler followed the markers',
    '  lib.nut:9:1',
  ])
})
