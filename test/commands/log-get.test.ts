import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Context } from '../../src/commands/context.ts'
import { group } from '../../src/commands/log.ts'
import { collect } from '../../src/impcentral/paging.ts'
import { logChoice } from '../../src/commands/log-choice.ts'
import { openWorld, type World } from './world.ts'

const DEVICE = ['log', 'get', '-d', 'Kitchen']

describe('impt log get with a choice of entries', () => {
  let world: World
  let all: { ts: string; type: string; msg: string }[]
  const messages = async (...words: string[]) =>
    (await world.json([...DEVICE, ...words])).map(({ msg }: any) => msg)
  before(async () => {
    world = await openWorld()
    const device = world.sandbox.store.devices.all().find(({ name }) => name === 'Kitchen')
    assert.ok(device)
    const { platform } = world.sandbox.core
    for (let i = 0; i < 250; i++) platform.log(device, i % 2 ? 'server.log' : 'agent.log', `line ${i}`)
    platform.log(device, 'agent.error', 'the index "Ä" does not exist')
    platform.log(device, 'server.error', `${'a'.repeat(40)}!`)
    all = await world.json(DEVICE)
  })
  after(() => world.close())

  test('says so where nothing is chosen', async () => {
    const { stdout } = await world.run([...DEVICE, '--grep', 'no such text'])
    assert.equal(stdout, 'No log entries are found.\nIMPT COMMAND SUCCEEDS\n')
  })

  test('names its device in every row of CSV, though the cloud does not', async () => {
    const id = world.sandbox.store.devices.all().find(({ name }) => name === 'Kitchen')?.id
    const { stdout } = await world.run([...DEVICE, '--grep', 'a!$', '-z', 'csv'])
    const [head, ...rows] = stdout.trimEnd().split('\n')
    assert.equal(head, 'ts,device_id,type,msg')
    assert.deepEqual(
      rows.map((row) => row.split(',')[1]),
      [id],
    )
  })

  test('a page beyond the end is told beside the documented output, which is nothing', async () => {
    for (const [mode, shown] of [
      ['default', 'IMPT COMMAND SUCCEEDS\n'],
      ['minimal', ''],
      ['json', '[]\n'],
    ] as const) {
      const { code, stdout, stderr } = await world.run([
        ...DEVICE,
        '-n',
        '99',
        ...(mode === 'default' ? [] : ['-z', mode]),
      ])
      assert.deepEqual([code, stdout], [0, shown])
      assert.equal(stderr, 'Warning: Page 99 is beyond the end of the log: page 1 has the newest entries\n')
    }
    const { stdout, stderr } = await world.run([...DEVICE, '-n', '99', '--type', 'error'])
    assert.equal(stdout, 'No log entries are found.\nIMPT COMMAND SUCCEEDS\n')
    assert.match(stderr, /^Warning: Page 99 is beyond the end of the log/)
  })

  test('a log without entries shows nothing, as documented, for scripts that read the logs of all devices', async () => {
    assert.deepEqual(await world.run(['log', 'get', '-d', 'Spare']), {
      code: 0,
      stdout: 'IMPT COMMAND SUCCEEDS\n',
      stderr: '',
    })
  })

  test('--time delta is the time since the entry before, whether the newest is first or last, and over pages', async () => {
    const times = async (words: readonly string[], answers?: readonly string[]) => {
      const { stdout } = await world.run([...DEVICE, '--time', 'delta', ...words], answers)
      return stdout
        .split('\n')
        .flatMap((line) => /^([+-][\d.]+)s (.*)/.exec(line)?.slice(1, 3).join(' ') ?? [])
    }
    const oldest = await times(['--oldest-first'])
    assert.equal(oldest.length, all.length)
    assert.equal(oldest.filter((line) => line.startsWith('-')).length, 0)
    assert.deepEqual(await times(['--all']), oldest.toReversed())
    assert.deepEqual(await times(['-s', '100'], ['', '', '']), oldest.toReversed())
  })

  test('--grep takes entries of all pages by their text, (?i) whatever its case', async () => {
    assert.deepEqual(await messages('--grep', '^line 1?7$'), ['line 17', 'line 7'])
    assert.deepEqual(await messages('--grep', '(?i)INDEX "ä"'), ['the index "Ä" does not exist'])
  })

  test('--type takes a type in full or by a part of its name, and several', async () => {
    for (const wanted of ['agent.error', 'error', 'agent']) {
      const expected = all.filter(({ type }) => type === wanted || type.split('.').includes(wanted))
      assert.ok(expected.length > 0)
      assert.deepEqual(await world.json([...DEVICE, '--type', wanted]), expected, wanted)
    }
    assert.equal((await messages('--type', 'agent.error', '--type', 'server.error')).length, 2)
    assert.deepEqual(await messages('--type', 'nothing'), [])
  })

  test('a type that no entry has is told beside those that there are', async () => {
    const { stdout } = await world.run([...DEVICE, '--type', 'errors'])
    assert.match(
      stdout,
      /^No log entries are found\.\nNone of \d+ is of type "errors"; there are (?:[a-z.]+, )*server\.error(?:, [a-z.]+)*\.\nIMPT/,
    )
    const { stdout: later } = await world.run([...DEVICE, '--type', 'error', '--grep', 'no such text'])
    assert.equal(later, 'No log entries are found.\nIMPT COMMAND SUCCEEDS\n')
  })

  test('--oldest-first turns the whole list around, or the one page', async () => {
    assert.deepEqual(await world.json([...DEVICE, '--oldest-first']), all.toReversed())
    const page = await world.json([...DEVICE, '-n', '2', '-s', '3'])
    assert.deepEqual(await world.json([...DEVICE, '-n', '2', '-s', '3', '--oldest-first']), page.toReversed())
  })

  test('--since and --until take moments, with and without a zone, and how long ago', async () => {
    const at = all[100]?.ts ?? ''
    const since = all.filter(({ ts }) => ts >= at)
    const until = all.filter(({ ts }) => ts <= at)
    assert.deepEqual(await world.json([...DEVICE, '--since', at]), since)
    assert.deepEqual(await world.json([...DEVICE, '--since', at.replace('Z', '')]), since)
    const there = new Date(Date.parse(at) + 3_600_000).toISOString().replace('Z', '+01:00')
    assert.deepEqual(await world.json([...DEVICE, '--since', there]), since)
    assert.deepEqual(await world.json([...DEVICE, '--until', at]), until)
    assert.equal((await messages('--since', '1000d 1h')).length, all.length)
    assert.deepEqual(await messages('--until', '1000d'), [])
    assert.deepEqual(await messages('--since', '2999-12-31'), [])
  })

  test('a time or a pattern that is none is refused before anything is asked of the server', async () => {
    world.requests()
    for (const [option, value] of [
      ['--since', 'yesterday'],
      ['--since', '2024-02-30'],
      ['--until', '2024-01-31T25:00'],
      ['--until', '-1h'],
      ['--grep', '('],
    ] as const) {
      const { code, stdout } = await world.run([...DEVICE, `${option}=${value}`])
      assert.equal(code, 2, value)
      assert.match(stdout, new RegExp(`^Error: Option "${option}" has incorrect value "`), value)
    }
    const { stdout } = await world.run([...DEVICE, '--since', '1h', '--until', '1d 2h'])
    assert.match(stdout, /^Error: The time of "--since" is after that of "--until"/)
    assert.deepEqual(world.requests(), [])
  })

  test('a pattern that explodes ends with the command', async () => {
    const control = new AbortController()
    const choice = logChoice({ grep: '(?=a)(a+)+$' }, control.signal, 0)
    const matching = choice?.matches({ ts: '', type: '', msg: `${'a'.repeat(60)}!` })
    assert.ok(matching instanceof Promise)
    control.abort(new Error('stopped'))
    await assert.rejects(matching, /stopped/)
  })

  test('on a terminal nothing is asked between the pages', async () => {
    const { stdout } = await world.run([...DEVICE, '--type', 'log'], [''])
    assert.doesNotMatch(stdout, /Press <Enter>/)
    assert.equal(stdout.match(/ line \d+$/gm)?.length, 250)
  })
})

test('log stream warns of a type that no entry has, before it waits for one', async () => {
  const warned: string[] = []
  const context = {
    signal: new AbortController().signal,
    quiet: true,
    warn: (text: string) => void warned.push(text),
    info: () => undefined,
    client: async () => ({
      devices: { get: async () => ({ type: 'device', id: 'd1', attributes: {} }) },
      async *logStream() {
        yield { kind: 'closed' }
      },
    }),
  } as unknown as Context
  for (const type of ['errors', 'agent', 'server.error'])
    await group.stream(context, { device: ['0123456789abcdef'], type: [type] })
  assert.deepEqual(warned, [
    'No known type of log entries is "errors"; did you mean "error"? There are agent.error, agent.log, firmware, lastexitcode, powerstate, server.error, server.log, server.sleep, status.',
  ])
})

test('log stream shows the entries of --type and --grep only', async () => {
  const entry = (type: string, msg: string) => ({
    kind: 'entry',
    entry: { device_id: 'd1', ts: '2024-01-31T09:00:00.000Z', type, msg },
  })
  const context = {
    signal: new AbortController().signal,
    quiet: true,
    warn: () => undefined,
    info: () => undefined,
    client: async () => ({
      devices: { get: async () => ({ type: 'device', id: 'd1', attributes: {} }) },
      async *logStream() {
        yield { kind: 'opened', devices: ['d1'] }
        yield entry('agent.error', 'no way')
        yield entry('agent.error', 'yes')
        yield entry('agent.log', 'no error')
        yield { kind: 'closed' }
      },
    }),
  } as unknown as Context
  const options = { device: ['0123456789abcdef'], type: ['error'], grep: '^no' }
  const result = await group.stream(context, options)
  assert.deepEqual(
    (await collect(result.items)).map(({ msg }) => msg),
    ['no way'],
  )
})
