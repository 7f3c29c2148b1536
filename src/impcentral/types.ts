/** A bare resource identifier: what impCentral puts under the name of a relation, without an inner `data` (impcentral-api.md 2.2). */
export interface ResourceIdentifier<T extends string = string> {
  readonly type: T
  readonly id: string
}

/**
 * A resource as the server sent it: the same keys in the same order. `relationships` may be missing, a relation without a value is a
 * missing key, and `meta` of a created or updated resource holds warnings (impcentral-api.md 2.2). Every one has been checked against the
 * shape of its collection (`shape.ts`).
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

/** Attributes by name. Servers may send more than is known here, and may leave out or null any. */
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

/** The concrete types of Device Groups, such as `production_devicegroup` (impcentral-api.md 9). */
export type DeviceGroupType = `${string}_devicegroup`

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
