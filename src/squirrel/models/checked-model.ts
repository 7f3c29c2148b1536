import { wrong } from '../checked.ts'
import { describedModel, pinName } from './description.ts'
import type { ModelUse } from './peripheral.ts'
import { shippedModel, shippedModels } from './shipped.ts'

/** Checks what a script says of a model, as far as it can be told before it runs. Throws an Error that names the place. */
export function checkedModel(use: ModelUse, path: string): void {
  const kind = /^(i2c|spi|uart)[0-9A-Z]+$/.exec(use.bus)?.[1]
  if (kind === undefined) throw wrong(`${path}.bus`, 'a bus, such as i2cJK, spi257 or uart12')
  if ((kind === 'i2c') !== (use.address !== undefined))
    throw wrong(path, kind === 'i2c' ? 'an "address" for a model on an I2C bus' : 'no "address" on this bus')
  if (use.address !== undefined && !/^[0-9a-fA-F]{2}$/.test(use.address))
    throw wrong(`${path}.address`, 'two hex digits')
  if (use.chipSelect !== undefined) {
    if (kind !== 'spi') throw wrong(path, '"chipSelect" for models on an SPI bus only')
    pinName(use.chipSelect, `${path}.chipSelect`)
  }
  const { name, text } = modelText(use, path)
  if (!name.endsWith('.nut')) describedModel(name, text)
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
