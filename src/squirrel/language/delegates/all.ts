import { sharedName } from '../values/class.ts'
import { methodsOf, type Methods } from './methods.ts'
import { extendPrimitive } from '../run/isolate.ts'
import { native } from '../library/native.ts'
import { toText } from '../values/text.ts'
import { SqArray, SqFloat, SqFunction, SqGenerator, SqWeakRef, type SqValue } from '../values/values.ts'
import { arrayMethods } from './array.ts'
import { classMethods, instanceMethods } from './class.ts'
import { functionMethods, generatorMethods } from './function.ts'
import { boolMethods, numberMethods } from './number.ts'
import { stringMethods } from './string.ts'
import { tableMethods } from './table.ts'

const common = [
  native('weakref', '', (self) => (isReferenced(self) ? new SqWeakRef(self) : self)),
  native('tostring', '', toText),
]

const weakRefMethods = [native('ref', '', (self) => (self instanceof SqWeakRef ? self.target : null))]

/** Fills the methods of all types. Methods are the same for every machine: they hold no state. */
export function installDelegates(): void {
  Object.assign(methodsOf, {
    string: byName(stringMethods),
    number: byName(numberMethods),
    bool: byName(boolMethods),
    table: byName(tableMethods),
    array: byName(arrayMethods),
    function: byName(functionMethods),
    class: byName(classMethods),
    instance: byName(instanceMethods),
    generator: byName(generatorMethods),
    weakref: byName(weakRefMethods),
  })
  // Where nothing else can come first, generated code finds methods like shared members of an instance.
  extendPrimitive('String', shared(methodsOf.string))
  extendPrimitive('Number', shared(methodsOf.number))
  extendPrimitive('Boolean', shared(methodsOf.bool))
  for (const [prototype, methods] of [
    [SqArray.prototype, methodsOf.array],
    [SqFloat.prototype, methodsOf.number],
    [SqFunction.prototype, methodsOf.function],
    [SqGenerator.prototype, methodsOf.generator],
  ] as const) {
    for (const [name, value] of shared(methods)) Object.defineProperty(prototype, name, { value })
  }
}

function shared(methods: Methods): Map<string, SqFunction> {
  return new Map([...methods].map(([name, method]) => [sharedName(name), method]))
}

function byName(methods: readonly SqFunction[]): Methods {
  return new Map([...common, ...methods].map((method) => [String(method.nativeName), method]))
}

// Scalars are their own weak reference.
function isReferenced(value: SqValue): boolean {
  return typeof value === 'object' && value !== null
}
