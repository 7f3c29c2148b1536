import { formatSquirrel } from '../../squirrel/format.ts'
import type { Run } from '../context.ts'
import { formatFiles } from '../format-files.ts'
import { flagOf, textOf } from '../options.ts'

/** `impt squirrel format FILE...`. Throws what `formatFiles` throws. */
export const format: Run = async (context, options, names) => {
  const indent = textOf(options, 'indent') ?? '4'
  const unit = indent === 'tab' ? '\t' : ' '.repeat(Number(indent))
  const lines: string[] = []
  const files = await formatFiles(names, {
    directory: context.directory,
    format: (text) => formatSquirrel(text, unit),
    command: 'impt squirrel format',
    checker: 'impt squirrel check',
    check: flagOf(options, 'check'),
    diff: flagOf(options, 'diff'),
    quiet: context.quiet,
    out: (text) => void lines.push(text),
  }).finally(() => {
    for (const line of lines.join('').split('\n').slice(0, -1)) context.info(line)
  })
  return context.quiet ? { kind: 'record', record: { files } } : { kind: 'done', touched: null }
}
