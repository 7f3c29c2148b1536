import { integerOf } from './arguments.ts'
import { raise } from '../run/errors.ts'
import { native } from './native.ts'
import { truthy } from '../run/operators.ts'
import { resize } from '../delegates/array.ts'
import { machine } from '../run/state.ts'
import { toText } from '../values/text.ts'
import { publicType } from '../values/types.ts'
import { SqArray, type SqFloat, type SqValue, stored } from '../values/values.ts'

/** `callee()`: generated code answers it itself; called in another way it does not know its caller. */
export const calleeFunction = native('callee', '', () => null)

/** The global functions of the language. */
export const baseFunctions = [
  native('getroottable', '', () => machine().root),
  native('assert', '.', (_, condition: SqValue) => {
    if (!truthy(condition)) throw raise('assertion failed')
    return null
  }),
  native('print', '.', (_, value: SqValue) => {
    machine().print(toText(value))
    return null
  }),
  native('error', '.', (_, value: SqValue) => {
    machine().error(toText(value))
    return null
  }),
  native('array', 'n[.', (_, size: number | SqFloat, fill: SqValue = null) => {
    const items: SqValue[] = []
    if (integerOf(size) < 0) throw raise('array size must be positive')
    resize(items, integerOf(size), stored(fill))
    return new SqArray(items)
  }),
  native('type', '.', (_, value: SqValue) => publicType(value)),
  calleeFunction,
  native('dummy', '*', () => null),
  native('collectgarbage', '', () => 0),
]
