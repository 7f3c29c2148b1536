import { blobOf } from '../values/blob.ts'
import { callCounted, callMetamethod } from './calls.ts'
import { type Fields, SqClass, SqInstance, epoch, member } from '../values/class.ts'
import { defaultDelegate } from '../delegates/methods.ts'
import { SqError, raise } from './errors.ts'
import { metamethod } from './metamethods.ts'
import { T, charge, machine } from './state.ts'
import { type Slot, SqTable, mapKey } from '../values/table.ts'
import { plainText } from '../values/text.ts'
import { typeName } from '../values/types.ts'
import { SqArray, type SqValue, isNumeric, num, stored } from '../values/values.ts'

/** `object[key]`: members, delegates and metamethods; raises when there is nothing. */
export function get(object: SqValue, key: SqValue): SqValue {
  const value = lookUp(object, key)
  if (value === undefined) throw noIndex(key)
  return value
}

/** What a call site remembers about a name of the environment that was found in the root table. */
export class Site {
  /** The root table, or the members of a class whose instances have nothing of the name. */
  owner: SqValue = null
  slot: Slot = { key: null, v: undefined }
  epoch = 0
}

/** A bare name, or a member of `this`: the environment first, then the root table. */
export function getName(self: SqValue, key: string, site: Site): SqValue {
  if (self instanceof SqInstance && self.cls.members === site.owner && site.epoch === epoch.count) {
    const known = site.slot.v
    if (known !== undefined) return known
  }
  const { root } = machine()
  const value = lookUp(self, key)
  if (value !== undefined && self !== root) return value
  const slot = root.slot(key)
  if (slot === undefined) {
    if (value === undefined) throw noIndex(key)
    return value
  }
  if (self === root) remember(site, self, slot)
  else if (self instanceof SqInstance && !self.cls.metamethods.has('_get'))
    remember(site, self.cls.members, slot)
  return slot.v as SqValue
}

function remember(site: Site, owner: SqValue, slot: Slot): void {
  site.owner = owner
  site.slot = slot
  site.epoch = epoch.count
}

/** `object[key]` without an error: undefined when there is nothing. */
export function lookUp(object: SqValue, key: SqValue): SqValue | undefined {
  const own = ownValue(object, key)
  if (own !== undefined) return own
  const fallback = fallBackGet(object, key)
  if (fallback !== undefined) return fallback
  return typeof key === 'string' ? defaultDelegate(object)?.get(key) : undefined
}

function ownValue(object: SqValue, key: SqValue): SqValue | undefined {
  if (object instanceof SqTable) return object.get(key)
  if (object instanceof SqInstance) return member(object, key)
  if (object instanceof SqArray && isNumeric(key)) {
    const value = object.a[Math.trunc(num(key))]
    if (value === undefined) throw noIndex(key)
    return value
  }
  if (typeof object === 'string' && isNumeric(key)) {
    const at = Math.trunc(num(key))
    const code = object.charCodeAt(at < 0 ? object.length + at : at)
    if (Number.isNaN(code)) throw noIndex(key)
    return code
  }
  if (object instanceof SqClass) return object.members.get(key)
  return undefined
}

// A `_get` that throws null says "not mine": the search goes on (squirrel.md 6.3).
function fallBackGet(object: SqValue, key: SqValue): SqValue | undefined {
  if (object instanceof SqTable) {
    const { delegate } = object
    if (delegate === null) return undefined
    charge(1)
    // A slot of a delegate whose value is null exists (more-facts 18).
    const own = ownValue(delegate, key)
    const inherited = own === undefined ? fallBackGet(delegate, key) : own
    if (inherited !== undefined) return inherited
  } else if (object instanceof SqInstance) {
    const byte = blobOf(object)?.at(key)
    if (byte !== undefined) return byte
  } else {
    return undefined
  }
  const method = metamethod(object, '_get')
  if (method === undefined || method === null) return undefined
  const depth = T[1] as number
  try {
    return callCounted(method, object, key)
  } catch (error) {
    T[1] = depth
    if (error instanceof SqError && error.value === null) return undefined
    throw error
  }
}

/** `object[key] = value`. */
export function set(object: SqValue, key: SqValue, value: SqValue): SqValue {
  if (!store(object, key, value)) throw noIndex(key)
  return value
}

/** Assignment to a bare name or a member of `this`: falls back to the root table. */
export function setName(self: SqValue, key: string, value: SqValue): SqValue {
  if (!store(self, key, value) && !machine().root.replace(key, stored(value))) throw noIndex(key)
  return value
}

function store(object: SqValue, key: SqValue, value: SqValue): boolean {
  if (object instanceof SqTable) {
    if (object.replace(key, stored(value))) return true
  } else if (object instanceof SqInstance) {
    const name = object.cls.fields.get(mapKey(key))
    if (name !== undefined) {
      ;(object as unknown as Fields)[name] = stored(value)
      return true
    }
    if (blobOf(object)?.put(key, value) === true) return true
  } else if (object instanceof SqArray) {
    if (!isNumeric(key)) throw raise(`indexing ${typeName(object)} with ${typeName(key)}`)
    const at = Math.trunc(num(key))
    if (!(at >= 0 && at < object.a.length)) throw noIndex(key)
    object.a[at] = stored(value)
    return true
  } else {
    throw raise(`trying to set '${typeName(object)}'`)
  }
  return fallBackSet(object, key, value)
}

function fallBackSet(object: SqTable | SqInstance, key: SqValue, value: SqValue): boolean {
  if (object instanceof SqTable && object.delegate !== null && store(object.delegate, key, value)) return true
  const method = metamethod(object, '_set')
  if (method === undefined || method === null) return false
  const depth = T[1] as number
  try {
    callCounted(method, object, key, value)
    return true
  } catch (error) {
    T[1] = depth
    if (error instanceof SqError && error.value === null) return false
    throw error
  }
}

/** `object[key] <- value`. */
export function newSlot(object: SqValue, key: SqValue, value: SqValue, isStatic = false): SqValue {
  if (key === null) throw raise('null cannot be used as index')
  if (object instanceof SqTable) {
    const isNew = object.delegate !== null && !object.has(key)
    if (isNew && callMetamethod(object, '_newslot', key, value) !== undefined) return value
    object.set(key, stored(value))
  } else if (object instanceof SqInstance) {
    if (callMetamethod(object, '_newslot', key, value) === undefined) {
      throw raise('class instances do not support the new slot operator')
    }
  } else if (object instanceof SqClass) {
    object.newMember(key, value, isStatic)
  } else {
    throw raise(`indexing ${typeName(object)} with ${typeName(key)}`)
  }
  return value
}

/** `delete object[key]`: the value that was there. */
export function deleteSlot(object: SqValue, key: SqValue): SqValue {
  if (!(object instanceof SqTable) && !(object instanceof SqInstance)) {
    throw raise(`attempt to delete a slot from a ${typeName(object)}`)
  }
  const own = callMetamethod(object, '_delslot', key)
  if (own !== undefined) return own
  if (object instanceof SqInstance) throw raise(`cannot delete a slot from ${typeName(object)}`)
  const value = object.remove(key)
  if (value === undefined) throw noIndex(key)
  return value
}

/** `key in object`: what the object itself has, without delegates and metamethods. */
export function contains(key: SqValue, object: SqValue): boolean {
  if (object instanceof SqArray) return isNumeric(key) && object.a[Math.trunc(num(key))] !== undefined
  if (typeof object === 'string') return isNumeric(key) && Math.abs(num(key)) < object.length
  return ownValue(object, key) !== undefined
}

/** The error for a key that is not there. */
export function noIndex(key: SqValue): SqError {
  return raise(`the index '${plainText(key).slice(0, 50)}' does not exist`)
}
