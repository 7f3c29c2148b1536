import assert from 'node:assert/strict'
import { test } from 'node:test'
import { offsetOf } from '../../src/squirrel/fleet.ts'

/** Two clocks over one time, which passes by `pause` milliseconds at each reading. */
function clocks(ahead: number, pause: number) {
  let time = 1000
  const read = (more: number) => () => (time += pause) + more
  return [read(ahead), read(0)] as const
}

test('a clock that is the wall has no offset, however long the machine pauses between two readings', () => {
  for (const pause of [0, 1, 150, 60_000]) assert.equal(offsetOf(...clocks(0, pause)), 0, String(pause))
})

test('a clock that is set otherwise has its offset, up to the pause', () => {
  for (const ahead of [-3_600_000, 3_600_000])
    for (const pause of [0, 1, 150]) assert.ok(Math.abs(offsetOf(...clocks(ahead, pause)) - ahead) <= pause)
})
