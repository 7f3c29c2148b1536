import { located, raise, ScriptError } from '../values/fault.ts'
import { sleep } from '../run/frame.ts'
import { allItems, mapItems } from '../run/items.ts'
import { boolOf } from '../values/operators.ts'
import { block, duration, text, value, whole } from '../values/types.ts'
import { type Block, Duration, Stream, type Value } from '../values/value.ts'
import { builtin, type Call, fails, flag, option, rest, wholeOf, word } from './builtin.ts'
import { each, inParallel, oneByOne, telling } from './each.ts'

const RETRIED = ['NETWORK', 'RATE_LIMIT', 'SERVER', 'TIMEOUT']

/** What runs a block: once for each item, or again and again. */
export const BLOCKS = [
  builtin({
    name: 'map',
    summary: 'The value of the block for each item.',
    input: 'list',
    words: [word('block', block)],
    options: [
      option(
        'parallel',
        whole(1, 16),
        'As many items at once, 1 to 16; the values are in the order of the items.',
      ),
      flag('progress', 'Shows on a terminal how many are done.'),
    ],
    examples: {
      '[1, 2] | map { $it * 10 }': '10\n20',
      '[3, 1, 2] | map --parallel 3 { sleep 1ms; $it * 10 }': '30\n10\n20',
      '[] | map { $it } | count': '0',
    },
    async run(items, { block: body, parallel = 1, progress }, call) {
      const told = telling({ ...call, block: body, delay: undefined }, progress === true, items)
      if (parallel === 1) return mapItems(call.task, items, (item, index) => told.block.run([item, index]))
      const list = await allItems(items)
      const outcomes = call.task.settings.dryRun
        ? await oneByOne(told, list, false)
        : await inParallel(told, list, false, parallel)
      return outcomes.map(({ value: made }) => made)
    },
  }),
  builtin({
    name: 'each',
    summary: 'Runs the block for each item and passes the items on.',
    input: 'list',
    words: [word('block', block)],
    options: [
      option('parallel', whole(1, 16), 'As many items at once, 1 to 16.'),
      flag('keep-going', 'Goes on after an error; one error at the end names all.'),
      flag('report', 'Gives {item, ok, value, error} for each item.'),
      option('delay', duration, 'Waits between items.'),
      flag('progress', 'Shows on a terminal how many are done.'),
    ],
    examples: {
      '[1, 2] | each { print "item $it" }': 'item 1\nitem 2',
      '[1, 2] | each --report { 4 / ($it - 1) } | get ok': 'false\ntrue',
    },
    run: (
      items,
      { block: body, parallel = 1, 'keep-going': keepsGoing, report: reports, delay, progress },
      call,
    ) =>
      each(telling({ ...call, block: body, delay }, progress === true, items), items, {
        width: parallel,
        reports: reports === true,
        keepsGoing: keepsGoing === true || reports === true,
      }),
  }),
  builtin({
    name: 'tee',
    summary: 'Runs the block with the value and passes the value on.',
    input: 'any',
    words: [word('block', block)],
    examples: { '[1, 2] | tee { print ($it | count) } | first': '2\n1', '3 | tee { 4 }': '3' },
    async run(value, { block: body }) {
      const result = await body.run([value])
      if (result instanceof Stream) await result.close()
      return value
    },
  }),
  builtin({
    name: 'do',
    summary: 'Calls a block with these values; what comes through the pipe is the first.',
    input: 'maybe',
    words: [word('block', block), rest('value', value)],
    examples: {
      'let twice = {|x| $x * 2}; do $twice (4)': '8',
      '3 | do {|a, b| $a + $b} (4)': '7',
      'let n = 5; do $n': fails('BUG_ARGS'),
    },
    async run(input, { block: body, value: values }, call) {
      return body.run(input === undefined ? values : [await wholeOf(input, call.place), ...values], call.task)
    },
  }),
  builtin({
    name: 'retry',
    summary: 'Runs the block again after an error, n times in all.',
    input: 'none',
    words: [word('n', whole(1)), word('block', block)],
    options: [
      option('delay', duration, 'Waits before each further try.'),
      flag('backoff', 'Waits twice as long each time, from 1s or --delay.'),
      option('on', text, `The codes of errors that are tried again; ${RETRIED.join(', ')} if absent.`),
    ],
    examples: { 'retry 3 { 5 }': '5', 'retry 2 --on THROWN { throw "no" }': fails('THROWN') },
    run: (_input, { n, block: body, delay, backoff, on }, call) =>
      retry(body, call, {
        n,
        backoff: backoff === true,
        codes: on === undefined ? RETRIED : on.split(',').map((code) => code.trim()),
        pause: delay?.ms ?? (backoff === true ? 1000 : 0),
      }),
  }),
  builtin({
    name: 'wait-until',
    summary: 'Runs the block until it gives true.',
    input: 'none',
    words: [word('block', block)],
    options: [
      option('timeout', duration, 'Gives up after this time; 5m if absent.'),
      option('every', duration, 'The time between two tries; 5s if absent.'),
    ],
    examples: {
      'wait-until { true }': '',
      'wait-until --timeout 1ms --every 1ms { false }': fails('TIMEOUT'),
    },
    run: (_input, { block: body, timeout = new Duration(300_000), every = new Duration(5000) }, call) =>
      waitUntil(body, call, timeout, every),
  }),
]

async function retry(
  body: Block,
  call: Call,
  {
    n,
    backoff,
    codes,
    pause: first,
  }: { n: number; backoff: boolean; codes: readonly string[]; pause: number },
): Promise<Value> {
  let pauseMs = first
  for (let round = 1; ; round += 1) {
    try {
      return await body.run([])
    } catch (thrown) {
      const error = located(thrown, call.place)
      if (!(error instanceof ScriptError) || call.task.signal.aborted || !codes.includes(error.code))
        throw error
      if (round >= n) {
        if (n > 1) error.notes.push(`tried ${n} times`)
        throw error
      }
    }
    await sleep(call.task, pauseMs)
    if (backoff) pauseMs *= 2
  }
}

async function waitUntil(body: Block, call: Call, timeout: Duration, every: Duration): Promise<Value> {
  const end = performance.now() + timeout.ms
  for (;;) {
    const value = await body.run([])
    if (boolOf(value, call.place, 'the value of the block')) return null
    const left = end - performance.now()
    if (left <= 0)
      throw raise(call.place, 'TIMEOUT', `the condition did not become true within ${timeout.toString()}`)
    await sleep(call.task, Math.min(every.ms, left))
  }
}
