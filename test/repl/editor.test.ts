import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { nextBoundary, previousBoundary } from '../../src/repl/editor/graphemes.ts'
import { keyOf } from '../../src/repl/editor/key.ts'
import { openMenu, refreshMenu } from '../../src/repl/editor/menu.ts'
import { reduce } from '../../src/repl/editor/reduce.ts'
import { EMPTY } from '../../src/repl/editor/state.ts'
import { shown, surroundings, type } from './typing.ts'
import { fc } from '../properties.ts'

const typed = (keys: string, around = surroundings()) => shown(type(keys, EMPTY, around).state)

describe('keys edit the text', () => {
  for (const [keys, result] of [
    ['abc<left><left>X', 'aX|bc'],
    ['abc<home><delete>', '|bc'],
    ['abc<backspace><C-h>', 'a|'],
    ['e\u0301a\u0308<left><backspace>', '|a\u0308'],
    ['👩‍👩‍👧x<left><left>-', '-|👩‍👩‍👧x'],
    ['device list<M-b>my ', 'device my |list'],
    ['device list --dg "a b"<M-b><M-b><M-b>X', 'device list X|--dg "a b"'],
    ['one two<C-w>', 'one |'],
    ['one two<C-a><C-k>', '|'],
    ['one two<C-u><C-y><C-y>', 'one twoone two|'],
    ['a b c<C-w><C-w><C-y>', 'a b c|'],
    // Nothing was cut at the end, so what was cut before is what comes back.
    ['one two<C-w>-<C-k><C-y>', 'one -two|'],
    // The first row is empty.
    ['<M-return>ab<up><home>X', 'X|\nab'],
    ['<M-return>ab<up><left><down>X', '\nX|ab'],
    ['one<C-w>two<C-w><C-y><M-y>', 'one|'],
    ['ab<C-t>', 'ba|'],
    ['print 1<M-return>print 2<up>X', 'print 1X|\nprint 2'],
    ['abc<M-return>d<up><end><down>', 'abc\nd|'],
    ['long line<M-return>x<M-return>other line<up><up>|<down>', 'long line|\nx|\nother line'],
  ] as const) {
    test(`${keys} gives ${JSON.stringify(result)}`, () => assert.equal(typed(keys), result))
  }
})

describe('undo', () => {
  test('takes words back one by one, and redo brings them again', () => {
    assert.equal(typed('one two three<C-_>'), 'one two|')
    assert.equal(typed('one two three<C-_><C-_><C-_>'), '|')
    assert.equal(typed('one two<C-_><M-r>'), 'one two|')
  })

  test('brings back what Ctrl-C cleared', () => {
    const { state, effects } = type('half typed<C-c>')
    assert.deepEqual([state.text, effects], ['', [{ kind: 'clear' }]])
    assert.equal(shown(type('<C-_>', state).state), 'half typed|')
  })

  test('takes a paste back as a whole', () => {
    const { state } = reduce(type('a').state, { kind: 'paste', text: 'x\r\ny\rz' }, surroundings())
    assert.equal(state.text, 'ax\ny\nz')
    assert.equal(type('<C-_>', state).state.text, 'a')
  })

  test('undoing everything gives the empty text, whatever was typed', () => {
    const chord = fc.constantFrom(
      '<left>',
      '<right>',
      '<backspace>',
      '<C-w>',
      '<C-k>',
      '<C-u>',
      '<C-y>',
      '<M-b>',
      '<M-f>',
      '<C-t>',
      '<up>',
      '<down>',
      '<M-return>',
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(chord, fc.constantFrom('a', ' ', '日', '"', '{', 'e\u0301'))), (keys) => {
        let { state } = type(keys.join(''))
        assert.ok(state.cursor >= 0 && state.cursor <= state.text.length)
        for (let step = 0; step <= keys.length; step++) state = type('<C-_>', state).state
        assert.equal(state.text, '')
      }),
      { numRuns: 300 },
    )
  })
})

describe('Enter', () => {
  test('runs what is complete', () => {
    assert.deepEqual(type('device list<return>').effects, [{ kind: 'submit', text: 'device list' }])
  })

  test('makes a row where something is open, and keeps the indent', () => {
    const { state, effects } = type('if true {<return>  print 1<return>')
    assert.deepEqual([state.text, effects], ['if true {\n  print 1\n  ', []])
  })

  test('Ctrl-C and Ctrl-D on an empty text are handed on', () => {
    assert.deepEqual(type('<C-c><C-d>').effects, [{ kind: 'interrupt' }, { kind: 'leave' }])
    assert.deepEqual(type('ab<left><C-d>').state.text, 'a')
  })
})

describe('history', () => {
  const around = surroundings(['device list', 'print 1', 'device info'])

  test('goes back and forth, and gives the draft back', () => {
    assert.equal(typed('<up><up>', around), 'print 1|')
    assert.equal(typed('<up><up><down><down>', around), '|')
    assert.equal(typed('<up><up><up><up><up>', around), 'device list|')
  })

  test('Alt-. inserts the last word of an earlier input, and older ones in its place', () => {
    const past = surroundings(['device info -d "Living Room"', 'print 1', 'dg list --product Pump'])
    assert.equal(typed('device list <M-.>', past), 'device list Pump|')
    assert.equal(typed('device list <M-.><M-.>', past), 'device list 1|')
    assert.equal(typed('device list <M-.><M-.><M-.><M-.>', past), 'device list "Living Room"|')
    assert.equal(typed('<M-.>-x<M-.>', past), 'Pump-xPump|')
    assert.equal(typed('a <M-.><C-z>', past), 'a |')
    assert.equal(typed('<M-.>', surroundings([])), '|')
  })

  test('the signs that come with Alt and without a name are keys', () => {
    for (const [sequence, name] of [
      ['\x1b.', 'M-.'],
      ['\x1b<', 'M-<'],
      ['\x1b>', 'M->'],
    ] as const)
      assert.deepEqual(keyOf(undefined, { sequence, meta: true }), { kind: 'chord', chord: name })
  })

  test('is searched by what is typed', () => {
    assert.equal(typed('dev<up><up>', around), 'device list|')
    assert.equal(typed('dev<up><up><down><down>', around), 'dev|')
  })

  test('Ctrl-R goes to older matches, Ctrl-S to newer ones, Esc gives back what was there', () => {
    assert.equal(typed('x<C-r>dev', around), '|device info')
    assert.equal(typed('x<C-r>dev<C-r>', around), '|device list')
    assert.equal(typed('x<C-r>dev<C-r><C-s>', around), '|device info')
    assert.equal(typed('x<C-r>dev<escape>', around), 'x|')
    assert.equal(type('<C-r>nowhere', EMPTY, around).state.search?.failed, true)
  })

  test('Enter in a search takes the match and does not run it', () => {
    const { state, effects } = type('<C-r>print<return>', EMPTY, around)
    assert.deepEqual([state.text, state.search, effects], ['print 1', undefined, []])
  })

  test('a suggestion is taken by the right key at the end, or word by word', () => {
    const offered = surroundings([], ' list --dg dev')
    assert.equal(typed('device<right>', offered), 'device list --dg dev|')
    assert.equal(typed('device<M-right>', offered), 'device list|')
    assert.equal(typed('device<left><right>', offered), 'device|')
  })
})

describe('the completion menu', () => {
  const item = (insert: string) => ({ insert, label: insert })
  const at = (text: string) => ({ ...EMPTY, text, cursor: text.length })

  test('inserts a single item and what all share', () => {
    assert.equal(shown(openMenu(at('dev'), { items: [item('device')], start: 0, end: 3 })), 'device |')
    const two = openMenu(at('l'), { items: [item('lab-1'), item('lab-2')], start: 0, end: 1 })
    assert.equal(shown(two), 'lab-|')
    assert.equal(two.menu?.items.length, 2)
  })

  test('Tab and arrows choose, Enter accepts without running, Esc closes', () => {
    const open = openMenu(at('l'), { items: [item('lab-1'), item('lab-2')], start: 0, end: 1 })
    const accepted = type('<tab><down><return>', open)
    assert.deepEqual([accepted.state.text, accepted.state.menu, accepted.effects], ['lab-2 ', undefined, []])
    assert.equal(type('<up><return>', open).state.text, 'lab-2 ')
    const closed = type('<escape>', open)
    assert.deepEqual([closed.state.text, closed.state.menu], ['lab-', undefined])
  })

  test('typing goes on in the open menu and asks for completions without the network', () => {
    const open = openMenu(at('l'), { items: [item('lab-1'), item('lab-2')], start: 0, end: 1 })
    assert.deepEqual(type('1', open).effects, [{ kind: 'complete', typed: true }])
    assert.deepEqual(type('<tab>').effects, [{ kind: 'complete', typed: false }])
  })

  test('what the server says late is inserted as if it had come at once, where nothing was chosen meanwhile', () => {
    const waiting = openMenu(at('Ki'), { items: [item('Kiln')], start: 0, end: 2, note: 'updating…' })
    const late = { items: [item('Kitchen')], start: 0, end: 2 }
    assert.equal(shown(refreshMenu(waiting, late)), 'Kitchen |')
    const two = { items: [item('Kiln'), item('Kitchen')], start: 0, end: 2 }
    assert.equal(refreshMenu(waiting, two).menu?.items.length, 2)
    const chosen = type('<tab>', waiting).state
    assert.equal(shown(refreshMenu(chosen, late)), 'Ki|')
  })

  test('replaces a quoted word and keeps what follows it', () => {
    const state = { ...EMPTY, text: "device info --device 'Li --output json", cursor: 24 }
    assert.equal(
      shown(openMenu(state, { items: [item("'Living Room'")], start: 21, end: 24 })),
      "device info --device 'Living Room'| --output json",
    )
  })
})

test('keys of the terminal are named, and what is no key is left out', () => {
  assert.deepEqual(keyOf('a', { name: 'a', sequence: 'a' }), { kind: 'text', text: 'a' })
  assert.deepEqual(keyOf(' ', { name: 'space', sequence: ' ' }), { kind: 'text', text: ' ' })
  assert.deepEqual(keyOf('日', { sequence: '日' }), { kind: 'text', text: '日' })
  assert.deepEqual(keyOf('\x01', { name: 'a', ctrl: true, sequence: '\x01' }), {
    kind: 'chord',
    chord: 'C-a',
  })
  assert.deepEqual(keyOf('\r', { name: 'return', sequence: '\r' }), { kind: 'chord', chord: 'return' })
  assert.deepEqual(keyOf(undefined, { name: 'escape', meta: true, sequence: '\x1b' }), {
    kind: 'chord',
    chord: 'escape',
  })
  assert.deepEqual(keyOf('\x1b\r', { name: 'return', meta: true, sequence: '\x1b\r' }), {
    kind: 'chord',
    chord: 'M-return',
  })
  assert.equal(keyOf(undefined, { sequence: '\x1b[99~' }), undefined)
})

test('boundaries lead over any text and back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      const forward: number[] = []
      for (let at = 0; at < text.length; at = nextBoundary(text, at)) forward.push(at)
      assert.ok(forward.every((at, index) => index === 0 || at > (forward[index - 1] ?? 0)))
      for (let at = text.length; at > 0;) {
        const before = previousBoundary(text, at)
        assert.ok(before < at)
        at = before
      }
    }),
  )
})

test('boundaries stand where those of Unicode do, the marks of the prompt beside anything included', () => {
  const pieces = ['a', ' ', '›', '…', '\u0301', 'e\u0301', '語', '👩‍🚀', '🇨🇭', '\ufe0f', '\u200d']
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (chosen) => {
      const text = chosen.join('')
      const starts: number[] = []
      for (let at = 0; at < text.length; at = nextBoundary(text, at)) starts.push(at)
      assert.deepEqual(
        starts,
        Array.from(segmenter.segment(text), ({ index }) => index),
      )
    }),
  )
})
