import { relative, resolve } from 'node:path'
import type { Context } from '../commands/context.ts'
import type { OptionValues } from '../commands/row.ts'
import { listOf, textOf } from '../commands/options.ts'
import type { Collection } from '../coverage/collection.ts'
import type { CoveragePlan } from '../coverage/plan.ts'
import type { Reached } from '../coverage/report.ts'
import type { Client } from '../impcentral/client.ts'
import { pathOf } from '../impcentral/transport.ts'
import { ImptError } from '../output/error.ts'
import type { TestContent } from '../session/test-file.ts'
import type { Count } from '../squirrel/measure/counted.ts'
import type { Bundle, BundleSettings } from './bundle.ts'
import type { TestFile } from './test-files.ts'
import { addUnreached } from './unreached.ts'

/** What a test run measures beside its verdicts. */
export interface Coverage {
  /** Takes what a build reached on a device. Throws what the server answers. */
  collect(deviceId: string, build: string, bundle: Bundle): Promise<void>
  /** Devices build their code plain again. Never throws. */
  release(deviceIds: readonly string[]): Promise<void>
  /** Writes the reports and tells the ones that are told. Gives the sums, and what falls short of the minimum. Throws FILE. */
  report(): Promise<Reached>
}

/**
 * What the options and the configuration say of coverage; undefined where nothing is measured. Throws USAGE, and FILE for a report that cannot
 * be written, before anything runs.
 */
export async function coveragePlanOf(
  context: Context,
  options: OptionValues,
  config: TestContent,
): Promise<CoveragePlan | undefined> {
  const [minimum, include, exclude] = ['coverage-min', 'coverage-include', 'coverage-exclude'].map(
    (name) => options[name],
  )
  if (options['coverage'] === undefined && minimum === undefined) {
    const idle = [include && 'include', exclude && 'exclude'].find(Boolean)
    if (idle)
      throw new ImptError('USAGE', `Option "--coverage-${idle}" has no effect without --coverage.`, {
        hint: 'Add --coverage',
      })
    return undefined
  }
  const { parseMinimum, parseWishes, prepareCoverage } = await import('../coverage/plan.ts')
  const saved = config.coverage ?? {}
  const plan: CoveragePlan = {
    reports: parseWishes(options['coverage'] === undefined ? ['text'] : listOf(options, 'coverage')),
    minimum: minimum === undefined ? (saved.min ?? {}) : parseMinimum(textOf(options, 'coverage-min') ?? ''),
    include: include ? listOf(options, 'coverage-include') : (saved.include ?? []),
    exclude: exclude ? listOf(options, 'coverage-exclude') : (saved.exclude ?? []),
  }
  await prepareCoverage(plan, context.directory)
  return plan
}

/** Makes ready to measure on these devices. Throws USAGE where they are no virtual ones. */
export async function openCoverage(
  context: Context,
  plan: CoveragePlan,
  client: Client,
  devices: readonly string[],
  bundling: BundleSettings,
  files: readonly TestFile[],
): Promise<Coverage> {
  const [first] = devices
  if (first !== undefined) await read(client, first)
  const [{ createCollection }, { default: picomatch }] = await Promise.all([
    import('../coverage/collection.ts'),
    import('picomatch'),
  ])
  const { directory, width, colour } = context
  const { framework, sources } = bundling
  const left = new Set(
    [
      ...files.flatMap(({ path, partner }) => [path, ...(partner === undefined ? [] : [partner])]),
      ...(framework.kind === 'file' ? [framework.path] : []),
    ].map((path) => resolve(directory, path)),
  )
  const isIncluded = plan.include.length === 0 ? () => true : picomatch([...plan.include])
  const isExcluded = plan.exclude.length === 0 ? () => false : picomatch([...plan.exclude])
  const isMeasured = (path: string) => {
    const name = relative(directory, path).replaceAll('\\', '/')
    return !left.has(path) && isIncluded(name) && !isExcluded(name)
  }
  const collection: Collection = createCollection(directory, isMeasured)
  return {
    async collect(deviceId, build, bundle) {
      for (const count of await read(client, deviceId))
        if (count.deploymentId === build) collection.add(count, bundle[count.side])
    },
    async release(ids) {
      for (const id of ids)
        await client.api.change('DELETE', pathOf('sandbox', 'devices', id, 'coverage')).catch(() => undefined)
    },
    async report() {
      const { reportCoverage } = await import('../coverage/report.ts')
      const known = new Set(Object.keys(collection.data()))
      const wanted = [...Object.values(sources), ...plan.include]
      // An interrupted run reports what it has come to.
      if (!context.signal.aborted)
        await addUnreached(context, collection, bundling.preprocessing, wanted, (path) => {
          return isMeasured(path) && !known.has(path)
        })
      const data = collection.data()
      if (Object.keys(data).length === 0)
        context.warn(
          'No file was measured: see deviceFile and agentFile, --coverage-include and --coverage-exclude',
        )
      return reportCoverage(plan, data, { directory, width, colour }, context)
    },
  }
}

async function read(client: Client, deviceId: string): Promise<readonly Count[]> {
  try {
    const { data } = await client.api.get(pathOf('sandbox', 'devices', deviceId, 'coverage'))
    return data as readonly Count[]
  } catch (error) {
    if (error instanceof ImptError && error.code === 'NOT_FOUND')
      throw new ImptError('USAGE', 'Coverage is measured on virtual devices of the sandbox only.', {
        hint: 'Run the tests with "impt --sandbox test run --coverage"',
        cause: error,
      })
    throw error
  }
}
