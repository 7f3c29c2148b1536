import { bind } from '../../commands/bind.ts'
import { compileExpression } from './expression.ts'
import { convert } from '../values/convert.ts'
import { raise, ScriptError } from '../values/fault.ts'
import type { Frame } from './frame.ts'
import { signatureOf, variablesOf } from './parameters.ts'
import { expandHome } from './path.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Source } from '../syntax/source.ts'
import type { Param, Parameter, Script } from '../syntax/tree.ts'
import type { Value } from '../values/value.ts'

function paramsOf(tree: Script): Param[] {
  return tree.body.filter((statement) => statement.kind === 'param')
}

/**
 * Defines the arguments of a script: by its `param` lines, or as `$args` and `$1` to `$9` without them (language.md 2.13). Throws USAGE,
 * exit code 2, before anything has run.
 */
export async function bindScriptArguments(
  frame: Frame,
  source: Source,
  tree: Script,
  args: readonly string[],
): Promise<void> {
  const params = paramsOf(tree)
  if (params.length === 0) {
    frame.define('args', args)
    for (let number = 1; number <= 9; number += 1) frame.define(String(number), args[number - 1] ?? null)
    return
  }
  const place = { source, start: params[0]?.start ?? 0, end: params.at(-1)?.end ?? 0 }
  const parameters = params.map((param) => param.parameter)
  try {
    const signature = { ...signatureOf(source.name, parameters, false), usage: usageLine(tree, source) }
    const { values, problems } = bind(
      signature,
      args.map((text) => ({ text })),
    )
    const [first] = problems
    if (first !== undefined) throw raise(place, first.code, first.message, first.hint)
    const bound = variablesOf(parameters, false, values)
    for (const parameter of parameters) {
      const variable = variableOf(parameter)
      const value = (bound.get(variable) as Value | undefined) ?? (await fallback(frame, source, parameter))
      frame.define(
        variable,
        isPath(parameter) && typeof value === 'string' ? expandHome(value, frame.task.settings.env) : value,
      )
    }
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    const hint = error.hint ?? `usage: ${usageLine(tree, source)}`
    const shown = error.place?.source.name === source.name ? error.place : undefined
    throw new ScriptError('USAGE', error.message, { hint, exit: 2, place: shown })
  }
}

function isPath(parameter: Parameter): boolean {
  return parameter.type === 'file' || parameter.type === 'dir'
}

async function fallback(frame: Frame, source: Source, parameter: Parameter): Promise<Value> {
  if (parameter.fallback === undefined) return null
  const value = await compileExpression(parameter.fallback, source)(frame)
  const { start, end } = parameter.fallback
  if (value === null || parameter.type === undefined) return value
  return convert(value, parameter.type, { source, start, end }, parameter.name.text)
}

/** The help that `impt run x.imptsh --help` prints: the `##` lines, usage, types and defaults. */
export function scriptHelp(tree: Script, source: Source): string {
  const params = paramsOf(tree)
  const rows = params.map((param) => [shape(param.parameter), detail(param, source)] as const)
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  const lines = [...tree.help, ...(tree.help.length > 0 ? [''] : []), `usage: ${usageLine(tree, source)}`]
  if (rows.length > 0) lines.push('')
  for (const [name, text] of rows) lines.push(`  ${name.padEnd(width)}  ${text}`.trimEnd())
  return `${lines.join('\n')}\n`
}

function usageLine(tree: Script, source: Source): string {
  const words = paramsOf(tree).map(({ parameter }) => {
    const text = shape(parameter)
    return parameter.fallback !== undefined || parameter.style === 'rest' || parameter.type === 'flag'
      ? `[${text}]`
      : text
  })
  return ['impt run', source.name, ...words].join(' ')
}

function shape({ name, style, letter, type }: Parameter): string {
  if (style === 'rest') return `${name.text.toUpperCase()}...`
  if (style === 'positional') return name.text.toUpperCase()
  const option = letter === undefined ? `--${name.text}` : `-${letter}, --${name.text}`
  return type === 'flag' ? option : `${option} ${(type ?? 'text').toUpperCase()}`
}

function detail({ parameter, comment }: Param, source: Source): string {
  const { type, fallback: value } = parameter
  const parts = [
    ...(comment === undefined ? [] : [comment]),
    ...(type === undefined || parameter.style === 'option' ? [] : [`(${type})`]),
    ...(value === undefined ? [] : [`default: ${source.text.slice(value.start, value.end)}`]),
  ]
  return parts.join('  ')
}
