import { afterwards, andThen, placeOf } from './eval.ts'
import { compileExpression, compileItems } from './expression.ts'
import { compileWord } from './word.ts'
import type { Use } from './block.ts'
import { compileCommand } from './command.ts'
import { compileExternal } from './external.ts'
import { allItems } from './items.ts'
import { isBug, located, ScriptError } from '../values/fault.ts'
import type { Eval, Frame } from './frame.ts'
import { printValue } from '../values/print-value.ts'
import { type Piped, ProgramOutput } from './program-output.ts'
import { redirect } from './redirect.ts'
import type { Source } from '../syntax/source.ts'
import { trace } from './trace.ts'
import type { Chain, Command, Expression, External, Pipeline } from '../syntax/tree.ts'
import { Stream, type Value } from '../values/value.ts'

/**
 * What a stage's result is for: the next stage, a value, the end of a statement (the stage may print by itself and give null), or a
 * file, which gets the bytes that a non-terminal would get.
 */
export type Purpose = 'pipe' | 'value' | 'print' | 'file'

/** One stage of a pipeline. `input` is undefined for the first. */
export type StageRun = (frame: Frame, input: Piped | undefined, purpose: Purpose) => Piped | Promise<Piped>

/** Turns `a && b || c` into a function: left to right, same rank. */
export function compileChain(node: Chain, source: Source, use: Use): Eval {
  const first = compilePipeline(node.first, source, use)
  if (node.rest.length === 0) return first
  const rest = node.rest.map(({ operator, pipeline }) => ({
    operator,
    run: compilePipeline(pipeline, source, use),
  }))
  const place = placeOf(source, node)
  return async (frame) => {
    let value: Value = null
    let failure: ScriptError | undefined
    const attempt = async (run: Eval): Promise<void> => {
      failure = undefined
      try {
        value = await run(frame)
      } catch (thrown) {
        const error = located(thrown, place)
        if (!(error instanceof ScriptError) || isBug(error) || frame.task.signal.aborted) throw error
        failure = error
      }
    }
    await attempt(first)
    for (const { operator, run } of rest) {
      if ((operator === '&&') === (failure !== undefined)) continue
      const dropped = failure
      if (dropped !== undefined && frame.task.machine.options.trace)
        trace(frame.task, place, `|| after ${dropped.code}: ${dropped.message}`)
      await attempt(run)
    }
    if (failure !== undefined) throw failure
    return value
  }
}

function compilePipeline(node: Pipeline, source: Source, use: Use): Eval {
  const first = node.first
  if (isExpression(first)) {
    const run = compileExpression(first, source)
    if (node.stages.length === 0 && node.redirect === undefined) return use === 'value' ? run : printed(run)
    const items = node.stages.length === 0 ? run : compileItems(first, source)
    return compileStages((frame) => items(frame), node, source, use)
  }
  return compileStages(compileStage(first, source, use), node, source, use)
}

function isExpression(node: Expression | Command | External): node is Expression {
  return node.kind !== 'command' && node.kind !== 'external'
}

function compileStage(node: Command | External, source: Source, use: Use): StageRun {
  return node.kind === 'command' ? compileCommand(node, source, use) : compileExternal(node, source)
}

function printed(run: Eval): Eval {
  return (frame) => andThen(run(frame), frame, print)
}

function print(frame: Frame, value: Value): Value | Promise<Value> {
  if (value === null) return null
  return printValue(frame.task, value).then(() => null)
}

function compileStages(first: StageRun, node: Pipeline, source: Source, use: Use): Eval {
  const stages = [first, ...node.stages.map((stage) => compileStage(stage, source, use))]
  const target = node.redirect === undefined ? undefined : compileWord(node.redirect.target, source)
  const purpose: Purpose = target === undefined ? use : 'file'
  const place = placeOf(source, node)
  const last = stages.length - 1

  const finish = (frame: Frame, piped: Piped): Value | Promise<Value> => {
    if (target !== undefined) {
      const written = redirect(
        frame,
        piped,
        target,
        node.redirect?.append === true ? 'append' : 'replace',
        place,
      )
      return written instanceof Promise ? (guarded(written, piped) as Promise<Value>) : written
    }
    if (piped instanceof ProgramOutput) {
      const text = piped.text(place)
      return use === 'value' ? text : afterwards(text, frame, print)
    }
    if (use === 'print') return print(frame, piped)
    return piped instanceof Stream && piped.kind === 'list' ? allItems(piped) : piped
  }
  const finishLater = async (frame: Frame, piped: Promise<Piped>): Promise<Value> =>
    finish(frame, await piped)
  const [only] = stages
  if (stages.length === 1 && only !== undefined) {
    return (frame) => {
      const output = only(frame, undefined, purpose)
      return output instanceof Promise ? finishLater(frame, output) : finish(frame, output)
    }
  }
  const later = async (frame: Frame, pending: Promise<Piped>, from: number): Promise<Value> => {
    let piped = await pending
    for (let index = from; index <= last; index += 1) {
      const input = piped
      try {
        const output = (stages[index] as StageRun)(frame, input, index === last ? purpose : 'pipe')
        piped = output instanceof Promise ? await output : output
      } catch (error) {
        await discard(input)
        throw error
      }
    }
    return finish(frame, piped)
  }
  return (frame) => {
    let piped: Piped | undefined
    for (let index = 0; index <= last; index += 1) {
      const input: Piped | undefined = piped
      let output: Piped | Promise<Piped>
      try {
        output = (stages[index] as StageRun)(frame, input, index === last ? purpose : 'pipe')
      } catch (error) {
        if (!(input instanceof Stream) && !(input instanceof ProgramOutput)) throw error
        return discard(input).then(() => {
          throw error
        })
      }
      if (output instanceof Promise) return later(frame, guarded(output, input), index + 1)
      piped = output
    }
    return finish(frame, piped ?? null)
  }
}

async function guarded(output: Promise<Piped>, input: Piped | undefined): Promise<Piped> {
  try {
    return await output
  } catch (error) {
    await discard(input)
    throw error
  }
}

/** Closes what a failed stage has not read. */
async function discard(input: Piped | undefined): Promise<void> {
  if (input instanceof Stream) await input.close()
  else if (input instanceof ProgramOutput) await input.stop()
}
