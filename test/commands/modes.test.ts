import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import type { Mode as AnyMode } from '../../src/commands/present/modes.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { columnsOf } from '../../src/entities/record.ts'
import type { EntityName } from '../../src/entities/schema.ts'
import { assertConforms } from './schemas.ts'
import { openWorld, type Outcome, type World } from './world.ts'

/** The modes that can be asked for. */
type Mode = Exclude<AnyMode, 'people'>

/** What a command gives: one entity, a list of one kind, log entries, or nothing to show. */
type Shape =
  | { readonly one: EntityName; readonly beside?: EntityName }
  | { readonly list: EntityName }
  | 'logs'
  | 'nothing'

interface Step {
  readonly command: string
  readonly words: readonly string[] | ((world: World) => Promise<readonly string[]>)
  readonly shape: Shape
  /** A credential that this step handles; debug mode may not show it more often than default mode does. */
  readonly secrets?: (world: World) => Promise<readonly string[]>
}

const one = (name: EntityName): Shape => ({ one: name })
const list = (name: EntityName): Shape => ({ list: name })

const keyId = async (world: World) =>
  (await world.json(['loginkey', 'list'])).find((key: any) => key['Login Key'].description === 'mine')[
    'Login Key'
  ].id as string
const hookId = async (world: World) =>
  (await world.json(['webhook', 'list', '-u', 'http://example.com/modes']))[0].Webhook.id as string
const buildIds = async (world: World, group: string): Promise<string[]> =>
  (await world.json(['build', 'list', '-g', group])).map((build: any) => build.Deployment.id as string)
const savedTokens = async (world: World) => {
  const { accessToken, refreshToken } = JSON.parse(
    await readFile(join(world.directory, '.impt.auth'), 'utf8'),
  )
  return ['demo-password', accessToken, refreshToken] as string[]
}

/** A life in one account, in an order in which every documented command succeeds. */
const STEPS: readonly Step[] = [
  { command: 'account info', words: [], shape: one('Account') },
  { command: 'account list', words: [], shape: list('Account') },
  {
    command: 'auth login',
    words: ['-u', 'demo', '-w', 'demo-password', '-q'],
    shape: 'nothing',
    secrets: savedTokens,
  },
  { command: 'auth info', words: [], shape: one('Auth'), secrets: savedTokens },
  { command: 'auth logout', words: [], shape: 'nothing' },
  { command: 'product create', words: ['-n', 'Made', '-s', 'two\nlines'], shape: one('Product') },
  { command: 'product info', words: ['-p', 'Made', '-u'], shape: one('Product') },
  { command: 'product update', words: ['-p', 'Made', '-s', 'text'], shape: 'nothing' },
  { command: 'product list', words: [], shape: list('Product') },
  { command: 'dg create', words: ['-n', 'Lab', '-p', 'Made'], shape: one('Device Group') },
  { command: 'dg info', words: ['-g', 'Thermostat Development', '-u'], shape: one('Device Group') },
  { command: 'dg list', words: ['-y', 'development', '-y', 'production'], shape: list('Device Group') },
  { command: 'dg update', words: ['-g', 'Lab', '-s', 'x', '-e', '{"a":1}'], shape: 'nothing' },
  { command: 'project create', words: ['-p', 'Made', '-n', 'dev'], shape: one('Project') },
  { command: 'project info', words: ['-u'], shape: { one: 'Project', beside: 'Auth' } },
  { command: 'project update', words: ['-s', 'y'], shape: one('Project') },
  { command: 'project link', words: ['-g', 'dev', '-q'], shape: one('Project') },
  { command: 'build deploy', words: ['-t', 'a', '-o', 'here'], shape: one('Deployment') },
  { command: 'build info', words: [], shape: one('Deployment') },
  { command: 'build list', words: [], shape: list('Deployment') },
  { command: 'build update', words: ['-t', 'b'], shape: 'nothing' },
  { command: 'build copy', words: ['-g', 'Lab', '-a'], shape: 'nothing' },
  { command: 'build copy', words: ['-g', 'Lab', '--show'], shape: one('Deployment') },
  { command: 'build get', words: ['-q'], shape: one('Deployment') },
  { command: 'build run', words: [], shape: 'nothing' },
  { command: 'dg builds', words: ['-g', 'dev'], shape: list('Deployment') },
  {
    command: 'dg update',
    words: async (world) => ['-g', 'dev', '-m', (await buildIds(world, 'dev')).at(-1) ?? ''],
    shape: 'nothing',
  },
  {
    command: 'build delete',
    words: async (world) => ['-b', (await buildIds(world, 'dev'))[0] ?? '', '-q'],
    shape: 'nothing',
  },
  { command: 'device list', words: ['-o', 'me'], shape: list('Device') },
  { command: 'device info', words: ['-d', 'Kitchen'], shape: one('Device') },
  { command: 'device update', words: ['-d', 'Kitchen', '-n', 'Küche "1", 厨房'], shape: 'nothing' },
  { command: 'device restart', words: ['-d', 'Living Room'], shape: 'nothing' },
  { command: 'device assign', words: ['-d', 'Spare', '-g', 'Lab'], shape: 'nothing' },
  { command: 'dg reassign', words: ['-f', 'Lab', '-t', 'dev'], shape: 'nothing' },
  { command: 'dg restart', words: ['-g', 'Thermostat Development'], shape: 'nothing' },
  {
    command: 'device unassign',
    words: ['-d', 'Spare', '-u', 'demo-unbond-key'],
    shape: 'nothing',
    secrets: async () => ['demo-unbond-key'],
  },
  {
    command: 'dg unassign',
    words: ['-g', 'Thermostat Field', '-u', 'demo-unbond-key'],
    shape: 'nothing',
    secrets: async () => ['demo-unbond-key'],
  },
  { command: 'device remove', words: ['-d', 'Spare', '-q'], shape: 'nothing' },
  { command: 'log get', words: ['-d', 'Living Room', '-n', '1'], shape: 'logs' },
  { command: 'log stream', words: ['-d', 'Living Room'], shape: 'logs' },
  {
    command: 'loginkey create',
    words: ['-w', 'demo-password', '-s', 'mine'],
    shape: one('Login Key'),
    secrets: async () => ['demo-password'],
  },
  {
    command: 'loginkey list',
    words: [],
    shape: list('Login Key'),
    secrets: async (world) => [await keyId(world)],
  },
  {
    command: 'loginkey info',
    words: async (world) => ['-k', await keyId(world)],
    shape: one('Login Key'),
    secrets: async (world) => [await keyId(world)],
  },
  {
    command: 'loginkey update',
    words: async (world) => ['-k', await keyId(world), '-s', 'mine', '-w', 'demo-password'],
    shape: 'nothing',
    secrets: async (world) => ['demo-password', await keyId(world)],
  },
  {
    command: 'loginkey delete',
    words: async (world) => ['-k', await keyId(world), '-w', 'demo-password', '-q'],
    shape: 'nothing',
    secrets: async () => ['demo-password'],
  },
  {
    command: 'webhook create',
    words: ['-g', 'Lab', '-u', 'http://example.com/modes', '-e', 'blinkup', '-m', 'json'],
    shape: one('Webhook'),
  },
  { command: 'webhook info', words: async (world) => ['-w', await hookId(world)], shape: one('Webhook') },
  { command: 'webhook list', words: [], shape: list('Webhook') },
  {
    command: 'webhook update',
    words: async (world) => ['-w', await hookId(world), '-m', 'urlencoded'],
    shape: 'nothing',
  },
  { command: 'webhook delete', words: async (world) => ['-w', await hookId(world), '-q'], shape: 'nothing' },
  { command: 'test create', words: ['-g', 'dev', '-x', 'device.nut'], shape: one('Test Configuration') },
  { command: 'test info', words: [], shape: one('Test Configuration') },
  { command: 'test update', words: ['-t', '10'], shape: one('Test Configuration') },
  {
    command: 'test github',
    words: ['-i', 'gh.json', '-u', 'bob', '-w', 'github-token-1'],
    shape: 'nothing',
    secrets: async () => ['github-token-1'],
  },
  { command: 'test delete', words: ['-q'], shape: 'nothing' },
  { command: 'project delete', words: ['-f', '-q'], shape: 'nothing' },
  { command: 'dg delete', words: ['-g', 'Lab', '-q'], shape: 'nothing' },
  { command: 'build cleanup', words: ['-u', '-q'], shape: 'nothing' },
  { command: 'product delete', words: ['-p', 'Made', '-f', '-b', '-q'], shape: 'nothing' },
]

const MODES: readonly Mode[] = ['default', 'minimal', 'json', 'debug', 'table', 'csv']

/** Lines of default mode that are no part of a result. */
const STATUS = /IMPT COMMAND|successfully|request for|\(\d+ items\):|are found\.|is opened\.|Press </

describe('every documented command in every output mode', () => {
  test('is covered, but for test run, which has tests of its own', () => {
    const documented = commands.filter((command) => command.own !== true).map(commandLine)
    assert.equal(documented.length, 58)
    assert.deepEqual([...new Set(STEPS.map(({ command }) => command)), 'test run'].sort(), documented.sort())
  })

  for (const mode of MODES) {
    test(`keeps the promises of ${mode}`, async () => {
      const world = await openWorld()
      try {
        for (const step of STEPS) await checkStep(world, step, mode)
      } finally {
        await world.close()
      }
    })
  }
})

async function checkStep(world: World, { command, words, shape, secrets }: Step, mode: Mode): Promise<void> {
  const line = [...command.split(' '), ...(typeof words === 'function' ? await words(world) : words)]
  // What a list has to show is asked for before, with the same words.
  const expected = typeof shape === 'object' && 'list' in shape ? (await world.json(line)).length : undefined
  const before = (await secrets?.(world).catch(() => [])) ?? []
  const outcome = await (command === 'log stream'
    ? interrupted(world, [...line, ...modeWords(mode)])
    : world.run([...line, ...modeWords(mode)]))
  const hint = `impt ${line.join(' ')} -z ${mode}\n${outcome.stdout}${outcome.stderr}`
  assert.equal(outcome.code, 0, hint)
  assert.equal(outcome.stderr, '', hint)
  const after = (await secrets?.(world).catch(() => [])) ?? []
  checkText(outcome, shape, mode, expected, hint)
  if (mode === 'json') await checkSchema(command, outcome.stdout)
  // The id of a login key is what `loginkey` commands show; anything beyond that one place is a leak.
  const shown = command.startsWith('loginkey') && command !== 'loginkey delete' ? 1 : 0
  for (const secret of new Set([...before, ...after])) {
    const isKey = secret !== 'demo-password' && shown > 0
    assert.ok(outcome.stdout.split(secret).length - 1 <= (isKey ? shown : 0), `a credential of ${hint}`)
  }
}

function checkText(
  { stdout }: Outcome,
  shape: Shape,
  mode: Mode,
  expected: number | undefined,
  hint: string,
): void {
  const hasResult = shape !== 'nothing'
  switch (mode) {
    case 'default':
      assert.match(stdout, /(?:^|\n)IMPT COMMAND SUCCEEDS\n$/, hint)
      return checkKind(stdout, shape, hint)
    case 'debug':
      assert.match(stdout, /\nIMPT COMMAND SUCCEEDS\n$|^[^{]*IMPT COMMAND SUCCEEDS\n$/, hint)
      if (stdout.includes('Doing the request'))
        assert.match(stdout, /Response code: \d+\nResponse headers: \{/, hint)
      return checkKind(stdout, shape, hint)
    case 'minimal':
      for (const text of stdout.split('\n')) assert.doesNotMatch(text, STATUS, hint)
      if (shape === 'nothing') assert.equal(stdout, '', hint)
      return checkKind(stdout, shape, hint)
    case 'json':
      return checkJson(stdout, shape, expected, hint)
    case 'table':
      if (shape === 'nothing') assert.equal(stdout, '', hint)
      if (expected !== undefined) assert.equal(stdout.trimEnd().split('\n').length, expected + 1, hint)
      assert.equal(stdout !== '', hasResult && !hint.includes('log stream'), hint)
      return
    case 'csv':
      return checkCsv(stdout, shape, expected, hint)
    default:
      mode satisfies never
  }
}

/** A log is a document a line. */
async function checkSchema(command: string, stdout: string): Promise<void> {
  const documents = command === 'log stream' ? stdout.split('\n').filter(Boolean) : [stdout]
  for (const document of documents) await assertConforms(command, JSON.parse(document))
}

function checkKind(stdout: string, shape: Shape, hint: string): void {
  if (typeof shape !== 'object') return
  const name = 'one' in shape ? shape.one : shape.list
  assert.match(stdout, new RegExp(`(?:^|\\n)${name}: \\n`), hint)
}

function checkJson(stdout: string, shape: Shape, expected: number | undefined, hint: string): void {
  if (hint.startsWith('impt log stream')) {
    for (const text of stdout.split('\n').filter(Boolean)) assert.ok(JSON.parse(text).ts, hint)
    return
  }
  const value: any = JSON.parse(stdout)
  assert.equal(stdout, `${JSON.stringify(value, null, 2)}\n`, hint)
  if (shape === 'nothing') return assert.deepEqual(value, {}, hint)
  if (shape === 'logs')
    return assert.ok(
      value.every((entry: any) => entry.ts && entry.type && typeof entry.msg === 'string'),
      hint,
    )
  if ('one' in shape) {
    assert.deepEqual(Object.keys(value), shape.beside ? [shape.one, shape.beside] : [shape.one], hint)
    return
  }
  assert.equal(value.length, expected, hint)
  for (const item of value) {
    assert.deepEqual(Object.keys(item), [shape.list], hint)
    assert.ok(item[shape.list].id, hint)
  }
}

function checkCsv(stdout: string, shape: Shape, expected: number | undefined, hint: string): void {
  if (shape === 'nothing') return assert.equal(stdout, '', hint)
  // Throws when two rows differ in their number of cells.
  const rows: string[][] = parse(stdout)
  if (shape === 'logs') return assert.deepEqual(rows[0], ['ts', 'device_id', 'type', 'msg'], hint)
  assert.deepEqual(rows[0], columnsOf('one' in shape ? shape.one : shape.list), hint)
  assert.equal(rows.length - 1, 'one' in shape ? 1 : expected, hint)
}

/** Runs a command that never ends by itself, and presses Ctrl-C once its devices are on the stream. */
async function interrupted(world: World, words: readonly string[]): Promise<Outcome> {
  const control = new AbortController()
  world.requests()
  const running = world.run(words, [], control.signal)
  while (!world.requests().some((request) => request.startsWith('PUT /logstream'))) await delay(5)
  control.abort()
  return running
}

function modeWords(mode: Mode): readonly string[] {
  return mode === 'default' ? [] : ['-z', mode]
}
