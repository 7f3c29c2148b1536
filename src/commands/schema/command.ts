import { ImptError } from '../../output/error.ts'
import { renderJson } from '../../output/json.ts'
import { closest } from '../closest.ts'
import type { Run } from '../context.ts'
import { textOf } from '../options.ts'
import type { CommandRow } from '../row.ts'
import { commandLine, commands, findCommand, findGroup } from '../table/index.ts'
import { documentOf, documentOfMany, partOf, type Part } from './document.ts'

/** `impt schema [COMMAND]`: the JSON Schema of the options and of the JSON of a command, of a group, or of all. */
export const schema: Run = async (context, options, words) => {
  const part = textOf(options, 'of') as Part | undefined
  const document = await documentFor(words, part)
  context.out(renderJson(document))
  return { kind: 'done', touched: null, silent: true }
}

async function documentFor(words: readonly string[], part: Part | undefined) {
  const [first, second = '', ...more] = words
    .flatMap((word) => word.split(/\s+/))
    .filter((word) => word !== '')
  if (first === undefined) {
    if (part !== undefined) throw needsCommand('')
    return documentOfMany('impt: one call of a command', commands)
  }
  const command = more.length === 0 ? findCommand(first, second) : undefined
  if (command !== undefined && (second !== '' || findGroup(first)?.commands.length === 1))
    return part === undefined ? documentOf(command) : partOf(command, part)
  const group = findGroup(first)
  if (group === undefined || second !== '') throw unknown(words.join(' '))
  if (part !== undefined) throw needsCommand(first)
  return documentOfMany(`impt ${first}: one call of a command`, group.commands)
}

function needsCommand(group: string): ImptError {
  return new ImptError('USAGE', 'Option "--of" needs one command.', {
    hint: `such as "impt schema ${group === '' ? 'device' : group} ${exampleOf(group)} --of result"`,
  })
}

function exampleOf(group: string): string {
  return findGroup(group)?.commands.find(({ name }: CommandRow) => name !== '')?.name ?? 'list'
}

function unknown(text: string): ImptError {
  const near = closest(text, commands.map(commandLine))
  return new ImptError('USAGE', `There is no command "${text}".`, {
    hint: near === undefined ? '"impt --help" lists all' : `did you mean "impt schema ${near}"?`,
  })
}
