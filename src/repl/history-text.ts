import { redact, SECRET } from '../commands/bind.ts'
import type { CommandRow } from '../commands/row.ts'
import { commandLine, commands } from '../commands/table/index.ts'
import type { Parsed } from '../language/syntax/parse.ts'
import { commandsIn, imptCommand, typedWords } from './syntax.ts'

/** The long names of all options that take a credential. */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(
  commands.flatMap(({ options }) =>
    options.filter((option) => option.secret === true).map((option) => `--${option.name}`),
  ),
)
const SECRET_VARIABLES =
  /\bIMPT_(?:LOGINKEY|PASSWORD)\s*=\s*(?!=)("(?:[^"\\]|\\[^])*"?|\$?'[^']*'?|[^\s;|(){}]+)/g

/**
 * An input as history may keep it: every credential replaced (repl.md 3.5). Undefined for what is not kept at all: blank input, and input
 * that begins with a space.
 */
export function recordable(text: string, parsed: Parsed): string | undefined {
  if (text.trim() === '' || text.startsWith(' ')) return undefined
  const known = parsed.diagnostics.some(({ severity }) => severity === 'error')
    ? redactedLines(text)
    : redactedCommands(text, parsed)
  return known
    .replace(SECRET_VARIABLES, (all: string, value: string) =>
      value.startsWith('$') && !value.startsWith("$'")
        ? all
        : all.slice(0, all.length - value.length) + SECRET,
    )
    .trimEnd()
}

/** By the parsed commands: the option table says which values are credentials. */
function redactedCommands(text: string, { tree }: Parsed): string {
  const cuts: { start: number; end: number; by: string }[] = []
  for (const node of commandsIn(tree)) {
    const found = imptCommand(node)
    if (found === undefined) {
      cuts.push(...cutsOfUnknown(node.head.text, typedWords(node.args), text))
      continue
    }
    const shown = redact(found.command, found.words)
    found.words.forEach((word, index) => {
      const by = shown[index]?.text ?? word.text
      if (by !== word.text && !word.computed) cuts.push({ start: word.start, end: word.end, by })
    })
  }
  cuts.sort((a, b) => b.start - a.start)
  return cuts.reduce((rest, { start, end, by }) => rest.slice(0, start) + by + rest.slice(end), text)
}

/** A command that we do not know may be a misspelled one: what follows a credential's option is left out to be safe. */
function cutsOfUnknown(
  head: string,
  words: readonly { text: string; start: number; end: number; computed: boolean }[],
  text: string,
) {
  if (head === 'secret')
    return words.filter((word) => !word.computed).map(({ start, end }) => ({ start, end, by: SECRET }))
  const at = words.findIndex((word) => SECRET_OPTIONS.has(word.text.split('=', 1)[0] ?? ''))
  const first = words[at]
  if (first === undefined) return []
  const start = first.start + (text.slice(first.start).split(/[=\s]/, 1)[0] ?? '').length
  const end = words.at(-1)?.end ?? start
  return [{ start, end, by: ` ${SECRET}` }]
}

/** For what does not parse: everything after a credential's option, to the end of its line. A letter counts on the line of its command. */
function redactedLines(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const letters = commands.filter((command) => line.includes(commandLine(command))).flatMap(lettersOf)
      for (const match of line.matchAll(/--[\w-]+|(?<=\s)-[a-z](?![\w-])/g)) {
        if (SECRET_OPTIONS.has(match[0]) || letters.includes(match[0]))
          return `${line.slice(0, match.index + match[0].length)} ${SECRET}`
      }
      return line
    })
    .join('\n')
}

function lettersOf({ options }: CommandRow): readonly string[] {
  return options.flatMap(({ secret, letter }) =>
    secret === true && letter !== undefined ? [`-${letter}`] : [],
  )
}
