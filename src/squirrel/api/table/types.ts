/**
 * The imp types: their pins, buses and limits. Pins, buses and functions of pins are those of the vendor's pin mux pages (`source`), wake-up
 * pins those of developer.electricimp.com/examples/wakepin, pins of the DAC those of developer.electricimp.com/node/2319.
 */
export type ImpType = {
  name: string
  /** The page of the pin mux. */
  source: string
  /** Names without `pin`, `uart`, `i2c`, `spi`. */
  pins: readonly string[]
  uart: readonly string[]
  i2c: readonly string[]
  spi: readonly string[]
  /**
   * Pins that can be analogue inputs, analogue outputs, pulse outputs, and that wake the imp. Where the page leaves open which function a pin
   * has, the pin is in the list: a mode is refused only where the page rules it out.
   */
  adc: readonly string[]
  dac: readonly string[]
  pwm: readonly string[]
  wake: readonly string[]
  /** Pairs of pins through which `fixedfrequencydac` can play (developer.electricimp.com/node/2319). */
  pwmpair?: readonly string[]
  /** Pins that do not float at the start: their level. */
  start?: Readonly<Record<string, 0 | 1>>
  /** Bytes of memory for code and data, and of the compiled code. */
  ram: number
  code: number
}

const letters = (range: string, prefix = '') =>
  range.split(' ').flatMap((part) => {
    const [from = '', to = from] = part.split('-')
    const all = 'ABCDEFGHJKLMNPQRSTUVWXYZ'
    return all
      .slice(all.indexOf(from), all.indexOf(to) + 1)
      .split('')
      .map((letter) => prefix + letter)
  })
const words = (text: string) => text.split(' ').filter((word) => word !== '')
const without = (pins: readonly string[], text: string) => pins.filter((pin) => !words(text).includes(pin))
const levels = (low: string, high: string) =>
  Object.fromEntries([
    ...words(low).map((pin) => [pin, 0] as const),
    ...words(high).map((pin) => [pin, 1] as const),
  ])
const page = (node: number) => `https://developer.electricimp.com/node/${node}`
const kB = 1024

const imp001 = words('1 2 5 7 8 9')
const imp003 = letters('A-H J-N P-Y')
const imp004m = letters('A-H J-N P-S W')
const imp006 = [...letters('A-H J-N P-W'), ...letters('A-H J-N P-W', 'X'), ...letters('A-H J-N', 'Y')]
const impC001 = [...letters('A-H J-N P-W'), ...letters('A-D', 'X'), ...letters('A-H J-N P-U', 'Y')]
/** Pins for which the page names buses only. */
const plain = {
  imp003: 'S Y',
  imp004m: 'F G',
  imp006: 'A C D G K L M P Q XE XF',
  impC001: 'B G K N Q R XA XB XC',
}

export const IMP_TYPES: readonly ImpType[] = [
  {
    name: 'imp001',
    source: page(851),
    pins: imp001,
    uart: words('12 57 1289'),
    i2c: words('12 89'),
    spi: words('189 257'),
    adc: imp001,
    dac: words('1 5'),
    pwm: imp001,
    wake: ['1'],
    ram: 85 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp002',
    source: page(855),
    pins: words('1 2 5 6 7 8 9 A B C D E'),
    uart: words('12 57 1289 6E B'),
    i2c: words('12 89'),
    spi: words('189 257'),
    adc: [...imp001, 'A', 'B'],
    dac: words('1 5'),
    pwm: [...imp001, 'C'],
    wake: ['1'],
    ram: 85 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp003',
    source: page(879),
    pins: imp003,
    uart: words('DM FG QRPW UVGD WJ'),
    i2c: words('AB FG'),
    spi: words('EBCA LGDK'),
    adc: without(imp003, plain.imp003),
    dac: words('A C'),
    pwm: without(imp003, plain.imp003),
    wake: ['W'],
    ram: 120 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp004m',
    source: page(841),
    pins: imp004m,
    uart: words('BCAW FGJH HJ Q'),
    i2c: words('NM QP'),
    spi: words('AHSR GJKL'),
    adc: without(imp004m, plain.imp004m),
    dac: [],
    pwm: without(imp004m, plain.imp004m),
    wake: ['W'],
    pwmpair: ['KD'],
    ram: 184 * kB,
    code: 256 * kB,
  },
  {
    name: 'imp005',
    source: page(898),
    pins: [...letters('A-H J-N P-W Y'), ...letters('A-E', 'X')],
    uart: words('0 1 2'),
    i2c: words('JK 0'),
    spi: words('BCAD 0'),
    adc: [],
    dac: [],
    pwm: words('E F G S U V'),
    wake: [],
    start: levels('A E F G J Q S U V', 'B D K'),
    ram: 1024 * kB,
    code: 256 * kB,
  },
  {
    name: 'imp006',
    source: page(3131),
    pins: imp006,
    uart: words('ABCD PQRS XEFGH XJKLM YABCD YEFGH YJKLM'),
    i2c: words('JK LM TU'),
    spi: words('EFGH XABCD XPQRS XTUVW'),
    adc: without(imp006, plain.imp006),
    dac: words('XC XD'),
    pwm: without(imp006, plain.imp006),
    wake: words('V W'),
    ram: 1024 * kB,
    code: 512 * kB,
  },
  {
    name: 'impC001',
    source: page(2866),
    pins: impC001,
    uart: words('DCAB EVMT NU HJKL PQSR XBADC YABCD'),
    i2c: words('JH KL XBA XDC'),
    spi: words('DCAB PQRS EVMT YJTHU YRFES'),
    adc: without(impC001, `${plain.impC001} XD`),
    dac: without(impC001, `${plain.impC001} XD`),
    pwm: without(impC001, plain.impC001),
    wake: ['W'],
    ram: 1024 * kB,
    code: 512 * kB,
  },
]

/** The type of a name in any case; undefined when there is none. */
export function impTypeOf(name: string): ImpType | undefined {
  return IMP_TYPES.find((type) => type.name.toLowerCase() === name.toLowerCase())
}
