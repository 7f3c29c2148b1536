// What the arguments of built-ins are, is known where they are loaded.
import '../../../src/language/builtins/index.ts'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from '../../../src/language/syntax/parse.ts'
import type { Command, Expression, Pipeline, Statement, Word } from '../../../src/language/syntax/tree.ts'
import { examples } from '../examples.ts'
import { processorSeconds } from '../../processor.ts'

function assertCovered(text: string, tokens: ReturnType<typeof parse>['tokens']): void {
  let at = 0
  for (const { start, end } of tokens) {
    // A message for each token of each text would take longer than all else.
    if (start !== at) assert.fail(`a gap in the tokens of ${JSON.stringify(text)} at ${at}`)
    assert.ok(end > start)
    at = end
  }
  assert.equal(at, text.length)
}

function only(text: string): Statement {
  const { tree, diagnostics } = parse(text)
  assert.deepEqual(diagnostics, [])
  assert.equal(tree.body.length, 1, text)
  return tree.body[0] as Statement
}

function pipelineOf(text: string): Pipeline {
  const statement = only(text)
  assert.equal(statement.kind, 'chain')
  return statement.kind === 'chain' ? statement.first : assert.fail()
}

function commandOf(text: string): Command {
  const { first } = pipelineOf(text)
  return first.kind === 'command' ? first : assert.fail(`${text} is ${first.kind}`)
}

function expressionOf(text: string): Expression {
  const { first } = pipelineOf(text)
  return first.kind === 'command' || first.kind === 'external' ? assert.fail(`${text} is a command`) : first
}

function plain(word: Word): string {
  return word.parts
    .map((part) => (part.kind === 'bare' || part.kind === 'text' ? part.text : `<${part.kind}>`))
    .join('')
}

const words = (text: string): string[] =>
  commandOf(text).args.map((argument) => (argument.kind === 'word' ? plain(argument) : argument.kind))

test('there are at least twenty examples and all of them are without a mistake', () => {
  assert.ok(examples.length >= 20)
  for (const { name, text } of examples) assert.deepEqual(parse(text).diagnostics, [], name)
})

test('every prefix of every example is complete or unfinished, never wrong, and its tokens cover it', () => {
  for (const { name, text } of examples) {
    for (let end = 0; end <= text.length; end += 1) {
      const prefix = text.slice(0, end)
      const { diagnostics, open, tokens } = parse(prefix)
      const wrong = diagnostics.filter((diagnostic) => diagnostic.code !== 'UNCLOSED')
      assert.deepEqual(wrong, [], `${name} cut at ${end}`)
      assert.equal(open.length > 0, diagnostics.length > 0, `${name} cut at ${end}`)
      assertCovered(prefix, tokens)
    }
  }
})

test('what a line is depends on its first token only', () => {
  for (const text of [
    '$x',
    '"text"',
    "'text'",
    '3',
    '-3',
    '(1)',
    '[1]',
    '{a: 1}',
    'true',
    'null',
    'now',
    'today',
    'not true',
    '30d',
    '2026-01-31',
    '$env.HOME',
  ]) {
    assert.ok(expressionOf(text).kind)
  }
  for (const text of [
    'device list',
    'nowhere',
    'trueish',
    'null-check',
    'today-report x',
    'notify me',
    'x',
    'first? 1',
  ])
    assert.ok(commandOf(text).head)
  assert.equal(pipelineOf('!git status').first.kind, 'external')
})

test('a constant that touches an operator is still an expression', () => {
  assert.equal(expressionOf('now - 1d').kind, 'binary')
  assert.equal(expressionOf('null == null').kind, 'binary')
})

test('a brace is a block only before a space, a line end or a bar', () => {
  assert.deepEqual(words('dg info --dg {me}{Acme}{Dev}'), ['info', 'option', '{me}{Acme}{Dev}'])
  assert.deepEqual(words('each { print 1 }'), ['block'])
  assert.deepEqual(words('each {|d| print $d }'), ['block'])
  assert.deepEqual(words('each {\nprint 1\n}'), ['block'])
})

test('bare words keep backslashes, stars and braces', () => {
  assert.deepEqual(words(String.raw`x C:\Code\new.nut tests/**/*.test.nut a\'b a\"b a\$b a#b`), [
    String.raw`C:\Code\new.nut`,
    'tests/**/*.test.nut',
    "a'b",
    'a"b',
    'a$b',
    'a#b',
  ])
})

test('touching parts are one word', () => {
  assert.deepEqual(words(`x a"b c"d 'it'\\''s' dev-$i`), ['ab cd', "it's", 'dev-<value>'])
})

test('options are unquoted tokens; a digit after the dash makes a value', () => {
  const kinds = commandOf(`x --name -n -5 "--quoted" $v --a=b -- -la`).args.map((argument) => argument.kind)
  assert.deepEqual(kinds, ['option', 'option', 'word', 'word', 'word', 'option', 'word', 'word'])
})

test('a statement goes on after an operator, a pipe, a comma or an open bracket', () => {
  for (const text of [
    '$a +\n1',
    'x |\ncount',
    'x &&\ny',
    '[1,\n2]',
    '(x\ny)',
    'x \\\n y',
    '"a\nb"',
    '{a: 1,\nb: 2}',
  ])
    only(text)
})

test('a statement goes on when the next line starts with a pipe, && or an option, comments between them allowed', () => {
  assert.equal(pipelineOf('device list\n  | count').stages.length, 1)
  assert.equal(pipelineOf('device list\n  # why\n\n  | count\n  | x').stages.length, 2)
  assert.deepEqual(words('build run --dg a\n  # the rest\n  --flagged -t x'), [
    'run',
    'option',
    'a',
    'option',
    'option',
    'x',
  ])
  assert.equal((only('x\n  && y\n  || z') as { rest?: unknown[] }).rest?.length, 2)
  assert.equal(parse('$a\n-5').tree.body.length, 2)
})

test('the documented shapes of expressions are read', () => {
  const tree = expressionOf('$a.b?.c[0] + 2 * 3 - 1 == 4 and not $x or $y ?? null')
  assert.equal(tree.kind, 'binary')
  assert.equal(tree.kind === 'binary' && tree.operator, '??')
  assert.equal(expressionOf('$a."odd name"').kind, 'field')
  assert.equal(expressionOf('{a: 1, "b c": 2, ...$r}').kind, 'record')
  assert.equal(expressionOf('[1, ...$l,]').kind, 'list')
  assert.equal(expressionOf('(-$x)').kind, 'paren')
  assert.equal(expressionOf('$a &&\n$b').kind, 'binary')
})

test('a row filter reads bare names as fields, also in brackets', () => {
  const [stage] = pipelineOf('$x | where not (id in $have) and name =~ "^a" and (size) > 3').stages
  assert.equal(stage?.kind === 'command' && stage.args[0]?.kind, 'condition')
  const [until] = pipelineOf('$s | until --timeout 5m msg == "x"').stages
  assert.deepEqual(until?.kind === 'command' && until.args.map(({ kind }) => kind), [
    'option',
    'word',
    'condition',
  ])
})

test('CRLF line ends, a byte order mark and a shebang are accepted', () => {
  const { tree, diagnostics } = parse(
    '\ufeff#!/usr/bin/env impt\r\nimptsh 1\r\n## Help.\r\nif true {\r\n  print a\r\n}\r\nprint b \\\r\n  c\r\n',
  )
  assert.deepEqual(diagnostics, [])
  assert.equal(tree.body.length, 3)
  assert.deepEqual(parse('\ufeff## A.\r\n## B.\r\nparam x').tree.help, ['A.', 'B.'])
})

test('at the prompt a wrong last word is wrong, in a script it may still grow', () => {
  assert.deepEqual(parse('let 5', { mode: 'prompt' }).open, [])
  assert.notEqual(parse('let 5', { mode: 'script' }).open.length, 0)
  for (const text of ['if true {', '(', '"abc', 'device list |', 'let x =', 'print a \\', '[1,', 'x &&']) {
    assert.notEqual(parse(text, { mode: 'prompt' }).open.length, 0, text)
    if (!text.endsWith('\\')) assert.notEqual(parse(`${text}\n`, { mode: 'prompt' }).open.length, 0, text)
  }
  assert.deepEqual(
    parse('if true { (a "b', { mode: 'prompt' }).open.map(({ what }) => what),
    ['{', '(', '"'],
  )
})

test('one mistake gives one message and the next statement is read', () => {
  const { tree, diagnostics } = parse('let = {\n  a: 1\n}\nprint ok\nfor x [1] { print y }\nprint ok')
  assert.equal(diagnostics.length, 2)
  assert.equal(tree.body.length, 2)
})

test('ten thousand open brackets, a 10 MB text and endless operators are errors, not crashes', () => {
  for (const text of [
    '('.repeat(10_000),
    '['.repeat(10_000),
    'if true {\n'.repeat(10_000),
    'not '.repeat(10_000),
    '"${'.repeat(10_000),
    '{a: '.repeat(10_000),
  ]) {
    assert.ok(
      parse(text).diagnostics.some(({ message }) => message.includes('nested too deeply')),
      text.slice(0, 10),
    )
  }
  assert.match(parse('x'.repeat(10_000_000)).diagnostics[0]?.message ?? '', /too long/)
  assert.match(parse(`let x = 1${' + 1'.repeat(20_000)}`).diagnostics[0]?.message ?? '', /operators/)
  assert.match(parse(`$x${'.a'.repeat(20_000)}`).diagnostics[0]?.message ?? '', /field names/)
  assert.match(
    parse(`if true { }${' else if true { }'.repeat(5000)}`).diagnostics[0]?.message ?? '',
    /nested too deeply/,
  )
})

test('ten thousand lines are read in less than a fifth of a second for each thousand', () => {
  const text = Array.from(
    { length: 10_000 },
    (_, index) => `device update --device dev-${index} --name "Device ${index}"`,
  ).join('\n')
  const seconds = processorSeconds(() => assert.deepEqual(parse(text).diagnostics, []))
  // The goal is 200 ms; ten times that is a defect even on a slow machine.
  assert.ok(seconds < 2, `${seconds} s`)
})
