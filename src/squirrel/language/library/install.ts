import { baseFunctions } from './base.ts'
import { blobClass } from './blob.ts'
import { installDelegates } from '../delegates/all.ts'
import { RAND_MAX, mathTable } from './math.ts'
import { regexpClass } from './regexp.ts'
import type { Machine } from '../run/state.ts'
import { stringFunctions } from './string.ts'
import { systemFunctions } from './system.ts'
import { SqFloat } from '../values/values.ts'

installDelegates()

/** Puts everything the language itself offers into a machine's root table. */
export function installLibrary(machine: Machine): void {
  const { root, classes } = machine
  for (const fn of [...baseFunctions, ...stringFunctions, ...systemFunctions]) root.set(fn.nativeName, fn)
  root.set('math', mathTable())
  root.set('RAND_MAX', RAND_MAX)
  root.set('PI', new SqFloat(Math.PI))
  root.set('_version_', 'Squirrel 3.0.4 stable')
  root.set('_charsize_', 1)
  root.set('_intsize_', 4)
  root.set('_floatsize_', 4)
  for (const [name, cls] of [
    ['blob', blobClass()],
    ['regexp', regexpClass()],
  ] as const) {
    classes.set(name, cls)
    root.set(name, cls)
  }
}
