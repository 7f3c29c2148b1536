import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

let collect: (() => void) | undefined

/** Collects what nothing refers to any more, so that what is left in the heap is what is really kept. Takes as long as the heap is large. */
export function collectGarbage(): void {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
    // V8 takes the code cache of a module only with the flags that it was made with: threads that start later go on using it.
    setFlagsFromString('--no-expose-gc')
  }
  collect()
}

/**
 * Does work that makes much that is of no use soon after, such as the pages of a long list, in little memory: V8 gives new objects more and more room
 * as long as they are made fast (up to 48 MB), which saves no time here. The modules that it needs are to be loaded: other flags, other code cache.
 */
export async function inLittleMemory<T>(work: () => Promise<T>): Promise<T> {
  setFlagsFromString('--semi-space-growth-factor=1')
  try {
    return await work()
  } finally {
    setFlagsFromString(`--semi-space-growth-factor=${GROWTH}`)
  }
}

/** As V8 has it (`node --v8-options`). */
const GROWTH = 2
