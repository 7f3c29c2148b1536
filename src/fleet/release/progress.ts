import type { Ending, Entry, Placed, ReleasePlan, Verdict } from './types.ts'

type Of<K extends Entry['kind']> = Entry & { readonly kind: K }

/** Where a release stands: all of it follows from its journal. */
export interface Progress {
  /** Groups whose promotion was begun, by id. */
  readonly begun: ReadonlySet<string>
  readonly promoted: ReadonlyMap<string, Of<'promoted'>>
  readonly baselines: ReadonlyMap<number, Of<'baseline'>>
  /** Devices of each wave whose restart was answered, and those that were refused. */
  readonly restarted: ReadonlyMap<
    number,
    { readonly ids: ReadonlySet<string>; readonly failed: Of<'restarted'>['failed'] }
  >
  /** When the last restart of a wave was answered. */
  readonly watchedFrom: ReadonlyMap<number, number>
  readonly verdicts: ReadonlyMap<number, Verdict>
  readonly minimums: ReadonlySet<string>
  readonly paused: Of<'paused'> | undefined
  /** Whether a rule, or somebody else's build, ever stopped it. */
  readonly wasStopped: boolean
  readonly ended: Ending | undefined
}

export function progressOf(entries: readonly Entry[]): Progress {
  const begun = new Set<string>()
  const promoted = new Map<string, Of<'promoted'>>()
  const baselines = new Map<number, Of<'baseline'>>()
  const restarted = new Map<number, { ids: Set<string>; failed: Of<'restarted'>['failed'][number][] }>()
  const watchedFrom = new Map<number, number>()
  const verdicts = new Map<number, Verdict>()
  const minimums = new Set<string>()
  let paused: Of<'paused'> | undefined
  let wasStopped = false
  let ended: Ending | undefined
  for (const entry of entries)
    switch (entry.kind) {
      case 'promote':
        begun.add(entry.group)
        break
      case 'promoted':
        promoted.set(entry.group, entry)
        break
      case 'baseline':
        baselines.set(entry.wave, entry)
        break
      case 'restart':
        break
      case 'restarted': {
        const known = restarted.get(entry.wave) ?? { ids: new Set<string>(), failed: [] }
        for (const id of entry.devices) known.ids.add(id)
        known.failed.push(...entry.failed)
        restarted.set(entry.wave, known)
        watchedFrom.set(entry.wave, entry.at)
        break
      }
      case 'judged':
        verdicts.set(entry.wave, entry.verdict)
        // One line for the verdict and what follows from it: there is no moment in between to be killed in.
        if (!entry.verdict.stop) break
        paused = { kind: 'paused', at: entry.at, why: entry.verdict.why, stopped: true }
        wasStopped = true
        break
      case 'minimum':
        minimums.add(entry.group)
        break
      case 'paused':
        paused = entry
        wasStopped ||= entry.stopped
        break
      case 'resumed':
        paused = undefined
        break
      case 'end':
        ended = entry.how
        break
      default:
        entry satisfies never
    }
  return { begun, promoted, baselines, restarted, watchedFrom, verdicts, minimums, paused, wasStopped, ended }
}

/** Groups that have the build of a release, or may have it: whoever was killed has not written down what came of it. */
export function putBy({ begun, promoted }: Progress): readonly string[] {
  return [...begun].filter((group) => promoted.get(group)?.made !== false)
}

/** What a release does next. */
export type Step =
  | { readonly do: 'promote'; readonly stage: number; readonly group: string }
  | { readonly do: 'baseline'; readonly wave: number }
  | { readonly do: 'restart'; readonly wave: number; readonly devices: readonly Placed[] }
  | { readonly do: 'watch'; readonly wave: number }
  | { readonly do: 'minimum'; readonly group: string }
  | { readonly do: 'finish' }
  | { readonly do: 'wait' }
  | { readonly do: 'nothing' }

/** The next step of a release: pure, so that a release that was killed goes on where its journal ends. */
export function nextStep({ stages, waves, settings }: ReleasePlan, progress: Progress): Step {
  if (progress.ended !== undefined) return { do: 'nothing' }
  if (progress.paused !== undefined) return { do: 'wait' }
  for (const [stage, groups] of stages.entries()) {
    const open = groups.find(({ id }) => !progress.promoted.has(id))
    if (open !== undefined) return { do: 'promote', stage, group: open.id }
    for (const [wave, { stage: of, devices }] of waves.entries()) {
      if (of !== stage || progress.verdicts.has(wave)) continue
      if (!progress.baselines.has(wave)) return { do: 'baseline', wave }
      const done = progress.restarted.get(wave)
      const left = devices.filter(
        ({ id }) => !done?.ids.has(id) && !done?.failed.some((one) => one.id === id),
      )
      return left.length > 0 ? { do: 'restart', wave, devices: left } : { do: 'watch', wave }
    }
  }
  if (settings.forceAgents) {
    const open = stages.flat().find(({ id }) => !progress.minimums.has(id))
    if (open !== undefined) return { do: 'minimum', group: open.id }
  }
  return { do: 'finish' }
}

/** The state of a release in a word; `alive`: a process of this machine works on it. */
export function stateOf(plan: ReleasePlan, progress: Progress, alive: boolean): string {
  if (progress.ended !== undefined) return progress.ended
  if (progress.paused !== undefined) return 'paused'
  if (!alive) return 'interrupted'
  const step = nextStep(plan, progress)
  switch (step.do) {
    case 'promote':
      return 'promoting'
    case 'baseline':
    case 'restart':
      return 'restarting'
    default:
      return 'watching'
  }
}
