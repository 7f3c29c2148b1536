/** The imp types: their pins, buses and limits (workbench 8.1). */
export type ImpType = {
  name: string
  /** Names without `pin`, `uart`, `i2c`, `spi`. */
  pins: readonly string[]
  uart: readonly string[]
  i2c: readonly string[]
  spi: readonly string[]
  /** Analogue inputs and outputs. */
  adc: boolean
  dac: boolean
  /** The pins that can wake the imp; null where it is not known. */
  wake: readonly string[] | null
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
const words = (text: string) => text.split(' ')
const kB = 1024

export const IMP_TYPES: readonly ImpType[] = [
  {
    name: 'imp001',
    pins: words('1 2 5 7 8 9'),
    uart: words('12 57 1289'),
    i2c: words('12 89'),
    spi: words('189 257'),
    adc: true,
    dac: true,
    wake: ['1'],
    ram: 85 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp002',
    pins: words('1 2 5 6 7 8 9 A B C D E'),
    uart: words('12 57 1289 6E B'),
    i2c: words('12 89'),
    spi: words('189 257'),
    adc: true,
    dac: true,
    wake: ['1'],
    ram: 85 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp003',
    pins: letters('A-H J-N P-Y'),
    uart: words('DM FG QRPW UVGD WJ'),
    i2c: words('AB FG'),
    spi: words('EBCA LGDK'),
    adc: true,
    dac: true,
    wake: ['W'],
    ram: 120 * kB,
    code: 128 * kB,
  },
  {
    name: 'imp004m',
    pins: letters('A-H J-N P-S W'),
    uart: words('BCAW FGJH HJ Q'),
    i2c: words('NM QP'),
    spi: words('AHSR GJKL'),
    adc: true,
    dac: false,
    wake: null,
    ram: 184 * kB,
    code: 256 * kB,
  },
  {
    name: 'imp005',
    pins: [...letters('A-H J-N P-W Y'), ...letters('A-E', 'X')],
    uart: words('0 1 2'),
    i2c: words('JK 0'),
    spi: words('BCAD 0'),
    adc: false,
    dac: false,
    wake: [],
    ram: 1024 * kB,
    code: 256 * kB,
  },
  {
    name: 'imp006',
    pins: [...letters('A-H J-N P-W'), ...letters('A-H J-N P-W', 'X'), ...letters('A-H J-M', 'Y')],
    uart: words('ABCD PQRS XEFGH XJKLM YABCD YEFGH YJKLM'),
    i2c: words('JK LM TU'),
    spi: words('EFGH XABCD XPQRS XTUVW'),
    adc: true,
    dac: true,
    wake: null,
    ram: 1024 * kB,
    code: 512 * kB,
  },
  {
    name: 'impC001',
    pins: [...letters('A-H J-N P-W'), ...letters('A-D', 'X'), ...letters('A-H J-N P-U', 'Y')],
    uart: words('DCAB EVMT NU HJKL PQSR XBADC YABCD'),
    i2c: words('JH KL XBA XDC'),
    spi: words('DCAB PQRS EVMT YJTHU YRFES'),
    adc: true,
    dac: true,
    wake: null,
    ram: 1024 * kB,
    code: 512 * kB,
  },
]

/** The type of a name in any case; undefined when there is none. */
export function impTypeOf(name: string): ImpType | undefined {
  return IMP_TYPES.find((type) => type.name.toLowerCase() === name.toLowerCase())
}
