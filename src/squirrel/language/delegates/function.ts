import { callFunction } from '../run/calls.ts'
import { SqClass, SqInstance } from '../values/class.ts'
import { raise } from '../run/errors.ts'
import { native, nativeArity } from '../library/native.ts'
import { SqTable, tableOf } from '../values/table.ts'
import { SqArray, SqFunction, SqGenerator, type SqValue, stored } from '../values/values.ts'

/** Methods of functions. */
export const functionMethods = [
  native('call', '.*', call),
  native('pcall', '.*', call),
  native('acall', 'a', callWithArray),
  native('pacall', 'a', callWithArray),
  native('bindenv', '.', (self, environment: SqValue) => bind(functionOf(self), environment)),
  native('getinfos', '', (self) => infos(functionOf(self))),
]

/** Methods of generators. */
export const generatorMethods = [
  native('getstatus', '', (self) => (self instanceof SqGenerator ? self.status : null)),
]

function call(self: SqValue, environment: SqValue, ...args: SqValue[]): SqValue {
  return callFunction(functionOf(self), environment, ...args)
}

function callWithArray(self: SqValue, list: SqArray): SqValue {
  const [environment, ...args] = list.a
  if (environment === undefined) throw raise('wrong number of parameters')
  return callFunction(functionOf(self), environment, ...args)
}

// The environment is held strongly, unlike stock Squirrel (squirrel.md 1.1).
function bind(fn: SqFunction, given: SqValue): SqFunction {
  const environment = stored(given)
  if (
    !(environment instanceof SqTable || environment instanceof SqInstance || environment instanceof SqClass)
  ) {
    throw raise("parameter 1 has an invalid type ; expected: 'table|instance|class'")
  }
  const code = fn.unbound ?? fn.fn
  const copy = new SqFunction((_self, ...args) => code(environment, ...args), fn.info, fn.nativeName, fn.mask)
  copy.unbound = code
  copy.defaults = fn.defaults
  return copy
}

function infos(fn: SqFunction): SqTable {
  const { info } = fn
  if (info === null) {
    const { least, most } = nativeArity(fn.mask)
    return tableOf([
      ['native', true],
      ['name', fn.nativeName],
      ['paramscheck', most === least ? least + 1 : -(least + 1)],
      ['typecheck', null],
    ])
  }
  return tableOf([
    ['native', false],
    ['name', info.name],
    ['src', info.file],
    ['parameters', new SqArray(['this', ...info.parameters, ...(info.variadic ? ['...'] : [])])],
    ['varargs', info.variadic ? 1 : 0],
    ['defparams', new SqArray(fn.defaults.slice())],
  ])
}

function functionOf(self: SqValue): SqFunction {
  if (self instanceof SqFunction) return self
  throw raise('wrong type of environment: expected a function')
}
