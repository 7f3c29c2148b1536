import { SqInstance, construct } from './class.ts'
import { raise } from '../run/errors.ts'
import { truncate } from './number.ts'
import { allocate, charge, machine } from '../run/state.ts'
import { SqFloat, type SqValue, isNumeric, num } from './values.ts'

/** Largest blob in bytes (squirrel.md 1.1). */
const LARGEST_BLOB = 512 << 10

/** Bytes a number of each `readn`/`writen` type takes. */
const WIDTH: Readonly<Record<string, number>> = { i: 4, l: 4, s: 2, w: 2, c: 1, b: 1, f: 4, d: 8 }

/** The content of a blob: bytes and a read-write position. */
export class Blob {
  position = 0
  private buffer: Uint8Array
  private used: number

  /** Takes the array over. */
  constructor(bytes: Uint8Array) {
    checkSize(bytes.length)
    charge(bytes.length >> 6)
    allocate(bytes.length + 64)
    this.buffer = bytes
    this.used = bytes.length
  }

  get length(): number {
    return this.used
  }

  /** The content itself, not a copy; good until the next write. */
  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.used)
  }

  /** Content as a byte string. */
  text(): string {
    charge(this.used >> 6)
    allocate(this.used)
    return textOfBytes(this.bytes())
  }

  /** Byte at an index; undefined when the key is no number, raises out of range. */
  at(key: SqValue): number | undefined {
    if (!isNumeric(key)) return undefined
    return this.buffer.subarray(0, this.used)[Math.trunc(num(key))]
  }

  /** Sets a byte; false when the key is no index of the blob. */
  put(key: SqValue, value: SqValue): boolean {
    if (!isNumeric(key)) return false
    const at = Math.trunc(num(key))
    if (!(at >= 0 && at < this.used)) return false
    if (!isNumeric(value)) throw raise('value must be a number')
    this.buffer[at] = integer(value)
    return true
  }

  /** Takes up to `count` bytes from the position on. */
  read(count: number): Uint8Array {
    const end = Math.min(this.used, this.position + Math.max(0, count))
    charge((end - this.position) >> 6)
    allocate(end - this.position)
    const taken = this.buffer.slice(this.position, end)
    this.position = end
    return taken
  }

  /** Puts bytes at the position, growing as needed. */
  write(bytes: Uint8Array): void {
    const end = this.position + bytes.length
    charge(bytes.length >> 6)
    if (end > this.used) this.grow(end)
    this.buffer.set(bytes, this.position)
    this.position = end
  }

  readNumber(type: string): SqValue {
    const bytes = this.read(widthOf(type))
    if (bytes.length < widthOf(type)) throw raise('io error')
    const view = new DataView(bytes.buffer)
    switch (type) {
      case 's':
        return view.getInt16(0, true)
      case 'w':
        return view.getUint16(0, true)
      case 'c':
        return view.getInt8(0)
      case 'b':
        return view.getUint8(0)
      case 'f':
        return new SqFloat(view.getFloat32(0, true))
      case 'd':
        return new SqFloat(view.getFloat64(0, true))
      default:
        return view.getInt32(0, true)
    }
  }

  writeNumber(type: string, value: number): void {
    const bytes = new Uint8Array(widthOf(type))
    const view = new DataView(bytes.buffer)
    if (type === 'f') view.setFloat32(0, value, true)
    else if (type === 'd') view.setFloat64(0, value, true)
    else if (bytes.length === 4) view.setInt32(0, truncate(value), true)
    else if (bytes.length === 2) view.setInt16(0, truncate(value), true)
    else view.setInt8(0, truncate(value))
    this.write(bytes)
  }

  /** Moves the position: 0 when it could, -1 when that is outside. */
  seek(offset: number, origin: string): number {
    const from = origin === 'b' ? 0 : origin === 'c' ? this.position : this.used
    const target = from + offset
    if (target < 0 || target > this.used) return -1
    this.position = target
    return 0
  }

  resize(length: number): void {
    checkSize(length)
    charge(length >> 6)
    const bytes = new Uint8Array(length)
    bytes.set(this.buffer.subarray(0, Math.min(this.used, length)))
    allocate(length)
    this.buffer = bytes
    this.used = length
    this.position = Math.min(this.position, length)
  }

  /** Reverses the bytes of every group of `size`. */
  swap(size: number): void {
    charge(this.used >> 3)
    for (let start = 0; start + size <= this.used; start += size) {
      for (let low = start, high = start + size - 1; low < high; low++, high--) {
        const kept = this.buffer[low] as number
        this.buffer[low] = this.buffer[high] as number
        this.buffer[high] = kept
      }
    }
  }

  private grow(length: number): void {
    checkSize(length)
    if (length > this.buffer.length) {
      const bytes = new Uint8Array(Math.max(length, Math.min(LARGEST_BLOB, this.buffer.length * 2)))
      allocate(bytes.length)
      bytes.set(this.buffer.subarray(0, this.used))
      this.buffer = bytes
    }
    this.used = length
  }
}

/** A blob of the running machine with the given content, which it takes over. */
export function newBlob(bytes: Uint8Array): SqInstance {
  const cls = machine().classes.get('blob')
  if (cls === undefined) throw new Error('the machine has no blob class')
  const instance = construct(cls, [])
  instance.native = new Blob(bytes)
  return instance
}

/** The blob behind an instance, null for any other value. */
export function blobOf(value: SqValue): Blob | null {
  return value instanceof SqInstance && value.native instanceof Blob ? value.native : null
}

/** Bytes to a byte string. */
function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** A byte string to bytes. */
export function bytesOfText(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

function widthOf(type: string): number {
  const width = Object.hasOwn(WIDTH, type) ? WIDTH[type] : undefined
  if (width === undefined) throw raise('invalid param')
  return width
}

function checkSize(length: number): void {
  if (length < 0) throw raise('cannot create blob with negative size')
  if (length > LARGEST_BLOB) throw raise('blob exceeds its maximum size of 512 kB')
}

function integer(value: number | SqFloat): number {
  return typeof value === 'number' ? value : truncate(value.v)
}
