import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import type { LogEntry } from '../../../src/output/result.ts'
import { ImptError } from '../../../src/output/error.ts'
import type { Host } from '../../../src/language/run/host.ts'
import { runScript } from '../../../src/language/run/script.ts'
import { entity, fakeHost, run, newFolder } from '../fake-host.ts'

/** Checks that each pipeline, after `| to json --compact`, gives the text beside it. */
function gives(title: string, cases: Readonly<Record<string, string>>): void {
  test(title, async () => {
    for (const [script, expected] of Object.entries(cases)) {
      const { out, err } = await run(`${script} | to json --compact`)
      assert.equal(err, '', script)
      assert.equal(out, `${expected}\n`, script)
    }
  })
}

const ROWS = '[{n: 2, g: "a", d: {x: 1}}, {n: null, g: "b", d: {x: 2}}, {n: 1, g: "a", d: null}]'

gives('where, any, all, add, select, reject', {
  [`${ROWS} | where g == "a" and n > 1 | get n`]: '[2]',
  [`${ROWS} | where {|r| $r.g == "b" } | count`]: '1',
  [`${ROWS} | where d.x? == 2 | get g`]: '["b"]',
  '[1, 2, 3] | where $it > 1': '[2,3]',
  '[{"odd name": 1}] | where $it."odd name" == 1 | count': '1',
  '[1, 2] | any $it == 2': 'true',
  '[] | any $it': 'false',
  '[] | all $it': 'true',
  '[1, 2] | all $it > 1': 'false',
  '[{a: 1}] | add b = a + 1': '[{"a":1,"b":2}]',
  '{a: 1} | add b = a * 2': '{"a":1,"b":2}',
  [`${ROWS} | select g d.x who=n | first`]: '{"g":"a","d.x":1,"who":2}',
  [`${ROWS} | last | select d.x`]: '{"d.x":null}',
  '{a: 1, b: 2, c: 3} | reject a c': '{"b":2}',
})

gives('sorting is stable, null comes last in both directions', {
  [`${ROWS} | sort-by n | get n`]: '[1,2,null]',
  [`${ROWS} | sort-by n --desc | get n`]: '[2,1,null]',
  [`${ROWS} | sort-by g n | get n`]: '[1,2,null]',
  '[{a: 1, b: 1}, {a: 1, b: 2}, {a: 0, b: 3}] | sort-by a | get b': '[3,1,2]',
  '["b", "a"] | sort-by': '["a","b"]',
  '[30s, 1m, 2s] | sort-by | first': '"2s"',
  '[false, true, false] | sort-by --desc': '[true,false,false]',
})

gives('first, last, skip, count, reverse, group-by, unique, flatten, join, get', {
  '[1, 2, 3] | first': '1',
  '[1, 2, 3] | first 2': '[1,2]',
  '[1, 2, 3] | first 0': '[]',
  '[1, 2, 3] | last': '3',
  '[1, 2, 3] | last 2': '[2,3]',
  '[1] | last 5': '[1]',
  '[] | first?': 'null',
  '[] | last?': 'null',
  '[1, 2, 3] | skip 2': '[3]',
  '[] | count': '0',
  '[1, 2] | reverse': '[2,1]',
  [`${ROWS} | group-by g | select key count`]: '[{"key":"a","count":2},{"key":"b","count":1}]',
  '[{a: 1}, {a: "1"}, {a: 1}] | group-by a | get key': '[1,"1"]',
  '[1, 2, 1] | unique': '[1,2]',
  [`${ROWS} | unique g | get g`]: '["a","b"]',
  '[[1], [2, 3], []] | flatten': '[1,2,3]',
  '[{t: ["a"]}, {t: ["b", "c"]}] | flatten t': '["a","b","c"]',
  '[{id: 1, a: "x"}, {id: 2, a: "y"}] | join ([{id: 1, b: "z"}]) --on id': '[{"id":1,"a":"x","b":"z"}]',
  '[{id: 1}, {id: 2}] | join ([{k: 1, b: "z"}]) --on id=k --left':
    '[{"id":1,"k":1,"b":"z"},{"id":2,"k":null,"b":null}]',
  '{a: {b: 3}} | get a.b': '3',
})

gives('sum, min, max, avg and median leave null out', {
  [`${ROWS} | sum n`]: '3',
  [`${ROWS} | avg n`]: '1.5',
  [`${ROWS} | min n`]: '1',
  [`${ROWS} | max n`]: '2',
  '[3, 1, 2] | median': '2',
  '[1, 2, 3, 4] | median': '2.5',
  '[1s, 3s] | avg': '"2s"',
  '[1m, 30s] | sum': '"1m 30s"',
  '[] | sum': '0',
  '[] | max': 'null',
})

gives('map, each and tee', {
  '[1, 2] | map { $it * 2 }': '[2,4]',
  '[1, 2] | map {|n, i| $n * 10 + $i }': '[10,21]',
  '[1, 2] | each { let x = $it }': '[1,2]',
  '[1, 2] | each --parallel 2 { sleep 1ms }': '[1,2]',
  '[1, 2] | tee { let n = $it | count } | count': '2',
  '[3, 1] | map { sleep 1ms\n$it }': '[3,1]',
  '["a", "b"] | each --report { if $it == "b" { throw "no" }\n1 } | select item ok value error.code?':
    '[{"item":"a","ok":true,"value":1,"error.code":null},{"item":"b","ok":false,"value":null,"error.code":"THROWN"}]',
})

gives('texts', {
  '"aB" | lower': '"ab"',
  '"aB" | upper': '"AB"',
  '"  a " | trim': '"a"',
  '"a,b" | split ","': '["a","b"]',
  '["a", 1, true] | join-text "-"': '"a-1-true"',
  '"a.b.c" | replace "." "$&"': '"a$&b$&c"',
  '"a1b22" | replace --pattern "[0-9]+" "#"': '"a#b#"',
  '"abc" | starts-with "ab"': 'true',
  '"abc" | ends-with "c"': 'true',
  '"abc" | contains "b"': 'true',
  '[1, 2] | contains (2)': 'true',
  '"日\u{1f600}" | length': '2',
  '"12" | to-number': '12',
  '1.5 | to-text': '"1.5"',
  '"2026-01-31T10:00Z" | to-time | format "yyyy-MM-dd HH:mm" --utc': '"2026-01-31 10:00"',
  '{a: 1, b: 2} | keys': '["a","b"]',
  '{a: 1, b: 2} | values': '[1,2]',
})

gives('JSON, CSV and lines are read and written', {
  '\'[1, {"a": null}]\' | from json': '[1,{"a":null}]',
  '$\'{"a":1}\\n\\n2\' | from json --lines': '[{"a":1},2]',
  '$\'a,b\\n1,"x, y"\\n\' | from csv': '[{"a":"1","b":"x, y"}]',
  '$\'a;b\\n1;2\\n\' | from csv --sep ";"': '[{"a":"1","b":"2"}]',
  "$'a\\tb\\n1\\t2\\n' | from tsv": '[{"a":"1","b":"2"}]',
  "$'a\\r\\nb\\n\\nc' | lines": '["a","b","","c"]',
  '[{a: 1, b: "x,y"}, {a: null, b: "=1+1"}] | to csv': String.raw`"a,b\n1,\"x,y\"\n,'=1+1\n"`,
  '[{b: "=1+1"}] | to csv --raw': String.raw`"b\n=1+1\n"`,
  '[{a: 1, b: 2}] | to tsv': String.raw`"a\tb\n1\t2\n"`,
  '[1, {a: 2}] | to json --lines': String.raw`"1\n{\"a\":2}"`,
  '["a", 1] | to lines': String.raw`"a\n1"`,
  '[{a: 1}] | to table': String.raw`"a\n1"`,
  '{a: 1} | to text': '"a: 1"',
})

async function* logLines(count: number, onReturn?: () => void): AsyncGenerator<LogEntry> {
  try {
    for (let index = 0; index < count; index += 1)
      yield { ts: '2026-01-31T10:00:00.000Z', type: 'agent.log', msg: `line ${index}` }
  } finally {
    onReturn?.()
  }
}

test('a stream flows item by item and is closed when a later stage stops', async () => {
  let returned = 0
  let made = 0
  async function* endless(): AsyncGenerator<LogEntry> {
    try {
      for (;;) {
        made += 1
        yield { ts: '2026-01-31T10:00:00.000Z', type: 'agent.log', msg: `line ${made}`, device_id: 'd' }
      }
    } finally {
      returned += 1
    }
  }
  const answers = { 'log stream': () => ({ kind: 'logs', live: true, items: endless() }) as const }
  const cases = [
    'log stream | where msg =~ "[02468]$" | first 3 | get msg | to json --compact',
    'let s = log stream\n$s | until msg == "line 6" | where msg =~ "[02468]$" | get msg | to json --compact',
    'for l in (log stream | map { $it.msg }) { if $l == "line 6" { break } }\nprint \'["line 2","line 4","line 6"]\'',
    'log stream | each { if $it.msg == "line 9" { throw "enough" } } || print \'["line 2","line 4","line 6"]\'',
  ]
  for (const [index, script] of cases.entries()) {
    made = 0
    const { out, err } = await run(script, { answers })
    assert.equal(err, '', script)
    assert.equal(out, '["line 2","line 4","line 6"]\n', script)
    assert.equal(returned, index + 1, script)
    assert.ok(made <= 10, `${made} were read`)
  }
})

test('a stream in a variable is opened at once, read once, and ends with its block', async () => {
  let opened = 0
  let returned = 0
  async function* items(): AsyncGenerator<LogEntry> {
    opened += 1
    yield* logLines(3, () => (returned += 1))
  }
  const answers = { 'log stream': () => ({ kind: 'logs', live: true, items: items() }) as const }
  const { err, exit } = await run(
    'if true { let s = log stream\nprint opened }\nlet t = log stream\n$t | count\n$t | count',
    { answers },
  )
  assert.match(err, /the stream has been read already/)
  assert.deepEqual([exit, opened, returned], [1, 2, 2])
})

test('what a stream without an end adds to a file is there as it comes', async () => {
  for (const script of [
    'log stream | where msg != "x" >> log.txt',
    'log stream | get msg | save --append log.txt',
    'log stream | save --append log.jsonl',
    'log stream | select msg | save --append log.csv',
  ]) {
    const directory = newFolder()
    const stop = new AbortController()
    async function* endless(): AsyncGenerator<LogEntry> {
      yield* logLines(2)
      stop.abort()
      await new Promise((_resolve, reject) => setImmediate(reject, new Error('stopped')))
    }
    const answers = { 'log stream': () => ({ kind: 'logs', live: true, items: endless() }) as const }
    const { exit } = await run(script, { directory, answers, signal: stop.signal })
    assert.equal(exit, 130, script)
    const file = join(directory, readdirSync(directory)[0] ?? 'none')
    assert.match(readFileSync(file, 'utf8'), /line 0.*\n.*line 1/, script)
  }
})

test('what a command without an end shows is in the file to which it is added as it comes', async () => {
  const directory = newFolder()
  const stop = new AbortController()
  const host: Host = {
    ...fakeHost({ directory }),
    async run(_invocation, { show }) {
      for (const line of ['opened', 'line 1']) await show?.(`${line}\n`)
      stop.abort()
      throw new ImptError('CANCELLED', 'Operation is canceled.')
    },
  }
  const ended = await runScript('log stream >> log.txt', { name: 'x', args: [], host, signal: stop.signal })
  assert.equal(ended.exit, 130)
  assert.equal(readFileSync(join(directory, 'log.txt'), 'utf8'), 'opened\nline 1\n')
})

test('until gives TIMEOUT when no item comes', async () => {
  async function* silent(): AsyncGenerator<LogEntry> {
    await new Promise(() => undefined)
    yield* logLines(1)
  }
  const { exit, err } = await run('log stream | until --timeout 5ms msg == "x"', {
    answers: { 'log stream': () => ({ kind: 'logs', live: true, items: silent() }) },
  })
  assert.equal(exit, 124)
  assert.match(err, /error\[TIMEOUT\]: no item met the condition within 5ms/)
})

test('a hundred thousand log lines flow through where and first in constant memory', async () => {
  const answers = { 'log get': () => ({ kind: 'logs', live: false, items: logLines(100_000) }) as const }
  const { out } = await run('log get | where msg =~ "99$" | map { $it.msg } | skip 5 | first 10 | last', {
    answers,
  })
  assert.equal(out, 'line 1499\n')
})

test('each --parallel runs at most N at once and prints in the order of the items', async () => {
  let running = 0
  let most = 0
  let arrived = (): void => undefined
  const together = new Promise<void>((resolve) => (arrived = resolve))
  const answers = {
    'device restart': async () => {
      running += 1
      most = Math.max(most, running)
      // The first waits for the second: they can only run together.
      if (most === 2) arrived()
      await together
      running -= 1
      return { kind: 'done', touched: null } as const
    },
  }
  const { out, host } = await run(
    '[5, 1, 3, 2, 4] | each --parallel 2 {|n| sleep ($n * 1ms)\ndevice restart --device "d$n"\nprint $n }',
    { answers },
  )
  assert.equal(out, '5\n1\n3\n2\n4\n'.replace(/\d/g, '<device restart>\n$&'))
  assert.equal(host.ran.length, 5)
  assert.equal(most, 2)
})

test('an error in each --parallel says what was done; --keep-going tries all', async () => {
  const { err, exit } = await run(
    '[1, 2, 3, 4, 5, 6] | each --parallel 2 { if $it == 2 { throw "bad" }\nsleep 2ms }',
  )
  assert.equal(exit, 1)
  assert.match(
    err,
    /1 item was done, 1 was running, \d not started|0 items were done, 1 was running, 4 not started/,
  )
  const all = await run('[1, 2, 3] | each --parallel 3 --keep-going { if $it != 2 { throw "bad $it" } }')
  assert.match(all.err, /2 of 3 items failed[^]*item 1 of 3: 1: bad 1[^]*item 3 of 3: 3: bad 3/)
})

test('what an item of each --parallel has printed is shown, also where it ends the script', async () => {
  const { out, exit } = await run(
    '[1, 2, 3] | each --parallel 3 {|n| print "item $n"\nif $n == 1 { print fatal\nexit 3 } }',
  )
  assert.deepEqual([out, exit], ['item 1\nfatal\nitem 2\nitem 3\n', 3])
})

test('the environment that an item of each --parallel sets is its own', async () => {
  const { out, err } = await run(
    'set env.WHO = "all"\n1..3 | each --parallel 3 {|i| set env.WHO = "$i"\nsleep 2ms\nprint $i $env.WHO }\nprint $env.WHO',
  )
  assert.equal(out, '1 1\n2 2\n3 3\nall\n', err)
})

test('equal values are one to unique and group-by, and secrets are not all alike', async () => {
  const { out, err } = await run(`let [a, b] = [(secret x), (secret y)]
[$a, $b, $a] | unique | count
[{k: $a}, {k: $b}] | group-by k | count
[{a: 1, b: 2}, {b: 2, a: 1}] | unique | count
[{t: 2026-01-31T10:00Z}, {t: 2026-01-31T11:00+01:00}] | unique | count
[{t: 2026-01-31T10:00Z}, {t: "2026-01-31T10:00Z"}, [1], ["1"]] | unique | count`)
  assert.equal(out, '2\n2\n1\n1\n4\n', err)
})

test('the last items of a stream are those of the list, however many are asked for', async () => {
  for (const n of [0, 1, 2, 1500, 5000]) {
    const { out, err } = await run(`range 1 4000 | last ${n} | to json --compact`)
    const expected = Array.from({ length: 4000 }, (_, index) => index + 1).slice(n === 0 ? 4000 : -n)
    assert.deepEqual(JSON.parse(out), expected, err)
  }
})

test('retry repeats the codes that it is told', async () => {
  const { out, err } = await run(
    'let n = 0\nlet x = retry 3 --on MINE --delay 1ms --backoff { set n = $n + 1\nif $n < 3 { throw {code: "MINE", message: "m"} }\n"done" }\nprint $x $n\nretry 3 { set n = 9\nthrow "not repeated" }',
  )
  assert.equal(out, 'done 3\n')
  assert.match(err, /not repeated/)
})

test('confirm shows the list, asks once and passes it on', async () => {
  const script = '[{id: "a"}, {id: "b"}] | confirm "Delete these?" | count'
  const yes = await run(script, { replies: ['y'] })
  assert.equal(yes.out, '2\n')
  assert.equal(yes.err, 'id\na\nb\n2 items\nDelete these? (test.imptsh:1) [y/N] ')
  const no = await run(script, { replies: [''] })
  assert.equal(no.exit, 4)
  assert.match(no.err, /error\[CANCELLED\]/)
  assert.equal((await run(script)).exit, 4)
  assert.match(
    (await run('!echo a | confirm "Sure?" | count', { options: { confirmed: true } })).err,
    /"confirm" expected a list, got the output of a program[^]*\| lines/,
  )
  assert.equal((await run(script, { options: { confirmed: true } })).out, '2\n')
  assert.equal((await run('[] | confirm "x" | count')).out, '0\n')
  assert.equal((await run('confirm --type lab "Sure?"\nprint ok', { replies: ['lab'] })).out, 'ok\n')
  assert.equal((await run('confirm --type lab "Sure?"', { replies: ['y'] })).exit, 4)
  assert.match(
    (await run('confirm --type lab "Sure?"\nprint ok', { options: { confirmed: true } })).err,
    /Sure\? confirmed: lab/,
  )
})

test('ask reads a line, a secret or a default', async () => {
  const { out } = await run(
    'let a = ask "Name: "\nlet b = ask --secret "Password: "\nlet c = ask --default d "Mode: "\nprint $a $b $c',
    { replies: ['bob', 'pw', ''] },
  )
  assert.equal(out, 'bob *** d\n')
  assert.equal((await run('ask --default x "A: "')).out, 'x\n')
})

test('files are saved by their extension, never over another without --force, and read back', async () => {
  const directory = newFolder()
  const { out, err } = await run(
    `let rows = [{a: 1, b: "x"}]
$rows | save r.json
$rows | save r.jsonl
$rows | save r.csv
$rows | save --append r.csv
"key" | secret | reveal | save --mode 600 key
["l1", "l2"] | save l.txt
for f in ["r.json", "r.jsonl", "r.csv"] { open $f | to json --compact }
open l.txt | lines | count
open --text r.json | length
glob "*.{csv,txt}" | to json --compact
"x" | save --force l.txt`,
    { directory },
  )
  assert.equal(err, '')
  assert.equal(
    out,
    '[{"a":1,"b":"x"}]\n[{"a":1,"b":"x"}]\n[{"a":"1","b":"x"},{"a":"1","b":"x"}]\n2\n37\n["l.txt","r.csv"]\n',
  )
  assert.equal(readFileSync(join(directory, 'l.txt'), 'utf8'), 'x')
  assert.equal(statSync(join(directory, 'key')).mode & 0o777, 0o600)
  writeFileSync(join(directory, 'bad.txt'), Buffer.from([0x61, 0xff]))
  assert.match((await run('open bad.txt', { directory })).err, /error\[DATA\]: bad\.txt is not UTF-8/)
  assert.match(
    (await run('[{c: 1}] | to csv | save --append r.csv', { directory })).err,
    /has other columns: a,b/,
  )
})

test('programs are started without a shell and stream both ways', async () => {
  const cases: Record<string, string> = {
    "!printf '%s|' 'a b' '$x' '*'": 'a b|$x|*|',
    'let x = !printf "a\\nb\\n"\n$x | length': '3\n',
    '!printf "b\\na\\n" | !sort | lines | first': 'a\n',
    '["b", "a"] | !sort': 'a\nb\n',
    '"text" | !cat': 'text',
    'echo a b | !tr a c': 'c b\n',
    '!yes | lines | first 2 | count': '2\n',
    '!yes | !head -n 2': 'y\ny\n',
    'sys --ok 0,1 grep -c zzz /dev/null | to json --compact': '{"text":"0","exit":1}\n',
    'sh "echo a | tr a b"': 'b\n',
    'let r = try { sys sh -c "exit 3" } catch EXTERNAL e { $e.status }\nprint $r': '3\n',
    '[1, 2] | to json --compact | !cat': '[1,2]',
    'for l in (!seq 3 | lines) { print "<$l>" }': '<1>\n<2>\n<3>\n',
  }
  for (const [script, expected] of Object.entries(cases)) {
    const { out, err } = await run(script)
    assert.equal(err, '', script)
    assert.equal(out, expected, script)
  }
  assert.match((await run('!sh -c "exit 4" | lines | count')).err, /failed with exit code 4/)
  assert.match((await run('!sh -c "echo a; exit 4" | !cat')).err, /"sh" failed with exit code 4/)
})

test('describe, which and help tell what things are', async () => {
  const { out } = await run(
    '[{a: 1}] | describe\nwhich sort-by\nwhich device\nwhich ls | ends-with "/ls"\nhelp skip\nhelp device list\nfn mine() { }\nwhich mine',
  )
  assert.equal(
    out,
    'list of 1; the first item is:\nrecord\n  a: number\nbuilt-in: sort-by [FIELD]... [--desc]\nimpt commands: device\ntrue\nskip N\n  Leaves out the first n items.\n\nExamples:\n  [1, 2, 3] | skip 2\n    3\n  [1, 2, 3] | skip 3 | count\n    0\nhelp for device list\nfunction mine\n',
  )
})

test('a table on a terminal has borders and names the columns that it leaves out', async () => {
  const host = fakeHost()
  const narrow = { ...host, terminal: { colour: false, interactive: false, width: 30 } }
  const { out } = await run(
    '[{name: "lab-1", state: "a rather long text", other: "x", more: "y", last: "z"}]',
    { host: narrow },
  )
  assert.match(out, /│/)
  assert.match(out, /…/)
  assert.match(out, /left out for lack of room:\s.*last/)
})

test('the output of a program that ended before anybody read it is all there', async () => {
  const text = 'let out = !printf "a\\nb\\n" | tee { sleep 0s } | lines\nprint ($out | count)'
  assert.equal((await run(text)).out, '2\n')
  // A stage that waits before it reads: the program has ended by then.
  const late = '!printf "1\\n2\\n" | lines | save --force x.jsonl; open x.jsonl | count'
  for (let round = 0; round < 5; round += 1) assert.equal((await run(late)).out, '2\n')
})

test('an error while a list arrives stands under the command that asked, not under the filter behind it', async () => {
  async function* broken(): AsyncGenerator<ReturnType<typeof entity>> {
    yield entity('Device', 'd1', { name: 'a' })
    await Promise.resolve()
    throw new ImptError('SERVER', 'the second page is missing')
  }
  const answers = { 'device list': () => ({ kind: 'entities', of: 'Device', items: broken() }) as const }
  for (const filter of [
    'where name == "a"',
    'sort-by name',
    'map { $it.name } | count',
    'each { print $it.name }',
  ]) {
    const { err, exit } = await run(`let x = 1\ndevice list | ${filter}`, { answers })
    assert.match(err, /^test\.imptsh:2:1: error\[SERVER\]: the second page is missing\n/, filter)
    assert.equal(exit, 1)
  }
})

test('questions with choices and for yes or no ask until the answer is one', async () => {
  const cases: [string, string[], string][] = [
    ['print (ask "Group? " --choices ["line 1", "line 2", "lab"])', ['line', '', 'lab'], 'lab\n'],
    ['print (ask "Group? " --choices ["a", "b"])', ['9', '2'], 'b\n'],
    ['print (ask "Group? " --choices ["a", "b"] --default b)', [''], 'b\n'],
    ['print (ask "Go on?" --yes-no)', ['maybe', 'Yes'], 'true\n'],
    ['print (ask "Go on?" --yes-no)', [''], 'false\n'],
    ['print (ask "Go on?" --yes-no --default yes)', [''], 'true\n'],
    ['[{id: "d1", name: "a"}, {id: "d2", name: "b"}] | choose | get id', ['b'], 'd2\n'],
    ['choose [1, 2, 30] --question "Which? "', ['3'], '30\n'],
  ]
  for (const [script, replies, expected] of cases) {
    const { out, err } = await run(script, { replies })
    assert.equal(out, expected, `${script}: ${err}`)
  }
})

test('columns of summarize may stand on lines of their own, after a comma', async () => {
  const script =
    '[{a: 1, b: 2}] | group-by a | summarize total = count,\n  most = max b,\n\n  least = min b\nprint "a,"\nprint b'
  assert.equal((await run(script)).out, 'a  total  most  least\n1  1      2     2\na,\nb\n')
})
