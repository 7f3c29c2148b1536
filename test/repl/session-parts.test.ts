import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test } from 'node:test'
import { parse } from '../../src/language/syntax/parse.ts'
import { ImptError } from '../../src/output/error.ts'
import type { LogEntry } from '../../src/output/result.ts'
import { hintFor, suggestionFor } from '../../src/repl/hints.ts'
import { mayPage, repeats } from '../../src/repl/input.ts'
import { createJobs, logLine } from '../../src/repl/jobs/jobs.ts'
import { paint } from '../../src/repl/paint.ts'
import { createParser } from '../../src/repl/syntax.ts'
import { EMPTY } from '../../src/repl/editor/state.ts'

const parser = createParser()

describe('suggestions', () => {
  const history = [
    'device list',
    'device list --online',
    'product delete --product x',
    'auth login --pwd ‹secret›',
  ].map((text, at) => ({ text, at, context: at === 0 ? 'here' : 'there' }))

  test('come from this context first, else from the newest entry', () => {
    assert.equal(suggestionFor('dev', history, 'here'), 'ice list')
    assert.equal(suggestionFor('dev', history, 'elsewhere'), 'ice list --online')
  })
  test('offer what deletes only when its command has been typed in full', () => {
    assert.equal(suggestionFor('product del', history, ''), '')
    assert.equal(suggestionFor('product delete', history, ''), ' --product x')
  })
  test('never offer an entry without its secret', () => assert.equal(suggestionFor('auth', history, ''), ''))
})

describe('hints', () => {
  const hint = (text: string, idle = false) =>
    hintFor({ ...EMPTY, text, cursor: text.length }, parser, idle)
      .map((span) => span.text)
      .join('')
  test('describe the option at the cursor', () =>
    assert.match(hint('device list --output '), /--output: .*minimal\|json/))
  test('show a mistake only when no key came for a moment', () => {
    assert.doesNotMatch(hint('device list )'), /expected|unexpected/i)
    assert.notEqual(hint('device list )', true), hint('device list )'))
  })
})

describe('colours', () => {
  const styles = (text: string, cursor = -1) => {
    const known = { isVariable: (name: string) => name === 'x', isFunction: () => false }
    let start = 0
    return paint(text, parser(text), cursor, known).map(({ end, style }) => {
      const piece = `${text.slice(start, end)}:${style}`
      start = end
      return piece
    })
  }
  test('tell known from unknown commands, options and variables', () => {
    assert.deepEqual(
      styles('device list --online').filter((one) => !one.startsWith(' ')),
      ['device:command', 'list:command', '--online:option'],
    )
    assert.ok(styles('devise list').includes('devise:unknown'))
    assert.ok(styles('device lost').includes('lost:unknown'))
    assert.ok(styles('device list --onlin').includes('--onlin:unknown'))
    assert.ok(styles('print $x $y').includes('$x:variable'))
    assert.ok(styles('print $x $y').includes('$y:unknown-variable'))
  })
  test('do not call a word unknown that is being typed', () => {
    assert.ok(styles('devi', 4).includes('devi:command'))
    assert.ok(styles('device li', 9).includes('li:plain'))
  })
  test('cover the text without gaps', () => {
    for (const text of ['a "b', 'x | y { z', '日本 )', '$', 'let x = [1, 2'])
      assert.equal(
        paint(text, parser(text), 0, { isVariable: () => true, isFunction: () => true }).at(-1)?.end,
        text.length,
      )
  })
})

test('loops and streams are told apart from what may be paged', () => {
  const of = (text: string) => [repeats(parse(text), text), mayPage(parse(text), text)]
  assert.deepEqual(of('device list'), [false, true])
  assert.deepEqual(of('device list | each { device info --device $it.id }'), [true, false])
  assert.deepEqual(of('log stream --dg dev'), [false, false])
  assert.deepEqual(of('test run'), [false, false])
  assert.deepEqual(of('build run --log'), [false, false])
  assert.deepEqual(of('build run -l'), [false, false])
  assert.deepEqual(of('build run'), [false, true])
  assert.deepEqual(of('for x in [1] { print $x }'), [true, false])
  assert.deepEqual(of('device info --device x | get name'), [false, true])
})

describe('jobs', () => {
  async function* entries(count: number): AsyncGenerator<LogEntry> {
    for (let index = 0; index < count; index++)
      yield { ts: '2026-01-01T10:00:00.000Z', type: 'agent.log', msg: `line ${index}`, device_id: 'd1' }
  }

  test('show at most 50 lines a second and count the others', async () => {
    const lines: string[] = []
    const jobs = createJobs({
      deviceName: () => 'lab',
      show: (rows) => lines.push(...rows.map((row) => row.map((span) => span.text).join(''))),
      changed: () => undefined,
      now: () => 5000,
    })
    const number = jobs.start('log stream', entries(340), new AbortController())
    await jobs.ended(number)
    assert.equal(lines.filter((line) => line.includes('[agent.log]')).length, 50)
    assert.match(lines.join('\n'), /… 290 more lines \(jobs show 1\)/)
    assert.match(lines.at(-1) ?? '', /job 1: closed by the server/)
    assert.equal(jobs.running.length, 0)
    assert.deepEqual(
      jobs.all.map(({ number: job, count, reason, entries: kept }) => [job, count, reason, kept.length]),
      [[1, 340, 'closed by the server (stream limit of the account)', 340]],
    )
  })

  test('show their times as was asked for', async () => {
    const shown = async (time?: 'full' | 'short' | 'delta' | 'epoch') => {
      const lines: string[] = []
      const jobs = createJobs({
        deviceName: () => 'lab',
        show: (rows) => lines.push(...rows.map((row) => row.map((span) => span.text).join(''))),
        changed: () => undefined,
      })
      async function* two(): AsyncGenerator<LogEntry> {
        yield { ts: '2024-01-31T09:00:00.000Z', device_id: 'd', type: 'server.log', msg: 'one' }
        yield { ts: '2024-01-31T09:00:01.500Z', device_id: 'd', type: 'server.log', msg: 'two' }
      }
      await jobs.ended(jobs.start('log stream', two(), new AbortController(), { time }))
      return lines.slice(0, 2).map((line) => line.split(' ')[0])
    }
    assert.deepEqual(await shown('full'), ['2024-01-31T09:00:00.000Z', '2024-01-31T09:00:01.500Z'])
    assert.deepEqual(await shown('short'), ['09:00:00.000', '09:00:01.500'])
    assert.deepEqual(await shown('delta'), ['+0.000s', '+1.500s'])
    assert.deepEqual(await shown('epoch'), ['1706691600.000', '1706691601.500'])
    assert.match((await shown())[0] ?? '', /^\d\d:\d\d:00$/)
  })

  test('stay listed with their reason and their lines when they ended, and their numbers are not given again', async () => {
    const told: string[] = []
    const jobs = createJobs({
      deviceName: () => undefined,
      show: (rows) => told.push(...rows.map((row) => row.map((span) => span.text).join(''))),
      changed: () => undefined,
    })
    async function* loggedOut(): AsyncGenerator<LogEntry> {
      yield* entries(3)
      throw new ImptError('AUTH', 'Access token is expired.')
    }
    for (const [title, items] of [
      ['log stream --dg a', entries(2)],
      ['log stream --dg b', loggedOut()],
    ] as const) {
      await jobs.ended(jobs.start(title, items, new AbortController()))
    }
    const stopper = new AbortController()
    const endless = async function* (): AsyncGenerator<LogEntry> {
      yield* entries(1)
      if (!stopper.signal.aborted) await once(stopper.signal, 'abort')
      throw new Error('aborted')
    }
    const third = jobs.start('log stream --dg c', endless(), stopper)
    assert.deepEqual(
      jobs.running.map(({ number }) => number),
      [3],
    )
    assert.equal(await jobs.stop(third), true)
    assert.equal(await jobs.stop(third), false)
    assert.equal(jobs.mute(1), undefined)
    assert.deepEqual(
      jobs.all.map(({ number, count, reason }) => [number, count, reason]),
      [
        [1, 2, 'closed by the server (stream limit of the account)'],
        [2, 3, 'Access token is expired; after "auth login", start it again with: bg log stream --dg b'],
        [3, 1, 'stopped'],
      ],
    )
    assert.ok(told.some((line) => line.startsWith('job 2: Access token is expired; after "auth login"')))
    for (let count = 0; count < 30; count++)
      await jobs.ended(jobs.start('log stream', entries(1), new AbortController()))
    assert.equal(jobs.all.length, 20)
    assert.equal(jobs.all.at(-1)?.number, 33)
  })

  test('keep the last 10,000 lines', async () => {
    let seen = 0
    const jobs = createJobs({
      deviceName: () => undefined,
      show: () => undefined,
      changed: () => (seen = Math.max(seen, jobs.get(1)?.entries.length ?? 0)),
    })
    let release = () => {}
    async function* long() {
      yield* entries(25_000)
      await new Promise<void>((resolve) => {
        release = resolve
      })
    }
    jobs.start('log stream', long(), new AbortController())
    while ((jobs.get(1)?.entries.at(-1)?.msg ?? '') !== 'line 24999')
      await new Promise((resolve) => setImmediate(resolve))
    assert.ok((jobs.get(1)?.entries.length ?? 0) <= 10_000)
    release()
    await jobs.ended(1)
  })

  test('escape what a terminal would obey', () => {
    const text = logLine(
      { ts: 'x', type: '\x1b[1m', msg: 'a\x9b31mb\u202ec\td', device_id: 'evil\x07' },
      () => undefined,
    )
      .map((span) => span.text)
      .join('')
    assert.doesNotMatch(text, /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/)
  })
})
