import { native } from '../library/native.ts'
import { truncate } from '../values/number.ts'
import { SqFloat, num } from '../values/values.ts'

/** Methods of integers and floats. */
export const numberMethods = [
  native('tointeger', '', (self) => (self instanceof SqFloat ? truncate(self.v) : self)),
  native('tofloat', '', (self) => new SqFloat(num(self))),
  native('tochar', '', (self) => String.fromCharCode(truncate(num(self)) & 0xff)),
]

/** Methods of booleans. */
export const boolMethods = [
  native('tointeger', '', (self) => (self === true ? 1 : 0)),
  native('tofloat', '', (self) => new SqFloat(self === true ? 1 : 0)),
]
