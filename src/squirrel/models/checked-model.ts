import { wrong } from '../checked.ts'
import { describedModel, type Description, drivenPins, fitsBus, pinName } from './description.ts'
import type { ModelUse } from './peripheral.ts'
import { shippedModel, shippedModels } from './shipped.ts'

type Kind = 'i2c' | 'spi' | 'uart'

/** Words of which a model in Squirrel has one at least, by the kind of its bus: the methods that are called. */
const METHODS: Readonly<Record<Kind, readonly string[]>> = {
  i2c: ['write', 'read'],
  spi: ['transfer'],
  uart: ['received', 'send'],
}

/**
 * Checks what a script says of a model, as far as it can be told before it runs, and gives the kind of its bus; `pin` refuses pins that are not
 * there. Throws an Error that names the place.
 */
export function checkedModel(
  use: ModelUse,
  path: string,
  pin: (name: string, path: string) => void = () => undefined,
): Kind {
  const kind = /^(i2c|spi|uart)[0-9A-Z]+$/.exec(use.bus)?.[1] as Kind | undefined
  if (kind === undefined) throw wrong(`${path}.bus`, 'a bus, such as i2cJK, spi257 or uart12')
  if ((kind === 'i2c') !== (use.address !== undefined))
    throw wrong(path, kind === 'i2c' ? 'an "address" for a model on an I2C bus' : 'no "address" on this bus')
  if (use.address !== undefined && !/^[0-9a-fA-F]{2}$/.test(use.address))
    throw wrong(`${path}.address`, 'two hex digits')
  if (use.chipSelect !== undefined) {
    if (kind !== 'spi') throw wrong(path, '"chipSelect" for models on an SPI bus only')
    pinName(use.chipSelect, `${path}.chipSelect`)
    pin(use.chipSelect, `${path}.chipSelect`)
  }
  const { name, text } = modelText(use, path)
  if (name.endsWith('.nut')) {
    const words = new Set(text.match(/\w+/g))
    if (!METHODS[kind].some((word) => words.has(word))) throw misplaced(use, path)
    const unknown = Object.keys(use.with ?? {}).find((option) => !words.has(option))
    if (unknown !== undefined && !readsAll(text))
      throw new Error(`The model ${use.use} has no "${unknown}", at ${path}.with${offered(optionsOf(text))}`)
    for (const [option, value] of Object.entries(use.with ?? {}))
      if (typeof value === 'string' && /^pin[0-9A-Z]+$/.test(value)) pin(value, `${path}.with.${option}`)
    return kind
  }
  const description = describedModel(name, text)
  if (!fitsBus(description, kind)) throw misplaced(use, path)
  for (const driven of drivenPins(description)) pin(driven, `${path} (${use.use})`)
  for (const [option, value] of Object.entries(use.with ?? {}))
    checkOption(description, use.use, option, value, `${path}.with`)
  return kind
}

/** `with` of a model in JSON: bytes for a register by its number, or the value of a measurement. */
function checkOption(
  { registers = {} }: Description,
  model: string,
  option: string,
  value: string | number | boolean | null,
  path: string,
): void {
  if (Object.keys(registers).length === 0)
    throw new Error(`The model ${model} has nothing to set, at ${path}`)
  const measured = Object.entries(registers).flatMap(([name, one]) =>
    typeof one === 'object' && one.course !== undefined ? [name] : [],
  )
  const isNumber = (name: string) => Number.parseInt(name, 16) === Number.parseInt(option, 16)
  if (!/^[0-9a-fA-F]{1,4}$/.test(option))
    throw new Error(
      `"${option}" is no register of the model ${model}, at ${path}${offered(Object.keys(registers).toSorted())}`,
    )
  if (typeof value === 'number') {
    if (!measured.some(isNumber))
      throw wrong(
        `${path}.${option}`,
        `bytes as pairs of hex digits in quotes; measurements are ${measured.join(', ') || 'none here'},`,
      )
  } else if (typeof value !== 'string' || !/^(?:\s*[0-9a-fA-F]{2})+\s*$/.test(value))
    throw wrong(`${path}.${option}`, 'bytes as pairs of hex digits, or the value of a measurement')
}

function misplaced({ use, bus }: ModelUse, path: string): Error {
  return new Error(`The model ${use} is not for ${bus}, at ${path}: it would never answer there`)
}

/** The options that a model in Squirrel reads by name. */
function optionsOf(text: string): readonly string[] {
  const found = text.matchAll(/"(\w+)"\s+in\s+host\.options|host\.options\.(\w+)/g)
  return [...new Set([...found].map(([, asked, read]) => asked ?? read ?? ''))]
}

/** Whether a model does more with its options than to read some by name: then any may mean something. */
function readsAll(text: string): boolean {
  const rest = text
    .replaceAll(/\/\*[^]*?\*\/|\/\/.*|"\w+"\s+in\s+host\.options(?!\s*[.[])|host\.options\.\w+/g, '')
    .replaceAll(/\bhost\.(?!options)\w+/g, '')
  return /\bhost\b/.test(rest)
}

function offered(names: readonly string[]): string {
  return names.length === 0 ? '' : `: it has ${names.join(', ')}`
}

/** The file name and text of a model. Throws an Error for a name that nobody knows. */
export function modelText({ use, source }: ModelUse, path: string): { name: string; text: string } {
  const shipped = shippedModel(use)
  if (source === undefined && shipped !== undefined) return shipped
  if (!/\.(?:json|nut)$/.test(use))
    throw wrong(
      `${path}.use`,
      `a file that ends in .json or .nut, or one of the models ${shippedModels().join(', ')},`,
    )
  if (source === undefined) throw wrong(path, `the text of ${use} in "source"`)
  return { name: use, text: source }
}
