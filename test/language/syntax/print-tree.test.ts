import assert from 'node:assert/strict'
import { test } from 'node:test'
// The table of built-ins tells the parser which arguments are values.
import '../../../src/language/builtins/index.ts'
import { parse } from '../../../src/language/syntax/parse.ts'
import type { Script } from '../../../src/language/syntax/tree.ts'
import { examples } from '../examples.ts'
import { printTree } from './print-tree.ts'

/** The tree without places, and without brackets that only group: what it means. */
function meaning(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(meaning)
  if (typeof node !== 'object' || node === null) return node
  const record = node as Record<string, unknown>
  const { body } = record as { body?: { first?: { first?: unknown; stages?: unknown[] }; rest?: unknown[] } }
  const first = body?.first?.first as { kind?: string } | undefined
  const groups = record['kind'] === 'paren' && body?.rest?.length === 0 && body.first?.stages?.length === 0
  if (groups && first?.kind !== 'command' && first?.kind !== 'external') return meaning(first)
  if (record['kind'] === 'negate')
    return {
      kind: 'binary',
      operator: '-',
      left: { kind: 'number', value: 0 },
      right: meaning(record['operand']),
    }
  const kept = Object.entries(record).filter(
    ([key]) => !['start', 'end', 'operatorStart', 'nameStart', 'comment', 'help'].includes(key),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, meaning(value)]))
}

function roundTrip(tree: Script, name: string): void {
  const printed = printTree(tree)
  const again = parse(printed)
  assert.deepEqual(again.diagnostics, [], `${name}:\n${printed}`)
  assert.deepEqual(meaning(again.tree.body), meaning(tree.body), name)
}

for (const { name, text } of examples) {
  test(`${name} is the same after printing and parsing`, () => roundTrip(parse(text).tree, name))
}

const EVERY_KIND = String.raw`
imptsh 1
param a
param --b/x: number = -3 # note
param ...rest: text
let x = if $a == 1 { 1 } else if $b { 2 } else { 3 }
let y = try { 1 } catch NOT_FOUND, TIMEOUT e { 2 } catch { 3 } finally { 4 }
set x = -$y + 1 - 2 * (3 - 4) % 5 / 6
set env.HOME = $'a\n\x41\u{1f600}'
for $i in [1, ...$x, {a: 1, 'b c': 2, ...$y}] { break; continue }
while not ($a < 1 and $b >= 2 or $a =~ "x" and $b !~ 'y' and $a != $b ?? true) { return }
fn f(a, b = 1d, --flag, --opt: text = "x", ...rest) { return $a.b?[0]."c d" }
with dir (temp-dir), product "p", env A = "b", confirmed, dry-run, timeout 5m { throw {code: "X"} }
impt dg create --name=a"b c"'d'$x-\$y\'z -q -5 ...$rest > "file $x ${'$'}{y.z} ${'$'}(now)"
!git log -1 --format=%s | lines | where {|l| $l == 2026-01-31T10:00Z } >> out.txt
device list && a || b {|x, y| $x } && c
$x | any a.b in [1] | all not c | until --timeout=3s d | add e = now - today | first? 
assert true, "no"
source ./lib.imptsh
import f, x from "lib.imptsh"
import 'lib.imptsh' as lib
export fn g(l: list, --e: choice("a", "b") = "a") { lib.report [1, 2] {a: 1} }
export let {id, "odd name": odd, rssi?} = $r
let [first_one, ...others] = 1..$n
set r.a[0]."b c" += 2
for {id} in $l { do {|[a, b], c| $a } [1] }
let f = {|x| $x + 1}
let m = match $x { "a", 3..5 => 1, < 3 => { print b }, {type: "dg", n: =~ "x"} => {a: 2}, in [1] => 3, else => 4 }
print ($l[5]? ?? (if $a { 1 } else { 2 })) ({[$k]: with dg "x" { 1 }} | get a)
$l | where (type | starts-with "x") | join [{a: 1}] --on a
test "it works" { assert true }
exit 3
throw
exit`

test('every kind of node is the same after printing and parsing', () => {
  const { tree, diagnostics } = parse(EVERY_KIND)
  assert.deepEqual(diagnostics, [])
  roundTrip(tree, 'all')
})

/** Texts over several lines keep the line ends that they were written with. */
function withoutReturns(node: unknown): unknown {
  if (typeof node === 'string') return node.replaceAll('\r', '')
  if (Array.isArray(node)) return node.map(withoutReturns)
  if (typeof node !== 'object' || node === null) return node
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withoutReturns(value)]))
}

for (const { name, text } of [
  ...examples,
  { name: 'every kind of node', text: EVERY_KIND },
  { name: 'a line that goes on inside a text', text: 'print "a\\\n  b" \\\n  c\n' },
])
  test(`${name} means the same with the line ends of Windows`, () => {
    const unix = text.replaceAll('\r\n', '\n')
    const windows = parse(unix.replaceAll('\n', '\r\n')).tree.body
    assert.deepEqual(withoutReturns(meaning(windows)), meaning(parse(unix).tree.body))
  })
