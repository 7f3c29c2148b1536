import { arrange, type Problem, read } from '../../commands/bind.ts'
import { rowAt } from '../../commands/checks.ts'
import type { Signature, Word } from '../../commands/row.ts'
import type { Kind } from '../../entities/kinds.ts'
import { ImptError } from '../../output/error.ts'
import { compileExpression } from './expression.ts'
import { convert } from '../values/convert.ts'
import { placeholderNamed } from './dispatch.ts'
import { located, raise, ScriptError } from '../values/fault.ts'
import type { Frame } from './frame.ts'
import { signatureOf, variablesOf } from './parameters.ts'
import { expandHome } from './path.ts'
import { variableOf } from '../syntax/parameters.ts'
import { type Place, positionOf, type Source } from '../syntax/source.ts'
import type { Param, Parameter, Script } from '../syntax/tree.ts'
import type { Value } from '../values/value.ts'

function paramsOf(tree: Script): Param[] {
  return tree.body.filter((statement) => statement.kind === 'param')
}

/**
 * Defines the arguments of a script: by its `param` lines, or as `$args` and `$1` to `$9` without them (language.md 2.13). Throws USAGE,
 * exit code 2, before anything has run; NOT_FOUND or AMBIGUOUS where a parameter names an entity (language-2.md B3).
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
  const parameters = params.map((param) => param.parameter)
  const words = args.map((text) => ({ text }))
  const entities: Named[] = []
  try {
    const signature = { ...signatureOf(source.name, parameters, false), usage: usageLine(tree, source) }
    const { values, problems } = read(signature, arrange(signature, words), words)
    const [first] = problems
    if (first !== undefined) {
      const { start, end } = concerned(first, signature, words, params)
      throw raise({ source, start, end }, first.code, first.message, first.hint)
    }
    const bound = variablesOf(parameters, false, values)
    for (const { parameter, start, end } of params) {
      const variable = variableOf(parameter)
      const value = (bound.get(variable) as Value | undefined) ?? (await fallback(frame, source, parameter))
      frame.define(
        variable,
        isPath(parameter) && typeof value === 'string' ? expandHome(value, frame.task.settings.env) : value,
      )
      const kind = kindOf(parameter)
      if (kind === undefined) continue
      for (const text of [value].flat())
        if (typeof text === 'string') entities.push({ kind, text, place: { source, start, end } })
    }
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error
    const hint = error.hint ?? `usage: ${usageLine(tree, source)}`
    const shown = error.place?.source.name === source.name ? error.place : undefined
    throw new ScriptError('USAGE', error.message, { hint, exit: 2, place: shown })
  }
  await assertEntities(frame, entities)
}

/** The `param` line that is wrong, or the first one that got nothing. */
function concerned(
  { word }: Problem,
  signature: Signature,
  words: readonly Word[],
  params: readonly Param[],
): Param {
  const { parts } = arrange(signature, words)
  const plain = parts.filter(({ kind }) => kind === 'word')
  const rowOf = (part: (typeof parts)[number]): string | undefined =>
    part.kind === 'option' ? part.option.name : rowAt(signature, plain.indexOf(part))?.name
  const given = new Set(parts.map(rowOf))
  const wrong = parts.find(
    (part) => part.index === word || ('valueIndex' in part && part.valueIndex === word),
  )
  const found =
    word === undefined
      ? params.find(({ parameter }) => isRequired(parameter) && !given.has(parameter.name.text))
      : params.find(({ parameter }) => parameter.name.text === (wrong && rowOf(wrong)))
  return found ?? (params[0] as Param)
}

function isRequired({ fallback: value, style, type }: Parameter): boolean {
  return value === undefined && style !== 'rest' && type !== 'flag'
}

/** An entity that an argument names. */
interface Named {
  readonly kind: Kind
  readonly text: string
  readonly place: Place
}

function kindOf({ type }: Parameter): Kind | undefined {
  switch (type) {
    case 'product':
    case 'dg':
    case 'device':
    case 'build':
    case 'account':
      return type
    default:
      return undefined
  }
}

/**
 * Throws what the first command would meet that names one of these. Nothing is looked up for a test, which has an impCentral of its own, and
 * nothing where nobody is logged in: the script may do that itself.
 */
async function assertEntities({ task }: Frame, entities: readonly Named[]): Promise<void> {
  const { machine, settings, signal } = task
  const { lookup, test } = machine.options
  const wanted = entities.filter(({ kind, text }) => placeholderNamed(machine, kind, text) === undefined)
  const [one] = wanted
  if (one === undefined || lookup === false || test !== undefined) return
  const { line } = positionOf(one.place.source.text, one.place.start)
  const call = { settings, signal, where: `${one.place.source.name}:${line}`, mayAsk: false }
  let choose: Awaited<ReturnType<typeof machine.host.chooser>> | undefined
  for (const { kind, text, place } of wanted) {
    try {
      choose ??= await machine.host.chooser(call)
      await choose(kind, text)
    } catch (error) {
      if (error instanceof ImptError && error.code === 'AUTH') return
      throw located(error, place)
    }
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
    return isRequired(parameter) ? text : `[${text}]`
  })
  return ['impt run', source.name, ...words].join(' ')
}

function shape({ name, style, letter, type, choices }: Parameter): string {
  if (style === 'rest') return `${name.text.toUpperCase()}...`
  if (style === 'positional') return name.text.toUpperCase()
  const option = letter === undefined ? `--${name.text}` : `-${letter}, --${name.text}`
  if (type === 'flag') return option
  return `${option} ${choices?.join('|') ?? (type ?? 'text').toUpperCase()}`
}

function detail({ parameter, comment }: Param, source: Source): string {
  const { type, fallback: value, choices } = parameter
  const parts = [
    ...(comment === undefined ? [] : [comment]),
    ...(type === undefined || parameter.style === 'option' ? [] : [`(${choices?.join(', ') ?? type})`]),
    ...(value === undefined ? [] : [`default: ${source.text.slice(value.start, value.end)}`]),
  ]
  return parts.join('  ')
}
