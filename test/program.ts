import { fileURLToPath } from 'node:url'

/** The arguments of Node that run a program of test/, such as `session/writer-process`: `scripts/test.js` has bundled it. */
export function program(name: string): string {
  return fileURLToPath(new URL(`../node_modules/.cache/impt/test/${name}.mjs`, import.meta.url))
}
