/** A script for what surrounds a virtual device: levels of its pins, answers of what hangs on its buses. Plain JSON. */

import { utf8Encode } from './utf8.ts'
import type { ModelUse } from './models/peripheral.ts'

/** A value from a moment on (seconds after the start of the code); the last one that began counts. */
export type Course = number | { at: number; value: number }[]

/** Bytes as hex digits (spaces allowed), or as text. */
export type Bytes = { hex: string } | { text: string }

/** A device on an I2C bus: registers by address in hex (`"0F": "33"`), or canned answers in order to reads without a register. */
export type I2cDevice = { registers?: Record<string, string>; reads?: string[] }

/** What a UART delivers: at a moment, or in answer to what the code wrote. */
export type UartLine = ({ at: number } | { on: Bytes }) & { send: Bytes; every?: number }

/** What an SPI bus answers to a write that begins with `on`. */
export type SpiAnswer = { on: Bytes; send: Bytes }

/** What somebody else publishes: seconds after the first connection of the agent, and again. */
export type MqttLine = {
  at: number
  topic: string
  send: Bytes
  qos?: 0 | 1 | 2
  retain?: boolean
  every?: number
}

export type DeviceScript = {
  /** Levels of input pins, 0 or 1, by name (`pin1`, `pinA`). */
  pins?: Record<string, Course>
  /** Analog inputs from 0 to 1, by pin. */
  analog?: Record<string, Course>
  /** I2C devices by bus (`i2c89`) and 8-bit address in hex (`"30"`). */
  i2c?: Record<string, Record<string, I2cDevice>>
  uart?: Record<string, UartLine[]>
  spi?: Record<string, SpiAnswer[]>
  /** Models of what hangs on buses; they come before the canned answers above. */
  models?: ModelUse[]
  /** The MQTT broker of the agent: the result code that it answers, who may connect (password by name), and what others publish. */
  mqtt?: { refuse?: number; users?: Record<string, string>; messages?: MqttLine[] }
  /** Ambient light, 0 to 65535. */
  light?: Course
  /** Supply in volts. */
  voltage?: Course
  /** Signal strength in dBm. */
  rssi?: Course
}

/** The value of a course at a moment, in seconds. */
export function valueAt(course: Course | undefined, seconds: number, otherwise: number): number {
  if (course === undefined) return otherwise
  if (typeof course === 'number') return course
  let value = otherwise
  for (const step of course) if (step.at <= seconds) value = step.value
  return value
}

/** The bytes as a byte string. */
export function byteString(bytes: Bytes): string {
  if ('text' in bytes) return utf8Encode(bytes.text)
  return hexString(bytes.hex)
}

export function hexString(hex: string): string {
  return Buffer.from(hex.replaceAll(/[^0-9a-fA-F]/g, ''), 'hex').toString('latin1')
}
