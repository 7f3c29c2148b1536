import { createWriteStream } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { networkError } from '../../impcentral/networkfailure.ts'
import { openFetch } from '../../impcentral/nodefetch.ts'
import { redactUrl } from '../../impcentral/redact.ts'
import { openWire, type WireResponse } from '../../impcentral/wire.ts'
import { visible } from '../../output/visible.ts'
import { isFile } from './file-work.ts'
import { checkStopped } from '../run/frame.ts'
import { fileError, pathIn } from '../run/path.ts'
import { raise, ScriptError } from '../values/fault.ts'
import { element, duration, file, openText, record, text } from '../values/types.ts'
import { aType, isList, isRecord, type RecordValue, Secret, type Value } from '../values/value.ts'
import { builtin, type Call, choice, fails, flag, option, word } from './builtin.ts'
import { jsonOf } from './reading.ts'

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head'] as const
/** Most bytes of an answer that are kept in memory; more goes to a file. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_REDIRECTS = 10
const USUAL_TIME_MS = 60_000
/** A download may take longer than an answer. */
const DOWNLOAD_TIME_MS = 3_600_000

/** Other systems. */
export const HTTP = [
  builtin({
    name: 'http',
    usage: 'http get|post|put|patch|delete|head URL',
    summary:
      'Sends a request and gives {status, headers, body}; JSON is read. A status from 400 on is the error HTTP with status and body.',
    input: 'none',
    words: [choice('method', text, METHODS), word('url', openText)],
    options: [
      option('json', element, 'A value that is sent as JSON; secrets in it are sent as they are.'),
      option('form', record, 'Fields that are sent as a form.'),
      option('body', openText, 'A text that is sent.'),
      option('header', record, 'Headers; secrets may be in them.'),
      option('timeout', duration, 'Gives up after this time; 1m if absent, 1h with --output.'),
      option('allow', text, 'Statuses that are no error, such as 404,409.'),
      option('output', file, 'Writes the body to a file; it may be of any size.'),
      flag('force', 'Replaces a file that exists.'),
    ],
    examples: {
      'with dry-run { http post https://chat.example/hook --json {text: "3 devices are offline"} | get status }':
        'would send: POST https://chat.example/hook {"text":"3 devices are offline"}',
      'http get ftp://files.example': fails('BUG_ARGS'),
      'http get http://127.0.0.1:1/ --timeout 5s': fails('NETWORK'),
    },
    run: (_input, { method, url, ...given }, call) => send(method.toUpperCase(), url, given, call),
  }),
]

interface Given {
  readonly json: Value | undefined
  readonly form: RecordValue | undefined
  readonly body: string | Secret | undefined
  readonly header: RecordValue | undefined
  readonly timeout: { readonly ms: number } | undefined
  readonly allow: string | undefined
  readonly output: string | undefined
  readonly force: boolean | undefined
}

interface Message {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  /** Names of headers that are not told to another server. */
  readonly private: ReadonlySet<string>
  readonly body: string | undefined
  /** What is never shown. */
  readonly secrets: readonly string[]
}

async function send(method: string, url: string | Secret, given: Given, call: Call): Promise<Value> {
  const message = messageOf(method, url, given, call)
  const accepts = statusesOf(given.allow, call)
  const { task } = call
  if (task.settings.dryRun && ((method !== 'GET' && method !== 'HEAD') || given.output !== undefined)) {
    task.machine.suppressed += 1
    await task.out(`would send: ${shownMessage(message, given, url)}\n`)
    return { status: null, headers: {}, body: null }
  }
  checkStopped(task)
  const limit = given.timeout?.ms ?? (given.output === undefined ? USUAL_TIME_MS : DOWNLOAD_TIME_MS)
  const ending = new AbortController()
  const timer = setTimeout(() => ending.abort(new TimeUp()), Math.min(limit, 2_000_000_000))
  const stop = (): void => ending.abort(task.signal.reason)
  task.signal.addEventListener('abort', stop, { once: true })
  const shown = shownUrl(message.url, url)
  const changes = method === 'GET' || method === 'HEAD' ? 0 : 1
  task.machine.changing += changes
  try {
    const answer = await followed(message, limit, ending.signal, call, shown)
    if (given.output !== undefined && isGood(answer.status, accepts))
      return await download(answer, given.output, given.force === true, call)
    return await answered(answer, message, accepts, call, shown)
  } catch (error) {
    if (task.signal.aborted) checkStopped(task)
    const isLate = ending.signal.reason instanceof TimeUp
    throw failure(isLate ? ending.signal.reason : error, message, limit, call, shown)
  } finally {
    task.machine.changing -= changes
    clearTimeout(timer)
    task.signal.removeEventListener('abort', stop)
    // What is left of an answer that nobody reads on.
    ending.abort()
  }
}

class TimeUp extends Error {}

function messageOf(method: string, url: string | Secret, given: Given, call: Call): Message {
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
  if (bodies.length > 0 && (method === 'GET' || method === 'HEAD'))
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

function statusesOf(allow: string | undefined, call: Call): ReadonlySet<number> {
  const statuses = (allow ?? '').split(',').filter((part) => part.trim() !== '')
  const wrong = statuses.find((part) => !/^\s*[1-5]\d\d\s*$/.test(part))
  if (wrong === undefined) return new Set(statuses.map(Number))
  throw raise(call.at('allow'), 'BUG_ARGS', `--allow takes statuses such as 404,409, not "${wrong.trim()}"`)
}

function isGood(status: number, accepts: ReadonlySet<number>): boolean {
  return status < 400 || accepts.has(status)
}

/** Sends it and follows redirects, as browsers do: 303, and 301 and 302 of a POST, become GET. Another server is told no credentials. */
async function followed(
  first: Message,
  limit: number,
  signal: AbortSignal,
  call: Call,
  shown: string,
): Promise<WireResponse> {
  let message = first
  for (let hop = 0; ; hop += 1) {
    const { url, method, headers, body } = message
    const wire = await openWire(await openFetch(url.href))
    const request = {
      method,
      changes: method !== 'GET' && method !== 'HEAD',
      url: url.href,
      headers: { ...headers },
      body,
      timeout: limit,
      signal,
    }
    const answer = await wire.stream(request, signal)
    const location = answer.headers['location']
    if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined) return answer
    if (hop >= MOST_REDIRECTS)
      throw raise(
        call.at('url'),
        'HTTP',
        `${first.method} ${shown} was redirected more than ${MOST_REDIRECTS} times`,
        'the server sends it around in a circle',
      )
    // The connection is used again once the answer is read; what is in a redirect is of no use.
    await readUpTo(answer, 1024 * 1024).catch(() => undefined)
    message = redirected(message, location, answer.status, call, shown)
  }
}

function redirected(message: Message, location: string, status: number, call: Call, shown: string): Message {
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
  if (isOther && keepsBody && message.secrets.some((secret) => message.body?.includes(secret)))
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

async function readUpTo({ body }: WireResponse, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > limit) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

async function answered(
  answer: WireResponse,
  message: Message,
  accepts: ReadonlySet<number>,
  call: Call,
  shown: string,
): Promise<Value> {
  const { status, headers } = answer
  const bytes = message.method === 'HEAD' ? Buffer.alloc(0) : await readUpTo(answer, MOST_BYTES)
  if (bytes === undefined)
    throw raise(
      call.at('url'),
      'DATA',
      `${shown} sent more than ${MOST_BYTES / 1024 / 1024} MB`,
      'write it to a file: --output FILE',
    )
  const isJson = /[/+]json\b/i.test(headers['content-type'] ?? '')
  const content = textIn(bytes)
  if (!isGood(status, accepts)) throw refused(answer, message, content ?? '', isJson, call, shown)
  if (content === undefined)
    throw raise(
      call.at('url'),
      'DATA',
      `the body of ${shown} is not UTF-8 text`,
      'write it to a file: --output FILE',
    )
  const from = {
    place: call.at('url'),
    what: `the body of ${shown}`,
    warn: (line: string) => call.task.machine.host.err(line),
  }
  return {
    status,
    headers: { ...headers },
    body: content === '' ? null : isJson ? jsonOf(content, from) : content,
  }
}

function textIn(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function refused(
  { status, headers }: WireResponse,
  { method, secrets }: Message,
  content: string,
  isJson: boolean,
  call: Call,
  shown: string,
): ScriptError {
  const safe = masked(content, secrets)
  let body: Value = safe === '' ? null : safe
  if (isJson) {
    try {
      body = JSON.parse(safe) as Value
    } catch {
      // It says that it is JSON and is not: the text is all there is.
    }
  }
  const said = visible(safe.trim().replace(/\s+/g, ' '))
  return new ScriptError('HTTP', `${method} ${shown} was answered with ${status}`, {
    place: call.at('url'),
    hint: `--allow ${status} gives the answer as a value`,
    notes: said === '' ? [] : [said.length > 200 ? `${said.slice(0, 200)}…` : said],
    http: { status },
    data: { status, body, headers: { ...headers } },
  })
}

/** Writes the body beside the file and puts it in its place when it is complete. */
async function download(answer: WireResponse, name: string, force: boolean, call: Call): Promise<Value> {
  const place = call.at('output')
  const path = pathIn(call.task, name)
  if (!force && (await isFile(path)))
    throw raise(place, 'FILE', `${name}: the file exists already`, 'add --force to replace it')
  const part = `${path}.${process.pid}.part`
  try {
    await pipeline(Readable.from(answer.body), createWriteStream(part, { flags: 'wx' }))
    await rename(part, path)
  } catch (error) {
    await unlink(part).catch(() => undefined)
    if ((error as NodeJS.ErrnoException).path !== undefined) throw fileError(error, name, place)
    throw error
  }
  return { status: answer.status, headers: { ...answer.headers }, body: null }
}

function failure(error: unknown, message: Message, limit: number, call: Call, shown: string): unknown {
  if (error instanceof ScriptError) return error
  const place = call.at('url')
  const { method, url } = message
  const changes = method !== 'GET' && method !== 'HEAD'
  const doubt = changes ? ['the server may have done it'] : []
  if (error instanceof TimeUp) {
    const hint = 'write --timeout to wait longer'
    return new ScriptError(
      'TIMEOUT',
      `${method} ${shown} was not answered in full within ${limit / 1000} s`,
      { place, hint, notes: doubt },
    )
  }
  if (
    !(error instanceof Error) ||
    !('code' in error || error.cause !== undefined || /terminated|hang up/.test(error.message))
  )
    return error
  if (error.name === 'ImptError') return error
  const known = networkError(error, changes, url.host)
  return new ScriptError(known.code, `${method} ${shown} got no answer: ${known.hint ?? error.message}`, {
    place,
    notes: known.mayBeDone ? doubt : [],
    cause: error,
  })
}

/** The address without credentials; of a secret one the server alone. */
function shownUrl(url: URL, given: string | Secret): string {
  return given instanceof Secret ? `${url.origin}/***` : visible(redactUrl(url.href))
}

function shownMessage(
  { method, url, body, secrets }: Message,
  given: Given,
  address: string | Secret,
): string {
  const sent = given.json === undefined ? body : JSON.stringify(given.json)
  return `${method} ${shownUrl(url, address)}${sent === undefined ? '' : ` ${visible(masked(sent, secrets))}`}`
}

function masked(content: string, secrets: readonly string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, '***'), content)
}
