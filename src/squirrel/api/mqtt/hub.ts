/** The MQTT of a world: its broker, and what the device script publishes. */
import { byteString, type MqttLine } from '../../device-script.ts'
import type { World } from '../../world.ts'
import { Broker, type Subscriber } from './broker.ts'

export class MqttHub {
  readonly broker = new Broker()
  private readonly world: World
  /** What the script publishes has been planned: it begins with the first connection. */
  private planned: object | null = null

  constructor(world: World) {
    this.world = world
  }

  joined(_subscriber: Subscriber): void {
    const { script } = this.world
    if (this.planned === script) return
    this.planned = script
    for (const line of script.mqtt?.messages ?? []) this.plan(line, line.at)
  }

  left(subscriber: Subscriber): void {
    this.broker.leave(subscriber)
  }

  private plan(line: MqttLine, seconds: number): void {
    const { world } = this
    const { script } = world
    world.queue.add(world.clock.read() + seconds * 1000, () => {
      // Another script may have taken its place.
      if (world.script !== script) return
      const { topic, retain = false, qos = 0 } = line
      this.broker.publish({ topic, payload: byteString(line.send), qos, retain })
      if (line.every !== undefined && line.every > 0) this.plan(line, line.every)
    })
  }
}
