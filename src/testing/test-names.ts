import type { Selection } from './selection.ts'

/** Comments and strings, which hide what looks like code. */
const HIDDEN = /\/\/.*|#.*|\/\*[^]*?(?:\*\/|$)|@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g
const DECLARATION = /\bclass\s+([A-Za-z_][\w.:]*)(?:\s+extends\s+([\w.:]+))?|\bfunction\s+(test\w*)\s*\(/g

/**
 * The tests that code declares and a selection takes, as `Case::method()`, in the order of the text: what would have run where nothing did.
 * Only the framework on the device knows for sure.
 */
export function testNamesOf(code: string, { testCase, method }: Selection): readonly string[] {
  const visible = code.replace(HIDDEN, (text) => text.replace(/[^\n]/g, ' '))
  const cases = new Set(['ImpTestCase'])
  const names: string[] = []
  let current: string | undefined
  for (const [, name, base = '', test] of visible.matchAll(DECLARATION)) {
    if (name !== undefined) {
      current = cases.has(base) ? name : undefined
      if (current !== undefined) cases.add(current)
    } else if (current !== undefined && test !== undefined) {
      if ((testCase === '' || testCase === current) && (method === '' || method === test))
        names.push(`${current}::${test}()`)
    }
  }
  return names
}
