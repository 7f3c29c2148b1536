// The room `fleet`: a whole account at once: pull, plan, apply, releases in waves, status and history.
// Enters: the account as the client reads it, or the folder that an earlier pull wrote.
// Leaves: plans of steps, a journal that a broken run is resumed from, verdicts about devices.
// Not known here: the terminal. What may not be lost is written before it is done.
import type { DeviceGroupType } from '../impcentral/types.ts'

/**
 * An account as `pull`, `plan` and `apply` see it: the same shape for a folder and for the cloud. Parts that were left out or could
 * not be read are undefined: unknown is never the same as empty.
 */
export interface AccountTree {
  readonly products: readonly ProductNode[]
  readonly devices: readonly DeviceNode[] | undefined
  /** Descriptions of the login keys; their ids are secrets. */
  readonly loginKeys: readonly string[] | undefined
}

/** What the cloud alone knows of an entity. */
export interface CloudFacts {
  readonly id: string
  readonly createdAt?: string | undefined
  readonly updatedAt?: string | undefined
}

export interface ProductNode {
  /** `products/Thermostat`: where it lies in the folder, and how changes name it. */
  readonly path: string
  readonly name: string
  readonly description: string | undefined
  /** The reader's own remarks: kept, never sent. */
  readonly notes?: unknown
  readonly groups: readonly GroupNode[]
  readonly cloud?: CloudFacts
}

export interface GroupNode {
  /** `products/Thermostat/groups/Field`. */
  readonly path: string
  readonly name: string
  readonly type: DeviceGroupType
  readonly description: string | undefined
  readonly region: string | undefined
  /** Production types only. */
  readonly loadCode: boolean | undefined
  /** Names of groups of the same Product; fixtures only. */
  readonly targets: Targets
  readonly env: Readonly<Record<string, Hidden<string | number>>> | undefined
  readonly webhooks: readonly WebhookNode[] | undefined
  /** Oldest first. */
  readonly builds: readonly BuildNode[] | undefined
  readonly notes?: unknown
  readonly cloud?: CloudFacts & { readonly targetIds: Targets }
}

export interface Targets {
  readonly production?: string | undefined
  readonly dut?: string | undefined
}

/** A value that may be a secret; `value` undefined: the folder does not have it (a fresh clone). */
export interface Hidden<T> {
  readonly value: T | undefined
  readonly secret: boolean
}

export interface WebhookNode {
  readonly event: string
  readonly url: Hidden<string>
  /** As the API names it, such as `application/json`. */
  readonly contentType: string
  readonly notes?: unknown
  readonly cloud?: CloudFacts
}

export interface BuildNode {
  readonly code: CodeRef
  readonly description: string | undefined
  readonly origin: string | undefined
  readonly tags: readonly string[]
  readonly flagged: boolean
  readonly minimum: boolean
  readonly current: boolean
  readonly notes?: unknown
  readonly cloud?: CloudFacts & { readonly sha?: string | undefined }
}

/** SHA-256 of both texts together, and of each, in hex. Equal means equal text. */
export interface CodeRef {
  readonly digest: string
  readonly device: string
  readonly agent: string
}

/** Both programs of a build as deployed. */
export interface CodeTexts {
  readonly device: string
  readonly agent: string
}

export interface DeviceNode {
  readonly id: string
  readonly mac: string
  readonly name: string
  /** Names, for the reader of the table; empty where it is in no group. */
  readonly product: string
  readonly group: string
  readonly imp: string
  readonly agent: string
  /** The group's id and type; cloud only. */
  readonly groupId?: string | undefined
}

/** The kinds that `--without` leaves alone. */
export const KINDS = ['builds', 'env', 'webhooks', 'devices', 'loginkeys'] as const
export type FolderKind = (typeof KINDS)[number]

/** Which builds of each group a folder holds; `current` includes minimums, `flagged` adds flagged ones. */
export const BUILD_MODES = ['current', 'flagged', 'all'] as const
export type BuildMode = (typeof BUILD_MODES)[number]

/** What `account.json` says. */
export interface FolderSettings {
  readonly builds: BuildMode
  /** Globs of variables whose values are no secrets. */
  readonly public: readonly string[]
  /** Kinds that the last pull left alone; plan and apply do so too. */
  readonly without: readonly FolderKind[]
  readonly notes?: unknown
}

export const DEFAULT_SETTINGS: FolderSettings = { builds: 'current', public: [], without: [] }

/** Where and as whom: what an account is told from others by. */
export interface AccountName {
  readonly id: string
  readonly username: string
  /** Host and port of the endpoint; `sandbox` for the embedded one. */
  readonly host: string
}

export function isSameAccount(one: AccountName, other: AccountName): boolean {
  return one.id === other.id && one.host === other.host && one.username === other.username
}

/** Compares texts by code point, as lists in files are sorted: the same on every machine. */
export function byCodePoint(a: string, b: string): number {
  const shorter = Math.min(a.length, b.length)
  for (let i = 0; i < shorter; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

// Halves of characters beyond U+FFFF come after all others.
function rank(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit >= 0xd800 ? unit + 0x2000 : unit
}
