/** What stands in the place of a secret, in debug output and errors (output.md 12). */
export const HIDDEN = '[hidden]'

const SECRET_HEADERS = new Set([
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-electricimp-password',
  'x-electricimp-key',
  'x-electricimp-otp-token',
])

/** Request headers that hold no credential, whoever receives them. */
const PLAIN_HEADERS =
  /^(accept|accept-(charset|encoding|language)|cache-control|content-(disposition|encoding|language|length|type)|if-(match|none-match|modified-since|unmodified-since)|origin|pragma|range|user-agent)$/i

const SECRET_FIELDS = new Set([
  'password',
  'access_token',
  'refresh_token',
  'login_token',
  'token',
  'key',
  'login_key',
  'loginkey',
  'otp',
  'unbond_key',
])

/** Resources whose id is a secret (impcentral-api.md 2.3 and 7), as the last but one part of a path and as a type. */
const SECRET_IDS = /\/(login_keys|refresh_tokens|logstream)\/[^/?#"\s]+/g
/** What stands before the host of a URL. */
const USER_INFO = /(?<=:)\/\/[^/?#\s"'<>]*@/g
const SECRET_TYPES = new Set(['login_key', 'refresh_token', 'logstream'])
const SECRET_TEXT_FIELDS = new RegExp(
  `"(${[...SECRET_FIELDS].join('|')})"\\s*:\\s*"(?:[^"\\\\]|\\\\.)*"?`,
  'gi',
)

/** Whether the value of a request header that somebody gave may be shown: any name that is not known may stand for a credential. */
export function isPlainHeader(name: string): boolean {
  return PLAIN_HEADERS.test(name)
}

/** Headers with the values of secret ones hidden. */
export function redactHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADERS.has(name.toLowerCase()) ? HIDDEN : value,
    ]),
  )
}

/**
 * A URL or path, or a text with such, in which user names with passwords and the ids of login keys, refresh tokens and log streams are hidden.
 * Every URL that is shown goes through this.
 */
export function redactUrl(url: string): string {
  return url.replace(USER_INFO, `//${HIDDEN}@`).replace(SECRET_IDS, `/$1/${HIDDEN}`)
}

/** A text in which the secret ids of a URL are hidden, such as a server's complaint about a login key. */
export function redactIdsOf(url: string, text: string): string {
  return [...url.matchAll(SECRET_IDS)].reduce((rest, [match]) => {
    const id = decodeURIComponent(match.slice(match.lastIndexOf('/') + 1))
    return rest.replaceAll(id, HIDDEN)
  }, text)
}

/** A copy of a JSON value without passwords, tokens and login keys: by field name, and by the type of the resource that has the id. */
export function redactValue(value: unknown): unknown {
  if (typeof value === 'string') return redactUrl(value)
  if (Array.isArray(value)) return value.map(redactValue)
  if (typeof value !== 'object' || value === null) return value
  const idIsSecret = 'type' in value && typeof value.type === 'string' && SECRET_TYPES.has(value.type)
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      isSecretField(name, inner) || (idIsSecret && name === 'id') ? HIDDEN : redactValue(inner),
    ]),
  )
}

/** The same for a body in text form; what is not whole JSON is searched for `"field": "value"` pairs. */
export function redactText(text: string): string {
  try {
    return JSON.stringify(redactValue(JSON.parse(text)))
  } catch {
    return redactUrl(text).replace(SECRET_TEXT_FIELDS, `"$1":"${HIDDEN}"`)
  }
}

// A number or an object under a name such as "key" is no secret of ours; null tells that there is none.
function isSecretField(name: string, value: unknown): boolean {
  return SECRET_FIELDS.has(name.toLowerCase()) && typeof value === 'string'
}
