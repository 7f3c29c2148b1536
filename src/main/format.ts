import { buffer } from 'node:stream/consumers'
import { formatFiles } from '../commands/format-files.ts'
import type { Invocation } from '../commands/row.ts'
import { formatScript } from '../language/format.ts'
import { decodeScript } from '../language/run/script-file.ts'
// Which arguments are values is known only with the built-ins.
import '../language/builtins/index.ts'
import { ImptError } from '../output/error.ts'
import type { Program } from './program.ts'

/** `impt fmt FILE...`, `impt fmt --stdin`. Gives the exit code; throws what `formatFiles` throws, and USAGE without files. */
export async function formatScripts({ terminal }: Program, { options, words }: Invocation): Promise<number> {
  const check = options.check === true
  const diff = options.diff === true
  const isPiped = options.stdin === true || (words.length === 1 && words[0] === '-')
  if (!isPiped) {
    if (words.length === 0)
      throw new ImptError('USAGE', 'Nothing to format.', { hint: 'Name scripts, or give --stdin' })
    await formatFiles(words, {
      directory: process.cwd(),
      format: formatScript,
      command: 'impt fmt',
      checker: 'impt check',
      check,
      diff,
      out: (text) => terminal.out(text),
    })
    return 0
  }
  if (check || diff || (words.length > 0 && words[0] !== '-'))
    throw new ImptError('USAGE', 'Option "--stdin" takes no files and goes with no other option.')
  const text = decodeScript(await buffer(process.stdin), '<stdin>')
  const made = formatScript(text)
  if (made === null)
    throw new ImptError('DATA', 'The script on standard input has an error.', {
      exit: 2,
      hint: 'See "impt check"',
    })
  await terminal.out(made)
  return 0
}
