import { parse } from '../syntax/parse.ts'
import { namesIn } from '../syntax/target.ts'
import type { Source } from '../syntax/source.ts'
import type { Import } from '../syntax/tree.ts'
import { closest } from '../../commands/closest.ts'
import { located, raise, RETURN, ScriptError } from '../values/fault.ts'
import { putField, type Value } from '../values/value.ts'
import { compileBody } from './block.ts'
import { placeOf } from './eval.ts'
import { type Callable, type Eval, Frame, type Task } from './frame.ts'
import { pathIn } from './path.ts'
import { readScript } from './script-file.ts'

/** What a module shows: what it marks with `export`. */
export interface Module {
  readonly functions: ReadonlyMap<string, Callable>
  readonly values: ReadonlyMap<string, Value>
}

/** `import`: the module runs once in a run, in a scope of its own; only what it exports is visible here. */
export function compileImport(node: Import, source: Source): Eval {
  const place = placeOf(source, node.path)
  return async (frame) => {
    const path = pathIn(frame.task, node.path.text, source)
    const module = await moduleAt(frame.task, path, place)
    if (node.alias === undefined) {
      for (const name of node.names) take(frame, module, name.text, placeOf(source, name), node.path.text)
      return null
    }
    const { text: alias } = node.alias
    frame.functions ??= new Map()
    for (const [name, callable] of module.functions) frame.functions.set(`${alias}.${name}`, callable)
    const values: Record<string, Value> = {}
    for (const [name, value] of module.values) putField(values, name, value)
    frame.define(alias, values)
    return null
  }
}

function take(
  frame: Frame,
  { functions, values }: Module,
  name: string,
  place: ReturnType<typeof placeOf>,
  path: string,
): void {
  const callable = functions.get(name)
  const value = values.get(name)
  if (callable !== undefined) (frame.functions ??= new Map()).set(name, callable)
  else if (value !== undefined) frame.define(name, value)
  else {
    const all = [...functions.keys(), ...values.keys()]
    const near = closest(name, all)
    const hint = near === undefined ? `it exports ${all.join(', ') || 'nothing'}` : `did you mean "${near}"?`
    throw raise(place, 'BUG_NAME', `"${path}" exports no "${name}"`, hint)
  }
}

async function moduleAt(task: Task, path: string, place: ReturnType<typeof placeOf>): Promise<Module> {
  const { modules } = task.machine
  const known = modules.get(path)
  if (known === 'running')
    throw raise(
      place,
      'BUG_NAME',
      `"${path}" imports itself, at last`,
      'a cycle of imports has no first module',
    )
  if (known !== undefined) return known
  modules.set(path, 'running')
  try {
    const module = await runModule(task, path, place)
    modules.set(path, module)
    return module
  } catch (error) {
    modules.delete(path)
    if (error instanceof ScriptError && error.place?.source.name === path)
      error.calls.push({ name: path, place })
    throw error
  }
}

async function runModule(task: Task, path: string, place: ReturnType<typeof placeOf>): Promise<Module> {
  let text: string
  try {
    text = await readScript(path)
  } catch (error) {
    throw located(error, place)
  }
  const source: Source = { name: path, text }
  const { tree, diagnostics } = parse(text)
  const [first] = diagnostics
  if (first !== undefined) {
    const { start, end, message, hint } = first
    throw new ScriptError('USAGE', message, { hint, place: { source, start, end } })
  }
  const frame = new Frame(task, null, true)
  try {
    await compileBody(tree.body, source, 'print')(frame)
  } catch (error) {
    // `return` leaves the module, not what imports it.
    if (error !== RETURN) throw error
  }
  const functions = new Map<string, Callable>()
  const values = new Map<string, Value>()
  for (const statement of tree.body) {
    if (statement.kind === 'fn' && statement.exported === true) {
      const callable = frame.functions?.get(statement.name.text)
      if (callable !== undefined) functions.set(statement.name.text, callable)
    } else if (statement.kind === 'let' && statement.exported === true) {
      for (const { text: name } of namesIn(statement.target)) values.set(name, frame.get(name) ?? null)
    }
  }
  return { functions, values }
}
