import type { OptionRow, Signature, WordRow } from '../../commands/row.ts'
import { usageOf } from '../../commands/bind.ts'
import { commandLine, commandsOf, findGroup } from '../../commands/table/index.ts'
import type { CommandRow } from '../../commands/row.ts'
import { helpOf } from '../../language/builtins/help-text.ts'
import { findBuiltIn } from '../../language/builtins/index.ts'
import { signatureOf } from '../../language/run/parameters.ts'
import { escaped } from '../markdown.ts'
import type { ScriptSymbol } from './names.ts'

/** The help of a command as Markdown. */
export function commandText(command: CommandRow): string {
  const words = (command.words ?? []).map(wordText).join(' ')
  const options = command.options.filter(({ name }) => name !== 'help')
  return [
    code(`${commandLine(command)} ${words}`.trim()),
    escaped(command.summary),
    ...(command.destructive === true ? ['_Takes away or deletes._'] : []),
    options.map((option) => `- \`${dashed(option)}\` ${escaped(option.summary)}`).join('\n'),
  ].join('\n\n')
}

/** The help of an option as Markdown. */
export function optionText(option: OptionRow): string {
  const notes = [
    option.required === true
      ? 'required'
      : option.required === 'project'
        ? 'from the Project file or use'
        : '',
    option.choices ? `${option.choices.length === 1 ? 'only' : 'one of'} ${option.choices.join(', ')}` : '',
    option.default === undefined ? '' : `default ${String(option.default)}`,
    option.list === undefined ? '' : 'may be repeated',
  ].filter(Boolean)
  return [
    code(
      `${dashed(option)}${option.letter === undefined ? '' : `, -${option.letter}`}${option.value === undefined ? '' : ` ${option.value}`}`,
    ),
    escaped(option.summary),
    ...(notes.length > 0 ? [`_${escaped(notes.join('; '))}_`] : []),
  ].join('\n\n')
}

/** What a word at the head of a command is: a built-in or a group of commands; undefined for others. */
export function headText(name: string): string | undefined {
  const builtIn = findBuiltIn(name)
  if (builtIn !== undefined) {
    const [usage = '', ...rest] = helpOf(builtIn, Infinity).split('\n')
    return `${code(usage)}\n\n${code(rest.join('\n').trim(), 'text')}`
  }
  const group = findGroup(name)
  if (group === undefined) return undefined
  const commands = commandsOf(name).filter((row) => row.name !== '')
  return [
    code(`impt ${name}`),
    escaped(group.summary),
    commands.map((row) => `- \`${commandLine(row)}\` ${escaped(row.summary)}`).join('\n'),
  ].join('\n\n')
}

/** What a variable or a function of a script is, as Markdown. */
export function symbolText({ kind, name, definition, from }: ScriptSymbol): string {
  if (definition !== undefined) return code(`fn ${usageOf(functionSignature(definition))}`)
  if (kind === 'import') return `${code(`import ${name}`)}\n\nFrom ${escaped(from ?? '')}.`
  return code(`${kind === 'parameter' ? 'param' : 'let'} ${name}`)
}

/** What a function of a script takes. */
export function functionSignature(definition: NonNullable<ScriptSymbol['definition']>): Signature {
  return signatureOf(definition.name.text, definition.parameters, true)
}

/** A callable as signature help shows it: its words and options in the order of its usage. */
export function parametersOf({
  words = [],
  options = [],
}: Signature): { readonly text: string; readonly option: OptionRow | undefined }[] {
  return [
    ...words.map((word) => ({ text: wordText(word), option: undefined })),
    ...options.filter(({ name }) => name !== 'help').map((option) => ({ text: optionUsage(option), option })),
  ]
}

function wordText({ name, choices, optional, many }: WordRow): string {
  const shown = choices?.join('|') ?? name
  return `${optional === true ? `[${shown}]` : `<${shown}>`}${many === true ? '...' : ''}`
}

function optionUsage(option: OptionRow): string {
  const value = option.kind === 'flag' ? '' : ` <${option.value ?? 'value'}>`
  return option.required === true ? `${dashed(option)}${value}` : `[${dashed(option)}${value}]`
}

function dashed({ name }: OptionRow): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

function code(text: string, language = 'imptsh'): string {
  return `\`\`\`${language}\n${text.replaceAll('```', "'''")}\n\`\`\``
}
