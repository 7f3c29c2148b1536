import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createJournal } from '../../src/testing/journal.ts'
import { manualClock } from './cloud.ts'

function journal(mode: 'minimal' | 'default' | 'debug' = 'default', colour = false) {
  const clock = manualClock()
  let text = ''
  const made = createJournal({ clock, mode, colour, print: (piece) => (text += piece) })
  return { clock, journal: made, text: () => text }
}

test('lines tell the time since the first and since the previous one', () => {
  const { clock, journal: lines, text } = journal()
  lines.info('a')
  clock.advance(1234)
  lines.test('b')
  lines.plain('no prefix')
  clock.advance(10)
  lines.warning('c')
  lines.error('d')
  assert.equal(
    text(),
    '[info] a\n[+1.23/1.23s test] b\nno prefix\n[+1.24/0.01s warning] c\n[+1.24/0.00s error] d\n',
  )
})

test('minimal shows tests, errors, external output and empty lines only', () => {
  const { journal: lines, text } = journal('minimal')
  lines.info('a')
  lines.plain('b')
  lines.warning('c')
  lines.debug('TestHelper', 'd')
  lines.test('e')
  lines.error('f')
  lines.external('g\nh')
  lines.blank()
  assert.equal(text(), '[test] e\n[+0.00/0.00s error] f\n> g\n> h\n\n')
})

test('debug lines carry their part and no time', () => {
  const { journal: lines, text } = journal('debug')
  lines.debug('TestWatchdog', 'x')
  assert.equal(text(), '[debug:TestWatchdog] x\n')
})

test('colours are those of the documentation, and nothing in a text can colour the screen', () => {
  const { journal: lines, text } = journal('default', true)
  lines.info('i')
  lines.test('ok', 'green')
  lines.error('\x1b[2J')
  lines.external('x')
  assert.equal(
    text(),
    '[info] i\n\x1b[90m[+0.00/0.00s test]\x1b[39m \x1b[32mok\x1b[39m\n\x1b[31m[+0.00/0.00s error]\x1b[39m \x1b[31m\\e[2J\x1b[39m\n\x1b[36m> x\x1b[39m\n',
  )
})

test('the lines of a branch wait until it is opened and keep their times', () => {
  const { clock, journal: lines, text } = journal()
  lines.info('a')
  const branch = lines.branch()
  clock.advance(1000)
  branch.test('b')
  clock.advance(1000)
  lines.test('c')
  branch.open()
  branch.test('d')
  assert.equal(text(), '[info] a\n[+2.00/2.00s test] c\n[+1.00/0.00s test] b\n[+2.00/1.00s test] d\n')
})
