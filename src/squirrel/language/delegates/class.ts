import { noIndex } from '../run/access.ts'
import { addMember } from '../run/calls.ts'
import { type Fields, SqClass, SqInstance, member } from '../values/class.ts'
import { raise } from '../run/errors.ts'
import { native } from '../library/native.ts'
import { truthy } from '../run/operators.ts'
import { mapKey } from '../values/table.ts'
import { type SqValue, stored } from '../values/values.ts'

/** Methods of classes. */
export const classMethods = [
  native('getattributes', '.', (self, key: SqValue) => {
    const cls = classOf(self)
    if (key === null) return cls.attributes
    if (!cls.members.has(key)) throw raise('wrong index')
    return cls.memberAttributes.get(key) ?? null
  }),
  native('setattributes', '..', (self, key: SqValue, value: SqValue) => {
    const cls = classOf(self)
    if (key === null) {
      const old = cls.attributes
      cls.attributes = value
      return old
    }
    if (!cls.members.has(key)) throw raise('wrong index')
    const old = cls.memberAttributes.get(key) ?? null
    cls.memberAttributes.set(key, value)
    return old
  }),
  native('rawin', '.', (self, key: SqValue) => classOf(self).members.has(key)),
  native('rawget', '.', (self, key: SqValue) => {
    const value = classOf(self).members.get(key)
    if (value === undefined) throw noIndex(key)
    return value
  }),
  native('rawset', '..', (self, key: SqValue, value: SqValue) => {
    classOf(self).newMember(key, value, false)
    return null
  }),
  native('instance', '', (self) => classOf(self).allocate()),
  native('getbase', '', (self) => classOf(self).base),
  native(
    'newmember',
    '..[..',
    (self, key: SqValue, value: SqValue, attributes: SqValue = null, isStatic: SqValue = false) => {
      addMember(classOf(self), key, value, attributes, truthy(isStatic))
      return null
    },
  ),
  native(
    'rawnewmember',
    '..[..',
    (self, key: SqValue, value: SqValue, attributes: SqValue = null, isStatic: SqValue = false) => {
      const cls = classOf(self)
      cls.newMember(key, value, truthy(isStatic))
      if (attributes !== null) cls.memberAttributes.set(key, attributes)
      return null
    },
  ),
]

/** Methods of instances. */
export const instanceMethods = [
  native('getclass', '', (self) => instance(self).cls),
  native('rawin', '.', (self, key: SqValue) => member(instance(self), key) !== undefined),
  native('rawget', '.', (self, key: SqValue) => {
    const value = member(instance(self), key)
    if (value === undefined) throw noIndex(key)
    return value
  }),
  native('rawset', '..', (self, key: SqValue, value: SqValue) => {
    const name = instance(self).cls.fields.get(mapKey(key))
    if (name === undefined) throw noIndex(key)
    ;(self as unknown as Fields)[name] = stored(value)
    return null
  }),
]

function classOf(self: SqValue): SqClass {
  if (self instanceof SqClass) return self
  throw raise('wrong type of environment: expected a class')
}

function instance(self: SqValue): SqInstance {
  if (self instanceof SqInstance) return self
  throw raise('wrong type of environment: expected an instance')
}
