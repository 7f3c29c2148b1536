import type { Client } from '../impcentral/client.ts'
import { inParallel } from '../impcentral/parallel.ts'
import { ImptError } from '../output/error.ts'
import { renameReferences } from './folder/references.ts'
import type { Change } from './plan/change.ts'
import { stepsOf, type Step } from './steps.ts'
import { carryOutStep, type ApplyOptions, type World } from './step-work.ts'

const JOURNAL = '.impt/journal.jsonl'
export type ApplyEvent =
  | { readonly kind: 'done'; readonly change: Change; readonly id: string | undefined }
  | { readonly kind: 'failed'; readonly change: Change; readonly error: ImptError }
  /** What it depends on failed, or an earlier failure ended the work. */
  | { readonly kind: 'left'; readonly change: Change }

/** What apply made and knows at its end, for the hints. */
export interface Applied {
  /** Ids by path of all that exists now. */
  readonly ids: ReadonlyMap<string, string>
  /** Ids of builds by `<group path>#<index in builds.json>`. */
  readonly builds: ReadonlyMap<string, string>
  /** The minimum supported deployments that were set, by group path. */
  readonly minimums: ReadonlyMap<string, string>
  /** SHA-256 of files of the folder that now say what was made, by path. */
  readonly written: ReadonlyMap<string, string>
}

/**
 * Carries out the changes of a plan, stage by stage: what is needed first comes first, and what is independent runs side by side. Intents
 * and results go to the journal. Every change ends in exactly one event.
 */
export async function apply(
  client: Client,
  changes: readonly Change[],
  options: ApplyOptions,
  tell: (event: ApplyEvent) => void,
): Promise<Applied> {
  const { disk, now } = options
  const ids = new Map(options.ids)
  const types = new Map(options.types)
  const builds = new Map<string, string>()
  const minimums = new Map<string, string>()
  const written = new Map<string, string>()
  const failedPaths = new Set<string>()
  let stopped = false
  let isRenamed = false
  let writing = Promise.resolve()

  const waiting: string[] = []
  // Lines that come while the disk is busy are written together.
  const journal = (line: object) => {
    waiting.push(JSON.stringify({ at: new Date(now()).toISOString(), ...line }))
    writing = writing.then(async () => {
      const lines = waiting.splice(0)
      if (lines.length > 0) await disk.append(JOURNAL, lines.join('\n'))
    })
    return writing
  }
  const checked = new Set<string>()
  const world: World = { client, options, ids, types, builds, minimums, checked, written }

  async function run(step: Step): Promise<void> {
    const dependsOnFailed = step.needs.some((path) => failedPaths.has(path))
    if (stopped || dependsOnFailed || options.signal.aborted) {
      if (dependsOnFailed) for (const path of step.gives) failedPaths.add(path)
      if (!step.isPrelude) for (const change of step.changes) tell({ kind: 'left', change })
      return
    }
    const name = { op: step.op.do, path: step.changes[0]?.path, ...idsOf(step) }
    await journal({ ...name, state: 'intent' })
    let results: readonly (string | ImptError | undefined)[]
    try {
      results = await carryOutStep(step, world)
    } catch (error) {
      if (!(error instanceof ImptError)) throw error
      results = step.changes.map(() => error)
    }
    if ('rename' in step.op && step.op.rename !== undefined && !(results[0] instanceof ImptError))
      isRenamed = true
    step.changes.forEach((change, i) => {
      const result = results[i]
      if (!(result instanceof ImptError)) {
        if (!step.isPrelude) tell({ kind: 'done', change, id: result })
        return
      }
      for (const path of step.gives) failedPaths.add(path)
      if (!options.keepGoing) stopped = true
      tell({ kind: 'failed', change, error: result })
    })
    const failure = results.find((one) => one instanceof ImptError)
    await journal({
      ...name,
      state: failure === undefined ? 'done' : 'failed',
      ...(typeof results[0] === 'string' ? { id: results[0] } : {}),
      ...(failure === undefined ? {} : { error: failure.message }),
    })
  }

  // Before the first name changes: whoever is killed in between has references and groups that agree, and moves no device.
  const { rows, targets } = options.renamed
  const references =
    rows.size + targets.size > 0 && !options.signal.aborted
      ? await renameReferences(disk, options.folder.shas, options.renamed)
      : undefined
  for (const stage of stepsOf(changes)) {
    // Steps of one lane are done in order, lanes side by side.
    await inParallel(stage, async (lane) => {
      for (const step of lane) await run(step)
    })
  }
  await writing
  if (!isRenamed) await references?.undo()
  else for (const [path, sha] of references?.shas ?? []) written.set(path, sha)
  return { ids, builds, minimums, written }
}

function idsOf({ changes }: Step): object {
  const known = changes.flatMap(({ id }) => (id === undefined ? [] : [id]))
  return known.length === 0 ? {} : { ids: known }
}
