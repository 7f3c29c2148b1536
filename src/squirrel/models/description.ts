/** Models written in JSON: registers, what a write to them sets off, and answers of a serial port. */
import type { Bytes, Course } from '../device-script.ts'
import { bytes, choice, course, hex, isRecord, list, map, number, oneOf, shape, wrong } from '../checked.ts'

/** What happens: one thing a step. */
export type Step =
  | { set: string; value: string }
  | { pin: string; level: 0 | 1 }
  | { send: Bytes }
  | { after: number; do: Step[] }

export type Register = {
  /** Bytes in hex; those after the first fill the registers that follow. */
  value?: string
  /** Bytes of one read after the other; the last one stays. */
  queue?: string[]
  /** A measurement over time. It is multiplied by `scale` (1) and stored in `bytes` (1) bytes in `order` (`big`). */
  course?: Course
  scale?: number
  bytes?: number
  order?: 'big' | 'little'
  /** `rw` if absent. A register that only reads keeps its value when it is written. */
  access?: 'r' | 'w' | 'rw'
  /** The bits that a write changes, in hex; all if absent. */
  mask?: string
}

export type Trigger = { do: Step[] } & (
  | { write: string; bits?: string }
  | { command: string }
  | { receive: Bytes }
)

export type Description = {
  model: 1
  registers?: Record<string, string | Register>
  /** Whether the register goes on by one with each byte: `always` (the default), `never`, or when bit 6 or 7 of its number is set. */
  increment?: 'always' | 'never' | 'bit6' | 'bit7'
  /** Bytes of a register's number: 1 (the default) or 2. */
  addressBytes?: number
  /** SPI: the bit of the first byte that says that registers are read, in hex; `80` if absent. */
  readBit?: string
  /** What happens when the device gets power. */
  start?: Step[]
  on?: Trigger[]
}

const registerName = (name: string, path: string) => {
  if (!/^[0-9a-fA-F]{2,4}$/.test(name)) throw wrong(path, 'names of two or four hex digits')
}
const steps = (value: unknown, path: string): void => list(step)(value, path)
const step = oneOf('a step: "set" and "value", "pin" and "level", "send", or "after" and "do"', {
  set: shape({ set: hex, value: hex }, ['set', 'value']),
  pin: shape({ pin: (name, path) => pinName(name, path), level: choice([0, 1]) }, ['pin', 'level']),
  send: shape({ send: bytes }, ['send']),
  after: shape({ after: number, do: steps }, ['after', 'do']),
})
const trigger = oneOf('what sets it off: "write", "command" or "receive"', {
  write: shape({ write: hex, bits: hex, do: steps }, ['write', 'do']),
  command: shape({ command: hex, do: steps }, ['command', 'do']),
  receive: shape({ receive: bytes, do: steps }, ['receive', 'do']),
})
const register = shape(
  {
    value: hex,
    queue: list(hex),
    course: course(number),
    scale: number,
    bytes: choice([1, 2, 3, 4]),
    order: choice(['big', 'little']),
    access: choice(['r', 'w', 'rw']),
    mask: hex,
  },
  [],
)
const description = shape(
  {
    model: choice([1]),
    registers: map(
      (value, path) => (isRecord(value) ? register(value, path) : hex(value, path)),
      registerName,
    ),
    increment: choice(['always', 'never', 'bit6', 'bit7']),
    addressBytes: choice([1, 2]),
    readBit: hex,
    start: steps,
    on: list(trigger),
  },
  ['model'],
)

/** Refuses what is no name of a pin. */
export function pinName(value: unknown, path: string): void {
  if (typeof value !== 'string' || !/^pin[0-9A-Z]+$/.test(value))
    throw wrong(path, 'the name of a pin, such as pinW')
}

/** The pins that a model drives. */
export function drivenPins({ start = [], on = [] }: Description): readonly string[] {
  const driven = (steps: readonly Step[]): readonly string[] =>
    steps.flatMap((one) => ('pin' in one ? [one.pin] : 'after' in one ? driven(one.do) : []))
  return [...driven(start), ...on.flatMap((one) => driven(one.do))]
}

/** Whether a model says anything on a bus: a serial port knows no registers, the others receive nothing. */
export function fitsBus(
  { registers, start = [], on = [] }: Description,
  kind: 'i2c' | 'spi' | 'uart',
): boolean {
  const sends = (steps: readonly Step[]): boolean =>
    steps.some((one) => 'send' in one || ('after' in one && sends(one.do)))
  const answers = on.some((one) => 'receive' in one)
  if (kind === 'uart') return answers || sends(start)
  return registers !== undefined || on.some((one) => !('receive' in one)) || !(answers || sends(start))
}

/** The model that a text describes. Throws an Error that names the place where it is none. */
export function describedModel(name: string, text: string): Description {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`The model ${name} is no JSON: ${(error as Error).message}`, { cause: error })
  }
  description(value, name)
  return value as Description
}
