import { progressOf, stateOf, type Progress } from './progress.ts'
import type { Entry, ReleaseEvent, ReleasePlan, Verdict } from './types.ts'

export type Report = ReturnType<typeof reportOf>

/** All that a release was and did: `report.json`, the last item of its stream, and `release status`. */
export function reportOf(plan: ReleasePlan, progress: Progress, alive = false) {
  const verdicts = [...progress.verdicts].sort(([a], [b]) => a - b)
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, [, one]) => total + of(one), 0)
  return {
    release: plan.id,
    kind: plan.kind,
    ...(plan.of !== undefined && { of: plan.of }),
    state: stateOf(plan, progress, alive),
    started: new Date(plan.at).toISOString(),
    by: plan.by,
    reason: plan.reason,
    groups: plan.stages.flatMap((groups, stage) =>
      groups.map(({ id, name, source }) => ({
        stage: stage + 1,
        group: name,
        id,
        source: source.label,
        sha: source.sha,
        build: progress.promoted.get(id)?.build ?? null,
        before: progress.promoted.get(id)?.before ?? null,
      })),
    ),
    waves: plan.waves.map(({ stage, devices }, i) => {
      const { evidence: _, ...verdict } = progress.verdicts.get(i) ?? { evidence: [] }
      const restarted = progress.restarted.get(i)?.ids.size ?? 0
      return { wave: i + 1, stage: stage + 1, devices: devices.length, restarted, ...verdict }
    }),
    restarted: [...progress.restarted.values()].reduce((total, { ids }) => total + ids.size, 0),
    loaded: sum(({ loaded }) => loaded),
    errors: sum(({ errors }) => errors),
    offline: sum(({ offline }) => offline),
    agents: sum(({ agents }) => agents),
    silent: sum(({ silent }) => silent),
    unsure: sum(({ unsure }) => unsure),
    evidence: verdicts.flatMap(([, { evidence }]) => evidence),
    why: progress.paused?.why ?? null,
    /** Ids of devices that were online and that no wave restarts. */
    left: plan.left.map(({ id }) => id),
    /** Ids of devices that were offline at the start: they take the code when they reconnect. */
    offlineAtStart: plan.offline.map(({ id }) => id),
  }
}

/** What the line `index` of a journal tells: a release and whoever follows it tell the same. */
export function eventsOf(
  plan: ReleasePlan,
  entries: readonly Entry[],
  index: number,
): readonly ReleaseEvent[] {
  const entry = entries[index]
  if (entry === undefined) return []
  const event = (name: ReleaseEvent['event'], fields: Partial<ReleaseEvent>): ReleaseEvent => ({
    event: name,
    release: plan.id,
    ...fields,
    ts: new Date(entry.at).toISOString(),
  })
  const placeOf = (wave: number) => ({ stage: (plan.waves[wave]?.stage ?? 0) + 1, wave: wave + 1 })
  switch (entry.kind) {
    case 'promoted': {
      const stage = plan.stages.findIndex((groups) => groups.some(({ id }) => id === entry.group))
      const group = plan.stages[stage]?.find(({ id }) => id === entry.group)
      const why = entry.made ? {} : { why: 'it had this code already' }
      return [
        event('promote', { stage: stage + 1, group: group?.name ?? entry.group, build: entry.build, ...why }),
      ]
    }
    case 'restarted': {
      const done = progressOf(entries.slice(0, index + 1)).restarted.get(entry.wave)
      const size = plan.waves[entry.wave]?.devices.length ?? 0
      const restarted = done?.ids.size ?? 0
      if (restarted + (done?.failed.length ?? 0) < size) return []
      return [event('restart', { ...placeOf(entry.wave), restarted })]
    }
    case 'judged': {
      const { stop, why, ...counts } = entry.verdict
      const told = { ...placeOf(entry.wave), ...counts }
      return [
        event('wave', told),
        ...(stop ? [event('stop', { ...placeOf(entry.wave), outcome: 'stopped', why })] : []),
      ]
    }
    case 'paused':
      return [event('stop', { outcome: entry.stopped ? 'stopped' : 'paused', why: entry.why })]
    case 'end': {
      const report = reportOf(plan, progressOf(entries.slice(0, index + 1)))
      return [event('end', { outcome: entry.how, report })]
    }
    default:
      return []
  }
}
