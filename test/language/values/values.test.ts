import assert from 'node:assert/strict'
import { test } from 'node:test'
import { run } from '../fake-host.ts'

/** Checks that each expression prints the text beside it. */
function prints(title: string, cases: Readonly<Record<string, string>>): void {
  test(title, async () => {
    for (const [script, expected] of Object.entries(cases)) {
      const { out, err } = await run(script)
      assert.equal(err, '', script)
      assert.equal(out, expected === '' ? '' : `${expected}\n`, script)
    }
  })
}

prints('numbers, texts, times, durations and lists are added by their types only', {
  '1 + 2 * 3 - 4 / 2': '5',
  '-7 % 3': '-1',
  '7 % -3': '1',
  '"a" + "b"': 'ab',
  '([1] + [2]) | to json --compact': '[1,2]',
  '1h + 30m': '1h 30m',
  '2 * 30s': '1m',
  '1h / 15m': '4',
  '1h / 2': '30m',
  '2026-01-31T00:00Z + 1d | format "yyyy-MM-dd" --utc': '2026-02-01',
  '(2026-01-31T10:00Z - 2026-01-31T09:30Z)': '30m',
  '0.1 + 0.2 == 0.3': 'false',
  '-(1 + 1)': '-2',
})

prints('comparing follows types; null makes every comparison but == false', {
  'null == null': 'true',
  '"a" == null': 'false',
  'null != 3': 'true',
  'null < 3': 'false',
  'null >= null': 'false',
  'null =~ "a"': 'false',
  'null in [1]': 'false',
  '[1, {a: 2}] == [1, {a: 2}]': 'true',
  '{a: 1, b: 2} == {b: 2, a: 1}': 'true',
  '{a: 1} == {a: 1, b: 2}': 'false',
  '"B" < "a"': 'true',
  '"Lab-1" =~ "(?i)^lab"': 'true',
  '"abc" !~ "^b"': 'true',
  '2 in [1, 2]': 'true',
  '"part" in "a partial"': 'true',
  '"a" in {a: null}': 'true',
  '2026-01-31T10:00Z == 2026-01-31T11:00+01:00': 'true',
  'true and not false or false': 'true',
  'null ?? "x"': 'x',
  '1 < 2 and 2 < 3': 'true',
})

prints('texts take numbers, bools, times and durations', {
  'let x = 3\nprint "a $x ${x + 1} ${true} ${90s} $(1 + 1)"': 'a 3 4 true 1m 30s 2',
  "print 'a $x' \"\\$x\" $'a\\tb'": 'a $x $x a\tb',
  'print "C:\\My Code\\new.nut"': 'C:\\My Code\\new.nut',
  'let name = "Dev 1"\nprint lab-$name ${name}.json': 'lab-Dev 1 Dev 1.json',
  'let d = {id: "x", tags: ["a", "b"]}\nprint ${d.id}.json $d.tags[1] "${d.tags[0]}"': 'x.json b a',
})

prints('fields, indices and missing fields', {
  '{a: {b: 1}}.a.b': '1',
  '{a: null}.a?': '',
  '{a: 1}.b? ?? "none"': 'none',
  '{"odd name": 1}."odd name"': '1',
  '[1, 2, 3][-1]': '3',
  '{a: 1}["a"]': '1',
  'let r = {a: 1}\n{...$r, b: 2} | to json --compact': '{"a":1,"b":2}',
  'let l = [1]\n[...$l, 2,\n3] | to json --compact': '[1,2,3]',
  '{"__proto__": 1} | to json --compact': '{"__proto__":1}',
  '("{\\"__proto__\\": 5}" | from json)."__proto__"': '5',
})

prints('times and durations are written as they were read', {
  '30d': '30d',
  '1500ms': '1s 500ms',
  '40ms': '40ms',
  '100d + 1h': '100d 1h',
  '100d + 1h + 1ms': '100d 1h',
  '[100d + 1h + 1ms] | to json --compact': '["100d 1h 1ms"]',
  '90s': '1m 30s',
  '0s - 90s': '-1m 30s',
  '2w': '14d',
  '59m + 59.9s': '59m 59s 900ms',
  '3h + 59m + 59.9s': '4h',
  '60s - 0.0004ms': '1m',
  '[60s - 0.0004ms] | to json --compact': '["1m"]',
  '1.25ms': '1.25ms',
  '2026-01-31 + 1d': '2026-02-01',
  '(today | to-text | length) == 10': 'true',
  '(now - now) < 1s': 'true',
  '[2026-01-31T10:00Z] | to json --compact': '["2026-01-31T10:00Z"]',
  '(today) <= now': 'true',
})

test('a time on a day that there is not is no time', async () => {
  for (const text of ['2026-02-30T10:00Z', '2026-02-29', '2026-13-01T10:00Z', '2026-04-31 10:00:00+02:00']) {
    assert.match((await run(`"${text}" | to-time`)).err, /error\[DATA\]: ".*" is not a time/, text)
  }
  assert.match((await run('let t = 2026-02-30T10:00Z')).err, /there is no time 2026-02-30T10:00Z/)
  assert.equal((await run('"2024-02-29T10:00:00,5Z" | to-time | to-epoch --ms')).out, '1709200800500\n')
})

test('credentials in the environment are secrets', async () => {
  const { out } = await run(
    'print $env.IMPT_PASSWORD $env.IMPT_LOGINKEY? ($env.IMPT_PASSWORD == "pw")\n$env | get IMPT_PASSWORD',
    { env: { IMPT_PASSWORD: 'pw' } },
  )
  assert.equal(out, '***  true\n***\n')
})

test('a secret prints as stars everywhere and is only given to options that are marked', async () => {
  const { out, err } = await run(
    'let s = "hunter2" | secret\nprint $s\n[{a: $s}]\n$s | describe\n{a: $s} | to json --compact\n$s == "hunter2"\n[{a: $s}] | to csv\n$s | reveal',
    {
      options: { trace: true },
    },
  )
  assert.equal(out, '***\na\n***\nsecret\n{"a":"***"}\ntrue\na\n***\nhunter2\n')
  assert.ok(!err.replaceAll('"hunter2"', '').includes('hunter2'))
})
