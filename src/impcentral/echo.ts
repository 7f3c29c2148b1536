import { HIDDEN, isPlainHeader } from './redact.ts'

/** Shorter values stand in most texts by chance. */
const SHORTEST = 4

/** Hides credentials that were sent wherever they come back. */
export interface Hider {
  readonly text: (text: string) => string
  /** A JSON value with all its texts and names of fields. */
  readonly value: (value: unknown) => unknown
  readonly bytes: (bytes: Buffer) => Buffer
  /** The headers that were sent, to be shown. */
  readonly sent: (headers: Readonly<Record<string, string>>) => Record<string, string>
}

/**
 * Knows the values of request headers that may be credentials (`isPlainHeader`): whole, what stands behind the scheme of an `Authorization`, and the
 * password of a Basic one; as they are, in URLs and in JSON. Values of fewer than 4 characters are not looked for.
 */
export function hiderOf(headers: Readonly<Record<string, string>>): Hider {
  const secrets = Object.entries(headers).flatMap(([name, value]) =>
    isPlainHeader(name) ? [] : partsOf(value),
  )
  const spellings = secrets
    .filter(({ length }) => length >= SHORTEST)
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
  // The longest first: a part of one that was hidden is hidden with it.
  const known = [...new Set(spellings)].sort((a, b) => b.length - a.length)
  const text = (shown: string): string =>
    known.reduce((rest, secret) => rest.replaceAll(secret, () => HIDDEN), shown)
  const value = (shown: unknown): unknown => {
    if (typeof shown === 'string') return text(shown)
    if (Array.isArray(shown)) return shown.map(value)
    if (typeof shown !== 'object' || shown === null) return shown
    return Object.fromEntries(Object.entries(shown).map(([name, inner]) => [text(name), value(inner)]))
  }
  return {
    text,
    value,
    bytes: (bytes) =>
      known.reduce((rest, secret) => {
        const find = Buffer.from(secret).toString('latin1')
        const found = rest.toString('latin1')
        return found.includes(find)
          ? Buffer.from(
              found.replaceAll(find, () => HIDDEN),
              'latin1',
            )
          : rest
      }, bytes),
    sent: (given) =>
      Object.fromEntries(
        Object.entries(given).map(([name, shown]) => [name, isPlainHeader(name) ? shown : HIDDEN]),
      ),
  }
}

/** The secrets in the value of a header. */
function partsOf(value: string): readonly string[] {
  const [, scheme = '', rest = ''] = /^([\w-]+)\s+(\S.*)$/.exec(value) ?? []
  const password =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(rest, 'base64')
          .toString()
          .replace(/^[^:]*:/, '')
      : ''
  return [value, rest, password]
}
