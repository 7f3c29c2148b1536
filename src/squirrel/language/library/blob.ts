import { Blob, blobOf, bytesOfText, newBlob } from '../values/blob.ts'
import type { SqClass } from '../values/class.ts'
import { raise } from '../run/errors.ts'
import { integerOf } from './arguments.ts'
import { native, nativeClass } from './native.ts'
import { SqFloat, type SqValue, num } from '../values/values.ts'

/** The class `blob` of a machine. */
export function blobClass(): SqClass {
  return nativeClass(
    'blob',
    (instance, size = 0) => {
      if (typeof size !== 'number' && !(size instanceof SqFloat)) {
        throw raise("parameter 1 has an invalid type ; expected: 'integer|float'")
      }
      instance.native = new Blob(new Uint8Array(Math.max(0, checkedSize(integerOf(size)))))
    },
    methods(),
  )
}

function methods() {
  return [
    native('len', '', (self) => blob(self).length),
    native('tell', '', (self) => blob(self).position),
    native('eos', '', (self) => (blob(self).position >= blob(self).length ? 1 : null)),
    native('flush', '', () => 0),
    native('seek', 'n[i', (self, offset: number | SqFloat, origin: SqValue = 98) => {
      const letter = typeof origin === 'number' ? String.fromCharCode(origin) : ''
      if (!'bce'.includes(letter) || letter === '') throw raise('invalid origin')
      return blob(self).seek(integerOf(offset), letter)
    }),
    native('resize', 'n', (self, size: number | SqFloat) => {
      blob(self).resize(integerOf(size))
      return null
    }),
    native('swap2', '', (self) => swap(self, 2)),
    native('swap4', '', (self) => swap(self, 4)),
    native('readn', 'i', (self, type: number) => blob(self).readNumber(String.fromCharCode(type))),
    native('writen', 'ni', (self, value: number | SqFloat, type: number) => {
      blob(self).writeNumber(String.fromCharCode(type), num(value))
      return null
    }),
    native('readblob', 'n', (self, size: number | SqFloat) => newBlob(take(self, integerOf(size)))),
    native('writeblob', 'x', (self, other: SqValue) => {
      const bytes = blob(other).bytes().slice()
      blob(self).write(bytes)
      return bytes.length
    }),
    native('readstring', 'n', (self, size: number | SqFloat) => new Blob(take(self, integerOf(size))).text()),
    native('writestring', 's', (self, text: string) => {
      blob(self).write(bytesOfText(text))
      return null
    }),
    native('tostring', '', (self) => blob(self).text()),
    native('_tostring', '', (self) => blob(self).text()),
  ]
}

function blob(value: SqValue): Blob {
  const found = blobOf(value)
  if (found === null) throw raise('invalid type tag')
  return found
}

function take(self: SqValue, size: number): Uint8Array {
  const bytes = blob(self).read(size)
  if (bytes.length === 0 && size > 0) throw raise('no data left to read')
  return bytes
}

function swap(self: SqValue, size: number): null {
  blob(self).swap(size)
  return null
}

function checkedSize(size: number): number {
  if (size < 0) throw raise('cannot create blob with negative size')
  return size
}
