/** A model that is described in JSON. */
import { byteString, hexString, valueAt } from '../device-script.ts'
import type { Description, Register, Step } from './description.ts'
import type { Peripheral, PeripheralHost } from './peripheral.ts'

type Cell = {
  value: number
  readable: boolean
  writable: boolean
  mask: number
  source: Register | null
  at: number
}

/** Bytes that a serial port remembers to find a pattern in. */
const remembered = 4096

/** Makes the peripheral. `options` replace the values of registers (`"0F": "33"`), or are the measurement of one with a course. */
export function describedPeripheral(
  description: Description,
  options: Readonly<Record<string, string | number | boolean | null>>,
  host: PeripheralHost,
): Peripheral {
  const { increment = 'always', addressBytes = 1, on = [] } = description
  const readBit = Number.parseInt(description.readBit ?? '80', 16)
  const commands = on.flatMap((trigger) =>
    'command' in trigger ? [{ command: hexString(trigger.command), steps: trigger.do }] : [],
  )
  const cells = new Map<number, Cell>()
  const queues = new Map<Register, number>()
  let chosen = 0
  /** The bytes of the running SPI transfer, from its selection on. */
  let transaction = ''
  let sent = ''

  for (const [name, given] of Object.entries(description.registers ?? {}))
    place(Number.parseInt(name, 16), typeof given === 'string' ? { value: given } : given)
  for (const [name, value] of Object.entries(options)) {
    const first = Number.parseInt(name, 16)
    if (typeof value === 'number') {
      const source = cells.get(first)?.source
      if (source) place(first, { ...source, course: value })
    } else if (typeof value === 'string') set(first, hexString(value))
  }
  perform(description.start ?? [])

  function place(first: number, source: Register): void {
    const { course, bytes = 1, access = 'rw', mask = 'FF' } = source
    const text =
      course === undefined ? hexString(source.queue?.[0] ?? source.value ?? '00') : '\0'.repeat(bytes)
    for (let at = 0; at < text.length; at++)
      cells.set(first + at, {
        value: text.charCodeAt(at),
        readable: access !== 'w',
        writable: access !== 'r',
        mask: Number.parseInt(mask.slice(0, 2), 16),
        source: course === undefined && source.queue === undefined ? null : source,
        at,
      })
  }

  function set(first: number, text: string): void {
    for (let at = 0; at < text.length; at++) {
      const cell = cells.get(first + at)
      if (cell) cell.value = text.charCodeAt(at)
      else place(first + at, { value: text.charCodeAt(at).toString(16).padStart(2, '0') })
    }
  }

  function get(register: number): number {
    const cell = cells.get(register)
    if (cell === undefined || !cell.readable) return 0
    const { source } = cell
    if (source?.course !== undefined) return measured(source, cell.at)
    if (source?.queue === undefined) return cell.value
    const last = source.queue.length - 1
    const index = cell.at === 0 ? Math.min((queues.get(source) ?? -1) + 1, last) : (queues.get(source) ?? 0)
    queues.set(source, index)
    return hexString(source.queue[index] ?? '').charCodeAt(cell.at) || 0
  }

  function measured({ course, scale = 1, bytes = 1, order = 'big' }: Register, at: number): number {
    const value = BigInt(Math.round(valueAt(course, host.now(), 0) * scale))
    const shift = 8 * (order === 'little' ? at : bytes - 1 - at)
    return Number((value >> BigInt(shift)) & 0xffn)
  }

  function put(register: number, value: number): void {
    const cell = cells.get(register)
    if (cell !== undefined && !cell.writable) return
    if (cell === undefined) place(register, { value: value.toString(16).padStart(2, '0') })
    else cell.value = (cell.value & ~cell.mask) | (value & cell.mask)
    for (const trigger of on)
      if ('write' in trigger && Number.parseInt(trigger.write, 16) === register && hasBits(trigger, value))
        perform(trigger.do)
  }

  /** The number of a register as it was sent, and whether it goes on with each byte. */
  function addressed(number: number): { register: number; goesOn: boolean } {
    const bit = increment === 'bit6' ? 0x40 : increment === 'bit7' ? 0x80 : 0
    return { register: number & ~bit, goesOn: bit === 0 ? increment === 'always' : (number & bit) > 0 }
  }

  function perform(steps: readonly Step[]): void {
    for (const step of steps) {
      if ('set' in step) set(Number.parseInt(step.set, 16), hexString(step.value))
      else if ('pin' in step) host.pin(step.pin, step.level)
      else if ('send' in step) host.send(byteString(step.send))
      else host.after(step.after, () => perform(step.do))
    }
  }

  return {
    write(bytes) {
      if (bytes.length < addressBytes) return true
      chosen = numberOf(bytes.slice(0, addressBytes))
      let { register, goesOn } = addressed(chosen)
      for (const byte of bytes.slice(addressBytes)) {
        put(register, byte.charCodeAt(0))
        if (goesOn) register++
      }
      for (const { command, steps } of commands) if (bytes.startsWith(command)) perform(steps)
      return true
    },
    read(register, length) {
      if (register !== '') chosen = numberOf(register)
      let { register: at, goesOn } = addressed(chosen)
      let text = ''
      for (let count = 0; count < length; count++) {
        text += String.fromCharCode(get(at))
        if (goesOn) at++
      }
      return text
    },
    transfer(bytes) {
      let answer = ''
      for (const byte of bytes) {
        const before = transaction
        transaction += byte
        answer += before.length < addressBytes ? '\0' : exchanged(before, byte.charCodeAt(0))
        for (const { command, steps } of commands) if (transaction === command) perform(steps)
      }
      return answer
    },
    select() {
      transaction = ''
    },
    received(bytes) {
      sent = (sent + bytes).slice(-remembered)
      const found = on.find((trigger) => 'receive' in trigger && sent.includes(byteString(trigger.receive)))
      if (found === undefined) return
      sent = ''
      perform(found.do)
    },
  }

  /** One byte of an SPI transfer after the number of the register. */
  function exchanged(before: string, value: number): string {
    const first = numberOf(before.slice(0, addressBytes))
    const top = readBit << (8 * (addressBytes - 1))
    const { register, goesOn } = addressed(first & ~top)
    const at = register + (goesOn ? before.length - addressBytes : 0)
    if ((first & top) !== 0) return String.fromCharCode(get(at))
    put(at, value)
    return '\0'
  }
}

function hasBits({ bits: text }: { bits?: string }, value: number): boolean {
  if (text === undefined) return true
  const bits = Number.parseInt(text, 16)
  return (value & bits) === bits
}

function numberOf(bytes: string): number {
  let number = 0
  for (const byte of bytes) number = number * 256 + byte.charCodeAt(0)
  return number
}
