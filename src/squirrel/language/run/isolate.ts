import vm from 'node:vm'

let context: vm.Context | null = null

/**
 * Evaluates JavaScript that we generated in a realm of its own: no globals of the host, no code from strings. `fileName` marks its frames in
 * stack traces.
 */
export function compileIsolated(code: string, fileName = 'squirrel-runtime'): unknown {
  context ??= vm.createContext(Object.create(null) as object, {
    codeGeneration: { strings: false, wasm: false },
  })
  return new vm.Script(`"use strict";${code}`, { filename: fileName }).runInContext(context)
}

/** Gives primitive values of that realm properties: generated code finds the methods of strings and numbers there. */
export function extendPrimitive(
  type: 'String' | 'Number' | 'Boolean',
  properties: ReadonlyMap<string, unknown>,
): void {
  const prototype = compileIsolated(`${type}.prototype`) as object
  for (const [name, value] of properties)
    Object.defineProperty(prototype, name, { value, configurable: true })
}
