/**
 * Measures functions (workbench 5): `P` hears where each call begins and ends, also when an error ends it or a generator rests, and reads the counters of
 * the machine at these moments.
 */
import { type Hooks, plain } from './hooks.ts'

export const profile: Hooks = {
  ...plain,
  names: ['P'],
  enter(emitter, { name, token, body }) {
    const point = emitter.point({ kind: 'function', name: name ?? 'unknown', first: token, last: body.end })
    return `const f = ${point}; P.enter(f); try {`
  },
  exit: () => '} finally {P.leave();}',
  yields: () => ({ before: 'P.leave()', after: 'P.again(f)' }),
}
