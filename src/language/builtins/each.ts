import { errorRecord } from '../values/error-record.ts'
import { isLeaving, located, ScriptError } from '../values/fault.ts'
import { checkStopped, noteLeft, sleep, type Task, taskWith } from '../run/frame.ts'
import { allItems, type Items, mapItems, noteItem } from '../run/items.ts'
import { Block, Duration, Stream, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'

interface Each extends Call {
  readonly block: Block
  readonly delay: Duration | undefined
}

/** The same call, whose block tells how many items it has done, where somebody sees it. */
export function telling(call: Each, isWanted: boolean, items: Items): Each {
  const show = call.task.machine.host.progress
  if (!isWanted || show === undefined) return call
  const of = items instanceof Stream ? '' : ` of ${items.length}`
  let done = 0
  const run: Block['run'] = async (args, task) => {
    try {
      return await call.block.run(args, task)
    } finally {
      done += 1
      show(items instanceof Stream || done < items.length ? `${done}${of} done` : null)
    }
  }
  return { ...call, block: new Block(run, call.block.names) }
}

/** What became of one item of `each`. */
interface Outcome {
  readonly item: Value
  readonly value: Value
  readonly error?: ScriptError
  /** False where a dry run has only shown what the block would do. */
  readonly ran: boolean
}

/** `each`: for effects; gives the items on. At the end of a statement it prints nothing of its own (language.md 2.9, 2.11). */
export async function each(
  call: Each,
  items: Items,
  { width, reports, keepsGoing }: { width: number; reports: boolean; keepsGoing: boolean },
): Promise<Value> {
  if (width === 1 && !keepsGoing && items instanceof Stream) return eachStream(call, items)
  const list = await allItems(items)
  const outcomes =
    // A dry run counts what it only shows: one item after the other, so that each knows its own.
    width === 1 || call.task.settings.dryRun
      ? await oneByOne(call, list, keepsGoing)
      : await inParallel(call, list, keepsGoing, width)
  if (reports) return outcomes.map(report)
  const failed = outcomes.flatMap((outcome, index) =>
    outcome?.error === undefined ? [] : [{ error: outcome.error, index }],
  )
  if (failed.length > 0) throw summary(call, failed, list.length)
  return call.purpose === 'print' ? null : list
}

function report(outcome: Outcome): Value {
  const { item, value, error, ran } = outcome
  // Of what was not run nobody knows how it would have ended.
  const ok = error !== undefined ? false : ran ? true : null
  return { item, ok, value, error: error === undefined ? null : errorRecord(error), ran }
}

async function eachStream(call: Each, stream: Stream): Promise<Value> {
  const passed = mapItems(call.task, stream, async (item, index) => {
    await pause(call, index)
    await call.block.run([item, index])
    return item
  })
  if (call.purpose !== 'print') return passed
  for await (const item of passed as Stream) void item
  return null
}

async function pause({ delay, task }: Each, index: number): Promise<void> {
  if (index > 0 && delay !== undefined) await sleep(task, delay.ms)
}

/** One item after the other. */
export async function oneByOne(call: Each, list: readonly Value[], keepsGoing: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [index, item] of list.entries()) {
    let broken = 0
    let outcome: Outcome
    try {
      await pause(call, index)
      checkStopped(call.task)
      broken = 1
      outcome = await attempt(call, call.task, item, index, list.length)
    } catch (error) {
      noteLeft(call.task, { done: index, broken, left: list.length - index - broken })
      throw error
    }
    if (outcome.error !== undefined && !keepsGoing) {
      const done = `${index} of ${list.length} items were done, ${list.length - index - 1} not started`
      if (list.length > 1) outcome.error.notes.push(done)
      throw outcome.error
    }
    outcomes.push(outcome)
  }
  return outcomes
}

async function attempt(call: Each, task: Task, item: Value, index: number, count: number): Promise<Outcome> {
  const before = task.machine.suppressed
  const ran = () => task.machine.suppressed === before
  try {
    return { item, value: await call.block.run([item, index], task), ran: ran() }
  } catch (thrown) {
    const error = located(thrown, call.place)
    if (isLeaving(error) || !(error instanceof ScriptError) || task.signal.aborted) throw error
    noteItem(error, item, index, count)
    return { item, value: null, error, ran: ran() }
  }
}

/** At most `width` items at once; the output of each is kept back and printed in the order of the items. */
export async function inParallel(
  call: Each,
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
    // What one item puts into the environment is no other's.
    const settings = { ...call.task.settings, env: { ...call.task.settings.env } }
    const task = taskWith(call.task, { parallel: true, out, settings })
    let outcome: Outcome
    try {
      outcome = await attempt(call, task, item, index, list.length)
    } finally {
      // Also of an item that ends the script.
      outputs[index] = text
    }
    outcomes[index] = outcome
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
  if (ended.stopped !== undefined) {
    // An item that was stopped before it began has printed nothing.
    for (let index = printed; index < next; index += 1) outputs[index] ??= ''
    await flush().catch(() => undefined)
    const done = outcomes.filter((outcome) => outcome !== undefined && outcome.error === undefined).length
    noteLeft(call.task, { done, broken: next - done, left: list.length - next })
    throw ended.stopped as Error
  }
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
  call: Each,
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
