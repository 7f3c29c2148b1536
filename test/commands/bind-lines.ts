import { invocationOf, bind } from '../../src/commands/bind.ts'
import type {
  CommandRow,
  Invocation,
  OptionRow,
  OptionValue,
  OptionValues,
  Word,
} from '../../src/commands/row.ts'
import { commandLine, findCommand } from '../../src/commands/table/index.ts'
import { ImptError } from '../../src/output/error.ts'

/** The command of a line such as `dg create`. */
export function commandOf(line: string): CommandRow {
  const [group = '', name = ''] = line.split(' ')
  const command = findCommand(group, name)
  if (command === undefined) throw new Error(`no command ${line}`)
  return command
}

export const wordsOf = (texts: readonly string[]): Word[] => texts.map((text) => ({ text }))

export const bound = (line: string, ...texts: string[]): Invocation =>
  invocationOf(commandOf(line), wordsOf(texts))

/** The message, hint and code of the first thing that is wrong with a line. */
export function refusal(line: string, ...texts: string[]): ImptError {
  try {
    bound(line, ...texts)
  } catch (error) {
    if (error instanceof ImptError) return error
    throw error
  }
  throw new Error(`${line} ${texts.join(' ')} was accepted`)
}

export const messages = (line: string, ...texts: string[]): string[] =>
  bind(commandOf(line), wordsOf(texts)).problems.map(({ message }) => message)

/** A value that an option accepts, and what it becomes. */
export function sample(option: OptionRow): { text: string; value: string | number } {
  if (option.choices) return { text: option.choices[0] ?? '', value: option.choices[0] ?? '' }
  return option.kind === 'integer' ? { text: '5', value: 5 } : { text: 'x', value: 'x' }
}

/** Options that an option cannot stand without. */
const companions: { readonly [place: string]: readonly string[] | undefined } = {
  'auth login pwd': ['--user=u'],
  'test github pwd': ['--user=u'],
  'project create pre-factory': ['--dut=u', '--target=t'],
  'project create dut': ['--pre-factory', '--target=t'],
  'project create target': ['--pre-factory', '--dut=u'],
  'dg create dut': ['--dg-type=factory', '--target=t'],
  'dg create target': ['--dg-type=factory', '--dut=u'],
  'dg create region': ['--dg-type=production'],
  'dg restart time': ['--log'],
  'device restart time': ['--log'],
  'build run time': ['--log'],
}

const companionValues: { readonly [text: string]: readonly [string, string | boolean] } = {
  '--user=u': ['user', 'u'],
  '--dut=u': ['dut', 'u'],
  '--target=t': ['target', 't'],
  '--pre-factory': ['pre-factory', true],
  '--dg-type=factory': ['dg-type', 'factory'],
  '--dg-type=production': ['dg-type', 'production'],
  '--log': ['log', true],
}

/** The fewest words around an option with which a command binds, and what they bind to. */
export function around(
  command: CommandRow,
  tested?: OptionRow,
): { before: string[]; files: string[]; values: OptionValues } {
  const beside = companions[`${commandLine(command)} ${tested?.name}`] ?? []
  const required = command.options.filter((option) => option.required === true && option !== tested)
  const values: Record<string, OptionValue> = {}
  for (const option of required)
    values[option.name] = option.list === true ? [sample(option).text] : sample(option).value
  for (const text of beside) {
    const [name, value] = companionValues[text] ?? ['', '']
    values[name] = value
  }
  return {
    before: [...required.flatMap((option) => [`--${option.name}`, sample(option).text]), ...beside],
    files: (command.words ?? [])
      .filter((word) => word.optional !== true)
      .map((word) => word.choices?.[0] ?? 'f.nut'),
    values,
  }
}
