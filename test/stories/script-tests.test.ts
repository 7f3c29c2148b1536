import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { openDesk } from './impt.ts'

const SCRIPT = `param --factor = 2
export fn double(n: number) { $n * $factor }
product create --name Never
test "a function of the script" { assert (double 4) == 8 }
test "a change" {
  product create --name Temp
  assert (product list | where name == "Temp" | count) == 1
}
test "a cloud of its own" {
  assert (product list | where name in ["Temp", "Never"] | count) == 0
}
test "what is wrong" { assert (double 4) == 9 }
`

test('impt check --test runs the tests of a script, each in a cloud of its own, and writes reports', async (t) => {
  const { run, folder } = await openDesk(t)
  await writeFile(join(folder, 'x.imptsh'), SCRIPT)
  const failed = await run([
    'check',
    '--test',
    'x.imptsh',
    '--report',
    'tap=r.tap',
    '--report',
    'junit=r.xml',
  ])
  assert.equal(failed.code, 1, failed.stderr)
  assert.match(
    failed.stdout,
    / {2}ok {6}a function of the script \(\d+ ms\)\n {2}ok {6}a change[^]*ok {6}a cloud of its own/,
  )
  assert.match(
    failed.stdout,
    /FAILED {2}what is wrong\n[^]*left: 8 {2}right: 9[^]*4 tests: 3 passed, 1 failed/,
  )
  const tap = await readFile(join(folder, 'r.tap'), 'utf8')
  assert.match(tap, /^TAP version 13\n1\.\.4\nok 1[^]*not ok 4 - x\.imptsh what is wrong/)
  const junit = await readFile(join(folder, 'r.xml'), 'utf8')
  assert.match(junit, /<testsuites name="impt check --test" tests="4" failures="1"/)
  assert.doesNotMatch(junit, /device/)

  await writeFile(join(folder, 'y.imptsh'), SCRIPT.replace('== 9', '== 8'))
  const passed = await run(['check', '--test', 'y.imptsh'])
  assert.equal(passed.code, 0, passed.stdout)
  await writeFile(join(folder, 'none.imptsh'), 'print 1')
  assert.equal((await run(['check', '--test', 'none.imptsh'])).code, 2)
  await writeFile(join(folder, 'wrong.imptsh'), 'print $nope\ntest "t" { }')
  const wrong = await run(['check', '--test', 'wrong.imptsh'])
  assert.equal(wrong.code, 2)
  assert.match(wrong.stdout, /unknown variable \$nope/)
})

test('the tests of a script do not run with the script', async (t) => {
  const { run, folder } = await openDesk(t)
  await writeFile(join(folder, 'x.imptsh'), 'print one\ntest "t" { print two }\nprint three')
  assert.equal((await run(['x.imptsh'])).stdout, 'one\nthree\n')
})

test('--trace shows statements, calls, built-ins and pipelines with their values', async (t) => {
  const { run, folder } = await openDesk(t)
  await writeFile(
    join(folder, 'x.imptsh'),
    'fn f(n: number) { return $n + 1 }\nlet x = f 3\n[1, 2] | first 1 | map { $it }\nfor i in 1..2 { }\nprint (match $x { 4 => "four" })\nassert $x == 4\nthrow "end"',
  )
  const { stderr } = await run(['run', '--trace', 'x.imptsh'])
  for (const line of [
    '+ x.imptsh:2: f 3',
    '+ x.imptsh:1: return 4',
    '+ x.imptsh:2: let x = 4',
    '+ x.imptsh:3: [1, 2] | first 1 | map { $it }',
    '+ x.imptsh:3: | first 1',
    '+ x.imptsh:3: | map { ... }',
    '+ x.imptsh:4: for i = 2',
    '+ x.imptsh:5: match 4',
    '+ x.imptsh:5: print "four"',
    '+ x.imptsh:6: assert $x == 4',
    '+ x.imptsh:7: throw "end"',
  ])
    assert.ok(stderr.split('\n').includes(line), `${line}\n${stderr}`)
})
