import assert from 'node:assert/strict'
import { test } from 'node:test'
import { transcript } from './run.ts'
import { processorSeconds } from '../../processor.ts'

const quick = { ticks: 200_000 }

test('endless loops and endless recursion through any door end with an error of the platform', () => {
  for (const source of [
    'while (true) {}',
    'for (;;) ;',
    'do {} while (1)',
    'while (true) { try { while (true) {} } catch (e) {} }',
    'function f() { f(); f() }; try { f() } catch (e) {} while (1) {}',
    'function g() { while (true) yield 1 } foreach (x in g()) {}',
    'local a = [1]; foreach (x in a) a.push(x)',
    'local t = {}; t.setdelegate({ _get = function (k) { return this.x } }); t.y',
    'class A { function _tostring() { return "" + this } } print(A())',
    'class A { function _cmp(o) { return this <=> o } } A() < A()',
    'array(2000, 0).sort(@(a, b) 1); while (1) {}',
    'local f; f = function () { return f.call(this) }; f()',
    'local f; f = @() [1].map(@(x) f()); f()',
    'class A { constructor() { A() } } A()',
  ]) {
    const text = transcript(source, 'x', quick)
    assert.match(text, /ERROR: (more than 200,000 ticks of work|stack overflow)/, source)
  }
})

test('a stack overflow can be caught and leaves the machine usable', () => {
  const source = `
    function f(n) { return 1 + f(n + 1) }
    for (local i = 0; i < 3; i++) try { f(0) } catch (e) { print(e + ";") }
    function g(n) { return n == 0 ? 0 : 1 + g(n - 1) }
    print(g(500))`
  assert.equal(transcript(source), 'stack overflow;stack overflow;stack overflow;500')
  assert.equal(
    transcript(source, 'x', { maxDepth: 1_000_000 }),
    'stack overflow;stack overflow;stack overflow;500',
  )
})

test('a gigabyte of anything is out of memory, and Squirrel code cannot catch that', () => {
  for (const source of [
    'local s = "x"; while (true) { try { while (true) s += s } catch (e) {} }',
    'local list = []; local s = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"; while (true) list.push(s + list.len() + s)',
    'local list = []; while (true) list.push(blob(500000))',
    'local list = []; while (true) list.push(array(100000))',
    'local a = null; while (true) a = [a, a]',
    'local t = {}; local i = 0; while (true) t[i++] <- {}',
    'local f = null; while (true) { local g = f; f = @() g }',
    'class A { x = 0; next = null } local a = null; while (true) { local b = A(); b.next = a; a = b }',
    'local s = format("%999s", "x"); while (true) s = s + s + "y"',
    'local t = array(1000, 0); while (true) t.extend(t)',
  ]) {
    const text = transcript(source, 'x', { memoryLimit: 12 << 20 })
    assert.match(text, /^ERROR: out of memory/, source)
  }
})

test('regular expressions that explode elsewhere answer at once', () => {
  const seconds = processorSeconds(() => {
    for (const pattern of ['(a+)+$', '(a|a)*b', '(a|aa)+$', '((a*)*)*b', '(.*)*x', '(a?){30}a{30}']) {
      transcript(
        `local text = ""; for (local i = 0; i < 3000; i++) text += "a"; regexp("${pattern}").search(text + "!")`,
      )
    }
  })
  assert.ok(seconds < 5, `${seconds} s`)
})

test('names of JavaScript are ordinary names, and lead nowhere', () => {
  const names = [
    'constructor',
    '__proto__',
    'prototype',
    '__defineGetter__',
    '__lookupGetter__',
    'toString',
    'valueOf',
    'hasOwnProperty',
  ]
  names.push(
    'fn',
    'a',
    'v',
    'cls',
    'native',
    'id',
    'members',
    'body',
    'target',
    '_proto__',
    'm',
    'apply',
    'arguments',
    'caller',
    'slots',
  )
  const values = [
    'this',
    '{}',
    '[]',
    '1',
    '1.5',
    '"s"',
    'true',
    'print',
    'function () {}',
    'class {}',
    '(class {})()',
    'blob()',
    'regexp("a")',
  ]
  values.push('(function () { yield 1 })()', '[].weakref()', 'null', 'math', 'blob', 'callee')
  for (const value of values) {
    for (const name of names) {
      const source = `
        local v = ${value}
        local seen = []
        try { seen.push(typeof v.${name}) } catch (e) {}
        try { seen.push(typeof v["${name}"]) } catch (e) {}
        try { seen.push(typeof v.${name}()) } catch (e) {}
        try { v.${name} = 5 } catch (e) {}
        try { seen.push("${name}" in v) } catch (e) {}
        foreach (s in seen) print(s + " ")`
      assert.match(
        transcript(source),
        /^((true|false|null|function|instance|array|integer) )*$/,
        `${value}.${name}`,
      )
    }
  }
  for (const name of [
    ...names,
    'globalThis',
    'process',
    'require',
    'self',
    'S',
    'A',
    'F',
    'I',
    'get',
    'machine',
    'eval',
    'Function',
  ]) {
    assert.match(transcript(`return ${name}`), /^ERROR: the index '.*' does not exist/, name)
    assert.equal(
      transcript(`local ${name} = 5; print(${name}); ::${name} <- 6; print(::${name})`),
      '56',
      name,
    )
  }
})
