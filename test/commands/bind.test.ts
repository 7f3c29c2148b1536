import assert from 'node:assert/strict'
import { test } from 'node:test'
import { invocationOf, bind } from '../../src/commands/bind.ts'
import { commands } from '../../src/commands/table/index.ts'
import { voiceOf } from '../../src/commands/voice.ts'
import { bound, commandOf, messages, refusal, wordsOf } from './bind-lines.ts'

test('the checks are reported in the documented order', () => {
  // One line with every kind of mistake: each is mended in turn, and the next one is reported.
  const line = ['-s', '--zzz', '--dut', 'u', 'extra', '-r', '', '-y', 'bogus', '-p']
  const steps: [string[], string][] = [
    [line, 'Not enough arguments following: p'],
    [line.slice(0, -1), 'Missing required argument: name'],
    [['-n', 'a', ...line.slice(1, -1)], 'Unknown argument: zzz'],
    [
      ['-n', '', '-n', 'b', '--dut', 'u', 'extra', '-y', 'bogus'],
      'Invalid option "--dut" for Device Group of the type "development". It may be specified for "factory" or "pre-factory" Device Groups only.',
    ],
    [['-n', '', '-n', 'b', 'extra', '-y', 'bogus'], 'Unknown arguments: extra.'],
    [['-n', '', '-n', 'b', '-y', 'bogus'], 'Option "--name" must not be empty.'],
    [
      ['-n', 'a', '-n', 'b', '-y', 'bogus', '-p', ''],
      'Option "--name" must not be specified multiple times.',
    ],
    [['-n', 'a', '-y', 'bogus', '-p', ''], 'Option "--product" must not be empty.'],
  ]
  for (const [words, message] of steps) assert.equal(refusal('dg create', ...words).message, message)
  assert.match(
    refusal('dg create', '-n', 'a', '-y', 'bogus').message,
    /^Invalid values:\n {2}Argument: dg-type, Given: "bogus", Choices: "development", /,
  )
})

test('the examples of the specification are reported as it says', () => {
  assert.equal(refusal('webhook create', '--zzz').message, 'Missing required arguments: url, event, mime')
  assert.equal(
    refusal('webhook create', '-u', '', '-e', 'bogus', '-m', 'json').message,
    'Option "--url" must not be empty.',
  )
  assert.equal(refusal('build deploy', '-f', 'maybe').message, 'Unknown arguments: maybe.')
  assert.equal(
    refusal('product delete', '-q', 'false').message,
    'Option "--confirmed" has incorrect value "false".',
  )
  assert.equal(refusal('device update', '-n', 'x', '-d').message, 'Not enough arguments following: d')
  assert.equal(
    refusal('log get', '--page-size', 'x', '--page-number', '0').message,
    'Option "--page-size" must be a number.',
  )
  assert.equal(
    refusal('log get', '-n', '-1').message,
    'Option "--page-number" must have a positive integer value.',
  )
})

test('what may be written in the place of a wrong word is told, and of a single choice that it is the only one', () => {
  const told = commands.flatMap((command) =>
    [...(command.options ?? []), ...(command.words ?? [])].flatMap((row) =>
      row.choices === undefined
        ? []
        : [[row.choices, voiceOf(command).choice(row, ['zzzzzzzz'], row.choices).hint] as const],
    ),
  )
  assert.ok(told.some(([choices]) => choices.length === 1))
  for (const [choices, hint] of told)
    if (choices.length === 1) assert.equal(hint, `${choices[0]} is the only one`)
    else assert.match(hint ?? '', new RegExp(`one of ${choices.join(', ')}$`))
})

test('options of one command are checked in the order in which it declares them', () => {
  assert.deepEqual(messages('log get', '-n', '0', '-s', 'x', '-d', ''), [
    'Option "--device" must not be empty.',
    'Option "--page-size" must be a number.',
    'Option "--page-number" must have a positive integer value.',
  ])
})

test('pairs of options are checked as documented', () => {
  const apart = (a: string, b: string) => `Options "--${a}" and "--${b}" must be specified together.`
  assert.equal(
    refusal('auth login', '-u', 'a', '-k', 'b').message,
    'Options "--user" and "--lk" are mutually exclusive.',
  )
  assert.equal(refusal('auth login', '-w', 'a').message, apart('pwd', 'user'))
  assert.equal(refusal('test github', '-i', 'f', '-w', 'a').message, apart('pwd', 'user'))
  const project = (...words: string[]) => refusal('project create', '-p', 'a', '-n', 'b', ...words).message
  assert.equal(project('-f'), apart('pre-factory', 'target'))
  assert.equal(project('-t', 'x', '-u', 'y'), apart('pre-factory', 'target'))
  assert.equal(project('-f', '-t', 'x'), apart('pre-factory', 'dut'))
  assert.equal(project('-u', 'x'), apart('pre-factory', 'dut'))
  assert.equal(
    bound('project create', '-p', 'a', '-n', 'b', '-f', '-t', 'x', '-u', 'y').options['pre-factory'],
    true,
  )
})

test('targets and region of a new Device Group depend on its type', () => {
  for (const type of ['factory', 'pre-factory']) {
    const needs = (option: string) =>
      `Option "--${option}" must be specified for Device Group of type "${type}".`
    assert.equal(refusal('dg create', '-n', 'a', '-y', type).message, needs('dut'))
    assert.equal(refusal('dg create', '-n', 'a', '-y', type, '-u', 'x').message, needs('target'))
    assert.equal(bound('dg create', '-n', 'a', '-y', type, '-u', 'x', '-t', 'y').options['target'], 'y')
  }
  for (const type of ['production', 'pre-production']) {
    assert.equal(bound('dg create', '-n', 'a', '-y', type, '-r', 'EU').options['region'], 'EU')
  }
  assert.equal(
    refusal('dg create', '-n', 'a', '-r', 'EU', '-y', 'dut').message,
    'Invalid option "--region" for Device Group of the type "dut". It may be specified for "production" or "pre-production" Device Groups only.',
  )
})

test('an unknown type counts as development in these rules, before it is refused itself', () => {
  assert.match(
    refusal('dg create', '-n', 'a', '-r', 'EU', '-y', 'bogus').message,
    /of the type "development"/,
  )
})

test('a mistake hints at what was meant', () => {
  const hint = (line: string, ...words: string[]) => refusal(line, ...words).hint
  assert.equal(hint('dg create', '--nmae', 'a', '-n', 'x'), 'did you mean "--name"?')
  assert.equal(hint('device list', '--asigned'), 'did you mean "--assigned"?')
  assert.equal(hint('dg create', '-n', 'a', '-y', 'prodction'), 'did you mean "production"?')
  assert.equal(hint('dg create', '-n', 'a', '-y', 'prod'), 'did you mean "production"?')
  assert.equal(
    hint('webhook create', '-u', 'a', '-e', 'bogus', '-m', 'json'),
    'write one of blessing, blinkup, deployment',
  )
  assert.equal(hint('dg create'), 'see "impt dg create --help"')
  assert.equal(hint('dg create', '-n', 'a', '--zzzzzz'), 'see "impt dg create --help"')
  assert.equal(
    hint('dg create', '-n'),
    'write --name <device_group_name>, or --name=VALUE if the value is one of the options',
  )
})

test('glued letters are refused and never ignored', () => {
  const glued = refusal('product delete', '-pprod-1')
  assert.equal(glued.message, 'Unknown argument: pprod-1')
  assert.equal(glued.hint, 'write -p prod-1: values are not glued to letters')
  assert.equal(refusal('product delete', '-bf').hint, 'write each letter with its own dash')
  assert.equal(refusal('product list', '-uz', 'json').message, 'Unknown argument: uz')
})

test('a password that is glued to its letter is not repeated in the error', () => {
  const error = refusal('auth login', '-u', 'bob', '-whunter2')
  assert.doesNotMatch(`${error.message} ${error.hint}`, /hunter2/)
})

test('a usage error has exit code 2', () => {
  const error = refusal('dg create')
  assert.equal(error.code, 'USAGE')
  assert.equal(error.exit, 2)
})

test('a value of type secret goes to options for credentials only', () => {
  const secret = { text: 'hunter2', secret: true } as const
  const login = invocationOf(commandOf('auth login'), [...wordsOf(['--user', 'bob', '--pwd']), secret])
  assert.equal(login.options['pwd'], 'hunter2')
  for (const words of [
    [...wordsOf(['-n', 'x', '--descr']), secret],
    [...wordsOf(['-n', 'x']), secret],
    [...wordsOf(['-n', 'x']), { text: '--descr=hunter2', secret: true as const }],
  ]) {
    const { problems } = bind(commandOf('product create'), words)
    assert.equal(problems[0]?.code, 'BUG_TYPE')
    assert.doesNotMatch(JSON.stringify(problems.filter(({ code }) => code === 'BUG_TYPE')), /hunter2/)
    assert.throws(() => invocationOf(commandOf('product create'), words), { code: 'BUG_TYPE' })
  }
})

test('all mistakes of a line are found at once, each with its word', () => {
  const found = bind(
    commandOf('dg create'),
    wordsOf(['--zz', '-y', 'bogus', '--output', 'jsn', '-s', 'a', '-s', 'b', 'more']),
  )
  assert.deepEqual(
    found.problems.map(({ message, word }) => [message.split('\n')[0], word]),
    [
      ['Missing required argument: name', undefined],
      ['Unknown argument: zz', 0],
      ['Unknown arguments: more.', 9],
      ['Option "--descr" must not be specified multiple times.', 8],
      ['Invalid values:', 2],
      ['Invalid values:', 4],
    ],
  )
})
