import { ImptError } from '../../output/error.ts'
import type { Evidence, Verdict } from './types.ts'

const METRICS = ['errors', 'offline', 'agents', 'silent'] as const
export type Metric = (typeof METRICS)[number]

/** `errors>2%`: stops when more than so many, or so many of a hundred, are counted. */
export interface Rule {
  readonly metric: Metric
  readonly limit: number
  readonly percent: boolean
}

export const DEFAULT_RULES = 'errors>2%,offline>5%,agents>2%'

/** Below this share of a sample that could be read, or of a wave that could be restarted, nobody can say that all is well. */
const SURE_SHARE = 0.8

/** Reads `errors>2%,offline>5%`; `none` is no rule. Throws USAGE. */
export function parseRules(text: string): readonly Rule[] {
  if (text.trim() === 'none') return []
  return text.split(',').map((part) => {
    const [, metric, limit, sign] = /^\s*([a-z]+)\s*>\s*(\d{1,7}(?:\.\d{1,3})?)(%?)\s*$/.exec(part) ?? []
    const known = METRICS.find((one) => one === metric)
    if (known === undefined || limit === undefined)
      throw new ImptError(
        'USAGE',
        `Option "--stop-on" has incorrect value "${text}": "${part.trim()}" is no rule.`,
        {
          hint: `Give rules such as errors>2%,offline>5% or errors>3; the metrics are ${METRICS.join(', ')}`,
        },
      )
    if (sign === '%' && Number(limit) >= 100)
      throw new ImptError(
        'USAGE',
        `Option "--stop-on" has incorrect value "${text}": "${part.trim()}" never stops, no share is above 100%.`,
        { hint: 'Leave the rule out, or give "none" for no rule at all' },
      )
    return { metric: known, limit: Number(limit), percent: sign === '%' }
  })
}

/** A rule as `parseRules` reads it. */
export function ruleText({ metric, limit, percent }: Rule): string {
  return `${metric}>${limit}${percent ? '%' : ''}`
}

/** What was seen of a wave. */
export interface Facts {
  /** Devices of the wave. */
  readonly size: number
  /** Restarts that the server took. */
  readonly restarted: number
  /** Devices of the wave whose stored logs are to be read. */
  readonly sample: number
  /** Devices of the sample whose log was read. */
  readonly sampled: number
  /** Devices whose log was seen, stored or streamed. */
  readonly read: number
  /** Devices with a sign that they loaded the code. */
  readonly loaded: number
  /** One piece for each device and what it shows. */
  readonly evidence: readonly Evidence[]
}

interface Settings {
  readonly rules: readonly Rule[]
  readonly stopMin: number
  readonly allowUnsure: boolean
  /** ms */
  readonly watch?: number
}

/** In fewer ms a device may not have come back with its code; in none nobody has waited for it, and no sign says nothing. */
const BRIEF = 60_000

/**
 * Judges a wave. `early`: the watch is not over, so that only errors count, of all devices that will be read: a device may be away for a
 * moment, and a first log must not stand for all. Pure.
 */
export function judge(
  facts: Facts,
  { rules, stopMin, allowUnsure, watch = Infinity }: Settings,
  early = false,
): Verdict {
  const { size, restarted, sample, sampled, read, loaded, evidence } = facts
  const devicesWith = (...kinds: readonly Evidence['what'][]) =>
    new Set(evidence.filter(({ what }) => kinds.includes(what)).map(({ device }) => device)).size
  const errors = devicesWith('error', 'memory', 'reboots')
  const offline = devicesWith('offline')
  const agents = devicesWith('agent')
  const silent = Math.max(0, read - loaded)
  const observed = early ? Math.max(read, sample) : read
  const metrics: Readonly<Record<Metric, readonly [count: number, of: number]>> = {
    errors: [errors, observed],
    offline: [offline, size],
    agents: [agents, size],
    silent: [silent, observed],
  }
  const broken = rules.find((rule) => {
    if (early && rule.metric !== 'errors') return false
    const [count, of] = metrics[rule.metric]
    if (!rule.percent) return count > rule.limit
    // A share of a handful says nothing: there any failure stops.
    return of < stopMin ? count > 0 : count * 100 > rule.limit * of
  })
  const unsure = sample - sampled
  const mustBeSure = !early && !allowUnsure && rules.length > 0
  const unsureText =
    restarted < size * SURE_SHARE
      ? `only ${restarted} of ${size} ${size === 1 ? 'restart was' : 'restarts were'} accepted`
      : sampled < sample * SURE_SHARE
        ? `only ${sampled} of ${sample} logs could be read`
        : watch > 0 && read > 0 && loaded === 0
          ? `${silentText(silent, read)}${watch < BRIEF ? '; --watch may be too short to see one' : ''}`
          : ''
  const why =
    broken !== undefined
      ? brokenText(broken, ...metrics[broken.metric], stopMin)
      : mustBeSure
        ? unsureText
        : ''
  return { stop: why !== '', why, restarted, loaded, errors, offline, agents, silent, unsure, evidence }
}

const NOUNS: Readonly<Record<Metric, string>> = {
  errors: 'with new errors',
  offline: 'went offline',
  agents: 'lost the agent',
  silent: 'without a sign of a load',
}

/** Devices that may run what they ran before, as far as anybody knows. */
export function silentText(count: number, of: number): string {
  return `${count} of ${of} ${of === 1 ? 'device' : 'devices'} without a sign that ${of === 1 ? 'it' : 'they'} loaded the build`
}

function brokenText(rule: Rule, count: number, of: number, stopMin: number): string {
  const small = rule.percent && of < stopMin ? `; below ${stopMin} devices any failure stops` : ''
  return `${ruleText(rule)}: ${count} of ${of} ${of === 1 ? 'device' : 'devices'} ${NOUNS[rule.metric]}${small}`
}
