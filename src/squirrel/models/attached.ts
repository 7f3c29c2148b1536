/** The models of a device script, on the buses and pins of a world. */
import { SqAbort, SqError } from '../language/run/errors.ts'
import { utf8Encode } from '../utf8.ts'
import { failureOf } from '../failure.ts'
import type { DeviceScript } from '../device-script.ts'
import type { World } from '../world.ts'
import { modelText } from './checked-model.ts'
import { describedModel } from './description.ts'
import type { ModelUse, Peripheral, PeripheralHost } from './peripheral.ts'
import { modelLimits, programmedPeripheral } from './program.ts'
import { describedPeripheral } from './registers.ts'

type Attached = { use: ModelUse; peripheral: Peripheral; selected: boolean }

/** What all models of a device may plan for later. */
const mostPlanned = 1000

export class Models {
  private readonly world: World
  private readonly attached: Attached[]
  /** Levels of the pins that models drive. */
  private readonly levels = new Map<string, number>()
  /** What models do later, in the order of its time. */
  private planned: { due: number; act: () => void }[] = []
  /** The moment of what a model does now, when that was planned for earlier than the code asks. */
  private time: number | null = null

  constructor(world: World, script: DeviceScript) {
    this.world = world
    this.attached = (script.models ?? []).flatMap((use) => {
      const peripheral = this.made(use)
      // What has no select line is always selected.
      return peripheral === null ? [] : [{ use, peripheral, selected: false }]
    })
  }

  /** Lets happen what was planned for a time that is over: code that sleeps or waits in a loop lets time pass without any event. */
  private catchUp(): void {
    if (this.time !== null || this.planned.length === 0) return
    const now = this.world.moment()
    while (this.planned[0] !== undefined && this.planned[0].due <= now) {
      const { due, act } = this.planned.shift() as { due: number; act: () => void }
      this.time = due
      act()
      this.time = null
    }
  }

  private moment(): number {
    return this.time ?? this.world.moment()
  }

  /** The model at an 8-bit address (two hex digits) of an I2C bus. */
  i2c(bus: string, address: string): Peripheral | undefined {
    this.catchUp()
    return this.attached.find(
      ({ use }) => use.bus === bus && use.address?.toLowerCase() === address.toLowerCase(),
    )?.peripheral
  }

  /** The bytes that come in on an SPI bus while `bytes` go out; undefined when no model is selected. */
  transfer(bus: string, bytes: string): string | undefined {
    this.catchUp()
    const found = this.attached.find(
      ({ use, selected }) => use.bus === bus && (selected || use.chipSelect === undefined),
    )
    if (found === undefined) return undefined
    const { peripheral, selected } = found
    // Without a select line each transfer is one of its own.
    if (!selected) peripheral.select(true)
    const answer = peripheral.transfer(bytes)
    if (!selected) peripheral.select(false)
    return answer
  }

  /** What the code sent on a serial port; false when no model hangs on it. */
  received(bus: string, bytes: string): boolean {
    this.catchUp()
    const found = this.attached.filter(({ use }) => use.bus === bus)
    for (const { peripheral } of found) peripheral.received(bytes)
    return found.length > 0
  }

  /** The select line of a bus itself (`spi.chipselect`), or a pin that the code writes, changes. */
  select(line: string, active: boolean): void {
    this.catchUp()
    for (const one of this.attached) {
      const { use, peripheral, selected } = one
      if (selected === active || (use.chipSelect ?? use.bus) !== line || !use.bus.startsWith('spi')) continue
      one.selected = active
      peripheral.select(active)
    }
  }

  /** The level to which a model drives a pin; undefined when none does. */
  level(pin: string): number | undefined {
    this.catchUp()
    return this.levels.get(pin)
  }

  /** Takes the models off: nothing that they planned happens any more. */
  remove(): void {
    this.planned = []
  }

  private made(use: ModelUse): Peripheral | null {
    const { name, text } = modelText(use, 'script')
    const host = this.hostOf(use, name)
    const options = use.with ?? {}
    if (!name.endsWith('.nut')) return describedPeripheral(describedModel(name, text), options, host)
    const { world } = this
    try {
      return programmedPeripheral(name, utf8Encode(text), {
        host,
        options,
        random: world.random,
        clock: () => this.moment(),
        failed: (error) => this.failed(name, error),
      })
    } catch (error) {
      this.failed(name, error)
      return null
    }
  }

  private hostOf(use: ModelUse, name: string): PeripheralHost {
    const { world } = this
    return {
      after: (seconds, act) => {
        if (this.planned.length >= mostPlanned) return false
        const due = this.moment() + seconds * 1000
        const later = this.planned.findIndex((one) => one.due > due)
        this.planned.splice(later < 0 ? this.planned.length : later, 0, { due, act })
        world.queue.add(due, () => this.catchUp())
        return true
      },
      pin: (pin, level) => {
        if (this.levels.get(pin) === level) return
        const player = world.device?.players.get(pin)
        const before = player?.level() ?? null
        this.levels.set(pin, level)
        player?.changed?.(before)
      },
      send: (bytes) => world.device?.players.get(use.bus)?.deliver?.(bytes),
      log: (text) => world.log(this.moment(), 'server.log', `model ${name}: ${text}`),
      now: () => (this.moment() - world.scriptStart()) / 1000,
    }
  }

  /** Tells of an error of a model, and ends the code where a failure does. */
  private failed(name: string, error: unknown): void {
    const callback = `model ${name}`
    const allowed = { ticks: modelLimits.ticks, memory: modelLimits.memory }
    const failure =
      error instanceof SqError || error instanceof SqAbort
        ? failureOf(error, 'device', callback, null, allowed)
        : {
            side: 'device' as const,
            reason: 'error' as const,
            callback,
            place: null,
            message: utf8Encode((error as Error).message),
            frames: [],
          }
    const message = failure.reason === 'error' ? `${callback}: ${failure.message}` : failure.message
    this.world.modelFailed({ ...failure, message })
  }
}
