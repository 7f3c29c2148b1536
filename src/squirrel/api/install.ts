/** Puts the imp API into the root table of a side: what the table of the API says that the side and the type of the imp have. */
import { SqTable } from '../language/values/table.ts'
import type { SqValue } from '../language/values/values.ts'
import type { Side } from '../side.ts'
import { i2cCode, spiCode, uartCode } from './buses.ts'
import { cryptoCode } from './crypto.ts'
import { addParts, hardwareCode, hintsFor } from './hardware.ts'
import { clientCode, requestCode } from './http-client.ts'
import { codecCode, hashCode } from './http-codec.ts'
import { inboundCode, responseCode } from './http-server.ts'
import { configurationOf, impCode } from './imp.ts'
import { provide } from './memory.ts'
import { messageCode } from './messages.ts'
import { mqttCode } from './mqtt/client.ts'
import { type Implementation, withoutCode } from './natives.ts'
import { nvTable } from './nv.ts'
import { pinCode } from './pins.ts'
import { regexp2Class } from './regexp2.ts'
import { samplerCode } from './sampler.ts'
import { serverCode } from './server.ts'
import { spiflashCode } from './spiflash.ts'
import { rowsFor } from './table/rows.ts'
import { impTypeOf } from './table/types.ts'

/** The code of all methods, but for those that have a state for each side. */
export const sharedCode: readonly Implementation[] = [
  ...impCode,
  ...serverCode,
  ...messageCode,
  ...mqttCode,
  ...codecCode,
  ...hashCode,
  ...clientCode,
  ...requestCode,
  ...inboundCode,
  ...responseCode,
  ...cryptoCode,
  ...hardwareCode,
  ...pinCode,
  ...i2cCode,
  ...spiCode,
  ...uartCode,
  ...spiflashCode,
]

const sharedByPath = new Map(sharedCode.map(({ path, fn }) => [path, fn]))

/** What stands in the table as a property is made for each side. */
const properties: Readonly<Record<string, (side: Side) => SqValue>> = {
  'imp.configparams': configurationOf,
  nv: nvTable,
  regexp2: regexp2Class,
}

/** Must run inside the side's machine. */
export function installApi(side: Side): null {
  const { root } = side.vm
  const type = impTypeOf(side.world.facts.impType) ?? impTypeOf('imp006')
  const own = new Map(samplerCode().map(({ path, fn }) => [path, fn]))
  const objects = new Map<string, SqTable>([['', root]])
  for (const row of rowsFor(side.kind, type?.name ?? '')) {
    const { path, kind } = row
    const at = path.lastIndexOf('.')
    const owner = objects.get(path.slice(0, Math.max(0, at)))
    // Members of classes belong to their instances, members of what the type lacks to nobody.
    if (owner === undefined || kind === 'class') continue
    const name = path.slice(at + 1)
    if (kind === 'object') {
      const object = new SqTable()
      objects.set(path, object)
      owner.set(name, object)
    } else if (kind === 'constant') owner.set(name, row.value ?? null)
    else if (kind === 'property') owner.set(name, properties[path]?.(side) ?? null)
    else owner.set(name, own.get(path) ?? sharedByPath.get(path) ?? withoutCode(path))
  }
  provide(side, objects.values())
  const hardware = objects.get('hardware')
  if (hardware !== undefined && type !== undefined) {
    addParts(side, hardware, type)
    hardware.delegate = hintsFor(type)
  }
  return null
}
