import assert from 'node:assert/strict'
import { test } from 'node:test'
import { newBlob, blobOf } from '../../../src/squirrel/language/values/blob.ts'
import { callFunction } from '../../../src/squirrel/language/run/calls.ts'
import { compile, type CompiledUnit } from '../../../src/squirrel/language/compile.ts'
import { SqAbort, SqError, raise, traceText } from '../../../src/squirrel/language/run/errors.ts'
import {
  instantiate,
  native,
  nativeClass,
  nativeTable,
} from '../../../src/squirrel/language/library/native.ts'
import { tableOf } from '../../../src/squirrel/language/values/table.ts'
import { toText } from '../../../src/squirrel/language/values/text.ts'
import { utf8Decode, utf8Encode } from '../../../src/squirrel/utf8.ts'
import { SqArray, SqFloat, SqFunction, type SqValue } from '../../../src/squirrel/language/values/values.ts'
import { Vm } from '../../../src/squirrel/language/vm.ts'

function unitOf(source: string): CompiledUnit {
  const result = compile(source, 'device_code')
  if (!result.ok) throw new Error(result.errors[0]?.text)
  return result.unit
}

test('a native table offers functions and constants, and a native gets and gives values', () => {
  const vm = new Vm()
  const lines: string[] = []
  const server = nativeTable([
    native('log', '.', (_, value: SqValue) => {
      lines.push(toText(value))
      return null
    }),
    ['VERSION', 3],
  ])
  vm.root.set('server', server)
  vm.root.set(
    'twice',
    native('twice', 'n', (_, value: number | SqFloat) =>
      typeof value === 'number' ? value * 2 : new SqFloat(value.v * 2),
    ),
  )
  assert.equal(
    vm.run(unitOf('server.log("v" + server.VERSION); return twice(21) + twice(0.5)')) instanceof SqFloat,
    true,
  )
  assert.deepEqual(lines, ['v3'])
})

test('a native checks the number and types of its arguments', () => {
  const vm = new Vm()
  vm.root.set(
    'f',
    native('f', 'is|o[t', (_, a: number, b: string | null) => `${a}${b}`),
  )
  assert.equal(vm.run(unitOf('return f(1, "x") + f(2, null) + f(3, "y", {})')), '1x2null3y')
  for (const [call, message] of [
    ['f(1)', 'wrong number of parameters'],
    ['f(1, "x", {}, 4)', 'wrong number of parameters'],
    ['f("1", "x")', "parameter 1 has an invalid type 'string' ; expected: 'integer'"],
    ['f(1, 2)', "parameter 2 has an invalid type 'integer' ; expected: 'string|null'"],
    ['f(1, "x", [])', "parameter 3 has an invalid type 'array' ; expected: 'table'"],
  ] as const) {
    assert.throws(() => vm.run(unitOf(call)), { message })
  }
})

test('a native class keeps host state, offers methods and metamethods, and can be a base', () => {
  const vm = new Vm()
  const counter = nativeClass('counter', (instance, start = 0) => void (instance.native = { count: start }), [
    native('next', '', (self) => ++(self as { native: { count: number } } & SqArray).native.count),
    native('_get', '.', (_, key: SqValue) => {
      if (key === 'magic') return 42
      throw new SqError(null, 'null')
    }),
  ])
  vm.root.set('counter', counter)
  const source = `
    class Loud extends counter { function next() { return "#" + base.next() } }
    local c = counter(5)
    c.next()
    return typeof c + type(c) + c.next() + c.magic + Loud(1).next() + (Loud(1) instanceof counter)`
  assert.equal(vm.run(unitOf(source)), 'countermeta742#2true')
  assert.equal(instantiate(counter, 1).cls, counter)
})

test('the host calls closures and gets their results and errors with the place of every frame', () => {
  const vm = new Vm()
  vm.run(
    unitOf(
      'function add(a, b) { return a + b }\nfunction fail(x) {\n  return x.missing\n}\nfunction outer(f) {\n  f(null)\n}',
    ),
  )
  const add = vm.root.get('add') as SqValue
  assert.equal(vm.call(add, vm.root, 2, 3), 5)
  try {
    vm.call(vm.root.get('outer') as SqValue, vm.root, vm.root.get('fail') as SqValue)
    assert.fail('no error')
  } catch (error) {
    assert.ok(error instanceof SqError)
    assert.deepEqual(traceText(error), [
      "the index 'missing' does not exist",
      '  at fail:device_code:3',
      '  at outer:device_code:6',
    ])
  }
})

test('an error of a native can be caught, a fault of the host cannot', () => {
  const vm = new Vm()
  vm.root.set(
    'bad',
    native('bad', '', () => {
      throw raise('no good')
    }),
  )
  vm.root.set(
    'broken',
    native('broken', '', () => {
      throw new TypeError('a defect')
    }),
  )
  assert.equal(vm.run(unitOf('try { bad() } catch (e) { return e }')), 'no good')
  assert.throws(() => vm.run(unitOf('try { broken() } catch (e) { return e }')), TypeError)
})

test('each call from the host has a budget of its own, nested calls share it', () => {
  const vm = new Vm({ ticks: 1000 })
  vm.run(unitOf('function work(n) { local s = 0; for (local i = 0; i < n; i++) s += i; return s }'))
  const work = vm.root.get('work') as SqValue
  for (let round = 0; round < 5; round++) assert.equal(vm.call(work, vm.root, 900), 404550)
  assert.throws(() => vm.call(work, vm.root, 2000), SqAbort)
  vm.root.set(
    'nested',
    native('nested', '', () => vm.call(work, vm.root, 900)),
  )
  assert.throws(() => vm.run(unitOf('nested(); nested()')), { message: 'more than 1,000 ticks of work' })
  assert.equal(vm.call(work, vm.root, 10), 45)
})

test('two machines share nothing but code, even when one runs inside the other', () => {
  const unit = unitOf('count <- 0; function step() { count++; return count }')
  const [one, two] = [new Vm({ ticks: 1000 }), new Vm({ ticks: 1000 })]
  one.run(unit)
  two.run(unit)
  one.root.set(
    'other',
    native('other', '', () => two.call(two.root.get('step') as SqValue, two.root)),
  )
  assert.equal(one.run(unitOf('other(); other(); return other() * 10 + step()')), 31)
  assert.equal(one.root.get('count'), 1)
  assert.equal(two.root.get('count'), 3)
})

test('the clock, random numbers and output of a machine are those it was given', () => {
  const printed: string[] = []
  const vm = new Vm({
    now: () => 1_500_000_000_250,
    random: () => 0.5,
    print: (text) => void printed.push(text),
    error: (text) => void printed.push(`!${text}`),
  })
  const source = `
    print("a"); error("b")
    local d = date()
    print(time() + " " + math.rand() + " " + d.year + "-" + d.month + "-" + d.day + " " + d.hour + ":" + d.min + ":" + d.sec + " " + d.wday + " " + d.yday)
    print(d.time + " " + d.usec + " " + date(0).year)`
  vm.run(unitOf(source))
  assert.deepEqual(printed, [
    'a',
    '!b',
    '1500000000 1073741824 2017-6-14 2:40:0 5 194',
    '1500000000 250000 1970',
  ])
})

test('natives make blobs, tables and arrays for Squirrel code and call its functions', () => {
  const vm = new Vm()
  vm.root.set(
    'fetch',
    native('fetch', 'c', (self, done: SqFunction) => {
      const answer = tableOf([
        ['body', newBlob(new Uint8Array([104, 105]))],
        ['list', new SqArray([1, 2])],
      ])
      return callFunction(done, self, answer)
    }),
  )
  assert.equal(vm.run(unitOf('return fetch(@(r) r.body.tostring() + r.list.len())')), 'hi2')
  const blob = vm.run(unitOf("local b = blob(); b.writen(7, 'b'); return b"))
  assert.deepEqual([...(blobOf(blob)?.bytes() ?? [])], [7])
})

test('text of the host and byte strings of Squirrel convert both ways', () => {
  assert.equal(utf8Decode(utf8Encode('grün €')), 'grün €')
  const vm = new Vm()
  assert.equal(vm.run(unitOf(utf8Encode('return "ü".len()'))), 2)
})

test('callee, the root table and constants work across sources of one machine', () => {
  const vm = new Vm()
  const first = unitOf('const LIMIT = 5; enum E { A = 7 }; shared <- 1')
  vm.run(first)
  const second = compile('shared += LIMIT + E.A; return shared', 'x', first.constants)
  assert.ok(second.ok)
  assert.equal(vm.run(second.unit), 13)
})

test('what a program keeps over many small calls is out of memory in the end, what it drops is not', () => {
  const vm = new Vm({ memoryLimit: 10 << 20 })
  vm.run(unitOf('list <- []; function keep() { list.push(blob(100000)) }; function drop() { blob(100000) }'))
  const [keep, drop] = [vm.root.get('keep') as SqValue, vm.root.get('drop') as SqValue]
  for (let round = 0; round < 1000; round++) vm.call(drop, vm.root)
  assert.throws(
    () => {
      for (let round = 0; round < 1000; round++) vm.call(keep, vm.root)
    },
    { message: 'out of memory' },
  )
})
