/** `hardware`: clock, identity, measurements, pins and buses of a device; clock and identity on both sides where the platform has them. */
import { instantiate, native, nativeTable } from '../language/library/native.ts'
import { SqTable } from '../language/values/table.ts'
import { SqFloat, type SqFunction } from '../language/values/values.ts'
import { wakeReasons } from '../device-state.ts'
import { valueAt } from '../device-script.ts'
import { currentSide, type Side } from '../side.ts'
import { toInteger } from './arguments.ts'
import { I2cBus, SpiBus, Uart, busConstants, i2cMethods, spiMethods, uartMethods } from './buses.ts'
import { type NativeMember, classOf } from './natives.ts'
import { Pin, pinConstants, pinMethods } from './pins.ts'
import { samplerConstants, samplerTables } from './sampler.ts'
import { spiflashConstants, spiflashMembers } from './spiflash.ts'

export const hardwareConstants = {
  ...pinConstants,
  ...busConstants,
  ...spiflashConstants,
  ...samplerConstants,
} as const

const measurements: SqFunction[] = [
  native('millis', '', () => {
    const side = currentSide()
    return toInteger(side.now() - side.started)
  }),
  native('micros', '', () => {
    const side = currentSide()
    return toInteger((side.now() - side.started) * 1000)
  }),
  native('voltage', '', () => new SqFloat(scripted('voltage', 3.3))),
  native('lightlevel', '', () => Math.round(scripted('light', 30_000))),
  native('getdeviceid', '', () => currentSide().world.facts.id),
  native('getimpeeid', '', () => currentSide().world.facts.id),
  native('wakereason', '', () => wakeReasons[currentSide().world.wakeReason]),
]

/** Pins and buses: card types number their pins, module types letter them. */
const numbered = {
  pins: ['1', '2', '5', '6', '7', '8', '9'],
  uarts: ['12', '57', '1289', '6E'],
  i2cs: ['12', '89'],
  spis: ['189', '257'],
}
const letters = 'ABCDEFGHJKLMNPQRSTUVWXY'.split('')
const lettered = {
  pins: [...letters, ...letters.map((letter) => `X${letter}`)],
  uarts: [
    'AB',
    'ABCD',
    'ABCDW',
    'BC',
    'DM',
    'FG',
    'FGJH',
    'FGH',
    'GH',
    'HJ',
    'JDMN',
    'NU',
    'PGR',
    'QRPW',
    'XEFGH',
    '0',
    '1',
    '2',
  ],
  i2cs: ['AB', 'BC', 'BCD', 'FG', 'GH', 'HJ', 'JK', 'KL', 'LK', 'MN', 'PQ', 'QR', 'XDC', '0'],
  spis: ['ABCDE', 'AHSR', 'BCAD', 'EBCA', 'GBCA', 'LGDK', 'PQRS', 'XLM', '0'],
}

/** The table `hardware` of a device. */
export function hardwareTable(side: Side): SqTable {
  const members: NativeMember[] = [
    ...measurements,
    ['spiflash', nativeTable(spiflashMembers)],
    ...samplerTables(),
  ]
  const parts = /^imp00[12]$/.test(side.world.facts.impType) ? numbered : lettered
  const add = (kind: string, names: string[], methods: SqFunction[], make: (name: string) => object) => {
    const cls = classOf(side, kind, methods)
    for (const name of names) {
      const object = instantiate(cls)
      object.native = make(`${kind}${name}`)
      members.push([`${kind}${name}`, object])
    }
  }
  add('pin', parts.pins, pinMethods, (name) => new Pin(name))
  add('i2c', parts.i2cs, i2cMethods, (name) => new I2cBus(name))
  add('spi', parts.spis, spiMethods, (name) => new SpiBus(name))
  add('uart', parts.uarts, uartMethods, (name) => new Uart(name))
  return nativeTable(members)
}

function scripted(name: 'voltage' | 'light', otherwise: number): number {
  const side = currentSide()
  return valueAt(side.world.script[name], (side.now() - side.world.scriptBegin(side)) / 1000, otherwise)
}
