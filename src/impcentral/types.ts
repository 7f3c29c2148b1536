/** A bare resource identifier: what impCentral puts under the name of a relation, without an inner `data` (impcentral-api.md 2.2). */
export interface ResourceIdentifier<T extends string = string> {
  readonly type: T
  readonly id: string
}

/**
 * A resource as the server sent it: the same keys in the same order. `relationships` may be missing, a relation without a value is a
 * missing key, and `meta` of a created or updated resource holds warnings (impcentral-api.md 2.2).
 */
export interface Resource<
  T extends string = string,
  A extends object = Attributes,
> extends ResourceIdentifier<T> {
  readonly links?: { readonly self?: string }
  readonly attributes: A
  readonly relationships?: Readonly<Record<string, ResourceIdentifier>>
  readonly meta?: readonly Warning[]
}

/** Attributes by name. Servers may send more than we know, and may leave out or null any of those marked optional. */
export type Attributes = Readonly<Record<string, unknown>>

/** An entry of an error array, or of the warnings in `meta` of a success; compile messages are in its own `meta`. */
export interface Warning {
  readonly status?: string | number
  readonly code?: string
  readonly title?: string
  readonly detail?: string
  readonly meta?: unknown
}

/** One row of a compile error: `row` and `column` count from 1 in the uploaded code (impcentral-api.md 5). */
export interface CompileMessage {
  readonly file: string
  readonly type: string
  readonly row: number
  readonly column: number
  readonly text: string
}

/** The seven concrete types of Device Groups (impcentral-api.md 9). */
export const DEVICE_GROUP_TYPES = [
  'development_devicegroup',
  'pre_factoryfixture_devicegroup',
  'pre_dut_devicegroup',
  'pre_production_devicegroup',
  'factoryfixture_devicegroup',
  'dut_devicegroup',
  'production_devicegroup',
] as const
export type DeviceGroupType = (typeof DEVICE_GROUP_TYPES)[number]

interface Dates {
  readonly created_at?: string
  readonly updated_at?: string
}

export type Account = Resource<
  'account',
  Attributes & { readonly username?: string; readonly email?: string; readonly tier?: string }
>
export type Product = Resource<
  'product',
  Attributes & Dates & { readonly name: string; readonly description?: string | null }
>
export type DeviceGroup = Resource<
  DeviceGroupType,
  Attributes &
    Dates & {
      readonly name: string
      readonly description?: string | null
      readonly region?: string | null
      readonly load_code_after_blessing?: boolean
      readonly env_vars?: Readonly<Record<string, unknown>>
    }
>
export type Device = Resource<
  'device',
  Attributes & {
    readonly name?: string | null
    readonly device_online?: boolean
    readonly device_state_changed_at?: string | null
    readonly agent_id?: string | null
    readonly agent_url?: string | null
    readonly agent_running?: boolean
    readonly imp_type?: string
    readonly mac_address?: string
    readonly ip_address?: string | null
    readonly free_memory?: number | null
    readonly rssi?: number | null
    readonly swversion?: string | null
    readonly plan_id?: string | null
  }
>
export type Deployment = Resource<
  'deployment',
  Attributes &
    Dates & {
      readonly sha?: string
      readonly device_code?: string
      readonly agent_code?: string
      readonly description?: string | null
      readonly origin?: string | null
      readonly flagged?: boolean
      readonly tags?: readonly string[]
    }
>
export type Webhook = Resource<
  'webhook',
  Attributes & Dates & { readonly url: string; readonly event: string; readonly content_type?: string }
>
/** Its `id` is the secret itself (impcentral-api.md 2.3). */
export type LoginKey = Resource<
  'login_key',
  Attributes & { readonly description?: string | null; readonly usages?: number }
>
/** Shape not documented; its `id` is treated as a secret. */
export type RefreshToken = Resource
export type Library = Resource

/** One stored log entry: no id and no device (impcentral-api.md 8). */
export interface LogEntry {
  readonly ts: string
  readonly type: string
  readonly msg: string
  readonly [extra: string]: unknown
}

/** One entry of a log stream. */
export interface DeviceLogEntry extends LogEntry {
  readonly device_id: string
}

/** One entry of a Device's enrolment history (impcentral-api.md 8). */
export interface HistoryEntry {
  readonly timestamp: string
  readonly event: string
  readonly owner_id?: string | null
  readonly actor_id?: string | null
  readonly [extra: string]: unknown
}
