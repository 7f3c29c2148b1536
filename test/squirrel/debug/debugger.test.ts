import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Debugger } from '../../../src/squirrel/debug/debugger.ts'
import type {
  DebugEvent,
  DebugRequest,
  Scope,
  StackFrame,
  Variable,
} from '../../../src/squirrel/debug/protocol.ts'
import { thread } from '../../../src/squirrel/language/run/state.ts'
import { currentSide } from '../../../src/squirrel/side.ts'
import { VirtualClock } from '../../../src/squirrel/virtual-clock.ts'
import type { World } from '../../../src/squirrel/world.ts'
import { Bench } from '../running.ts'
import { fc } from '../../properties.ts'

// As the thread of a world does.
thread.thrown = (error) => currentSide().world.watch?.thrown?.(error)

type Ask = (request: DebugRequest) => unknown

/** Runs a device program whose stops are answered by `atStop`; what it logged, and where it stopped: `reason function:line text`. */
function debugged(
  device: string,
  before: DebugRequest[],
  atStop: (ask: Ask, count: number) => void = () => undefined,
): { stops: string[]; log: string[]; bench: Bench } {
  const stops: string[] = []
  let world: World | undefined
  const debug: Debugger = new Debugger({
    wall: () => 0,
    tell(event: DebugEvent) {
      if (event.event !== 'stopped') return
      const ask: Ask = (request) => debug.handle(request, world as World)
      world = debug.stop?.watched.side.world
      const { frames } = ask({ request: 'stack', side: event.side }) as { frames: StackFrame[] }
      stops.push(`${event.reason} ${frames[0]?.name}:${frames[0]?.line} ${event.text}`.trim())
    },
    wait(over) {
      const ask: Ask = (request) => debug.handle(request, world as World)
      atStop(ask, stops.length)
      if (!over()) ask({ request: 'go', mode: 'continue' })
    },
  })
  for (const request of before) debug.handle(request, undefined as never)
  const bench = new Bench({ device, watch: debug, onFailure: 'end' })
  const log = bench.log
    .filter((line) => !line.includes(' status] '))
    .map((line) => line.slice(line.indexOf('] ') + 2))
  return { stops, log, bench }
}

const breakAt = (...lines: number[]): DebugRequest => ({
  request: 'breakpoints',
  file: 'device_code',
  list: lines.map((line) => ({ id: line, line })),
})

const evaluate = (ask: Ask, text: string, context: 'repl' | 'hover' = 'repl') =>
  ask({ request: 'evaluate', frame: 0, text, context }) as Variable

const sample = `local outer = "o"
class Lamp { level = 1; static kind = "led"; function get() { return level } }
lamp <- Lamp()
slots <- { a = 1, b = [1, 2.5, null] }
enum Mode { off, on = 7 }
const LIMIT = 3
function work(n, text = "t") {
  local inner = n + 1
  foreach (i, v in [10, 20]) {
    local both = i + v
    server.log(both)
  }
  return inner
}
work(1)
`

test('names in evaluated text are variables, then this, then the root; what they change stays changed', () => {
  const values: string[] = []
  const { log } = debugged(sample, [breakAt(11)], (ask, count) => {
    if (count > 1) return
    for (const text of [
      'both',
      'inner + n',
      'text + outer',
      'lamp.get()',
      'LIMIT + Mode.on',
      'slots',
      '(@(x) x + both)(1)',
      'slots.b.len()',
      '::lamp.level',
      'null',
    ])
      values.push(evaluate(ask, text).value)
    evaluate(ask, 'both = 99')
    evaluate(ask, 'made <- @() both')
    evaluate(ask, 'local hidden = 5; outer = "changed"')
    assert.throws(() => evaluate(ask, 'hidden'), /the index 'hidden' does not exist/)
    values.push(evaluate(ask, 'made()').value, evaluate(ask, 'outer').value)
  })
  assert.deepEqual(values, [
    '10',
    '3',
    '"to"',
    '1',
    '10',
    '{a = 1, b = [1, 2.5, null]}',
    '11',
    '3',
    '1',
    'null',
    '99',
    '"changed"',
  ])
  assert.deepEqual(log, ['99', '21'])
})

test('scopes list variables in the order of their declaration, page by page, and values one level at a time', () => {
  debugged(sample, [breakAt(11)], (ask, count) => {
    if (count > 1) return
    const scopes = ask({ request: 'scopes', frame: 0 }) as Scope[]
    assert.deepEqual(
      scopes.map(({ name }) => name),
      ['Locals', 'Upvalues', 'Root'],
    )
    const list = (handle: number, start?: number, size?: number) =>
      Array.from(
        ask({
          request: 'variables',
          handle,
          ...(start === undefined ? {} : { start }),
          ...(size === undefined ? {} : { count: size }),
        }) as Variable[],
        ({ name, value }) => `${name} = ${value}`,
      )
    assert.deepEqual(list(scopes[0]?.handle ?? 0), [
      'n = 1',
      'text = "t"',
      'inner = 2',
      'i = 0',
      'v = 10',
      'both = 10',
    ])
    assert.deepEqual(list(scopes[1]?.handle ?? 0), ['outer = "o"'])
    assert.deepEqual(list(evaluate(ask, 'slots.b').handle, 1, 1), ['1 = 2.5'])
    assert.deepEqual(list(evaluate(ask, 'lamp').handle).toSorted(), ['kind = "led"', 'level = 1'])
    const { handle } = evaluate(ask, 'slots')
    ask({ request: 'set', handle, name: 'a', text: 'inner * 10' })
    assert.equal(evaluate(ask, 'slots.a').value, '20')
    assert.throws(() => list(12345), /no such value/)
    assert.throws(() => ask({ request: 'scopes', frame: 77 }), /no such frame/)
  })
})

test('steps go over calls, into them and out of them; callbacks of natives and generators are entered and left', () => {
  const source = `function twice(x) {
  return x * 2
}
function gen() {
  yield twice(1)
  yield 2
}
local list = [3, 1, 2]
list.sort(function(a, b) {
  return a <=> b
})
foreach (v in gen()) {
  server.log(v)
}
imp.wakeup(1, function() {
  server.log("later")
})
`
  const path = (start: number, modes: string) => {
    const { stops } = debugged(source, [breakAt(start)], (ask, count) => {
      const mode = ({ i: 'in', o: 'over', u: 'out' } as const)[modes[count - 1] as 'i']
      if (mode) ask({ request: 'go', mode })
      if (count === 1) ask(breakAt())
    })
    return stops.map((stop) => stop.replace(/^\w+ /, ''))
  }
  assert.deepEqual(path(8, 'oooooooo'), [
    'main:8',
    'main:9',
    'main:12',
    'main:13',
    'main:12',
    'main:13',
    'main:12',
    'main:15',
    'unknown:16',
  ])
  assert.deepEqual(path(9, 'iiu'), ['main:9', 'unknown:10', 'unknown:10', 'main:12'])
  assert.deepEqual(path(12, 'iiiiiiii'), [
    'main:12',
    'gen:5',
    'twice:2',
    'main:13',
    'main:12',
    'gen:6',
    'main:13',
    'main:12',
    'main:15',
  ])
  assert.deepEqual(path(2, 'uuu'), ['twice:2', 'main:13', 'unknown:16'])
})

test('the head of a loop is a stop in each round, also after continue, and a breakpoint there means all of them', () => {
  const source = `local n = 0
while (n < 2) {
  n++
  if (n == 1) continue
}
do {
  n--
} while (n > 0)
for (local i = 0; i < 2; i++) {
  n += i
}
foreach (v in [7]) n = v
for (;;) {
  break
}
server.log(n)
`
  const walk = debugged(source, [breakAt(1)], (ask) => ask({ request: 'go', mode: 'over' })).stops
  assert.equal(
    walk.map((stop) => /:(\d+)/.exec(stop)?.[1]).join(' '),
    '1 2 3 4 4 2 3 4 2 6 7 8 7 8 9 9 10 9 10 9 12 12 12 13 14 16',
  )
  const at = (line: number) => {
    const values: string[] = []
    debugged(source, [breakAt(line)], (ask) => values.push(evaluate(ask, 'n').value))
    return values.join(' ')
  }
  assert.deepEqual([at(2), at(8), at(9)], ['0 1 2', '1 0', '0 0 1'])
})

test('a condition that fails stops and says why; errors stop where they are thrown, caught ones only when asked', () => {
  const source = `function risky() {
  throw "inner"
}
try { risky() } catch (e) {}
local t = { function _get(k) { throw null } }
local o = {}.setdelegate(t)
try { local x = o.nothing } catch (e) {}
server.log("on")
null.x()
`
  const condition: DebugRequest = {
    request: 'breakpoints',
    file: 'device_code',
    list: [{ id: 1, line: 8, condition: 'nosuch > 1' }],
  }
  assert.deepEqual(debugged(source, [condition]).stops, [
    'breakpoint main:8 the condition "nosuch > 1" failed: the index \'nosuch\' does not exist',
    "exception main:9 the index 'x' does not exist",
  ])
  const all = debugged(source, [{ request: 'exceptions', filters: ['all'] }]).stops
  assert.equal(all[0], 'exception risky:2 inner')
  assert.equal(all.at(-1), "exception main:9 the index 'x' does not exist")
  assert.deepEqual(debugged(source, [{ request: 'exceptions', filters: [] }]).stops, [])
})

test('looking changes nothing: ticks, clock and log of the program are what they are without a debugger', () => {
  const source = `local x = 0
for (local i = 0; i < 5; i++) {
  x += i
}
server.log(hardware.micros() + " " + x)
imp.wakeup(0.5, function() { server.log(hardware.micros()) })
`
  const plain = debugged(source, []).log
  const { log } = debugged(source, [breakAt(3)], (ask) => {
    evaluate(ask, 'hardware.micros()')
    assert.throws(() => evaluate(ask, 'while (true) {}'), /more than 5,000,000 ticks/)
    assert.throws(() => evaluate(ask, 'imp.sleep(5)'), /not while paused/)
    assert.throws(
      () => evaluate(ask, 'local f; f = function(n) { return f(n + 1) + 1 }; f(0)'),
      /stack overflow/,
    )
    assert.throws(() => evaluate(ask, 'x = = 2'), /expression/)
  })
  assert.deepEqual(log, plain)
})

test('a loop without an end stops where its ticks are used up', () => {
  const { stops } = debugged('local n = 0\nwhile (true) {\n  n++\n}\n', [], (ask) =>
    assert.match(evaluate(ask, 'n').value, /^\d{6,}$/),
  )
  assert.match(stops[0] ?? '', /^exception main:2 more than 50,000,000 ticks/)
})

/** Ways out of a cage of another make: names of the host's, of the code that is generated, and text that would be code if it were pasted. */
const attacks = [
  'constructor',
  'this.constructor',
  '"".constructor',
  '[].constructor.constructor("return process")()',
  '__proto__',
  'this.__proto__',
  'process',
  'process.exit(1)',
  'globalThis',
  'global',
  'require("fs")',
  'import("fs")',
  'module',
  'eval("1")',
  'Function("return this")()',
  'self',
  'arguments',
  'E',
  'E[0]',
  'K.e',
  'T[0] = 0',
  'D.top',
  'f.up',
  'H',
  'U.code',
  'at',
  'L1',
  'machine',
  'root()',
  '`${process}`',
  '1);process.exit(1);(1',
  '1\n)}process.exit(1)//',
  '*/ process.exit(1) /*',
  '"\\u2028"; process.exit(1)',
  'local constructor = 1; constructor',
  'class A { constructor() { this.__proto__ <- 1 } }; A()',
  '({}).__proto__.polluted <- 1',
  '#line 1 "x"\nprocess',
  '@{process}',
]

const TYPES: ReadonlySet<string> = new Set(
  'null bool integer float string table array class instance function generator weakref meta blob'.split(' '),
)

test('evaluated text, conditions and log points reach nothing of the host', () => {
  const attempt = (ask: Ask, text: string) => {
    for (const context of ['repl', 'hover'] as const) {
      try {
        const { type, value } = evaluate(ask, text, context)
        assert.ok(TYPES.has(type), `${text} gave a ${type}`)
        assert.doesNotMatch(value, /native code|\[object/)
      } catch (error) {
        assert.ok(error instanceof Error && error.name !== 'AssertionError', text)
        assert.doesNotMatch(error.message, /is not defined|is not a function|Unexpected token/, text)
      }
    }
  }
  debugged(sample, [breakAt(11)], (ask, count) => {
    if (count > 1) return
    for (const text of attacks) attempt(ask, text)
    const word = fc.constantFrom(
      ...attacks,
      '(',
      ')',
      '.',
      '+',
      '[',
      ']',
      '"',
      '{',
      '}',
      ';',
      '=',
      'both',
      '1',
      '@',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (words) => attempt(ask, words.join(' '))),
      { numRuns: 300 },
    )
  })
  for (const text of attacks) {
    const list = [
      { id: 1, line: 8, condition: text },
      { id: 2, line: 13, log: `{${text.replaceAll(/[{}]/g, '')}}` },
    ]
    debugged(sample, [{ request: 'breakpoints', file: 'device_code', list }])
  }
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('time that follows the wall stands while code stands', () => {
  let wall = 0
  const clock = new VirtualClock(
    1000,
    { kind: 'real' },
    () => wall,
    () => 1000,
  )
  wall = 250
  assert.equal(clock.read(), 1250)
  wall += 60_000
  clock.stood(60_000)
  assert.equal(clock.read(), 1250)
})
