/** Pins: levels from the device script, writes remembered, changes reported to the code. */
import { raise } from '../language/run/errors.ts'
import { native } from '../language/library/native.ts'
import { SqFloat, type SqValue, isNumeric, num } from '../language/values/values.ts'
import { type Course, valueAt } from '../device-script.ts'
import { currentSide, type Side } from '../side.ts'
import { type Implementation, api, nativeOf } from './natives.ts'
import { constant } from './table/rows.ts'
import { impTypeOf } from './table/types.ts'

const modes = {
  digitalIn: constant('DIGITAL_IN'),
  pullUp: constant('DIGITAL_IN_PULLUP'),
  analogIn: constant('ANALOG_IN'),
  pulses: constant('PWM_OUT'),
}

/** Modes that not every pin has, by the list of the type that holds those that do. */
const special: ReadonlyMap<number, 'adc' | 'dac' | 'pwm' | 'wake'> = new Map([
  [constant('ANALOG_IN'), 'adc'],
  [constant('ANALOG_OUT'), 'dac'],
  [constant('PWM_OUT'), 'pwm'],
  [constant('DIGITAL_IN_WAKEUP'), 'wake'],
])
const purposes = {
  adc: 'an analogue input',
  dac: 'an analogue output',
  pwm: 'a pulse output',
  wake: 'a wake-up pin',
}

/** State of one pin. */
export class Pin {
  readonly name: string
  mode: number | null = null
  written: SqValue
  /** Seconds, in PWM mode. */
  period = 0
  constructor(name: string, level = 0) {
    this.name = name
    this.written = level
  }

  /** Level, voltage share or last written value. */
  read(side: Side): SqValue {
    const { script } = side.world
    const seconds = (side.now() - side.world.scriptBegin(side)) / 1000
    if (this.mode === modes.analogIn) return this.analog(side)
    if (!isInput(this.mode)) return this.written
    const driven = side.world.models.level(this.name)
    if (driven !== undefined) return driven
    return valueAt(script.pins?.[this.name], seconds, this.mode === modes.pullUp ? 1 : 0) === 0 ? 0 : 1
  }

  /** The voltage at the pin, from 0 to 65535 for that of the supply. */
  analog(side: Side): number {
    const seconds = (side.now() - side.world.scriptBegin(side)) / 1000
    const share = valueAt(side.world.script.analog?.[this.name], seconds, 0)
    return Math.round(Math.max(0, Math.min(1, share)) * 65_535)
  }
}

/** The code of a pin. */
export const pinCode: readonly Implementation[] = [
  api('hardware.pin.configure', (self, mode: number, second: SqValue = null, third: SqValue = null) => {
    const pin = nativeOf(self, Pin)
    const key = special.get(mode)
    if (key !== undefined) checkAble(pin, key)
    pin.mode = mode
    const isPulse = mode === modes.pulses
    // A PWM pin has its period before its share of time.
    const level = isPulse ? third : second
    pin.written = isInput(mode) || !isNumeric(level) ? 0 : level
    pin.period = isPulse && isNumeric(second) ? num(second) : 0
    if (!isInput(mode)) selects(pin)
    const handler = isInput(mode) ? second : null
    if (handler !== null && !isNumeric(handler)) watch(currentSide(), pin, handler)
    return 0
  }),
  api('hardware.pin.read', (self) => nativeOf(self, Pin).read(currentSide())),
  api('hardware.pin.write', (self, value: SqValue) => {
    const pin = nativeOf(self, Pin)
    if (pin.mode === null) throw raise(`${pin.name} is not configured`)
    pin.written = value === true ? 1 : value === false ? 0 : value
    selects(pin)
    return 0
  }),
  api('hardware.pin.disable', (self) => {
    nativeOf(self, Pin).mode = null
    return null
  }),
  api('hardware.pin.getdutycycle', (self) => new SqFloat(num(pulsing(self).written))),
  api('hardware.pin.getperiod', (self) => new SqFloat(pulsing(self).period)),
  api('hardware.pin.period', (self, seconds: SqValue) => {
    pulsing(self).period = num(seconds)
    return null
  }),
]

/** The pin, which must be in PWM mode (developer.electricimp.com/node/2582). */
function pulsing(self: SqValue): Pin {
  const pin = nativeOf(self, Pin)
  if (pin.mode !== modes.pulses) throw raise(`${pin.name} is not a pulse output`)
  return pin
}

/** A pin that the code drives may be the select line of a model. */
function selects({ name, written }: Pin): void {
  currentSide().world.models.select(name, num(written) === 0)
}

/** What a pin is as a text. */
export const pinText = native('_tostring', '', (self) => nativeOf(self, Pin).name)

/** Raises when the pin is not in a list of the type (developer.electricimp.com/node/2538). */
export function checkAble({ name }: Pin, key: 'adc' | 'dac' | 'pwm' | 'wake'): void {
  const type = impTypeOf(currentSide().world.facts.impType)
  if (type === undefined || type[key].includes(name.slice('pin'.length))) return
  // The imp004m plays through a pair of pulse outputs.
  if (key === 'dac' && type.pwmpair?.some((pair) => name === `pwmpair${pair}`)) return
  const able = type[key].map((pin) => `pin${pin}`)
  const hint =
    able.length === 0
      ? `no pin of an ${type.name} can`
      : able.length <= 6
        ? `of an ${type.name}, ${able.join(' and ')} can`
        : ''
  throw raise(`${name} cannot be ${purposes[key]}${hint && `: ${hint}`}`)
}

/** Calls the code when the level changes by the script, or by another script, as long as the pin keeps its mode. */
function watch(side: Side, pin: Pin, handler: SqValue): void {
  const { mode } = pin
  const call = () => {
    if (pin.mode === mode) side.call(pin.name, handler)
  }
  const arm = () => {
    const { script } = side.world
    const course: Course | undefined = script.pins?.[pin.name]
    if (!Array.isArray(course)) return
    for (const step of course) {
      const due = side.world.scriptBegin(side) + step.at * 1000
      const sooner = course.filter((one) => one.at < step.at)
      const changes = valueAt(course, step.at, 0) !== valueAt(sooner, step.at, 0)
      if (changes && due > side.now()) side.at(due, () => (side.world.script === script ? call() : null))
    }
  }
  const changed = (before: SqValue) => {
    if (pin.read(side) !== before) side.at(side.now(), call)
  }
  side.players.set(pin.name, {
    level: () => pin.read(side),
    changed,
    play(before) {
      changed(before)
      arm()
    },
  })
  arm()
}

function isInput(mode: number | null): boolean {
  return mode !== null && mode >= modes.digitalIn && mode <= modes.analogIn
}
