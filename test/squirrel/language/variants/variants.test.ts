import assert from 'node:assert/strict'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { compile, type CompiledUnit } from '../../../../src/squirrel/language/compile.ts'
import { type Variant, VARIANTS } from '../../../../src/squirrel/language/variants/variant.ts'
import { programs } from '../programs.ts'
import { transcript } from '../run.ts'

const snapshot = join(import.meta.dirname, 'plain.txt')
const conformance = join(import.meta.dirname, '../conformance')

const sample = `// every place that has a hook
const LIMIT = 3
enum Mode { off, on }
function early(a, b = 1) { return a }
function many(first, ...) { return vargv.len() + first }
function gen(n) { for (local i = 0; i < n; i++) yield i; return n }
class A extends B.C { x = 1; static y = 2; constructor(v) { base.constructor(v); x = v } }
local t = { a = 1, f = @(p) p * 2.5 }
if (t.a == 1) print(1); else if (t.a) print(2); else { print(3) }
while (t.a < LIMIT) t.a++
do { t.a -= 1; if (t.a == 0) continue } while (t.a > 0)
foreach (k, v in t) print(k + v)
foreach (v in [1, 2]) { local inner = v; t.g <- @() inner }
switch (t.a) { case Mode.on: print("on"); break; case 2: print("two"); default: print("off") }
try { throw t.a ? "x" : null } catch (e) { print(e) }
local q = t.a && t.f || early(1) || 5
print(t.f(q) <=> 3)
`

test('plain code is what it was: a change of the generator is a change of this file', () => {
  const unit = unitOf(sample, 'plain')
  const text = `${unit.code}\n`
  if (process.env['IMPT_WRITE_SNAPSHOTS'] === '1') writeFileSync(snapshot, text)
  assert.equal(text, readFileSync(snapshot, 'utf8'))
  assert.deepEqual(unit.points, [])
})

const names = Object.keys(VARIANTS) as Variant[]

test('programs of all kinds print the same under every variant', () => {
  const sources = readdirSync(conformance)
    .filter((name) => name.endsWith('.nut'))
    .map((name) => readFileSync(join(conformance, name), 'latin1'))
  for (const source of sources) {
    const expected = transcript(source)
    for (const variant of names) assert.equal(transcript(source, 'test.nut', {}, variant), expected, variant)
  }
  assert.ok(sources.length > 3 && Object.keys(programs).length > 3)
})

test('coverage counts statements, functions and arms where a person wrote them', () => {
  const source = `function f(a, b = 2) {
  if (a) return b
  return a ? 1 : 0
}
f(0); f(1, 5)
for (local i = 0; i < 4; i++) f(i) || print(i)
`
  const counts = countsOf(source)
  assert.deepEqual(counts, [
    ['statement', 1, 1],
    ['function f', 1, 6],
    ['default-arg 0', 1, 5],
    ['statement', 2, 6],
    ['if 1', 2, 2],
    ['if 0', 2, 4],
    ['statement', 2, 4],
    ['statement', 3, 2],
    ['cond-expr 0', 3, 0],
    ['cond-expr 1', 3, 2],
    ['statement', 5, 1],
    ['statement', 5, 1],
    ['statement', 6, 1],
    ['statement', 6, 1],
    ['statement', 6, 4],
    ['binary-expr 0', 6, 4],
    ['binary-expr 1', 6, 1],
  ])
})

function unitOf(source: string, variant: Variant): CompiledUnit {
  const result = compile(source, 'test.nut', new Map(), variant)
  assert.ok(result.ok, JSON.stringify(result))
  return result.unit
}

/** What each point counts, in the order of the source. */
function countsOf(source: string): [string, number, number][] {
  let counts = new Float64Array()
  let unit: CompiledUnit | undefined
  transcript(
    source,
    'test.nut',
    { instrument: (one) => ((unit = one), { c: (counts = new Float64Array(one.points.length)) }) },
    'coverage',
  )
  return (unit?.points ?? [])
    .map((point, at): [string, number, number, number] => [
      point.kind === 'branch'
        ? `${point.what} ${point.arm}`
        : point.kind === 'function'
          ? `function ${point.name}`
          : point.kind,
      point.first.line,
      counts[at] ?? -1,
      point.first.start,
    ])
    .toSorted((a, b) => a[3] - b[3])
    .map(([what, line, count]): [string, number, number] => [what, line, count])
}
