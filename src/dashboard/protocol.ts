/** What the page and its server say to each other: one JSON text a message, `kind` first. */

/** A device as the page keeps it: one row, in the order of `DEVICE_FIELDS`. Times are ms since 1970; null is what the cloud does not tell. */
export type DeviceRow = readonly [
  id: string,
  name: string,
  mac: string,
  groupId: string | null,
  productId: string | null,
  online: boolean | null,
  since: number | null,
  agentRuns: boolean | null,
  rssi: number | null,
  os: string,
  imp: string,
]

/** A Device Group: id, name, type, id of its Product. */
export type GroupRow = readonly [id: string, name: string, type: string, productId: string | null]
/** A Product: id, name. */
export type ProductRow = readonly [id: string, name: string]

/** What one reading of the account gave. */
export interface Reading {
  /** When the lists were read, in ms since 1970. */
  readonly at: number
  readonly groups: readonly GroupRow[]
  readonly products: readonly ProductRow[]
  readonly devices: readonly DeviceRow[]
}

/** Whose fleet it is and from when on a device is conspicuous. */
export interface About {
  readonly account: string
  readonly endpoint: string
  readonly sandbox: boolean
  readonly version: string
  readonly readOnly: boolean
  readonly silentMs: number
  readonly weakDbm: number
}

/** What is wrong with a device, or why that cannot be told. */
export interface Diagnosis {
  readonly sentence: string
  readonly also: readonly string[]
  readonly try: string
  readonly facts: readonly (readonly [name: string, value: string])[]
}

export interface LogLine {
  /** The server's own time of it. */
  readonly ts: string
  readonly device: string
  readonly type: string
  readonly text: string
}

/** How the log stream stands. */
export interface LogStatus {
  readonly state: 'off' | 'opening' | 'open' | 'reconnecting' | 'closed' | 'failed'
  readonly devices: readonly string[]
  /** Devices that the server took off the stream: its limit is reached, or they are gone. */
  readonly dropped: readonly string[]
  readonly message: string | null
}

export interface ReleaseWave {
  readonly wave: number
  readonly stage: number
  readonly devices: number
  readonly restarted: number
  readonly judged: boolean
  readonly errors: number
  readonly offline: number
  readonly agents: number
  readonly unsure: number
}

/** A release of this machine. */
export interface ReleaseView {
  readonly id: string
  readonly release: 'release' | 'rollback'
  readonly state: string
  readonly started: string
  readonly by: string
  readonly reason: string
  readonly why: string | null
  readonly source: string
  readonly groups: readonly { readonly name: string; readonly stage: number; readonly production: boolean }[]
  readonly waves: readonly ReleaseWave[]
  readonly evidence: readonly { readonly device: string; readonly what: string; readonly text: string }[]
  /** Whether a process works on it: only then an order is obeyed. */
  readonly alive: boolean
  readonly ended: boolean
  readonly left: number
  readonly offlineAtStart: number
}

/** A run of tests on this machine. */
export interface TestRunView {
  readonly id: string
  readonly started: string
  readonly directory: string
  /** `stopped`: it was killed before its verdict. */
  readonly state: 'running' | 'passed' | 'failed' | 'no verdict' | 'stopped'
  readonly files: number
  readonly current: string | null
  readonly error: string | null
  readonly sessions: readonly TestSessionView[]
}

export interface TestSessionView {
  readonly name: string
  readonly device: string
  readonly verdict: 'passed' | 'failed' | 'none'
  readonly seconds: number
  readonly tests: readonly {
    readonly name: string
    readonly status: string
    readonly seconds: number
    /** Why it did not pass, and what was logged meanwhile; empty for those that did. */
    readonly message: string
    readonly output: string
  }[]
  readonly problems: readonly string[]
}

export type ReleaseOrder = 'pause' | 'resume' | 'abort' | 'rollback'

/** What is read only while a page looks at it. */
export type Watched = 'releases' | 'tests'

/** What the page says. The first message must be `hello`. */
export type PageMessage =
  | { readonly kind: 'hello'; readonly token: string }
  | { readonly kind: 'read' }
  | { readonly kind: 'doctor'; readonly device: string }
  /** One device more, or less: pages that choose at the same time do not undo each other's choice. */
  | { readonly kind: 'follow'; readonly device: string; readonly follows: boolean }
  | { readonly kind: 'watch'; readonly what: Watched | null }
  /** Asks what a rollback would do, before it is ordered. */
  | { readonly kind: 'outlook'; readonly release: string }
  | {
      readonly kind: 'order'
      readonly release: string
      readonly order: ReleaseOrder
      /** The name of the production group, typed once more. */
      readonly retyped: string | null
    }

/** What the server says. */
export type ServerMessage =
  | { readonly kind: 'welcome'; readonly about: About }
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'places'
      readonly groups: readonly GroupRow[]
      readonly products: readonly ProductRow[]
    }
  /** A part of the whole fleet; it is whole with the part whose `from` and rows make `total`. */
  | {
      readonly kind: 'devices'
      readonly from: number
      readonly total: number
      readonly rows: readonly DeviceRow[]
    }
  | { readonly kind: 'changed'; readonly rows: readonly DeviceRow[]; readonly gone: readonly string[] }
  /** How the readings go. `at`: the last good one; `error`: why the last one failed. */
  | {
      readonly kind: 'reading'
      readonly at: number | null
      readonly every: number
      readonly error: string | null
    }
  | {
      readonly kind: 'diagnosis'
      readonly device: string
      readonly diagnosis: Diagnosis | null
      readonly error: string | null
    }
  | { readonly kind: 'log-status'; readonly status: LogStatus }
  /** `skipped`: lines that came faster than a page takes them. */
  | { readonly kind: 'log-lines'; readonly lines: readonly LogLine[]; readonly skipped: number }
  | { readonly kind: 'releases'; readonly releases: readonly ReleaseView[]; readonly error: string | null }
  | { readonly kind: 'tests'; readonly runs: readonly TestRunView[]; readonly error: string | null }
  | {
      readonly kind: 'outlook'
      readonly release: string
      readonly lines: readonly string[] | null
      readonly error: string | null
    }
  | { readonly kind: 'ordered'; readonly release: string; readonly error: string | null }

/** The path of the WebSocket. */
export const LIVE_PATH = '/live'
/** Where a code is exchanged for a token, by POST. */
export const TOKEN_PATH = '/token'
