import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLine, topicIn } from '../../src/commands/argv.ts'
import { wordRoles } from '../../src/commands/bind.ts'
import { closest } from '../../src/commands/closest.ts'
import { commandLine, commands, groups } from '../../src/commands/table/index.ts'
import { ImptError } from '../../src/output/error.ts'
import { around, commandOf, wordsOf } from './bind-lines.ts'

const line = (text: string) => text.split(' ').filter((word) => word !== '')

function options(text: string): object {
  const parsed = parseLine(line(text))
  assert.equal(parsed.kind, 'invocation')
  return parsed.kind === 'invocation' ? parsed.invocation.options : {}
}

function refused(text: string): string {
  try {
    const parsed = parseLine(line(text))
    if (parsed.kind === 'incomplete') throw parsed.error
  } catch (error) {
    if (error instanceof ImptError) return `${error.message} | ${error.hint}`
    throw error
  }
  return 'accepted'
}

test('every command is found by its words, wherever its options stand', () => {
  for (const command of commands) {
    const { before, files } = around(command)
    const words = line(commandLine(command))
    for (const argv of [
      [...words, ...before, ...files],
      ['--output', 'json', ...words, ...before, ...files],
    ]) {
      const parsed = parseLine(argv)
      assert.ok(parsed.kind === 'invocation' && parsed.invocation.command === command, argv.join(' '))
    }
  }
})

test('options may stand before the group and between group and command', () => {
  assert.deepEqual(options('-z json product list'), { output: 'json' })
  assert.deepEqual(options('-z=json product list'), { output: 'json' })
  assert.deepEqual(options('product -q delete -p x'), { product: 'x', confirmed: true })
  assert.deepEqual(options('product -p delete delete'), { product: 'delete' })
})

test('--help asks about the deepest word that is known, and wins over every mistake', () => {
  const topic = (text: string) => {
    const parsed = parseLine(line(text))
    assert.equal(parsed.kind, 'help')
    if (parsed.kind !== 'help') return ''
    const { topic } = parsed
    return topic.kind === 'command'
      ? commandLine(topic.command)
      : topic.kind === 'group'
        ? topic.group
        : 'root'
  }
  assert.equal(topic('--help'), 'root')
  assert.equal(topic('-h product list'), 'product list')
  assert.equal(topic('product -h'), 'product')
  assert.equal(topic('product --help list --zzz'), 'product list')
  assert.equal(topic('dg create --zzz -n --help'), 'dg create')
  assert.equal(topic('serve --help'), 'serve')
  assert.equal(topic('squirrel --help'), 'squirrel')
  assert.equal(topic('squirrel run -h'), 'squirrel run')
  assert.equal(topic('prodct --help'), 'root')
})

test('--version is asked at the root only', () => {
  assert.equal(parseLine(['--version']).kind, 'version')
  assert.equal(parseLine(['-v']).kind, 'version')
  assert.equal(refused('product -v'), 'Please specify a valid command. | see "impt product --help"')
})

test('unknown groups and commands are named, with what was meant', () => {
  assert.equal(refused(''), 'Please specify a valid command. | see "impt --help"')
  assert.equal(refused('dg'), 'Please specify a valid command. | see "impt dg --help"')
  assert.equal(refused('prodct list'), 'Unknown arguments: prodct, list | did you mean "impt product"?')
  assert.equal(refused('product lst'), 'Unknown argument: lst | did you mean "impt product list"?')
  assert.equal(refused('zzzzzz'), 'Unknown argument: zzzzzz | see "impt --help"')
  assert.equal(refused('Product list'), 'Unknown arguments: Product, list | did you mean "impt product"?')
})

test('a word that a group with a command of its own name does not take is told with the command that was meant', () => {
  assert.equal(refused('squirrel rum x'), 'Unknown arguments: rum, x. | did you mean "impt squirrel run"?')
  assert.equal(refused('squirrel zzzzzz'), 'Unknown arguments: zzzzzz. | see "impt squirrel --help"')
  const open = groups.filter(({ commands }) => commands.some(({ name, words }) => name === '' && !words))
  const misspelled = open.flatMap(({ name: group, commands }) =>
    commands.filter(({ name }) => name.length > 4).map(({ name }) => ({ group, name })),
  )
  assert.ok(misspelled.length > 0)
  for (const { group, name } of misspelled)
    assert.match(refused(`${group} ${name}x`), new RegExp(`did you mean "impt ${group} ${name}"`))
})

test('words after -- are ignored, but a file after -- is a file', () => {
  assert.deepEqual(options('dg info -g x -- y --zzz'), { dg: 'x' })
  const parsed = parseLine(['squirrel', 'run', '--', '-strange.nut'])
  assert.deepEqual(parsed.kind === 'invocation' && parsed.invocation.words, ['-strange.nut'])
})

test('the words of our own commands are counted and checked', () => {
  assert.match(refused('squirrel run'), /^Missing required argument: FILE \|/)
  assert.match(refused('squirrel run a b'), /^Unknown arguments: b\. \|/)
  assert.equal(
    refused('completion bsh'),
    'Invalid values:\n  Argument: SHELL, Given: "bsh", Choices: "bash", "zsh", "fish", "targets", "logins" | did you mean "bash"?',
  )
  const parsed = parseLine(['squirrel', 'check', 'a.nut', '-z', 'json', 'b.nut'])
  assert.deepEqual(parsed.kind === 'invocation' && parsed.invocation.words, ['a.nut', 'b.nut'])
})

test('a wrong line still tells what it is about', () => {
  assert.deepEqual(topicIn(['dg', 'create', '--zzz']), { kind: 'command', command: commandOf('dg create') })
  assert.deepEqual(topicIn(['dg', 'crate']), { kind: 'group', group: 'dg' })
  assert.deepEqual(topicIn(['dgg']), { kind: 'root' })
})

test('the roles of words are known while a line is still being typed', () => {
  const roles = (...texts: string[]) =>
    wordRoles(commandOf('auth login'), wordsOf(texts)).map(({ role, option, valueAt }) =>
      [role, option?.name, valueAt].filter((part) => part !== undefined).join(' '),
    )
  assert.deepEqual(roles('--user'), ['option user'])
  assert.deepEqual(roles('--user', 'bob', '--pwd=x', '-t', '--us'), [
    'option user',
    'value user',
    'option pwd 6',
    'option temp',
    'option',
  ])
  assert.deepEqual(roles('--usr', 'bob', 'x'), ['option', 'value', 'word'])
  assert.deepEqual(roles('-', '--', '--user'), ['word', 'word', 'word'])
  assert.deepEqual(roles('-e='), ['option endpoint 3'])
})

test('the closest word is the one that was meant, or none', () => {
  const groups = ['product', 'project', 'device', 'dg', 'test']
  assert.equal(closest('prodct', groups), 'product')
  assert.equal(closest('DEVICE', groups), 'device')
  assert.equal(closest('dev', groups), 'device')
  assert.equal(closest('pro', groups), undefined)
  assert.equal(closest('zzz', groups), undefined)
  assert.equal(closest('x', ['y']), undefined)
  assert.equal(closest('', groups), undefined)
})

test('letters are glued and names have one dash where that can mean nothing else', () => {
  assert.deepEqual(options('auth login -lk KEY'), { local: true, lk: 'KEY' })
  assert.deepEqual(options('device info -device ID'), { device: 'ID' })
  assert.deepEqual(options('device info -device=ID -z json'), { device: 'ID', output: 'json' })
  assert.deepEqual(options('product delete -fqp x'), { force: true, confirmed: true, product: 'x' })
  // A value that looks so is a value.
  assert.deepEqual(options('product create -n -lk'), { name: '-lk' })
  assert.equal(
    refused('product delete -pprod-1'),
    'Unknown argument: pprod-1 | write -p prod-1: values are not glued to letters',
  )
})
