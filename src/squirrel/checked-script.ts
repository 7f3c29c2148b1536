/** Reads a device script that comes from a file or over the network. */
import type { DeviceScript } from './device-script.ts'
import {
  type Check,
  boolean,
  bytes,
  choice,
  course,
  hex,
  isRecord,
  list,
  map,
  number,
  shape,
  text,
  wrong,
} from './checked.ts'
import { checkedModel } from './models/checked-model.ts'

/** The script itself when it has the right shape; throws an Error that names the place otherwise. */
export function checkedScript(value: unknown): DeviceScript {
  script(value, 'script')
  return value as DeviceScript
}

const uartLine: Check = (value, path) => {
  shape({ at: number, on: bytes, send: bytes, every: number }, ['send'])(value, path)
  if ('at' in (value as object) === 'on' in (value as object)) throw wrong(path, 'either "at" or "on"')
}
const register = (key: string, path: string) => {
  if (!/^[0-9a-fA-F]{1,2}$/.test(key)) throw wrong(path, 'names of two hex digits')
}
const scalar: Check = (value, path) => {
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
    throw wrong(path, 'a text, a number, true, false or null')
}
const model: Check = (value, path) => {
  shape({ bus: text, address: hex, chipSelect: text, use: text, with: map(scalar), source: text }, [
    'bus',
    'use',
  ])(value, path)
  if (isRecord(value)) checkedModel(value as never, path)
}
const i2cDevice = shape({ registers: map(hex, register), reads: list(hex) }, [])
const script = shape(
  {
    pins: map(course),
    analog: map(course),
    i2c: map(map(i2cDevice, register)),
    uart: map(list(uartLine)),
    spi: map(list(shape({ on: bytes, send: bytes }, ['on', 'send']))),
    models: list(model),
    mqtt: shape(
      {
        refuse: choice([-1, 1, 2, 3, 4, 5]),
        users: map(text),
        messages: list(
          shape(
            { at: number, topic: text, send: bytes, qos: choice([0, 1, 2]), retain: boolean, every: number },
            ['at', 'topic', 'send'],
          ),
        ),
      },
      [],
    ),
    light: course,
    voltage: course,
    rssi: course,
  },
  [],
)
