import { baseFunctions } from './base-library.ts'
import { blobClass } from './blob-library.ts'
import { installDelegates } from './delegates/all.ts'
import { RAND_MAX, mathTable } from './math-library.ts'
import { regexpClass } from './regexp-library.ts'
import type { Machine } from './state.ts'
import { stringFunctions } from './string-library.ts'
import { systemFunctions } from './system-library.ts'
import { SqFloat } from './values.ts'

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
