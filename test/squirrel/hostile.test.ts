import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SqClass, SqInstance } from '../../src/squirrel/language/values/class.ts'
import { SqAbort, SqError } from '../../src/squirrel/language/run/errors.ts'
import { SqTable } from '../../src/squirrel/language/values/table.ts'
import {
  SqArray,
  SqFloat,
  SqFunction,
  SqGenerator,
  type SqValue,
  SqWeakRef,
} from '../../src/squirrel/language/values/values.ts'
import { Bench, agentLog, deviceLog, start } from './running.ts'
import { fc } from '../properties.ts'
import { processorSeconds } from '../processor.ts'

/** True for what Squirrel code may hold. */
function isSquirrelValue(value: unknown): boolean {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return true
  if (typeof value === 'number') return (value | 0) === value
  return [SqFloat, SqTable, SqArray, SqClass, SqInstance, SqFunction, SqGenerator, SqWeakRef].some(
    (kind) => value instanceof kind,
  )
}

/** Everything that can be reached from a value by indexing and iterating. */
function reachable(root: SqValue): Set<SqValue> {
  const seen = new Set<SqValue>([root])
  for (const value of seen) {
    const inner: unknown[] = []
    if (value instanceof SqTable) inner.push(...value.entries().flat(), value.delegate)
    else if (value instanceof SqArray) inner.push(...value.a)
    else if (value instanceof SqClass)
      inner.push(...value.members.entries().flat(), value.attributes, value.base)
    else if (value instanceof SqInstance) inner.push(value.cls)
    else if (value instanceof SqWeakRef) inner.push(value.target)
    for (const one of inner) {
      assert.ok(isSquirrelValue(one), `a host value is reachable: ${String(one)}`)
      seen.add(one as SqValue)
    }
  }
  return seen
}

const idle = { device: '', agent: 'http.onrequest(@(q, r) 1)' }

for (const kind of ['device', 'agent'] as const) {
  test(`nothing of the host can be reached from the root table of the ${kind}`, () => {
    const side = new Bench(idle).world[kind]
    assert.ok(side)
    assert.ok(reachable(side.vm.root).size > 200)
  })

  test(`every function of the ${kind}, called with anything, gives a Squirrel value or a Squirrel error`, () => {
    const bench = new Bench(idle)
    const side = bench.world[kind]
    assert.ok(side)
    const { vm } = side
    const functions = [...reachable(vm.root)].filter(
      (value) => value instanceof SqFunction || value instanceof SqClass,
    )
    const objects = [...reachable(vm.root)].filter(
      (value) => value instanceof SqInstance || value instanceof SqTable,
    )
    const scalar = fc.oneof(
      fc.constantFrom<SqValue>(
        null,
        true,
        false,
        0,
        1,
        -1,
        65_536,
        2 ** 31 - 1,
        -(2 ** 31),
        '',
        'pin1',
        'constructor',
        '__proto__',
        'http://x/',
        '\xff'.repeat(300),
      ),
      fc.constantFrom(NaN, Infinity, -Infinity, 0.5, -1e30).map((value): SqValue => new SqFloat(value)),
    )
    const value = fc.oneof(
      { weight: 4, arbitrary: scalar },
      fc.array(scalar, { maxLength: 3 }).map((items): SqValue => new SqArray(items)),
      fc.constantFrom<SqValue>(...objects),
      fc.constant<SqValue>(new SqFunction(() => null, null, 'callback')),
      fc.constant(null).map((): SqValue => new SqTable()),
    )
    fc.assert(
      fc.property(
        fc.constantFrom(...functions),
        value,
        fc.array(value, { maxLength: 5 }),
        (callee, self, args) => {
          try {
            assert.ok(isSquirrelValue(vm.call(callee, self, ...args)))
          } catch (error) {
            if (!(error instanceof SqError) && !(error instanceof SqAbort)) throw error
            if (error instanceof SqError) assert.ok(isSquirrelValue(error.value))
          }
        },
      ),
      { numRuns: 6000 },
    )
    reachable(vm.root)
    // What the calls set going must not fail either.
    bench.run(1e6)
    bench.request({})
  })
}

test('every method of every object, called on it with one odd value for all arguments, gives a Squirrel value or a Squirrel error', () => {
  const odd = (): SqValue[] => [
    null,
    true,
    0,
    -1,
    2 ** 31 - 1,
    -(2 ** 31),
    '',
    'x',
    new SqFloat(NaN),
    new SqFloat(-1e30),
    new SqArray([-1]),
  ]
  for (const impType of ['imp001', 'imp006'])
    for (const kind of ['device', 'agent'] as const) {
      const bench = new Bench({ ...idle, impType })
      const side = bench.world[kind]
      assert.ok(side)
      const { vm } = side
      const called = new Set<SqValue>()
      for (const object of reachable(vm.root)) {
        const members = object instanceof SqInstance ? object.cls.members : object
        if (!(members instanceof SqTable)) continue
        for (const [name, method] of members.entries()) {
          if (!(method instanceof SqFunction) || called.has(method)) continue
          called.add(method)
          for (const value of odd())
            for (let count = 0; count <= 5; count++)
              try {
                const result = vm.call(method, object, ...Array.from({ length: count }, () => value))
                assert.ok(isSquirrelValue(result), JSON.stringify(name))
              } catch (error) {
                if (error instanceof SqError || error instanceof SqAbort) continue
                throw new Error(`${impType} ${kind} ${JSON.stringify(name)}`, { cause: error })
              }
        }
      }
    }
})

test('names of the host are ordinary names that do not exist', () => {
  const names = [
    'process',
    'require',
    'globalThis',
    'global',
    'module',
    'Function',
    'eval',
    'constructor',
    '__proto__',
    'prototype',
    'Object',
    'console',
    'fetch',
    'Buffer',
  ]
  const containers = [
    'this',
    '{}',
    '[]',
    '""',
    '1',
    '1.5',
    'blob()',
    'server',
    'imp',
    'http',
    'function() {}',
    'imp.wakeup',
    'hardware.pin1',
    'nv',
    'class {}',
    'class { }()',
    'getroottable()',
  ]
  const lines = containers.flatMap((container) => names.map((name) => `probe(${container}, "${name}")`))
  const device = `
    function probe(container, name) {
      try { local found = container[name]; server.log("found " + name + " " + typeof found) } catch (e) { if (typeof e != "string") server.log("odd " + name) }
    }
    ${lines.join('\n')}
    server.log("end")`
  // The constructors of blobs and pins are members of their Squirrel classes.
  const own = 'found constructor function'
  assert.deepEqual(deviceLog(device), [own, own, 'end'])
})

test('such names can be used as slots without any effect', () => {
  const device = `
    local t = {}; t["__proto__"] <- {evil = 1}; t["constructor"] <- 2; t["hasOwnProperty"] <- 3
    server.log(("evil" in t) + " " + t.constructor + " " + t.len() + " " + ("evil" in {}))
    agent.send("x", t)
    server.log(http.jsonencode(http.jsondecode("{\\"__proto__\\": {\\"a\\": 1}, \\"constructor\\": 1}"), {compact = true}))`
  const bench = new Bench({
    device,
    agent: 'device.on("x", @(t) server.log(t["__proto__"].evil + " " + t.constructor))',
  })
  assert.deepEqual(bench.texts('server.log'), ['false 2 3 false', '{"__proto__":{"a":1},"constructor":1}'])
  assert.deepEqual(bench.texts('agent.log'), ['1 2'])
  assert.equal(({} as Record<string, unknown>)['evil'], undefined)
})

test('headers and queries named like parts of the host stay data', () => {
  const bench = new Bench({
    agent:
      'http.onrequest(function(q, r) { r.header("__proto__", "x"); r.send(200, q.query["__proto__"] + q.headers["constructor"]) })',
  })
  const query = JSON.parse('{"__proto__": "a"}') as Record<string, string>
  assert.equal(bench.request({ query, headers: { constructor: 'b' } })?.body, 'ab')
})

const memory = ['out of memory', 'blob', 'too', 'length', 'long', 'size', 'not enough']

test('a gigabyte of text or bytes is refused or ends the code', () => {
  const programs = [
    'local s = "x"; while (true) s += s',
    'local a = array(500000000)',
    'local b = blob(1000000000)',
    'local a = []; while (true) a.push(a.len() + "text")',
    'local t = {}; local i = 0; while (true) t[i++] <- i',
    'local s = format("%1000000000d", 1)',
    'local a = ["x"]; while (true) a.extend(a)',
    'local s = "aaaaaaaa"; while (true) { s = http.urlencode({a = s + s + s}) }',
    'local s = "aaaaaaaa"; while (true) s = http.base64encode(s + s)',
    'local s = "\\x01\\x01\\x01\\x01"; while (true) s = http.jsonencode(s + s)',
  ]
  for (const program of programs) {
    const bench = new Bench({ device: program, seconds: 0.5, ticks: 8_000_000 })
    const text = [...bench.texts('lastexitcode'), ...bench.texts('server.error')].join(' ')
    assert.ok(
      memory.some((word) => text.includes(word)) || /watchdog/.test(text),
      `${program}: ${text || 'nothing happened'}`,
    )
  }
})

test('expressions that explode elsewhere are quick', () => {
  const code = (name: string) => `
    local text = ""; for (local i = 0; i < 5000; i++) text += "a"
    server.log(${name}("(a+)+$").match(text + "!")); server.log(${name}("(a|aa)*b").search(text) == null); server.log(${name}("^(([a-z])+.)+[A-Z]([a-z])+$").search(text) == null)`
  const seconds = processorSeconds(() => {
    assert.deepEqual(deviceLog(code('regexp')), ['false', 'true', 'true'])
    assert.deepEqual(agentLog(code('regexp2')), ['false', 'true', 'true'])
  })
  assert.ok(seconds < 5, `${seconds} s`)
})

test('a loop cannot flood the log, the other side or the network', () => {
  const device = 'while (true) { server.log("x"); agent.send("x", 1) }'
  const agent = 'while (true) http.get("http://x/").sendasync(@(r) null)'
  const bench = new Bench({ device, agent, seconds: 0.5 })
  assert.ok(bench.log.length < 120_000, `${bench.log.length} entries`)
  assert.ok(bench.world.queue.size < 120_000)
})

test('a timer that sets itself at once lets time pass', () => {
  const bench = new Bench({ device: 'function spin() { imp.wakeup(0, spin) } spin()', seconds: 5 })
  assert.ok(bench.world.clock.now >= start + 4900)
})

test('endless loops end wherever they hide', () => {
  const programs = [
    'while (true) {}',
    'for (;;) {}',
    'while (true) try { throw 1 } catch (e) {}',
    'do {} while (true)',
    'while (true) try { while (true) {} } catch (e) {}',
    'local a = [1]; foreach (x in a) a.push(x)',
    'class A { function _get(k) { return this[k] } } A().x',
    '[3, 1, 2].sort(function(a, b) { while (true) {} })',
    'function g() { while (true) yield 1 } foreach (x in g()) {}',
  ]
  for (const program of programs) {
    const bench = new Bench({ device: program, seconds: 0.5, ticks: 2_000_000 })
    const text = [...bench.texts('lastexitcode'), ...bench.texts('server.error')].join(' ')
    assert.match(text, /watchdog|out of memory|stack overflow/, program)
  }
})

test('one world cannot change what another finds', () => {
  const spoil = `
    imp.wakeup = null; server.extra <- 1; http.hash.md5 = null
    try { hardware.pin1.getclass().evil <- 1 } catch (e) {}
    try { blob.evil <- 1 } catch (e) {}
    String <- 1`
  assert.deepEqual(deviceLog(`${spoil}\nserver.log("spoiled")`), ['spoiled'])
  const device =
    'server.log((imp.wakeup != null) + " " + ("extra" in server) + " " + (http.hash.md5 != null) + " " + ("evil" in hardware.pin1) + " " + ("evil" in blob))'
  assert.deepEqual(deviceLog(device), ['true false true false false'])
})

test('random programs never end in an error of the host', () => {
  const word = fc.constantFrom(
    ...'local x = y ; { } ( ) [ ] function class extends constructor return yield foreach in for while if else switch case default try catch throw this base null true 1 2.5 "s" \'c\' + - * / % << >>> == === <- . :: , @ ! ~ && || ? : delete clone typeof instanceof resume static const enum rawcall server.log imp.wakeup hardware.pin1 agent.send nv blob(4) process __proto__ prototype __EI #require\n \n /* */ // </ />'.split(
      ' ',
    ),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 25 }), (words) => {
      const bench = new Bench({ device: words.join(' '), seconds: 1 })
      assert.deepEqual(
        bench.texts('server.log').filter((line) => /\[object|undefined|native code/.test(line)),
        [],
      )
    }),
    { numRuns: 400 },
  )
})
