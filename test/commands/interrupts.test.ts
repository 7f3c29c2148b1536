import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createInterrupts, stoppedText } from '../../src/commands/interrupts.ts'
import type { CommandRow } from '../../src/commands/row.ts'
import { findCommand } from '../../src/commands/table/index.ts'

const command = (group: string, name: string) => findCommand(group, name) as CommandRow

function begun(row: CommandRow, { repeats = false, options = {} } = {}) {
  const told: string[] = []
  const interrupts = createInterrupts((text) => told.push(text), repeats)
  return { interrupts, told: () => told.join('\n'), underWay: interrupts.begin(row, options) }
}

describe('Ctrl-C', () => {
  test('aborts what only reads at once', () => {
    const { interrupts, told } = begun(command('device', 'list'))
    interrupts.press()
    assert.deepEqual([interrupts.soft.aborted, interrupts.hard.aborted, told()], [true, true, ''])
  })

  test('aborts a command that writes at once while none of its changes is under way', () => {
    const { interrupts, underWay } = begun(command('product', 'delete'))
    underWay.gate.begin()()
    interrupts.press()
    assert.ok(interrupts.hard.aborted)
  })

  test('ends what goes on by itself when the answer of its change is there', () => {
    for (const [row, options] of [
      [command('build', 'run'), { log: true }],
      [command('build', 'run'), { watch: true }],
      [command('release', 'start'), {}],
      [command('test', 'run'), {}],
      [command('dashboard', ''), {}],
    ] as const) {
      const { interrupts, underWay } = begun(row, { options })
      const answered = underWay.gate.begin()
      interrupts.press()
      assert.deepEqual([interrupts.soft.aborted, interrupts.hard.aborted], [true, false])
      answered()
      assert.ok(interrupts.hard.aborted)
    }
  })

  test('waits for the answer of a change and lets no other change begin; the second press gives up and says so', () => {
    const { interrupts, told, underWay } = begun(command('device', 'update'))
    const answered = underWay.gate.begin()
    interrupts.press()
    assert.deepEqual([interrupts.soft.aborted, interrupts.hard.aborted], [true, false])
    assert.match(told(), /^waiting for the answer/)
    assert.throws(() => underWay.gate.begin(), { code: 'CANCELLED', exit: 130 })
    interrupts.press()
    assert.ok(interrupts.hard.aborted)
    assert.match(told(), /given up; the server may have done it$/)
    answered()
  })

  test('says nothing of a change whose answer came before the second press', () => {
    const { interrupts, told, underWay } = begun(command('device', 'update'))
    const answered = underWay.gate.begin()
    interrupts.press()
    answered()
    interrupts.press()
    assert.ok(interrupts.hard.aborted)
    assert.doesNotMatch(told(), /given up/)
  })

  test('lets the running item of a loop finish, also a read', () => {
    const { interrupts, told } = begun(command('device', 'info'), { repeats: true })
    interrupts.press()
    assert.equal(interrupts.hard.aborted, false)
    interrupts.press()
    assert.ok(interrupts.hard.aborted)
    assert.match(told(), /before the next item/)
  })

  test('closes a log stream at once, even in a loop', () => {
    const { interrupts } = begun(command('log', 'stream'), { repeats: true })
    interrupts.press()
    assert.ok(interrupts.hard.aborted)
    const run = begun(command('build', 'run'), { repeats: true, options: { log: true } })
    run.interrupts.press()
    assert.ok(run.interrupts.hard.aborted)
  })

  test('is told how far the run came', () => {
    assert.equal(stoppedText(1), 'stopped: 1 command was done, the rest was not started')
    assert.equal(stoppedText(2, { done: 2, broken: 0, left: 5 }), 'stopped: 2 done, 5 not started')
    assert.equal(
      stoppedText(2, { done: 1, broken: 1, left: 6 }),
      'stopped: 1 done, 1 interrupted, 6 not started',
    )
  })
})
