import type { Source } from '../../coverage/collection.ts'
import type { Reached } from '../../coverage/report.ts'
import type { CoveragePlan } from '../../coverage/plan.ts'
import type { Count } from '../../squirrel/measure/counted.ts'
import type { Context } from '../context.ts'
import { given, listOf, textOf } from '../options.ts'
import type { OptionValues } from '../row.ts'
import type { Side } from '../source-file.ts'
import type { SquirrelFile } from './source.ts'

/** What a run reports: the plan, and the code of its sides. */
export interface Coverage {
  readonly plan: CoveragePlan
  readonly files: Readonly<Partial<Record<Side, SquirrelFile>>>
}

/** What the options say of coverage; undefined where nothing is measured. Throws USAGE, and FILE for a report that cannot be written. */
export async function coverageOf(
  context: Context,
  options: OptionValues,
  files: Coverage['files'],
): Promise<Coverage | undefined> {
  if (options['coverage'] === undefined && options['coverage-min'] === undefined) return undefined
  const { parseMinimum, parseWishes, prepareCoverage } = await import('../../coverage/plan.ts')
  const minimum = textOf(options, 'coverage-min')
  const plan = {
    reports: parseWishes(options['coverage'] === undefined ? ['text'] : listOf(options, 'coverage')),
    minimum: minimum === undefined ? {} : parseMinimum(minimum),
    include: [],
    exclude: [],
  }
  await prepareCoverage(plan, context.directory)
  return { plan, files }
}

/** Writes and tells the reports of a run. Gives the sums, and what is below the minimum. */
export async function tellCoverage(
  context: Context,
  { plan, files }: Coverage,
  counted: readonly Count[],
): Promise<Reached> {
  const [{ createCollection }, { reportCoverage }] = await Promise.all([
    import('../../coverage/collection.ts'),
    import('../../coverage/report.ts'),
  ])
  const { directory, width, colour } = context
  const collection = createCollection(directory, () => true)
  for (const one of counted) {
    const { text: code, lines, path: file } = files[one.side] ?? {}
    if (code !== undefined) collection.add(one, given({ code, lines, file }) as Source)
  }
  const data = collection.data()
  if (Object.keys(data).length === 0) context.warn('No file was measured: the code is none of a file')
  return reportCoverage(plan, data, { directory, width, colour }, context)
}
