import { topicIn } from '../commands/argv.ts'
import type { Invocation } from '../commands/row.ts'
import { closest } from '../commands/closest.ts'
import { renderHelp } from '../commands/help.ts'
import { GUIDES } from '../help/guides.ts'
import { ImptError } from '../output/error.ts'
import type { Terminal } from '../output/terminal.ts'
import type { Program } from './program.ts'

/** `impt help`, `impt help language`, `impt help device list`. Gives the exit code. */
export async function help({ terminal }: Program, { words }: Invocation): Promise<number> {
  await terminal.out(await helpText(words, terminal))
  return 0
}

/** The text of a guide, or of the help of a command, a built-in, a word of the prompt or of the grammar. Throws USAGE for other words. */
export async function helpText(
  words: readonly string[],
  { width, colour }: Pick<Terminal, 'width' | 'colour'>,
): Promise<string> {
  const [first] = words
  const columns = Math.min(80, width ?? 80)
  if (first === undefined)
    return `${renderHelp({ kind: 'root' }, columns)}\nGuides:\n${await guideList(width)}`
  const guide = words.length === 1 && Object.hasOwn(GUIDES, first) ? GUIDES[first] : undefined
  if (guide) {
    const { renderMarkdown } = await import('../output/markdown.ts')
    return renderMarkdown((await guide.load()).default, { width: Math.min(100, width ?? 80), colour })
  }
  if (first === 'imp') return apiText(words.slice(1).join(' '))
  const topic = topicIn(words)
  const known = topic.kind === 'root' ? 0 : topic.kind === 'group' || topic.command.name === '' ? 1 : 2
  if (known < words.length) {
    const word = words.length === 1 ? await wordHelp(first, width) : undefined
    if (word !== undefined) return word
    throw new ImptError('USAGE', `There is no help for "${words.join(' ')}".`, {
      hint:
        known === 0
          ? `Guides: ${[...Object.keys(GUIDES), 'imp'].join(', ')}; commands: see "impt --help"`
          : `See "impt help ${first}"${topic.kind === 'group' ? ' for its commands' : ''}`,
    })
  }
  return renderHelp(topic, columns)
}

/** `impt help imp`, `impt help imp imp.wakeup`, `impt help imp uart`: the imp API. */
async function apiText(word: string): Promise<string> {
  const { apiHelp, apiPaths } = await import('../squirrel/api/help.ts')
  const text = apiHelp(word === '' ? undefined : word)
  if (text !== undefined) return text
  const close = closest(word, apiPaths())
  throw new ImptError('USAGE', `The imp API has no "${word}".`, {
    hint: close === undefined ? 'See "impt help imp" for its objects' : `Did you mean "${close}"?`,
  })
}

/** The help of a word of the language or of the prompt. */
async function wordHelp(name: string, width: number | undefined): Promise<string | undefined> {
  const [{ KEYWORD_HELP }, { wrapWords }] = await Promise.all([
    import('../help/keywords.ts'),
    import('../output/wrap.ts'),
  ])
  if (Object.hasOwn(KEYWORD_HELP, name)) {
    const { usage, text, example } = KEYWORD_HELP[name] as (typeof KEYWORD_HELP)[string]
    const lines = wrapWords(text, Math.min(width ?? 100, 100) - 2, '  ')
    return `${usage}\n${lines.join('\n')}\n\nExamples:\n  ${example}\n`
  }
  const [{ findBuiltIn }, { helpOf }, { findReplWord }] = await Promise.all([
    import('../language/builtins/index.ts'),
    import('../language/builtins/help-text.ts'),
    import('../repl/words/index.ts'),
  ])
  const found = findBuiltIn(name) ?? findReplWord(name)
  return found && helpOf(found, width)
}

async function guideList(width: number | undefined): Promise<string> {
  const { hanging } = await import('../output/wrap.ts')
  return [
    ...Object.entries(GUIDES).map(([name, { summary }]) => [name, summary] as const),
    ['imp', 'The imp API of devices and agents; "impt help imp NAME" tells about a member.'] as const,
  ]
    .flatMap(([name, summary]) => hanging(`  impt help ${name.padEnd(12)} ${summary}`, width))
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}
