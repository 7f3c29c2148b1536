/**
 * Measures functions (workbench 5): three functions hear where each call begins and ends, also when an error ends it or a generator rests, and read the
 * counters of the machine at these moments. They are names of their own: a member of an object costs each call a search.
 */
import { type Hooks, plain } from './hooks.ts'

export const profile: Hooks = {
  ...plain,
  names: ['begins', 'goesOn', 'ends'],
  enter(emitter, { name, token, body }) {
    const point = emitter.point({ kind: 'function', name: name ?? 'unknown', first: token, last: body.end })
    return `const f = ${point}; begins(f); try {`
  },
  exit: () => '} finally {ends();}',
  yields: () => ({ before: 'ends()', after: 'goesOn(f)' }),
}
