import { visible } from '../../output/visible.ts'
import type { Outlook } from './check.ts'
import { silentText } from './judge.ts'
import type { Evidence, ReleaseEvent, ReleasePlan } from './types.ts'

/** Devices that a stop names; the report has all. */
const MOST_NAMED = 10

/** What a person sees before the question, a line each. */
export function checkLines(
  { id, kind, of, stages, waves, settings, offline, left }: ReleasePlan,
  outlook: Outlook,
): readonly string[] {
  const what =
    kind === 'rollback' ? `Rollback ${id}${of === undefined ? '' : ` of release ${of}`}` : `Release ${id}`
  const total = waves.reduce((sum, { devices }) => sum + devices.length, 0)
  return [
    `${what}: ${count(total, 'device')} in ${count(waves.length, 'wave')}`,
    ...stages.flatMap((groups, stage) => [
      ...groups.map(
        ({ name, source }) =>
          `  stage ${stage + 1}: ${name} gets build ${source.label}${source.label === source.id ? '' : ` (${source.id})`} of ${source.group}`,
      ),
      `           restarted: ${
        waves
          .filter((one) => one.stage === stage)
          .map(({ devices }) => devices.length)
          .join(', ') || 'none is online'
      }`,
    ]),
    ...(offline.length > 0
      ? [
          `  ${count(offline.length, 'offline device')}, which ${offline.length === 1 ? 'takes the new build when it reconnects' : 'take the new build when they reconnect'}`,
        ]
      : []),
    ...(left.length > 0
      ? [`  ${count(left.length, 'online device')} will not be restarted: the waves end below 100%`]
      : []),
    ...outlook.notes.map((note) => `  ${note}`),
    `  at least ${shownSpan(outlook.shortest)}, at most ${count(outlook.requests, 'request')}; ${settings.hard ? 'restarts at once' : 'devices may delay their restart'}`,
    'Only restarts come in waves: a device that reconnects takes the new build at once.',
  ].map((line) => visible(line))
}

/** An event for people; empty for what says nothing to them. */
export function eventText(plan: ReleasePlan, item: ReleaseEvent): string {
  const { event, group, build, wave, why, outcome } = item
  const lines: string[] = []
  switch (event) {
    case 'check':
      return ''
    case 'promote':
      lines.push(`stage ${item.stage}: ${group} has build ${build}${why === undefined ? '' : ` (${why})`}`)
      break
    case 'restart':
      lines.push(
        `wave ${wave} of ${plan.waves.length}: ${count(item.restarted ?? 0, 'device')} restarted, watched for ${shownSpan(plan.settings.watch)}`,
      )
      break
    case 'wave':
      lines.push(
        `wave ${wave} of ${plan.waves.length}: ${item.loaded} loaded,${(item.silent ?? 0) > 0 ? ` ${item.silent} without a sign of a load,` : ''} ${item.errors} with new errors, ${item.offline} offline, ${item.agents} without agent${(item.unsure ?? 0) > 0 ? `, ${item.unsure} unsure` : ''}`,
        ...evidenceLines(item.evidence ?? []),
      )
      break
    case 'stop':
      lines.push(`${outcome ?? 'stopped'}: ${why}`)
      break
    case 'rollback':
      lines.push(`rolling back: ${why}`)
      break
    case 'end':
      lines.push(`${plan.kind} ${plan.id}: ${outcome}${silenceOf(item)}`)
      break
    default:
      event satisfies never
  }
  return lines.map((line) => `${visible(line)}\n`).join('')
}

/** What an end says of devices that may run the old build; nothing where each gave a sign. */
function silenceOf({ report }: ReleaseEvent): string {
  const { silent, loaded } = report ?? { silent: 0, loaded: 0 }
  return silent === 0 ? '' : `; ${silentText(silent, silent + loaded)}`
}

function evidenceLines(evidence: readonly Evidence[]): readonly string[] {
  const more = evidence.length - MOST_NAMED
  return [
    ...evidence.slice(0, MOST_NAMED).map(({ device, text }) => `  ${device}: ${text}`),
    ...(more > 0 ? [`  ... and ${more} more; "impt release status -z json" has all`] : []),
  ]
}

/** `1h 40m`, `90s`: a length of time in ms as people read it. */
function shownSpan(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.ceil(seconds / 60)
  const hours = Math.floor(minutes / 60)
  if (hours === 0) return `${minutes}m`
  return minutes % 60 === 0 ? `${hours}h` : `${hours}h ${minutes % 60}m`
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`
}
