import { ImptError } from '../../output/error.ts'
import { counted } from '../../output/messages.ts'
import type { Result } from '../../output/result.ts'
import { visible } from '../../output/visible.ts'
import { impTypeOf, type ImpType } from '../../squirrel/api/table/types.ts'
import { checkedProgram, soloDevice } from '../../squirrel/check.ts'
import type { Context } from '../context.ts'
import { filesOf } from '../format-files.ts'
import { flagOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { compileError, surroundingsOf } from './group.ts'
import { warningsOf } from './lints.ts'
import { readSquirrel } from './source.ts'
import { typeOf } from './type.ts'

/** `impt squirrel check FILE...`: compiles files, and tells what is probably wrong with them. Throws COMPILE, and with `--strict` EXTERNAL. */
export async function check(
  context: Context,
  options: OptionValues,
  names: readonly string[],
): Promise<Result> {
  const surroundings = await surroundingsOf(context, options)
  const given = await filesOf(names, { directory: context.directory, ending: '.nut' })
  const files = await Promise.all(given.map((name) => readSquirrel(context, options, 'device', name)))
  const said = textOf(options, 'type')
  const type = impTypeOf(typeOf(said ?? soloDevice.impType)) as ImpType
  const checked = await Promise.all(
    files.map(async (file) => {
      const { errors, size } = checkedProgram(file.text, file.name, surroundings)
      const lints =
        errors.length > 0
          ? []
          : await warningsOf(
              context,
              file,
              surroundings.libraries,
              said === undefined ? undefined : type.name,
            )
      return { file, errors, size, warnings: [...lints, ...sizeWarnings(file.name, size, type)] }
    }),
  )
  const bad = checked.filter(({ errors }) => errors.length > 0)
  const count = checked.reduce((sum, { warnings }) => sum + warnings.length, 0)
  const fails = bad.length > 0 || (count > 0 && flagOf(options, 'strict'))
  if (context.quiet) {
    const shown = checked.map(({ file, errors, size, warnings }) => ({
      file: file.name,
      errors,
      size,
      warnings,
    }))
    return { kind: 'record', record: { files: shown }, ...(fails ? { failed: true } : {}) }
  }
  for (const { warnings } of checked)
    for (const { file, row, column, code, text } of warnings)
      context.warn(`${visible(file)}:${row}:${column}: ${text} (${code})`)
  if (bad.length > 0)
    throw compileError(
      bad.flatMap(({ file, errors }) => errors.map((error) => ({ error, file }))),
      bad.map(({ file }) => file),
    )
  for (const { file, size } of checked) {
    const room = `${Number(((100 * size) / type.code).toPrecision(2))} % of the room for code on an ${type.name}`
    context.info(`${visible(file.name)} compiles: ${size.toLocaleString('en')} bytes, ${room}.`)
  }
  if (fails) throw new ImptError('EXTERNAL', `${counted(count, 'warning')}, and --strict takes none.`)
  return { kind: 'done', touched: null }
}

/** What is to be said of a size in bytes, which is an estimate. */
function sizeWarnings(file: string, size: number, { name, code: room }: ImpType) {
  const text =
    size > room
      ? `the program is too large for a device: an ${name} does not start it`
      : size >= 0.9 * room
        ? `the program leaves little room on an ${name}; the size is an estimate`
        : undefined
  return text === undefined ? [] : [{ file, row: 1, column: 1, code: 'SQ_SIZE' as const, text }]
}
