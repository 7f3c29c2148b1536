import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Event, EventQueue } from '../../src/squirrel/event-queue.ts'
import { VirtualClock } from '../../src/squirrel/virtual-clock.ts'
import { fc } from '../properties.ts'

test('events come by due time, then in the order they were added', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 })), (dues) => {
      const queue = new EventQueue()
      for (const due of dues) queue.add(due, () => undefined)
      const order: Event[] = []
      while (queue.peek()) order.push(queue.pop() as Event)
      const expected = order.toSorted((a, b) => a.due - b.due || a.sequence - b.sequence)
      assert.deepEqual(order, expected)
      assert.equal(order.length, dues.length)
    }),
  )
})

test('a cancelled event never comes', () => {
  const queue = new EventQueue()
  const first = queue.add(1, () => undefined)
  queue.add(2, () => undefined)
  first.act = null
  assert.equal(queue.peek()?.due, 2)
})

test('a postponed event keeps its place among equals', () => {
  const queue = new EventQueue()
  queue.add(1, () => undefined)
  const early = queue.pop() as Event
  const late = queue.add(5, () => undefined)
  queue.postpone(early, 5)
  assert.equal(queue.pop(), early)
  assert.equal(queue.pop(), late)
})

test('fast time waits for nothing up to its limit and follows the clock from there', () => {
  let wall = 0
  const clock = new VirtualClock(1000, { kind: 'fast', ahead: 10 }, () => wall)
  assert.equal(clock.wait(11_000), 0)
  assert.equal(clock.wait(11_500), 500)
  wall = 400
  assert.equal(clock.wait(11_500), 100)
  clock.advance(11_000)
  clock.touch()
  assert.equal(clock.wait(21_000), 0)
})

test('real time follows the clock, scaled time runs faster', () => {
  let wall = 0
  const real = new VirtualClock(1000, { kind: 'real' }, () => wall)
  const scaled = new VirtualClock(1000, { kind: 'scaled', factor: 10 }, () => wall)
  assert.equal(real.wait(1500), 500)
  assert.equal(scaled.wait(1500), 50)
  wall = 100
  assert.equal(real.read(), 1100)
  assert.equal(scaled.read(), 2000)
})

test('time never goes back when the mode changes', () => {
  let wall = 0
  const clock = new VirtualClock(0, { kind: 'fast' }, () => wall)
  clock.advance(5000)
  clock.setMode({ kind: 'real' })
  assert.equal(clock.read(), 5000)
  wall = 10
  assert.equal(clock.read(), 5010)
})
