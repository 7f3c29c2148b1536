import { integerOf } from './arguments.ts'
import { native, nativeTable } from './native.ts'
import { machine } from '../run/state.ts'
import type { SqTable } from '../values/table.ts'
import { SqFloat, type SqFunction, single } from '../values/values.ts'

/** Largest number `math.rand()` gives. */
export const RAND_MAX = 2147483647

type Numeric = number | SqFloat

/** The table `math`. Functions work on single-precision floats; `srand` has no effect (squirrel.md 1.1). */
export function mathTable(): SqTable {
  return nativeTable([
    unary('sqrt', Math.sqrt),
    unary('sin', Math.sin),
    unary('cos', Math.cos),
    unary('tan', Math.tan),
    unary('asin', Math.asin),
    unary('acos', Math.acos),
    unary('atan', Math.atan),
    unary('log', Math.log),
    unary('log10', Math.log10),
    unary('exp', Math.exp),
    unary('floor', Math.floor),
    unary('ceil', Math.ceil),
    unary('fabs', Math.abs),
    native('abs', 'n', (_, value: Numeric) => Math.abs(integerOf(value)) | 0),
    native('atan2', 'nn', (_, y: Numeric, x: Numeric) => new SqFloat(Math.atan2(single(y), single(x)))),
    native('pow', 'nn', (_, base: Numeric, power: Numeric) => new SqFloat(single(base) ** single(power))),
    native('rand', '', () => Math.floor(machine().random() * (RAND_MAX + 1))),
    native('srand', 'n', () => null),
  ])
}

function unary(name: string, compute: (value: number) => number): SqFunction {
  return native(name, 'n', (_, value: Numeric) => new SqFloat(compute(single(value))))
}
