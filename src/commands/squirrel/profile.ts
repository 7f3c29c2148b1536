import { resolve } from 'node:path'
import { renderJson } from '../../output/json.ts'
import { ImptError } from '../../output/error.ts'
import { replaceFile } from '../../session/atomic-file.ts'
import { namingFile } from '../../session/file-error.ts'
import { assertWritable, tellWritten } from '../../session/writable.ts'
import type { Profile } from '../../squirrel/measure/profiler.ts'
import type { Context } from '../context.ts'
import { textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import { costsOf, type FunctionCost, foldedStacks, ofSides, profileTable } from './profile-report.ts'

/** What `--profile` asks for; `path`, as the user wrote it, is empty for the table. */
export interface ProfileWish {
  readonly kind: 'text' | 'folded' | 'json'
  readonly path: string
}

/** Reads `--profile`; undefined where nothing is measured. Throws USAGE, and FILE for a report that cannot be written. */
export async function profileWish(context: Context, options: OptionValues): Promise<ProfileWish | undefined> {
  const value = textOf(options, 'profile')
  if (value === undefined) return undefined
  if (options['coverage'] !== undefined || options['coverage-min'] !== undefined)
    throw new ImptError('USAGE', '--profile and --coverage exclude each other.', {
      hint: 'Run the file twice: with the same --seed and --start both runs do the same',
    })
  if (value === '' || value === 'text') return { kind: 'text', path: '' }
  const [, kind, path = ''] = /^(folded|json)=(.+)$/s.exec(value) ?? []
  if (kind === undefined)
    throw new ImptError('USAGE', `Option "--profile" has incorrect value "${value}".`, {
      hint: 'Give text, folded=FILE or json=FILE',
    })
  await assertWritable(
    { what: 'profile', name: path, hint: `Give --profile ${kind}=FILE a file` },
    context.directory,
  )
  return { kind: kind as 'folded' | 'json', path }
}

/** Writes or tells the report of a run, of the `sides` that had code; gives what each function cost. Throws FILE. */
export async function tellProfile(
  context: Context,
  { kind, path }: ProfileWish,
  measured: Profile,
  sides: readonly string[],
): Promise<readonly FunctionCost[]> {
  const profile = ofSides(measured, sides)
  const functions = costsOf(profile)
  if (kind === 'text') {
    context.line(profileTable(profile, context.width))
    return functions
  }
  const text = kind === 'folded' ? foldedStacks(profile) : renderJson({ functions })
  await namingFile(path, () => replaceFile(resolve(context.directory, path), text, 'plain'))
  tellWritten(context.note, 'The profile', path)
  return functions
}
