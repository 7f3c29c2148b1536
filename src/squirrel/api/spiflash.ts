/** `hardware.spiflash`: 4 kB sectors, writes that only clear bits, contents kept in the device's state. */
import { blobOf, newBlob } from '../language/values/blob.ts'
import { raise } from '../language/run/errors.ts'
import { allocateBytes, charge } from '../language/run/state.ts'
import type { SqValue } from '../language/values/values.ts'
import type { World } from '../world.ts'
import { currentSide } from '../side.ts'
import { bytesOf } from './arguments.ts'
import { type Implementation, api } from './natives.ts'
import { constant } from './table/rows.ts'

const sectorSize = 4096
/** Usable bytes; the numbers of the types with less or more flash for users are not documented. */
const flashSize = 4 << 20

/** Content by sector; a sector that is not there is erased. */
class Flash {
  enabled = false
  private readonly sectors = new Map<number, Uint8Array>()
  private readonly world: World

  constructor(world: World) {
    this.world = world
    for (const [number, content] of Object.entries(world.state.flash ?? {})) {
      const sector = new Uint8Array(sectorSize).fill(0xff)
      sector.set(Buffer.from(content, 'base64').subarray(0, sectorSize))
      this.sectors.set(Number(number), sector)
    }
  }

  read(address: number, length: number): Uint8Array<ArrayBuffer> {
    this.check(address, length)
    const result = new Uint8Array(length).fill(0xff)
    for (const { sector, from, to, offset } of pieces(address, length)) {
      const content = this.sectors.get(sector)
      if (content) result.set(content.subarray(from, to), offset)
    }
    return result
  }

  /** Clears the bits that are 0 in `data`; true if the flash then holds `data`. */
  write(address: number, data: Uint8Array): boolean {
    this.check(address, data.length)
    let same = true
    for (const { sector, from, to, offset } of pieces(address, data.length)) {
      const content = this.sectors.get(sector) ?? new Uint8Array(sectorSize).fill(0xff)
      for (let at = from; at < to; at++) {
        const wanted = data[offset + at - from] as number
        content[at] = (content[at] as number) & wanted
        if (content[at] !== wanted) same = false
      }
      this.sectors.set(sector, content)
      this.keep(sector, content)
    }
    return same
  }

  erase(address: number): void {
    if (address % sectorSize !== 0)
      throw raise('spiflash: the address of a sector must be a multiple of 4096')
    this.check(address, sectorSize)
    this.sectors.delete(address / sectorSize)
    this.world.stateChanged = true
    delete this.world.state.flash?.[address / sectorSize]
  }

  private keep(sector: number, content: Uint8Array): void {
    this.world.state.flash ??= {}
    this.world.stateChanged = true
    let end = content.length
    while (end > 0 && content[end - 1] === 0xff) end--
    this.world.state.flash[sector] = Buffer.from(content.subarray(0, end)).toString('base64')
  }

  private check(address: number, length: number): void {
    if (!this.enabled) throw raise('spiflash is not enabled')
    if (address < 0 || length < 0 || address + length > flashSize)
      throw raise('spiflash: address out of range')
  }
}

function* pieces(address: number, length: number) {
  for (let at = address; at < address + length;) {
    const sector = Math.floor(at / sectorSize)
    const end = Math.min((sector + 1) * sectorSize, address + length)
    yield { sector, from: at - sector * sectorSize, to: end - sector * sectorSize, offset: at - address }
    at = end
  }
}

/** Members of `hardware.spiflash`. */
/** The code of `hardware.spiflash`. */
export const spiflashCode: readonly Implementation[] = [
  api('hardware.spiflash.setspeed', (_self, hertz: number) => hertz),
  api('hardware.spiflash.enable', () => set(true)),
  api('hardware.spiflash.disable', () => set(false)),
  api('hardware.spiflash.size', () => {
    if (!flashOf().enabled) throw raise('spiflash is not enabled')
    return flashSize
  }),
  api('hardware.spiflash.chipid', () => 0xef4016),
  api('hardware.spiflash.read', (_self, address: number, length: number) => {
    allocateBytes(length)
    return newBlob(flashOf().read(address, length))
  }),
  api('hardware.spiflash.readintoblob', (_self, address: number, target: SqValue, length: number) => {
    const blob = blobOf(target)
    if (!blob) throw raise('readintoblob expects a blob')
    blob.write(flashOf().read(address, length))
    return null
  }),
  api('hardware.spiflash.write', (_self, address: number, data: SqValue, checks = 0, start = 0, end = -1) => {
    const bytes = Buffer.from(bytesOf(data), 'latin1')
    const part = bytes.subarray(start, end < 0 ? bytes.length : end)
    charge(part.length >> 4)
    const flash = flashOf()
    const fits = (checks & 1) === 0 || canHold(flash.read(address, part.length), part)
    if (!fits) return constant('SPIFLASH_PREVERIFY')
    const same = flash.write(address, part)
    return (checks & 2) !== 0 && !same ? constant('SPIFLASH_POSTVERIFY') : 0
  }),
  api('hardware.spiflash.erasesector', (_self, address: number) => {
    flashOf().erase(address)
    return null
  }),
]

function canHold(present: Uint8Array, wanted: Uint8Array): boolean {
  return wanted.every((byte, at) => ((present[at] as number) & byte) === byte)
}

const flashes = new WeakMap<World, Flash>()

function flashOf(): Flash {
  const { world } = currentSide()
  let flash = flashes.get(world)
  if (!flash) flashes.set(world, (flash = new Flash(world)))
  return flash
}

function set(enabled: boolean): null {
  flashOf().enabled = enabled
  return null
}
