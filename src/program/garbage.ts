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
