/** Reads a device script that comes from a file or over the network. */
import { IMP_TYPES, type ImpType } from './api/table/types.ts'
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
  positive,
  shape,
  text,
  within,
  wrong,
} from './checked.ts'
import type { DeviceScript } from './device-script.ts'
import { checkedModel } from './models/checked-model.ts'
import type { ModelUse } from './models/peripheral.ts'

/**
 * The script itself when it has the right shape, and names pins and buses that an imp of the type has: of any type, where it is not known. Throws an
 * Error that names the place otherwise.
 */
export function checkedScript(value: unknown, type?: ImpType): DeviceScript {
  shapeFor(type)(value, 'script')
  return value as DeviceScript
}

const uartLine: Check = (value, path) => {
  shape({ at: number, on: bytes, send: bytes, every: positive }, ['send'])(value, path)
  if ('at' in (value as object) === 'on' in (value as object)) throw wrong(path, 'either "at" or "on"')
}
const register = (key: string, path: string) => {
  if (!/^[0-9a-fA-F]{1,2}$/.test(key)) throw wrong(path, 'names of two hex digits')
}
const scalar: Check = (value, path) => {
  if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
    throw wrong(path, 'a text, a number, true, false or null')
}
const modelUse = shape(
  { bus: text, address: hex, chipSelect: text, use: text, with: map(scalar), source: text },
  ['bus', 'use'],
)
const i2cDevice = shape({ registers: map(hex, register), reads: list(hex) }, [])
const mqtt = shape(
  {
    refuse: choice([-1, 1, 2, 3, 4, 5]),
    users: map(text),
    messages: list(
      shape(
        { at: number, topic: text, send: bytes, qos: choice([0, 1, 2]), retain: boolean, every: positive },
        ['at', 'topic', 'send'],
      ),
    ),
  },
  [],
)

type Named = 'pin' | 'uart' | 'i2c' | 'spi'

/** The names of a kind that a type has, as programs write them: `pinA`, `i2cJK`. */
function namesOf(type: ImpType, kind: Named): readonly string[] {
  const names = kind === 'pin' ? type.pins : type[kind]
  return names.map((name) => kind + name)
}

function shapeFor(type: ImpType | undefined): Check {
  const named = (kind: Named) => (name: string, path: string) => {
    if ((type === undefined ? IMP_TYPES : [type]).some((one) => namesOf(one, kind).includes(name))) return
    const others = IMP_TYPES.filter((one) => namesOf(one, kind).includes(name)).map((one) => one.name)
    if (type === undefined) throw new Error(`There is no "${name}" on any imp, at ${path}`)
    const has = namesOf(type, kind).join(', ')
    const elsewhere =
      others.length > 0 ? ` (${others.join(', ')} ${others.length === 1 ? 'has' : 'have'} it)` : ''
    throw new Error(`There is no "${name}" on an ${type.name}${elsewhere}, at ${path}: it has ${has}`)
  }
  const pin = named('pin')
  const analogue = (name: string, path: string) => {
    pin(name, path)
    if (type === undefined || type.adc.includes(name.slice(3))) return
    const able = type.adc.length > 0 ? `: ${type.adc.map((one) => `pin${one}`).join(', ')} can be` : ''
    throw new Error(`"${name}" of an ${type.name} is no analogue input, at ${path}${able}`)
  }
  const models: Check = (value, path) => {
    const places = new Set<string>()
    list((one, at) => {
      modelUse(one, at)
      if (!isRecord(one)) return
      const use = one as unknown as ModelUse
      const kind = checkedModel(use, at, pin)
      named(kind)(use.bus, `${at}.bus`)
      const place = kind === 'i2c' ? `address ${use.address?.toLowerCase()}` : (use.chipSelect ?? '')
      if (kind !== 'uart' && places.has(`${use.bus} ${place}`))
        throw wrong(
          at,
          `no second model at ${use.bus}${place === '' ? '' : ` ${place}`}, as only one answers,`,
        )
      places.add(`${use.bus} ${place}`)
    })(value, path)
  }
  return shape(
    {
      pins: map(course(choice([0, 1])), pin),
      analog: map(course(within(0, 1)), analogue),
      i2c: map(map(i2cDevice, register), named('i2c')),
      uart: map(list(uartLine), named('uart')),
      spi: map(list(shape({ on: bytes, send: bytes }, ['on', 'send'])), named('spi')),
      models,
      mqtt,
      light: course(within(0, 65_535)),
      voltage: course(within(0, 6)),
      rssi: course(within(-150, 0)),
    },
    [],
  )
}
