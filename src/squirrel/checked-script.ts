/** Reads a device script that comes from a file or over the network. */
import type { DeviceScript } from './device-script.ts'

type Check = (value: unknown, path: string) => void

/** The script itself when it has the right shape; throws an Error that names the place otherwise. */
export function checkedScript(value: unknown): DeviceScript {
  script(value, 'script')
  return value as DeviceScript
}

const number: Check = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(path, 'a number')
}
const hex: Check = (value, path) => {
  if (typeof value !== 'string' || !/^(?:\s*[0-9a-fA-F]{2})*\s*$/.test(value))
    throw wrong(path, 'bytes as pairs of hex digits')
}
const text: Check = (value, path) => {
  if (typeof value !== 'string') throw wrong(path, 'a text')
}
const course: Check = (value, path) => {
  if (typeof value === 'number') number(value, path)
  else list(shape({ at: number, value: number }, ['at', 'value']))(value, path)
}
const bytes: Check = (value, path) => {
  if (isRecord(value) && 'text' in value) shape({ text }, ['text'])(value, path)
  else shape({ hex }, ['hex'])(value, path)
}
const uartLine: Check = (value, path) => {
  shape({ at: number, on: bytes, send: bytes, every: number }, ['send'])(value, path)
  if ('at' in (value as object) === 'on' in (value as object)) throw wrong(path, 'either "at" or "on"')
}
const register = (key: string, path: string) => {
  if (!/^[0-9a-fA-F]{1,2}$/.test(key)) throw wrong(path, 'names of two hex digits')
}
const i2cDevice = shape({ registers: map(hex, register), reads: list(hex) }, [])
const script = shape(
  {
    pins: map(course),
    analog: map(course),
    i2c: map(map(i2cDevice, register)),
    uart: map(list(uartLine)),
    spi: map(list(shape({ on: bytes, send: bytes }, ['on', 'send']))),
    light: course,
    voltage: course,
    rssi: course,
  },
  [],
)

/** An object with members of these kinds only. */
function shape(members: Record<string, Check>, required: string[]): Check {
  return (value, path) => {
    if (!isRecord(value)) throw wrong(path, 'an object')
    for (const [name, member] of Object.entries(value)) {
      const check = Object.hasOwn(members, name) ? members[name] : undefined
      if (!check)
        throw new Error(
          `The device script has an unknown member "${name}" at ${path}; known are ${Object.keys(members).join(', ')}.`,
        )
      check(member, `${path}.${name}`)
    }
    for (const name of required)
      if (!Object.hasOwn(value, name)) throw wrong(path, `an object with "${name}"`)
  }
}

function map(member: Check, key: (name: string, path: string) => void = () => undefined): Check {
  return (value, path) => {
    if (!isRecord(value)) throw wrong(path, 'an object')
    for (const [name, one] of Object.entries(value)) {
      key(name, path)
      member(one, `${path}.${name}`)
    }
  }
}

function list(item: Check): Check {
  return (value, path) => {
    if (!Array.isArray(value)) throw wrong(path, 'a list')
    for (const [at, one] of value.entries()) item(one, `${path}[${at}]`)
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(path: string, expected: string): Error {
  return new Error(`The device script must have ${expected} at ${path}.`)
}
