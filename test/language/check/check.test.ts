import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  checkText,
  exitOfFindings,
  findingRecords,
  mentionedIdentifiers,
  renderFindings,
} from '../../../src/language/check/report.ts'
import { textMateGrammar } from '../../../src/language/syntax/grammar-export.ts'
import { KEYWORDS } from '../../../src/language/syntax/keywords.ts'
import { BUILT_INS } from '../../../src/language/builtins/index.ts'
import { commands } from '../../../src/commands/table/index.ts'
import { examples } from '../examples.ts'

const codes = (text: string): string[] =>
  checkText({ name: 'x.imptsh', text }).map(({ code, severity }) => `${severity} ${code}`)

test('the examples are without errors and warnings', () => {
  for (const { name, text } of examples) {
    const found = checkText({ name, text }).filter(({ severity }) => severity !== 'note')
    assert.deepEqual(found, [], name)
  }
})

test('what is dubious but runs is a warning or a note', () => {
  assert.deepEqual(codes('param a\nprint x'), ['warning UNUSED'])
  assert.deepEqual(codes('return 1\nprint x'), ['warning UNREACHABLE'])
  assert.deepEqual(codes('let a = 1\nif true { let a = 2 }\nprint $a'), ['warning HIDES'])
  assert.deepEqual(codes('auth login --user bob --pwd hunter2'), ['warning SECRET_LITERAL'])
  assert.deepEqual(codes('let s = ask --secret "x"\n$s | reveal'), ['note REVEAL'])
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
