/** What the public material leaves open about the cloud, or what a test wants otherwise. */

/** What can be changed while the sandbox runs. */
export type Switches = {
  /** Milliseconds by which each answer is late. */
  latency: number
  /** Requests a second for each account; 0 for any number. */
  rateLimit: number
  /** Seconds that an access token lives. */
  tokenLife: number
  /** Whether a token works only from the address that asked for it. */
  bindAddress: boolean
  keepAlive: number
  streamGap: number
  /** Whether a device that is added before the stream is open is kept until then (more-facts.md 3), and not refused. */
  streamKeepsEarly: boolean
  streamDevices: number
  /** Milliseconds until a device that lost its power shows as offline. */
  offlineLag: number
  /** Whether deployments live on without their group, as before 2024. */
  zombies: boolean
  /** Whether lists have a `last` link. */
  lastLink: boolean
  /** Whether `GET /deployments` leaves out the code of its entries (more-facts.md 1). */
  listsLeaveOutCode: boolean
  /** Whether relations that are not there are `null`, and not absent keys (more-facts.md 2). */
  nullRelations: boolean
  /** Whether `owner` and `creator` are not there, on any resource (more-facts.md 2). */
  hideOwners: boolean
  loginKeyLimit: number
}

export const defaultSwitches: Switches = {
  latency: 0,
  rateLimit: 0,
  tokenLife: 3600,
  bindAddress: true,
  keepAlive: 30_000,
  streamGap: 20,
  streamKeepsEarly: true,
  streamDevices: 8,
  offlineLag: 270_000,
  zombies: false,
  lastLink: true,
  listsLeaveOutCode: false,
  nullRelations: false,
  hideOwners: false,
  loginKeyLimit: 10,
}
