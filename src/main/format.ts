import { formatFiles, formatInput } from '../commands/format-files.ts'
import type { Invocation } from '../commands/row.ts'
import { formatScript, scriptError } from '../language/format.ts'
// Which arguments are values is known only with the built-ins.
import '../language/builtins/index.ts'
import { ImptError } from '../output/error.ts'
import { wholeInput } from '../program/whole-input.ts'
import type { Program } from './program.ts'

/** `impt fmt FILE...`, `impt fmt --stdin`. Gives the exit code; throws what `formatFiles` throws, and USAGE without files. */
export async function formatScripts(
  { terminal, signal }: Program,
  { options, words }: Invocation,
): Promise<number> {
  const check = options.check === true
  const diff = options.diff === true
  const how = {
    directory: process.cwd(),
    format: formatScript,
    errorOf: scriptError,
    ending: '.imptsh',
    command: 'impt fmt',
    checker: 'impt check',
    check,
    diff,
    out: (text: string) => terminal.out(text),
  }
  if (options.stdin !== true && words.join() !== '-') {
    if (words.length === 0)
      throw new ImptError('USAGE', 'Nothing to format.', { hint: 'Name scripts, or give --stdin' })
    await formatFiles(words, how)
    return 0
  }
  if (check || diff || (words.length > 0 && words.join() !== '-'))
    throw new ImptError('USAGE', 'Option "--stdin" takes no files and goes with no other option.')
  await formatInput(await wholeInput(process.stdin, signal), how)
  return 0
}
