import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkScript,
  checkText,
  exitOfFindings,
  findingRecords,
  mentionedIdentifiers,
  renderFindings,
} from '../../../src/language/check/report.ts'
import { readScript } from '../../../src/language/run/script-file.ts'
import { textMateGrammar } from '../../../src/language/syntax/grammar-export.ts'
import { KEYWORDS } from '../../../src/language/syntax/keywords.ts'
import { BUILT_INS } from '../../../src/language/builtins/index.ts'
import { commands } from '../../../src/commands/table/index.ts'
import { examples } from '../examples.ts'

const codes = (text: string): string[] =>
  checkText({ name: 'x.imptsh', text }).map(({ code, severity }) => `${severity} ${code}`)

test('the examples are without errors, warnings and notes', async () => {
  for (const { name, text } of examples) {
    const found = await checkScript({ name: `scripts/examples/${name}`, text }, process.cwd(), readScript)
    assert.deepEqual(found, [], name)
  }
})

test('what is dubious but runs is a warning or a note', () => {
  assert.deepEqual(codes('param a\nprint x'), ['warning UNUSED'])
  assert.deepEqual(codes('return 1\nprint x'), ['warning UNREACHABLE'])
  assert.deepEqual(codes('try { pwd } catch NOTFOUND e { print a }'), ['warning UNREACHABLE'])
  assert.deepEqual(codes('try { pwd } catch HTTP e { print a }'), [])
  assert.deepEqual(codes('try { throw {code: "NOTFOUND", message: "m"} } catch NOTFOUND { print a }'), [])
  assert.deepEqual(codes('let a = 1\nif true { let a = 2 }\nprint $a'), ['warning HIDES'])
  assert.deepEqual(codes('auth login --user bob --pwd hunter2'), ['warning SECRET_LITERAL'])
  assert.deepEqual(codes('let s = ask --secret "x"\n$s | reveal'), ['note REVEAL'])
  assert.deepEqual(codes('let s = ask --secret "x"\n$s | reveal | save --mode 600 key'), [])
  assert.deepEqual(codes('let s = ask --secret "x"\n$s | reveal | save key'), ['note REVEAL'])
  assert.deepEqual(codes('let s = ask --secret "x"\nprint (reveal $s)').at(-1)?.startsWith('error'), true)
  assert.deepEqual(codes('device list --output json | count'), ['note NO_EFFECT'])
  assert.deepEqual(codes('dg delete --dg x'), ['note DESTRUCTIVE'])
})

test('a confirmation in sight makes a destructive command no finding', () => {
  for (const text of [
    'dg delete --dg x --confirmed',
    'with confirmed { dg delete --dg x }',
    'confirm "Sure?"\ndg delete --dg x',
    'dg list | confirm "Sure?" | each { dg delete --dg $it.id }',
  ]) {
    assert.deepEqual(codes(text), [], text)
  }
  assert.deepEqual(codes('if true { confirm "Sure?" }\ndg delete --dg x'), ['note DESTRUCTIVE'])
})

test('values that are known only in the run are no findings', () => {
  for (const text of [
    'param t\ndg create --name $t --product $t --dg-type $t',
    'param n\nlog get --device x --page-size $n',
    'param opts\ndevice info ...$opts',
    'fn f(...more) { dg create --name a ...$more }\nf --product p',
    'source lib.imptsh\nprint $from_lib\nfrom-lib 1',
    'fn a() { b }\nfn b() { print $later }\nlet later = 1\na',
    'let it = 1\nprint $it',
    '[1] | each {|x| [2] | each {|y| print $x $y } }',
    '[[1]] | each { $it | where $it > 1 | count }'.replace('$it |', '[1] |'),
  ]) {
    assert.deepEqual(codes(text), [], text)
  }
})

test('names that are wrong are errors with their places', () => {
  const source = { name: 'x.imptsh', text: 'print a\n  device list --onlin | where x\nlet y = $nope' }
  const found = checkText(source)
  assert.deepEqual(findingRecords(found, source), [
    {
      file: 'x.imptsh',
      line: 2,
      col: 15,
      endLine: 2,
      endCol: 22,
      code: 'UNKNOWN_OPTION',
      severity: 'error',
      message: 'Unknown argument: onlin',
      hint: 'did you mean "--online"?',
    },
    {
      file: 'x.imptsh',
      line: 2,
      col: 31,
      endLine: 2,
      endCol: 32,
      code: 'UNKNOWN_FIELD',
      severity: 'error',
      message: 'no field "x" in a device',
      hint: 'write "x" for the text, x? for a field that this impt does not know yet',
    },
    {
      file: 'x.imptsh',
      line: 3,
      col: 9,
      endLine: 3,
      endCol: 14,
      code: 'UNKNOWN_VARIABLE',
      severity: 'error',
      message: 'unknown variable $nope',
      hint: null,
    },
  ])
  assert.equal(exitOfFindings(found), 2)
  assert.equal(exitOfFindings([]), 0)
  assert.match(renderFindings(found, source), /x\.imptsh:2:15: error\[UNKNOWN_OPTION\]/)
})

test('identifiers that stand in the text are listed for a look-up', () => {
  const text =
    'param d\ndevice info --device lab-1\ndevice assign --device $d --dg "line 1" -q\nbuild list --dg={me}{P}{G}'
  assert.deepEqual(
    mentionedIdentifiers({ name: 'x', text }).map(({ kind, text: shown, start, end }) => [
      kind,
      shown,
      text.slice(start, end),
    ]),
    [
      ['device', 'lab-1', 'lab-1'],
      ['dg', 'line 1', '"line 1"'],
      ['dg', '{me}{P}{G}', '--dg={me}{P}{G}'],
    ],
  )
})

interface Rule {
  readonly match?: string
  readonly begin?: string
  readonly end?: string
  readonly patterns?: readonly Rule[]
  readonly name?: string
  readonly captures?: Readonly<Record<string, { readonly name: string }>>
}

test('the TextMate grammar knows every keyword, built-in and command', () => {
  const { repository, scopeName } = textMateGrammar() as {
    scopeName: string
    repository: Record<string, Rule>
  }
  assert.equal(scopeName, 'source.imptsh')
  const compile = (rules: readonly Rule[] = []): void => {
    for (const rule of rules) {
      for (const pattern of [rule.match, rule.begin, rule.end])
        if (pattern !== undefined) assert.ok(new RegExp(pattern, 'm'))
      compile(rule.patterns)
    }
  }
  for (const part of Object.values(repository)) compile(part.patterns)
  const keyword = new RegExp(repository['keywords']?.patterns?.[0]?.match ?? '', 'm')
  for (const word of KEYWORDS) assert.ok(keyword.test(`  ${word} x`), word)
  assert.ok(!keyword.test('print let'))
  const rules = repository['commands']?.patterns ?? []
  const builtIns = new RegExp(rules.find(({ name }) => name?.includes('builtin'))?.match ?? '', 'm')
  for (const { name } of BUILT_INS)
    assert.equal(builtIns.exec(`$x | ${name} y`)?.[0].trim().replace(/^\| /, ''), name)
  for (const command of commands) {
    const hit = rules.some(({ match, captures }) => {
      if (captures === undefined || match === undefined) return false
      const found = new RegExp(match, 'm').exec(`impt ${command.group} ${command.name} --x`)
      return found?.[1] === command.group && (command.name === '' || found[2] === command.name)
    })
    assert.ok(hit, `${command.group} ${command.name}`)
  }
})

/** The findings of a text as `CODE message`. */
const findingsOf = (text: string): string[] =>
  checkText({ name: 'x', text }).map(({ code, message }) => `${code} ${message}`)

test('a value that does not fit and a value that is missing are found before anything runs', () => {
  for (const [text, finding] of [
    ['fn f(x, --n: number) { print $x $n }\nf a --n', 'ARGUMENTS --n needs a value'],
    ['fn f(x: number) { print $x }\nf abc', 'ARGUMENTS the x of "f" must be a number, not "abc"'],
    ['[1] | first abc', 'ARGUMENTS the n of "first" must be a whole number from 0, not "abc"'],
    ['[1] | each { } { }', 'ARGUMENTS "each" takes no block'],
    [
      '[1] | each { } --parallel many',
      'ARGUMENTS --parallel must be a whole number from 1 to 16, not "many"',
    ],
    ['sleep soon', 'ARGUMENTS the time of "sleep" must be a duration, not "soon"'],
    ['print before\nserve', 'USAGE "serve" stands on the command line only'],
    ['if true { attach }', 'USAGE "attach" stands on the command line only'],
    ['device info --device d { }', 'ARGUMENTS "device info" takes no block'],
  ] as const)
    assert.ok(findingsOf(text).includes(finding), `${text}\n${findingsOf(text).join('\n')}`)
})

test('fields of known kinds are checked wherever they are named', () => {
  for (const text of [
    'build list | select id devicegroup.name?',
    'let l = device list\n$l | sort-by onlin',
    'device list | where device_online and onlin',
    'device list | each { print $it.onlin }',
    'device list | map {|d| $d.onlin }',
    'for d in (device list) { print $d.onlin }',
    'let d = device info --device x\nprint $d.onlin ${d.device_group.nam}',
    'device list | first 3 | group-by device_group.typ',
    'device list | where device_online | sort-by name | last | get onlin',
    'print ((device list)[0].onlin)',
  ])
    assert.ok(
      findingsOf(text).some((found) => found.startsWith('UNKNOWN_FIELD')),
      text,
    )
  for (const text of [
    'build list | select id dg=device_group.name?',
    'let l = device list\nset l = []\n$l | sort-by anything',
    'device list | add age = now - created_at | where age > 3d',
    'device list | select n=name | get n',
    'device list | map { {a: $it.id} } | get a',
    'device list | each --report { } | get ok',
    'fn first() { {x: 1} }\ndevice list | first | get x',
    'device list | group-by name | get count',
  ])
    assert.deepEqual(
      findingsOf(text).filter((found) => found.startsWith('UNKNOWN_FIELD')),
      [],
      text,
    )
  const [finding] = checkText({ name: 'x', text: 'let d = device info --device x\nprint $d.brand_new?' })
  assert.equal(finding?.severity, 'warning')
})

test('texts of any size are read and shown in a time that grows with their size', () => {
  const many = 10_000
  for (const text of [
    // What was quadratic: at this size it would take hours.
    ' '.repeat(many * 100),
    `print x${' '.repeat(many * 100)}`,
    `auth login --pwd ${' '.repeat(many * 100)}`,
    '\n'.repeat(many * 100),
    // What overflowed the stack.
    'break\n'.repeat(many * 13),
    'print 1\n'.repeat(many),
    '$x\n'.repeat(many),
    '$x;'.repeat(many),
    `print ${'a '.repeat(many)}`,
    `print ${'1 + '.repeat(many)}1`,
    `if true { } ${'else if true { } '.repeat(many)}`,
    `[${'1, '.repeat(many)}]`,
    '('.repeat(many),
    '{'.repeat(many),
    '${'.repeat(many),
    `${'print 1 | '.repeat(many)}count`,
    `print 1 ${'&& print 1 '.repeat(many)}`,
    `"${'$a '.repeat(many)}"`,
    `auth login ${'--pwd a '.repeat(many)}`,
  ]) {
    const source = { name: 'x', text }
    const found = checkText(source)
    // Whole pages of the same finding are shown in the same way: some of them are enough.
    const some = found.slice(0, 1000)
    assert.ok(renderFindings(some, source).length >= some.length)
    assert.equal(findingRecords(found, source).length, found.length)
  }
})
