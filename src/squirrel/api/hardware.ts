/** `hardware`: clock, identity, measurements, and the pins and buses that the type of the imp has. */
import { SqError, raise } from '../language/run/errors.ts'
import { instantiate, native, nativeTable } from '../language/library/native.ts'
import type { SqTable } from '../language/values/table.ts'
import { toText } from '../language/values/text.ts'
import { SqFloat, type SqFunction, type SqValue } from '../language/values/values.ts'
import { wakeReasons } from '../device-state.ts'
import { valueAt } from '../device-script.ts'
import { currentSide, type Side } from '../side.ts'
import { toInteger } from './arguments.ts'
import { I2cBus, SpiBus, Uart, i2cCode, spiCode, uartCode } from './buses.ts'
import { legacy } from './imp.ts'
import { type Implementation, api, classOf, methodsOfClass } from './natives.ts'
import { Pin, pinCode, pinText } from './pins.ts'
import { constant } from './table/rows.ts'
import { type ImpType, IMP_TYPES } from './table/types.ts'

/** What `hardware.configure` takes. */
const legacyBuses = ['I2C_12', 'I2C_89', 'UART_12', 'UART_57', 'UART_1289', 'SPI_189', 'SPI_257'].map(
  constant,
)

/** The code of `hardware` itself. */
export const hardwareCode: readonly Implementation[] = [
  api('hardware.millis', () => {
    const side = currentSide()
    return toInteger(side.now() - side.started)
  }),
  api('hardware.micros', () => {
    const side = currentSide()
    return toInteger((side.now() - side.started) * 1000)
  }),
  api('hardware.voltage', () => new SqFloat(scripted('voltage', 3.3))),
  api('hardware.vbat', () => new SqFloat(scripted('voltage', 3.3))),
  api('hardware.lightlevel', () => Math.round(scripted('light', 30_000))),
  api('hardware.getdeviceid', () => currentSide().world.facts.id),
  api('hardware.getimpeeid', () => currentSide().world.facts.id),
  api('hardware.wakereason', () => wakeReasons[currentSide().world.wakeReason]),
  api('hardware.configure', (_self, bus: number) => {
    if (!legacyBuses.includes(bus)) throw raise('hardware.configure: wrong configuration')
    return legacy('hardware.configure', null)
  }),
]

/** Puts the pins and buses of a type into the table `hardware`. */
export function addParts(side: Side, hardware: SqTable, type: ImpType): void {
  const add = (
    kind: string,
    names: readonly string[],
    methods: readonly SqFunction[],
    make: (name: string) => object,
  ) => {
    const cls = classOf(side, kind, () => methods)
    for (const name of names) {
      const object = instantiate(cls)
      object.native = make(`${kind}${name}`)
      hardware.set(`${kind}${name}`, object)
    }
  }
  add(
    'pin',
    type.pins,
    [...methodsOfClass('hardware.pin', pinCode), pinText],
    (name) => new Pin(name, type.start?.[name.slice('pin'.length)]),
  )
  add('pwmpair', type.pwmpair ?? [], [pinText], (name) => new Pin(name))
  add('i2c', type.i2c, methodsOfClass('hardware.i2c', i2cCode), (name) => new I2cBus(name))
  add('spi', type.spi, methodsOfClass('hardware.spi', spiCode), (name) => new SpiBus(name))
  add('uart', type.uart, methodsOfClass('hardware.uart', uartCode), (name) => new Uart(name))
}

/** A delegate for `hardware` that tells which types have what this one lacks. */
export function hintsFor(type: ImpType): SqTable {
  return nativeTable([
    native('_get', '.', (_self, key: SqValue) => {
      const types = typeof key === 'string' ? typesWith(key) : []
      if (types.length === 0) throw new SqError(null, 'null')
      throw raise(
        `the index '${toText(key)}' does not exist: this is an ${type.name}, and only ${types.join(', ')} have it`,
      )
    }),
  ])
}

function typesWith(name: string): string[] {
  const [, kind, rest = ''] = /^(pwmpair|pin|uart|i2c|spi)(.+)$/.exec(name) ?? []
  const parts = { pwmpair: 'pwmpair', pin: 'pins', uart: 'uart', i2c: 'i2c', spi: 'spi' } as const
  if (kind === undefined) return []
  return IMP_TYPES.filter((type) => type[parts[kind as keyof typeof parts]]?.includes(rest)).map(
    ({ name: one }) => one,
  )
}

function scripted(name: 'voltage' | 'light', otherwise: number): number {
  const side = currentSide()
  return valueAt(side.world.script[name], (side.now() - side.world.scriptBegin(side)) / 1000, otherwise)
}
