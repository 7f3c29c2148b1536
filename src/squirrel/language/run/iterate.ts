import { blobOf, type Blob } from '../values/blob.ts'
import { callMetamethod, resume } from './calls.ts'
import { SqClass, SqInstance } from '../values/class.ts'
import { lookUp } from './access.ts'
import { raise } from './errors.ts'
import { SqTable } from '../values/table.ts'
import { typeName } from '../values/types.ts'
import { SqArray, SqGenerator, type SqValue } from '../values/values.ts'

/** What `foreach` steps through: after `next()` is true, `key` and `value` hold the round's. */
interface Steps {
  key: SqValue
  value: SqValue
  next(): boolean
}

/** Starts a `foreach` over a value; raises "cannot iterate". */
export function iterate(subject: SqValue): Steps {
  if (subject instanceof SqArray) return new ArraySteps(subject)
  if (subject instanceof SqTable) {
    return hasNext(subject) ? new MetamethodSteps(subject) : new TableSteps(subject)
  }
  if (typeof subject === 'string') return new TextSteps(subject)
  if (subject instanceof SqGenerator) return new GeneratorSteps(subject)
  if (subject instanceof SqClass) return new TableSteps(subject.members)
  if (subject instanceof SqInstance) {
    if (hasNext(subject)) return new MetamethodSteps(subject)
    const blob = blobOf(subject)
    if (blob !== null) return new BlobSteps(blob)
  }
  throw raise(`cannot iterate ${typeName(subject)}`)
}

function hasNext(subject: SqTable | SqInstance): boolean {
  return subject instanceof SqTable
    ? subject.delegate?.get('_nexti') !== undefined
    : subject.cls.metamethods.has('_nexti')
}

class ArraySteps implements Steps {
  key: SqValue = -1
  value: SqValue = null
  private readonly array: SqArray
  private at = -1
  constructor(array: SqArray) {
    this.array = array
  }
  next(): boolean {
    const { a } = this.array
    if (++this.at >= a.length) return false
    this.key = this.at
    this.value = a[this.at] as SqValue
    return true
  }
}

class TableSteps implements Steps {
  key: SqValue = null
  value: SqValue = null
  private readonly table: SqTable
  private position = 0
  constructor(table: SqTable) {
    this.table = table
  }
  next(): boolean {
    const at = this.table.seek(this.position)
    if (at < 0) return false
    this.position = at + 1
    this.key = this.table.keyAt(at)
    this.value = this.table.valueAt(at)
    return true
  }
}

class TextSteps implements Steps {
  key: SqValue = null
  value: SqValue = null
  private readonly text: string
  private at = -1
  constructor(text: string) {
    this.text = text
  }
  next(): boolean {
    if (++this.at >= this.text.length) return false
    this.key = this.at
    this.value = this.text.charCodeAt(this.at)
    return true
  }
}

class BlobSteps implements Steps {
  key: SqValue = null
  value: SqValue = null
  private readonly blob: Blob
  private at = -1
  constructor(blob: Blob) {
    this.blob = blob
  }
  next(): boolean {
    const byte = this.blob.at(++this.at)
    if (byte === undefined) return false
    this.key = this.at
    this.value = byte
    return true
  }
}

class GeneratorSteps implements Steps {
  key: SqValue = null
  value: SqValue = null
  private readonly generator: SqGenerator
  private at = -1
  constructor(generator: SqGenerator) {
    this.generator = generator
  }
  // The value a generator returns at its end is not a round of the loop.
  next(): boolean {
    if (this.generator.status === 'dead') return false
    this.value = resume(this.generator)
    this.key = ++this.at
    return !this.isDead()
  }
  private isDead(): boolean {
    return this.generator.status === 'dead'
  }
}

class MetamethodSteps implements Steps {
  key: SqValue = null
  value: SqValue = null
  private readonly object: SqTable | SqInstance
  constructor(object: SqTable | SqInstance) {
    this.object = object
  }
  next(): boolean {
    const key = callMetamethod(this.object, '_nexti', this.key) ?? null
    if (key === null) return false
    this.key = key
    const value = lookUp(this.object, key)
    if (value === undefined) throw raise(`_nexti returned an invalid idx`)
    this.value = value
    return true
  }
}
