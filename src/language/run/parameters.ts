import type { OptionRow, Signature, Type, WordRow } from '../../commands/row.ts'
import { variableOf } from '../syntax/parameters.ts'
import type { Parameter } from '../syntax/tree.ts'
import { TYPES, value } from '../values/types.ts'

/** A parameter that takes no value: of type flag, or in a function one without type and default. */
function isFlag(parameter: Parameter, ofFunction: boolean): boolean {
  if (parameter.style !== 'option') return false
  return (
    parameter.type === 'flag' ||
    (ofFunction && parameter.type === undefined && parameter.fallback === undefined)
  )
}

/** The signature of a function, or of a script with `param` lines: names are those of the variables (language.md 2.8 and 2.13). */
export function signatureOf(
  name: string,
  parameters: readonly Parameter[],
  ofFunction: boolean,
): Signature & { readonly words: readonly WordRow[]; readonly options: readonly OptionRow[] } {
  const words = parameters
    .filter(({ style }) => style === 'positional')
    .map((parameter): WordRow => {
      const optional = parameter.fallback === undefined ? {} : { optional: true as const }
      return { name: parameter.name.text, type: typeOf(parameter), ...optional, ...choicesOf(parameter) }
    })
  const rest = parameters.find(({ style }) => style === 'rest')
  if (rest !== undefined) {
    const dashes = ofFunction ? { dashes: 'unknown' as const } : {}
    words.push({ name: rest.name.text, type: typeOf(rest), many: true, optional: true, ...dashes })
  }
  const options = parameters
    .filter(({ style }) => style === 'option')
    .map((parameter): OptionRow => {
      const flag = isFlag(parameter, ofFunction)
      const { letter, fallback } = parameter
      return {
        name: parameter.name.text,
        kind: flag ? 'flag' : 'text',
        type: flag ? TYPES.bool : typeOf(parameter),
        summary: '',
        ...choicesOf(parameter),
        ...(letter !== undefined && { letter }),
        ...(!flag && fallback === undefined && { required: true as const }),
      }
    })
  return { name, words, options }
}

function choicesOf({ choices }: Parameter): { readonly choices?: readonly string[] } {
  return choices === undefined ? {} : { choices }
}

function typeOf(parameter: Parameter): Type {
  return parameter.type === undefined ? value : TYPES[parameter.type]
}

/** The values of parameters by their variables; flags that were not given are false, what is absent here gets its default. */
export function variablesOf(
  parameters: readonly Parameter[],
  ofFunction: boolean,
  values: { readonly [name: string]: unknown },
): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const parameter of parameters) {
    const given = values[parameter.name.text]
    if (given !== undefined) found.set(variableOf(parameter), given)
    else if (isFlag(parameter, ofFunction)) found.set(variableOf(parameter), false)
  }
  return found
}
