import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readModules } from '../../../src/language/check/modules.ts'
import { readScript } from '../../../src/language/run/script-file.ts'
import { parse } from '../../../src/language/syntax/parse.ts'
import { newFolder, run } from '../fake-host.ts'

/** Each script with what it prints. */
async function prints(cases: readonly (readonly [string, string])[]): Promise<void> {
  for (const [script, expected] of cases) {
    const { out, err } = await run(script)
    assert.equal(err, '', script)
    assert.equal(out.trimEnd(), expected, script)
  }
}

/** Each script with what its error says. */
async function refuses(cases: readonly (readonly [string, RegExp])[]): Promise<void> {
  for (const [script, expected] of cases) {
    const { err, exit } = await run(script)
    assert.notEqual(exit, 0, script)
    assert.match(err, expected, script)
  }
}

test('every bracket takes every kind of value: pipelines, if, try, match, with and calls', () =>
  prints([
    ['let x = [1, 2]\nprint "${$x | count}" "$($x | count)" ($x | count)', '2 2 2'],
    ['let a = 1\nprint "${if $a > 0 { "yes" } else { "no" }}"', 'yes'],
    ['print "$(try { throw "x" } catch { 5 })"', '5'],
    ['[1, (if true { 2 } else { 3 })] | to json --compact', '[1,2]'],
    ['let l = [1, if false { 2 } else { 3 }]\n$l | to json --compact', '[1,3]'],
    [
      'let r = {a: match 1 { 1 => "one" }, b: with env Q = "q" { $env.Q }}\n$r | to json --compact',
      '{"a":"one","b":"q"}',
    ],
    ['fn f(x) { return match $x { 1 => "a", else => "b" } }\nprint (f (1)) (f (2))', 'a b'],
    ['let w = with env Q = "q" { $env.Q }\nprint $w', 'q'],
    ['let f = {|x| $x + 1}\nprint "${do $f (1)}"', '2'],
    ['let name = "n"\nprint "${name}" "${name | upper}"', 'n N'],
  ]))

test('what stands behind a pipe is a command, and a bare name before one is a field', () =>
  prints([
    ['[{a: "X"}, {a: "y"}] | where ($it.a | lower) == "x" | count', '1'],
    ['[{type: "prefix"}, {type: "other"}] | where (type | starts-with "pre") | get type', 'prefix'],
    ['[{tags: ["a"]}, {tags: []}] | where (tags | count) == 1 | count', '1'],
    ['[{tags: ["a"]}] | where (tags[0] == "a") | count', '1'],
    ['print "${([1] | count)}"', '1'],
  ]))

test('lists and records are arguments where the callable takes values, and text everywhere else', () =>
  prints([
    ['[{id: 1}] | join [{id: 1, b: 2}] --on id | get b', '2'],
    ['[[1], [2]] | contains [1]', 'true'],
    ['print [done] {me}{Acme} *.{a,b}', '[done] {me}{Acme} *.{a,b}'],
    ['fn f(l: list, --o: record = {a: 1}) { "${$l | count} ${o.a}" }\nf [1, 2] --o {a: 5}', '2 5'],
    ['f [1, 2]\nfn f(l: list) { print ($l | sum) }', '3'],
    ['fn f(x) { print $x }\nf {me}{Acme}', '{me}{Acme}'],
    ['do {|l| $l | count} [1, 2, 3]', '3'],
  ]))

test('a list in place of a text is noted by check, and a value of the wrong kind refused', () =>
  refuses([
    ['[1] | join {a: 1} --on a', /must be a list, not a record/],
    ['fn f(l: list) { $l }\nf abc', /the l of "f" must be a list, not "abc"/],
    ['[1] | join [1]x --on a', /a list or a record is an argument of its own/],
  ]))

test('items that may be missing, computed names and parts of values', () =>
  prints([
    ['let l = [1, 2]\nprint ($l[5]? ?? "none") ($l[-1]?)', 'none 2'],
    ['let r = {a: 1}\nprint ($r["b"]? ?? "none")', 'none'],
    ['let k = "x"\n{[$k]: 1, ["${k}2"]: 2} | to json --compact', '{"x":1,"x2":2}'],
    ['let {id, name: n, rssi?} = {id: 1, name: "x"}\nprint $id $n ($rssi == null)', '1 x true'],
    ['let [a, b] = [1, 2]\nlet [c, ...d] = [3, 4, 5]\nprint $a $b $c ($d | sum)', '1 2 3 9'],
    ['for {id, name} in [{id: 1, name: "x"}] { print $id $name }', '1 x'],
    ['[{id: 1}, {id: 2}] | each {|{id}| print $id }', '1\n2'],
    ['[[1, 2], [3, 4]] | map {|[a, b]| $a * $b}', '2\n12'],
  ]))

test('a value that does not have the parts is refused at the part', () =>
  refuses([
    ['let {id, nam} = {id: 1, name: "x"}', /1:10: error\[BUG_FIELD\]: no field "nam"[^]*did you mean "name"/],
    ['let [a, b] = [1]', /the list has 1 item, not 2/],
    ['let [a] = [1, 2]', /write \[a, b, \.\.\.rest\]/],
    ['let [a] = {a: 1}', /takes a list apart, not a record/],
    ['let {a} = 3', /a number has no field "a"/],
    ['let [...a, b] = [1]', /"\.\.\.rest" comes last/],
    ['let {a, a} = {a: 1}', /\$a is defined twice/],
  ]))

test('set changes a variable by an operator, or a part of what it holds; values themselves never change', () =>
  prints([
    ['let x = 3\nset x += 2\nset x *= 4\nset x -= 1\nset x /= 19\nprint $x', '1'],
    [
      'let r = {a: {b: 1}}\nlet old = $r\nset r.a.b = 2\nset r.c = 3\nset r.a.b += 5\nprint ($r | to json --compact) ($old | to json --compact)',
      '{"a":{"b":7},"c":3} {"a":{"b":1}}',
    ],
    ['let l = [1, 2]\nlet i = 0\nset l[$i] = 9\nset l[-1] += 1\n$l | to json --compact', '[9,3]'],
    ['let s = "a"\nset s += "b"\nprint $s', 'ab'],
    ['let r = {l: [{n: 1}]}\nset r.l[0].n += 1\nprint ${r.l[0].n}', '2'],
  ]))

test('set refuses what is not there', () =>
  refuses([
    ['let r = {a: 1}\nset r.b.c = 1', /no field "b"/],
    ['let r = {a: 1}\nset r.b += 1', /no field "b"/],
    ['let l = [1]\nset l[3] = 1', /no item 3 in a list of 1/],
    ['let n = 3\nset n.a = 1', /a number has no items/],
    ['let n = 3\nset n += "a"', /"\+" does not work on a number and text/],
    ['let x += 1', /"let" makes a new variable[^]*write set x \+= 1/],
  ]))

test('ranges count whole numbers, both ends included, and long ones are never lists', () =>
  prints([
    ['print (1..4 | to json --compact) ((2..1) | count)', '[1,2,3,4] 0'],
    ['let n = 3\nfor i in 1..$n { print $i }', '1\n2\n3'],
    ['1..1000000000 | first 2', '1\n2'],
    ['for i in 1..1000000000 { if $i > 2 { break }; print $i }', '1\n2'],
    ['range 1 10 --step 4', '1\n5\n9'],
    ['print 1..5 a..b', '1..5 a..b'],
    ['print (1e3) (2.5e-1)', '1000 0.25'],
  ]))

test('a range of anything but whole numbers is refused', () =>
  refuses([
    ['print (1..1.5 | count)', /"\.\." needs whole numbers/],
    ['let r = 1..100000000000', /the range has 100000000000 numbers/],
  ]))

test('blocks are values that remember where they were made', () =>
  prints([
    ['let f = {|x| $x + 1}\nprint (do $f (3))\n[1, 2] | map $f', '4\n2\n3'],
    ['let n = 10\nlet f = {|x| $x + $n}\nset n = 20\nprint (do $f (1))', '21'],
    ['fn adder(n: number) { {|x| $x + $n} }\nlet add5 = adder 5\nprint (do $add5 (1))', '6'],
    ['let big = {|x| $x > 1}\n[1, 2, 3] | where $big | count', '2'],
    ['fn twice(f: block, x) { do $f (do $f $x) }\ntwice {|x| $x * 3} (2)', '18'],
    ['fn double(x) { $x * 2 }\n[1, 2] | map {|x| double $x}', '2\n4'],
    ['let f = { $it.a }\n[{a: 5}] | map $f', '5'],
    ['print ({|x| $x} | describe)', 'block'],
    ['fn count(x) { "own ${x}" }\ncount 5', 'own 5'],
  ]))

test('a block is no text, number or record', () =>
  refuses([
    ['let f = {|x| $x}\nprint "$f"', /a block cannot be put into a text/],
    ['let f = 3\n[1] | map $f', /the block of "map" must be a block, not a number/],
    ['do 3', /is not used this way|must be a block/],
  ]))

test('a parameter without a type takes that of its default, and choices are checked at the call', async () => {
  await prints([
    ['fn f(n = 10, d = 30d, t = "x") { print ($n + 1) ($d > 1d) $t }\nf 5 2d 7', '6 true 7'],
    ['fn f(--env: choice("a", "b") = "a") { print $env }\nf --env b', 'b'],
  ])
  await refuses([
    [
      'print before\nfn f(n = 10) { $n }\nf abc',
      /^test\.imptsh:3:3: error\[ARGUMENTS\]: the n of "f" must be a number/,
    ],
    ['fn f(n) { $n + 1 }\nf 3', /write the type of the parameter: fn f\(n: number\)/],
    ['fn f(--env: choice("a", "b") = "a") { $env }\nf --env c', /--env cannot be "c"[^]*it is one of a, b/],
  ])
  const { out, err } = await run('param --keep = 10\nprint ($keep + 1)', { args: ['--keep', '4'] })
  assert.equal(out, '5\n', err)
  assert.match(
    (await run('param --keep = 10\nprint $keep', { args: ['--keep', 'x'] })).err,
    /--keep must be a number/,
  )
})

test('match takes the first case that fits', () =>
  prints([
    ['print (match "b" { "a", "b" => 1, else => 2 })', '1'],
    ['print (match "xy" { =~ "^x" => "starts", else => "not" })', 'starts'],
    ['print (match 5 { < 3 => "small", 3..9 => "middle", >= 10 => "big" })', 'middle'],
    ['print (match "b" { in ["a", "b"] => true, else => false })', 'true'],
    ['print (match {type: "dg", n: 4} { {type: "device"} => 1, {type: "dg", n: > 3} => 2, else => 3 })', '2'],
    ['print (match null { null => "none", else => "some" })', 'none'],
    ['print (match 3 { "3" => "text", 3 => "number" })', 'number'],
    [
      'let x = 2\nmatch $x {\n  1 => { print one }\n  2 => {\n    print two\n    print three\n  }\n}',
      'two\nthree',
    ],
    ['print (match 1 { 1 => {a: 1} } | get a)', '1'],
  ]))

test('a match without a fitting case is an error, and cases that nothing reaches are found', async () => {
  await refuses([
    ['match 3 { 1 => 2 }', /error\[DATA\]: no case fits 3[^]*add a last case: else/],
    ['match 3 { }\nprint a', /"match" needs a case/],
    ['match 3 { 1 2 }', /expected "=>" after the pattern/],
  ])
  const { out } = await run('match 1 { else => 1, 2 => 3 }')
  assert.equal(out, '1\n')
})

/** A folder with these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = newFolder()
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text)
  return folder
}

test('a module runs once, in a scope of its own, and shows what it exports', async () => {
  const directory = folderOf({
    'lib.imptsh':
      'print "loaded"\nlet hidden = 5\nexport let version = "1.2"\nfn helper(n: number) { $n * $hidden }\nexport fn report(n: number) { helper $n }\nexport fn other(l: list) { $l | count }',
    'mid.imptsh': 'import report from "lib.imptsh"\nexport fn twice(n: number) { report ($n * 2) }',
  })
  const { out, err } = await run(
    'import report, version from "lib.imptsh"\nimport "lib.imptsh" as lib\nimport twice from "mid.imptsh"\nprint (report 2) $version (lib.report 3) ${lib.version} (twice 1) (lib.other [1, 2])',
    { directory },
  )
  assert.equal(err, '')
  assert.equal(out, 'loaded\n10 1.2 15 1.2 10 2\n')
})

test('what is wrong with an import is found before anything runs', async () => {
  const directory = folderOf({
    'lib.imptsh': 'export fn report(n: number) { $n }\nlet hidden = 1',
    'bad.imptsh': 'print $nope',
    'broken.imptsh': 'if {',
    'a.imptsh': 'import b from "b.imptsh"\nexport fn a() { b }',
    'b.imptsh': 'import a from "a.imptsh"\nexport fn b() { a }',
  })
  writeFileSync(join(directory, 'latin.imptsh'), Buffer.from([0x70, 0xe9]))
  for (const [script, expected] of [
    ['import x from "none.imptsh"', /error\[IMPORT\]: .*none\.imptsh: there is no such file/],
    ['import hidden from "lib.imptsh"', /"lib\.imptsh" exports no "hidden"[^]*it exports report/],
    [
      'import "lib.imptsh" as lib\nlib.reprot 1',
      /:3:1: error[^]*"lib\.imptsh" exports no "reprot"[^]*did you mean "report"/,
    ],
    ['import "lib.imptsh" as lib\nlib.hidden', /"lib\.imptsh" exports no "hidden"[^]*it exports report/],
    ['import repor from "lib.imptsh"', /did you mean "report"/],
    ['import report from "lib.imptsh"\nreport abc', /the n of "report" must be a number/],
    ['import "lib.imptsh" as lib\nlib.report', /"report" needs n/],
    ['import "lib.imptsh" as lib\nlib.repo 1', /exports no "repo"[^]*did you mean "report"/],
    ['import x from "bad.imptsh"', /the module is wrong: .*bad\.imptsh:1:7: unknown variable \$nope/],
    ['import x from "broken.imptsh"', /the module is wrong: .*broken\.imptsh:1:/],
    [
      'import a from "a.imptsh"',
      /error\[IMPORT\]: a cycle of imports: a\.imptsh -> b\.imptsh -> a\.imptsh\n/,
    ],
    ['import x from "latin.imptsh"', /the file is not UTF-8 text/],
    ['if true { import x from "lib.imptsh" }', /"import" stands outside of blocks/],
    ['import x from "${a}"', /the path of the module is plain text/],
    ['import x "lib.imptsh"', /expected "from"/],
  ] as const) {
    const { err, out, exit } = await run(`print before\n${script}`, { directory })
    assert.equal(exit, 2, `${script}\n${err}`)
    assert.match(err, expected, script)
    assert.equal(out, '')
  }
})

test('modules are read once, whoever imports them', async () => {
  const text = 'import a from "x.imptsh"\nimport b from "x.imptsh"'
  const { tree } = parse(text)
  let reads = 0
  await readModules(tree, { name: '<command>', text }, '/nowhere', () => {
    reads += 1
    return Promise.resolve('export fn a() { 1 }\nexport fn b() { 2 }')
  })
  assert.equal(reads, 1)
  await assert.rejects(readScript('/nowhere/x.imptsh'), { code: 'FILE' })
})

test('habits of other shells are answered with what to write, also at the end of the text', () =>
  refuses([
    ['x = 3', /"x =" does not set a variable[^]*write set x = \.\.\., or let x/],
    ['x += 1', /"x \+=" does not set a variable/],
    ['print $HOME', /unknown variable \$HOME[^]*write \$env\.HOME/],
    ['[{name: "a"}] | where name == Kitchen', /no field "Kitchen"[^]*write "Kitchen" for the text/],
    [
      'param --out: file = report.csv',
      /error\[\w+\]: "report\.csv" is neither[^]*write "report\.csv" for the text/,
    ],
    [
      'let x = [1]\nif $x | count == 0 { print a }',
      /a pipe in a condition stands in brackets[^]*write \(\$x \| \.\.\.\)/,
    ],
    ['for i in {1..5} { print $i }', /is not expanded here[^]*write 1\.\.5/],
    ['export A=b', /"export" marks a function[^]*set env\.NAME/],
    ['print ${x:-y}', /write \$\{x \?\? "y"\}/],
    ['case $x in', /write match/],
  ]))

test('an error shows the calls that led to it, innermost first, and catch gives them as values', async () => {
  const directory = folderOf({
    'lib.imptsh': 'export fn report(x) { inner $x }\nfn inner(x) { throw "broken ${x}" }',
    'sub.imptsh': 'throw "in sub"',
  })
  const { err } = await run('import report from "lib.imptsh"\nfn outer() {\n  report 5\n}\nouter', {
    directory,
    name: 'outer.imptsh',
  })
  assert.match(err, /lib\.imptsh:2:15: error\[THROWN\]: broken 5/)
  assert.match(
    err,
    /= \S*lib\.imptsh:1:23: in inner\n\s+= outer\.imptsh:3:3: in report\n\s+= outer\.imptsh:5:1: in outer\n/,
  )
  const { out } = await run(
    'fn f() { throw "x" }\ntry { f } catch e { print ($e.trace | get function) $e.trace[0].line }\ntry { run sub.imptsh } catch e { print $e.trace[0].function }',
    { directory },
  )
  assert.equal(out, '["f"] 2\nsub.imptsh\n')
})
