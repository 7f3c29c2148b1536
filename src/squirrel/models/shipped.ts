/** The models that are built in: examples to use by name, and to begin one's own with. */
import lis3dh from './shipped/lis3dh.json' with { type: 'json' }
import modem from './shipped/modem.json' with { type: 'json' }
import spiFlash from './shipped/spi-flash.nut'
import tmp102 from './shipped/tmp102.nut'

/** A model that is built in: its file name, one line on what it is, and its text. */
type ShippedModel = { name: string; summary: string; text: string }

const json = (value: object) => `${JSON.stringify(value, null, 2)}\n`

const shipped: Readonly<Record<string, ShippedModel>> = {
  lis3dh: {
    name: 'lis3dh.json',
    summary: 'A LIS3DH accelerometer on I2C (30 or 32): identity, control registers and three axes in g.',
    text: json(lis3dh),
  },
  tmp102: {
    name: 'tmp102.nut',
    summary:
      'A TMP102 thermometer on I2C (90): temperature (celsius, drift a second), limits, and a pin that warns (alert).',
    text: tmp102,
  },
  modem: {
    name: 'modem.json',
    summary: 'A modem on a serial port: answers AT, ATE0, AT+CSQ, AT+CREG?, AT+CGSN and ATZ.',
    text: json(modem),
  },
  'spi-flash': {
    name: 'spi-flash.nut',
    summary:
      'An SPI flash (size in bytes, busy in seconds): identity, read, page program, erase, write enable, busy time.',
    text: spiFlash,
  },
}

/** The model of a name in any case; undefined when there is none. */
export function shippedModel(name: string): ShippedModel | undefined {
  const key = name.toLowerCase()
  return Object.hasOwn(shipped, key) ? shipped[key] : undefined
}

/** The names of the models that are built in. */
export function shippedModels(): string[] {
  return Object.keys(shipped)
}
