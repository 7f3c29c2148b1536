import { readScript } from './script-file.ts'
import { compileBlock, compileBody, type Use } from './block.ts'
import { placeOf, withValue } from './eval.ts'
import { compileExpression } from './expression.ts'
import { compileWord } from './word.ts'
import { environmentText } from './statement.ts'
import { convert } from '../values/convert.ts'
import { located, raise, RETURN, ScriptError } from '../values/fault.ts'
import { placeholderNamed } from './dispatch.ts'
import { type Eval, type Frame, type Task, taskWith, taskWithSettings } from './frame.ts'
import { parse } from '../syntax/parse.ts'
import { directoryOf, pathIn } from './path.ts'
import { type Place, positionOf, type Source } from '../syntax/source.ts'
import type { Choice } from '../../session/session.ts'
import { argumentText } from '../values/text-of.ts'
import type { Script, Setting, SourceFile, With } from '../syntax/tree.ts'
import { visitNodes } from '../syntax/visit.ts'
import { Duration, type Value } from '../values/value.ts'
import { whenAborted } from '../../program/aborted.ts'

/** What was chosen in one account means nothing in another. */
const NOTHING_CHOSEN = { product: undefined, dg: undefined } as const

type Change = (frame: Frame, task: Task) => Promise<Task>

/** `with SETTING { }`: a task of its own for the block; nothing has to be put back. */
export function compileWith(node: With, source: Source, use: Use): Eval {
  const changes = node.settings.map((setting) => compileSetting(setting, source))
  const body = compileBlock(node.body, source, use)
  const timeout = node.settings.find((setting) => setting.kind === 'word' && setting.name === 'timeout')
  const limit = timeout?.kind === 'word' ? compileWord(timeout.value, source) : undefined
  const place = placeOf(source, timeout ?? node)
  return async (frame) => {
    let { task } = frame
    for (const change of changes) task = await change(frame, task)
    if (limit === undefined) return body(frame, [], task)
    const duration = convert(await limit(frame), 'duration', place, 'the timeout') as Duration
    return withLimit(task, duration, place, (limited) => body(frame, [], limited))
  }
}

/** Runs something that is aborted with TIMEOUT after a time: requests, programs and steps. */
export async function withLimit(
  task: Task,
  duration: Duration,
  place: ReturnType<typeof placeOf>,
  run: (task: Task) => Value | Promise<Value>,
): Promise<Value> {
  const controller = new AbortController()
  const error = new ScriptError('TIMEOUT', `not done within ${duration.toString()}`, { place })
  const late = (): void => {
    if (task.machine.changing > 0)
      error.hint = 'the change that was under way may have been done by the server'
    controller.abort(error)
  }
  const deafen = whenAborted(task.signal, () => controller.abort(task.signal.reason))
  const timer = setTimeout(late, Math.min(duration.ms, 2_000_000_000))
  try {
    return await run(taskWith(task, { signal: controller.signal }))
  } catch (thrown) {
    throw controller.signal.reason === error ? error : thrown
  } finally {
    clearTimeout(timer)
    deafen()
  }
}

function compileSetting(setting: Setting, source: Source): Change {
  const place = placeOf(source, setting)
  if (setting.kind === 'confirmed' || setting.kind === 'dry-run') {
    const change = setting.kind === 'confirmed' ? { confirmed: true } : { dryRun: true }
    return (_frame, task) => Promise.resolve(taskWithSettings(task, change))
  }
  if (setting.kind === 'env') {
    const run = compileExpression(setting.value, source)
    return async (frame, task) => {
      const value = await run(frame)
      const text = value === null ? undefined : environmentText(value, setting.value, source)
      return taskWithSettings(task, { env: { ...task.settings.env, [setting.name.text]: text } })
    }
  }
  const { name } = setting
  if (name === 'timeout') return (_frame, task) => Promise.resolve(task)
  const run = compileWord(setting.value, source)
  return async (frame, task) => {
    const text = argumentText(await run(frame), place, `the value of "${name}"`)
    if (name === 'dir') return taskWithSettings(task, { directory: await directoryOf(task, text, place) })
    // Of a login and a target the inner one counts.
    if (name === 'auth')
      return taskWithSettings(task, {
        auth: await directoryOf(task, text, place),
        target: undefined,
        used: undefined,
      })
    if (name === 'target') {
      await assertTarget(task, text, place)
      return taskWithSettings(task, { target: text, auth: undefined, ...NOTHING_CHOSEN })
    }
    if (name === 'product' || name === 'dg')
      return taskWithSettings(task, { [name]: await chosen(task, name, text, place) })
    return taskWithSettings(task, { [name]: text })
  }
}

/** A target that is not there is told at the block, not by the first command in it. */
async function assertTarget({ machine, settings }: Task, name: string, place: Place): Promise<void> {
  try {
    await machine.host.assertTarget?.(name, settings)
  } catch (error) {
    throw located(error, place)
  }
}

/** The same for every target that a script names plainly, before any of it runs; one that goes to other directories may find others there. */
export async function assertTargets(tree: Script, source: Source, task: Task): Promise<void> {
  const named: Setting[] = []
  let moves = false
  visitNodes(tree, (node) => {
    if (node.kind !== 'with') return
    for (const setting of (node as With).settings) {
      if (setting.kind !== 'word') continue
      if (setting.name === 'dir') moves = true
      if (setting.name === 'target') named.push(setting)
    }
  })
  if (moves) return
  for (const setting of named) {
    const [part, ...more] = setting.kind === 'word' ? setting.value.parts : []
    if (part?.kind === 'bare' && more.length === 0)
      await assertTarget(task, part.text, placeOf(source, setting))
  }
}

/** What `with product` and `with dg` fill in; something that a dry run only pretended to make is as good as made. */
async function chosen(task: Task, kind: 'product' | 'dg', text: string, place: Place): Promise<Choice> {
  const { machine, settings, signal } = task
  if (placeholderNamed(machine, kind, text) !== undefined) return { id: text, text, name: null }
  const { line } = positionOf(place.source.text, place.start)
  const call = { settings, signal, where: `${place.source.name}:${line}`, mayAsk: true }
  try {
    const choose = await machine.host.chooser(call)
    return await choose(kind, text)
  } catch (error) {
    throw located(error, place)
  }
}

/** `source FILE`: runs another script in this scope, once; the path is relative to the file that says it. */
export function compileSource(node: SourceFile, source: Source): Eval {
  const run = compileWord(node.path, source)
  const place = placeOf(source, node)
  const read = async (frame: Frame, text: string): Promise<Value> => {
    const { machine } = frame.task
    const path = pathIn(frame.task, text, source)
    if (machine.sourced.has(path)) return null
    let content: string
    try {
      content = await readScript(path)
    } catch (error) {
      throw located(error, place)
    }
    const inner: Source = { name: path, text: content }
    const { tree, diagnostics } = parse(content)
    const [first] = diagnostics
    if (first !== undefined) {
      throw new ScriptError('USAGE', first.message, {
        hint: first.hint,
        place: { source: inner, start: first.start, end: first.end },
      })
    }
    // What could not be run to its end is run again where it is asked for again.
    machine.sourced.add(path)
    try {
      return await compileBody(tree.body, inner, 'print')(frame)
    } catch (error) {
      // `return` leaves the file in which it stands.
      if (error === RETURN) return null
      machine.sourced.delete(path)
      throw error
    }
  }
  return (frame) =>
    withValue(run(frame), (value) => {
      if (typeof value !== 'string') throw raise(place, 'BUG_TYPE', '"source" needs the path of a script')
      return read(frame, value)
    })
}
