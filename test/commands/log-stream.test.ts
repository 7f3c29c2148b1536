import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { presentText } from '../../src/commands/present/text.ts'
import type { Context } from '../../src/commands/context.ts'
import { parseLine } from '../../src/commands/argv.ts'
import { commandLine, commands } from '../../src/commands/table/index.ts'
import { group } from '../../src/commands/log.ts'
import type { OptionValues } from '../../src/commands/row.ts'
import { collect } from '../../src/impcentral/paging.ts'
import { callOf } from './calls.ts'
import { openDesk } from '../stories/impt.ts'
import { fc } from '../properties.ts'

const START = Date.parse('2024-01-31T09:00:00.000Z')
const DEVICE = '0123456789abcdef'

interface Entry {
  readonly ts: string
  readonly type: string
  readonly msg: string
}

const entry = (ms: number, msg: string): Entry => ({
  ts: new Date(START + ms).toISOString(),
  type: 'server.log',
  msg,
})

/** A cloud with one device, what it has stored (newest first) and what comes on its stream. */
function contextOf(stored: readonly Entry[], live: readonly Entry[], quiet = true): Context {
  return {
    signal: new AbortController().signal,
    quiet,
    directory: '/',
    defaults: {},
    warn: () => undefined,
    info: () => undefined,
    client: async () => ({
      devices: {
        get: async () => ({ type: 'device', id: DEVICE, attributes: { name: 'Kitchen' } }),
        async *logs() {
          yield* stored
        },
      },
      async *logStream() {
        yield { kind: 'opened', devices: [DEVICE] }
        for (const one of live) yield { kind: 'entry', entry: { device_id: DEVICE, ...one } }
        yield { kind: 'closed' }
      },
    }),
  } as unknown as Context
}

const stream = (context: Context, more: OptionValues) => group.stream(context, { device: [DEVICE], ...more })

describe('impt log stream --since', () => {
  test('gives what is stored first, then what comes, each entry once, wherever the stream began', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: 20 }), { maxLength: 60 }),
        fc.nat(),
        fc.nat(),
        async (steps, from, to) => {
          let ms = 0
          const all = steps.map((step, i) => entry((ms += step), `line ${i}`))
          // The stream begins before the reading of the store ends: what lies between is in both.
          const begin = from % (all.length + 1)
          const end = begin + (to % (all.length - begin + 1))
          const context = contextOf(all.slice(0, end).reverse(), all.slice(begin))
          const { items } = await stream(context, { since: '2024-01-31' })
          assert.deepEqual(
            (await collect(items)).map(({ msg }) => msg),
            all.map(({ msg }) => msg),
          )
        },
      ),
      { numRuns: 300 },
    )
  })

  test('leaves out what is older, and keeps 5,000 lines of one moment and a line of a megabyte', async () => {
    const old = entry(-1000, 'old')
    const many = Array.from({ length: 5000 }, (_, i) => entry(1000, `line ${i}`))
    const big = entry(2000, 'x'.repeat(1_000_000))
    const context = contextOf([old], [...many, big])
    const { items } = await stream(context, { since: '2024-01-31T09:00Z' })
    assert.deepEqual(
      await collect(items),
      [...many, big].map((one) => ({ device_id: DEVICE, ...one })),
    )
  })
})

describe('a log for people', () => {
  const shown = async (more: OptionValues, look: { readonly colour: boolean; readonly width?: number }) => {
    const result = await stream(contextOf([], [entry(0, 'one'), entry(1500, 'two')], false), more)
    return (await collect(presentText(result, look))).join('')
  }

  test('has the names of devices at a terminal, and ids through a pipe as it always had', async () => {
    const time = '2024-01-31T09:00:00.000Z'
    assert.match(
      await shown({}, { colour: false }),
      new RegExp(`^\\[${DEVICE}\\] ${time} \\[server\\.log\\] one\n`),
    )
    assert.match(await shown({}, { colour: false, width: 80 }), new RegExp(`^\\[Kitchen\\] ${time} `))
    assert.match(await shown({ names: true }, { colour: false }), /^\[Kitchen\] /)
    assert.match(await shown({ names: false }, { colour: false, width: 80 }), new RegExp(`^\\[${DEVICE}\\] `))
    assert.match(
      await shown({ names: true, time: 'delta' }, { colour: false }),
      /^\[Kitchen\] \+0\.000s \[server\.log\] one\n\[Kitchen\] \+1\.500s \[server\.log\] two\n$/,
    )
  })

  test('has one colour a device where there are colours', async () => {
    const lines = (await shown({}, { colour: true, width: 80 })).trimEnd().split('\n')
    const [first, second] = lines.map((line) => /^\[(\x1b\[\d+m)Kitchen\x1b\[39m\]/.exec(line)?.[1])
    assert.ok(first !== undefined && first === second, JSON.stringify(lines))
  })
})

describe('--time', () => {
  const followers = commands.filter(({ options }) =>
    options.some(({ name, kind }) => name === 'log' && kind === 'flag'),
  )

  test('is there wherever the logs of devices can be followed, and needs them to be', () => {
    assert.deepEqual(followers.map(commandLine), ['build run', 'device restart', 'dg restart'])
    for (const command of followers) {
      const line = callOf(command)
      assert.equal(parseLine([...line, '--log', '--time', 'short']).kind, 'invocation', line.join(' '))
      assert.throws(
        () => parseLine([...line, '--time', 'short']),
        /"--time" is for the log that "--log" shows/,
      )
    }
  })

  test('shows the times of a restart, a run and a watch that are followed', async (t) => {
    const desk = await openDesk(t)
    await desk.cloud()
    await writeFile(join(desk.folder, 'device.nut'), 'server.log("here")\n')
    await writeFile(join(desk.folder, 'agent.nut'), '')
    const group = ['-g', 'Thermostat Development']
    for (const words of [
      ['device', 'restart', '-d', 'Kitchen'],
      ['dg', 'restart', ...group],
      ['build', 'run', ...group],
      ['build', 'run', ...group, '--watch'],
    ]) {
      const following = desk.start([...words, '--log', '--time', 'epoch'])
      await following.shows(/^\[[0-9a-f]{16}\] \d{10}\.\d{3} \[status\] /m)
      following.child.kill('SIGINT')
      await following.ended
    }
  })
})

test('a running stream shows what was stored, then what comes', async (t) => {
  const desk = await openDesk(t)
  await desk.cloud()
  const following = desk.start([
    'log',
    'stream',
    '-d',
    'Kitchen',
    '--since',
    '30d',
    '--names',
    '--time',
    'short',
  ])
  await following.shows(/^\[Kitchen\] \d\d:\d\d:\d\d\.\d{3} \[status\] Device connected$/m)
  await desk.run(['device', 'restart', '-d', 'Kitchen'])
  await following.shows(/\[status\] Agent restarted/)
  following.child.kill('SIGINT')
  const { code } = await following.ended
  assert.ok(code === 0 || code === 130)
})
