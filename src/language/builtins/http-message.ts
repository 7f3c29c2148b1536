import { redactUrl } from '../../impcentral/redact.ts'
import { visible } from '../../output/visible.ts'
import { raise } from '../values/fault.ts'
import { aType, isList, isRecord, type RecordValue, Secret, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'

export interface Given {
  readonly json: Value | undefined
  readonly form: RecordValue | undefined
  readonly body: string | Secret | undefined
  readonly header: RecordValue | undefined
  readonly timeout: { readonly ms: number } | undefined
  readonly allow: string | undefined
  readonly output: string | undefined
  readonly force: boolean | undefined
}

export interface Message {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Names of headers that are not told to another server. */
  readonly private: ReadonlySet<string>
  readonly body: string | undefined
  /** What is never shown. */
  readonly secrets: readonly string[]
}

/** Whether a method asks for something and changes nothing. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

export function messageOf(method: string, url: string | Secret, given: Given, call: Call): Message {
  const secrets: string[] = []
  const hidden = new Set(['authorization', 'cookie', 'proxy-authorization'])
  const plainText = (value: string | Secret): string => {
    if (!(value instanceof Secret)) return value
    if (value.reveal() !== '') secrets.push(value.reveal())
    return value.reveal()
  }
  const address = plainText(url)
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol)) {
    const said = url instanceof Secret ? 'the secret' : `"${redactUrl(address)}"`
    throw raise(
      call.at('url'),
      'BUG_ARGS',
      `${said} is no address of a web server`,
      'write http://... or https://...',
    )
  }
  const bodies = (['json', 'form', 'body'] as const).filter((name) => given[name] !== undefined)
  if (bodies.length > 1)
    throw raise(
      call.at(bodies[1] ?? 'body'),
      'BUG_ARGS',
      `--${bodies[0]} and --${bodies[1]} both say what is sent`,
      'leave one of them out',
    )
  if (bodies.length > 0 && isReading(method))
    throw raise(
      call.at(bodies[0] ?? 'body'),
      'BUG_ARGS',
      `a request of ${method} has no body`,
      'write http post URL',
    )
  const headers: Record<string, string> = { 'user-agent': 'impt', accept: '*/*' }
  let body: string | undefined
  if (given.json !== undefined) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(revealed(given.json, plainText))
  } else if (given.form !== undefined) {
    headers['content-type'] = 'application/x-www-form-urlencoded'
    const fields = Object.entries(given.form).map(([name, value]) => [
      name,
      fieldText(name, value, plainText, call.at('form')),
    ])
    body = new URLSearchParams(fields as [string, string][]).toString()
  } else if (given.body !== undefined) {
    headers['content-type'] = 'text/plain; charset=utf-8'
    body = plainText(given.body)
  }
  for (const [name, value] of Object.entries(given.header ?? {})) {
    const lower = name.toLowerCase()
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower))
      throw raise(call.at('header'), 'BUG_ARGS', `"${visible(name)}" is no name of a header`)
    headers[lower] = fieldText(name, value, plainText, call.at('header'))
    if (value instanceof Secret) hidden.add(lower)
  }
  return { method, url: new URL(address), headers, private: hidden, body, secrets }
}

function fieldText(
  name: string,
  value: Value,
  plainText: (value: string | Secret) => string,
  place: Call['place'],
): string {
  if (typeof value === 'string' || value instanceof Secret) return plainText(value)
  if (value !== null && !isList(value) && !isRecord(value)) return JSON.stringify(value).replace(/^"|"$/g, '')
  throw raise(place, 'BUG_TYPE', `"${visible(name)}" must be text, not ${aType(value)}`)
}

/** A value for JSON, with its secrets as they are. */
function revealed(value: Value, plainText: (value: Secret) => string): unknown {
  if (value instanceof Secret) return plainText(value)
  if (isList(value)) return value.map((item) => revealed(item, plainText))
  if (!isRecord(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, revealed(field, plainText)]))
}

export function redirected(
  message: Message,
  location: string,
  status: number,
  call: Call,
  shown: string,
): Message {
  const { method, url, headers } = message
  const next = URL.canParse(location, url.href) ? new URL(location, url.href) : undefined
  if (next === undefined || !/^https?:$/.test(next.protocol))
    throw raise(
      call.at('url'),
      'HTTP',
      `${method} ${shown} was redirected to "${visible(location.slice(0, 200))}", which is no web server`,
    )
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST'
  const isOther = next.origin !== url.origin
  const keepsBody = !becomesGet && message.body !== undefined
  if (isOther && keepsBody && masked(message.body ?? '', message.secrets) !== message.body)
    throw raise(
      call.at('url'),
      'HTTP',
      `${method} ${shown} was redirected to ${next.origin}, which must not get the secrets that are sent`,
    )
  const kept = Object.entries(headers).filter(
    ([name]) => (!isOther || !message.private.has(name)) && (keepsBody || !name.startsWith('content-')),
  )
  return {
    ...message,
    url: next,
    method: becomesGet ? 'GET' : method,
    headers: Object.fromEntries(kept),
    body: keepsBody ? message.body : undefined,
  }
}

/** The address without credentials; of a secret one the server alone. */
export function shownUrl(url: URL, given: string | Secret): string {
  return given instanceof Secret ? `${url.origin}/***` : visible(redactUrl(url.href))
}

export function shownMessage(
  { method, url, body, secrets }: Message,
  given: Given,
  address: string | Secret,
): string {
  const sent = given.json === undefined ? body : JSON.stringify(given.json)
  return `${method} ${shownUrl(url, address)}${sent === undefined ? '' : ` ${visible(masked(sent, secrets))}`}`
}

/** A text without these secrets, however they stand in it: as they are, in JSON, in a form or in an address. */
export function masked(content: string, secrets: readonly string[]): string {
  const spelled = new Set(secrets.flatMap(spellingsOf))
  // One secret may be a part of another.
  return [...spelled]
    .sort((a, b) => b.length - a.length)
    .reduce((left, secret) => left.replaceAll(secret, '***'), content)
}

function spellingsOf(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    new URLSearchParams({ '': secret }).toString().slice(1),
    encodeURIComponent(Buffer.from(secret).toString()),
  ]
}
