import { ImptError } from '../output/error.ts'

/** What `--tests` asks for (test-run.md 2); an empty text selects everything. */
export interface Selection {
  readonly files: (path: string) => boolean
  /** Name of the only class of tests to run; empty for all. */
  readonly testCase: string
  /** Name of the only method to run; empty for all. */
  readonly method: string
}

/**
 * Reads `[file][:case][::method]`: a regular expression searched in the path, up to the first colon; the method after the last `::`; the
 * case between. Throws USAGE for a broken expression.
 */
export function parseSelection(pattern = ''): Selection {
  const colon = pattern.indexOf(':')
  const file = (colon === -1 ? pattern : pattern.slice(0, colon)).replaceAll('\\', '/')
  const rest = colon === -1 ? '' : pattern.slice(colon)
  const last = rest.lastIndexOf('::')
  const expression = expressionOf(file)
  return {
    files: (path) => expression.test(path),
    testCase: (last === -1 ? rest : rest.slice(0, last)).slice(1),
    method: last === -1 ? '' : rest.slice(last + 2),
  }
}

/** Whether the code of a test file may hold what is selected. The exact choice is made by the framework, on the device. */
export function mayContain(code: string, { testCase, method }: Selection): boolean {
  return declares(code, 'class', testCase) && declares(code, 'function', method)
}

function declares(code: string, keyword: string, name: string): boolean {
  if (name === '') return true
  for (const [, found] of code.matchAll(new RegExp(`\\b${keyword}\\s+([\\w.:]+)`, 'g')))
    if (found === name) return true
  return false
}

function expressionOf(file: string): RegExp {
  try {
    return new RegExp(file)
  } catch (error) {
    throw new ImptError(
      'USAGE',
      `Option "--tests" has incorrect value: "${file}" is not a regular expression.`,
      { cause: error },
    )
  }
}
