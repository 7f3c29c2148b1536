// The command `agent call`: the request, what the wire and the agent answer, and how it is told share the hiding of secrets.
import { setTimeout as delay } from 'node:timers/promises'
import { cancelledError, networkError, timeoutError } from '../impcentral/networkfailure.ts'
import { openFetch } from '../impcentral/nodefetch.ts'
import { loggedSince } from '../impcentral/logged-since.ts'
import { PAGE_SIZE } from '../impcentral/paging.ts'
import { requestEvent, responseEvent } from '../impcentral/observer.ts'
import { redactHeaders } from '../impcentral/redact.ts'
import { bodyOf, openWire, textIn } from '../impcentral/wire.ts'
import { ImptError } from '../output/error.ts'
import { renderLogEntry } from '../output/log-line.ts'
import type { LogEntry } from '../output/result.ts'
import { visible } from '../output/visible.ts'
import { parseTime } from '../testing/duration.ts'
import { type Hider, hiderOf } from '../impcentral/echo.ts'
import { finderOf } from './common.ts'
import type { Context, Group } from './context.ts'
import { listOf, mandatory, textOf } from './options.ts'
import type { OptionValues } from './row.ts'
import { whenAborted } from '../program/aborted.ts'

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']
/** The most of an answer that is kept, in bytes: agents have less memory than that. */
const MOST_BYTES = 16 * 1024 * 1024

/** Timers take no more. */
const LONGEST_MS = 2_000_000_000

/** `impt agent call`. */
export const group = {
  async call(context, options, words) {
    const request = requestOf(options, words)
    const limit = Math.min(parseTime(textOf(options, 'timeout') ?? '60s', 'timeout'), LONGEST_MS)
    const logFor = textOf(options, 'log')
    const patience = logFor === undefined ? undefined : Math.min(parseTime(logFor, 'log'), LONGEST_MS)
    const finder = await finderOf(context)
    const device = await finder.find('device', mandatory(options, 'device'))
    const url = urlOf(device.attributes.agent_url, request.path, mandatory(options, 'device'))
    const { client } = finder
    const before = patience === undefined ? [] : (await client.devices.logPage(device.id, 1, PAGE_SIZE)).items
    const hider = hiderOf(request.headers)
    const { status, headers, bytes } = await watched(context, hider, { ...request, url }, limit)
    const body = shownBody(bytes, headers['content-type'] ?? '', hider)
    let log: readonly LogEntry[] | undefined
    if (patience !== undefined) {
      await delay(patience, undefined, { signal: context.signal })
      log = hider.value(await loggedSince(client, device.id, before)) as readonly LogEntry[]
    }
    if (!context.quiet) tell(context, status, headers, body, bytes.length, log)
    const record = {
      status,
      headers,
      body: body.value,
      ...(body.isBinary && { base64: bytes.toString('base64') }),
      ...(log && { log }),
    }
    const failure = new ImptError('HTTP', `${request.method} was answered by the agent with ${status}.`, {
      http: { status },
      data: record,
    })
    return {
      kind: 'record',
      record,
      // Programs get the record, whatever the status.
      ...(!context.quiet && { told: true }),
      ...(status >= 400 && { failed: true, failure }),
    }
  },
} satisfies Group

interface AgentRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

/** What the words and options ask for. Throws USAGE. */
function requestOf(options: OptionValues, words: readonly string[]): AgentRequest {
  const startsWithPath = words[0] !== undefined && /^[/?]/.test(words[0])
  if (startsWithPath && words.length > 1)
    throw usage(`"${words[0]}" is no method.`, 'The method comes first: GET /path')
  const path = (startsWithPath ? words[0] : words[1]) ?? ''
  if (path !== '' && !/^[/?]/.test(path))
    throw usage(`"${path}" is no path.`, 'A path of an agent begins with "/" or "?"')
  const headers: Record<string, string> = { 'user-agent': 'impt', accept: '*/*' }
  const body = contentOf(options, headers)
  const method = (
    (startsWithPath ? undefined : words[0]) ?? (body === undefined ? 'GET' : 'POST')
  ).toUpperCase()
  if (!METHODS.includes(method))
    throw usage(`"${method}" is no method.`, `Methods are ${METHODS.join(', ')}; a path begins with "/"`)
  if (body !== undefined && (method === 'GET' || method === 'HEAD'))
    throw usage(`A request of ${method} has no body.`, 'Write POST or PUT')
  for (const text of listOf(options, 'header')) {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9a-z-]+)\s*:\s*(.*)$/i.exec(text) ?? []
    // What does not fit may be a secret all the same.
    if (name === undefined || value === undefined || /[\0-\x1f\x7f]/.test(text))
      throw usage('Option "--header" has an incorrect value.', 'Write "Name: value"')
    headers[name.toLowerCase()] = value
  }
  return { method, path, headers, body }
}

function contentOf(options: OptionValues, headers: Record<string, string>): string | undefined {
  const json = textOf(options, 'json')
  const body = textOf(options, 'body')
  const form = listOf(options, 'form')
  const both = [
    json !== undefined && '--json',
    body !== undefined && '--body',
    form.length > 0 && '--form',
  ].filter((name) => name !== false)
  if (both.length > 1)
    throw usage(`Options "${both.join('" and "')}" are mutually exclusive.`, 'Leave one of them out')
  if (json !== undefined) {
    try {
      JSON.parse(json)
    } catch {
      throw usage('Option "--json" has an incorrect value: it is not JSON.', `Write it as in '{"on": true}'`)
    }
    headers['content-type'] = 'application/json'
    return json
  }
  if (form.length > 0) {
    headers['content-type'] = 'application/x-www-form-urlencoded'
    return new URLSearchParams(form.map(fieldOf)).toString()
  }
  if (body !== undefined) headers['content-type'] = 'text/plain; charset=utf-8'
  return body
}

function fieldOf(text: string): [string, string] {
  const at = text.indexOf('=')
  if (at < 1) throw usage(`Option "--form" has incorrect value "${text}".`, 'Write NAME=VALUE')
  return [text.slice(0, at), text.slice(at + 1)]
}

/** The address of a path of the agent; one that leaves the agent, as with `/../`, is refused. */
function urlOf(agentUrl: unknown, path: string, device: string): string {
  const base = typeof agentUrl === 'string' ? agentUrl.replace(/\/+$/, '') : ''
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol))
    throw new ImptError('NOT_FOUND', `Device "${device}" has no agent.`, {
      hint: 'A device has one once it is in a Device Group with a build',
    })
  const url = new URL(base + path).href
  if (url !== base && url !== `${base}/` && !url.startsWith(`${base}/`) && !url.startsWith(`${base}?`))
    throw usage(`"${path}" is no path of the agent.`, 'Leave out ".."')
  return url
}

type Sent = AgentRequest & { readonly url: string }

/** Sends it, and tells debug output and the spinner of it, without its secrets. */
async function watched(
  { observer, signal }: Context,
  hider: Hider,
  request: Sent,
  limit: number,
): Promise<AgentAnswer> {
  const { method, url, headers, body } = request
  // One call of a command: no other request is under way that this number could be taken for.
  const id = 0
  const begin = Date.now()
  const safeUrl = hider.text(url)
  observer?.onRequest?.(
    requestEvent(id, method, safeUrl, hider.sent(headers), body === undefined ? body : hider.text(body)),
  )
  try {
    const answer = await answerOf(request, limit, signal)
    const shown = hider.value(answer.headers) as AgentAnswer['headers']
    const bytes = hider.bytes(answer.bytes)
    const text = textIn(bytes) ?? `(${bytes.length} bytes that are no text)`
    observer?.onResponse?.(responseEvent(id, safeUrl, answer.status, shown, text, Date.now() - begin))
    return { status: answer.status, headers: shown, bytes }
  } catch (error) {
    const told = error instanceof ImptError ? (error.hint ?? error.message) : String(error)
    observer?.onFailure?.({ id, error: hider.text(told) })
    throw error
  }
}

interface AgentAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly bytes: Buffer
}

/** Sends it once; no redirect is followed. Throws TIMEOUT after `limit` ms, DATA for an answer without end, NETWORK for none. */
async function answerOf(
  { method, url, headers, body }: Sent,
  limit: number,
  signal: AbortSignal,
): Promise<AgentAnswer> {
  const changes = method !== 'GET' && method !== 'HEAD'
  const ending = new AbortController()
  const { host } = new URL(url)
  const late = new Error('late')
  const timer = setTimeout(() => ending.abort(late), limit)
  const deafen = whenAborted(signal, () => ending.abort(signal.reason))
  try {
    const wire = await openWire(await openFetch(url))
    const call = { method, changes, url, headers, body, timeout: limit, signal: ending.signal }
    const answer = await wire.stream(call, ending.signal)
    const bytes = method === 'HEAD' ? Buffer.alloc(0) : await bodyOf(answer, MOST_BYTES)
    if (bytes === undefined)
      throw new ImptError('DATA', `The agent sent more than ${MOST_BYTES / 1024 / 1024} MB.`, {
        hint: 'Its answer may have no end',
      })
    return { status: answer.status, headers: answer.headers, bytes }
  } catch (error) {
    if (error instanceof ImptError) throw error
    if (signal.aborted) throw cancelledError(signal, error, changes)
    const known =
      ending.signal.reason === late ? timeoutError(changes, host, limit) : networkError(error, changes, host)
    const { hint, mayBeDone } = known
    throw new ImptError(known.code, 'The agent gave no complete answer.', {
      ...(hint !== undefined && { hint }),
      cause: error,
      mayBeDone,
    })
  } finally {
    clearTimeout(timer)
    deafen()
    ending.abort()
  }
}

interface Body {
  readonly value: unknown
  /** As people read it. */
  readonly text: string
  readonly isBinary: boolean
}

function shownBody(bytes: Buffer, type: string, hider: Hider): Body {
  const text = textIn(bytes)
  if (text === undefined) return { value: null, text: '', isBinary: true }
  if (text === '') return { value: null, text, isBinary: false }
  if (/[/+]json\b/i.test(type)) {
    try {
      const value = hider.value(JSON.parse(text))
      return { value, text: JSON.stringify(value, null, 2), isBinary: false }
    } catch {
      // It says that it is JSON and is not: the text is all there is.
    }
  }
  return { value: text, text, isBinary: false }
}

function tell(
  context: Context,
  status: number,
  headers: AgentAnswer['headers'],
  { text, isBinary }: Body,
  size: number,
  log: readonly LogEntry[] | undefined,
): void {
  const line = (content: string) => context.line(`${content}\n`)
  line(`HTTP ${status}`)
  for (const [name, value] of Object.entries(redactHeaders(headers))) line(visible(`${name}: ${value}`))
  line('')
  if (isBinary) line(`(${size} bytes that are no text; --output json has them)`)
  else if (text !== '') for (const row of text.replace(/\n$/, '').split('\n')) line(visible(row))
  if (log === undefined) return
  line('')
  if (log.length === 0) line('(nothing was logged meanwhile)')
  for (const entry of log) line(renderLogEntry(entry).trimEnd())
}

function usage(message: string, hint: string): ImptError {
  return new ImptError('USAGE', message, { hint })
}
