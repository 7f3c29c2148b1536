import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runScript } from '../../../src/language/run/script.ts'
import { fakeHost, run, newFolder } from '../fake-host.ts'

async function prints(script: string, expected: string): Promise<void> {
  const { out, err } = await run(script)
  assert.equal(err, '', script)
  assert.equal(out, expected, script)
}

test('a statement prints its value, a value block prints nothing', async () => {
  await prints('3\n"a"\n[1, 2]\nnull\n{a: 1, bb: "x"}', '3\na\n1\n2\na:  1\nbb: x\n')
  await prints(
    'if true { 1 }\nfor i in [1] { $i }\ntry { 2 } catch { }\nwith confirmed { 3 }',
    '1\n1\n2\n3\n',
  )
  await prints('let a = if true { 1; 2 } else { 3 }\nprint $a', '2\n')
  await prints('let a = if false { 1 }\nprint ($a == null)', 'true\n')
  await prints('[1, 2] | map { $it * 2; $it + 1 }', '2\n3\n')
  await prints('[1, 2] | each { $it }', '1\n2\n')
})

test('let is new in its block, set changes the nearest one', async () => {
  await prints('let a = 1\nif true { let a = 2\nset a = 3 }\nprint $a', '1\n')
  await prints('let a = 1\n[1, 2] | each { set a = $a + $it }\nprint $a', '4\n')
  await prints('let a = 1\ntry { throw "x" } catch { set a = 2 }\nprint $a', '2\n')
})

test('for reads lists, records and streams; while, break and continue work in both', async () => {
  await prints('for x in {a: 1, b: 2} { print $x.key $x.value }', 'a 1\nb 2\n')
  await prints('for i in [1, 2, 3, 4] { if $i == 2 { continue }\nif $i == 4 { break }\nprint $i }', '1\n3\n')
  await prints(
    'let i = 0\nwhile true { set i = $i + 1\nif $i == 2 { continue }\nif $i > 3 { break }\nprint $i }',
    '1\n3\n',
  )
  await prints('for l in (!printf "a\\nb\\n" | lines) { print "<$l>" }', '<a>\n<b>\n')
  await prints(
    'for i in [1, 2] { sleep 1ms\nprint $i }\nlet n = 0\nwhile $n < 2 { sleep 1ms\nset n = $n + 1 }\nprint $n',
    '1\n2\n2\n',
  )
})

test('functions bind words, options, defaults and the rest; they see the place of their definition', async () => {
  const f =
    'fn f(a, b = 2, --loud, --by: number = 3, ...rest) { [$a, $b, $loud, $by, $rest] | to json --compact }\n'
  await prints(`${f}f x`, '["x",2,false,3,[]]\n')
  await prints(`${f}f --loud x --by 5 7 y z`, '["x",7,true,5,["y","z"]]\n')
  await prints(`let n = 3\n${f}f $n --by=4`, '[3,2,false,4,[]]\n')
  await prints('print (add-one 4)\nfn add-one(n: number) { return $n + 1\nprint never }', '5\n')
  await prints('let base = 10\nfn plus(n: number) { $base + $n }\nset base = 20\nplus 1', '21\n')
  await prints('fn evens() { $in | where $it % 2 == 0 }\n[1, 2, 4] | evens | count', '2\n')
  await prints(
    'fn fact(n: number) { if $n <= 1 { return 1 }\nreturn $n * (fact ($n - 1)) }\nfact 20',
    '2432902008176640000\n',
  )
  await prints('fn f() { for i in [1, 2] { if $i == 2 { return "two" } } }\nf', 'two\n')
})

test('try gives the value of its block or of the first catch that takes the code', async () => {
  const codes =
    'try { throw {code: "MINE", message: "m"} } catch OTHER { print other } catch MINE, THIRD e { print $e.code $e.message } finally { print last }'
  await prints(codes, 'MINE m\nlast\n')
  await prints('let x = try { throw "a" } catch e { "caught ${e.message}" }\nprint $x', 'caught a\n')
  await prints(
    'try { try { {a: 1}.b } catch { print no } } catch BUG_FIELD e { print $e.code $e.line $e.col }',
    'BUG_FIELD 1 20\n',
  )
  await prints('try { try { throw "a" } finally { print inner } } catch e { print $e.message }', 'inner\na\n')
  await prints('fn f() { try { return 1 } finally { print last } }\nf', 'last\n1\n')
})

test('&& goes on after success, || after an error that is no bug', async () => {
  await prints('print a && print b || print c', 'a\nb\n')
  await prints('!false && print b || print c', 'c\n')
  await prints('!false || print c && print d', 'c\nd\n')
  await prints('let x = (!false || "fallback")\nprint $x', 'fallback\n')
})

test('exit runs finally blocks and ends with its code', async () => {
  const { out, exit } = await run('try { exit 7 } catch { print no } finally { print last }\nprint never')
  assert.deepEqual([out, exit], ['last\n', 7])
  assert.equal((await run('exit')).exit, 0)
  assert.equal((await run('return 5\nprint never')).out, '')
})

test('with changes settings for its block and always puts them back', async () => {
  const host = fakeHost({ env: { A: '1' } })
  const { out, err } = await run(
    'let d = temp-dir\nwith dir $d { print ((pwd) == $d) }\nprint ((pwd) == $d)\nwith env A = "2", env B = null { !sh -c \'echo $A-$B\'\nprint $env.A $env.B? }\nprint $env.A\ntry { with dir $d { throw "x" } } catch { print ((pwd) == $d) }',
    { host },
  )
  assert.equal(err, '')
  assert.equal(out, 'true\nfalse\n2-\n2 \n1\nfalse\n')
})

test('set env changes the environment of the run and of its programs', async () => {
  await prints(
    'set env.IMPT_T = "x"\n!sh -c \'echo $IMPT_T\'\nset env.IMPT_T = null\nprint $env.IMPT_T?',
    'x\n\n',
  )
  await prints('print ($env.constructor? == null) ($env.toString? ?? "none")', 'true none\n')
})

test('source runs a file once in this scope, run in its own', async () => {
  const directory = newFolder()
  writeFileSync(
    join(directory, 'lib.imptsh'),
    'let shared = 5\nfn greet(name) { print "hello $name" }\nprint loaded\n',
  )
  writeFileSync(join(directory, 'other.imptsh'), 'param a\nlet shared = 9\nreturn "got $a"\n')
  const text =
    'source lib.imptsh\nsource ./lib.imptsh\nprint $shared\ngreet you\nlet r = run other.imptsh x\nprint $r $shared\nrun other.imptsh'
  const { out, err, exit } = await run(text, { directory, name: join(directory, 'main.imptsh') })
  assert.equal(out, 'loaded\n5\nhello you\ngot x 5\n')
  assert.match(err, /needs a/)
  assert.equal(exit, 2)
})

test('return leaves the file in which it stands, not the one that sources or imports it', async () => {
  const directory = newFolder()
  writeFileSync(join(directory, 'part.imptsh'), 'export let x = 1\nif $x == 1 { return }\nprint never\n')
  const { out, err, exit } = await run(
    'source part.imptsh\nprint sourced $x\nfn f() { source "./part.imptsh"\n"f" }\nprint (f)',
    { directory },
  )
  assert.deepEqual([out, exit], ['sourced 1\nf\n', 0], err)
  const imported = await run('import x from "part.imptsh"\nprint imported $x', { directory })
  assert.deepEqual([imported.out, imported.exit], ['imported 1\n', 0], imported.err)
})

test('a file that could not be sourced is read again where it is asked for again', async () => {
  const directory = newFolder()
  const { out, err } = await run(
    'for text in ["let", "throw \'no\'", "print loaded"] {\n$text | save --force lib.imptsh\ntry { source lib.imptsh } catch e { print $e.code }\n}',
    { directory },
  )
  assert.equal(out, 'USAGE\nTHROWN\nloaded\n', err)
})

test('an error ends a script with a code that says so', async () => {
  for (const exit of ['0', '256', '1.5', '-1', '"2"']) {
    const { err, exit: code } = await run(`throw {code: "MINE", message: "m", exit: ${exit}}`)
    assert.match(err, /error\[BUG_TYPE\]: the exit code of an error is a whole number from 1 to 255/, exit)
    assert.equal(code, 1)
  }
  assert.equal((await run('throw {code: "MINE", message: "m", exit: 9}')).exit, 9)
})

test('arguments are bound by param lines before anything runs', async () => {
  const script =
    '## Says hello.\nparam name\nparam --times/t: number = 1 # how often\nparam --loud: flag\nparam --within: duration = 2m\nparam ...more\nprint $name $times $loud $within\nprint ($more | count)'
  const ok = await run(script, { args: ['bob', '-t', '3', '--loud', '--within=5s', 'x', 'y'] })
  assert.equal(ok.out, 'bob 3 true 5s\n2\n')
  assert.equal((await run(script, { args: ['-x'] })).exit, 2)
  const missing = await run(script, { args: [] })
  assert.equal(missing.exit, 2)
  assert.match(missing.err, /needs name[^]*usage: impt run test\.imptsh NAME/)
  const help = await run(script, { args: ['--help'] })
  assert.equal(help.exit, 0)
  assert.match(help.out, /^Says hello\.\n\nusage: impt run test\.imptsh NAME \[-t, --times NUMBER\]/)
  assert.match(help.out, /-t, --times NUMBER +how often {2}default: 1/)
  assert.equal((await run('print $1 $2 ($args | count)', { args: ['a b', '--x'] })).out, 'a b --x 2\n')
})

test('a syntax error or an unknown name anywhere means that nothing runs', async () => {
  for (const text of [
    'print a\nlet = 3',
    'print a\nprint $nope',
    'print a\nnope x',
    'print a\ndevice list --nope',
  ]) {
    const { out, exit } = await run(text)
    assert.deepEqual([out, exit], ['', 2], text)
  }
})

test('Ctrl-C stops a loop between two fast rounds and runs finally blocks', async () => {
  for (const body of [
    'while true { }',
    'while true { set n = $n + 1 }',
    'for i in [1, 2, 3] { while true { let m = [1, 2] | map { $it } } }',
    'fn f() { while true { } }\nf',
    'sleep 1h',
    '!sleep 100',
    'wait-until --every 1ms { false }',
  ]) {
    const controller = new AbortController()
    const host = fakeHost()
    const running = runScript(
      `let n = 0\ntry { print begun; ${body} } catch { print no } finally { sleep 1ms\nprint last }`,
      { name: 't', args: [], host, signal: controller.signal },
    )
    while (host.written.out === '') await new Promise((resolve) => setImmediate(resolve))
    setTimeout(() => controller.abort(), 20)
    const { exit } = await running
    assert.deepEqual([host.written.out, exit], ['begun\nlast\n', 130], body)
  }
})

test('a timeout of the run gives 124, SIGTERM the code that its sender says', async () => {
  assert.equal((await run('while true { }', { options: { timeout: 20 } })).exit, 124)
  const controller = new AbortController()
  const running = run('sleep 1h', { signal: controller.signal })
  controller.abort({ exit: 143 })
  assert.equal((await running).exit, 143)
})

test('when the reader of stdout has gone the run ends quietly, after its finally blocks, as not finished', async () => {
  const closed = new AbortController()
  const host = fakeHost({ closed: closed.signal })
  let lines = 0
  const counting = {
    ...host,
    out: (text: string) => ((lines += 1), lines === 3 && closed.abort(), host.out(text)),
  }
  const { exit } = await runScript(
    'try { while true { print x } } finally { print y; "left" | save left.txt }',
    {
      name: 't',
      args: [],
      host: counting,
      signal: new AbortController().signal,
    },
  )
  assert.deepEqual([exit, host.written.err, lines], [141, '', 3])
  assert.equal(readFileSync(join(host.directory, 'left.txt'), 'utf8'), 'left')
})

test('errors are one JSON object with output json', async () => {
  const { err } = await run('throw {code: "X_Y", message: "m", more: 5}', { options: { output: 'json' } })
  const { error } = JSON.parse(err) as { error: Record<string, unknown> }
  assert.deepEqual(
    [error['code'], error['message'], error['line'], error['more'], error['exit']],
    ['X_Y', 'm', 1, 5, 1],
  )
})

test('trace shows statements with their values', async () => {
  const { err } = await run('let a = 1\nif $a == 1 { set a = 2 }\n!echo $a', { options: { trace: true } })
  assert.equal(
    err,
    '+ test.imptsh:1: let a = 1\n+ test.imptsh:2: if true\n+ test.imptsh:2: set a = 2\n+ test.imptsh:3: !echo 2\n',
  )
})

test('output goes to files whole, and >> adds to them', async () => {
  const directory = newFolder()
  const { err } = await run(
    '[{a: 1, b: "x"}] | select a b > t.txt\n!printf "1\\n2\\n" > p.txt\nprint more >> p.txt\n[{a: 1}] | to csv > c.csv',
    { directory },
  )
  assert.equal(err, '')
  assert.equal(readFileSync(join(directory, 't.txt'), 'utf8'), 'a  b\n1  x\n')
  assert.equal(readFileSync(join(directory, 'p.txt'), 'utf8'), '1\n2\nmore\n')
  assert.equal(readFileSync(join(directory, 'c.csv'), 'utf8'), 'a\n1\n')
})

test('a defect of ours is never caught and never silent', async () => {
  const answers = {
    'device list': () => {
      throw new TypeError('null has no owner')
    },
  }
  for (const script of [
    'device list',
    'try { device list } catch { print caught } finally { print cleaned }',
    'device list || print caught',
    'retry 3 { device list }',
    '[1] | each --keep-going { device list }',
    '[1] | each --report { device list } | get ok',
    '[1, 2] | each --parallel 2 { device list }',
  ]) {
    const { out, err, exit } = await run(script, { answers })
    assert.equal(exit, 70, script)
    assert.doesNotMatch(out, /caught|true|false/)
    assert.match(err, /^Internal error: null has no owner\.\nThis is a defect of impt\.[^]*at /)
    assert.equal(out.includes('cleaned'), script.includes('cleaned'))
  }
})
