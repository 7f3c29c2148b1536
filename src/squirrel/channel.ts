/** Messages between device and agent. */
import type { SqValue } from './language/values/values.ts'
import { type Plain, fromPlain, plainSize, toPlain } from './plain.ts'
import { texts } from './platform-texts.ts'
import type { Side, SideKind } from './side.ts'
import { sendErrors } from './connection.ts'
import type { World } from './world.ts'

/** Largest message in bytes. */
const largestMessage = 65_536

type Message = { name: string; data: Plain }

export class Channel {
  private readonly world: World
  private readonly handlers = { agent: new Map<string, SqValue>(), device: new Map<string, SqValue>() }
  /** The agent's handlers of the device's coming and going. */
  onConnect: SqValue = null
  onDisconnect: SqValue = null
  /** Messages to a device that is about to begin. */
  private early: Message[] = []
  private lastArrival = 0
  /** Whether the device was connected since the agent's code began. */
  deviceSeen = false

  /** The clock was set by so many milliseconds. */
  shift(milliseconds: number): void {
    this.lastArrival += milliseconds
  }

  constructor(world: World) {
    this.world = world
  }

  /** `agent.on` and `device.on`: a handler on this side, null removes it. */
  on(side: Side, name: string, handler: SqValue): void {
    if (handler === null) this.handlers[side.kind].delete(name)
    else this.handlers[side.kind].set(name, handler)
  }

  /** `agent.send` and `device.send`: 0, or why the message was not sent. */
  send(from: Side, name: string, value: SqValue): number {
    const message = { name, data: toPlain(value, from.kind === 'agent') }
    if (plainSize(message.data) > largestMessage) return sendErrors.SEND_ERROR_DISCARDED
    const { world } = this
    if (from.kind === 'device') {
      if (!world.connection.ready(from)) return sendErrors.SEND_ERROR_NOT_CONNECTED
    } else if (!world.linked) return sendErrors.SEND_ERROR_NOT_CONNECTED
    const to = from.kind === 'device' ? 'agent' : 'device'
    from.whenConnected(() => {
      this.lastArrival = Math.max(this.lastArrival, from.now() + world.latency)
      world.queue.add(this.lastArrival, () => this.arrive(to, message))
    })
    return sendErrors.SEND_ERROR_NONE
  }

  /** Code of a side begins: it has no handlers. */
  agentBegins(): void {
    this.handlers.agent.clear()
    this.deviceSeen = this.world.linked
    this.onConnect = null
    this.onDisconnect = null
  }

  deviceBegins(): void {
    this.handlers.device.clear()
  }

  /** A side ran its main code: the agent hears of the device, the device gets what came early. */
  sideReady(kind: SideKind): void {
    if (kind === 'agent') return
    if (this.world.linked) this.notify('device.onconnect', this.onConnect)
    const { early } = this
    this.early = []
    for (const message of early) this.arrive('device', message)
  }

  /** `own`: the device left in good order. */
  linkChanged(up: boolean, own: boolean): void {
    this.deviceSeen ||= up
    if (up) {
      if (this.world.device !== null) this.notify('device.onconnect', this.onConnect)
    } else
      this.notify(
        'device.ondisconnect',
        this.onDisconnect,
        own ? disconnectReasons.expected : disconnectReasons.unexpected,
      )
  }

  private notify(callback: string, handler: SqValue, ...args: SqValue[]): void {
    const { agent } = this.world
    if (handler !== null && agent !== null)
      agent.after(this.world.latency, () => agent.call(callback, handler, ...args))
  }

  private arrive(to: SideKind, message: Message): void {
    const side = this.world[to]
    if (side === null) {
      if (to === 'device' && this.world.linked) this.early.push(message)
      return
    }
    side.at(this.world.clock.read(), () => this.deliver(side, message))
  }

  private deliver(side: Side, { name, data }: Message): void {
    const handler = this.handlers[side.kind].get(name)
    if (handler !== undefined)
      side.callWith(`${side.kind === 'agent' ? 'device' : 'agent'}.on "${name}"`, handler, () => [
        fromPlain(data),
      ])
    else side.log(side.kind === 'agent' ? 'agent.error' : 'server.error', texts.noHandler[side.kind])
  }
}

const disconnectReasons = { unexpected: 0, expected: 1 } as const
