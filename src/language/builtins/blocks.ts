import { errorRecord } from '../values/error-record.ts'
import { isLeaving, located, raise, ScriptError } from '../values/fault.ts'
import { checkStopped, sleep, type Task, taskWith } from '../run/frame.ts'
import { allItems, itemsOf, mapItems, noteItem } from '../run/items.ts'
import { boolOf } from '../values/operators.ts'
import { ProgramOutput } from '../run/program-output.ts'
import { Duration, Stream, type Value } from '../values/value.ts'
import type { CompiledBlock } from '../run/arguments.ts'
import type { Call, Implementation } from './call.ts'

function blockOf(call: Call): CompiledBlock {
  if (call.block === undefined) throw raise(call.place, 'BUG_ARGS', `"${call.builtIn.name}" needs a block`)
  return call.block
}

export const map: Implementation = (call) => {
  const block = blockOf(call)
  return mapItems(call.task, itemsOf(call.input, call.place, 'map'), (item, index) =>
    block(call.frame, [item, index]),
  )
}

/** What became of one item of `each`. */
interface Outcome {
  readonly item: Value
  readonly value: Value
  readonly error?: ScriptError
}

/** `each`: for effects; gives the items on. At the end of a statement it prints nothing of its own (language.md 2.9, 2.11). */
export const each: Implementation = async (call) => {
  const items = itemsOf(call.input, call.place, 'each')
  const { options } = call
  const reports = options['report'] === true
  const keepsGoing = options['keep-going'] === true || reports
  const width = parallelWidth(call)
  if (width === 1 && !keepsGoing && items instanceof Stream) return eachStream(call, items)
  const list = await allItems(items)
  const outcomes =
    width === 1 ? await oneByOne(call, list, keepsGoing) : await inParallel(call, list, keepsGoing, width)
  if (reports) return outcomes.map(report)
  const failed = outcomes.flatMap((outcome, index) =>
    outcome?.error === undefined ? [] : [{ error: outcome.error, index }],
  )
  if (failed.length > 0) throw summary(call, failed, list.length)
  return call.purpose === 'print' ? null : list
}

function parallelWidth(call: Call): number {
  const width = call.options['parallel'] ?? 1
  if (typeof width === 'number' && Number.isInteger(width) && width >= 1 && width <= 16) return width
  throw raise(call.place, 'BUG_ARGS', '--parallel takes a number from 1 to 16')
}

function report(outcome: Outcome): Value {
  const { item, value, error } = outcome
  return { item, ok: error === undefined, value, error: error === undefined ? null : errorRecord(error) }
}

async function eachStream(call: Call, stream: Stream): Promise<Value> {
  const block = blockOf(call)
  const passed = mapItems(call.task, stream, async (item, index) => {
    await pause(call, index)
    await block(call.frame, [item, index])
    return item
  })
  if (call.purpose !== 'print') return passed
  for await (const item of passed as Stream) void item
  return null
}

async function pause(call: Call, index: number): Promise<void> {
  const delay = call.options['delay']
  if (index > 0 && delay instanceof Duration) await sleep(call.task, delay.ms)
}

async function oneByOne(call: Call, list: readonly Value[], keepsGoing: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [index, item] of list.entries()) {
    await pause(call, index)
    checkStopped(call.task)
    const outcome = await attempt(call, call.task, item, index, list.length)
    if (outcome.error !== undefined && !keepsGoing) {
      const done = `${index} of ${list.length} items were done, ${list.length - index - 1} not started`
      if (list.length > 1) outcome.error.notes.push(done)
      throw outcome.error
    }
    outcomes.push(outcome)
  }
  return outcomes
}

async function attempt(call: Call, task: Task, item: Value, index: number, count: number): Promise<Outcome> {
  try {
    return { item, value: await blockOf(call)(call.frame, [item, index], task) }
  } catch (thrown) {
    const error = located(thrown, call.place)
    if (isLeaving(error) || !(error instanceof ScriptError) || task.signal.aborted) throw error
    noteItem(error, item, index, count)
    return { item, value: null, error }
  }
}

/** At most `width` items at once; the output of each is kept back and printed in the order of the items. */
async function inParallel(
  call: Call,
  list: readonly Value[],
  keepsGoing: boolean,
  width: number,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const outputs: (string | undefined)[] = []
  let next = 0
  let printed = 0
  let running = 0
  const ended: { stopped?: unknown; failure?: { error: ScriptError; running: number } } = {}
  let flushed: Promise<void> = Promise.resolve()
  const flush = (): Promise<void> => {
    flushed = flushed.then(async () => {
      for (; printed < list.length; printed += 1) {
        const text = outputs[printed]
        if (text === undefined) return
        if (text !== '') await call.task.out(text)
      }
    })
    return flushed
  }
  const runOne = async (index: number): Promise<void> => {
    const item = list[index] as Value
    let text = ''
    const out = (piece: string): void => {
      text += piece
    }
    const outcome = await attempt(
      call,
      taskWith(call.task, { parallel: true, out }),
      item,
      index,
      list.length,
    )
    outcomes[index] = outcome
    outputs[index] = text
    if (outcome.error !== undefined && !keepsGoing)
      ended.failure ??= { error: outcome.error, running: running - 1 }
    await flush()
  }
  const worker = async (): Promise<void> => {
    while (next < list.length && ended.failure === undefined && ended.stopped === undefined) {
      const index = next
      next += 1
      await pause(call, index)
      if (call.task.signal.aborted) checkStopped(call.task)
      running += 1
      try {
        await runOne(index)
      } finally {
        running -= 1
      }
    }
  }
  const guarded = async (): Promise<void> => {
    try {
      await worker()
    } catch (error) {
      ended.stopped ??= error
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, list.length) }, guarded))
  if (ended.stopped !== undefined) throw ended.stopped as Error
  if (ended.failure !== undefined) {
    const done = outcomes.filter((outcome) => outcome !== undefined && outcome.error === undefined).length
    const { error, running: others } = ended.failure
    error.notes.push(
      `${done} ${done === 1 ? 'item was' : 'items were'} done, ${others} ${others === 1 ? 'was' : 'were'} running, ${list.length - next} not started`,
    )
    throw error
  }
  return outcomes
}

/** The one error at the end of `each --keep-going`. */
function summary(
  call: Call,
  failed: readonly { error: ScriptError; index: number }[],
  total: number,
): ScriptError {
  const [only] = failed
  if (only !== undefined && failed.length === 1 && total === 1) return only.error
  const code = failed.every(({ error }) => error.code === only?.error.code)
    ? (only?.error.code ?? 'THROWN')
    : 'THROWN'
  const notes = failed
    .slice(0, 10)
    .map(({ error }) => `${error.item ?? ''}: ${error.message} [${error.code}]`)
  if (failed.length > 10) notes.push(`and ${failed.length - 10} more`)
  return new ScriptError(code, `${failed.length} of ${total} items failed`, {
    place: only?.error.place ?? call.place,
    notes,
    exit: 1,
    cause: only?.error,
  })
}

export const tee: Implementation = async (call) => {
  const input = call.input instanceof ProgramOutput ? await call.input.text(call.place) : (call.input ?? null)
  const value = input instanceof Stream ? await allItems(input) : input
  const result = await blockOf(call)(call.frame, [value])
  if (result instanceof Stream) await result.close()
  return value
}

const RETRIED = ['NETWORK', 'RATE_LIMIT', 'SERVER', 'TIMEOUT']

export const retry: Implementation = async (call) => {
  const [n] = call.args
  if (typeof n !== 'number' || !Number.isInteger(n) || n < 1)
    throw raise(call.place, 'BUG_ARGS', '"retry" needs a whole number from 1')
  const { on, delay, backoff } = call.options
  const codes = typeof on === 'string' ? on.split(',').map((code) => code.trim()) : RETRIED
  let pauseMs = delay instanceof Duration ? delay.ms : backoff === true ? 1000 : 0
  for (let round = 1; ; round += 1) {
    try {
      return await blockOf(call)(call.frame, [])
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
    if (backoff === true) pauseMs *= 2
  }
}

export const waitUntil: Implementation = async (call) => {
  const timeout =
    call.options['timeout'] instanceof Duration ? call.options['timeout'] : new Duration(300_000)
  const every = call.options['every'] instanceof Duration ? call.options['every'] : new Duration(5000)
  const end = performance.now() + timeout.ms
  for (;;) {
    const value = await blockOf(call)(call.frame, [])
    if (boolOf(value, call.place, 'the value of the block')) return null
    const left = end - performance.now()
    if (left <= 0)
      throw raise(call.place, 'TIMEOUT', `the condition did not become true within ${timeout.toString()}`)
    await sleep(call.task, Math.min(every.ms, left))
  }
}
