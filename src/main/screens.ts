import { commandLine, commandsOf, groups, topLevelWords } from '../commands/table/index.ts'
import { renderHelp } from '../commands/help.ts'
import { topicIn } from '../commands/named.ts'

/**
 * The help of the program, of each group and of each command, by the words that name it (none, `device`, `device list`), as a terminal of 80
 * columns or more shows it. The build keeps each in a file of dist/screens/, since making one takes longer than Node's own start may grow.
 */
export function renderScreens(): Readonly<Record<string, string>> {
  const named = [
    '',
    ...groups.flatMap(({ name }) => [name, ...commandsOf(name).map(commandLine)]),
    ...topLevelWords.map(commandLine),
  ]
  return Object.fromEntries(
    named.map((line) => [line, renderHelp(topicIn(line === '' ? [] : line.split(' ')), 80)]),
  )
}
