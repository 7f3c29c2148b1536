/** Pins: levels from the device script, writes remembered, changes reported to the code. */
import { raise } from '../language/run/errors.ts'
import { native } from '../language/library/native.ts'
import { SqFloat, type SqFunction, type SqValue, isNumeric, num } from '../language/values/values.ts'
import { type Course, valueAt } from '../device-script.ts'
import { currentSide, type Side } from '../side.ts'
import { nativeOf } from './natives.ts'

export const pinConstants = {
  DIGITAL_OUT: 0,
  DIGITAL_OUT_OD: 1,
  DIGITAL_OUT_OD_PULLUP: 2,
  DIGITAL_IN: 3,
  DIGITAL_IN_PULLUP: 4,
  DIGITAL_IN_PULLDOWN: 5,
  DIGITAL_IN_WAKEUP: 6,
  ANALOG_IN: 7,
  ANALOG_OUT: 8,
  PWM_OUT: 9,
  PTC_IN: 10,
  PULSE_COUNTER: 11,
  PULSE_OUT: 12,
} as const

/** State of one pin. */
export class Pin {
  readonly name: string
  mode: number | null = null
  written: SqValue = 0
  constructor(name: string) {
    this.name = name
  }

  /** Level, voltage share or last written value. */
  read(side: Side): SqValue {
    const { script } = side.world
    const seconds = (side.now() - side.world.scriptBegin(side)) / 1000
    if (this.mode === pinConstants.ANALOG_IN) {
      return Math.round(Math.max(0, Math.min(1, valueAt(script.analog?.[this.name], seconds, 0))) * 65_535)
    }
    if (!isInput(this.mode)) return this.written
    return valueAt(
      script.pins?.[this.name],
      seconds,
      this.mode === pinConstants.DIGITAL_IN_PULLUP ? 1 : 0,
    ) === 0
      ? 0
      : 1
  }
}

export const pinMethods: SqFunction[] = [
  native('configure', 'i[..*', (self, mode: number, second: SqValue = null, third: SqValue = null) => {
    const pin = nativeOf(self, Pin)
    pin.mode = mode
    pin.written = isInput(mode) ? 0 : isNumeric(second) ? second : isNumeric(third) ? third : 0
    const handler = isInput(mode) ? second : null
    if (handler !== null && !isNumeric(handler)) watch(currentSide(), pin, handler)
    return 0
  }),
  native('read', '', (self) => nativeOf(self, Pin).read(currentSide())),
  native('write', 'n|b', (self, value: SqValue) => {
    const pin = nativeOf(self, Pin)
    if (pin.mode === null) throw raise(`${pin.name} is not configured`)
    pin.written = value === true ? 1 : value === false ? 0 : value
    return 0
  }),
  native('disable', '', (self) => {
    nativeOf(self, Pin).mode = null
    return null
  }),
  native('period', 'n', () => null),
  native('getdutycycle', '', (self) => new SqFloat(num(nativeOf(self, Pin).written))),
  native('_tostring', '', (self) => nativeOf(self, Pin).name),
]

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
  side.players.set(pin.name, {
    level: () => pin.read(side),
    play(before) {
      if (pin.read(side) !== before) side.at(side.now(), call)
      arm()
    },
  })
  arm()
}

function isInput(mode: number | null): boolean {
  return mode !== null && mode >= pinConstants.DIGITAL_IN && mode <= pinConstants.ANALOG_IN
}
