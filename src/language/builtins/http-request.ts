import { createWriteStream } from 'node:fs'
import { rename, unlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { networkError } from '../../impcentral/networkfailure.ts'
import { openFetch } from '../../impcentral/nodefetch.ts'
import { bodyOf, openWire, textIn, type WireResponse } from '../../impcentral/wire.ts'
import { visible } from '../../output/visible.ts'
import { nameNew } from '../../session/atomic-file.ts'
import { isThere } from './file-work.ts'
import { checkStopped } from '../run/frame.ts'
import { fileError, pathIn } from '../run/path.ts'
import { raise, ScriptError } from '../values/fault.ts'
import { Secret, type Value } from '../values/value.ts'
import type { Call } from './builtin.ts'
import { jsonOf } from './reading.ts'

import {
  type Given,
  isReading,
  masked,
  type Message,
  messageOf,
  redirected,
  shownMessage,
  shownUrl,
} from './http-message.ts'

/** Most bytes of an answer that are kept in memory; more goes to a file. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_REDIRECTS = 10
const USUAL_TIME_MS = 60_000
/** A download may take longer than an answer. */
const DOWNLOAD_TIME_MS = 3_600_000

export async function send(method: string, url: string | Secret, given: Given, call: Call): Promise<Value> {
  const message = messageOf(method, url, given, call)
  const accepts = statusesOf(given.allow, call)
  const { task } = call
  if (task.settings.dryRun && (!isReading(method) || given.output !== undefined)) {
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
  const changes = isReading(method) ? 0 : 1
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
      changes: !isReading(method),
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
    await bodyOf(answer, 1024 * 1024).catch(() => undefined)
    message = redirected(message, location, answer.status, call, shown)
  }
}

async function answered(
  answer: WireResponse,
  message: Message,
  accepts: ReadonlySet<number>,
  call: Call,
  shown: string,
): Promise<Value> {
  const { status, headers } = answer
  const bytes = message.method === 'HEAD' ? Buffer.alloc(0) : await bodyOf(answer, MOST_BYTES)
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
  const from = { place: call.at('url'), what: `the body of ${shown}`, task: call.task }
  return {
    status,
    headers: { ...headers },
    body: content === '' ? null : isJson ? jsonOf(content, from) : content,
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
      // It may spell a secret otherwise.
      body = JSON.parse(safe, (_name, field: Value) =>
        typeof field === 'string' ? masked(field, secrets) : field,
      ) as Value
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
  if (!force && (await isThere(path)))
    throw raise(place, 'FILE', `${name}: the file exists already`, 'add --force to replace it')
  const part = `${path}.${process.pid}.part`
  try {
    await pipeline(Readable.from(answer.body), createWriteStream(part, { flags: 'wx' }))
    // It may have taken an hour: others may have made the file.
    await (force ? rename : nameNew)(part, path)
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
  const changes = !isReading(method)
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
