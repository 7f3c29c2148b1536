import type { DeviceGroupType } from '../../impcentral/types.ts'
import type { Rule } from './judge.ts'
import type { Report } from './report.ts'

/** What is released, and what it does, fixed before the first write: `plan.json` of a release. */
export interface ReleasePlan {
  readonly format: 1
  readonly id: string
  readonly kind: 'release' | 'rollback'
  /** The release that a rollback takes back. */
  readonly of?: string
  /** ms since 1970 */
  readonly at: number
  /** User name of who started it. */
  readonly by: string
  readonly reason: string
  /** Canary groups each for themselves, then the groups of `--dg` together. */
  readonly stages: readonly (readonly StageGroup[])[]
  readonly waves: readonly Wave[]
  /** Devices that were online and that no wave restarts, since the last wave is below 100 %. */
  readonly left: readonly Placed[]
  /** Devices that were offline: they take the code when they reconnect. */
  readonly offline: readonly Placed[]
  readonly settings: ReleaseSettings
}

export interface StageGroup {
  readonly id: string
  readonly type: DeviceGroupType
  readonly name: string
  /** The build whose code the group gets. */
  readonly source: Source
  /** The build that was current when the plan was made. */
  readonly before?: string
  /** Fingerprint of the group's variables of then. */
  readonly env: string
}

/** A build that is copied. */
export interface Source {
  readonly id: string
  readonly sha: string
  /** As people know it: its tag, else the beginning of its SHA. */
  readonly label: string
  readonly group: string
}

export interface Wave {
  readonly stage: number
  readonly devices: readonly Placed[]
}

export interface Placed {
  readonly id: string
  readonly group: string
}

export interface ReleaseSettings {
  /** Milliseconds after each wave. */
  readonly watch: number
  readonly rules: readonly Rule[]
  /** Percentages need so many observed devices. */
  readonly stopMin: number
  readonly onStop: OnStop
  readonly allowUnsure: boolean
  /** Plain restart in the place of the conditional one. */
  readonly hard: boolean
  /** Moves the minimum supported deployment after the last wave. */
  readonly forceAgents: boolean
  /** Restarts a second. */
  readonly rate: number
  /** Devices of a wave whose stored logs are read. */
  readonly sample: number
  readonly stream: boolean
  readonly tags: readonly string[]
}

export type OnStop = 'pause' | 'abort' | 'rollback'

/** How a release ended for good. */
export type Ending = 'done' | 'aborted' | 'rolled-back'

/** What is known of a device's log before its restart: what is new is told by it. */
export interface Earlier {
  /** Time of the newest entry, as the server writes it; empty without one. */
  readonly since: string
  /** Its errors, without numbers. */
  readonly errors: readonly string[]
  /** How often it started within the length of a watch. */
  readonly starts: number
}

/** One line of the journal: an intent before a write, or what came of it. All that a release is follows from its plan and these. */
export type Entry = { readonly at: number } & (
  | { readonly kind: 'promote'; readonly group: string }
  /**
   * `made`: a copy was made; else the group had the text already. `created`: when, by the clock of the server. `before`: the build that was
   * current.
   */
  | {
      readonly kind: 'promoted'
      readonly group: string
      readonly build: string
      readonly made: boolean
      readonly created?: string
      readonly before?: string
    }
  | {
      readonly kind: 'baseline'
      readonly wave: number
      readonly earlier: Readonly<Record<string, Earlier>>
      readonly online: readonly string[]
      readonly agents: readonly string[]
      /** Devices that are in their group no more: they are not restarted. */
      readonly gone?: readonly string[]
    }
  | { readonly kind: 'restart'; readonly wave: number; readonly devices: readonly string[] }
  | {
      readonly kind: 'restarted'
      readonly wave: number
      readonly devices: readonly string[]
      readonly failed: readonly { readonly id: string; readonly error: string }[]
    }
  | { readonly kind: 'judged'; readonly wave: number; readonly verdict: Verdict }
  | { readonly kind: 'minimum'; readonly group: string }
  /** `cause`: what stands against it in the cloud, and is met again by whoever goes on. */
  | {
      readonly kind: 'paused'
      readonly why: string
      readonly stopped: boolean
      readonly cause?: 'CONFLICT' | 'NOT_FOUND'
    }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'end'; readonly how: Ending }
)

/** An entry before the journal has put the time on it. */
export type NewEntry = Entry extends infer E ? (E extends Entry ? Omit<E, 'at'> : never) : never

/** What a wave came to. */
export interface Verdict {
  readonly stop: boolean
  /** Which rule stopped it, in words; empty where nothing did. */
  readonly why: string
  readonly restarted: number
  readonly loaded: number
  readonly errors: number
  readonly offline: number
  readonly agents: number
  readonly silent: number
  /** Devices of the sample whose log could not be read. */
  readonly unsure: number
  /** One line a device that counts against the build. */
  readonly evidence: readonly Evidence[]
}

/** What of a wave is counted, in the order in which it is shown. */
export const WAVE_COUNTS = [
  'restarted',
  'loaded',
  'errors',
  'offline',
  'agents',
  'silent',
  'unsure',
] as const satisfies readonly (keyof Verdict)[]

export interface Evidence {
  readonly device: string
  readonly what: 'error' | 'memory' | 'reboots' | 'offline' | 'agent' | 'restart'
  readonly text: string
}

export type EventName = 'check' | 'promote' | 'restart' | 'wave' | 'stop' | 'rollback' | 'end'

/** What programs get of a release, a record each. Stages and waves count from 1. */
export interface ReleaseEvent {
  readonly event: EventName
  readonly release: string
  readonly stage?: number
  readonly wave?: number
  readonly restarted?: number
  readonly loaded?: number
  readonly errors?: number
  readonly offline?: number
  readonly agents?: number
  readonly silent?: number
  readonly unsure?: number
  readonly group?: string
  readonly build?: string
  readonly outcome?: string
  readonly why?: string
  readonly evidence?: readonly Evidence[]
  readonly report?: Report
  /** ISO text */
  readonly ts: string
}
