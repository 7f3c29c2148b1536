import { corrupted, isObject } from './json-file.ts'
import type { JsonFile, JsonObject } from './json-file.ts'

/** What a key of one of our files holds. `required` texts must not be empty. */
export interface KeyRule {
  readonly type: 'text' | 'file' | 'boolean' | 'positive' | 'texts' | 'date' | 'token' | 'coverage'
  readonly required?: true
}

/**
 * Takes the keys that we know out of a file's content, in the order of the rules. A key that is missing, null or, where it is optional,
 * an empty text is left out. Throws FILE `<title> File is corrupted.`, with the wrong key named in a note, when a required key is
 * missing or a value has another type.
 */
export function knownKeys<T extends object>(
  file: JsonFile,
  content: JsonObject,
  rules: Readonly<Record<keyof T & string, KeyRule>>,
): T {
  const known: Record<string, unknown> = {}
  for (const [key, rule] of Object.entries<KeyRule>(rules)) {
    const value = Object.hasOwn(content, key) ? content[key] : undefined
    if (value === undefined || value === null || value === '') {
      if (rule.required) throw corrupted(file, `"${key}" is missing`)
      continue
    }
    const { expected, fits } = TYPES[rule.type]
    if (!fits(value)) throw corrupted(file, `"${key}" must be ${expected}`)
    known[key] = value
  }
  return known as T
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const METRICS = ['lines', 'statements', 'functions', 'branches']

const COVERAGE: Readonly<Record<string, (value: unknown) => boolean>> = {
  min: (value) =>
    isObject(value) &&
    Object.entries(value).every(
      ([name, share]) => METRICS.includes(name) && typeof share === 'number' && share >= 0 && share <= 100,
    ),
  include: isTexts,
  exclude: isTexts,
}

const TYPES: Record<
  KeyRule['type'],
  { readonly expected: string; readonly fits: (value: unknown) => boolean }
> = {
  text: { expected: 'a text', fits: (value) => typeof value === 'string' },
  file: { expected: 'a text, or false', fits: (value) => typeof value === 'string' || value === false },
  boolean: { expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  positive: { expected: 'a positive number', fits: (value) => typeof value === 'number' && value > 0 },
  texts: {
    expected: 'a list of texts',
    fits: isTexts,
  },
  date: {
    expected: 'a date',
    fits: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  },
  coverage: {
    expected:
      'an object with "min" (percentages of lines, statements, functions and branches), "include" and "exclude" (lists of texts)',
    fits: (value) =>
      isObject(value) && Object.entries(value).every(([key, part]) => COVERAGE[key]?.(part) === true),
  },
  // Anything else could not travel in a header, or would break out of it.
  token: {
    expected: 'a text without blanks and control characters',
    fits: (value) => typeof value === 'string' && /^[\x21-\x7e]+$/.test(value),
  },
}
