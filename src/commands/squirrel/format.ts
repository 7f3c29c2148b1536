import { ImptError } from '../../output/error.ts'
import { formatSquirrel, squirrelError } from '../../squirrel/format.ts'
import type { Run } from '../context.ts'
import { formatFiles, formatInput } from '../format-files.ts'
import { flagOf, textOf } from '../options.ts'

/** `impt squirrel format FILE...`, `impt squirrel format --stdin`. Throws what `formatFiles` throws, and USAGE without files. */
export const format: Run = async (context, options, names) => {
  const indent = textOf(options, 'indent') ?? '4'
  const unit = indent === 'tab' ? '\t' : ' '.repeat(Number(indent))
  const check = flagOf(options, 'check')
  const diff = flagOf(options, 'diff')
  const lines: string[] = []
  const how = {
    directory: context.directory,
    format: (text: string) => formatSquirrel(text, unit),
    errorOf: squirrelError,
    ending: '.nut',
    command: 'impt squirrel format',
    checker: 'impt squirrel check',
    check,
    diff,
    quiet: context.quiet,
    out: (text: string) => void lines.push(text),
  }
  if (flagOf(options, 'stdin') || names.join() === '-') {
    if (check || diff || (names.length > 0 && names.join() !== '-'))
      throw new ImptError('USAGE', 'Option "--stdin" takes no files and goes with --indent alone.')
    await formatInput(await context.standardInput(), { ...how, out: (text) => context.out(text) })
    return { kind: 'done', touched: null, silent: true }
  }
  if (names.length === 0)
    throw new ImptError('USAGE', 'Nothing to format.', { hint: 'Name files or folders, or give --stdin' })
  const files = await formatFiles(names, how).finally(() => {
    for (const line of lines.join('').split('\n').slice(0, -1)) context.info(line)
  })
  return context.quiet ? { kind: 'record', record: { files } } : { kind: 'done', touched: null }
}
