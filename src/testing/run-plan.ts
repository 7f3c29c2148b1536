import { createFinder } from '../entities/finder.ts'
import type { Context } from '../commands/context.ts'
import { listOf } from '../commands/options.ts'
import type { OptionValues } from '../commands/row.ts'
import type { Listed } from '../entities/kinds.ts'
import { ImptError } from '../output/error.ts'
import { named, outdated } from '../output/messages.ts'
import { libraryFiles, libraryFolders } from '../session/library-folders.ts'
import { requireTest, type TestContent } from '../session/test-file.ts'
import type { CoveragePlan } from '../coverage/plan.ts'
import { coveragePlanOf } from './coverage.ts'
import { parseTime } from './duration.ts'
import { parseSelection, type Selection } from './selection.ts'

/** What a run was asked for. */
export interface RunPlan {
  readonly config: TestContent
  readonly selection: Selection
  /** The pattern as it was typed. */
  readonly pattern: string
  readonly clearCache: boolean
  readonly parallel: number
  readonly repeat: number
  readonly keepBuilds: boolean
  /** The JSON answer holds the counts and the sessions. */
  readonly shows: boolean
  /** How often what a device or the cloud kept from a verdict is done again. */
  readonly retries: number
  /** Milliseconds for which other users of the log stream are waited for. */
  readonly wait: number
  readonly group: string | undefined
  readonly coverage: CoveragePlan | undefined
  /** Where `#require` looks before all else. */
  readonly libraries: readonly string[]
}

const DEFAULT_WAIT = '10m'

/** Reads the test configuration and the options. Throws USAGE and FILE before anything is asked of the server. */
export async function readPlan(context: Context, options: OptionValues): Promise<RunPlan> {
  const pattern = (options.tests as string | undefined) ?? ''
  const selection = parseSelection(pattern)
  const config = await requireTest(context.directory)
  return {
    config,
    selection,
    pattern,
    clearCache: options['clear-cache'] === true,
    parallel: (options.parallel as number | undefined) ?? 1,
    repeat: (options.repeat as number | undefined) ?? 1,
    retries: (options['retry-no-verdict'] as number | undefined) ?? 0,
    wait: parseTime((options.wait as string | undefined) ?? DEFAULT_WAIT, 'wait'),
    keepBuilds: options['keep-builds'] === true,
    shows: options['show'] === true,
    group: options.dg as string | undefined,
    coverage: await coveragePlanOf(context, options, config),
    libraries: [
      ...libraryFiles(context.directory, listOf(options, 'library')),
      ...libraryFolders(context.directory, [...listOf(options, 'libraries'), ...(config.libraries ?? [])]),
    ],
  }
}

/** The Device Group whose devices run the tests: that of the option, else the configured one. Throws NOT_FOUND with the documented advice. */
export async function groupOf(context: Context, { group, config }: RunPlan): Promise<Listed<'dg'>> {
  const finder = createFinder(await context.client(), context.memory)
  if (group !== undefined) return finder.find('dg', group)
  const saved = await finder.byId('dg', config.deviceGroupId)
  if (saved) return saved
  throw new ImptError(
    'NOT_FOUND',
    outdated(named('Device Group', config.deviceGroupId), 'Test Configuration'),
    {
      hint: 'Use "impt test delete" command to delete the outdated Test Configuration. Or give it another group: "impt test update --dg ..."',
    },
  )
}
