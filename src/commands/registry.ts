import { cac } from 'cac'
import type { CommandRow, OptionKind, OptionRow, OptionValue, OptionValues } from './row.ts'
import type { OptionPart, Part } from './scan.ts'

/**
 * cac leaves a value alone if it cannot be empty, a number, or start with a dash. NUL in front makes every value so, and no argument
 * holds NUL (bind refuses it).
 */
const GUARD = '\0'

/**
 * Registers a command in a fresh cac, lets it match a line that has passed every check and gives the option values, exactly as typed,
 * by their long names, and the words.
 */
export function collect(
  command: CommandRow,
  parts: readonly Part[],
): { options: OptionValues; words: readonly string[] } {
  const word = command.name === '' ? command.group : command.name
  const cli = cac(`impt ${command.group}`)
  const registered = cli.command(command.words === undefined ? word : `${word} [...words]`, command.summary)
  for (const row of command.options) registered.option(rawName(row), row.summary)
  const { args, options } = cli.parse(['node', cli.name, word, ...guarded(parts)], { run: false })
  const values: Record<string, OptionValue> = {}
  command.options.forEach((row, i) => {
    // The key is cac's own camel case of the name, so it is never made by hand.
    const value: unknown = options[registered.options[i]?.name ?? row.name]
    if (value !== undefined) values[row.name] = valueOf(row, [value].flat().map(bare))
  })
  return { options: values, words: args.map((arg) => String(bare(arg))) }
}

const valueShape: { readonly [kind in OptionKind]: string } = {
  flag: '',
  boolean: ' [value]',
  'optional-text': ' [value]',
  text: ' <value>',
  integer: ' <value>',
}

function rawName(row: OptionRow): string {
  return `${row.letter === undefined ? '' : `-${row.letter}, `}--${row.name}${valueShape[row.kind]}`
}

/** Words first, because cac gives a bare option the word after it; every option in its long spelling. */
function guarded(parts: readonly Part[]): readonly string[] {
  const words = parts.flatMap((part) => (part.kind === 'word' ? [GUARD + part.text] : []))
  return [...words, ...parts.flatMap((part) => (part.kind === 'option' ? [longSpelling(part)] : []))]
}

function longSpelling(part: OptionPart): string {
  const name = `--${part.option.name}`
  if (part.option.kind === 'flag') return name
  if (part.negated) return `${name}=${GUARD}false`
  return part.value === undefined ? name : `${name}=${GUARD}${part.value}`
}

function bare(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(GUARD) ? value.slice(GUARD.length) : value
}

function valueOf(row: OptionRow, given: readonly unknown[]): OptionValue {
  const [value] = given
  // true is what cac gives for an option without a value.
  if (row.kind === 'flag') return true
  if (row.kind === 'boolean') return value === true || value === 'true'
  if (row.kind === 'integer') return Number(value)
  if (row.list === true) return given.map(String)
  return value === true ? '' : String(value)
}
