/** I2C, SPI and UART: answered by the device script, silent without one. */
import { blobOfBytes } from './http-codec.ts'
import { charge } from '../language/run/state.ts'
import { type SqValue, num } from '../language/values/values.ts'
import { type I2cDevice, type UartLine, byteString, hexString } from '../device-script.ts'
import { currentSide, type Side } from '../side.ts'
import { bytesOf, toInteger } from './arguments.ts'
import { type Implementation, api, nativeOf } from './natives.ts'
import { constant } from './table/rows.ts'

/** What `i2c.write` and `readerror` tell. */
const noAcknowledge = constant('MASTER_SELECT_ERROR')

export class I2cBus {
  readonly name: string
  lastError = 0
  /** Register that the last write chose and answers already given, by address. */
  readonly chosen = new Map<string, number>()
  readonly given = new Map<string, number>()
  /** Values that the code wrote to registers, by address and register. */
  readonly written = new Map<string, number>()
  constructor(name: string) {
    this.name = name
  }

  device(side: Side, address: string): I2cDevice | undefined {
    const bus = side.world.script.i2c?.[this.name]
    const found = bus?.[address] ?? bus?.[address.toLowerCase()]
    this.lastError = found ? 0 : noAcknowledge
    return found
  }

  write(side: Side, address: number, bytes: string): number {
    charge(bytes.length)
    const key = addressText(address)
    const model = side.world.models.i2c(this.name, key)
    if (model) return (this.lastError = model.write(bytes) ? 0 : noAcknowledge)
    if (!this.device(side, key)) return noAcknowledge
    if (bytes === '') return 0
    const register = bytes.charCodeAt(0)
    this.chosen.set(key, register)
    for (let at = 1; at < bytes.length; at++)
      this.written.set(`${key} ${register + at - 1}`, bytes.charCodeAt(at))
    return 0
  }

  read(side: Side, address: number, text: string, length: number): string | null {
    charge(length)
    const key = addressText(address)
    const model = side.world.models.i2c(this.name, key)
    if (model) {
      const answer = model.read(text, length)
      this.lastError = answer === null ? noAcknowledge : 0
      return answer
    }
    const register = text === '' ? null : text.charCodeAt(0)
    if (register !== null) this.chosen.set(key, register)
    const device = this.device(side, key)
    if (!device) return null
    const reads = device.reads ?? []
    const count = this.given.get(key) ?? 0
    if (register === null && reads.length > 0) {
      this.given.set(key, count + 1)
      return hexString(reads[Math.min(count, reads.length - 1)] as string).slice(0, length)
    }
    const first = register ?? this.chosen.get(key) ?? 0
    return Array.from({ length }, (_, at) => this.register(key, device, first + at)).join('')
  }

  private register(address: string, device: I2cDevice, register: number): string {
    const written = this.written.get(`${address} ${register}`)
    if (written !== undefined) return String.fromCharCode(written)
    // A value of several bytes fills the registers after its own.
    for (const [name, hex] of Object.entries(device.registers ?? {})) {
      const bytes = hexString(hex)
      const at = register - Number.parseInt(name, 16)
      if (at >= 0 && at < bytes.length) return bytes[at] as string
    }
    return '\0'
  }
}

/** The code of an I2C bus. */
export const i2cCode: readonly Implementation[] = [
  api('hardware.i2c.write', (self, address: number, data: SqValue) =>
    nativeOf(self, I2cBus).write(currentSide(), address, bytesOf(data)),
  ),
  api('hardware.i2c.read', (self, address: number, register: SqValue, length: number) => {
    const bus = nativeOf(self, I2cBus)
    const text = register === null ? '' : bytesOf(register)
    return bus.read(currentSide(), address, text, Math.max(0, Math.min(length, 65_536)))
  }),
  api('hardware.i2c.readerror', (self) => nativeOf(self, I2cBus).lastError),
]

export class SpiBus {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }

  /** The bytes that come in while `bytes` go out. */
  exchange(side: Side, bytes: string): string {
    charge(bytes.length)
    const answer = side.world.models.transfer(this.name, bytes)
    if (answer !== undefined) return answer
    const answers = side.world.script.spi?.[this.name] ?? []
    const found = answers.find((answer) => bytes.startsWith(byteString(answer.on)))
    return (found ? byteString(found.send) : '').slice(0, bytes.length).padEnd(bytes.length, '\0')
  }
}

/** The code of an SPI bus. */
export const spiCode: readonly Implementation[] = [
  api('hardware.spi.configure', (_self, _flags: number, rate: number) => rate),
  api('hardware.spi.write', (self, data: SqValue) => {
    const bytes = bytesOf(data)
    nativeOf(self, SpiBus).exchange(currentSide(), bytes)
    return bytes.length
  }),
  api('hardware.spi.writeread', (self, data: SqValue) => {
    const answer = nativeOf(self, SpiBus).exchange(currentSide(), bytesOf(data))
    return typeof data === 'string' ? answer : blobOfBytes(Buffer.from(answer, 'latin1'))
  }),
  api('hardware.spi.readblob', (self, length: number) =>
    blobOfBytes(Buffer.from(readSpi(self, length), 'latin1')),
  ),
  api('hardware.spi.chipselect', (self, level: SqValue) => {
    currentSide().world.models.select(nativeOf(self, SpiBus).name, level === true || num(level) !== 0)
    return null
  }),
  api('hardware.spi.readstring', (self, length: number) => readSpi(self, length)),
]

/** The bytes that come in while zeros go out. */
function readSpi(self: SqValue, length: number): string {
  const bus = nativeOf(self, SpiBus)
  return bus.exchange(currentSide(), '\0'.repeat(Math.max(0, Math.min(length, 65_536))))
}

export class Uart {
  readonly name: string
  handler: SqValue = null
  received = ''
  private sent = ''
  private configured = false
  constructor(name: string) {
    this.name = name
  }

  configure(side: Side, handler: SqValue): void {
    this.handler = handler
    if (this.configured) return
    this.configured = true
    side.players.set(this.name, {
      level: () => null,
      play: () => this.play(side),
      deliver: (bytes) => void side.at(side.now(), () => this.deliver(side, bytes)),
    })
    this.play(side)
  }

  /** What the script says by itself. */
  private play(side: Side): void {
    const begin = side.world.scriptBegin(side)
    for (const line of this.lines(side)) {
      if ('at' in line) side.at(Math.max(side.now(), begin + line.at * 1000), () => this.repeat(side, line))
    }
  }

  write(side: Side, bytes: string): void {
    charge(bytes.length)
    if (side.world.models.received(this.name, bytes)) return
    this.sent = (this.sent + bytes).slice(-4096)
    for (const line of this.lines(side)) {
      if (!('on' in line) || !this.sent.includes(byteString(line.on))) continue
      this.sent = ''
      side.after(side.world.latency, () => this.deliver(side, byteString(line.send)))
      return
    }
  }

  private repeat(side: Side, line: UartLine): void {
    // Another script may have taken its place.
    if (!this.lines(side).includes(line)) return
    this.deliver(side, byteString(line.send))
    if (line.every !== undefined && line.every > 0)
      side.after(line.every * 1000, () => this.repeat(side, line))
  }

  private deliver(side: Side, bytes: string): void {
    this.received += bytes
    if (this.handler !== null) side.call(this.name, this.handler)
  }

  private lines(side: Side): UartLine[] {
    return side.world.script.uart?.[this.name] ?? []
  }
}

/** The code of a serial port. */
export const uartCode: readonly Implementation[] = [
  api(
    'hardware.uart.configure',
    (
      self,
      rate: SqValue,
      _bits: number,
      _parity: number,
      _stop: number,
      _flags: number,
      handler: SqValue = null,
    ) => {
      nativeOf(self, Uart).configure(currentSide(), handler)
      return toInteger(num(rate))
    },
  ),
  api('hardware.uart.write', (self, data: SqValue) => {
    const bytes = typeof data === 'number' ? String.fromCharCode(data & 0xff) : bytesOf(data)
    nativeOf(self, Uart).write(currentSide(), bytes)
    return bytes.length
  }),
  api('hardware.uart.read', (self) => {
    const uart = nativeOf(self, Uart)
    const code = uart.received.charCodeAt(0)
    uart.received = uart.received.slice(1)
    return Number.isNaN(code) ? -1 : code
  }),
  api('hardware.uart.readstring', (self, most = 65_536) => take(nativeOf(self, Uart), most)),
  api('hardware.uart.readblob', (self, most = 65_536) =>
    blobOfBytes(Buffer.from(take(nativeOf(self, Uart), most), 'latin1')),
  ),
  api('hardware.uart.flags', () => 0),
  api('hardware.uart.rxfifosize', () => 80),
  api('hardware.uart.txfifosize', () => 80),
]

function take(uart: Uart, most: number): string {
  const bytes = uart.received.slice(0, Math.max(0, most))
  uart.received = uart.received.slice(bytes.length)
  return bytes
}

function addressText(address: number): string {
  return (address & 0xff).toString(16).toUpperCase().padStart(2, '0')
}
