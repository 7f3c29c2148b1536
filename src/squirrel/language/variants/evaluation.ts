import { type Hooks, plain } from './hooks.ts'

/**
 * Text that a debugger evaluates in a call that is stopped. `K.e` has the arrays of its blocks (`Variables`) when the text begins: functions that the
 * text makes keep the ones of that moment.
 */
export const evaluation: Hooks = {
  ...plain,
  names: ['K'],
  enter: (emitter) => (emitter.functions.length === 1 ? 'const E = K.e;' : ''),
}
