/** The records that the embedded impCentral keeps. An absent value is null; times are milliseconds since 1970. */

export const deviceGroupTypes = [
  'development_devicegroup',
  'pre_factoryfixture_devicegroup',
  'pre_dut_devicegroup',
  'pre_production_devicegroup',
  'factoryfixture_devicegroup',
  'dut_devicegroup',
  'production_devicegroup',
] as const

export type DeviceGroupType = (typeof deviceGroupTypes)[number]
export type Role = 'owner' | 'administrator' | 'developer' | 'operations' | 'support'
export type WebhookEvent = 'blessing' | 'blinkup' | 'deployment'

/** Every record: `id` names it, `seq` is its place in the order of creation. */
export type Row = { readonly id: string; readonly seq: number }

export type Account = Row & {
  username: string
  email: string
  tier: string
  /** `salt:hash` of the password by scrypt. */
  password: string
  /** Base32 secret of RFC 6238 codes; null without two-factor login. */
  otpSecret: string | null
  /** May own production and DUT groups. */
  production: boolean
  unbondKey: string
  blinkupKey: string
  created: number
}

/** `member` works in the account `owner` with a role (impcentral-api.md 11). */
export type Collaboration = Row & { owner: string; member: string; role: Exclude<Role, 'owner'> }

/** The id is the token. */
export type AccessToken = Row & { account: string; expires: number; address: string }
export type RefreshToken = Row & { secret: string; account: string; created: number; lastUsed: number | null }

/** The id is the secret key. */
export type LoginKey = Row & {
  account: string
  description: string | null
  usages: number
  created: number
  updated: number
  lastUsed: number | null
}

type Owned = { owner: string; creator: string; created: number; updated: number }

export type Product = Row & Owned & { name: string; description: string | null }

export type DeviceGroup = Row &
  Owned & {
    type: DeviceGroupType
    product: string
    name: string
    description: string | null
    region: string | null
    loadCodeAfterBlessing: boolean | null
    envVars: Record<string, string | number>
    currentDeployment: string | null
    minDeployment: string | null
    productionTarget: string | null
    dutTarget: string | null
  }

/** What never changes in a group, kept with its members so that lists need no join. */
export type GroupRef = { id: string; type: DeviceGroupType; product: string; owner: string }

export type Device = Row & {
  owner: string
  group: GroupRef | null
  name: string | null
  impType: string
  mac: string
  ip: string | null
  swversion: string
  rssi: number | null
  freeMemory: number | null
  planId: string | null
  lastEnrolled: number | null
  /** What the API reports; lags behind `connected` after a loss of power (impcentral-api.md 9). */
  online: boolean
  onlineChanged: number | null
  /** When the device lost its power or its link without a word, while the API has yet to show it; missing in older stores. */
  lostAt?: number | null
  /** Whether the device has its link to the cloud at this moment. */
  connected: boolean
  agentId: string | null
  agentRunning: boolean
  agentChanged: number | null
  /** Deployments that the device and its agent run. */
  deviceDeployment: string | null
  agentDeployment: string | null
  /** A restart was asked for while the device was away. */
  restartPending: boolean
}

export type Deployment = Row &
  Owned & {
    product: string
    /** null when the group is gone and the deployment lives on. */
    group: { id: string; type: DeviceGroupType } | null
    groupType: DeviceGroupType
    sha: string
    deviceCode: string
    agentCode: string
    description: string | null
    origin: string | null
    flagged: boolean
    flagger: string | null
    tags: string[]
    /** Where `#require` looks before all else; absent where nothing was said. */
    libraries?: readonly string[]
  }

export type Webhook = Row & Owned & { group: GroupRef; url: string; event: WebhookEvent; contentType: string }

/** One event in the enrolment history of a device. */
export type HistoryEvent = Row & {
  device: string
  time: number
  event: string
  ownerId: string | null
  actorId: string | null
}

/** What code on a device or agent keeps; the id is the behaviour's key. */
export type SavedValue = Row & { value: string }

/** A log entry as the API gives it; `ts` is ISO 8601 UTC with milliseconds. */
export type LogEntry = { ts: string; type: string; msg: string }

export const groupRef = (group: DeviceGroup): GroupRef => ({
  id: group.id,
  type: group.type,
  product: group.product,
  owner: group.owner,
})

export const isDevelopment = (type: DeviceGroupType): boolean => type === 'development_devicegroup'

/** Groups of blessed devices, for real or for a test. */
export const isBlessed = (type: DeviceGroupType): boolean =>
  type === 'production_devicegroup' || type === 'pre_production_devicegroup'

export const isFixture = (type: DeviceGroupType): boolean =>
  type === 'factoryfixture_devicegroup' || type === 'pre_factoryfixture_devicegroup'
