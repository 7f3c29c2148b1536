/** The device's connection to the server as its code sees it: states, policies and handlers. */
import type { SqValue } from './language/values/values.ts'
import type { Side } from './side.ts'
import type { World } from './world.ts'

/** Reasons that `server.connect()` and the disconnection handlers give. */
export const connectReasons = {
  NOT_CONNECTED: 0,
  NO_WIFI: 1,
  NO_LINK: 1,
  NO_IP_ADDRESS: 2,
  NOT_RESOLVED: 3,
  NO_SERVER: 4,
  SERVER_CONNECTED: 5,
  NO_PROXY: 6,
  NOT_AUTHORISED: 7,
} as const

/** What sending and logging give (developer.electricimp.com/node/2291); 0 is success. The page does not know the first and the last. */
export const sendErrors = {
  SEND_ERROR_NONE: 0,
  SEND_ERROR_NOT_CONNECTED: 1,
  SEND_ERROR_TIMEOUT: 2,
  SEND_ERROR_DISCONNECTED: 3,
  SEND_ERROR_WOULDBLOCK: 4,
  SEND_ERROR_DISCARDED: 5,
} as const

export const policies = { SUSPEND_ON_ERROR: 0, RETURN_ON_ERROR: 1, RETURN_ON_ERROR_NO_DISCONNECT: 2 } as const

/** Virtual milliseconds that joining the network and reaching the server take. */
const connectTime = 400
const defaultConnectTimeout = 60

export class Connection {
  private readonly world: World
  /** Whether the device could reach the server. */
  network = true
  /** Whether it does. */
  up = false
  policy: number = policies.SUSPEND_ON_ERROR
  onUnexpectedDisconnect: SqValue = null
  /** Whether the device connects by itself when the network comes back. */
  private wanted = true
  private attempt = 0

  constructor(world: World) {
    this.world = world
  }

  /** New code begins: settings are the platform's own again, and the device connects by itself. */
  begin(): void {
    this.policy = policies.SUSPEND_ON_ERROR
    this.onUnexpectedDisconnect = null
    this.attempt++
    this.wanted = true
    this.up = this.network
  }

  /** Code ended: power off, deep sleep. */
  end(): void {
    this.attempt++
    this.up = false
  }

  /** `server.disconnect()`. */
  disconnect(): void {
    this.attempt++
    this.wanted = false
    if (!this.up) return
    this.up = false
    this.world.cloudLink(false, true)
  }

  /** `server.connect()` without a handler: waits, and tells the reason of failure or SERVER_CONNECTED. */
  connectNow(side: Side, timeout: number = defaultConnectTimeout): number {
    if (this.up) return connectReasons.SERVER_CONNECTED
    side.spend(this.network ? connectTime : timeout * 1000)
    if (!this.network) return connectReasons.NO_WIFI
    this.establish(true)
    return connectReasons.SERVER_CONNECTED
  }

  /** `server.connect(handler, timeout)`. */
  connect(side: Side, handler: SqValue, timeout: number): void {
    const attempt = ++this.attempt
    if (this.up) {
      side.after(0, () => side.call('server.connect', handler, connectReasons.SERVER_CONNECTED))
      return
    }
    const deadline = side.now() + timeout * 1000
    const look = () => {
      if (attempt !== this.attempt) return
      if (this.network && !this.up) this.establish(true)
      if (this.up) side.call('server.connect', handler, connectReasons.SERVER_CONNECTED)
      else if (side.now() + connectTime >= deadline) side.at(deadline, () => fail())
      else side.after(connectTime, look)
    }
    const fail = () => {
      if (attempt === this.attempt && !this.up) side.call('server.connect', handler, connectReasons.NO_WIFI)
    }
    side.after(Math.min(connectTime, timeout * 1000), look)
  }

  /**
   * Before sending: whether it can be sent now. Without a connection the default policy connects by itself, or holds the code until the
   * network is back.
   */
  ready(side: Side): boolean {
    if (this.up) return true
    if (this.policy !== policies.SUSPEND_ON_ERROR) return false
    this.wanted = true
    if (this.network) this.connectNow(side)
    else side.hold(true)
    return true
  }

  /** The network came or went by somebody else's doing. */
  setNetwork(up: boolean, device: Side | null): void {
    if (this.network === up) return
    this.network = up
    if (up) this.networkBack(device)
    else this.networkLost(device)
  }

  private networkBack(device: Side | null): void {
    if (device === null) return
    device.hold(false)
    if (this.wanted) this.establish(false)
    else this.world.host.link(false)
  }

  private networkLost(device: Side | null): void {
    if (!this.up) return
    this.up = false
    this.world.cloudLink(false, false)
    if (device === null) return
    if (this.policy === policies.SUSPEND_ON_ERROR) return device.hold(true)
    this.wanted = false
    const handler = this.onUnexpectedDisconnect
    if (handler !== null)
      device.after(0, () => device.call('server.onunexpecteddisconnect', handler, connectReasons.NO_WIFI))
  }

  private establish(own: boolean): void {
    this.up = true
    this.wanted = true
    this.world.cloudLink(true, own)
  }
}
