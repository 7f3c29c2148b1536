import assert from 'node:assert/strict'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { createKeyboard, keystrokes } from '../../src/output/keyboard.ts'
import { askLine, type Patience } from '../../src/output/line.ts'
import { character, fc } from '../properties.ts'

/** An input as the process sees it: a pipe, or a terminal in raw mode. */
function world({ isTTY = false } = {}) {
  const modes: boolean[] = []
  const input = Object.assign(new PassThrough(), { isTTY, setRawMode: (raw: boolean) => modes.push(raw) })
  const output = new PassThrough()
  let shown = ''
  output.setEncoding('utf8').on('data', (text: string) => (shown += text))
  const keyboard = createKeyboard(input as unknown as NodeJS.ReadStream)
  let fire: (() => void) | undefined
  let waits: number | undefined
  const patience: Patience = {
    after(ms, done) {
      waits = ms
      fire = done
      return () => (fire = undefined)
    },
  }
  const signal = new AbortController().signal
  return {
    input,
    keyboard,
    modes,
    shown: () => shown,
    /** Time passes: gives what was waited for, or undefined where nothing is waiting. */
    pass() {
      const due = fire && waits
      fire?.()
      return due
    },
    ask: (prompt: string, hidden = false) => askLine(keyboard, { prompt, hidden, output, signal }, patience),
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('a pipe answers several questions line by line, and its end answers none', async () => {
  const { input, ask } = world()
  input.write('first\r\nsec')
  assert.equal(await ask('A: '), 'first')
  const second = ask('B: ')
  input.end('ond\nlast')
  assert.equal(await second, 'second')
  assert.equal(await ask('C: '), 'last')
  assert.equal(await ask('D: '), null)
})

test('an open, silent pipe is waited for 5 s and then answers nothing; one that has begun is waited for', async () => {
  const silent = world()
  const question = silent.ask('A: ')
  await turn()
  assert.equal(silent.pass(), 5000)
  assert.equal(await question, null)

  const slow = world()
  const answer = slow.ask('A: ')
  slow.input.write('y')
  await turn()
  assert.equal(slow.pass(), undefined)
  slow.input.write('es\n')
  assert.equal(await answer, 'yes')
})

test('what is typed is taken once, whatever was asked before, and no listener is left behind', async () => {
  const { input, ask, keyboard } = world({ isTTY: true })
  const before = () => input.eventNames().map((name) => `${String(name)} ${input.listenerCount(name)}`)
  input.write('warm\r')
  await ask('first: ')
  const listeners = before()
  for (let turn = 0; turn < 20; turn++) {
    const answer = ask(`Question ${turn}: `, turn % 2 === 1)
    input.write(`answer ${turn}\r`)
    assert.equal(await answer, `answer ${turn}`)
  }
  assert.deepEqual(before(), listeners)
  assert.equal(keyboard.isLent, false)
})

test('raw mode lasts as long as a question', async () => {
  const { input, ask, modes } = world({ isTTY: true })
  const answer = ask('A: ', true)
  input.write('x\r')
  await answer
  assert.deepEqual(modes, [true, false])
})

test('what was typed ahead answers the questions in order, in any pieces', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: fc.constantFrom('a', 'é', '日', ' ', '9') }), {
        minLength: 1,
        maxLength: 5,
      }),
      fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
      async (answers, cuts) => {
        const { input, ask } = world({ isTTY: true })
        const bytes = Buffer.from(answers.map((answer) => `${answer}\r`).join(''))
        for (let at = 0, turn = 0; at < bytes.length; turn++) {
          const size = cuts[turn % cuts.length] ?? 1
          input.write(bytes.subarray(at, at + size))
          at += size
        }
        const got: (string | null)[] = []
        for (const _ of answers) got.push(await ask('? ', got.length % 2 === 0))
        assert.deepEqual(got, answers)
      },
    ),
    { numRuns: 50 },
  ))

test('a hidden answer is shown nowhere, whatever keys are in it', () =>
  fc.assert(
    fc.asyncProperty(
      fc.string({
        unit: fc.constantFrom('S', '\x7f', '\x1b[D', '\x1b[A', '\t', '\x15', '\x17', '\x19', '\x0c'),
      }),
      async (keys) => {
        const { input, ask, shown } = world({ isTTY: true })
        const answer = ask('Password: ', true)
        input.write(`${keys}\r`)
        await answer
        await turn()
        assert.equal(shown(), 'Password: \n')
      },
    ),
    { numRuns: 100 },
  ))

test('Ctrl-C at a question is CANCELLED, Ctrl-D gives no answer, and the keyboard is free again', async () => {
  const { input, ask } = world({ isTTY: true })
  const first = ask('A: ')
  input.write('half\x03')
  await assert.rejects(first, { code: 'CANCELLED', exit: 130 })
  const second = ask('B: ')
  input.write('\x04')
  assert.equal(await second, null)
  const third = ask('C: ')
  input.write('ok\r')
  assert.equal(await third, 'ok')
})

test('a program that has the terminal shares no key with us', async () => {
  const { input, keyboard, modes } = world({ isTTY: true })
  let typed = ''
  keyboard.hold({
    raw: true,
    typed(text) {
      typed += text
      return ''
    },
    ended: () => undefined,
  })
  await keyboard.lend(async () => {
    assert.ok(input.isPaused())
    assert.equal(keyboard.isLent, true)
    assert.equal(modes.at(-1), false)
  })
  assert.equal(modes.at(-1), true)
  input.write('after')
  await turn()
  assert.equal(typed, 'after')
})

test('the terminal comes back after a program that failed, and only after the last of several', async () => {
  const { keyboard, modes } = world({ isTTY: true })
  keyboard.hold({ raw: true, typed: () => '', ended: () => undefined })
  await assert.rejects(keyboard.lend(() => Promise.reject(new Error('no such program'))))
  assert.equal(modes.at(-1), true)
  let leave = () => {}
  const long = keyboard.lend(() => new Promise<void>((resolve) => (leave = resolve)))
  await keyboard.lend(async () => undefined)
  assert.equal(modes.at(-1), false)
  leave()
  await long
  assert.equal(modes.at(-1), true)
})

test('keystrokes lose nothing, and each control character stands alone', () =>
  fc.assert(
    fc.property(fc.string({ unit: character }), (text) => {
      const strokes = keystrokes(text)
      assert.equal(strokes.join(''), text)
      for (const stroke of strokes) assert.ok(stroke.length === 1 || !/[\0-\x1f\x7f]/.test(stroke))
    }),
  ))
